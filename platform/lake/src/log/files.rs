//! The log as objects of the store: `_log/<20 digits>.json`, and every 32nd state as `_log/<20 digits>.state`.
//!
//! Each is a line of JSON and a line with its sum, so that a changed digit is found too.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, FORMAT};
use crate::snapshot::State;
use crate::store::steady;
use crate::write::sum_of;
use crate::{Error, Result};

/// The folder of the log.
pub const FOLDER: &str = "_log";
/// The name of the object that says where the last checkpoint is: a hint, allowed to be old, lost or broken.
const HINT: &str = "_log/checkpoint";
/// The name, within the log, of the object that says where the log ended when somebody last committed.
pub const LAST: &str = "last";
/// Every so many commits the whole state is written down.
pub const CHECKPOINT_EVERY: u64 = 32;
/// How many entries are asked for at once.
const AT_ONCE: usize = 16;

/// The number in the name of an object of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Numbered {
    Entry(u64),
    State(u64),
}

impl Numbered {
    pub fn path(self) -> Path {
        match self {
            Self::Entry(number) => Path::from(format!("{FOLDER}/{number:020}.json")),
            Self::State(number) => Path::from(format!("{FOLDER}/{number:020}.state")),
        }
    }

    pub fn of(path: &Path) -> Option<Self> {
        let (digits, kind) = path.filename()?.split_once('.')?;
        let number = digits.parse().ok().filter(|_| digits.len() == 20)?;
        match kind {
            "json" => Some(Self::Entry(number)),
            "state" => Some(Self::State(number)),
            _ => None,
        }
    }
}

/// Where the log ended when somebody last committed. It may be older than the log, never newer: entries that are
/// missing at its end can be told by nothing else in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// The number of the last commit.
    pub number: u64,
    /// The sum of its entry.
    pub sum: String,
}

/// The log of a lake.
#[derive(Clone, Debug)]
pub struct Log {
    store: Arc<dyn ObjectStore>,
}

impl Log {
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// An entry with its sum; `None` when there is none of that number.
    pub async fn entry(&self, number: u64) -> Result<Option<(Entry, String)>> {
        let Some((entry, sum)) = self.read::<Entry>(&Numbered::Entry(number).path()).await? else {
            return Ok(None);
        };
        if entry.number != number || entry.format > FORMAT {
            return Err(Error::Damaged(format!("the entry of commit {number} says {}", entry.number)));
        }
        Ok(Some((entry, sum)))
    }

    /// The state after the last commit.
    pub async fn latest(&self) -> Result<State> {
        let state = self.near_end().await?;
        // A listing, not asking for one after the other: a hole must not look like the end.
        let offset = Numbered::Entry(state.number).path();
        let folder = Path::from(FOLDER);
        let listed = self.store.list_with_offset(Some(&folder), &offset).map_ok(|meta| meta.location);
        let names: Vec<Path> = listed.try_collect().await?;
        let last = names.iter().filter_map(|name| match Numbered::of(name)? {
            Numbered::Entry(number) => Some(number),
            Numbered::State(_) => None,
        });
        let last = last.max().unwrap_or(state.number);
        self.replay(state, last).await
    }

    /// A state brought forward to a commit.
    pub async fn replay(&self, mut state: State, to: u64) -> Result<State> {
        let mut entries = stream::iter(state.number + 1..=to)
            .map(|number| async move {
                let found = self.entry(number).await?;
                found.ok_or_else(|| Error::Damaged(format!("commit {number} is missing in the log")))
            })
            .buffered(AT_ONCE);
        while let Some((entry, sum)) = entries.try_next().await? {
            state.apply(entry, sum)?;
        }
        Ok(state)
    }

    /// The state after a commit, from the nearest checkpoint before it.
    pub async fn at(&self, number: u64) -> Result<State> {
        let mut known = number - number % CHECKPOINT_EVERY;
        let state = loop {
            if known == 0 {
                break State::default();
            }
            if let Some(state) = self.checkpoint(known).await {
                break state;
            }
            known -= CHECKPOINT_EVERY;
        };
        if number > state.number && self.entry(number).await?.is_none() {
            return Err(Error::NoCommit(number));
        }
        self.replay(state, number).await
    }

    /// Writes an entry if its number is free.
    ///
    /// Returns its sum, or `None` when the number was taken by another commit.
    pub async fn create(&self, entry: &Entry) -> Result<Option<String>> {
        let (payload, sum) = seal(entry)?;
        let path = Numbered::Entry(entry.number).path();
        let mut attempt = 0;
        loop {
            let put = self.store.put_opts(&path, payload.clone(), PutMode::Create.into()).await;
            let error = match put {
                Ok(_) => return Ok(Some(sum)),
                Err(object_store::Error::AlreadyExists { .. }) => {
                    // Perhaps by our own attempt whose answer was lost.
                    let found = self.entry(entry.number).await?;
                    return Ok(found.filter(|(found, _)| found.id == entry.id).map(|(_, sum)| sum));
                }
                Err(error) => error,
            };
            attempt += 1;
            if steady::is_passing(&error) && attempt < steady::ATTEMPTS {
                steady::pause(attempt).await;
                continue;
            }
            return match self.entry(entry.number).await {
                Ok(Some((found, sum))) => Ok((found.id == entry.id).then_some(sum)),
                // Storage that refuses for want of room or right has written nothing; one that can't even be
                // read may have.
                Ok(None) if !steady::is_passing(&error) => Err(error.into()),
                Ok(None) | Err(_) => Err(Error::Uncertain { number: entry.number, source: error }),
            };
        }
    }

    /// Writes down where the log ends, and the state when it is its turn. That it fails costs time later, or that the
    /// loss of this one entry isn't found; nothing else.
    pub async fn keep(&self, state: &State) {
        let last = Last { number: state.number, sum: state.sum.clone() };
        let kept = async {
            let (payload, _) = seal(&last)?;
            self.store.put(&last_path(), payload).await?;
            Ok::<_, Error>(())
        };
        if let Err(error) = kept.await {
            tracing::warn!(%error, number = state.number, "where the log ends could not be written");
        }
        if state.number == 0 || !state.number.is_multiple_of(CHECKPOINT_EVERY) {
            return;
        }
        let kept = async {
            let (payload, _) = seal(state)?;
            let path = Numbered::State(state.number).path();
            self.store.put(&path, payload).await?;
            self.store.put(&Path::from(HINT), state.number.to_string().into()).await?;
            Ok::<_, Error>(())
        };
        if let Err(error) = kept.await {
            tracing::warn!(%error, number = state.number, "the checkpoint could not be written");
        }
    }

    /// Where the log ended when somebody last committed; `None` in a lake from before that was written.
    pub async fn last(&self) -> Result<Option<Last>> {
        Ok(self.read(&last_path()).await?.map(|(last, _)| last))
    }

    /// Every object of the log.
    pub async fn objects(&self) -> Result<Vec<object_store::ObjectMeta>> {
        Ok(self.store.list(Some(&Path::from(FOLDER))).try_collect().await?)
    }

    /// A checkpoint, if it is there and whole.
    pub async fn checkpoint(&self, number: u64) -> Option<State> {
        match self.read::<State>(&Numbered::State(number).path()).await {
            Ok(Some((state, _))) if state.number == number && state.format <= FORMAT => Some(state),
            Ok(None) => None,
            Ok(Some(_)) => {
                tracing::warn!(number, "a checkpoint under another's name is passed over");
                None
            }
            Err(error) => {
                tracing::warn!(%error, number, "a checkpoint can't be read and is passed over");
                None
            }
        }
    }

    /// A state from which the end is near: the one hinted at, else the last checkpoint there is.
    async fn near_end(&self) -> Result<State> {
        if let Some(number) = self.hint().await
            && let Some(state) = self.checkpoint(number).await
        {
            return Ok(state);
        }
        let names: Vec<Path> = self.objects().await?.into_iter().map(|meta| meta.location).collect();
        let mut states: Vec<u64> = names
            .iter()
            .filter_map(|name| match Numbered::of(name)? {
                Numbered::State(number) => Some(number),
                Numbered::Entry(_) => None,
            })
            .collect();
        states.sort_unstable();
        while let Some(number) = states.pop() {
            if let Some(state) = self.checkpoint(number).await {
                return Ok(state);
            }
        }
        Ok(State::default())
    }

    async fn hint(&self) -> Option<u64> {
        let got = self.store.get(&Path::from(HINT)).await.ok()?;
        std::str::from_utf8(&got.bytes().await.ok()?).ok()?.parse().ok()
    }

    /// A sealed object with its sum; `None` when there is none.
    async fn read<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<(T, String)>> {
        let got = match self.store.get(path).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        let bytes = got.bytes().await?;
        open(&bytes).map(Some).map_err(|why| Error::Damaged(format!("{path}: {why}")))
    }
}

fn last_path() -> Path {
    Path::from(format!("{FOLDER}/{LAST}"))
}

fn seal(value: &impl Serialize) -> Result<(PutPayload, String)> {
    let mut text = serde_json::to_string(value).map_err(|error| Error::Invalid(error.to_string()))?;
    let sum = sum_of(text.as_bytes());
    text.push('\n');
    text.push_str(&sum);
    text.push('\n');
    Ok((text.into(), sum))
}

fn open<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, String), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "no UTF-8")?;
    let (json, sum) = text.split_once('\n').ok_or("cut short")?;
    let sum = sum.strip_suffix('\n').ok_or("cut short")?;
    if sum != sum_of(json.as_bytes()) {
        return Err("its sum doesn't fit".to_owned());
    }
    let value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    Ok((value, sum.to_owned()))
}
