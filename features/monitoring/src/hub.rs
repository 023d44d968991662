//! The lake of this installation: what imports go into and answers come from, with the reference data in force.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use otklik_access::Scope;
use otklik_db::{Db, DbErr, versions};
use otklik_jobs::{HandlerError, PeriodicJob};
use otklik_kernel::random::SharedRandom;
use otklik_kernel::time::SharedClock;
use otklik_kernel::{CivilDay, Id, Instant, Zone};
use otklik_lake::{Engine, Lake, Place};
use otklik_organisations::store as bodies;
use otklik_progress::reference::{Fault, Reference};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Mutex as Turn;
use tokio::task::{JoinError, spawn};

use crate::answers::Answers;
use crate::derive::Rules;
use crate::ingest::{ImportError, Importer};
use crate::reference::in_force::{KINDS, reference, rules};
use crate::reference::{Kind, Record, store};
use crate::upkeep;

/// Memory that queries may take before they write to disk.
const MEMORY: usize = 512 << 20;
/// Parts in which a query runs at once.
const PARTS: usize = 2;
/// Microseconds without an import after which it is asked anew what was asked before.
const QUIET: i64 = 60 * 1_000_000;
/// Microseconds after which that is done even if imports go on.
const LONG_AGO: i64 = 15 * 60 * 1_000_000;
/// Rows that name others as gone, at most: every answer joins against them in that memory.
const MOST_GONE: u64 = 4_000_000;

/// Why the lake can't be used now.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// The lake failed.
    #[error("lake: {0}")]
    Lake(#[from] otklik_lake::Error),
    /// An import failed.
    #[error("import: {0}")]
    Import(#[from] ImportError),
    /// The reference data don't fit together.
    #[error("reference: {0}")]
    Reference(#[from] Fault),
    /// The programme is about to end.
    #[error("given up: {0}")]
    Ended(#[from] JoinError),
    /// Receipts were compared with the lake, and changed meanwhile each time.
    #[error("receipts change all the time; nothing was done, try again later")]
    Changing,
}

/// The lake of this installation; copies are the same one.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    db: Db,
    clock: SharedClock,
    lake: Lake,
    engine: Engine,
    /// What puts files together, with memory of its own: questions get theirs meanwhile.
    upkeep: Engine,
    rules: Mutex<Option<Kept>>,
    answers: Turn<Option<Answers>>,
    fresh: Mutex<Fresh>,
    /// The commit up to which what is derived has the form that this programme knows.
    fits: Turn<u64>,
    /// Where the database is asked: a connection ends with the threads that opened it.
    home: Option<Handle>,
}

/// How far asking anew has come.
#[derive(Clone, Copy, Debug, Default)]
struct Fresh {
    /// The commit of which was asked last, and when.
    commit: u64,
    at: Instant,
    /// The last commit that was there, and since when.
    seen: u64,
    since: Instant,
}

impl Fresh {
    /// Whether it is time to ask of the latest commit: when nothing has come for a while, or it was long ago.
    fn is_due(&mut self, latest: u64, now: Instant) -> bool {
        if self.seen != latest {
            (self.seen, self.since) = (latest, now);
        }
        self.commit != latest && (now.0 - self.since.0 >= QUIET || now.0 - self.at.0 >= LONG_AGO)
    }
}

/// What keeping the lake small came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptUp {
    /// The last commit made; 0 when there was nothing to do.
    pub commit: u64,
    /// Files taken out of the lake.
    pub removed: usize,
    /// Files written instead.
    pub added: usize,
    /// Files whose bytes were taken away.
    pub swept: usize,
}

/// Keeps the lake small, as a job.
#[derive(Debug)]
pub struct KeepUp(pub Hub);

#[async_trait]
impl PeriodicJob for KeepUp {
    async fn run(&self, _now: Instant) -> Result<(), HandlerError> {
        let hub = self.0.clone();
        Aside::job(async move { hub.keep_up().await }).await
    }
}

/// Asks anew after an import what was asked before, as a job.
#[derive(Debug)]
pub struct Freshen(pub Hub);

#[async_trait]
impl PeriodicJob for Freshen {
    async fn run(&self, now: Instant) -> Result<(), HandlerError> {
        let hub = self.0.clone();
        if !hub.is_open().await {
            return Aside::job(async move { hub.open_all().await }).await;
        }
        match hub.is_stale(now).await {
            Ok(true) => Aside::job(async move { hub.freshen().await }).await,
            Ok(false) => Ok(()),
            Err(error) => Err(later(error)),
        }
    }
}

/// What a job fails of, which is tried again.
pub(crate) fn later(error: impl std::fmt::Display) -> HandlerError {
    HandlerError::Later(error.to_string())
}

/// A thread beside those that serve pages, for work that takes the processor for long. What runs on it ends with it.
struct Aside(Option<Runtime>);

impl Aside {
    /// Does work for a job: no page waits behind it for a thread that serves pages.
    async fn job<T: Send + 'static>(
        work: impl Future<Output = Result<T, HubError>> + Send + 'static,
    ) -> Result<(), HandlerError> {
        let aside = Self::new().map_err(later)?;
        aside.run(work).await.map_err(later)?.map_err(later)?;
        Ok(())
    }

    fn new() -> io::Result<Self> {
        Builder::new_multi_thread().worker_threads(1).enable_all().build().map(|threads| Self(Some(threads)))
    }

    /// Waits for work that it does; given up, the work ends at its next pause.
    async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> io::Result<T> {
        let threads = self.0.as_ref().ok_or_else(|| io::Error::other("it has ended"))?;
        threads.spawn(work).await.map_err(io::Error::other)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Nobody waits for it: the server may be about to end.
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}

/// Rules with what they were made of.
#[derive(Clone)]
struct Kept {
    version: i64,
    day: CivilDay,
    rules: Arc<Rules>,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("lake", &self.0.lake).finish_non_exhaustive()
    }
}

impl Hub {
    /// The lake at a place.
    ///
    /// # Errors
    /// The place can't be used.
    pub fn open(db: &Db, place: Place, clock: SharedClock, random: SharedRandom) -> Result<Self, HubError> {
        let lake = Lake::new(place, clock.clone(), random);
        let engine = Engine::new(&lake, MEMORY, PARTS)?;
        let upkeep = Engine::new(&lake, MEMORY, PARTS)?;
        Ok(Self(Arc::new(Inner {
            db: db.clone(),
            clock,
            lake,
            engine,
            upkeep,
            rules: Mutex::default(),
            answers: Turn::default(),
            fresh: Mutex::default(),
            fits: Turn::default(),
            home: Handle::try_current().ok(),
        })))
    }

    /// The database beside the lake.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The lake.
    #[must_use]
    pub fn lake(&self) -> &Lake {
        &self.0.lake
    }

    /// What queries run on.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The reference data in force on a day.
    ///
    /// # Errors
    /// The database is away, or its records don't fit together.
    pub async fn reference(&self, day: CivilDay) -> Result<Reference, HubError> {
        Ok(reference(self.records().await?, day)?)
    }

    async fn records(&self) -> Result<Vec<Record>, DbErr> {
        let mut records = Vec::new();
        for kind in KINDS {
            records.extend(store::all(self.0.db.read(), kind).await?);
        }
        Ok(records)
    }

    /// The rules as they hold from day to day, seen from today; made anew when a record has changed.
    ///
    /// # Errors
    /// The database is away, or its records don't fit together.
    pub async fn rules(&self) -> Result<Arc<Rules>, HubError> {
        let hub = self.clone();
        match &self.0.home {
            Some(home) => home.spawn(async move { hub.rules_now().await }).await?,
            None => self.rules_now().await,
        }
    }

    async fn rules_now(&self) -> Result<Arc<Rules>, HubError> {
        let version = versions::current(self.0.db.read(), store::VERSION).await?;
        let day = self.0.clock.now().day_in(&Zone::utc());
        let kept = self.0.rules.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| kept.version == version && kept.day == day) {
            return Ok(kept.rules);
        }
        let (records, services) = (self.records().await?, store::all(self.0.db.read(), Kind::Service).await?);
        let rules = Arc::new(rules(&records, services, day)?);
        let kept = Kept { version, day, rules: rules.clone() };
        *self.0.rules.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(rules)
    }

    /// Who takes checked deliveries in.
    ///
    /// # Errors
    /// See [`Self::rules`].
    pub async fn importer(&self) -> Result<Importer, HubError> {
        let rules = self.rules().await?;
        let (lake, engine) = (self.0.lake.clone(), self.0.engine.clone());
        let importer = Importer::new(lake, engine, rules, self.0.clock.clone(), PARTS);
        let (hub, own) = (self.clone(), importer.clone());
        // Whoever asked may give up; what is made anew isn't.
        spawn(async move { hub.fit(&own).await }).await??;
        Ok(importer)
    }

    /// Makes what is derived anew where an older programme wrote it, also beside this one.
    async fn fit(&self, importer: &Importer) -> Result<(), HubError> {
        let mut fits = self.0.fits.lock().await;
        let latest = self.0.lake.latest().await?.number();
        if *fits != latest {
            *fits = upkeep::fit(importer).await?.unwrap_or(latest);
        }
        Ok(())
    }

    /// A body and those below it.
    ///
    /// # Errors
    /// The database is away.
    pub async fn below(&self, body: Id) -> Result<Vec<Id>, HubError> {
        let all = bodies::all(self.0.db.read(), &Scope::system("whose data a partner gets")).await?;
        let parents: HashMap<Id, Option<Id>> = all.iter().map(|body| (body.id, body.parent)).collect();
        let is_below = |id: &Id| {
            std::iter::successors(Some(*id), |id| parents.get(id).copied().flatten())
                .any(|above| above == body)
        };
        Ok(all.iter().map(|body| body.id).filter(is_below).collect())
    }

    /// Puts small files together and takes away those that nobody needs for a day.
    ///
    /// # Errors
    /// The lake fails.
    pub async fn keep_up(&self) -> Result<KeptUp, HubError> {
        self.importer().await?;
        let compacted = upkeep::compact(&self.0.lake, &self.0.upkeep).await?;
        let swept = self.0.lake.vacuum(Instant::DAY).await?;
        let (commit, removed, added) = (compacted.commit, compacted.removed, compacted.added);
        Ok(KeptUp { commit, removed, added, swept: swept.files.len() })
    }

    /// Takes away the rows that are gone where they are too many to be left out of answers: after a long history came
    /// at once.
    ///
    /// # Errors
    /// The lake fails.
    pub async fn relieve(&self) -> Result<(), HubError> {
        self.importer().await?;
        upkeep::take_gone_away(&self.0.lake, &self.0.upkeep, MOST_GONE).await?;
        Ok(())
    }

    /// Answers about the last commit by the rules in force, kept while both are.
    ///
    /// # Errors
    /// The lake or the database can't be read.
    pub async fn answers(&self) -> Result<Answers, HubError> {
        let (snapshot, rules) = (self.0.lake.latest().await?, self.rules().await?);
        let is_latest = |one: &Answers| one.is_by(&rules) && one.commit() >= snapshot.number();
        if let Some(answers) = self.0.answers.lock().await.as_ref().filter(|one| is_latest(one)) {
            return Ok(answers.clone());
        }
        self.importer().await?;
        let (snapshot, rules) = (self.0.lake.latest().await?, self.rules().await?);
        let mut kept = self.0.answers.lock().await;
        let has_same_rules = kept.as_ref().is_some_and(|one| one.is_by(&rules));
        // Others may have come first, even with a later commit.
        if let Some(answers) = kept.as_ref().filter(|one| has_same_rules && one.commit() >= snapshot.number())
        {
            return Ok(answers.clone());
        }
        let mut answers = Answers::of(&self.0.engine, &snapshot, rules).await?;
        if let Some(before) = &*kept {
            answers = answers.after(before);
            if has_same_rules && self.is_same(before.commit(), snapshot.number()).await {
                answers = answers.keeping(before);
            }
        }
        if !has_same_rules {
            self.0.fresh.lock().unwrap_or_else(PoisonError::into_inner).commit = 0;
        }
        *kept = Some(answers.clone());
        Ok(answers)
    }

    /// Asks anew, of the last commit, what was asked of those before: whoever looks at the same page again after an import
    /// finds it answered. How many questions that were; none where nobody has asked anything, or nothing is new.
    ///
    /// # Errors
    /// The lake or the database can't be read; questions that have an answer got it.
    pub async fn freshen(&self) -> Result<usize, HubError> {
        if !self.is_open().await {
            return Ok(0);
        }
        let (answers, now) = (self.answers().await?, self.0.clock.now());
        {
            let mut fresh = self.0.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            (fresh.commit, fresh.at) = (answers.commit(), now);
        }
        let (mut done, mut failed) = (0, None);
        for question in answers.open(now) {
            // What comes meanwhile is asked about the next time.
            if self.0.lake.latest().await?.number() != answers.commit() {
                break;
            }
            match answers.renew(&question).await {
                Ok(()) => done += 1,
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(done), |error| Err(error.into()))
    }

    /// Whether anybody, or the job, has opened the lake to ask.
    async fn is_open(&self) -> bool {
        self.0.answers.lock().await.is_some()
    }

    /// Opens the lake after the start and readies what takes long, so that nobody who asks waits for that.
    async fn open_all(&self) -> Result<(), HubError> {
        Ok(self.answers().await?.ready().await?)
    }

    /// Whether it is time to ask anew.
    async fn is_stale(&self, now: Instant) -> Result<bool, HubError> {
        let latest = self.0.lake.latest().await?.number();
        Ok(self.0.fresh.lock().unwrap_or_else(PoisonError::into_inner).is_due(latest, now))
    }

    /// Whether the commits after one only put files together, which changes no answer.
    async fn is_same(&self, from: u64, to: u64) -> bool {
        if from > to {
            return false;
        }
        for number in from + 1..=to {
            let entry = self.0.lake.entry(number).await;
            if !entry.is_ok_and(|entry| entry.notes.get("kind").is_some_and(|kind| kind == "compact")) {
                return false;
            }
        }
        from > 0
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use tokio::sync::oneshot;
    use tokio::time::timeout;

    use super::*;

    #[test]
    fn mon13_it_is_asked_anew_when_nothing_comes_or_it_was_long_ago() {
        let (mut fresh, second) = (Fresh { commit: 4, ..Fresh::default() }, 1_000_000);
        let mut is_due = |latest, at: i64| fresh.is_due(latest, Instant(at * second));
        assert!(!is_due(4, 0) && !is_due(5, 10) && !is_due(5, 69));
        assert!(!is_due(6, 70) && !is_due(7, 130) && is_due(7, 190));
        assert!(is_due(8, 900), "imports go on");
        assert!(!is_due(4, 9_000), "of that it was asked");
    }

    #[tokio::test]
    async fn what_is_done_aside_ends_when_it_is_given_up() {
        let (held, ended) = oneshot::channel::<()>();
        let aside = Aside::new().unwrap();
        assert_eq!(aside.run(async { 7 }).await.unwrap(), 7);
        let work = async move {
            let _held = held;
            pending::<()>().await;
        };
        let given_up = timeout(Duration::from_millis(50), async move { aside.run(work).await }).await;
        assert!(given_up.is_err());
        let ended = timeout(Duration::from_secs(30), ended).await;
        assert!(ended.unwrap().is_err(), "nobody holds it any more");
    }
}
