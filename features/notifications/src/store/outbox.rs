//! Outbox rows: one per response that is to be mailed.

use otklik_db::{Column, DbErr, Rows, Tx, Value, bulk, sql};
use otklik_kernel::{Id, Instant};
use otklik_responses::Stored;
use sea_orm::ConnectionTrait;

/// How an outbox row stands that is no longer fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxState {
    /// It has a delivery per recipient of that moment.
    Expanded,
    /// The office had no recipients at that moment.
    Nobody,
}

/// An outbox row whose deliveries are to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// Its id, which is the response's.
    pub id: Id,
    /// The office.
    pub body: Id,
    /// The trace of the request.
    pub trace: String,
}

/// A fresh row per response.
pub fn rows(stored: &[&Stored]) -> Rows {
    let long = |value: fn(&Stored) -> i64| Column::Long(stored.iter().map(|one| value(one)).collect());
    Rows {
        table: "notifications_outbox",
        columns: vec![
            ("id", long(|one| one.id)),
            ("body_id", long(|one| one.response.body)),
            ("trace", Column::Text(stored.iter().map(|one| one.response.trace.clone()).collect())),
            ("created_at", long(|one| one.response.received_at.0)),
            ("state", Column::Int(vec![0; stored.len()])),
        ],
    }
}

/// Rows whose deliveries are to be made, oldest first.
pub async fn fresh<C: ConnectionTrait>(conn: &C, limit: u64) -> Result<Vec<Fresh>, DbErr> {
    let text = format!(
        "SELECT id, body_id, trace FROM notifications_outbox WHERE state = 0 ORDER BY id LIMIT {limit}"
    );
    let rows = conn.query_all_raw(sql(conn, &text, [])).await?;
    rows.iter()
        .map(|row| {
            Ok(Fresh {
                id: row.try_get_by_index(0)?,
                body: row.try_get_by_index(1)?,
                trace: row.try_get_by_index(2)?,
            })
        })
        .collect()
}

/// Keeps other nodes away from fresh rows until the end of the transaction: all take the oldest first. False
/// when another node has been sooner.
pub async fn hold(tx: &Tx, oldest: Id) -> Result<bool, DbErr> {
    let text = "UPDATE notifications_outbox SET state = 0 WHERE id = ? AND state = 0";
    Ok(tx.execute_raw(sql(tx, text, [oldest.into()])).await?.rows_affected() == 1)
}

/// Moves fresh rows on; gives how many there were, fewer than asked when another node was sooner.
pub async fn set_state(tx: &Tx, ids: &[Id], state: OutboxState) -> Result<u64, DbErr> {
    let state: i16 = if state == OutboxState::Nobody { 2 } else { 1 };
    let text =
        format!("UPDATE notifications_outbox SET state = ? WHERE state = 0 AND id {}", bulk::among(tx));
    let values: [Value; 2] = [state.into(), bulk::numbers(ids)];
    Ok(tx.execute_raw(sql(tx, &text, values)).await?.rows_affected())
}

/// How many letters about an office had no recipient since a moment.
pub async fn nobody_since<C: ConnectionTrait>(conn: &C, body: Id, since: Instant) -> Result<i64, DbErr> {
    let text = "SELECT COUNT(*) AS n FROM notifications_outbox WHERE body_id = ? AND state = 2 AND id >= ?";
    let values = [body.into(), otklik_kernel::id::floor(since).into()];
    let row = conn.query_one_raw(sql(conn, text, values)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}
