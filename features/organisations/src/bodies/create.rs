//! Adding a body under another.

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;
use sea_orm::ConnectionTrait;

use crate::act::{Act, Entry};
use crate::bodies::check::{Raw, check};
use crate::bodies::pick;
use crate::refusal::{Mistake, Refusal, Wrong};
use crate::store;

/// Adds a body under the one that `parent_code` names, which must be within the scope.
///
/// # Errors
/// Mistakes in the fields, a code that exists, a parent outside the scope.
pub async fn create(db: &Db, scope: &Scope, act: &Act<'_>, raw: &Raw) -> Result<Id, Refusal> {
    let tx = db.begin().await?;
    let parent = pick::body(&tx, scope, "parent_code", raw.get("parent_code")).await;
    let (parent, mut mistakes) = match parent {
        Ok(parent) => (Some(parent), Vec::new()),
        Err(refusal @ Refusal::Database(_)) => return Err(refusal),
        Err(Refusal::Wrong(mistakes)) => (None, mistakes),
        Err(Refusal::NotFound) => (None, vec![Mistake { field: "parent_code", what: Wrong::NoBody }]),
    };
    let fields = check(raw).map_err(|found| mistakes.extend(found)).ok();
    let (Some(parent), Some(fields)) = (parent, fields) else { return Err(Refusal::Wrong(mistakes)) };
    free_code(&tx, &fields.code, None).await?;
    let id = act.new_id();
    store::insert(&tx, id, Some(parent.id), &fields, act.now)
        .await
        .map_err(|e| Refusal::or_taken(e, "code"))?;
    let after = Some(Raw::of(&fields, &parent.fields.code).json());
    let entry =
        Entry { action: "bodies.create", subject: Some(("body", id)), body: Some(id), after, before: None };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Refuses a code of another body, also in another case.
pub(crate) async fn free_code<C: ConnectionTrait>(
    conn: &C,
    code: &str,
    except: Option<Id>,
) -> Result<(), Refusal> {
    let existing = store::same_code(conn, code, except).await?;
    match existing {
        None => Ok(()),
        Some(existing) if existing == code => Err(Refusal::one("code", Wrong::Taken)),
        Some(existing) => Err(Refusal::one("code", Wrong::TakenInOtherCase(existing))),
    }
}
