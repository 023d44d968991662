//! A new temporary password by an administrator, and taking off a lock.

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;
use otklik_web::Fail;

use crate::act::{Act, Entry};
use crate::lock::Lock;
use crate::password;
use crate::people::{account_of, store};
use crate::refusal::{Refusal, Wrong};
use crate::sessions;

/// Sets a temporary password, which is told once, and ends all sessions of the person.
///
/// # Errors
/// The outer one when hashing fails; the inner one: no such person, roles outside the scope, oneself.
pub async fn reset(db: &Db, scope: &Scope, act: &Act<'_>, id: Id) -> Result<Result<String, Refusal>, Fail> {
    if let Err(refusal) = account_of(db.read(), scope, id).await {
        return Ok(Err(refusal));
    }
    let password = password::temporary(act.random);
    let hash = password::hash(&password, act.random).await?;
    Ok(set(db, scope, act, id, &hash).await.map(|()| password))
}

async fn set(db: &Db, scope: &Scope, act: &Act<'_>, id: Id, hash: &str) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let (person, _) = account_of(&tx, scope, id).await?;
    if act.actor.id() == Some(id) {
        return Err(Refusal::one("", Wrong::ResetSelf));
    }
    store::set_password(&tx, id, hash, true).await?;
    sessions::end_all(&tx, id, None).await?;
    let (action, subject) = ("people.reset_password", Some(("person", id)));
    act.journal(&tx, Entry { action, subject, body: Some(person.fields.body), ..Entry::default() }).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes off the lock after wrong passwords.
///
/// # Errors
/// No such person, roles outside the scope.
pub async fn unlock(db: &Db, scope: &Scope, act: &Act<'_>, id: Id) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let (person, _) = account_of(&tx, scope, id).await?;
    if person.lock == Lock::default() {
        return Ok(());
    }
    store::set_lock(&tx, id, Lock::default()).await?;
    let (action, subject) = ("people.unlock", Some(("person", id)));
    act.journal(&tx, Entry { action, subject, body: Some(person.fields.body), ..Entry::default() }).await?;
    tx.commit().await?;
    Ok(())
}
