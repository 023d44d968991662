//! From checked deliveries to the lake: a group of them is one commit.
//!
//! What an application's case and transitions are follows from all its events, whatever order they came in. A
//! commit only adds files: rows that no longer hold are named in `cases_gone` and `steps_gone`, and reading leaves
//! them out until compaction takes them away. See `docs/adr/0011-merge-on-read.md`.

mod book;
mod chunk;
mod columns;
pub(crate) mod digest;
mod gather;
mod grouping;
mod known;
pub(crate) mod notes;
mod register;
pub(crate) mod rows;
mod sums;
mod truth;
mod work;

use std::sync::Arc;

use otklik_kernel::Clock;
use otklik_lake::{Change, Engine, Error, Lake, Snapshot};
use otklik_progress::delivery::Delivery;

pub use book::{Book, Receipt, Rows, Verdict};
pub(crate) use gather::Keyed;
pub use gather::{Collision, request_key};
pub use grouping::Grouping;
pub(crate) use known::{text, typed};
pub use notes::Came;
pub(crate) use sums::Sums;
pub(crate) use truth::without;
pub(crate) use work::{DERIVED, digests, rebuild};

use crate::derive::Rules;
use crate::tables::FORM;
use gather::Part;

/// How often an import begins anew because somebody else committed first.
const ATTEMPTS: usize = 30;

/// Deliveries of a commit, and the room for their numbers.
pub const MOST_DELIVERIES: usize = 4_096;

/// The version that a delivery of the lake was taken in with. The commit that holds it has this number, or a higher one
/// when files were put together or swept meanwhile.
#[must_use]
pub fn version_of(receipt: &Receipt) -> i64 {
    receipt.delivery / i64::try_from(MOST_DELIVERIES).unwrap_or(i64::MAX)
}

/// Why deliveries were not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] Error),
    /// Two request numbers can't be told apart.
    #[error(transparent)]
    Collision(#[from] Collision),
    /// A group has two deliveries of one sender and day, or too many at all.
    #[error("a group takes one delivery of a sender and day, {MOST_DELIVERIES} at most")]
    Group,
}

/// Takes checked deliveries into a lake.
#[derive(Clone)]
pub struct Importer {
    lake: Lake,
    engine: Engine,
    rules: Arc<Rules>,
    clock: Arc<dyn Clock>,
    threads: usize,
}

impl Importer {
    /// An importer that works on some threads.
    #[must_use]
    pub fn new(lake: Lake, engine: Engine, rules: Arc<Rules>, clock: Arc<dyn Clock>, threads: usize) -> Self {
        Self { lake, engine, rules, clock, threads: threads.max(1) }
    }

    /// The lake.
    #[must_use]
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// What queries run on.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The rules cases are derived by.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// All receipts of the lake: what a database can be filled from again.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn book(&self) -> Result<Book, ImportError> {
        Ok(Book::read(&self.engine, &self.lake.latest().await?).await?)
    }

    /// Takes a group of deliveries in one commit; a verdict for each, in their order. See [`Grouping`].
    ///
    /// # Errors
    /// [`ImportError`]; nothing is changed then.
    pub async fn import(&self, group: &[Delivery]) -> Result<Vec<Verdict>, ImportError> {
        self.import_as(group, &[]).await
    }

    /// The same, with what the database says of each of them: the commit keeps it.
    ///
    /// # Errors
    /// See [`Self::import`].
    pub async fn import_as(
        &self,
        group: &[Delivery],
        came: &[Option<Came>],
    ) -> Result<Vec<Verdict>, ImportError> {
        let mut heads: Vec<_> =
            group.iter().map(|delivery| (&delivery.head.sender, delivery.head.day)).collect();
        heads.sort_unstable();
        if group.len() > MOST_DELIVERIES || heads.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(ImportError::Group);
        }
        for _ in 0..ATTEMPTS {
            let base = self.lake.latest().await?;
            // Another programme may have made it anew meanwhile.
            if let Some(form) = notes::form(&self.lake, base.number()).await?.filter(|form| *form != FORM) {
                return Err(notes::unfit(form).into());
            }
            let book = Book::read(&self.engine, &base).await?;
            let version = i64::try_from(base.number() + 1).unwrap_or(i64::MAX);
            let (verdicts, parts) = self.judge(group, &book, version);
            if parts.is_empty() {
                return Ok(verdicts);
            }
            let change = work::change(self, &base, &book, &parts, (&verdicts, came), version).await?;
            match self.commit(&base, change).await {
                Ok(_) => return Ok(verdicts),
                Err(Error::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Conflict(self.lake.latest().await?.number()).into())
    }

    fn judge<'a>(&self, group: &'a [Delivery], book: &Book, version: i64) -> (Vec<Verdict>, Vec<Part<'a>>) {
        let at = self.clock.now().0;
        let mut parts = Vec::new();
        let verdicts = group.iter().zip(0_i64..).map(|(delivery, place)| {
            if let Some(verdict) = book.verdict(delivery) {
                return verdict;
            }
            let number = version * MOST_DELIVERIES as i64 + place;
            parts.push(Part { delivery, number, is_fresh: true });
            Verdict::Accepted(Receipt::of(delivery, number, at))
        });
        let verdicts = verdicts.collect();
        (verdicts, parts)
    }

    /// Commits what was made from a snapshot; also when others only rewrote or swept files since.
    async fn commit(&self, base: &Snapshot, change: Change) -> otklik_lake::Result<Snapshot> {
        let mut base = base.clone();
        loop {
            match self.lake.commit(&base, change.clone()).await {
                Err(Error::Conflict(number)) => {
                    let latest = self.lake.latest().await?;
                    for number in base.number() + 1..=latest.number() {
                        let kind = self.lake.entry(number).await?.notes.remove("kind");
                        if kind.is_some_and(|kind| kind == "import" || kind == "rebuild") {
                            return Err(Error::Conflict(number));
                        }
                    }
                    if latest.number() == base.number() {
                        return Err(Error::Conflict(number));
                    }
                    base = latest;
                }
                other => return other,
            }
        }
    }
}
