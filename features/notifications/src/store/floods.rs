//! Offices about which there are too many letters: one row each, while it lasts.

use std::collections::HashMap;

use otklik_db::bulk::{self, Kind};
use otklik_db::{DbErr, Tx, sql};
use otklik_kernel::{Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::json;

/// A flood and the digest that is being gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// The office.
    pub body: Id,
    /// The id that the digest will have; rows of the outbox point to it already.
    pub letter: Id,
    /// Since when it is gathered.
    pub since: Instant,
    /// When it is sent.
    pub next: Instant,
    /// Digests of this flood before it.
    pub level: u32,
    /// Responses in it.
    pub gathered: i64,
}

const COLUMNS: &str = "body_id, letter_id, since, next_at, level, gathered";

fn read(row: &QueryResult) -> Result<Flood, DbErr> {
    Ok(Flood {
        body: row.try_get_by_index(0)?,
        letter: row.try_get_by_index(1)?,
        since: Instant(row.try_get_by_index(2)?),
        next: Instant(row.try_get_by_index(3)?),
        level: u32::try_from(row.try_get_by_index::<i32>(4)?).unwrap_or(0),
        gathered: row.try_get_by_index(5)?,
    })
}

/// The floods of these offices.
pub async fn of<C: ConnectionTrait>(conn: &C, bodies: &[Id]) -> Result<HashMap<Id, Flood>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM notifications_floods WHERE body_id {}", bulk::among(conn));
    let rows = conn.query_all_raw(sql(conn, &text, [bulk::numbers(bodies)])).await?;
    rows.iter().map(|row| read(row).map(|flood| (flood.body, flood))).collect()
}

/// Floods whose digest is due.
pub async fn due<C: ConnectionTrait>(conn: &C, now: Instant) -> Result<Vec<Flood>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM notifications_floods WHERE next_at <= ? ORDER BY next_at");
    conn.query_all_raw(sql(conn, &text, [now.0.into()])).await?.iter().map(read).collect()
}

/// Keeps a flood for this transaction and reads what it has gathered; nothing when another node has been
/// sooner.
pub async fn hold(tx: &Tx, flood: &Flood) -> Result<Option<Flood>, DbErr> {
    let text = format!(
        "UPDATE notifications_floods SET next_at = next_at WHERE body_id = ? AND letter_id = ? RETURNING {COLUMNS}"
    );
    let values = [flood.body.into(), flood.letter.into()];
    tx.query_one_raw(sql(tx, &text, values)).await?.as_ref().map(read).transpose()
}

/// Begins floods; gives how many began, fewer when another node has been sooner.
pub async fn begin(tx: &Tx, floods: &[Flood]) -> Result<u64, DbErr> {
    let columns = [
        ("body_id", Kind::Long),
        ("letter_id", Kind::Long),
        ("since", Kind::Long),
        ("next_at", Kind::Long),
        ("level", Kind::Int),
        ("gathered", Kind::Long),
    ];
    let rows = floods
        .iter()
        .map(|one| json!([one.body, one.letter, one.since.0, one.next.0, one.level, one.gathered]));
    bulk::insert(tx, "notifications_floods", &columns, rows.collect(), "ON CONFLICT (body_id) DO NOTHING")
        .await
}

/// Adds to what a flood has gathered; false when its digest was made meanwhile.
pub async fn gather(tx: &Tx, flood: &Flood, more: i64) -> Result<bool, DbErr> {
    let text = "UPDATE notifications_floods SET gathered = gathered + ? WHERE body_id = ? AND letter_id = ?";
    let values = [more.into(), flood.body.into(), flood.letter.into()];
    Ok(tx.execute_raw(sql(tx, text, values)).await?.rows_affected() == 1)
}

/// Goes on with the next digest of a flood, which is held.
pub async fn go_on(tx: &Tx, next: &Flood) -> Result<(), DbErr> {
    let text =
        "UPDATE notifications_floods SET letter_id = ?, since = ?, next_at = ?, level = ?, gathered = 0
        WHERE body_id = ?";
    let values = [
        next.letter.into(),
        next.since.0.into(),
        next.next.0.into(),
        i32::try_from(next.level).unwrap_or(i32::MAX).into(),
        next.body.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Ends a flood, which is held.
pub async fn end(tx: &Tx, body: Id) -> Result<(), DbErr> {
    let text = "DELETE FROM notifications_floods WHERE body_id = ?";
    tx.execute_raw(sql(tx, text, [body.into()])).await.map(|_| ())
}
