//! Which recipient is which of the two mandatory ones (QR-7). A mark counts only while its address is in the list.

use std::collections::HashSet;

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, sql, versions};
use otklik_kernel::Id;
use sea_orm::ConnectionTrait;

use crate::mandatory::Duty;
use crate::store::recipients::VERSION;

/// The marks of an office: duty and key of the address.
pub async fn of<C: ConnectionTrait>(conn: &C, body: Id) -> Result<Vec<(Duty, String)>, DbErr> {
    let text = "SELECT m.duty, m.address_key FROM notifications_mandatory m
        JOIN notifications_recipients r ON r.body_id = m.body_id AND r.address_key = m.address_key
        WHERE m.body_id = ?";
    let rows = conn.query_all_raw(sql(conn, text, [body.into()])).await?;
    rows.iter()
        .map(|row| Ok((duty(body, &row.try_get::<String>("", "duty")?)?, row.try_get("", "address_key")?)))
        .collect()
}

/// Every mark of the scope: office and duty.
pub async fn all<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<(Id, Duty)>, DbErr> {
    let text = format!(
        "SELECT m.body_id, m.duty FROM notifications_mandatory m
        JOIN notifications_recipients r ON r.body_id = m.body_id AND r.address_key = m.address_key
        WHERE {}",
        scope.sql("m.body_id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, [])).await?;
    let mark = |row: &sea_orm::QueryResult| {
        let body: Id = row.try_get("", "body_id")?;
        Ok((body, duty(body, &row.try_get::<String>("", "duty")?)?))
    };
    rows.iter().map(mark).collect()
}

/// The offices of the scope where both are marked.
pub async fn whole<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<HashSet<Id>, DbErr> {
    let text = format!(
        "SELECT m.body_id FROM notifications_mandatory m
        JOIN notifications_recipients r ON r.body_id = m.body_id AND r.address_key = m.address_key
        WHERE {} GROUP BY m.body_id HAVING COUNT(*) = {}",
        scope.sql("m.body_id"),
        Duty::ALL.len()
    );
    conn.query_all_raw(sql(conn, &text, [])).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

fn duty(body: Id, code: &str) -> Result<Duty, DbErr> {
    Duty::find(code).ok_or_else(|| DbErr::Custom(format!("notifications_mandatory.duty of {body}: {code:?}")))
}

/// Marks an address of an office, or takes the mark off.
pub async fn set(tx: &Tx, body: Id, duty: Duty, key: Option<&str>) -> Result<(), DbErr> {
    versions::bump(tx, VERSION).await?;
    let text = "DELETE FROM notifications_mandatory WHERE body_id = ? AND duty = ?";
    tx.execute_raw(sql(tx, text, [body.into(), duty.code().into()])).await?;
    let Some(key) = key else { return Ok(()) };
    let text = "INSERT INTO notifications_mandatory (body_id, duty, address_key) VALUES (?, ?, ?)";
    tx.execute_raw(sql(tx, text, [body.into(), duty.code().into(), key.into()])).await.map(|_| ())
}
