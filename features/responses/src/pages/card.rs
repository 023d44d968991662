//! `/admin/responses/{id}`: one response; the same card stands beside the list where there is room.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use otklik_access::Permission;
use otklik_kernel::Id;
use otklik_questionnaires::Mark;
use otklik_ui::{Errors, FlashKind, Page, Section, When};
use otklik_web::{Fail, Form, Who, html};

use super::handle::OUTCOME_LIMIT;
use super::query::Asked;
use super::{Pages, list, rows};
use crate::store::Filter;
use crate::texts::L;
use crate::{Response, store};

#[derive(Template)]
#[template(path = "responses/card.html")]
struct CardView {
    page: Page,
    l: L,
    card: Card,
}

/// What a card shows.
pub struct Card {
    pub title: String,
    /// The level of its headings: beside the list its title is one itself.
    pub level: u8,
    /// The address of the list beside which it stands, as its forms carry it.
    pub list: Option<String>,
    pub errors: Errors,
    pub id: Id,
    pub office: String,
    pub body: Option<String>,
    pub when: When,
    pub criteria: Vec<Criterion>,
    pub comment: String,
    pub text_removed: Option<When>,
    pub suspicions: Vec<String>,
    pub looked: Option<(When, String)>,
    pub outcome: Option<(When, String)>,
    pub version: i32,
    pub trace: String,
    pub may_handle: bool,
    /// What stands in the field, and the moment of the text it replaces.
    pub typed: String,
    pub seen: String,
    pub next: Option<String>,
}

pub struct Criterion {
    pub letter: String,
    pub text: String,
    mark: Option<Mark>,
}

impl Criterion {
    pub fn is_sad(&self) -> bool {
        self.mark == Some(Mark::Sad)
    }

    pub fn is_happy(&self) -> bool {
        self.mark == Some(Mark::Happy)
    }
}

/// What was typed, and what is wrong in it.
pub type Mistake = (String, Errors);

/// Shows the card's own page.
pub async fn show(
    State(pages): State<Pages>,
    who: Who,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<axum::response::Response, Fail> {
    let response = find(&pages, &who, &id).await?;
    let given = Form::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    page(&pages, &who, &response, done(L(who.viewer.lang), &given), None).await
}

/// What was just done, in words; nothing when the address says nothing of it.
pub fn done(l: L, given: &Form) -> Option<&'static str> {
    match given.get("done") {
        "looked" => Some(l.done_looked()),
        "looked-before" => Some(l.done_looked_before()),
        "outcome" => Some(l.done_outcome()),
        _ => None,
    }
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

/// The card's own page; with what was typed and what is wrong in it, when something is.
pub async fn page(
    pages: &Pages,
    who: &Who,
    response: &Response,
    flash: Option<&'static str>,
    mistake: Option<Mistake>,
) -> Result<axum::response::Response, Fail> {
    let status = status(mistake.as_ref());
    let card = Card::new(pages, who, response, None, mistake).await?;
    let l = L(who.viewer.lang);
    let mut page = who
        .page(Section::Responses, card.title.clone())
        .crumb(l.list_title(), Section::Responses.href())
        .here(card.title.clone());
    if let Some(flash) = flash {
        page = page.flash(FlashKind::Done, flash);
    }
    Ok(html(status, &CardView { page, l, card }))
}

/// The status of a page whose form may have a mistake.
pub fn status(mistake: Option<&Mistake>) -> StatusCode {
    if mistake.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

impl Card {
    /// The card of a response, on its own page or beside a list.
    pub async fn new(
        pages: &Pages,
        who: &Who,
        response: &Response,
        beside: Option<&Asked>,
        mistake: Option<Mistake>,
    ) -> Result<Self, Fail> {
        let conn = pages.ctx.db.read();
        let l = L(who.viewer.lang);
        let offices = pages.offices([response.body]).await?;
        let (office, zone) = rows::office(&offices, response.body);
        let when = When::new(response.received_at, &zone);
        let moment = |(at, text): &(otklik_kernel::Instant, String)| (When::new(*at, &zone), text.clone());
        let may_handle = who.caller.scope(Permission::HandleResponses).contains(conn, response.body).await?;
        let stored = || response.outcome.as_ref().map(|(_, text)| text.clone()).unwrap_or_default();
        let (typed, errors) = mistake.unwrap_or_else(|| (stored(), Errors::new()));
        let may_read_body = who.caller.scope(Permission::ReadBodies).contains(conn, response.body).await?;
        let next = if may_handle { next(pages, who, response.id, beside).await? } else { None };
        Ok(Self {
            title: l.card_title(when.shown.clone()),
            level: if beside.is_some() { 3 } else { 2 },
            list: beside.map(Asked::here),
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
            next,
        })
    }

    /// The list without a card beside it.
    pub fn closed(&self) -> String {
        list::address(self.list.as_deref().unwrap_or_default(), None)
    }

    /// The words above the field of what was done.
    pub fn outcome_label(&self, l: L) -> &'static str {
        if self.outcome.is_some() { l.card_outcome_change() } else { l.card_outcome() }
    }

    /// What to know before writing there.
    pub fn outcome_hint(&self, l: L) -> String {
        l.card_outcome_hint(otklik_ui::thousands(OUTCOME_LIMIT as u64))
    }
}

/// Where the next response that nobody has looked through is: of all, or of those that the list shows.
async fn next(pages: &Pages, who: &Who, id: Id, beside: Option<&Asked>) -> Result<Option<String>, Fail> {
    let conn = pages.ctx.db.read();
    let scope = who.caller.scope(Permission::HandleResponses);
    let Some(asked) = beside else {
        let next = store::next_waiting(conn, &scope, id).await?;
        return Ok(next.map(|id| format!("/admin/responses/{id}")));
    };
    let filter = Filter { not_looked: true, ..asked.filter.clone() };
    let next = store::lines(conn, &scope, &filter, id, 1).await?;
    Ok(next.first().map(|line| list::address(&asked.here(), Some(line.id))))
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
