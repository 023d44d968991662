//! Letters about many responses: a flood's digest, or the summary of a day.

use std::collections::HashMap;

use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{CivilDay, Id, Instant};
use otklik_questionnaires::Marks;
use sea_orm::ConnectionTrait;

/// Why there is a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestKind {
    /// Too many letters in a short time.
    Flood = 1,
    /// A day is over.
    Daily = 2,
}

/// A letter about many responses; its id is also that of a row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Its id.
    pub id: Id,
    /// The office.
    pub body: Id,
    /// Why there is it.
    pub kind: DigestKind,
    /// From when on: of a day's summary, responses of this moment and later ones.
    pub from: Instant,
    /// Until when: of a day's summary, earlier ones only.
    pub until: Instant,
}

/// How far the id of a response may be from the moment of its arrival.
const NEAR: i64 = Instant::MINUTE;

impl Digest {
    /// The condition on rows of the outbox that are told in it.
    fn told(&self) -> (&'static str, Vec<Value>) {
        match self.kind {
            DigestKind::Flood => {
                ("letter_id = ? AND letter_id > 0 AND id <> ?", vec![self.id.into(), self.id.into()])
            }
            DigestKind::Daily => {
                let bound = |at: Instant| Value::from(otklik_kernel::id::floor(at));
                let values = vec![
                    self.body.into(),
                    bound(self.from.plus(-NEAR)),
                    bound(self.until.plus(NEAR)),
                    self.from.0.into(),
                    self.until.0.into(),
                ];
                let text =
                    "body_id = ? AND state > 0 AND id >= ? AND id < ? AND created_at >= ? AND created_at < ?
                    AND marks LIKE '%0%'";
                (text, values)
            }
        }
    }
}

/// Writes a digest.
pub async fn insert(tx: &Tx, digest: &Digest) -> Result<(), DbErr> {
    let text =
        "INSERT INTO notifications_digests (id, body_id, kind, from_at, until_at) VALUES (?, ?, ?, ?, ?)";
    let values = [
        digest.id.into(),
        digest.body.into(),
        (digest.kind as i16).into(),
        digest.from.0.into(),
        digest.until.0.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// A digest.
pub async fn find<C: ConnectionTrait>(conn: &C, id: Id) -> Result<Option<Digest>, DbErr> {
    let text = "SELECT body_id, kind, from_at, until_at FROM notifications_digests WHERE id = ?";
    let Some(row) = conn.query_one_raw(sql(conn, text, [id.into()])).await? else { return Ok(None) };
    let kind: i16 = row.try_get_by_index(1)?;
    Ok(Some(Digest {
        id,
        body: row.try_get_by_index(0)?,
        kind: if kind == DigestKind::Daily as i16 { DigestKind::Daily } else { DigestKind::Flood },
        from: Instant(row.try_get_by_index(2)?),
        until: Instant(row.try_get_by_index(3)?),
    }))
}

/// How many responses of a digest have the same marks.
pub async fn by_marks<C: ConnectionTrait>(conn: &C, digest: &Digest) -> Result<Vec<(Marks, u64)>, DbErr> {
    let (condition, values) = digest.told();
    let text = format!(
        "SELECT marks, COUNT(*) FROM notifications_outbox WHERE {condition} GROUP BY marks ORDER BY marks"
    );
    let rows = conn.query_all_raw(sql(conn, &text, values)).await?;
    rows.iter()
        .map(|row| {
            let marks: String = row.try_get_by_index(0)?;
            let marks = Marks::parse(&marks)
                .ok_or_else(|| DbErr::Custom(format!("notifications_outbox.marks: {marks:?}")))?;
            Ok((marks, row.try_get_by_index::<i64>(1)?.unsigned_abs()))
        })
        .collect()
}

/// The first responses of a digest that have a text.
pub async fn with_text<C: ConnectionTrait>(conn: &C, digest: &Digest, limit: u64) -> Result<Vec<Id>, DbErr> {
    let (condition, values) = digest.told();
    let text = format!(
        "SELECT id FROM notifications_outbox WHERE {condition} AND has_text = 1 ORDER BY id LIMIT {limit}"
    );
    let rows = conn.query_all_raw(sql(conn, &text, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// When the first and the last response of a digest arrived.
pub async fn span<C: ConnectionTrait>(
    conn: &C,
    digest: &Digest,
) -> Result<Option<(Instant, Instant)>, DbErr> {
    let (condition, values) = digest.told();
    let text = format!("SELECT MIN(created_at), MAX(created_at) FROM notifications_outbox WHERE {condition}");
    let Some(row) = conn.query_one_raw(sql(conn, &text, values)).await? else { return Ok(None) };
    let (first, last): (Option<i64>, Option<i64>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(first.map(Instant).zip(last.map(Instant)))
}

/// Whether a response of a digest has a topic word.
pub async fn has_word<C: ConnectionTrait>(conn: &C, digest: &Digest) -> Result<bool, DbErr> {
    let (condition, values) = digest.told();
    let text = format!("SELECT 1 AS one FROM notifications_outbox WHERE {condition} AND word <> '' LIMIT 1");
    Ok(conn.query_one_raw(sql(conn, &text, values)).await?.is_some())
}

/// The last day of each office that was summed up.
pub async fn last_days<C: ConnectionTrait>(conn: &C) -> Result<HashMap<Id, CivilDay>, DbErr> {
    let rows = conn.query_all_raw(sql(conn, "SELECT body_id, day FROM notifications_daily", [])).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, CivilDay(row.try_get_by_index(1)?)))).collect()
}

/// Marks a day of an office as summed up; false when it was already.
pub async fn set_day(tx: &Tx, body: Id, day: CivilDay) -> Result<bool, DbErr> {
    let text = "INSERT INTO notifications_daily (body_id, day) VALUES (?, ?)
        ON CONFLICT (body_id) DO UPDATE SET day = excluded.day WHERE notifications_daily.day < excluded.day";
    Ok(tx.execute_raw(sql(tx, text, [body.into(), day.0.into()])).await?.rows_affected() == 1)
}
