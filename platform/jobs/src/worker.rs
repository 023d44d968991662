//! The worker: takes due events, hands them to their handlers, and runs the schedules.

use std::sync::Arc;

use otklik_db::{Db, DbErr};
use otklik_kernel::Random;
use otklik_kernel::time::SharedClock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{Handler, Periodic};

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

    /// Works until told to shut down; ends between two transactions.
    pub async fn run(&self, shutdown: CancellationToken) {
        shutdown.cancelled().await;
    }

    /// Handles every event that is due now and gives their number.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn run_once(&self) -> Result<usize, DbErr> {
        Ok(0)
    }
}
