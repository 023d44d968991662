//! Trying again what failed, and looking at the mail server now; each is written into the journal.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_db::{DbErr, Tx};
use otklik_journal::{Actor, NewEntry, append};
use otklik_kernel::Id;
use otklik_notifications::queue;
use otklik_web::{Fail, Form, Trace, Who};
use serde_json::{Value as Json, json};

use super::outbox::failing;
use crate::Operations;

/// Makes one letter due now.
pub async fn letter(
    State(operations): State<Operations>,
    who: Who,
    trace: Trace,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let id = id.parse().map_err(|_| Fail::NotFound)?;
    let ctx = &operations.ctx;
    let tx = ctx.db.begin().await?;
    if !queue::retry(&tx, &who.scope, id, ctx.now()).await? {
        return Err(Fail::NotFound);
    }
    journal(&operations, &tx, &who, &trace, "outbox.retry", Some(("delivery", id)), None).await?;
    tx.commit().await?;
    operations.setup.mail.wake();
    Ok(Redirect::to("/admin/outbox?done=retry").into_response())
}

/// Makes every letter that was given up due now.
pub async fn given_up(
    State(operations): State<Operations>,
    who: Who,
    trace: Trace,
    _form: Form,
) -> Result<Response, Fail> {
    let ctx = &operations.ctx;
    let tx = ctx.db.begin().await?;
    let count = queue::retry_all_given_up(&tx, &who.scope, ctx.now()).await?;
    if count > 0 {
        let after = json!({ "count": count });
        journal(&operations, &tx, &who, &trace, "outbox.retry_all", None, Some(after)).await?;
    }
    tx.commit().await?;
    operations.setup.mail.wake();
    Ok(Redirect::to(&format!("/admin/outbox?done=retry_all&n={count}")).into_response())
}

/// Looks at the mail server now instead of waiting for the end of the pause.
pub async fn look(
    State(operations): State<Operations>,
    who: Who,
    trace: Trace,
    _form: Form,
) -> Result<Response, Fail> {
    let ctx = &operations.ctx;
    let tx = ctx.db.begin().await?;
    queue::look_now(&tx, ctx.now()).await?;
    journal(&operations, &tx, &who, &trace, "outbox.look", None, None).await?;
    tx.commit().await?;
    operations.setup.mail.wake();
    Ok(Redirect::to("/admin/outbox?done=look").into_response())
}

/// Makes a failing event due now.
pub async fn event(
    State(operations): State<Operations>,
    who: Who,
    trace: Trace,
    Path(id): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let id: Id = id.parse().map_err(|_| Fail::NotFound)?;
    let ctx = &operations.ctx;
    let seen = failing(&operations, &who).await?;
    let kind = seen.into_iter().find(|one| one.event.id == id).map(|one| one.event.kind);
    let kind = kind.ok_or(Fail::NotFound)?;
    let tx = ctx.db.begin().await?;
    if !otklik_jobs::retry(&tx, id, ctx.now()).await? {
        return Err(Fail::NotFound);
    }
    let after = json!({ "kind": kind });
    journal(&operations, &tx, &who, &trace, "events.retry", Some(("event", id)), Some(after)).await?;
    tx.commit().await?;
    operations.setup.events.wake();
    Ok(Redirect::to("/admin/outbox?done=event").into_response())
}

/// What the operator did belongs to the body on which they have their role: its heads may read it.
async fn journal(
    operations: &Operations,
    tx: &Tx,
    who: &Who,
    trace: &Trace,
    action: &'static str,
    subject: Option<(&str, Id)>,
    after: Option<Json>,
) -> Result<(), DbErr> {
    let ctx = &operations.ctx;
    let entry = NewEntry {
        actor: Actor::Person { id: who.caller.person(), login: who.caller.login() },
        action,
        subject,
        body: who.scope.tops().first().copied(),
        trace: &trace.0,
        before: None,
        after,
    };
    append(tx, entry, ctx.now(), &ctx.ids, &*ctx.random).await.map(|_| ())
}
