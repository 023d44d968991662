//! Outbox rows: one per response that is to be mailed.

use otklik_db::many::{Many, parts};
use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{Id, Instant};
use otklik_responses::Stored;
use sea_orm::{ConnectionTrait, Statement};

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

static INSERT: Many = Many::new(
    "INSERT INTO notifications_outbox (id, body_id, trace, created_at, state) VALUES",
    "(?, ?, ?, ?, 0)",
    "",
);

static SET_STATE: [Many; 2] = [
    Many::new("UPDATE notifications_outbox SET state = 1 WHERE state = 0 AND id IN (", "?", ")"),
    Many::new("UPDATE notifications_outbox SET state = 2 WHERE state = 0 AND id IN (", "?", ")"),
];

/// Inserts a row per response.
pub async fn insert(tx: &Tx, stored: &[&Stored]) -> Result<(), DbErr> {
    for part in parts(stored) {
        let mut values: Vec<Value> = Vec::with_capacity(part.len() * 4);
        for Stored { id, response } in part {
            values.extend([
                (*id).into(),
                response.body.into(),
                response.trace.as_str().into(),
                response.received_at.0.into(),
            ]);
        }
        let text = INSERT.text(tx, part.len());
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), text, values)).await?;
    }
    Ok(())
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
    let statement = &SET_STATE[usize::from(state == OutboxState::Nobody)];
    let mut moved = 0;
    for part in parts(ids) {
        let values = part.iter().map(|&id| Value::from(id));
        let text = statement.text(tx, part.len());
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), text, values);
        moved += tx.execute_raw(statement).await?.rows_affected();
    }
    Ok(moved)
}

/// How many letters about an office had no recipient since a moment.
pub async fn nobody_since<C: ConnectionTrait>(conn: &C, body: Id, since: Instant) -> Result<i64, DbErr> {
    let text = "SELECT COUNT(*) AS n FROM notifications_outbox WHERE body_id = ? AND state = 2 AND id >= ?";
    let values = [body.into(), otklik_kernel::id::floor(since).into()];
    let row = conn.query_one_raw(sql(conn, text, values)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}
