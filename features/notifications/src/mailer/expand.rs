//! From an outbox row to a delivery per recipient, or to a place in a digest.

use std::collections::BTreeMap;

use otklik_db::DbErr;
use otklik_kernel::Id;
use otklik_web::Context;

use super::plan::{self, Plan};
use crate::store::deliveries::{self, NewDelivery};
use crate::store::floods;
use crate::store::outbox::{self, Handled, OutboxState};

/// Outbox rows in one transaction.
const ROWS: u64 = 500;
/// Deliveries in one transaction; a single row may have more.
const DELIVERIES: usize = 5_000;

/// What was done in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// Outbox rows that were handled.
    pub rows: usize,
    /// Deliveries that were made.
    pub deliveries: usize,
}

/// Makes the deliveries of the oldest fresh rows: one transaction.
///
/// A row of an office without recipients is marked so and stays visible.
pub async fn expand(ctx: &Context) -> Result<Expanded, DbErr> {
    // A look first: most of the time there is nothing, and then nobody waits for the writer.
    let fresh = outbox::fresh(ctx.db.read(), ROWS).await?;
    let Some(oldest) = fresh.first() else { return Ok(Expanded::default()) };
    let now = ctx.now();
    let plan = plan::make(ctx, &fresh, now, DELIVERIES).await?;
    let made: Vec<NewDelivery<'_>> = plan
        .rows
        .iter()
        .flat_map(|planned| planned.to.iter().map(|address| (planned.row, address)))
        .map(|(row, address)| NewDelivery {
            id: ctx.new_id(),
            outbox: row.id,
            body: row.body,
            address: address.as_str(),
            at: now,
        })
        .collect();
    let rows = plan.rows.len();
    let tx = ctx.db.begin().await?;
    if !outbox::hold(&tx, oldest.id).await? || !write(&tx, &plan, now).await? {
        // Another node has done some of them meanwhile, or sent a digest: look again.
        tx.rollback().await?;
        return Ok(Expanded { rows, deliveries: 0 });
    }
    deliveries::insert(&tx, &made).await?;
    tx.commit().await?;
    for planned in &plan.rows {
        let (trace, response) = (&planned.row.trace, planned.row.id);
        match planned.handled.state {
            OutboxState::Expanded => {
                tracing::info!(trace, response, recipients = planned.to.len(), "a letter is due");
            }
            OutboxState::Gathered => {
                tracing::info!(trace, response, digest = planned.handled.letter, "told in a digest");
            }
            OutboxState::Nobody => tracing::debug!(trace, response, "a letter has no recipients"),
        }
    }
    Ok(Expanded { rows, deliveries: made.len() })
}

/// Writes what becomes of rows and floods; false when it isn't so any more.
async fn write(tx: &otklik_db::Tx, plan: &Plan<'_>, now: otklik_kernel::Instant) -> Result<bool, DbErr> {
    if floods::begin(tx, &plan.begun).await? != plan.begun.len() as u64 {
        return Ok(false);
    }
    for (flood, more) in &plan.more {
        if !floods::gather(tx, flood, *more).await? {
            return Ok(false);
        }
    }
    let mut alike: BTreeMap<&Handled, Vec<Id>> = BTreeMap::new();
    for planned in &plan.rows {
        alike.entry(&planned.handled).or_default().push(planned.row.id);
    }
    for (handled, ids) in alike {
        if outbox::handle(tx, &ids, handled, now).await? != ids.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}
