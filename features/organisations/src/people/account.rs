//! Ending sessions: one's own, and by administrators those of the people of their scope.

use otklik_access::{Caller, Scope};
use otklik_db::{Db, Tx};
use otklik_kernel::Id;
use serde_json::json;

use crate::act::{Act, Entry};
use crate::people::store;
use crate::refusal::Refusal;
use crate::sessions;

/// Ends one of one's own sessions.
///
/// # Errors
/// No such session.
pub async fn end_own(db: &Db, act: &Act<'_>, caller: &Caller, session: Id) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    if !sessions::end(&tx, caller.person(), session).await? {
        return Err(Refusal::NotFound);
    }
    ended(&tx, act, caller.person(), None, 1).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all of one's own sessions except this one; says how many.
///
/// # Errors
/// When the database refuses.
pub async fn end_others(db: &Db, act: &Act<'_>, caller: &Caller) -> Result<u64, Refusal> {
    let tx = db.begin().await?;
    let count = sessions::end_all(&tx, caller.person(), Some(caller.session())).await?;
    if count > 0 {
        ended(&tx, act, caller.person(), None, count).await?;
    }
    tx.commit().await?;
    Ok(count)
}

/// Ends one session of a person of the scope, or all of them.
///
/// # Errors
/// No such person or session.
pub async fn end_of(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    id: Id,
    session: Option<Id>,
) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let person = store::find(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    let count = match session {
        Some(session) => u64::from(sessions::end(&tx, id, session).await?),
        None => sessions::end_all(&tx, id, None).await?,
    };
    if session.is_some() && count == 0 {
        return Err(Refusal::NotFound);
    }
    if count > 0 {
        ended(&tx, act, id, Some(person.fields.body), count).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn ended(tx: &Tx, act: &Act<'_>, person: Id, body: Option<Id>, count: u64) -> Result<(), Refusal> {
    let (action, subject) = ("sessions.end", Some(("person", person)));
    let after = Some(json!({ "ended": count }));
    act.journal(tx, Entry { action, subject, body, before: None, after }).await?;
    Ok(())
}
