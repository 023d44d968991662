//! The register in the database: the only place that names `organisations_responsibles`.

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{Fields, Responsible};

const SELECT: &str =
    "SELECT r.id, r.body_id, r.person_id, r.unit, r.position, r.name, r.phone_code, r.phone_vts,
    r.phone_number, r.email FROM organisations_responsibles r";

fn responsible(row: &QueryResult) -> Result<Responsible, DbErr> {
    Ok(Responsible {
        id: row.try_get("", "id")?,
        body: row.try_get("", "body_id")?,
        fields: Fields {
            unit: row.try_get("", "unit")?,
            position: row.try_get("", "position")?,
            name: row.try_get("", "name")?,
            phone_code: row.try_get("", "phone_code")?,
            phone_vts: row.try_get("", "phone_vts")?,
            phone_number: row.try_get("", "phone_number")?,
            email: row.try_get("", "email")?,
            person: row.try_get("", "person_id")?,
        },
    })
}

/// The rows of a body of the scope and, when asked, of those under it; in the order they were added.
///
/// # Errors
/// When the database is away.
pub async fn of<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
    with_below: bool,
) -> Result<Vec<Responsible>, DbErr> {
    let within = if with_below {
        "r.body_id IN (SELECT c.body FROM access_closure c WHERE c.ancestor = ?)"
    } else {
        "r.body_id = ?"
    };
    let text = format!("{SELECT} WHERE {within} AND {} ORDER BY r.id", scope.sql("r.body_id"));
    conn.query_all_raw(sql(conn, &text, [body.into()])).await?.iter().map(responsible).collect()
}

/// A row of a body of the scope.
///
/// # Errors
/// When the database is away.
pub async fn find<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
    id: Id,
) -> Result<Option<Responsible>, DbErr> {
    let text = format!("{SELECT} WHERE r.body_id = ? AND r.id = ? AND {}", scope.sql("r.body_id"));
    let row = conn.query_one_raw(sql(conn, &text, [body.into(), id.into()])).await?;
    row.as_ref().map(responsible).transpose()
}

/// Ids and names of the enabled accounts of a body, in the order of names; the caller has checked the scope.
///
/// # Errors
/// When the database is away.
pub async fn accounts<C: ConnectionTrait>(conn: &C, body: Id) -> Result<Vec<(Id, String)>, DbErr> {
    let text = "SELECT p.id, p.name FROM organisations_people p
        WHERE p.body_id = ? AND p.disabled_at IS NULL ORDER BY p.sort_key, p.id";
    let rows = conn.query_all_raw(sql(conn, text, [body.into()])).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?))).collect()
}

fn values(fields: &Fields) -> [Value; 8] {
    [
        fields.person.into(),
        fields.unit.as_str().into(),
        fields.position.as_str().into(),
        fields.name.as_str().into(),
        fields.phone_code.as_str().into(),
        fields.phone_vts.as_str().into(),
        fields.phone_number.as_str().into(),
        fields.email.as_str().into(),
    ]
}

/// Adds a row; the caller has checked the fields and the scope.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, id: Id, body: Id, fields: &Fields, now: Instant) -> Result<(), DbErr> {
    let text =
        "INSERT INTO organisations_responsibles (id, body_id, created_at, person_id, unit, position, name,
        phone_code, phone_vts, phone_number, email) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let head = [Value::from(id), body.into(), now.0.into()];
    tx.execute_raw(sql(tx, text, head.into_iter().chain(values(fields)))).await.map(|_| ())
}

/// Changes a row; the caller has checked the fields and the scope.
///
/// # Errors
/// When the database refuses.
pub async fn update(tx: &Tx, id: Id, fields: &Fields) -> Result<(), DbErr> {
    let text = "UPDATE organisations_responsibles SET person_id = ?, unit = ?, position = ?, name = ?,
        phone_code = ?, phone_vts = ?, phone_number = ?, email = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, values(fields).into_iter().chain([id.into()]))).await.map(|_| ())
}

/// Removes a row; the caller has checked the scope.
///
/// # Errors
/// When the database refuses.
pub async fn delete(tx: &Tx, id: Id) -> Result<(), DbErr> {
    let text = "DELETE FROM organisations_responsibles WHERE id = ?";
    tx.execute_raw(sql(tx, text, [id.into()])).await.map(|_| ())
}
