//! What is done again and again: summing days up, and removing what ended long ago.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use otklik_db::DbErr;
use otklik_jobs::{HandlerError, Periodic, PeriodicJob, Waker};
use otklik_kernel::Instant;
use otklik_organisations::SharedOffices;
use otklik_web::{Context, Ctx};

use crate::mailer::digest;
use crate::store::forget;

/// Rows removed in one transaction.
const PART: u64 = 500;
/// The pause after each, in which others write.
const BREATH: Duration = Duration::from_millis(50);

/// The schedules of this slice: the mailer is woken for summaries of days; rows of mail that ended more than
/// `keep_days` ago are removed.
#[must_use]
pub fn schedules(ctx: &Ctx, offices: &SharedOffices, mailer: &Waker, keep_days: u32) -> Vec<Periodic> {
    let daily = Daily { ctx: ctx.clone(), offices: offices.clone(), mailer: mailer.clone() };
    let forget = Forget { ctx: ctx.clone(), keep_days };
    vec![
        Periodic::new("notifications.daily", Duration::from_secs(60), Arc::new(daily)),
        Periodic::new("notifications.forget", Duration::from_secs(6 * 3600), Arc::new(forget)),
    ]
}

struct Daily {
    ctx: Ctx,
    offices: SharedOffices,
    mailer: Waker,
}

#[async_trait]
impl PeriodicJob for Daily {
    async fn run(&self, _now: Instant) -> Result<(), HandlerError> {
        if digest::of_days(&self.ctx, &self.offices.current()).await? > 0 {
            self.mailer.wake();
        }
        Ok(())
    }
}

struct Forget {
    ctx: Ctx,
    keep_days: u32,
}

#[async_trait]
impl PeriodicJob for Forget {
    async fn run(&self, now: Instant) -> Result<(), HandlerError> {
        let removed = old_mail(&self.ctx, now.plus(-i64::from(self.keep_days) * Instant::DAY)).await?;
        if removed > 0 {
            tracing::info!(removed, "old rows of mail were removed");
        }
        Ok(())
    }
}

/// Removes the mail that ended before a moment, in small transactions; gives how many rows of the outbox.
async fn old_mail(ctx: &Context, before: Instant) -> Result<u64, DbErr> {
    let (mut last, mut removed) = (0, 0);
    loop {
        let ids = forget::ended(ctx.db.read(), last, before, PART).await?;
        let Some(&newest) = ids.last() else { return Ok(removed) };
        let tx = ctx.db.begin().await?;
        removed += forget::remove(&tx, &ids).await?;
        tx.commit().await?;
        last = newest;
        tokio::time::sleep(BREATH).await;
    }
}
