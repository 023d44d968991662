//! Which parts of the tree have changed, so that pages are told only of what lies within their scopes.

use otklik_db::{DbErr, Tx, bulk, sql, versions};
use otklik_kernel::Id;
use sea_orm::ConnectionTrait;

/// The counter that gives each change its number.
const COUNTER: &str = "live";

/// Says, in the transaction of the change, that what lies in these bodies changes with it: they and all above them
/// get the same new number.
///
/// # Errors
/// When the database refuses.
pub async fn note(tx: &Tx, bodies: &[Id]) -> Result<(), DbErr> {
    // First the counter: who raises it holds up others that note something, so that numbers come in their order.
    versions::bump(tx, COUNTER).await?;
    let version = latest(tx).await?;
    let text = format!(
        "INSERT INTO access_changes (body_id, version)
        SELECT DISTINCT ancestor, CAST(? AS BIGINT) FROM access_closure WHERE body {}
        ON CONFLICT (body_id) DO UPDATE SET version = excluded.version",
        bulk::among(tx)
    );
    tx.execute_raw(sql(tx, &text, [version.into(), bulk::numbers(bodies)])).await.map(|_| ())
}

/// The number of the latest change; 0 when there was none.
///
/// # Errors
/// When the database is away.
pub async fn latest<C: ConnectionTrait>(conn: &C) -> Result<i64, DbErr> {
    versions::current(conn, COUNTER).await
}

/// The bodies with a change after this number, each with the number of its latest.
///
/// # Errors
/// When the database is away.
pub async fn since<C: ConnectionTrait>(conn: &C, version: i64) -> Result<Vec<(Id, i64)>, DbErr> {
    let text = "SELECT body_id, version FROM access_changes WHERE version > ?";
    let rows = conn.query_all_raw(sql(conn, text, [version.into()])).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}
