//! Bodies in the database: the only place that names `organisations_bodies`.

use otklik_access::{Scope, closure};
use otklik_db::{DbErr, Tx, Value, sql, versions};
use otklik_kernel::{Id, Instant, Zone, text};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::model::{Body, BodyFields, BodyKind, Level};
use crate::snapshot::VERSION;

const COLUMNS: &str = "b.id, b.parent_id, b.code, b.full_name, b.short_name, b.kind, b.level, b.region, \
    b.time_zone, b.address, b.latitude, b.longitude, b.site, b.has_queue_terminal, b.is_office, b.closed_at";

fn body(row: &QueryResult) -> Result<Body, DbErr> {
    let id: Id = row.try_get("", "id")?;
    let broken = |column: &str, value: &str| {
        DbErr::Custom(format!("organisations_bodies.{column} of {id}: {value:?}"))
    };
    let (kind, level): (String, String) = (row.try_get("", "kind")?, row.try_get("", "level")?);
    let zone: String = row.try_get("", "time_zone")?;
    let place: (Option<f64>, Option<f64>) = (row.try_get("", "latitude")?, row.try_get("", "longitude")?);
    Ok(Body {
        id,
        parent: row.try_get("", "parent_id")?,
        fields: BodyFields {
            code: row.try_get("", "code")?,
            full_name: row.try_get("", "full_name")?,
            short_name: row.try_get("", "short_name")?,
            kind: BodyKind::find(&kind).ok_or_else(|| broken("kind", &kind))?,
            level: Level::find(&level).ok_or_else(|| broken("level", &level))?,
            region: row.try_get("", "region")?,
            zone: Zone::find(&zone).ok_or_else(|| broken("time_zone", &zone))?,
            address: row.try_get("", "address")?,
            place: place.0.zip(place.1),
            site: row.try_get("", "site")?,
            has_queue_terminal: row.try_get("", "has_queue_terminal")?,
            is_office: row.try_get("", "is_office")?,
        },
        closed_at: row.try_get::<Option<i64>>("", "closed_at")?.map(Instant),
    })
}

/// Every body of the scope, in the order of names.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn all<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<Body>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM organisations_bodies b WHERE {} ORDER BY b.sort_key, b.id",
        scope.sql("b.id")
    );
    conn.query_all_raw(sql(conn, &text, [])).await?.iter().map(body).collect()
}

/// The ids of the open offices of the scope.
///
/// # Errors
/// When the database is away.
pub async fn open_offices<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<Id>, DbErr> {
    let text = format!(
        "SELECT b.id FROM organisations_bodies b WHERE b.is_office = ? AND b.closed_at IS NULL AND {}",
        scope.sql("b.id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, [true.into()])).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// The kinds of the open offices of the scope, and whether they have a queue terminal: what counting over all of
/// a country needs, and nothing else.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn kinds_of_open_offices<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
) -> Result<Vec<(Id, BodyKind, bool)>, DbErr> {
    let text = format!(
        "SELECT b.id, b.kind, b.has_queue_terminal FROM organisations_bodies b
        WHERE b.is_office = ? AND b.closed_at IS NULL AND {}",
        scope.sql("b.id")
    );
    let office = |row: &QueryResult| {
        let (id, kind): (Id, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let broken = || DbErr::Custom(format!("organisations_bodies.kind of {id}: {kind:?}"));
        Ok((id, BodyKind::find(&kind).ok_or_else(broken)?, row.try_get_by_index(2)?))
    };
    conn.query_all_raw(sql(conn, &text, [true.into()])).await?.iter().map(office).collect()
}

/// A body of the scope by its id.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Option<Body>, DbErr> {
    let text =
        format!("SELECT {COLUMNS} FROM organisations_bodies b WHERE b.id = ? AND {}", scope.sql("b.id"));
    conn.query_one_raw(sql(conn, &text, [id.into()])).await?.as_ref().map(body).transpose()
}

/// A body of the scope by its code.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find_by_code<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    code: &str,
) -> Result<Option<Body>, DbErr> {
    let text =
        format!("SELECT {COLUMNS} FROM organisations_bodies b WHERE b.code = ? AND {}", scope.sql("b.id"));
    conn.query_one_raw(sql(conn, &text, [code.into()])).await?.as_ref().map(body).transpose()
}

fn values(fields: &BodyFields) -> [Value; 15] {
    let search = text::search_text(&format!(
        "{} {} {} {}",
        fields.code, fields.short_name, fields.full_name, fields.address
    ));
    [
        fields.code.as_str().into(),
        fields.full_name.as_str().into(),
        fields.short_name.as_str().into(),
        fields.kind.code().into(),
        fields.level.code().into(),
        fields.region.as_str().into(),
        fields.zone.name().into(),
        fields.address.as_str().into(),
        fields.place.map(|place| place.0).into(),
        fields.place.map(|place| place.1).into(),
        fields.site.as_str().into(),
        fields.has_queue_terminal.into(),
        fields.is_office.into(),
        search.into(),
        text::sort_key(&fields.short_name).into(),
    ]
}

/// Adds a body under its parent; the caller has checked the fields and the parent.
///
/// # Errors
/// When the database refuses, also for a code that exists.
pub async fn insert(
    tx: &Tx,
    id: Id,
    parent: Option<Id>,
    fields: &BodyFields,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO organisations_bodies (id, parent_id, created_at, code, full_name, short_name, kind, level,
        region, time_zone, address, latitude, longitude, site, has_queue_terminal, is_office, search_text, sort_key)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let head = [Value::from(id), parent.into(), now.0.into()];
    tx.execute_raw(sql(tx, text, head.into_iter().chain(values(fields)))).await?;
    closure::insert(tx, id, parent).await?;
    versions::bump(tx, VERSION).await
}

/// Changes what is said of a body; the caller has checked the fields.
///
/// # Errors
/// When the database refuses, also for a code that exists.
pub async fn update(tx: &Tx, id: Id, fields: &BodyFields) -> Result<(), DbErr> {
    let text = "UPDATE organisations_bodies SET code = ?, full_name = ?, short_name = ?, kind = ?, level = ?,
        region = ?, time_zone = ?, address = ?, latitude = ?, longitude = ?, site = ?, has_queue_terminal = ?,
        is_office = ?, search_text = ?, sort_key = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, values(fields).into_iter().chain([id.into()]))).await?;
    versions::bump(tx, VERSION).await
}

/// Moves a body with everything under it; the caller has checked that the parent is not under it.
///
/// # Errors
/// When the database refuses.
pub async fn relocate(tx: &Tx, id: Id, parent: Option<Id>) -> Result<(), DbErr> {
    let text = "UPDATE organisations_bodies SET parent_id = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, [parent.into(), id.into()])).await?;
    closure::relocate(tx, id, parent).await?;
    versions::bump(tx, VERSION).await
}

/// Closes a body, or opens it again.
///
/// # Errors
/// When the database refuses.
pub async fn set_closed(tx: &Tx, id: Id, closed_at: Option<Instant>) -> Result<(), DbErr> {
    let text = "UPDATE organisations_bodies SET closed_at = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, [closed_at.map(|at| at.0).into(), id.into()])).await?;
    versions::bump(tx, VERSION).await
}

/// Why a body of the scope was closed; empty when it was not.
///
/// # Errors
/// When the database is away.
pub async fn closed_reason<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<String, DbErr> {
    let text = format!(
        "SELECT b.closed_reason FROM organisations_bodies b WHERE b.id = ? AND {}",
        scope.sql("b.id")
    );
    let row = conn.query_one_raw(sql(conn, &text, [id.into()])).await?;
    row.map_or(Ok(String::new()), |row| row.try_get("", "closed_reason"))
}

/// Writes down why a body was closed.
///
/// # Errors
/// When the database refuses.
pub async fn set_closed_reason(tx: &Tx, id: Id, reason: &str) -> Result<(), DbErr> {
    let text = "UPDATE organisations_bodies SET closed_reason = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, [reason.into(), id.into()])).await.map(|_| ())
}

/// The code of another body that differs at most in the case of letters.
///
/// # Errors
/// When the database is away.
pub async fn same_code<C: ConnectionTrait>(
    conn: &C,
    code: &str,
    except: Option<Id>,
) -> Result<Option<String>, DbErr> {
    let text = "SELECT code FROM organisations_bodies WHERE lower(code) = ? AND id <> ?";
    let values = [code.to_ascii_lowercase().into(), except.unwrap_or_default().into()];
    let row = conn.query_one_raw(sql(conn, text, values)).await?;
    row.map(|row| row.try_get("", "code")).transpose()
}

/// The bodies of the scope with a code in any case of letters: one at most.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn find_by_any_case<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    code: &str,
) -> Result<Vec<Body>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM organisations_bodies b WHERE lower(b.code) = ? AND {}",
        scope.sql("b.id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, [code.to_ascii_lowercase().into()])).await?;
    rows.iter().map(body).collect()
}

/// The first bodies of the scope whose code, names or address have the text.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn search<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    typed: &str,
    most: u32,
) -> Result<Vec<Body>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM organisations_bodies b WHERE b.search_text LIKE ? ESCAPE '\\' AND {}
        ORDER BY b.sort_key, b.id LIMIT {most}",
        scope.sql("b.id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, [text::like_pattern(typed).into()])).await?;
    rows.iter().map(body).collect()
}

/// The bodies above a body that are within the scope, from the top, and the body itself at the end.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn path<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Vec<Body>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM access_closure up JOIN organisations_bodies b ON b.id = up.ancestor
        WHERE up.body = ? AND {} ORDER BY up.depth DESC",
        scope.sql("b.id")
    );
    conn.query_all_raw(sql(conn, &text, [id.into()])).await?.iter().map(body).collect()
}

/// The bodies of the scope right under a body, in the order of names.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn children<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Vec<Body>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM organisations_bodies b WHERE b.parent_id = ? AND {} ORDER BY b.sort_key, b.id",
        scope.sql("b.id")
    );
    conn.query_all_raw(sql(conn, &text, [id.into()])).await?.iter().map(body).collect()
}

/// How many open bodies lie under a body.
///
/// # Errors
/// When the database is away.
pub async fn open_below<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<i64, DbErr> {
    let text = format!(
        "SELECT COUNT(*) AS n FROM access_closure down JOIN organisations_bodies b ON b.id = down.body
        WHERE down.ancestor = ? AND down.depth > 0 AND b.closed_at IS NULL AND {}",
        scope.sql("b.id")
    );
    let row = conn.query_one_raw(sql(conn, &text, [id.into()])).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}
