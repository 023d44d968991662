//! Marking a day of an office as looked through (QR-12), and taking the mark off: undo instead of a confirmation.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use otklik_access::Permission;
use otklik_db::DbErr;
use otklik_journal::{Actor, NewEntry, append};
use otklik_kernel::{CivilDay, Id};
use otklik_ui::{When, thousands};
use otklik_web::{Fail, Form, Trace, Who};
use serde_json::json;

use super::{Pages, rows};
use crate::days::{Day, Mark, REMINDED};
use crate::store::{Filter, days as store};
use crate::texts::L;

/// A day that one may mark, in a line of its own.
#[derive(Template)]
#[template(path = "responses/day.html")]
pub struct DayLine {
    pub csrf: String,
    pub l: L,
    pub body: Id,
    pub day: CivilDay,
    /// How many negative responses are shown beside the button.
    pub negative: i64,
    /// The newest response that the page knew.
    pub newest: Id,
    /// The page to come back to.
    pub back: &'static str,
    /// The list of this day; empty on that list itself.
    pub href: String,
    pub title: String,
    pub text: String,
    /// When it was looked through; it can be taken back.
    pub looked: Option<When>,
}

impl DayLine {
    fn new(pages: &Pages, who: &Who, day: &Day, newest: Id, back: &'static str) -> Self {
        let l = L(who.viewer.lang);
        let offices = pages.offices.current();
        let (name, zone) = rows::office(&offices, day.body);
        let code = offices.get(day.body).map_or("", |office| office.code.as_str());
        let person = who.caller.person();
        let mark = day.marks.iter().find(|mark| mark.person == person);
        let n = |n: i64| thousands(n.unsigned_abs());
        let text = match (mark, day.is_looked_by(person)) {
            (Some(_), false) => l.day_reopened(n(day.negative)),
            _ if day.negative == 0 => l.day_received(n(day.all)),
            _ => l.day_received_negative(n(day.all), n(day.negative)),
        };
        Self {
            csrf: who.csrf.clone(),
            l,
            body: day.body,
            day: day.day,
            negative: day.negative,
            newest,
            back,
            href: if back == "list" { String::new() } else { list_href(code, day.day) },
            title: l.day_title(day.day.show(), name),
            text,
            looked: mark.filter(|_| day.is_looked_by(person)).map(|mark| When::new(mark.at, &zone)),
        }
    }
}

fn list_href(code: &str, day: CivilDay) -> String {
    format!("/admin/responses?body={code}&from={day}&to={day}")
}

/// The days, up to today, that this person has not looked through, the newest first.
pub async fn waiting(pages: &Pages, who: &Who) -> Result<Vec<DayLine>, DbErr> {
    let mut lines = Vec::new();
    for office in pages.watchers.offices(who).await? {
        let today = today(pages, office).await?;
        let scope = who.caller.scope(Permission::HandleResponses);
        let from = today.plus_days(1 - REMINDED);
        let conn = pages.ctx.db.read();
        let mut days = store::received(conn, &scope, Some(&[office]), from, today).await?;
        days.retain(|day| !day.is_looked_by(who.caller.person()));
        let Some(first) = days.last().map(|day| day.day) else { continue };
        let newest = store::newest(conn, &scope, office, first, today).await?;
        let of = |day: &Day| newest.get(&day.day).copied().unwrap_or_default();
        lines.extend(days.iter().map(|day| DayLine::new(pages, who, day, of(day), "today")));
    }
    Ok(lines)
}

/// The line above a list of nothing but one day of one office, for who must look it through.
pub async fn above_list(pages: &Pages, who: &Who, filter: &Filter) -> Result<Option<DayLine>, DbErr> {
    let (Some(office), Some(day)) = (filter.under, filter.from) else { return Ok(None) };
    let plain = Filter { under: Some(office), from: Some(day), to: Some(day), ..Filter::default() };
    if *filter != plain
        || day > today(pages, office).await?
        || !pages.watchers.offices(who).await?.contains(&office)
    {
        return Ok(None);
    }
    let scope = who.caller.scope(Permission::HandleResponses);
    let found = store::of_office(pages.ctx.db.read(), &scope, office, day).await?;
    let newest = store::newest(pages.ctx.db.read(), &scope, office, day, day).await?;
    Ok(newest.get(&day).map(|&newest| DayLine::new(pages, who, &found, newest, "list")))
}

/// The line that says what was just marked, with its undo.
pub async fn marked(pages: &Pages, who: &Who, done: &Form) -> Result<Option<DayLine>, DbErr> {
    let (Ok(office), Some(day)) = (done.get("body").parse(), CivilDay::parse(done.get("day"))) else {
        return Ok(None);
    };
    if done.get("done") != "day" || !pages.watchers.offices(who).await?.contains(&office) {
        return Ok(None);
    }
    let scope = who.caller.scope(Permission::HandleResponses);
    let found = store::of_office(pages.ctx.db.read(), &scope, office, day).await?;
    Ok(Some(DayLine::new(pages, who, &found, 0, "today")).filter(|line| line.looked.is_some()))
}

async fn today(pages: &Pages, office: Id) -> Result<CivilDay, DbErr> {
    let offices = pages.offices([office]).await?;
    Ok(pages.ctx.now().day_in(&rows::office(&offices, office).1))
}

/// Marks a day as looked through: what the page showed of it, with each response of it that nobody has looked through
/// yet. Pressed again it changes nothing.
pub async fn look(State(pages): State<Pages>, who: Who, trace: Trace, form: Form) -> Result<Response, Fail> {
    let Some(day) = asked(&pages, &who, &form).await? else { return Ok(refused()) };
    // What came while the page stood open has not been seen.
    let shown = form.get("negative").parse().map_or(0, |shown: i64| shown.clamp(0, day.negative));
    let newest = form.get("newest").parse().unwrap_or_default();
    let person = who.caller.person();
    let tx = pages.ctx.db.begin().await?;
    let by = (pages.ctx.now(), who.caller.name());
    let (at, responses) = store::look(&tx, day.body, day.day, newest, by).await?;
    // Read after the change, which waits for another press on its way.
    let marks = store::of_office(&tx, &who.scope, day.body, day.day).await?.marks;
    let before = marks.iter().find(|mark| mark.person == person);
    if responses > 0 || before.is_none_or(|mark| mark.negative < shown) {
        store::set(&tx, day.body, day.day, Mark { person, at, negative: shown }).await?;
        write(&pages, &who, &trace, &tx, &day, Change { looked: true, responses }).await?;
    }
    tx.commit().await?;
    let query = format!("done=day&body={}&day={}", day.body, day.day);
    Ok(back(&pages, &form, &day, &query))
}

/// Takes one's mark off a day, and off the responses that got it with the day.
pub async fn undo(State(pages): State<Pages>, who: Who, trace: Trace, form: Form) -> Result<Response, Fail> {
    let Some(day) = asked(&pages, &who, &form).await? else { return Ok(refused()) };
    let tx = pages.ctx.db.begin().await?;
    if let Some(at) = store::remove(&tx, day.body, day.day, who.caller.person()).await? {
        let responses = store::unlook(&tx, day.body, day.day, at).await?;
        write(&pages, &who, &trace, &tx, &day, Change { looked: false, responses }).await?;
    }
    tx.commit().await?;
    Ok(back(&pages, &form, &day, "done=day-undone"))
}

/// What a press changed.
#[derive(Clone, Copy)]
struct Change {
    looked: bool,
    /// How many responses changed with the day.
    responses: u64,
}

/// The day that the form names: with responses, not ahead, of an office that this person must look through; they may
/// have ceased to be its recipient while the page stood open.
async fn asked(pages: &Pages, who: &Who, form: &Form) -> Result<Option<Day>, Fail> {
    let (Ok(office), Some(day)) = (form.get("body").parse(), CivilDay::parse(form.get("day"))) else {
        return Ok(None);
    };
    let is_theirs = pages.watchers.offices(who).await?.contains(&office);
    if !is_theirs || day > today(pages, office).await? {
        return Ok(None);
    }
    let day = store::of_office(pages.ctx.db.read(), &who.scope, office, day).await?;
    Ok(Some(day).filter(|day| day.all > 0))
}

fn refused() -> Response {
    Redirect::to("/admin/?done=day-refused").into_response()
}

fn back(pages: &Pages, form: &Form, day: &Day, query: &str) -> Response {
    let offices = pages.offices.current();
    let code = offices.get(day.body).map_or("", |office| office.code.as_str());
    let to = match form.get("back") {
        "list" => list_href(code, day.day),
        _ => format!("/admin/?{query}"),
    };
    Redirect::to(&to).into_response()
}

async fn write(
    pages: &Pages,
    who: &Who,
    trace: &Trace,
    tx: &otklik_db::Tx,
    day: &Day,
    change: Change,
) -> Result<(), DbErr> {
    let entry = NewEntry {
        actor: Actor::Person { id: who.caller.person(), login: who.caller.login() },
        action: if change.looked { "responses.look_day" } else { "responses.undo_day" },
        subject: Some(("body", day.body)),
        body: Some(day.body),
        trace: &trace.0,
        before: None,
        after: Some(json!({
            "day": day.day.to_string(), "looked": change.looked, "responses": change.responses,
        })),
    };
    append(tx, entry, pages.ctx.now(), &pages.ctx.ids, &*pages.ctx.random).await?;
    otklik_web::live::changed(tx, &[day.body]).await
}
