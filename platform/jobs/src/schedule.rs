//! Jobs done again and again, by one node at a time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use otklik_kernel::Instant;

use crate::{HandlerError, Waker};

/// Something done again and again.
#[async_trait]
pub trait PeriodicJob: Send + Sync {
    /// Does it once.
    ///
    /// It may be cut off at any await when the node shuts down or loses its lease, and may run twice.
    ///
    /// # Errors
    /// When it can't be done now; it is tried again with growing pauses.
    async fn run(&self, now: Instant) -> Result<(), HandlerError>;
}

/// A job and how often it is done.
#[derive(Clone)]
pub struct Periodic {
    /// Its name: the same on all nodes, and nobody else's.
    pub name: &'static str,
    /// The time from one beginning to the next.
    pub every: Duration,
    /// What is done.
    pub job: Arc<dyn PeriodicJob>,
    /// Wakes it before its time.
    pub waker: Waker,
}

impl Periodic {
    /// A job done every so often.
    #[must_use]
    pub fn new(name: &'static str, every: Duration, job: Arc<dyn PeriodicJob>) -> Self {
        Self { name, every, job, waker: Waker::default() }
    }
}

impl std::fmt::Debug for Periodic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Periodic")
            .field("name", &self.name)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}
