//! The calendar of completeness: which sender delivered which day. MON-12

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use otklik_kernel::CivilDay;
use otklik_ui::{Page, Section};
use otklik_web::{Fail, Form, Who, html};

use super::common::{Monitoring, Tab, TabView, day, query, texts};
use super::table::{self, Column, Value};
use crate::deliveries::completeness::{Day, Mark, days};
use crate::deliveries::store;
use crate::senders::{self, Sender};
use crate::texts::L;

const PATH: &str = "/admin/monitoring/completeness";

#[derive(Template)]
#[template(path = "monitoring/completeness.html")]
struct CalendarView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    lead: String,
    previous: String,
    next: String,
    files: Vec<(&'static str, String)>,
    head: Vec<(i32, bool)>,
    rows: Vec<Row>,
    legend: Vec<(Mark, &'static str, usize)>,
    printed: String,
}

struct Row {
    name: String,
    href: String,
    cells: Vec<Cell>,
    open: usize,
}

struct Cell {
    mark: Mark,
    sign: &'static str,
    long: String,
    href: Option<String>,
}

/// A state of a day in words.
pub(super) fn mark_text(l: L, mark: Mark) -> &'static str {
    match mark {
        Mark::Outside => l.mark_outside(),
        Mark::Awaited => l.mark_awaited(),
        Mark::Checking => l.mark_checking(),
        Mark::Delivered => l.mark_delivered(),
        Mark::Partly => l.mark_partly(),
        Mark::Late => l.mark_late(),
        Mark::Empty => l.mark_empty(),
        Mark::LateEmpty => l.mark_late_empty(),
        Mark::Rejected => l.mark_rejected(),
        Mark::Missing => l.mark_missing(),
    }
}

/// A state of a day as a sign: it can be told without colour.
const fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Outside => "",
        Mark::Awaited => "·",
        Mark::Checking => "…",
        Mark::Delivered => "●",
        Mark::Partly => "±",
        Mark::Late => "▲",
        Mark::Empty => "○",
        Mark::LateEmpty => "◊",
        Mark::Rejected => "×",
        Mark::Missing => "–",
    }
}

/// The first and the last day of the month asked for, of this one when none is.
fn month(asked: &Form, today: CivilDay) -> Result<(CivilDay, CivilDay), Fail> {
    let first = |day: CivilDay| CivilDay(day.0 / 100 * 100 + 1);
    let from = match asked.get("month") {
        "" => first(today),
        month => day(&format!("{month}-01")).ok_or(Fail::NotFound)?,
    };
    let to = first(from.plus_days(31)).plus_days(-1);
    Ok((from, to))
}

/// A month as addresses say it.
fn month_code(day: CivilDay) -> String {
    format!("{:04}-{:02}", day.0 / 10_000, day.0 / 100 % 100)
}

fn month_href(day: CivilDay) -> String {
    format!("{PATH}?month={}", month_code(day))
}

fn title(l: L, first: CivilDay) -> String {
    l.completeness_title(l.month_of(first.0 / 100 % 100).to_owned(), first.0 / 10_000)
}

/// Whether a day is a Saturday or a Sunday.
fn is_weekend(day: CivilDay) -> bool {
    // 1970-01-01 was a Thursday.
    let since = day.start_utc().0.div_euclid(otklik_kernel::Instant::DAY);
    matches!((since + 3).rem_euclid(7), 5 | 6)
}

struct Calendar {
    period: (CivilDay, CivilDay),
    senders: Vec<(Sender, Vec<Day>)>,
}

async fn calendar(monitoring: &Monitoring, who: &Who, asked: &Form) -> Result<Calendar, Fail> {
    let now = monitoring.ctx.now();
    let period = month(asked, now.day_in(&monitoring.zone(&who.scope)))?;
    let conn = monitoring.ctx.db.read();
    let found = store::between(conn, &who.scope, period.0, period.1).await?;
    let all = senders::store::all(conn, &who.scope).await?;
    let senders = all
        .into_iter()
        .map(|sender| {
            let days = days(&sender, period, &found, now);
            (sender, days)
        })
        .filter(|(_, days)| days.iter().any(|day| day.mark != Mark::Outside))
        .collect();
    Ok(Calendar { period, senders })
}

fn cell(l: L, sender: &Sender, day: &Day) -> Cell {
    Cell {
        mark: day.mark,
        sign: sign(day.mark),
        long: format!("{}, {}: {}", sender.fields.name, day.day.show(), mark_text(l, day.mark)),
        href: day.delivery.map(|id| format!("/admin/monitoring/deliveries/{id}")),
    }
}

/// How many of some days are there, and of how many that was to be.
pub(super) fn came<'a>(days: impl Iterator<Item = &'a Day>) -> (usize, usize) {
    let (mut there, mut owed) = (0, 0);
    for day in days {
        let is_there = match day.mark {
            Mark::Outside | Mark::Awaited => continue,
            Mark::Delivered | Mark::Partly | Mark::Late | Mark::Empty | Mark::LateEmpty => true,
            Mark::Checking | Mark::Rejected | Mark::Missing => false,
        };
        there += usize::from(is_there);
        owed += 1;
    }
    (there, owed)
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let calendar = calendar(&monitoring, &who, &query(raw)?).await?;
    let (from, to) = calendar.period;
    let all = calendar.senders.iter().flat_map(|(_, days)| days);
    let count = |mark: Mark| all.clone().filter(|day| day.mark == mark).count();
    let (there, owed) = came(all.clone());
    let row = |(sender, days): &(Sender, Vec<Day>)| Row {
        href: format!("/admin/monitoring/deliveries?sender={}", sender.id),
        cells: days.iter().map(|day| cell(l, sender, day)).collect(),
        open: days.iter().filter(|day| matches!(day.mark, Mark::Missing | Mark::Rejected)).count(),
        name: sender.fields.name.clone(),
    };
    let page = who.page(Section::Monitoring, title(l, from));
    let zone = monitoring.zone(&who.scope);
    let person = who.viewer.person.as_ref().map_or("", |person| person.name.as_str());
    let view = CalendarView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(Tab::Completeness.text(l)),
        l,
        tabs: Tab::Completeness.row(l),
        lead: l.completeness_lead(owed, there),
        previous: month_href(CivilDay(from.plus_days(-1).0 / 100 * 100 + 1)),
        next: month_href(to.plus_days(1)),
        files: table::files(PATH, &format!("?month={}", month_code(from))),
        head: std::iter::successors(Some(from), |day| Some(day.plus_days(1)))
            .take_while(|day| *day <= to)
            .map(|day| (day.0 % 100, is_weekend(day)))
            .collect(),
        rows: calendar.senders.iter().map(row).collect(),
        legend: Mark::ALL
            .into_iter()
            .filter(|mark| *mark != Mark::Outside)
            .map(|mark| (mark, sign(mark), count(mark)))
            .collect(),
        printed: l.printed(person.to_owned(), monitoring.ctx.now().show_exact_in(&zone)),
    };
    Ok(html(StatusCode::OK, &view))
}

impl CalendarView {
    fn mark_text(&self, mark: &Mark) -> &'static str {
        mark_text(self.l, *mark)
    }

    /// The name of a mark's look: what is late looks alike, its sign tells the rest.
    fn class(&self, mark: &Mark) -> &'static str {
        if *mark == Mark::LateEmpty { Mark::Late.code() } else { mark.code() }
    }
}

/// The same as a table to take along: a row per sender and day.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    uri: Uri,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let calendar = calendar(&monitoring, &who, &query(raw)?).await?;
    let columns = [
        (l.column_sender(), 40),
        (l.column_code(), 16),
        (l.column_day(), 12),
        (l.column_state(), 30),
        (l.column_receipt(), 24),
    ];
    let row = |(sender, day): (&Sender, &Day)| {
        vec![
            Value::text(sender.fields.name.clone()),
            Value::text(sender.fields.code.clone()),
            Value::Day(day.day),
            Value::text(mark_text(l, day.mark)),
            day.delivery.map_or(Value::Nothing, |id| Value::Text(id.to_string())),
        ]
    };
    let all = calendar.senders.iter().flat_map(|(sender, days)| days.iter().map(move |day| (sender, day)));
    let rows: Vec<Vec<Value>> = all.filter(|(_, day)| day.mark != Mark::Outside).map(row).collect();
    let name = format!("completeness-{}", month_code(calendar.period.0));
    let named = (&*name, &*title(l, calendar.period.0));
    table::file(l, table::Kind::of(&uri), named, &columns.map(Column::wide), rows)
}
