//! `/admin/responses`: the responses of the scope, newest first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use otklik_kernel::text::search_text;
use otklik_kernel::{CivilDay, Id, Zone};
use otklik_organisations::Office;
use otklik_ui::{Choice, Errors, FlashKind, Page, Pager, Section, thousands};
use otklik_web::{Fail, Form, Who, html};

use super::card::{self, Card, Mistake};
use super::days::{self, DayLine};
use super::query::Asked;
use super::rows::Row;
use super::{COUNTED, COUNTED_BY_WORDS, Pages};
use crate::store;
use crate::texts::L;

/// Rows on a page.
const PER_PAGE: u64 = 50;
/// Up to so many offices are offered for choice; in a larger scope an office is asked for by its code.
const OFFERED: usize = 300;

#[derive(Template)]
#[template(path = "responses/list.html")]
struct ListView {
    page: Page,
    l: L,
    card: Option<Card>,
    errors: Errors,
    q: String,
    body: String,
    /// Whether the scope has more than one body to choose from.
    has_offices: bool,
    offered: Vec<Arc<Office>>,
    from: String,
    to: String,
    negative: Vec<Choice>,
    sad: Vec<Choice>,
    text: Vec<Choice>,
    suspicious: Vec<Choice>,
    not_looked: Vec<Choice>,
    found: String,
    within: Option<String>,
    day: Option<DayLine>,
    is_filtered: bool,
    rows: Vec<Row>,
    pager: Pager,
    /// The filters as they follow the address of a table to take along.
    tail: String,
}

/// What the address of the list asks for within a scope.
pub struct Question {
    pub asked: Asked,
    office: Option<Arc<Office>>,
    /// Whether the scope has more than one body to choose from.
    has_offices: bool,
    offered: Vec<Arc<Office>>,
    /// The day from which on is searched though no day was asked for.
    bound: Option<CivilDay>,
}

/// Reads the address; what is wrong in it is pointed out and left aside.
pub async fn ask(pages: &Pages, who: &Who, query: &str) -> Result<Question, Fail> {
    let conn = pages.ctx.db.read();
    let l = L(who.viewer.lang);
    let (given, is_readable) = match Form::parse(query.as_bytes()) {
        Ok(given) => (given, true),
        Err(_) => (Form::default(), false),
    };
    let bodies = store::bodies(conn, &who.scope, OFFERED + 1).await?;
    let offices = pages.offices(bodies.iter().copied()).await?;
    let mut offered: Vec<Arc<Office>> = Vec::new();
    if bodies.len() <= OFFERED {
        offered.extend(bodies.iter().filter_map(|&body| offices.get(body).cloned()));
        offered.sort_by_cached_key(|office| otklik_kernel::text::sort_key(&office.name));
    }
    let office = match offices.find(given.get("body").trim()) {
        Some(office) if who.scope.contains(conn, office.id).await? => Some(office.clone()),
        _ => named(&offered, given.get("body")),
    };
    let newest = &pages.questionnaires.newest().questionnaire;
    let keys: Vec<char> = newest.criteria.iter().map(|criterion| criterion.key).collect();
    let mut asked = Asked::read(given, office.as_ref(), &keys, l);
    if !is_readable {
        asked.errors.add("", l.list_bad_address());
    }
    let today = pages.ctx.now().day_in(&Zone::utc());
    let bound = store::bound(conn, &who.scope, &asked.filter, today).await?;
    asked.filter.from = asked.filter.from.or(bound);
    Ok(Question { asked, office, has_offices: bodies.len() > 1, offered, bound })
}

/// The address of a list, percent-encoded filters and page, with a card beside it or without.
pub fn address(query: &str, card: Option<Id>) -> String {
    let card = card.map(|id| format!("card={id}"));
    let parts: Vec<&str> =
        [query, card.as_deref().unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        Section::Responses.href().to_owned()
    } else {
        format!("{}?{}", Section::Responses.href(), parts.join("&"))
    }
}

/// Shows the list, with a card beside it when the address names one of the scope.
pub async fn show(State(pages): State<Pages>, who: Who, RawQuery(query): RawQuery) -> Result<Response, Fail> {
    let mut question = ask(&pages, &who, &query.unwrap_or_default()).await?;
    let mut open = None;
    if let Some(id) = question.asked.card {
        open = store::find(pages.ctx.db.read(), &who.scope, id).await?;
        if open.is_none() {
            question.asked.errors.add("", L(who.viewer.lang).list_bad_card());
        }
    }
    page(&pages, &who, question, open.map(|response| (response, None))).await
}

/// The list, with a card beside it or without.
pub async fn page(
    pages: &Pages,
    who: &Who,
    question: Question,
    open: Option<(crate::Response, Option<Mistake>)>,
) -> Result<Response, Fail> {
    let conn = pages.ctx.db.read();
    let l = L(who.viewer.lang);
    let Question { mut asked, office, has_offices, offered, bound } = question;
    let newest = &pages.questionnaires.newest().questionnaire;

    let most = if asked.filter.words.is_empty() { COUNTED } else { COUNTED_BY_WORDS };
    let listed = store::found(conn, &who.scope, &asked.filter, most + 1).await?;
    let counts = listed.counts;
    let shown = |n: i64| thousands(n.unsigned_abs());
    let found = match counts.all {
        n if n <= most => l.list_found(shown(n), shown(counts.negative), shown(counts.not_looked)),
        _ => l.list_found_more(shown(most)),
    };
    let total = counts.all.min(most).unsigned_abs();
    let pager = Pager::new(asked.page, PER_PAGE, total, asked.address());
    asked.page = pager.page;
    let offset = (pager.page - 1) * PER_PAGE;
    let responses = store::of(conn, &who.scope, listed.page(PER_PAGE, offset)).await?;
    let offices = pages.offices(responses.iter().map(|response| response.body)).await?;
    let mut rows = Row::all(&responses, &offices, &pages.questionnaires, l);
    let here = asked.here();
    for row in &mut rows {
        row.beside = Some(address(&here, Some(row.id)));
        row.is_open = open.as_ref().is_some_and(|(response, _)| response.id == row.id);
    }
    let status = card::status(open.as_ref().and_then(|(_, mistake)| mistake.as_ref()));
    let card = match open {
        Some((response, mistake)) => Some(Card::new(pages, who, &response, Some(&asked), mistake).await?),
        None => None,
    };
    let mut page = who.page(Section::Responses, l.list_title());
    if let Some(done) = card::done(l, &asked.given).filter(|_| card.is_some()) {
        page = page.flash(FlashKind::Done, done);
    } else if let Some(day) = bound {
        page = page.flash(FlashKind::Notice, l.list_short_words(day.show()));
    }

    let field = |name: &str| asked.given.get(name).to_owned();
    let date = |name: &str| CivilDay::parse(&field(name)).map(|day| day.to_string()).unwrap_or_default();
    let choices = |name: &str, texts: &[(&str, &str)]| -> Vec<Choice> {
        texts.iter().map(|&(value, text)| Choice::new(value, text, asked.given.get(name))).collect()
    };
    let sad = std::iter::once(Choice::new("", l.list_sad_any(), asked.given.get("sad")))
        .chain(newest.criteria.iter().map(|c| Choice::new(c.key, c.short.clone(), asked.given.get("sad"))));
    let view = ListView {
        page,
        l,
        card,
        q: field("q"),
        body: field("body"),
        has_offices,
        offered,
        // A date field holds nothing but dates: what else was given is in the words of the mistake.
        from: bound.map_or_else(|| date("from"), |day| day.to_string()),
        to: date("to"),
        negative: choices(
            "negative",
            &[("", l.list_marks_any()), ("1", l.list_marks_negative()), ("0", l.list_marks_not_negative())],
        ),
        sad: sad.collect(),
        text: choices("text", &[("", l.list_text_any()), ("1", l.list_text_only())]),
        suspicious: choices(
            "suspicious",
            &[
                ("", l.list_suspicious_any()),
                ("1", l.list_suspicious_only()),
                ("0", l.list_suspicious_without()),
            ],
        ),
        not_looked: choices("not_looked", &[("", l.list_looked_any()), ("1", l.list_looked_not())]),
        found,
        within: office.map(|office| l.list_within(format!("{} ({})", office.name, office.code))),
        day: days::above_list(pages, who, &asked.filter).await?,
        is_filtered: asked.filter != store::Filter::default(),
        rows,
        pager,
        tail: Some(asked.address())
            .filter(|it| !it.is_empty())
            .map(|it| format!("?{it}"))
            .unwrap_or_default(),
        errors: asked.errors,
    };
    Ok(html(status, &view))
}

/// The office that is called so, or the only one whose name has these words in it.
fn named(offered: &[Arc<Office>], typed: &str) -> Option<Arc<Office>> {
    let typed = search_text(typed);
    if typed.is_empty() {
        return None;
    }
    let mut near = offered.iter().filter(|office| search_text(&office.name).contains(&typed));
    let exact = offered.iter().find(|office| search_text(&office.name) == typed);
    exact.or_else(|| near.next().filter(|_| near.next().is_none())).cloned()
}
