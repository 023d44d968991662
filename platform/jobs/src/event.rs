//! The table of events.

use otklik_db::bulk::{self, Kind};
use otklik_db::{Column, DbErr, Rows, Tx, sql};
use otklik_kernel::{Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::json;

/// An event to be written in the transaction of what happened.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent<'a> {
    /// Its id.
    pub id: Id,
    /// What happened, such as `responses.accepted`.
    pub kind: &'static str,
    /// The body it happened at.
    pub body: Option<Id>,
    /// What it happened to.
    pub subject: Option<Id>,
    /// More, as JSON the handlers understand.
    pub payload: &'a str,
    /// The trace of the request that caused it.
    pub trace: &'a str,
    /// When it happened; it is due at once.
    pub at: Instant,
}

/// An event as handlers get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id: the same when a handler runs twice.
    pub id: Id,
    /// What happened.
    pub kind: String,
    /// The body it happened at.
    pub body: Option<Id>,
    /// What it happened to.
    pub subject: Option<Id>,
    /// More, as JSON.
    pub payload: String,
    /// The trace of the request that caused it.
    pub trace: String,
    /// When it happened.
    pub at: Instant,
    /// Failures so far.
    pub attempts: u32,
}

/// How the queue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct QueueStats {
    /// Events in the table, due or not.
    pub waiting: i64,
    /// Those among them that have failed at least once.
    pub failing: i64,
    /// When the oldest of them happened.
    pub oldest_at: Option<Instant>,
}

/// An event that has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingEvent {
    /// The event.
    pub event: Event,
    /// The handler and what it said last.
    pub error: String,
    /// When it is tried again; nothing when it waits for a person.
    pub next_at: Option<Instant>,
}

/// When an event is due that waits for a person.
pub(crate) const NEVER: i64 = i64::MAX;

/// Writes events; they are handled once the transaction is committed.
///
/// # Errors
/// When the database refuses, as it does for two events with one id.
pub async fn emit(tx: &Tx, events: &[NewEvent<'_>]) -> Result<(), DbErr> {
    let columns = [
        ("id", Kind::Long),
        ("kind", Kind::Text),
        ("body_id", Kind::Long),
        ("subject_id", Kind::Long),
        ("payload", Kind::Text),
        ("trace", Kind::Text),
        ("created_at", Kind::Long),
        ("next_at", Kind::Long),
    ];
    let rows = events.iter().map(|event| {
        let NewEvent { id, kind, body, subject, payload, trace, at } = event;
        json!([id, kind, body, subject, payload, trace, at.0, at.0])
    });
    bulk::insert(tx, "jobs_events", &columns, rows.collect(), "").await.map(|_| ())
}

/// Events as rows, for those who insert them together with rows of their own; each has a body and a subject.
#[must_use]
pub fn rows(events: &[NewEvent<'_>]) -> Rows {
    let long = |value: fn(&NewEvent<'_>) -> i64| Column::Long(events.iter().map(value).collect());
    let text = |value: fn(&NewEvent<'_>) -> String| Column::Text(events.iter().map(value).collect());
    Rows {
        table: "jobs_events",
        columns: vec![
            ("id", long(|event| event.id)),
            ("kind", text(|event| event.kind.to_owned())),
            ("body_id", long(|event| event.body.unwrap_or_default())),
            ("subject_id", long(|event| event.subject.unwrap_or_default())),
            ("payload", text(|event| event.payload.to_owned())),
            ("trace", text(|event| event.trace.to_owned())),
            ("created_at", long(|event| event.at.0)),
            ("next_at", long(|event| event.at.0)),
        ],
    }
}

/// How the queue stands, for the outbox page and metrics.
///
/// # Errors
/// When the database is away.
pub async fn queue_stats<C: ConnectionTrait>(conn: &C) -> Result<QueueStats, DbErr> {
    let text = "SELECT COUNT(*) AS waiting, COUNT(CASE WHEN attempts > 0 THEN 1 END) AS failing,
        MIN(created_at) AS oldest_at FROM jobs_events";
    let Some(row) = conn.query_one_raw(sql(conn, text, [])).await? else { return Ok(QueueStats::default()) };
    Ok(QueueStats {
        waiting: row.try_get("", "waiting")?,
        failing: row.try_get("", "failing")?,
        oldest_at: row.try_get::<Option<i64>>("", "oldest_at")?.map(Instant),
    })
}

/// Events that have failed, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn failing<C: ConnectionTrait>(conn: &C, limit: u32) -> Result<Vec<FailingEvent>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS}, error, next_at FROM jobs_events WHERE attempts > 0 ORDER BY id LIMIT {limit}"
    );
    let rows = conn.query_all_raw(sql(conn, &text, [])).await?;
    let failing = |row: &QueryResult| {
        let next: i64 = row.try_get_by_index(9)?;
        Ok(FailingEvent {
            event: read(row)?,
            error: row.try_get_by_index::<Option<String>>(8)?.unwrap_or_default(),
            next_at: (next != NEVER).then_some(Instant(next)),
        })
    };
    rows.iter().map(failing).collect()
}

/// Makes an event due now, after a person has mended what made it fail; false when there is none such.
///
/// # Errors
/// When the database refuses.
pub async fn retry(tx: &Tx, event: Id, now: Instant) -> Result<bool, DbErr> {
    let text = "UPDATE jobs_events SET next_at = ? WHERE id = ?";
    Ok(tx.execute_raw(sql(tx, text, [now.0.into(), event.into()])).await?.rows_affected() == 1)
}

/// Reads a row of [`COLUMNS`].
pub(crate) fn read(row: &QueryResult) -> Result<Event, DbErr> {
    Ok(Event {
        id: row.try_get_by_index(0)?,
        kind: row.try_get_by_index(1)?,
        body: row.try_get_by_index(2)?,
        subject: row.try_get_by_index(3)?,
        payload: row.try_get_by_index(4)?,
        trace: row.try_get_by_index(5)?,
        at: Instant(row.try_get_by_index(6)?),
        attempts: u32::try_from(row.try_get_by_index::<i32>(7)?).unwrap_or(0),
    })
}

/// The columns of an [`Event`].
pub(crate) const COLUMNS: &str = "id, kind, body_id, subject_id, payload, trace, created_at, attempts";
