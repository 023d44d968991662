//! The worker: takes due events, hands them to their handlers, and runs the schedules.

use std::sync::Arc;
use std::time::Duration;

use otklik_db::{Db, DbErr};
use otklik_kernel::Random;
use otklik_kernel::time::SharedClock;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::batch::Outage;
use crate::schedule::Turns;
use crate::{Handler, Periodic};

/// How long an event waits at most when nobody calls [`Waker::wake`].
const POLL: Duration = Duration::from_secs(1);
/// The shortest pause between two batches while there is more to do.
const BREATH: Duration = Duration::from_millis(10);
/// The pause after a batch that took everything: events that come one by one are gathered.
const GATHER: Duration = Duration::from_millis(250);

/// Wakes somebody who waits, after a commit, so that it isn't the next poll that finds the work.
#[derive(Clone, Debug, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// Wakes; a call while nobody waits is remembered.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits for a call.
    pub async fn woken(&self) {
        self.0.notified().await;
    }
}

/// Handles events and runs schedules on this node.
pub struct Worker {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
    pub(crate) handlers: Vec<Arc<dyn Handler>>,
    waker: Waker,
    schedules: Vec<Periodic>,
    holder: String,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.handlers.iter().map(|handler| handler.name()).collect();
        f.debug_struct("Worker")
            .field("handlers", &names)
            .field("schedules", &self.schedules)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker for these handlers.
    #[must_use]
    pub fn new(db: Db, clock: SharedClock, handlers: Vec<Arc<dyn Handler>>) -> Self {
        Self { db, clock, handlers, waker: Waker::default(), schedules: Vec::new(), holder: String::new() }
    }

    /// The worker with schedules; the randomness gives this node a name of its own.
    #[must_use]
    pub fn with_schedules(mut self, schedules: Vec<Periodic>, random: &dyn Random) -> Self {
        self.schedules = schedules;
        self.holder = otklik_kernel::code::hex(&random.bytes::<16>());
        self
    }

    /// Wakes this worker: call it after the commit of an event.
    #[must_use]
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Works until told to shut down; ends between two transactions of events.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut tasks = JoinSet::new();
        for periodic in std::mem::take(&mut self.schedules) {
            let (db, clock, holder) = (self.db.clone(), self.clock.clone(), self.holder.clone());
            tasks.spawn(Turns::new(db, clock, holder, periodic).run(shutdown.clone()));
        }
        let mut outage = Outage::default();
        while !shutdown.is_cancelled() {
            let began = tokio::time::Instant::now();
            let pause = match self.batch().await {
                Ok(outcome) => {
                    outage.over("the worker");
                    match outcome.taken {
                        0 => POLL,
                        // Whoever writes goes first: SQLite has one writer, and it is ours a fifth of the time at most.
                        _ if outcome.full() => BREATH.max(began.elapsed() * 4),
                        _ => GATHER,
                    }
                }
                Err(error) => outage.failed("the worker", &error),
            };
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
                () = self.waker.woken(), if pause == POLL => {}
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Handles every event that is due now and gives the number of those done.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn run_once(&self) -> Result<usize, DbErr> {
        let mut handled = 0;
        loop {
            let outcome = self.batch().await?;
            handled += outcome.handled;
            if !outcome.full() {
                return Ok(handled);
            }
        }
    }
}
