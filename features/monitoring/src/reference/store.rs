//! Records in the database: the only place that names `monitoring_records`.

use otklik_db::{DbErr, Tx, sql, versions};
use otklik_kernel::{CivilDay, Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{Kind, Record};

/// The counter raised by every change of a record, a sender or a body's place in the data.
pub const VERSION: &str = "monitoring_records";

const SELECT: &str =
    "SELECT r.id, r.kind, r.name, r.valid_from, r.content, r.reason, r.delivery_id, r.changed_by,
    r.changed_at FROM monitoring_records r";

fn record(row: &QueryResult) -> Result<Record, DbErr> {
    let id: Id = row.try_get("", "id")?;
    let broken =
        |column: &str, value: &str| DbErr::Custom(format!("monitoring_records.{column} of {id}: {value:?}"));
    let (kind, content): (String, String) = (row.try_get("", "kind")?, row.try_get("", "content")?);
    Ok(Record {
        id,
        kind: Kind::find(&kind).ok_or_else(|| broken("kind", &kind))?,
        name: row.try_get("", "name")?,
        valid_from: CivilDay(row.try_get("", "valid_from")?),
        content: serde_json::from_str(&content).map_err(|_| broken("content", &content))?,
        reason: row.try_get("", "reason")?,
        delivery: row.try_get("", "delivery_id")?,
        changed_by: row.try_get("", "changed_by")?,
        changed_at: Instant(row.try_get("", "changed_at")?),
    })
}

/// Every record of a kind, by name and the order in which they were made.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn all<C: ConnectionTrait>(conn: &C, kind: Kind) -> Result<Vec<Record>, DbErr> {
    let text = format!("{SELECT} WHERE r.kind = ? ORDER BY r.name, r.id");
    conn.query_all_raw(sql(conn, &text, [kind.code().into()])).await?.iter().map(record).collect()
}

/// The records of one thing, in the order in which they were made.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn of<C: ConnectionTrait>(conn: &C, kind: Kind, name: &str) -> Result<Vec<Record>, DbErr> {
    let text = format!("{SELECT} WHERE r.kind = ? AND r.name = ? ORDER BY r.id");
    let values = [kind.code().into(), name.into()];
    conn.query_all_raw(sql(conn, &text, values)).await?.iter().map(record).collect()
}

/// Adds a record.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, record: &Record) -> Result<(), DbErr> {
    let text = "INSERT INTO monitoring_records (id, kind, name, valid_from, content, reason, delivery_id, changed_by,
        changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let content = serde_json::to_string(&record.content).map_err(|error| DbErr::Custom(error.to_string()))?;
    let values = [
        record.id.into(),
        record.kind.code().into(),
        record.name.as_str().into(),
        record.valid_from.0.into(),
        content.into(),
        record.reason.as_str().into(),
        record.delivery.into(),
        record.changed_by.as_str().into(),
        record.changed_at.0.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await?;
    versions::bump(tx, VERSION).await
}

/// Removes what deliveries brought that were replaced.
///
/// # Errors
/// When the database refuses.
pub async fn delete_of_delivery(tx: &Tx, delivery: Id) -> Result<(), DbErr> {
    let text = "DELETE FROM monitoring_records WHERE delivery_id = ?";
    tx.execute_raw(sql(tx, text, [delivery.into()])).await?;
    versions::bump(tx, VERSION).await
}
