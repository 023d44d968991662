//! Counters that tell every node that something kept in memory has changed.

use sea_orm::{ConnectionTrait, DbErr};

use crate::{Tx, sql};

/// Raises a counter within the transaction that makes the change.
///
/// # Errors
/// When the database refuses.
pub async fn bump(tx: &Tx, name: &str) -> Result<(), DbErr> {
    let text = "INSERT INTO db_versions (name, version) VALUES (?, 1)
        ON CONFLICT (name) DO UPDATE SET version = db_versions.version + 1";
    tx.execute_raw(sql(tx, text, [name.into()])).await.map(|_| ())
}

/// The counter's present value; 0 when it was never raised.
///
/// # Errors
/// When the database is away.
pub async fn current<C: ConnectionTrait>(conn: &C, name: &str) -> Result<i64, DbErr> {
    let row = conn
        .query_one_raw(sql(conn, "SELECT version FROM db_versions WHERE name = ?", [name.into()]))
        .await?;
    row.map_or(Ok(0), |row| row.try_get("", "version"))
}

/// The present values of several counters, in the order given, read at one moment.
///
/// # Errors
/// When the database is away.
pub async fn all<C: ConnectionTrait>(conn: &C, names: &[&str]) -> Result<Vec<i64>, DbErr> {
    let places = vec!["?"; names.len()].join(", ");
    let text = format!("SELECT name, version FROM db_versions WHERE name IN ({places})");
    let rows = conn.query_all_raw(sql(conn, &text, names.iter().map(|&name| name.into()))).await?;
    let mut versions = vec![0; names.len()];
    for row in rows {
        let name: String = row.try_get_by_index(0)?;
        if let Some(place) = names.iter().position(|&one| one == name) {
            versions[place] = row.try_get_by_index(1)?;
        }
    }
    Ok(versions)
}
