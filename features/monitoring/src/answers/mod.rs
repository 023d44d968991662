//! Questions to a pinned snapshot, in plain SQL over views of what holds (MON-13, MON-15).
//!
//! Every question takes what may be seen; there is none without. The same SQL can run on a cluster: the tables are
//! listing tables, and no functions are our own.

mod ask;
mod conformance;
mod counts;
mod durations;
mod map;
mod percentiles;
mod sheet;
mod trace;

use std::sync::Arc;

use otklik_lake::{Engine, Look, Result, Session, Snapshot};

pub use ask::{Allowed, Ask, By, Fault};
pub use map::{Edge, Map, Node};
pub use sheet::{Cell, Sheet};
pub use trace::{Told, Trace};

use crate::derive::Rules;
use crate::live::live;

/// Up to so many rows percentiles are exact; above they come from counted buckets and are within 1 %.
pub const EXACT: u64 = 2_000_000;

/// Answers about one snapshot. Cheap to copy; keep it as long as the snapshot is the latest.
#[derive(Clone)]
pub struct Answers {
    session: Session,
    few: Session,
    rules: Arc<Rules>,
    exact: u64,
}

impl Answers {
    /// Answers about a snapshot.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn of(engine: &Engine, snapshot: &Snapshot, rules: Arc<Rules>) -> Result<Self> {
        let session = live(engine, snapshot, Look::Whole).await?;
        let few = live(engine, snapshot, Look::Few).await?;
        Ok(Self { session, few, rules, exact: EXACT })
    }

    /// With another size up to which percentiles are exact.
    #[must_use]
    pub fn exact_up_to(mut self, rows: u64) -> Self {
        self.exact = rows;
        self
    }

    /// The number of the commit that is asked about.
    #[must_use]
    pub fn commit(&self) -> u64 {
        self.session.snapshot().number()
    }

    /// What views there are to write further questions over: `live_<table>`.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// A condition over `live_cases`: the applications that a question is about, those known by events alone too.
    #[must_use]
    pub fn applications(&self, ask: &Ask) -> String {
        ask.condition(&Allowed::All, "began_day")
    }

    async fn sheet(&self, query: &str) -> Result<Sheet> {
        Sheet::of(&self.session.rows(query).await?)
    }

    /// For questions that pick few rows out of many.
    async fn picked(&self, query: &str) -> Result<Sheet> {
        Sheet::of(&self.few.rows(query).await?)
    }
}
