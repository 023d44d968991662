//! Units in the database: the only place that names `organisations_units`.

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, sql};
use otklik_kernel::{Id, text};
use sea_orm::{ConnectionTrait, QueryResult};

/// A unit of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Whether it is the one responsible for quality [1 §2.1].
    pub is_quality: bool,
    /// How many people work in it.
    pub members: u64,
}

const SELECT: &str = "SELECT u.id, u.name, u.is_quality,
    (SELECT COUNT(*) FROM organisations_people p WHERE p.unit_id = u.id) AS members FROM organisations_units u";

fn unit(row: &QueryResult) -> Result<Unit, DbErr> {
    Ok(Unit {
        id: row.try_get("", "id")?,
        name: row.try_get("", "name")?,
        is_quality: row.try_get("", "is_quality")?,
        members: row.try_get::<i64>("", "members")?.unsigned_abs(),
    })
}

/// The units of a body of the scope, in the order of names.
///
/// # Errors
/// When the database is away.
pub async fn of<C: ConnectionTrait>(conn: &C, scope: &Scope, body: Id) -> Result<Vec<Unit>, DbErr> {
    let text =
        format!("{SELECT} WHERE u.body_id = ? AND {} ORDER BY u.sort_key, u.id", scope.sql("u.body_id"));
    conn.query_all_raw(sql(conn, &text, [body.into()])).await?.iter().map(unit).collect()
}

/// A unit of a body of the scope.
///
/// # Errors
/// When the database is away.
pub async fn find<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
    id: Id,
) -> Result<Option<Unit>, DbErr> {
    let text = format!("{SELECT} WHERE u.body_id = ? AND u.id = ? AND {}", scope.sql("u.body_id"));
    let row = conn.query_one_raw(sql(conn, &text, [body.into(), id.into()])).await?;
    row.as_ref().map(unit).transpose()
}

/// Adds a unit.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, id: Id, body: Id, name: &str, is_quality: bool) -> Result<(), DbErr> {
    let text =
        "INSERT INTO organisations_units (id, body_id, name, is_quality, sort_key) VALUES (?, ?, ?, ?, ?)";
    let values = [id.into(), body.into(), name.into(), is_quality.into(), text::sort_key(name).into()];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Changes a unit.
///
/// # Errors
/// When the database refuses.
pub async fn update(tx: &Tx, id: Id, name: &str, is_quality: bool) -> Result<(), DbErr> {
    let text = "UPDATE organisations_units SET name = ?, is_quality = ?, sort_key = ? WHERE id = ?";
    let values = [name.into(), is_quality.into(), text::sort_key(name).into(), id.into()];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Takes the mark of quality off the units of a body.
///
/// # Errors
/// When the database refuses.
pub async fn clear_quality(tx: &Tx, body: Id) -> Result<(), DbErr> {
    let text = "UPDATE organisations_units SET is_quality = ? WHERE body_id = ?";
    tx.execute_raw(sql(tx, text, [false.into(), body.into()])).await.map(|_| ())
}

/// Removes a unit.
///
/// # Errors
/// When the database refuses, also while the unit has members.
pub async fn delete(tx: &Tx, id: Id) -> Result<(), DbErr> {
    let text = "DELETE FROM organisations_units WHERE id = ?";
    tx.execute_raw(sql(tx, text, [id.into()])).await.map(|_| ())
}
