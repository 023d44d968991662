//! Moving a body with everything under it.

use otklik_access::{Scope, closure};
use otklik_db::Db;
use otklik_kernel::Id;
use serde_json::json;

use crate::act::{Act, Entry};
use crate::bodies::check::code_of;
use crate::bodies::pick;
use crate::refusal::{Refusal, Wrong};
use crate::store;

/// Moves a body of the scope under another body of the scope, named by its code or name.
///
/// # Errors
/// No such body; a parent outside the scope, the body itself or one under it.
pub async fn relocate(db: &Db, scope: &Scope, act: &Act<'_>, id: Id, parent: &str) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let body = store::find(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    let parent = pick::body(&tx, scope, "parent_code", parent).await?;
    if closure::is_under(&tx, parent.id, id).await? {
        return Err(Refusal::one("parent_code", Wrong::UnderItself));
    }
    if body.parent == Some(parent.id) {
        return Ok(());
    }
    let before = code_of(&tx, body.parent).await?;
    store::relocate(&tx, id, Some(parent.id)).await?;
    let entry = Entry {
        action: "bodies.move",
        subject: Some(("body", id)),
        body: Some(id),
        before: Some(json!({ "parent_code": before })),
        after: Some(json!({ "parent_code": parent.fields.code })),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}
