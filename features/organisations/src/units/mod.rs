//! Structural units inside a body, with members; one is responsible for quality (ORG-8).

pub mod store;

use otklik_access::Scope;
use otklik_db::{Db, Tx};
use otklik_kernel::Id;
use serde_json::json;

use crate::act::{Act, Entry};
use crate::refusal::{Refusal, Wrong, line};
pub use store::Unit;

/// What is said of a unit.
fn check(name: &str) -> Result<String, Refusal> {
    let mut mistakes = Vec::new();
    let name = line(&mut mistakes, "unit_name", name, true, 200);
    if mistakes.is_empty() { Ok(name) } else { Err(Refusal::Wrong(mistakes)) }
}

async fn within(tx: &Tx, scope: &Scope, body: Id) -> Result<(), Refusal> {
    if scope.contains(tx, body).await? { Ok(()) } else { Err(Refusal::NotFound) }
}

/// Adds a unit to a body of the scope; one that is responsible for quality takes over from the one before.
///
/// # Errors
/// No such body, no name, a name that the body has already.
pub async fn add(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    body: Id,
    name: &str,
    is_quality: bool,
) -> Result<Id, Refusal> {
    let tx = db.begin().await?;
    within(&tx, scope, body).await?;
    let name = check(name)?;
    free_name(&tx, scope, body, &name, None).await?;
    let id = act.new_id();
    if is_quality {
        store::clear_quality(&tx, body).await?;
    }
    store::insert(&tx, id, body, &name, is_quality).await?;
    let after = Some(json!({"name": name, "quality": is_quality}));
    let entry =
        Entry { action: "units.create", subject: Some(("unit", id)), body: Some(body), before: None, after };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Renames a unit of a body of the scope, and says whether it is the one responsible for quality.
///
/// # Errors
/// No such body or unit, no name, a name that the body has already.
pub async fn change(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    place: (Id, Id),
    name: &str,
    is_quality: bool,
) -> Result<(), Refusal> {
    let (body, id) = place;
    let tx = db.begin().await?;
    let unit = store::find(&tx, scope, body, id).await?.ok_or(Refusal::NotFound)?;
    let name = check(name)?;
    if (name.as_str(), is_quality) == (unit.name.as_str(), unit.is_quality) {
        return Ok(());
    }
    free_name(&tx, scope, body, &name, Some(id)).await?;
    if is_quality {
        store::clear_quality(&tx, body).await?;
    }
    store::update(&tx, id, &name, is_quality).await?;
    let before = Some(json!({"name": unit.name, "quality": unit.is_quality}));
    let after = Some(json!({"name": name, "quality": is_quality}));
    let entry =
        Entry { action: "units.change", subject: Some(("unit", id)), body: Some(body), before, after };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a unit that has no members.
///
/// # Errors
/// No such body or unit; it still has members.
pub async fn remove(db: &Db, scope: &Scope, act: &Act<'_>, body: Id, id: Id) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let unit = store::find(&tx, scope, body, id).await?.ok_or(Refusal::NotFound)?;
    if unit.members > 0 {
        return Err(Refusal::one("", Wrong::UnitHasMembers(unit.members)));
    }
    store::delete(&tx, id).await?;
    let before = Some(json!({"name": unit.name, "quality": unit.is_quality}));
    let entry =
        Entry { action: "units.remove", subject: Some(("unit", id)), body: Some(body), before, after: None };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}

async fn free_name(tx: &Tx, scope: &Scope, body: Id, name: &str, except: Option<Id>) -> Result<(), Refusal> {
    let folded = otklik_kernel::text::search_text(name);
    let units = store::of(tx, scope, body).await?;
    let is_taken = units
        .iter()
        .any(|unit| Some(unit.id) != except && otklik_kernel::text::search_text(&unit.name) == folded);
    if is_taken { Err(Refusal::one("unit_name", Wrong::Taken)) } else { Ok(()) }
}
