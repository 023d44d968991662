//! From an outbox row to a delivery per recipient.

use std::collections::BTreeSet;

use otklik_db::DbErr;
use otklik_kernel::Id;
use otklik_web::Context;

use crate::store::deliveries::{self, NewDelivery};
use crate::store::outbox::{self, OutboxState};
use crate::store::recipients;

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
    let tx = ctx.db.begin().await?;
    if !outbox::hold(&tx, oldest.id).await? {
        tx.rollback().await?;
        return Ok(Expanded { rows: fresh.len(), deliveries: 0 });
    }
    let bodies: BTreeSet<Id> = fresh.iter().map(|row| row.body).collect();
    let bodies: Vec<Id> = bodies.into_iter().collect();
    let lists = recipients::of_all(&tx, &bodies).await?;
    let (mut told, mut nobody, mut count) = (Vec::new(), Vec::new(), 0);
    for row in &fresh {
        if count >= DELIVERIES {
            break;
        }
        match lists.get(&row.body) {
            None => nobody.push(row.id),
            Some(list) => {
                told.push(row);
                count += list.len();
            }
        }
    }
    let ids: Vec<Id> = told.iter().map(|row| row.id).collect();
    let moved = outbox::set_state(&tx, &ids, OutboxState::Expanded).await?
        + outbox::set_state(&tx, &nobody, OutboxState::Nobody).await?;
    let rows = told.len() + nobody.len();
    if moved != rows as u64 {
        // Another node has done some of them meanwhile: look again.
        tx.rollback().await?;
        return Ok(Expanded { rows, deliveries: 0 });
    }
    let made: Vec<NewDelivery<'_>> = told
        .iter()
        .flat_map(|row| lists[&row.body].iter().map(move |address| (row, address)))
        .map(|(row, address)| NewDelivery {
            id: ctx.new_id(),
            outbox: row.id,
            body: row.body,
            address: address.as_str(),
            at: now,
        })
        .collect();
    deliveries::insert(&tx, &made).await?;
    tx.commit().await?;
    for row in told {
        tracing::info!(
            trace = row.trace,
            response = row.id,
            recipients = lists[&row.body].len(),
            "a letter is due"
        );
    }
    for row in fresh.iter().filter(|row| nobody.binary_search(&row.id).is_ok()) {
        tracing::debug!(trace = row.trace, response = row.id, "a letter has no recipients");
    }
    Ok(Expanded { rows, deliveries: made.len() })
}
