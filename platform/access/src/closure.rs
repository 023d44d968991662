//! Keeping the closure of the body tree.

use otklik_db::{Tx, sql};
use otklik_kernel::Id;
use sea_orm::{ConnectionTrait, DbErr};

/// Puts a new body under its parent, or at a root.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, body: Id, parent: Option<Id>) -> Result<(), DbErr> {
    let text = "INSERT INTO access_closure (ancestor, body, depth) VALUES (?, ?, 0)";
    tx.execute_raw(sql(tx, text, [body.into(), body.into()])).await?;
    if let Some(parent) = parent {
        let text = "INSERT INTO access_closure (ancestor, body, depth)
            SELECT ancestor, CAST(? AS BIGINT), depth + 1 FROM access_closure WHERE body = ?";
        tx.execute_raw(sql(tx, text, [body.into(), parent.into()])).await?;
    }
    Ok(())
}

/// Moves a body with everything under it to another parent, or makes it a root.
///
/// The caller has checked that the new parent is not within the moved body: see [`is_under`].
///
/// # Errors
/// When the database refuses.
pub async fn relocate(tx: &Tx, body: Id, parent: Option<Id>) -> Result<(), DbErr> {
    let text = "DELETE FROM access_closure
        WHERE body IN (SELECT body FROM access_closure WHERE ancestor = ?)
        AND ancestor NOT IN (SELECT body FROM access_closure WHERE ancestor = ?)";
    tx.execute_raw(sql(tx, text, [body.into(), body.into()])).await?;
    if let Some(parent) = parent {
        let text = "INSERT INTO access_closure (ancestor, body, depth)
            SELECT above.ancestor, below.body, above.depth + below.depth + 1
            FROM access_closure above CROSS JOIN access_closure below
            WHERE above.body = ? AND below.ancestor = ?";
        tx.execute_raw(sql(tx, text, [parent.into(), body.into()])).await?;
    }
    Ok(())
}

/// Whether a body is another one or lies under it.
///
/// # Errors
/// When the database is away.
pub async fn is_under<C: ConnectionTrait>(conn: &C, body: Id, ancestor: Id) -> Result<bool, DbErr> {
    let text = "SELECT 1 AS one FROM access_closure WHERE ancestor = ? AND body = ?";
    Ok(conn.query_one_raw(sql(conn, text, [ancestor.into(), body.into()])).await?.is_some())
}
