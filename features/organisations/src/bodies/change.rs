//! Changing what is said of a body; where it stands is changed by [`relocate`](super::relocate).

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;

use crate::act::{Act, Entry};
use crate::bodies::check::{Raw, check, code_of};
use crate::bodies::create::free_code;
use crate::refusal::Refusal;
use crate::store;

/// Changes a body of the scope; says whether anything differs.
///
/// # Errors
/// No such body, mistakes in the fields, a code that exists.
pub async fn change(db: &Db, scope: &Scope, act: &Act<'_>, id: Id, raw: &Raw) -> Result<bool, Refusal> {
    let tx = db.begin().await?;
    let body = store::find(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    let fields = check(raw).map_err(Refusal::Wrong)?;
    if fields == body.fields {
        return Ok(false);
    }
    free_code(&tx, &fields.code, Some(id)).await?;
    store::update(&tx, id, &fields).await.map_err(|error| Refusal::or_taken(error, "code"))?;
    let parent = code_of(&tx, body.parent).await?;
    let (before, after) = Raw::of(&body.fields, &parent).json_change(&Raw::of(&fields, &parent));
    let entry = Entry {
        action: "bodies.change",
        subject: Some(("body", id)),
        body: Some(id),
        before: Some(before),
        after: Some(after),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(true)
}
