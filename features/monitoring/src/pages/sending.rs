//! A sending with its proof.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use otklik_access::Permission;
use otklik_ui::{Badge, Page, When};
use otklik_web::{Fail, Form, Trace, Who, html};

use super::common::{Monitoring, Tab, flash, id, query, texts, when};
use super::delivery::file;
use super::partners::badge;
use crate::partners::{self, State as Stand, store};
use crate::refusal::or_mistakes;
use crate::texts::L;

#[derive(Template)]
#[template(path = "monitoring/sending.html")]
struct SendingView {
    page: Page,
    l: L,
    here: String,
    badge: Badge,
    facts: Vec<(&'static str, String)>,
    created: When,
    next: Option<When>,
    finished: Option<When>,
    answer: String,
    may_again: bool,
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let conn = monitoring.ctx.db.read();
    let sending = store::find_sending(conn, &who.scope, id(&path)?).await?.ok_or(Fail::NotFound)?;
    let partner = store::find(conn, &who.scope, sending.partner).await?;
    let zone = monitoring.zone(&who.scope);
    let name = partner.map_or_else(String::new, |partner| partner.fields.name);
    let title = l.sending_title(sending.subject.day.show(), name.clone());
    let mut facts = vec![(l.column_partner(), name), (l.column_day(), sending.subject.day.show())];
    if !sending.subject.sender.is_empty() {
        facts.push((l.column_sender(), sending.subject.sender.clone()));
        facts.push((l.fact_revision(), sending.subject.revision.to_string()));
    }
    if !sending.file.is_empty() {
        facts.push((l.fact_file(), file(l, &sending.file, sending.bytes)));
        facts.push((l.fact_digest(), sending.digest.clone()));
        facts.push((l.column_address(), sending.address.clone()));
    }
    facts.push((l.column_attempts(), sending.attempts.to_string()));
    let page = Tab::Partners.below(&who, title.clone()).here(title);
    let view = SendingView {
        page: flash(page, l, &query(raw)?),
        l,
        here: format!("/admin/monitoring/sendings/{}", sending.id),
        badge: badge(l, &sending),
        facts,
        created: when(sending.created_at, &zone),
        next: (sending.state == Stand::Waiting && sending.attempts > 0).then(|| when(sending.next_at, &zone)),
        finished: sending.finished_at.map(|at| when(at, &zone)),
        may_again: who.caller.may(Permission::ManageMonitoring)
            && partners::may_again(conn, &sending).await?,
        answer: sending.answer,
    };
    Ok(html(StatusCode::OK, &view))
}

/// Sends it once more.
pub async fn again(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let (id, act) = (id(&path)?, monitoring.act(&who, &trace));
    match or_mistakes(partners::again(&monitoring.ctx.db, &who.scope, &act, id).await)? {
        Ok(()) => {
            monitoring.to_send.wake();
            let href = format!("/admin/monitoring/sendings/{id}?done=again");
            Ok(Redirect::to(&href).into_response())
        }
        Err(_) => Err(Fail::NotFound),
    }
}
