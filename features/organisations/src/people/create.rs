//! Making an account, with a temporary password that is told once.

use otklik_access::{Role, Scope};
use otklik_db::Db;
use otklik_kernel::Id;
use otklik_web::Fail;

use crate::act::{Act, Entry};
use crate::password;
use crate::people::check::{self, RawPerson};
use crate::people::{grants, store};
use crate::refusal::{Mistake, Refusal, Wrong};

/// A new account.
#[derive(Clone, Debug)]
pub struct Created {
    /// The person's id.
    pub id: Id,
    /// The password for the first sign-in: shown once, stored only as a hash.
    pub password: String,
}

/// Makes an account of a person who works in a body of the scope; with a role on that body if one is named.
///
/// # Errors
/// The outer one when hashing fails; the inner one for mistakes in the fields.
pub async fn create(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    raw: &RawPerson,
    role: &str,
) -> Result<Result<Created, Refusal>, Fail> {
    let password = password::temporary(act.random);
    let hash = password::hash(&password, act.random).await?;
    Ok(insert(db, scope, act, raw, role, &hash).await.map(|id| Created { id, password }))
}

async fn insert(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    raw: &RawPerson,
    role: &str,
    hash: &str,
) -> Result<Id, Refusal> {
    let tx = db.begin().await?;
    let role_found = Role::find(role);
    let checked = check::check(&tx, scope, raw, None).await;
    let fields = match checked {
        Ok(_) if !role.is_empty() && role_found.is_none() => return Err(Refusal::one("role", Wrong::Role)),
        Ok(fields) => fields,
        Err(Refusal::Wrong(mut mistakes)) => {
            if !role.is_empty() && role_found.is_none() {
                mistakes.push(Mistake { field: "role", what: Wrong::Role });
            }
            return Err(Refusal::Wrong(mistakes));
        }
        Err(other) => return Err(other),
    };
    let id = act.new_id();
    store::add(&tx, id, &fields, hash, true, act.now).await.map_err(|e| Refusal::or_taken(e, "login"))?;
    let after = Some(check::json(&fields));
    let subject = Some(("person", id));
    let entry = Entry { action: "people.create", subject, body: Some(fields.body), before: None, after };
    act.journal(&tx, entry).await?;
    if let Some(role) = role_found {
        grants::give(&tx, act, id, fields.body, role).await?;
    }
    tx.commit().await?;
    Ok(id)
}
