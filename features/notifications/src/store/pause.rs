//! The pause of all sending: at most one row.

use otklik_db::{DbErr, Tx, sql};
use otklik_kernel::Instant;
use sea_orm::ConnectionTrait;

use super::deliveries::Reason;

/// Sending is paused: the mail server is away, or mail is set up wrongly. No letter loses an attempt by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub since: Instant,
    /// When the server is looked at again.
    pub until: Instant,
    /// Failures in a row.
    pub failures: u32,
    /// Why.
    pub reason: Reason,
    /// The server's or the system's own words.
    pub error: String,
}

/// The pause, if there is one.
pub async fn read<C: ConnectionTrait>(conn: &C) -> Result<Option<Pause>, DbErr> {
    let text = "SELECT since, until_at, failures, reason, error FROM notifications_pause WHERE id = 1";
    let Some(row) = conn.query_one_raw(sql(conn, text, [])).await? else { return Ok(None) };
    Ok(Some(Pause {
        since: Instant(row.try_get_by_index(0)?),
        until: Instant(row.try_get_by_index(1)?),
        failures: u32::try_from(row.try_get_by_index::<i32>(2)?).unwrap_or(0),
        reason: Reason::read(row.try_get_by_index(3)?),
        error: row.try_get_by_index(4)?,
    }))
}

/// Begins the pause, or makes it longer.
pub async fn write(tx: &Tx, pause: &Pause) -> Result<(), DbErr> {
    let text = "INSERT INTO notifications_pause (id, since, until_at, failures, reason, error)
        VALUES (1, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET since = excluded.since, until_at = excluded.until_at,
        failures = excluded.failures, reason = excluded.reason, error = excluded.error";
    let values = [
        pause.since.0.into(),
        pause.until.0.into(),
        i32::try_from(pause.failures).unwrap_or(i32::MAX).into(),
        pause.reason.code().into(),
        pause.error.as_str().into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Ends the pause.
pub async fn clear(tx: &Tx) -> Result<(), DbErr> {
    tx.execute_raw(sql(tx, "DELETE FROM notifications_pause", [])).await.map(|_| ())
}

/// Makes the next look due now.
pub async fn look_now(tx: &Tx, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE notifications_pause SET until_at = ?";
    tx.execute_raw(sql(tx, text, [now.0.into()])).await.map(|_| ())
}
