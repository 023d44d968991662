//! Texts of responses are removed after so many days: people write about themselves in them. Marks, figures and what
//! was done stay.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use otklik_db::DbErr;
use otklik_jobs::{HandlerError, Periodic, PeriodicJob};
use otklik_journal::{Actor, NewEntry};
use otklik_kernel::{Id, Instant, Zone, id};
use otklik_web::Ctx;
use serde_json::json;

use crate::store;

/// Responses looked through in one transaction.
const PART: u64 = 256;
/// How often it is looked for texts whose time is over.
const EVERY: Duration = Duration::from_secs(3600);

/// The schedule that removes texts after so many days; none where they are kept.
#[must_use]
pub fn schedules(ctx: &Ctx, texts_days: Option<u32>) -> Vec<Periodic> {
    texts_days
        .map(|days| Periodic::new("responses.texts", EVERY, Arc::new(Forget { ctx: ctx.clone(), days })))
        .into_iter()
        .collect()
}

struct Forget {
    ctx: Ctx,
    days: u32,
}

#[async_trait]
impl PeriodicJob for Forget {
    async fn run(&self, now: Instant) -> Result<(), HandlerError> {
        let removed = forget(&self.ctx, now.plus(-i64::from(self.days) * Instant::DAY)).await?;
        if removed > 0 {
            tracing::info!(removed, "texts of old responses were removed");
        }
        Ok(())
    }
}

/// Removes the texts of responses received before a moment, in small transactions, and tells the journal how many;
/// gives their number.
///
/// # Errors
/// When the database is away; what was removed before stays removed.
pub async fn forget(ctx: &Ctx, before: Instant) -> Result<usize, DbErr> {
    let end = id::floor(before);
    let mut since = store::texts_kept_since(ctx.db.read()).await?;
    let mut removed = 0;
    loop {
        let began = tokio::time::Instant::now();
        let part = store::texts_between(ctx.db.read(), since, end, PART).await?;
        let Some(&(last, _)) = part.last() else { break };
        let ids: Vec<Id> = part.iter().filter(|(_, has_text)| *has_text).map(|&(id, _)| id).collect();
        let tx = ctx.db.begin().await?;
        store::remove_texts(&tx, &ids, ctx.now()).await?;
        store::keep_texts_since(&tx, last).await?;
        tx.commit().await?;
        (since, removed) = (last, removed + ids.len());
        // Acceptance goes first.
        tokio::time::sleep(began.elapsed() * 4).await;
    }
    if removed > 0 {
        let entry = NewEntry {
            actor: Actor::System("schedule"),
            action: "responses.forget_texts",
            subject: None,
            body: None,
            trace: "",
            before: None,
            after: Some(json!({"responses": removed, "before": before.day_in(&Zone::utc()).to_string()})),
        };
        let tx = ctx.db.begin().await?;
        otklik_journal::append(&tx, entry, ctx.now(), &ctx.ids, &*ctx.random).await?;
        tx.commit().await?;
    }
    Ok(removed)
}
