//! `/admin/responses/{id}`: one response.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use otklik_access::Permission;
use otklik_kernel::Id;
use otklik_questionnaires::Mark;
use otklik_ui::{Errors, FlashKind, Page, Section, When};
use otklik_web::{Fail, Form, Who, html};

use super::handle::OUTCOME_LIMIT;
use super::{Pages, rows};
use crate::texts::L;
use crate::{Response, store};

#[derive(Template)]
#[template(path = "responses/card.html")]
struct CardView {
    page: Page,
    l: L,
    errors: Errors,
    id: Id,
    office: String,
    body: Option<String>,
    when: When,
    criteria: Vec<Criterion>,
    comment: String,
    text_removed: Option<When>,
    suspicions: Vec<String>,
    looked: Option<(When, String)>,
    outcome: Option<(When, String)>,
    version: i32,
    trace: String,
    may_handle: bool,
    /// What stands in the field, and the moment of the text it replaces.
    typed: String,
    seen: String,
    next: Option<String>,
}

struct Criterion {
    letter: String,
    text: String,
    mark: Option<Mark>,
}

impl Criterion {
    fn is_sad(&self) -> bool {
        self.mark == Some(Mark::Sad)
    }

    fn is_happy(&self) -> bool {
        self.mark == Some(Mark::Happy)
    }
}

/// Shows the card.
pub async fn show(
    State(pages): State<Pages>,
    who: Who,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<axum::response::Response, Fail> {
    let response = find(&pages, &who, &id).await?;
    let done = Form::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let l = L(who.viewer.lang);
    let flash = match done.get("done") {
        "looked" => Some(l.done_looked()),
        "looked-before" => Some(l.done_looked_before()),
        "outcome" => Some(l.done_outcome()),
        _ => None,
    };
    card(&pages, &who, &response, flash, None).await
}

/// A response of the caller's scope by the text of its id.
pub async fn find(pages: &Pages, who: &Who, id: &str) -> Result<Response, Fail> {
    let id: Id = id.parse().map_err(|_| Fail::NotFound)?;
    store::find(pages.ctx.db.read(), &who.scope, id).await?.ok_or(Fail::NotFound)
}

/// The moment of the text that a form replaces, as the form carries it.
pub fn seen(response: &Response) -> String {
    response.outcome.as_ref().map(|(at, _)| at.0.to_string()).unwrap_or_default()
}

/// The card; with what was typed and what is wrong in it, when something is.
pub async fn card(
    pages: &Pages,
    who: &Who,
    response: &Response,
    flash: Option<&'static str>,
    mistake: Option<(String, Errors)>,
) -> Result<axum::response::Response, Fail> {
    let conn = pages.ctx.db.read();
    let l = L(who.viewer.lang);
    let offices = pages.offices([response.body]).await?;
    let (office, zone) = rows::office(&offices, response.body);
    let when = When::new(response.received_at, &zone);
    let title = l.card_title(when.shown.clone());
    let mut page = who
        .page(Section::Responses, title.clone())
        .crumb(l.list_title(), Section::Responses.href())
        .here(title);
    if let Some(flash) = flash {
        page = page.flash(FlashKind::Done, flash);
    }
    let moment = |(at, text): &(otklik_kernel::Instant, String)| (When::new(*at, &zone), text.clone());
    let may_handle = who.caller.scope(Permission::HandleResponses).contains(conn, response.body).await?;
    let next = match may_handle {
        true => {
            store::next_waiting(conn, &who.caller.scope(Permission::HandleResponses), response.id).await?
        }
        false => None,
    };
    let stored = || response.outcome.as_ref().map(|(_, text)| text.clone()).unwrap_or_default();
    let is_mistaken = mistake.is_some();
    let (typed, errors) = mistake.unwrap_or_else(|| (stored(), Errors::new()));
    let may_read_body = who.caller.scope(Permission::ReadBodies).contains(conn, response.body).await?;
    let view = CardView {
        page,
        l,
        errors,
        id: response.id,
        office,
        body: may_read_body.then(|| format!("/admin/bodies/{}", response.body)),
        when,
        criteria: criteria(pages, response),
        comment: response.comment.clone(),
        text_removed: response.text_removed.map(|at| When::new(at, &zone)),
        suspicions: rows::suspicions(response.suspicion, l).into_iter().map(|(_, long)| long).collect(),
        looked: response.looked.as_ref().map(moment),
        outcome: response.outcome.as_ref().map(moment),
        version: response.questionnaire,
        trace: response.trace.clone(),
        may_handle,
        typed,
        seen: seen(response),
        next: next.map(|id| format!("/admin/responses/{id}")),
    };
    Ok(html(if is_mistaken { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view))
}

/// The criteria of the version that was shown; only the rated ones by their keys when it isn't known.
fn criteria(pages: &Pages, response: &Response) -> Vec<Criterion> {
    match pages.questionnaires.get(response.questionnaire) {
        Some(version) => {
            let all = version.questionnaire.criteria.iter();
            all.map(|c| Criterion {
                letter: c.letter.clone(),
                text: c.text.clone(),
                mark: response.marks.get(c.key),
            })
            .collect()
        }
        None => {
            let rated = response.marks.iter();
            rated
                .map(|(key, mark)| Criterion {
                    letter: key.to_string(),
                    text: String::new(),
                    mark: Some(mark),
                })
                .collect()
        }
    }
}

impl CardView {
    fn outcome_label(&self) -> &'static str {
        if self.outcome.is_some() { self.l.card_outcome_change() } else { self.l.card_outcome() }
    }

    fn outcome_hint(&self) -> String {
        self.l.card_outcome_hint(otklik_ui::thousands(OUTCOME_LIMIT as u64))
    }
}
