//! The applications behind a figure, one by one. MON-13

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use otklik_kernel::{Instant, Zone};
use otklik_ui::{Page, Pager, Section, When};
use otklik_web::{Fail, Form, Who, html};

use super::analysis::{self, Asked, FilterView, Question, Words, broken, failed, filter, stage};
use super::application;
use super::common::{Monitoring, Tab, TabView, encode, texts, when};
use super::table::{self, Column, Value};
use crate::answers::{Between, Cell, Sheet, Wanted, Which};
use crate::texts::L;

pub(super) const PATH: &str = "/admin/monitoring/applications";

/// Rows of a page.
const ROWS: u64 = 50;
/// Rows of a file.
const IN_FILE: u64 = 100_000;

#[derive(Template)]
#[template(path = "monitoring/applications.html")]
struct ApplicationsView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    filter: FilterView,
    lead: String,
    /// What the value of a row is; empty without one.
    value: &'static str,
    rows: Vec<Row>,
    pager: Pager,
    files: Vec<(&'static str, String)>,
    /// What there is to know of the rows.
    notes: Vec<String>,
}

struct Row {
    href: String,
    request: String,
    service: String,
    body: String,
    began: Option<When>,
    status: String,
    value: String,
}

/// What is listed, as its address says it.
struct Listed {
    which: Which,
    title: String,
    /// What the value is; empty without one.
    value: &'static str,
    /// Fields of the address beside the filter.
    fields: Vec<(&'static str, String)>,
}

impl Listed {
    /// Reads the address; nothing when no such list exists.
    fn read(l: L, given: &Form, asked: &Asked, words: &Words) -> Option<Self> {
        let what = if given.get("what").is_empty() { "began" } else { given.get("what") };
        let own = |of: &str, name: &str| (what == of).then(|| given.get(name));
        // The filter keeps two statuses in every address.
        let pair = asked.pair.0.zip(asked.pair.1).filter(|_| ["step", "between"].contains(&what));
        let wanted = Wanted {
            what,
            stage: own("stage", "stage"),
            rule: own("rule", "rule").and_then(|rule| rule.parse().ok()),
            mnemonic: own("exchange", "mnemonic"),
            pair: pair.and_then(|(from, to)| Between::of(from, to).ok()),
        };
        let which = Which::find(&wanted).ok()?;
        let status = |code: i16| words.status(i64::from(code));
        let (title, value) = match &which {
            Which::Began => (l.list_began().to_owned(), l.value_total()),
            Which::Ended => (l.list_ended().to_owned(), l.value_total()),
            Which::Overdue => (l.list_overdue().to_owned(), l.value_total()),
            Which::Waited => (l.list_waited().to_owned(), l.value_waited()),
            Which::Failed => (l.list_failed().to_owned(), l.value_answered()),
            Which::Complained => (l.list_complained().to_owned(), ""),
            Which::Rated => (l.list_rated().to_owned(), l.value_mark()),
            Which::Stage(name) => (l.list_stage(stage(l, name).to_owned()), l.value_total()),
            Which::Rule(rule) => (words.rules().rule(*rule)?.title.clone(), ""),
            Which::Exchange(of) if of.is_empty() => {
                (l.list_exchange(l.not_said().to_owned()), l.value_answered())
            }
            Which::Exchange(of) => (l.list_exchange(of.clone()), l.value_answered()),
            Which::Step(from, to) => (l.list_step(status(*from), status(*to)), l.value_step()),
            Which::Between(from, to) => (l.list_step(status(*from), status(*to)), l.value_between()),
        };
        let own = match which {
            Which::Stage(_) => Some("stage"),
            Which::Rule(_) => Some("rule"),
            Which::Exchange(_) => Some("mnemonic"),
            _ => None,
        };
        let own = own.map(|name| (name, given.get(name).to_owned()));
        let fields = std::iter::once(("what", what.to_owned())).chain(own).collect();
        Some(Self { which, title, value, fields })
    }

    fn changes(&self) -> Vec<(&'static str, &str)> {
        let own = self.fields.iter().map(|(name, value)| (*name, value.as_str()));
        std::iter::once(("by", "")).chain(own).collect()
    }

    fn cell(&self, sheet: &Sheet, row: usize) -> Value {
        let number = sheet.get(row, "value").and_then(Cell::number);
        match (&self.which, number) {
            (_, None) => Value::Nothing,
            (Which::Rated, Some(mark)) => Value::Mean(mark),
            (_, Some(seconds)) => Value::Seconds(seconds),
        }
    }
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let question = Question::read(&monitoring, &who, raw).await?;
    page(&monitoring, &who, &question).await
}

async fn page(monitoring: &Monitoring, who: &Who, question: &Question) -> Result<Response, Fail> {
    let (l, Question { given, words, asked }) = (texts(who), question);
    let listed = Listed::read(l, given, asked, words).ok_or(Fail::NotFound)?;
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let (ask, allowed, which) = (asked.ask(&[]), &asked.allowed, &listed.which);
    let has_data = answers.commit() > 0 && asked.errors.is_empty();
    let total = match has_data {
        true => answers.listed(&ask, allowed, which).await.map_err(broken)?,
        false => 0,
    };
    let address = asked.address("", &listed.changes());
    let number = given.get("page").parse().unwrap_or(1);
    let pager = Pager::new(number, ROWS, total, address.trim_start_matches('?'));
    let sheet = match total {
        0 => Sheet::default(),
        _ => answers.list(&ask, allowed, which, (ROWS, (pager.page - 1) * ROWS)).await.map_err(broken)?,
    };
    let clock = clock(monitoring, who);
    let row = |row: usize| {
        let request = sheet.text(row, "request").to_owned();
        Row {
            href: format!("{}?{}", application::PATH, encode([("request", request.as_str())])),
            request,
            service: words.service(sheet.text(row, "service")),
            body: words.body(sheet.text(row, "body")),
            began: sheet
                .whole(row, "began")
                .map(|at| when(Instant(at * Instant::SECOND), &clock(&sheet, row))),
            status: sheet.whole(row, "last_status").map_or_else(String::new, |code| words.status(code)),
            value: listed.cell(&sheet, row).words(l),
        }
    };
    let page = who.page(Section::Monitoring, listed.title.clone());
    let mut filter = filter(monitoring, who, asked, words, PATH).await?;
    filter.kept = listed.fields.clone();
    filter.kept.extend(asked.fields().into_iter().filter(|(name, _)| name.ends_with("_status")));
    filter.presets = asked.presets(l, PATH, &listed.changes());
    filter.bodies_meant = asked.bodies_meant(PATH, &listed.changes());
    let view = ApplicationsView {
        page: page
            .crumb(l.section(), Tab::Overview.href())
            .crumb(Tab::Analysis.text(l), asked.address(analysis::PATH, &[]))
            .here(l.applications_here()),
        l,
        tabs: Tab::Analysis.row(l),
        filter,
        lead: asked.lead(l, words),
        value: listed.value,
        rows: (0..sheet.rows.len()).map(row).collect(),
        pager,
        files: table::files(PATH, &address),
        notes: [
            which.is_of_events().then(|| l.list_of_events().to_owned()),
            (total > IN_FILE).then(|| l.file_cut(Value::Count(IN_FILE.cast_signed()).words(l))),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    Ok(html(asked.status(), &view))
}

/// The clock of a row's body, by which its days are counted; that of the scope for a body that stands in no tree.
fn clock(monitoring: &Monitoring, who: &Who) -> impl Fn(&Sheet, usize) -> Zone {
    let (offices, zone) = (monitoring.offices.current(), monitoring.zone(&who.scope));
    move |sheet, row| offices.find(sheet.text(row, "body")).map_or(&zone, |office| &office.zone).clone()
}

/// The list as a file; the page with its mistakes instead when what is asked for can't be understood.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    uri: Uri,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let question = Question::read(&monitoring, &who, raw).await?;
    if !question.asked.errors.is_empty() {
        return page(&monitoring, &who, &question).await;
    }
    let Question { given, words, asked } = &question;
    let listed = Listed::read(l, given, asked, words).ok_or(Fail::NotFound)?;
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let sheet = match answers.commit() {
        0 => Sheet::default(),
        _ => {
            let (ask, allowed) = (asked.ask(&[]), &asked.allowed);
            answers.list(&ask, allowed, &listed.which, (IN_FILE, 0)).await.map_err(broken)?
        }
    };
    let clock = clock(&monitoring, &who);
    let row = |row: usize| {
        let began = sheet.whole(row, "began").map(|at| Instant(at * Instant::SECOND));
        let mut cells = vec![
            Value::text(sheet.text(row, "request").to_owned()),
            Value::text(words.service(sheet.text(row, "service"))),
            Value::text(words.variant(sheet.text(row, "service"), sheet.text(row, "variant"))),
            Value::text(words.region(sheet.text(row, "region"))),
            Value::text(words.body(sheet.text(row, "body"))),
            Value::text(sheet.text(row, "channel").to_owned()),
            began.map_or(Value::Nothing, |at| Value::Moment(at, clock(&sheet, row))),
            Value::text(sheet.whole(row, "last_status").map_or_else(String::new, |code| words.status(code))),
        ];
        if !listed.value.is_empty() {
            cells.push(listed.cell(&sheet, row));
        }
        cells
    };
    let mut head: Vec<Column> = [
        l.application_number(),
        l.fact_service(),
        l.fact_variant(),
        l.fact_region(),
        l.column_body(),
        l.fact_channel(),
        l.column_began_at(),
        l.fact_status(),
    ]
    .map(Column::text)
    .into();
    if !listed.value.is_empty() {
        head.push(if listed.which == Which::Rated {
            Column::number(listed.value)
        } else {
            Column::time(listed.value)
        });
    }
    let rows: Vec<Vec<Value>> = (0..sheet.rows.len()).map(row).collect();
    table::file(l, table::Kind::of(&uri), ("applications", &listed.title), &head, rows)
}
