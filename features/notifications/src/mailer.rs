//! The mailer: makes deliveries of outbox rows and sends them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use otklik_jobs::{HandlerError, Periodic, PeriodicJob, Waker};
use otklik_kernel::Instant;
use otklik_mail::Transport;
use otklik_organisations::SharedOffices;
use otklik_questionnaires::Questionnaires;
use otklik_web::Ctx;
use tokio::sync::Mutex;

use crate::Outbox;

/// How often a node looks for letters that nobody woke it for.
const EVERY: Duration = Duration::from_secs(1);

/// The mailer of a node; copies are the same one.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    ctx: Ctx,
    transport: Arc<Transport>,
    offices: SharedOffices,
    questionnaires: Arc<Questionnaires>,
    waker: Waker,
    busy: Mutex<()>,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("transport", &self.0.transport).finish_non_exhaustive()
    }
}

impl Mailer {
    pub(crate) fn new(
        ctx: &Ctx,
        transport: Arc<Transport>,
        offices: &SharedOffices,
        questionnaires: Arc<Questionnaires>,
    ) -> Self {
        let (ctx, offices) = (ctx.clone(), offices.clone());
        let (waker, busy) = (Waker::default(), Mutex::default());
        Self(Arc::new(Inner { ctx, transport, offices, questionnaires, waker, busy }))
    }

    /// What writes outbox rows along with accepted responses and wakes this mailer.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        Outbox::new(self.waker())
    }

    /// Wakes this mailer: call it after the commit of whatever makes letters due.
    #[must_use]
    pub fn waker(&self) -> Waker {
        self.0.waker.clone()
    }

    /// The schedule of the mailer, for the worker.
    #[must_use]
    pub fn periodic(&self) -> Periodic {
        let job = Arc::new(self.clone());
        Periodic { waker: self.waker(), ..Periodic::new("notifications.mail", EVERY, job) }
    }

    /// Waits until no letter is being sent, so that each one sent is also marked so; for the end of the
    /// programme, after the worker has ended.
    pub async fn settle(&self) {
        drop(self.0.busy.lock().await);
    }
}

#[async_trait]
impl PeriodicJob for Mailer {
    async fn run(&self, _now: Instant) -> Result<(), HandlerError> {
        Ok(())
    }
}
