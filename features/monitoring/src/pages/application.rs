//! One application: its timeline, what was said of it, what it breaks. MON-13

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use otklik_kernel::{Instant, Zone};
use otklik_progress::model::{Item, Process};
use otklik_ui::{Page, Section, When};
use otklik_web::{Fail, Who, html};

use super::analysis::{self, Words, broken, duration, failed};
use super::common::{Monitoring, Tab, TabView, encode, query, texts};
use super::table::{self, Column, Value};
use crate::answers::{Sheet, Trace};
use crate::texts::L;
use crate::visible::Visible;

pub(super) const PATH: &str = "/admin/monitoring/application";

#[derive(Template)]
#[template(path = "monitoring/application.html")]
struct ApplicationView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    request: String,
    is_asked: bool,
    facts: Vec<Fact>,
    files: Vec<(&'static str, String)>,
    findings: Vec<String>,
    steps: Vec<Step>,
    more: Vec<(String, String)>,
}

/// What is known, and where more of the same is.
struct Fact {
    name: &'static str,
    value: String,
    href: String,
}

struct Step {
    when: When,
    name: String,
    about: String,
    since: String,
    is_planned: bool,
}

fn process(events: &Sheet, row: usize) -> Option<Process> {
    events.whole(row, "process").and_then(|code| u8::try_from(code).ok()).and_then(Process::of)
}

fn item(events: &Sheet, row: usize) -> Option<Item> {
    events.whole(row, "item").and_then(|code| i16::try_from(code).ok()).and_then(Item::of)
}

/// The clock of the office, by its offset from UTC in minutes.
fn clock(offset: i64) -> Zone {
    Zone::ahead(i32::try_from(offset).unwrap_or(0))
}

/// A moment as the office's clock showed it.
fn moment(at: i64, offset: i64) -> When {
    When::new(Instant(at * Instant::SECOND), &clock(offset))
}

fn steps(l: L, trace: &Trace, words: &Words) -> Vec<Step> {
    let events = &trace.events;
    let mut before: Option<i64> = None;
    let step = |row: usize| {
        let (at, offset) = (events.whole(row, "at")?, events.whole(row, "offset").unwrap_or(0));
        let status = events.whole(row, "status")?;
        let mut about = vec![process(events, row).map_or("", Process::title).to_owned()];
        about.extend(item(events, row).map(|item| l.item(item.to_string())));
        let mnemonic = events.text(row, "mnemonic");
        about.extend((!mnemonic.is_empty()).then(|| mnemonic.to_owned()));
        about.push(l.told_by(events.text(row, "sender").to_owned()));
        let is_planned = status == 1002;
        #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52")]
        let since = before.map(|before| duration(l, (at - before) as f64));
        if !is_planned {
            before = Some(at);
        }
        Some(Step {
            when: moment(at, offset),
            name: words.status(status),
            about: about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            since: since.filter(|_| !is_planned).unwrap_or_default(),
            is_planned,
        })
    };
    (0..events.rows.len()).filter_map(step).collect()
}

fn facts(l: L, case: &Sheet, words: &Words) -> Vec<Fact> {
    #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52")]
    let span = |name| case.whole(0, name).map(|seconds| duration(l, seconds as f64));
    let body = match case.text(0, "body") {
        "" => case.text(0, "body_name").to_owned(),
        code => words.body(code),
    };
    let within = case.whole(0, "is_within").map(|is| if is == 1 { l.norm_kept() } else { l.norm_broken() });
    let open_ended = (case.whole(0, "is_open_ended") == Some(1)).then(|| l.open_ended().to_owned());
    let (service, variant) = (case.text(0, "service"), case.text(0, "variant"));
    let variant = Some(variant).filter(|variant| words.has_variant(service, variant));
    let of = |field: &str, code: &str| match code {
        "" => String::new(),
        code => format!("{}?{}", analysis::PATH, encode([(field, code)])),
    };
    let region = case.text(0, "region");
    let all = [
        (l.fact_service(), Some(words.service(service)), of("service", service)),
        (l.fact_variant(), variant.map(|variant| words.variant(service, variant)), String::new()),
        (l.fact_body(), Some(body), of("body", case.text(0, "body"))),
        (l.fact_region(), Some(words.region(region)), of("region", region)),
        (l.fact_channel(), Some(case.text(0, "channel").to_owned()), String::new()),
        (l.fact_status(), case.whole(0, "last_status").map(|status| words.status(status)), String::new()),
        (l.fact_total(), span("total"), String::new()),
        (l.fact_paused(), span("paused").filter(|_| case.whole(0, "paused").unwrap_or(0) > 0), String::new()),
        (l.fact_open_ended(), open_ended, String::new()),
        (l.fact_norm(), within.map(ToOwned::to_owned), String::new()),
    ];
    let known = all.into_iter().filter_map(|(name, value, href)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(Fact { name, value, href })
    });
    known.collect()
}

/// Words for what happened to a fee or a complaint.
fn happened(l: L, kind: &str, event: i64) -> Option<&'static str> {
    Some(match (kind, event) {
        ("payment", 1) => l.payment_1(),
        ("payment", 2) => l.payment_2(),
        ("payment", 3) => l.payment_3(),
        ("payment", 4) => l.payment_4(),
        ("payment", 5) => l.payment_5(),
        ("complaint", 1) => l.complaint_1(),
        ("complaint", 2) => l.complaint_2(),
        ("complaint", 3) => l.complaint_3(),
        ("complaint", 4) => l.complaint_4(),
        _ => return None,
    })
}

/// Fees, ratings, complaints: moment and words.
fn more(l: L, trace: &Trace) -> Vec<(String, String)> {
    let mut all: Vec<(i64, String, String)> = Vec::new();
    for (sheet, kind) in
        [(&trace.payments, "payment"), (&trace.ratings, "rating"), (&trace.complaints, "complaint")]
    {
        for row in 0..sheet.rows.len() {
            let (at, offset) = (sheet.whole(row, "at").unwrap_or(0), sheet.whole(row, "offset").unwrap_or(0));
            let words = match kind {
                "rating" => {
                    let mark = sheet.whole(row, "mark").unwrap_or(0);
                    let comment = sheet.text(row, "comment");
                    let said = if comment.is_empty() { String::new() } else { format!(" «{comment}»") };
                    let scale = sheet.whole(row, "mark_least").zip(sheet.whole(row, "mark_most"));
                    let told = match scale {
                        Some((least, most)) => l.rated_of(least, mark, most),
                        None => l.rated(mark),
                    };
                    format!("{told}{said}")
                }
                _ => {
                    let event = sheet.whole(row, "event").unwrap_or(0);
                    happened(l, kind, event).map_or_else(|| event.to_string(), ToOwned::to_owned)
                }
            };
            all.push((at, moment(at, offset).exact, words));
        }
    }
    all.sort();
    all.into_iter().map(|(_, when, words)| (when, words)).collect()
}

/// The page: a search, and the application that it found.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, given) = (texts(&who), query(raw)?);
    let request = given.get("request").trim().to_owned();
    let allowed = Visible::of(&who.scope, &monitoring.offices.current()).allowed();
    let words = Words::load(&monitoring).await?;
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let trace = match (request.is_empty(), answers.commit()) {
        (true, _) | (_, 0) => None,
        _ => answers.trace(&request, &allowed).await.map_err(broken)?,
    };
    let title = if trace.is_some() {
        l.application_title(request.clone())
    } else {
        l.application_search().to_owned()
    };
    let page = who.page(Section::Monitoring, title);
    let query = format!("?{}", encode([("request", request.as_str())]));
    let view = ApplicationView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(Tab::Application.text(l)),
        l,
        tabs: Tab::Application.row(l),
        is_asked: !request.is_empty(),
        files: table::files(PATH, &query),
        request,
        facts: trace.as_ref().map_or_else(Vec::new, |trace| facts(l, &trace.case, &words)),
        findings: trace.as_ref().map_or_else(Vec::new, |trace| {
            trace.findings.iter().map(|finding| finding.title.clone()).collect()
        }),
        steps: trace.as_ref().map_or_else(Vec::new, |trace| steps(l, trace, &words)),
        more: trace.as_ref().map_or_else(Vec::new, |trace| more(l, trace)),
    };
    Ok(html(StatusCode::OK, &view))
}

/// The events of the application as a file.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    uri: Uri,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, given) = (texts(&who), query(raw)?);
    let request = given.get("request").trim();
    if request.is_empty() {
        return Ok(Redirect::to(PATH).into_response());
    }
    let allowed = Visible::of(&who.scope, &monitoring.offices.current()).allowed();
    let words = Words::load(&monitoring).await?;
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let trace = match answers.commit() {
        0 => None,
        _ => answers.trace(request, &allowed).await.map_err(broken)?,
    };
    let events = trace.ok_or(Fail::NotFound)?.events;
    let row = |row: usize| {
        let (at, offset) = (events.whole(row, "at").unwrap_or(0), events.whole(row, "offset").unwrap_or(0));
        let status = events.whole(row, "status").unwrap_or(0);
        let item = item(&events, row).map_or_else(String::new, |item| item.to_string());
        vec![
            Value::Moment(Instant(at * Instant::SECOND), clock(offset)),
            Value::Count(status),
            Value::Text(words.status(status)),
            Value::Text(process(&events, row).map_or("", Process::title).to_owned()),
            Value::Text(item),
            Value::Text(events.text(row, "mnemonic").to_owned()),
            Value::Text(events.text(row, "sender").to_owned()),
            Value::Text(events.text(row, "day").to_owned()),
            Value::Count(events.whole(row, "revision").unwrap_or(0)),
        ]
    };
    let head = [
        Column::text(l.column_moment()),
        Column::number(l.column_code()),
        Column::text(l.column_from_status()),
        Column::text(l.column_process()),
        Column::text(l.column_item()),
        Column::text(l.column_mnemonic()),
        Column::text(l.column_sender()),
        Column::text(l.column_day()),
        Column::number(l.fact_revision()),
    ];
    let rows: Vec<Vec<Value>> = (0..events.rows.len()).map(row).collect();
    let title = l.application_title(request.to_owned());
    table::file(l, table::Kind::of(&uri), ("application", &title), &head, rows)
}
