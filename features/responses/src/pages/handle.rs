//! Marking a response as looked through and writing what was done.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_db::{DbErr, Tx};
use otklik_journal::{Actor, NewEntry, append};
use otklik_kernel::Id;
use otklik_kernel::text::is_blank;
use otklik_ui::{Errors, thousands};
use otklik_web::{Fail, Form, Trace, Who};
use serde_json::{Value, json};

use super::{Pages, card, list};
use crate::store;
use crate::texts::L;

/// The longest account of what was done, in characters.
pub const OUTCOME_LIMIT: usize = 2000;

/// Marks a response as looked through.
pub async fn look(
    State(pages): State<Pages>,
    who: Who,
    trace: Trace,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let response = card::find(&pages, &who, &id).await?;
    let tx = pages.ctx.db.begin().await?;
    let is_first = set_looked(&pages, &who, &trace, &tx, &response).await?;
    tx.commit().await?;
    let done = if is_first { "looked" } else { "looked-before" };
    back(&pages, &who, &form, response.id, done).await
}

/// Writes what was done. Whoever writes it has looked the response through.
pub async fn outcome(
    State(pages): State<Pages>,
    who: Who,
    trace: Trace,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let response = card::find(&pages, &who, &id).await?;
    let l = L(who.viewer.lang);
    let typed = form.get("outcome").replace("\r\n", "\n");
    let text = typed.trim();
    let length = text.chars().count();
    let mut errors = Errors::new();
    if is_blank(text) {
        errors.add("outcome", l.card_outcome_empty());
    } else if length > OUTCOME_LIMIT {
        let shown = |n: usize| thousands(n as u64);
        errors.add("outcome", l.card_outcome_too_long(shown(length), shown(OUTCOME_LIMIT)));
    } else if form.get("seen") != card::seen(&response) {
        errors.add("outcome", l.card_outcome_changed());
    }
    if !errors.is_empty() {
        return again(&pages, &who, &form, &response, (typed, errors)).await;
    }
    let tx = pages.ctx.db.begin().await?;
    set_looked(&pages, &who, &trace, &tx, &response).await?;
    let before = response.outcome.as_ref();
    if !store::replace_outcome(&tx, response.id, before.map(|(at, _)| *at), pages.ctx.now(), text).await? {
        tx.rollback().await?;
        let response = card::find(&pages, &who, &id).await?;
        errors.add("outcome", l.card_outcome_changed());
        return again(&pages, &who, &form, &response, (typed, errors)).await;
    }
    let values = (json!({ "outcome": before.map(|(_, text)| text) }), json!({ "outcome": text }));
    write(&pages, &who, &trace, &tx, &response, "responses.outcome", values).await?;
    tx.commit().await?;
    back(&pages, &who, &form, response.id, "outcome").await
}

/// On to where the form was: the card's own page, or the list with the card beside it.
async fn back(pages: &Pages, who: &Who, form: &Form, id: Id, done: &str) -> Result<Response, Fail> {
    let to = match form.find("list") {
        Some(query) => {
            let asked = list::ask(pages, who, query).await?.asked;
            format!("{}&done={done}", list::address(&asked.here(), Some(id)))
        }
        None => format!("/admin/responses/{id}?done={done}"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// The page where the form was, with what was typed and what is wrong in it.
async fn again(
    pages: &Pages,
    who: &Who,
    form: &Form,
    response: &crate::Response,
    mistake: card::Mistake,
) -> Result<Response, Fail> {
    match form.find("list") {
        Some(query) => {
            let question = list::ask(pages, who, query).await?;
            list::page(pages, who, question, Some((response.clone(), Some(mistake)))).await
        }
        None => card::page(pages, who, response, None, Some(mistake)).await,
    }
}

/// Marks a response as looked through and says so in the journal, unless somebody did it before.
async fn set_looked(
    pages: &Pages,
    who: &Who,
    trace: &Trace,
    tx: &Tx,
    response: &crate::Response,
) -> Result<bool, DbErr> {
    let is_first = store::set_looked(tx, response.id, pages.ctx.now(), who.caller.name()).await?;
    if is_first {
        let values = (json!({ "looked": false }), json!({ "looked": true }));
        write(pages, who, trace, tx, response, "responses.look", values).await?;
    }
    Ok(is_first)
}

async fn write(
    pages: &Pages,
    who: &Who,
    trace: &Trace,
    tx: &Tx,
    response: &crate::Response,
    action: &'static str,
    (before, after): (Value, Value),
) -> Result<(), DbErr> {
    let entry = NewEntry {
        actor: Actor::Person { id: who.caller.person(), login: who.caller.login() },
        action,
        subject: Some(("response", response.id)),
        body: Some(response.body),
        trace: &trace.0,
        before: Some(before),
        after: Some(after),
    };
    append(tx, entry, pages.ctx.now(), &pages.ctx.ids, &*pages.ctx.random).await?;
    otklik_web::live::changed(tx, &[response.body]).await
}
