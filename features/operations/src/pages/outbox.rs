//! Mail and events on their way, for those who operate the programme and may not read responses (QR-14).

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_db::DbErr;
use otklik_jobs::{FailingEvent, QueueStats};
use otklik_kernel::{Id, Zone};
use otklik_locale::Lang;
use otklik_notifications::queue::{self, Filter, MOST_COUNTED, Row, Status};
use otklik_organisations::Offices;
use otklik_ui::{Badge, Choice, Errors, FlashKind, Page, Pager, Section, Tone, When, thousands};
use otklik_web::{Fail, Form, Who, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::row::own_zone;
use crate::Operations;
use crate::system::{self, Database};
use crate::texts::L;

/// Rows on a page.
const PAGE_SIZE: u64 = 50;
/// Failing events that are listed.
pub const EVENTS: u32 = 100;
/// Characters of an error that are shown.
const ERROR: usize = 300;

#[derive(Template)]
#[template(path = "operations/outbox.html")]
struct OutboxView {
    page: Page,
    l: L,
    pause: Option<PauseView>,
    counts: Vec<Count>,
    given_up: u64,
    statuses: Vec<Choice>,
    code: String,
    errors: Errors,
    letters: Vec<Letter>,
    pager: Pager,
    events: QueueStats,
    oldest: Option<When>,
    failing: Vec<Event>,
    database: Database,
    version: &'static str,
    uptime: String,
}

struct PauseView {
    since: When,
    until: When,
    reason: &'static str,
    error: String,
    failures: u32,
}

struct Count {
    text: &'static str,
    shown: String,
    href: String,
    class: &'static str,
}

struct Letter {
    /// The delivery, where trying again can be asked for.
    retry: Option<Id>,
    created: When,
    body: String,
    address: String,
    status: Badge,
    attempts: u32,
    next: Option<When>,
    finished: Option<When>,
    reason: &'static str,
    answer: String,
    is_unsure: bool,
}

struct Event {
    id: Id,
    kind: String,
    at: When,
    attempts: u32,
    next: Option<When>,
    error: String,
}

/// The queue of mail, the queue of events, and what the node stands on.
pub async fn show(
    State(operations): State<Operations>,
    who: Who,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let query = Form::parse(query.unwrap_or_default().as_bytes())?;
    let (ctx, l, lang) = (&operations.ctx, L(who.viewer.lang), who.viewer.lang);
    let (conn, offices) = (ctx.db.read(), operations.setup.offices.current());
    let zone = own_zone(&who, &offices);
    let counted = queue::counts(conn, &who.scope).await?;
    let mut errors = Errors::new();
    let (filter, base) = filter(&query, &offices, l, &mut errors);
    let (letters, pager) = if errors.is_empty() {
        let total = queue::count(conn, &who.scope, filter).await?;
        let pager = Pager::new(query.get("page").parse().unwrap_or(1), PAGE_SIZE, total, base);
        let skipped = (pager.page - 1) * PAGE_SIZE;
        (queue::list(conn, &who.scope, filter, PAGE_SIZE, skipped).await?, pager)
    } else {
        (Vec::new(), Pager::new(1, PAGE_SIZE, 0, base))
    };
    let pause = queue::pause(conn).await?.map(|pause| PauseView {
        since: When::new(pause.since, &zone),
        until: When::new(pause.until, &zone),
        reason: pause.reason.text(lang),
        error: pause.error,
        failures: pause.failures,
    });
    let events = otklik_jobs::queue_stats(conn).await?;
    let failing = failing(&operations, &who).await?;
    let (days, hours, minutes) = system::time_since(operations.started_at, ctx.now());
    let mut page = who.page(Section::Outbox, l.outbox_title());
    if let Some((kind, text)) = flash(l, &query) {
        page = page.flash(kind, text);
    }
    let given_up =
        counted.iter().find(|(status, _)| *status == Status::GivenUp).map_or(0, |&(_, count)| count);
    let chosen = filter.status.map_or("", Status::code);
    Ok(html(
        StatusCode::OK,
        &OutboxView {
            page,
            l,
            pause,
            given_up,
            counts: counted.into_iter().map(|(status, count)| tile(status, count, lang)).collect(),
            statuses: statuses(l, lang, chosen),
            code: query.get("code").to_owned(),
            errors,
            letters: letters.into_iter().map(|row| letter(row, lang, &offices, &zone)).collect(),
            pager,
            oldest: events.oldest_at.map(|at| When::new(at, &zone)),
            events,
            failing: failing.into_iter().map(|one| event(one, &zone)).collect(),
            database: system::database(&ctx.db, &operations.setup.migrations).await?,
            version: env!("CARGO_PKG_VERSION"),
            uptime: l.system_uptime_value(days, hours, minutes),
        },
    ))
}

/// Failing events of the caller's bodies and of no body.
pub async fn failing(operations: &Operations, who: &Who) -> Result<Vec<FailingEvent>, DbErr> {
    let conn = operations.ctx.db.read();
    let mut seen = Vec::new();
    for failing in otklik_jobs::failing(conn, EVENTS).await? {
        let is_within = match failing.event.body {
            Some(body) => who.scope.contains(conn, body).await?,
            None => true,
        };
        if is_within {
            seen.push(failing);
        }
    }
    Ok(seen)
}

fn filter(query: &Form, offices: &Offices, l: L, errors: &mut Errors) -> (Filter, String) {
    let mut base = Vec::new();
    let status = Status::find(query.get("status"));
    base.extend(status.map(|status| format!("status={}", status.code())));
    let code = query.get("code").trim();
    let body = match offices.find(code) {
        Some(office) => {
            base.push(format!("code={}", utf8_percent_encode(code, NON_ALPHANUMERIC)));
            Some(office.id)
        }
        None => {
            if !code.is_empty() {
                errors.add("code", l.journal_body_unknown());
            }
            None
        }
    };
    (Filter { status, body }, base.join("&"))
}

fn flash(l: L, query: &Form) -> Option<(FlashKind, String)> {
    let count: u64 = query.get("n").parse().unwrap_or(0);
    match query.get("done") {
        "retry" => Some((FlashKind::Done, l.outbox_retried().to_owned())),
        "retry_all" if count > 0 => Some((FlashKind::Done, l.outbox_retried_all(count, thousands(count)))),
        "retry_all" => Some((FlashKind::Notice, l.outbox_retried_none().to_owned())),
        "look" => Some((FlashKind::Done, l.outbox_looked().to_owned())),
        "event" => Some((FlashKind::Done, l.events_retried().to_owned())),
        _ => None,
    }
}

fn tile(status: Status, count: u64, lang: Lang) -> Count {
    let class = match status {
        _ if count == 0 => "quiet",
        Status::Refused | Status::GivenUp => "problem",
        Status::Nobody => "warning",
        Status::Waiting | Status::Sent | Status::Gathered | Status::Fresh => "",
    };
    let more = if count >= MOST_COUNTED { "+" } else { "" };
    Count {
        text: status.text(lang),
        shown: format!("{}{more}", thousands(count)),
        href: format!("?status={}", status.code()),
        class,
    }
}

fn statuses(l: L, lang: Lang, chosen: &str) -> Vec<Choice> {
    let all = Status::ALL.map(|status| Choice::new(status.code(), status.text(lang), chosen));
    [Choice::new("", l.outbox_any_status(), chosen)].into_iter().chain(all).collect()
}

fn letter(row: Row, lang: Lang, offices: &Offices, zone: &Zone) -> Letter {
    let tone = match row.status {
        Status::Sent | Status::Gathered => Tone::Good,
        Status::Waiting if row.attempts > 0 => Tone::Warning,
        Status::Waiting | Status::Fresh => Tone::Quiet,
        Status::Nobody => Tone::Warning,
        Status::Refused | Status::GivenUp => Tone::Problem,
    };
    Letter {
        retry: row.delivery.filter(|_| row.status.can_retry()),
        created: When::new(row.created_at, zone),
        body: offices.get(row.body).map_or_else(|| row.body.to_string(), |office| office.name.clone()),
        address: row.address,
        status: Badge::new(row.status.text(lang), tone),
        attempts: row.attempts,
        next: row.next_at.map(|at| When::new(at, zone)),
        finished: row.finished_at.map(|at| When::new(at, zone)),
        reason: row.reason.text(lang),
        answer: row.answer,
        is_unsure: row.is_unsure,
    }
}

fn event(failing: FailingEvent, zone: &Zone) -> Event {
    Event {
        id: failing.event.id,
        kind: failing.event.kind,
        at: When::new(failing.event.at, zone),
        attempts: failing.event.attempts,
        next: failing.next_at.map(|at| When::new(at, zone)),
        error: failing.error.chars().take(ERROR).collect(),
    }
}
