//! Closing a body and opening it again. What was received stays.

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;
use serde_json::json;

use crate::act::{Act, Entry};
use crate::refusal::{Refusal, line};
use crate::store;

/// Closes a body of the scope, saying why; a closed one stays as it is.
///
/// # Errors
/// No such body, no reason given.
pub async fn close(db: &Db, scope: &Scope, act: &Act<'_>, id: Id, reason: &str) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let body = store::find(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    let mut mistakes = Vec::new();
    let reason = line(&mut mistakes, "reason", reason, true, 500);
    if !mistakes.is_empty() {
        return Err(Refusal::Wrong(mistakes));
    }
    if body.closed_at.is_some() {
        return Ok(());
    }
    store::set_closed(&tx, id, Some(act.now)).await?;
    store::set_closed_reason(&tx, id, &reason).await?;
    let after = Some(json!({"closed_at": act.now.iso(), "reason": reason}));
    let entry =
        Entry { action: "bodies.close", subject: Some(("body", id)), body: Some(id), before: None, after };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Opens a closed body of the scope again.
///
/// # Errors
/// No such body.
pub async fn reopen(db: &Db, scope: &Scope, act: &Act<'_>, id: Id) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let body = store::find(&tx, scope, id).await?.ok_or(Refusal::NotFound)?;
    let Some(closed_at) = body.closed_at else { return Ok(()) };
    let before =
        Some(json!({"closed_at": closed_at.iso(), "reason": store::closed_reason(&tx, scope, id).await?}));
    store::set_closed(&tx, id, None).await?;
    store::set_closed_reason(&tx, id, "").await?;
    let entry =
        Entry { action: "bodies.reopen", subject: Some(("body", id)), body: Some(id), before, after: None };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}
