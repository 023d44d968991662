//! One's own password.

use otklik_access::{Caller, Scope};
use otklik_db::Db;
use otklik_web::Fail;

use crate::act::{Act, Entry};
use crate::password;
use crate::people::store;
use crate::refusal::{Refusal, Wrong};
use crate::sessions;

/// Changes one's own password and ends one's other sessions. Wrong present passwords count for the lock,
/// so that a session left open on a desk doesn't let a passer-by try them all.
///
/// # Errors
/// The outer one when hashing fails; the inner one: the present password is wrong, the new one is not taken.
pub async fn change_password(
    db: &Db,
    act: &Act<'_>,
    caller: &Caller,
    present: &str,
    new: (&str, &str),
) -> Result<Result<(), Refusal>, Fail> {
    let everywhere = Scope::system("one's own account, wherever one's body is");
    let id = caller.person();
    let (person, hash) =
        match (store::find(db.read(), &everywhere, id).await?, store::password_hash(db.read(), id).await?) {
            (Some(person), Some(hash)) => (person, hash),
            _ => return Ok(Err(Refusal::NotFound)),
        };
    if person.lock.held(act.now).is_some() {
        return Ok(Err(Refusal::one("password", Wrong::Locked)));
    }
    if !password::verify(present, Some(&hash)).await? {
        let tx = db.begin().await?;
        store::hold(&tx, id).await?;
        if let Some(person) = store::find(&tx, &everywhere, id).await? {
            store::set_lock(&tx, id, person.lock.after_failure(act.now)).await?;
        }
        tx.commit().await?;
        return Ok(Err(Refusal::one("password", Wrong::Password)));
    }
    if new.0 != new.1 {
        return Ok(Err(Refusal::one("new_password_again", Wrong::PasswordsDiffer)));
    }
    if let Some(weakness) = password::weakness(new.0, caller.login()) {
        return Ok(Err(Refusal::one("new_password", Wrong::Weak(weakness))));
    }
    if new.0 == present {
        return Ok(Err(Refusal::one("new_password", Wrong::SamePassword)));
    }
    let new_hash = password::hash(new.0, act.random).await?;
    let tx = db.begin().await?;
    store::set_password(&tx, id, &new_hash, false).await?;
    sessions::end_all(&tx, id, Some(caller.session())).await?;
    let (action, subject) = ("people.change_password", Some(("person", id)));
    act.journal(&tx, Entry { action, subject, body: Some(person.fields.body), ..Entry::default() }).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
