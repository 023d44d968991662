//! The register of posters. QR-11

use std::collections::HashMap;

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, sql, versions};
use otklik_kernel::{CivilDay, Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::model::{Carrier, Place, Placed, Placement, PlacementFields, Removed};

const SELECT: &str =
    "SELECT p.id, p.body_id, p.place, p.carrier, p.placed_on, p.note, p.placed_by, p.created_at,
    p.removed_at, p.removed_by, p.remove_reason, f.width, f.height
    FROM materials_placements p LEFT JOIN materials_photos f ON f.placement_id = p.id";

fn placement(row: &QueryResult) -> Result<Placement, DbErr> {
    let id: Id = row.try_get("", "id")?;
    let broken = |column: &str, value: &str| {
        DbErr::Custom(format!("materials_placements.{column} of {id}: {value:?}"))
    };
    let (place, carrier): (String, String) = (row.try_get("", "place")?, row.try_get("", "carrier")?);
    let size: (Option<i32>, Option<i32>) = (row.try_get("", "width")?, row.try_get("", "height")?);
    let removed = match row.try_get::<Option<i64>>("", "removed_at")? {
        Some(at) => Some(Removed {
            at: Instant(at),
            by: row.try_get("", "removed_by")?,
            reason: row.try_get("", "remove_reason")?,
        }),
        None => None,
    };
    Ok(Placement {
        id,
        body: row.try_get("", "body_id")?,
        fields: PlacementFields {
            place: Place::find(&place).ok_or_else(|| broken("place", &place))?,
            carrier: Carrier::find(&carrier).ok_or_else(|| broken("carrier", &carrier))?,
            day: CivilDay(row.try_get("", "placed_on")?),
            note: row.try_get("", "note")?,
        },
        placed_by: row.try_get("", "placed_by")?,
        created_at: Instant(row.try_get("", "created_at")?),
        photo: size.0.zip(size.1).map(|(width, height)| (width.unsigned_abs(), height.unsigned_abs())),
        removed,
    })
}

/// Every poster that hangs or hung in a body of the scope, the newest first.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn of<C: ConnectionTrait>(conn: &C, scope: &Scope, body: Id) -> Result<Vec<Placement>, DbErr> {
    let text = format!(
        "{SELECT} WHERE p.body_id = ? AND {} ORDER BY p.placed_on DESC, p.id DESC",
        scope.sql("p.body_id")
    );
    conn.query_all_raw(sql(conn, &text, [body.into()])).await?.iter().map(placement).collect()
}

/// A poster of a body of the scope.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
    id: Id,
) -> Result<Option<Placement>, DbErr> {
    let text = format!("{SELECT} WHERE p.id = ? AND p.body_id = ? AND {}", scope.sql("p.body_id"));
    let row = conn.query_one_raw(sql(conn, &text, [id.into(), body.into()])).await?;
    row.as_ref().map(placement).transpose()
}

/// The posters that hang now, by body of the scope; a body without one is missing.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn placed<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<HashMap<Id, Placed>, DbErr> {
    let text = format!(
        "SELECT p.body_id, p.place, COUNT(*) AS n, MAX(p.placed_on) AS last FROM materials_placements p
        WHERE p.removed_at IS NULL AND {} GROUP BY p.body_id, p.place",
        scope.sql("p.body_id")
    );
    let mut all: HashMap<Id, Placed> = HashMap::new();
    for row in conn.query_all_raw(sql(conn, &text, [])).await? {
        let code: String = row.try_get("", "place")?;
        let broken = || DbErr::Custom(format!("materials_placements.place: {code:?}"));
        let place = Place::find(&code).ok_or_else(broken)?;
        let (count, last): (i64, i32) = (row.try_get("", "n")?, row.try_get("", "last")?);
        let placed = all.entry(row.try_get("", "body_id")?).or_default();
        placed.by_place.push((place, u32::try_from(count).unwrap_or(u32::MAX)));
        placed.last = placed.last.max(Some(CivilDay(last)));
    }
    Ok(all)
}

/// How many posters hang in a body: all of them, and those in prescribed places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All.
    pub posters: i64,
    /// On stand № 1.
    pub on_stand: i64,
    /// Beside the queue terminal.
    pub at_terminal: i64,
}

/// How many posters hang now, by body of the scope; a body without one is missing.
///
/// # Errors
/// When the database is away.
pub async fn tallies<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<HashMap<Id, Tally>, DbErr> {
    let text = format!(
        "SELECT p.body_id, COUNT(*), COUNT(CASE WHEN p.place = ? THEN 1 END), COUNT(CASE WHEN p.place = ? THEN 1 END)
        FROM materials_placements p WHERE p.removed_at IS NULL AND {} GROUP BY p.body_id",
        scope.sql("p.body_id")
    );
    let places = [Place::InfoStand, Place::QueueTerminal].map(|place| place.code().into());
    let tally = |row: &QueryResult| {
        let posters = row.try_get_by_index(1)?;
        let (on_stand, at_terminal) = (row.try_get_by_index(2)?, row.try_get_by_index(3)?);
        Ok((row.try_get_by_index(0)?, Tally { posters, on_stand, at_terminal }))
    };
    conn.query_all_raw(sql(conn, &text, places)).await?.iter().map(tally).collect()
}

/// The counter that is raised when a poster is put up or taken down.
pub const VERSION: &str = "materials_placements";

/// Adds a poster; the caller has checked the fields and the body.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &Tx,
    id: Id,
    body: Id,
    fields: &PlacementFields,
    by: &str,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO materials_placements (id, body_id, place, carrier, placed_on, note, placed_by, created_at,
        removed_by, remove_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '')";
    let values = [
        id.into(),
        body.into(),
        fields.place.code().into(),
        fields.carrier.code().into(),
        fields.day.0.into(),
        fields.note.as_str().into(),
        by.into(),
        now.0.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await?;
    versions::bump(tx, VERSION).await
}

/// Writes down that a poster was taken down; what was said of it stays.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &Tx, id: Id, removed: &Removed) -> Result<(), DbErr> {
    let text =
        "UPDATE materials_placements SET removed_at = ?, removed_by = ?, remove_reason = ? WHERE id = ?";
    let values = [removed.at.0.into(), removed.by.as_str().into(), removed.reason.as_str().into(), id.into()];
    tx.execute_raw(sql(tx, text, values)).await?;
    versions::bump(tx, VERSION).await
}
