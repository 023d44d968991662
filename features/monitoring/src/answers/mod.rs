//! Questions to a pinned snapshot, in plain SQL over views of what holds (MON-13, MON-15).
//!
//! Every question takes what may be seen; there is none without. The same SQL can run on a cluster: the tables are
//! listing tables, and no functions are our own.

mod active;
mod ask;
mod conformance;
mod counts;
mod criteria;
mod durations;
mod kept;
mod list;
mod map;
mod percentiles;
mod report;
mod sheet;
mod trace;

use std::sync::Arc;

use otklik_kernel::Instant;
use otklik_lake::{Engine, Look, Result, Session, Snapshot};
use tokio::sync::OnceCell;

pub use ask::{Allowed, Ask, By, Fault, Period};
pub use counts::stages;
pub use kept::Question;
pub use list::{Listed, NoList, Wanted, Which};
pub use map::{Edge, Map, Node};
pub use report::{Between, Further, MOST_EXAMPLES, Report};
pub use sheet::{Cell, Sheet};
pub use trace::{Told, Trace};

use self::kept::{How, Kept, Past};
use crate::derive::Rules;
use crate::live::live;

/// Up to so many rows percentiles are exact; above they come from counted buckets and are within 1 %.
pub const EXACT: u64 = 1_000_000;

/// Answers about one snapshot. Cheap to copy; keep it as long as the snapshot is the latest.
#[derive(Clone)]
pub struct Answers {
    session: Session,
    few: Session,
    rules: Arc<Rules>,
    exact: u64,
    kept: Arc<Kept>,
    past: Arc<Past>,
    /// Whether what people said is ready to be asked about, see [`Self::ready`].
    said: Arc<OnceCell<()>>,
}

/// Forgets a question that has no answer when it ends.
struct Forget<'a> {
    kept: &'a Kept,
    query: &'a str,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.kept.forget(self.query);
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
        let (kept, past, said) = Default::default();
        Ok(Self { session, few, rules, exact: EXACT, kept, past, said })
    }

    /// Readies what takes long whatever is asked about: nobody who asks waits for it then.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn ready(&self) -> Result<()> {
        self.said().await
    }

    /// With what was answered before, of a snapshot that holds the same.
    #[must_use]
    pub fn keeping(mut self, before: &Self) -> Self {
        self.kept = Arc::clone(&before.kept);
        self
    }

    /// With the questions of before, to be asked anew ([`Self::open`]).
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        self.past = Arc::clone(&before.past);
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
        self.kept = Arc::default();
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

    /// What was asked before and isn't answered, what was asked last first: to be asked anew ([`Self::renew`]).
    #[must_use]
    pub fn open(&self, now: Instant) -> Vec<Question> {
        self.past.again(now).into_iter().filter(|question| !self.kept.has(&question.query)).collect()
    }

    /// Answers a question, for whoever asks it next.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn renew(&self, question: &Question) -> Result<()> {
        self.ready().await?;
        self.made(&question.query, &question.how).await.map(drop)
    }

    async fn sheet(&self, query: &str) -> Result<Sheet> {
        self.answer(query, &How::Rows).await
    }

    /// The answer to a question whose columns are sums. Broken down, it answers the question about everything together
    /// too.
    async fn sums(&self, ask: &Ask, query: impl Fn(&Ask) -> String) -> Result<Sheet> {
        let all = Ask { by: Vec::new(), ..ask.clone() };
        let how = match ask.by.len() {
            0 => How::Rows,
            keys => How::Sums { keys, whole: query(&all) },
        };
        self.answer(&query(ask), &how).await
    }

    async fn answer(&self, query: &str, how: &How) -> Result<Sheet> {
        self.past.ask(query, how);
        self.made(query, how).await
    }

    async fn made(&self, query: &str, how: &How) -> Result<Sheet> {
        self.once(query, async || {
            let rows = async || Sheet::of(&self.session.rows(query).await?);
            let (sheet, whole) = match how {
                How::Rows => (rows().await?, None),
                How::Sums { keys, whole } => {
                    let sheet = rows().await?;
                    let all = sheet.added(*keys);
                    (sheet, Some((whole, all)))
                }
                How::Spread(spread) => {
                    let (sheet, all) = self.collected(query, spread).await?;
                    (sheet, spread.whole().zip(all))
                }
            };
            if let Some((query, sheet)) = whole {
                self.kept.keep(query, sheet);
            }
            Ok(sheet)
        })
        .await
    }

    /// What was answered before, or is now: once, whoever else asks meanwhile.
    async fn once(&self, query: &str, answer: impl AsyncFnOnce() -> Result<Sheet>) -> Result<Sheet> {
        let place = self.kept.place(query);
        if let Some(sheet) = place.get() {
            return Ok(sheet.clone());
        }
        // It may fail, and whoever asked may be gone before it comes.
        let _forgotten = Forget { kept: &self.kept, query };
        let sheet = place
            .get_or_try_init(async || {
                let sheet = answer().await?;
                self.kept.count(query, &sheet);
                Ok::<_, otklik_lake::Error>(sheet)
            })
            .await?;
        Ok(sheet.clone())
    }

    /// For questions that pick few rows out of many.
    async fn picked(&self, query: &str) -> Result<Sheet> {
        Sheet::of(&self.few.rows(query).await?)
    }
}
