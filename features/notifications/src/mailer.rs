//! The mailer: makes deliveries of outbox rows and sends them.

pub mod digest;
mod expand;
mod gate;
mod letters;
mod plan;
mod send;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use otklik_db::DbErr;
use otklik_jobs::Waker;
use otklik_kernel::Instant;
use otklik_mail::Transport;
use otklik_organisations::SharedOffices;
use otklik_questionnaires::Questionnaires;
use otklik_web::Ctx;
use tokio_util::sync::CancellationToken;

use self::letters::Letters;
use crate::Outbox;
use crate::store::deliveries;

/// How often a node looks for letters that nobody woke it for.
const EVERY: Duration = Duration::from_secs(1);

/// The shortest pause after a batch of outbox rows, in which the next ones gather and others write.
const BREATH: Duration = Duration::from_millis(250);
/// How often waiting letters are counted when nothing has happened.
const COUNTED_EVERY: i64 = 15 * Instant::SECOND;

/// The mailer of a node; copies are the same one.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    ctx: Ctx,
    transport: Transport,
    letters: Letters,
    waker: Waker,
    /// Whether connections to the server may be open.
    is_warm: AtomicBool,
    counted_at: AtomicI64,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("transport", &self.0.transport).finish_non_exhaustive()
    }
}

impl Mailer {
    /// A mailer that sends by this transport; `app` makes one per node.
    #[must_use]
    pub fn new(
        ctx: &Ctx,
        transport: Transport,
        offices: &SharedOffices,
        questionnaires: &Questionnaires,
    ) -> Self {
        Self(Arc::new(Inner {
            ctx: ctx.clone(),
            transport,
            letters: Letters::new(ctx, offices, questionnaires),
            waker: Waker::default(),
            is_warm: AtomicBool::new(false),
            counted_at: AtomicI64::new(0),
        }))
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

    /// Makes and sends letters until told to shut down; ends once every letter on its way is marked.
    ///
    /// Any number of nodes may do so at once: a letter is leased to one of them.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut failures = 0_u32;
        while !shutdown.is_cancelled() {
            let pause = match self.turn(&shutdown).await {
                Ok(()) => {
                    if std::mem::take(&mut failures) > 0 {
                        tracing::info!("the mailer works again");
                    }
                    EVERY
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    if failures.is_power_of_two() {
                        tracing::warn!(failures, %error, "the mailer can't work now");
                    }
                    EVERY * failures.min(10)
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
                () = self.0.waker.woken(), if failures == 0 => {}
            }
        }
        self.0.transport.rest().await;
    }

    /// Makes and sends everything that is due now, once; for commands and tests.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn run_once(&self) -> Result<(), DbErr> {
        self.turn(&CancellationToken::new()).await
    }

    async fn turn(&self, stop: &CancellationToken) -> Result<(), DbErr> {
        let inner = &self.0;
        let mut is_changed = false;
        loop {
            let began = tokio::time::Instant::now();
            let digests = digest::of_floods(&inner.ctx).await?;
            let expanded = expand::expand(&inner.ctx).await?;
            // Acceptance goes first: making deliveries takes a fifth of the writer's time at most.
            let pause = BREATH.max(began.elapsed() * 4);
            let begun = send::round(inner, stop).await?;
            is_changed |= digests + expanded.deliveries + begun > 0;
            if begun > 0 {
                inner.is_warm.store(true, Ordering::Relaxed);
            } else if expanded.rows == 0 || stop.is_cancelled() {
                break;
            }
            if expanded.rows > 0 {
                tokio::time::sleep(pause).await;
            }
        }
        if !is_changed && inner.is_warm.swap(false, Ordering::Relaxed) {
            inner.transport.rest().await;
        }
        self.count(is_changed).await
    }

    /// Tells the meter how many letters wait.
    async fn count(&self, is_changed: bool) -> Result<(), DbErr> {
        let (ctx, now) = (&self.0.ctx, self.0.ctx.now());
        if is_changed || now.0 - self.0.counted_at.load(Ordering::Relaxed) >= COUNTED_EVERY {
            ctx.metrics.mail_waiting.set(deliveries::waiting(ctx.db.read()).await?);
            self.0.counted_at.store(now.0, Ordering::Relaxed);
        }
        Ok(())
    }
}
