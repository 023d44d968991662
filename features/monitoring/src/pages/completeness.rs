//! The calendar of completeness: which sender delivered which day. MON-12

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use otklik_kernel::CivilDay;
use otklik_ui::{Page, Section};
use otklik_web::{Fail, Form, Who, html};

use super::common::{Monitoring, Tab, TabView, day, query, texts};
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
    download: String,
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
        Mark::Rejected => l.mark_rejected(),
        Mark::LateEmpty => l.mark_late_empty(),
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
        Mark::Rejected => "×",
        Mark::LateEmpty => "△",
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

fn month_href(first: CivilDay) -> String {
    format!("{PATH}?month={:04}-{:02}", first.0 / 10_000, first.0 / 100 % 100)
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
    let owed = all.clone().filter(|day| !matches!(day.mark, Mark::Outside | Mark::Awaited)).count();
    let there = [Mark::Delivered, Mark::Partly, Mark::Late, Mark::Empty, Mark::LateEmpty];
    let there = there.map(count).iter().sum::<usize>();
    let row = |(sender, days): &(Sender, Vec<Day>)| Row {
        href: format!("/admin/monitoring/deliveries?sender={}", sender.id),
        cells: days.iter().map(|day| cell(l, sender, day)).collect(),
        open: days.iter().filter(|day| matches!(day.mark, Mark::Missing | Mark::Rejected)).count(),
        name: sender.fields.name.clone(),
    };
    let title = l.completeness_title(l.month_of(from.0 / 100 % 100).to_owned(), from.0 / 10_000);
    let page = who.page(Section::Monitoring, title.clone());
    let zone = monitoring.zone(&who.scope);
    let person = who.viewer.person.as_ref().map_or("", |person| person.name.as_str());
    let view = CalendarView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(Tab::Completeness.text(l)),
        l,
        tabs: Tab::Completeness.row(l),
        lead: l.completeness_lead(owed, there),
        previous: month_href(CivilDay(from.plus_days(-1).0 / 100 * 100 + 1)),
        next: month_href(to.plus_days(1)),
        download: format!("{PATH}.csv?month={:04}-{:02}", from.0 / 10_000, from.0 / 100 % 100),
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
}

/// The same as a table: a row per sender and day.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);

    /// The name of a mark's look: what is late looks alike, its sign tells the rest.
    fn class(&self, mark: &Mark) -> &'static str {
        if *mark == Mark::LateEmpty { Mark::Late.code() } else { mark.code() }
    }
    let calendar = calendar(&monitoring, &who, &query(raw)?).await?;
    let mut out = b"\xEF\xBB\xBF".to_vec();
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(&mut out);
    let failed = |error: csv::Error| Fail::Internal(format!("completeness.csv: {error}"));
    writer
        .write_record([
            l.column_sender(),
            l.column_code(),
            l.column_day(),
            l.column_state(),
            l.column_receipt(),
        ])
        .map_err(failed)?;
    for (sender, days) in &calendar.senders {
        for day in days.iter().filter(|day| day.mark != Mark::Outside) {
            let receipt = day.delivery.map_or_else(String::new, |id| id.to_string());
            let fields = &sender.fields;
            let row = [&*fields.name, &*fields.code, &day.day.show(), mark_text(l, day.mark), &receipt];
            writer.write_record(row).map_err(failed)?;
        }
    }
    writer.flush().map_err(|error| Fail::Internal(error.to_string()))?;
    drop(writer);
    let name = format!("attachment; filename=\"completeness-{}.csv\"", calendar.period.0);
    Ok((
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)],
        out,
    )
        .into_response())
}
