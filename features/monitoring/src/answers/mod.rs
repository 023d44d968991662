//! Questions to a pinned snapshot, in plain SQL over views of what holds (MON-13, MON-15).
//!
//! Every question takes what may be seen; there is none without. The same SQL can run on a cluster: the tables are
//! listing tables, and no functions are our own.

mod active;
mod ask;
mod conformance;
mod counts;
mod durations;
mod list;
mod map;
mod percentiles;
mod report;
mod sheet;
mod trace;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use otklik_lake::{Engine, Look, Result, Session, Snapshot};

pub use ask::{Allowed, Ask, By, Fault, Period};
pub use counts::stages;
pub use list::Which;
pub use map::{Edge, Map, Node};
pub use report::{Between, Further, MOST_EXAMPLES, Report};
pub use sheet::{Cell, Sheet};
pub use trace::{Told, Trace};

use crate::derive::Rules;
use crate::live::live;

/// Up to so many rows percentiles are exact; above they come from counted buckets and are within 1 %.
pub const EXACT: u64 = 2_000_000;

/// Rows of answers that are kept, all together.
const KEPT_ROWS: usize = 200_000;

/// Answers about one snapshot. Cheap to copy; keep it as long as the snapshot is the latest.
#[derive(Clone)]
pub struct Answers {
    session: Session,
    few: Session,
    rules: Arc<Rules>,
    exact: u64,
    kept: Arc<Mutex<Kept>>,
}

/// Answers by their queries: a snapshot never changes, and who may see what stands in the query.
#[derive(Default)]
struct Kept {
    sheets: HashMap<String, Sheet>,
    rows: usize,
}

impl Kept {
    fn keep(&mut self, query: &str, sheet: &Sheet) {
        // An answer of one row takes room too.
        let rows = sheet.rows.len() + 10;
        if rows > KEPT_ROWS / 10 {
            return;
        }
        if self.rows + rows > KEPT_ROWS {
            *self = Self::default();
        }
        self.rows += rows;
        self.sheets.insert(query.to_owned(), sheet.clone());
    }
}

impl Answers {
    /// Answers about a snapshot.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn of(engine: &Engine, snapshot: &Snapshot, rules: Arc<Rules>) -> Result<Self> {
        let session = live(engine, snapshot, Look::Whole).await?;
        let few = live(engine, snapshot, Look::Few).await?;
        Ok(Self { session, few, rules, exact: EXACT, kept: Arc::default() })
    }

    /// With what was answered before, of a snapshot that holds the same.
    #[must_use]
    pub fn keeping(mut self, before: &Self) -> Self {
        self.kept = Arc::clone(&before.kept);
        self
    }

    /// Whether they are by these very rules.
    #[must_use]
    pub fn is_by(&self, rules: &Arc<Rules>) -> bool {
        Arc::ptr_eq(&self.rules, rules)
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
        self.once(query, async || Sheet::of(&self.session.rows(query).await?)).await
    }

    /// What was answered before, or is now.
    async fn once(&self, query: &str, answer: impl AsyncFnOnce() -> Result<Sheet>) -> Result<Sheet> {
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().sheets.get(query).cloned();
        if let Some(sheet) = known {
            return Ok(sheet);
        }
        let sheet = answer().await?;
        kept().keep(query, &sheet);
        Ok(sheet)
    }

    /// For questions that pick few rows out of many.
    async fn picked(&self, query: &str) -> Result<Sheet> {
        Sheet::of(&self.few.rows(query).await?)
    }
}
