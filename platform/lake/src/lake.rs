//! The lake: snapshots out, commits in.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use otklik_kernel::{Clock, Random};

use crate::log::Log;
use crate::log::entry::{Change, Entry, FORMAT};
use crate::snapshot::Snapshot;
use crate::store::Place;
use crate::{Error, Result};

/// Tables in Parquet files under a log of commits. Cheap to copy; copies share what they know of the log.
#[derive(Clone)]
pub struct Lake(Arc<Inner>);

struct Inner {
    place: Place,
    log: Log,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// The newest snapshot seen: the next look at the log begins there.
    seen: Mutex<Option<Snapshot>>,
}

impl fmt::Debug for Lake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lake").field(&self.0.place).finish()
    }
}

impl Lake {
    /// The lake at a place. Nothing is read or written yet: a place without a log is an empty lake.
    #[must_use]
    pub fn new(place: Place, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let log = Log::new(Arc::clone(&place.store));
        Self(Arc::new(Inner { place, log, clock, random, seen: Mutex::new(None) }))
    }

    /// The lake after its last commit.
    ///
    /// # Errors
    /// The store fails, or the log is damaged.
    pub async fn latest(&self) -> Result<Snapshot> {
        let Some(seen) = self.seen() else {
            let snapshot = self.0.log.latest().await?.into();
            self.see(&snapshot);
            return Ok(snapshot);
        };
        let mut state = None;
        let mut number = seen.number();
        while let Some((entry, sum)) = self.0.log.entry(number + 1).await? {
            state.get_or_insert_with(|| seen.state().clone()).apply(entry, sum)?;
            number += 1;
        }
        let snapshot = state.map_or(seen, Snapshot::from);
        self.see(&snapshot);
        Ok(snapshot)
    }

    /// The lake after a commit. Files that were swept since are missing in it.
    ///
    /// # Errors
    /// There is no such commit, the store fails, or the log is damaged.
    pub async fn at(&self, number: u64) -> Result<Snapshot> {
        match self.seen() {
            Some(seen) if seen.number() == number => Ok(seen),
            _ => Ok(self.0.log.at(number).await?.into()),
        }
    }

    /// A commit's entry, with its notes.
    ///
    /// # Errors
    /// There is no such commit, the store fails, or the entry is damaged.
    pub async fn entry(&self, number: u64) -> Result<Entry> {
        let found = self.0.log.entry(number).await?;
        found.map(|(entry, _)| entry).ok_or(Error::NoCommit(number))
    }

    /// The entries of some commits in order: what happened when.
    #[must_use]
    pub fn entries(&self, numbers: RangeInclusive<u64>) -> BoxStream<'static, Result<Entry>> {
        let lake = self.clone();
        let entries = stream::iter(numbers).map(move |number| {
            let lake = lake.clone();
            async move { lake.entry(number).await }
        });
        entries.buffered(16).boxed()
    }

    /// Commits a change that was decided on from a snapshot: all of it is visible afterwards, or nothing.
    ///
    /// # Errors
    /// [`Error::Conflict`] when somebody else committed since that snapshot; [`Error::Invalid`] when the change
    /// doesn't fit it or a file isn't stored; [`Error::Uncertain`]; or the store fails.
    pub async fn commit(&self, base: &Snapshot, change: Change) -> Result<Snapshot> {
        self.check(base, &change).await?;
        let entry = Entry {
            format: FORMAT,
            number: base.number() + 1,
            id: self.unique(),
            at: self.0.clock.now().0,
            previous: base.state().sum.clone(),
            adds: change.adds,
            removes: change.removes.into_iter().collect(),
            swept: change.swept.into_iter().collect(),
            properties: change.properties,
            notes: change.notes,
        };
        let Some(sum) = self.0.log.create(&entry).await? else {
            return Err(Error::Conflict(entry.number));
        };
        let mut state = base.state().clone();
        state.apply(entry, sum)?;
        let snapshot = Snapshot::from(state);
        self.see(&snapshot);
        self.0.log.keep(snapshot.state()).await;
        Ok(snapshot)
    }

    /// The moment, from the lake's clock.
    pub(crate) fn now(&self) -> i64 {
        self.0.clock.now().0
    }

    /// 128 random bits in hexadecimal.
    pub(crate) fn unique(&self) -> String {
        format!("{:032x}", u128::from_le_bytes(self.0.random.bytes::<16>()))
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0.place
    }

    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.0.place.store
    }

    pub(crate) fn log(&self) -> &Log {
        &self.0.log
    }

    async fn check(&self, base: &Snapshot, change: &Change) -> Result<()> {
        for path in &change.removes {
            if base.file(path).is_none() {
                return Err(Error::Invalid(format!("{path} is not in snapshot {}", base.number())));
            }
        }
        for file in &change.adds {
            let path = &file.path;
            if !path.starts_with(&format!("{}/", file.table)) {
                return Err(Error::Invalid(format!("{path} does not lie in the folder of {}", file.table)));
            }
            if base.file(path).is_some() || base.gone().contains_key(path) {
                return Err(Error::Invalid(format!("{path} is or was in the lake already")));
            }
        }
        let adds: Vec<(String, u64)> =
            change.adds.iter().map(|file| (file.path.clone(), file.bytes)).collect();
        let stored = stream::iter(adds).map(|(path, bytes)| async move {
            let stored = self.store().head(&Path::from(path.as_str())).await?.size;
            if stored != bytes {
                return Err(Error::Invalid(format!("{path} has {stored} bytes instead of {bytes}")));
            }
            Ok(())
        });
        stored.buffer_unordered(8).try_collect().await
    }

    /// The number of the newest snapshot seen.
    pub(crate) fn seen_number(&self) -> u64 {
        self.seen().map_or(0, |seen| seen.number())
    }

    fn seen(&self) -> Option<Snapshot> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn see(&self, snapshot: &Snapshot) {
        let mut seen = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref().is_none_or(|seen| seen.number() < snapshot.number()) {
            *seen = Some(snapshot.clone());
        }
    }
}
