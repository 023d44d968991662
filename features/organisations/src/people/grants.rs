//! Giving and withdrawing roles on bodies (ORG-4).

use otklik_access::{Role, Scope};
use otklik_db::{Db, DbErr, Tx};
use otklik_kernel::Id;
use serde_json::json;

use crate::act::{Act, Entry};
use crate::bodies::pick;
use crate::people::store;
use crate::refusal::{Refusal, Wrong};

/// Gives a person within the scope a role on a body of the scope, named by its code or name.
///
/// # Errors
/// No such person, body or role.
pub async fn grant(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    id: Id,
    role: &str,
    body: &str,
) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    store::find(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    let role = Role::find(role).ok_or_else(|| Refusal::one("role", Wrong::Role))?;
    let body = pick::body(&tx, scope, "role_body", body).await?;
    give(&tx, act, id, body.id, role).await?;
    tx.commit().await?;
    Ok(())
}

pub(crate) async fn give(tx: &Tx, act: &Act<'_>, id: Id, body: Id, role: Role) -> Result<(), DbErr> {
    if store::grant(tx, id, body, role, act.now).await? {
        let after = Some(json!({"role": role.code(), "body": body}));
        let subject = Some(("person", id));
        let entry = Entry { action: "people.grant", subject, body: Some(body), before: None, after };
        act.journal(tx, entry).await?;
    }
    Ok(())
}

/// Withdraws a role of a person within the scope on a body of the scope.
///
/// # Errors
/// No such person, body or role; one's own last role of an administrator.
pub async fn withdraw(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    id: Id,
    role: &str,
    body: Id,
) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    store::find(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    let role = Role::find(role).ok_or(Refusal::NotFound)?;
    if !scope.contains(&tx, body).await? {
        return Err(Refusal::NotFound);
    }
    if act.actor.id() == Some(id) && role == Role::Administrator {
        let grants = store::grants(&tx, scope, id).await?;
        if grants.iter().filter(|seen| seen.grant.role == role).count() < 2 {
            return Err(Refusal::one("", Wrong::LastOwnRole));
        }
    }
    if !store::withdraw(&tx, id, body, role).await? {
        return Err(Refusal::NotFound);
    }
    let before = Some(json!({"role": role.code(), "body": body}));
    let subject = Some(("person", id));
    let entry = Entry { action: "people.withdraw", subject, body: Some(body), before, after: None };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}
