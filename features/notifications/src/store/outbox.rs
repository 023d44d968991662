//! Outbox rows: one per response that is to be mailed.

use std::collections::HashMap;

use otklik_db::{Column, DbErr, Rows, Tx, Value, bulk, sql};
use otklik_kernel::text::is_blank;
use otklik_kernel::{Id, Instant};
use otklik_questionnaires::Marks;
use otklik_responses::Stored;
use sea_orm::ConnectionTrait;

use super::digests::Digest;
use crate::rule::Alerting;

/// How an outbox row stands that is no longer fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutboxState {
    /// It has a delivery per recipient of that moment.
    Expanded = 1,
    /// The office had no recipients at that moment.
    Nobody = 2,
    /// It is told in the digest of this id.
    Gathered = 3,
}

/// What becomes of a fresh row; the same for many rows is one statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handled {
    /// How it stands.
    pub state: OutboxState,
    /// The digest in which it is told, or 0.
    pub letter: Id,
    /// As many negative responses within an hour are told with it, or 0.
    pub several: u32,
    /// The topic word of its text, or nothing.
    pub word: String,
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
    /// When the response arrived.
    pub at: Instant,
    /// What the rules see of it; nothing of a row from before there were rules.
    pub response: Option<Alerting>,
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
            ("marks", Column::Text(stored.iter().map(|one| one.response.marks.to_string()).collect())),
            (
                "has_text",
                Column::Int(stored.iter().map(|one| i32::from(!is_blank(&one.response.comment))).collect()),
            ),
        ],
    }
}

/// Rows whose deliveries are to be made, oldest first.
pub async fn fresh<C: ConnectionTrait>(conn: &C, limit: u64) -> Result<Vec<Fresh>, DbErr> {
    let text = format!(
        "SELECT id, body_id, trace, created_at, marks, has_text FROM notifications_outbox
        WHERE state = 0 ORDER BY id LIMIT {limit}"
    );
    let rows = conn.query_all_raw(sql(conn, &text, [])).await?;
    rows.iter()
        .map(|row| {
            let marks: String = row.try_get_by_index(4)?;
            let has_text = row.try_get_by_index::<i16>(5)? != 0;
            Ok(Fresh {
                id: row.try_get_by_index(0)?,
                body: row.try_get_by_index(1)?,
                trace: row.try_get_by_index(2)?,
                at: Instant(row.try_get_by_index(3)?),
                response: Marks::parse(&marks).and_then(|marks| Alerting::read(&marks, has_text)),
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
pub async fn handle(tx: &Tx, ids: &[Id], handled: &Handled, now: Instant) -> Result<u64, DbErr> {
    let text = format!(
        "UPDATE notifications_outbox SET state = ?, letter_id = ?, several = ?, word = ?, handled_at = ?
        WHERE state = 0 AND id {}",
        bulk::among(tx)
    );
    let values: [Value; 6] = [
        (handled.state as i16).into(),
        handled.letter.into(),
        i32::try_from(handled.several).unwrap_or(i32::MAX).into(),
        handled.word.as_str().into(),
        now.0.into(),
        bulk::numbers(ids),
    ];
    Ok(tx.execute_raw(sql(tx, &text, values)).await?.rows_affected())
}

/// Writes the row of a digest.
pub async fn insert_digest(
    tx: &Tx,
    digest: &Digest,
    trace: &str,
    state: OutboxState,
    now: Instant,
) -> Result<(), DbErr> {
    let text =
        "INSERT INTO notifications_outbox (id, body_id, trace, created_at, state, letter_id, handled_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    let values = [
        digest.id.into(),
        digest.body.into(),
        trace.into(),
        now.0.into(),
        (state as i16).into(),
        digest.id.into(),
        now.0.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// What a letter is made of, from its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whether it is a digest.
    pub is_digest: bool,
    /// As many negative responses within an hour are told with it, or 0.
    pub several: u32,
    /// The topic word of its text, or nothing.
    pub word: String,
    /// The trace to the letter.
    pub trace: String,
    /// When the response arrived, or the digest was made.
    pub at: Instant,
}

/// The row of a letter.
pub async fn find<C: ConnectionTrait>(conn: &C, id: Id) -> Result<Option<Told>, DbErr> {
    let text = "SELECT letter_id, several, word, trace, created_at FROM notifications_outbox WHERE id = ?";
    let Some(row) = conn.query_one_raw(sql(conn, text, [id.into()])).await? else { return Ok(None) };
    Ok(Some(Told {
        is_digest: row.try_get_by_index::<Id>(0)? == id,
        several: u32::try_from(row.try_get_by_index::<i32>(1)?).unwrap_or(0),
        word: row.try_get_by_index(2)?,
        trace: row.try_get_by_index(3)?,
        at: Instant(row.try_get_by_index(4)?),
    }))
}

/// How many letters about one response each these offices have had since a moment.
pub async fn singles<C: ConnectionTrait>(
    conn: &C,
    bodies: &[Id],
    since: Instant,
) -> Result<HashMap<Id, i64>, DbErr> {
    let text = format!(
        "SELECT body_id, COUNT(*) FROM notifications_outbox
        WHERE state = 1 AND letter_id = 0 AND handled_at > ? AND body_id {} GROUP BY body_id",
        bulk::among(conn)
    );
    let rows = conn.query_all_raw(sql(conn, &text, [since.0.into(), bulk::numbers(bodies)])).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// The negative responses of these offices since a moment, oldest first: when each arrived, and whether
/// several were told with it.
pub async fn negatives<C: ConnectionTrait>(
    conn: &C,
    bodies: &[Id],
    since: Instant,
) -> Result<Vec<(Id, Instant, bool)>, DbErr> {
    let text = format!(
        "SELECT body_id, created_at, several FROM notifications_outbox
        WHERE state > 0 AND id >= ? AND marks LIKE '%0%' AND body_id {} ORDER BY id",
        bulk::among(conn)
    );
    let values = [otklik_kernel::id::floor(since).into(), bulk::numbers(bodies)];
    let rows = conn.query_all_raw(sql(conn, &text, values)).await?;
    rows.iter()
        .map(|row| {
            let at = Instant(row.try_get_by_index(1)?);
            Ok((row.try_get_by_index(0)?, at, row.try_get_by_index::<i32>(2)? > 0))
        })
        .collect()
}

/// How many letters about an office had no recipient since a moment.
pub async fn nobody_since<C: ConnectionTrait>(conn: &C, body: Id, since: Instant) -> Result<i64, DbErr> {
    let text = "SELECT COUNT(*) AS n FROM notifications_outbox WHERE body_id = ? AND state = 2 AND id >= ?";
    let values = [body.into(), otklik_kernel::id::floor(since).into()];
    let row = conn.query_one_raw(sql(conn, text, values)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}
