//! What happened to an application, by the moment: events, and what belongs to its fee, ratings and complaints.

use otklik_kernel::Instant;
use otklik_progress::model::{Item, Process};
use otklik_ui::When;

use super::row::{Row, joined};
use super::said::said;
use crate::answers::{Sheet, Trace};
use crate::pages::analysis::{Words, duration};
use crate::pages::table::{Column, Value};
use crate::texts::L;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Event,
    Payment,
    Rating,
    Complaint,
    /// The application itself: told by a delivery, of no moment.
    Told,
}

impl Kind {
    fn text(self, l: L) -> &'static str {
        match self {
            Self::Event => l.kind_event(),
            Self::Payment => l.kind_payment(),
            Self::Rating => l.kind_rating(),
            Self::Complaint => l.kind_complaint(),
            Self::Told => l.kind_told(),
        }
    }
}

/// A row and what it is about.
#[derive(Clone, Copy)]
struct Happened<'t> {
    kind: Kind,
    row: Row<'t>,
}

/// A line of the way as the page shows it.
pub struct Step {
    pub when: When,
    pub name: String,
    /// What the applicant wrote.
    pub comment: String,
    pub about: String,
    /// The time since the event before; empty where it isn't counted.
    pub since: String,
    pub is_planned: bool,
    /// Whether it is no event, but belongs to a fee, a rating or a complaint.
    pub is_beside: bool,
}

/// All that happened, by the moment; at equal moments events come first.
fn way(trace: &Trace) -> Vec<Happened<'_>> {
    let sheets: [(Kind, &Sheet); 4] = [
        (Kind::Event, &trace.events),
        (Kind::Payment, &trace.payments),
        (Kind::Rating, &trace.ratings),
        (Kind::Complaint, &trace.complaints),
    ];
    let of = |(kind, sheet)| Row::all(sheet).map(move |row| Happened { kind, row });
    let mut all: Vec<Happened<'_>> = sheets.into_iter().flat_map(of).collect();
    all.sort_by_key(|one| one.row.at());
    all
}

/// The way as the page shows it.
pub fn steps(l: L, trace: &Trace, words: &Words) -> Vec<Step> {
    let mut before: Option<Instant> = None;
    let step = |one: Happened<'_>| {
        let (at, is_planned) = (one.row.at(), one.is_planned(words));
        let is_beside = one.kind != Kind::Event;
        let mut since = String::new();
        if !is_planned && !is_beside {
            #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52")]
            let seconds = before.map(|before| at.since(before) as f64 / Instant::SECOND as f64);
            since = seconds.map_or_else(String::new, |seconds| duration(l, seconds));
            before = Some(at);
        }
        Step {
            when: When::new(at, &one.row.zone()),
            name: one.name(l, words),
            comment: one.row.text("comment").to_owned(),
            about: one.about(l),
            since,
            is_planned,
            is_beside,
        }
    };
    way(trace).into_iter().map(step).collect()
}

/// The columns of the file.
pub fn head(l: L) -> [Column; 14] {
    [
        Column::text(l.column_moment()),
        Column::text(l.column_kind()),
        Column::number(l.column_code()),
        Column::text(l.column_happened()),
        Column::text(l.column_process()),
        Column::text(l.column_item()),
        Column::text(l.column_mnemonic()),
        Column::text(l.column_complaint()),
        Column::number(l.kind_rating()),
        Column::text(l.column_criteria()),
        Column::text(l.column_comment()),
        Column::text(l.column_sender()),
        Column::text(l.column_day()),
        Column::number(l.fact_revision()),
    ]
}

/// The rows of the file: all that happened, then what was said of the application itself.
pub fn rows(l: L, trace: &Trace, words: &Words) -> Vec<Vec<Value>> {
    let told = Row::all(&trace.told).map(|row| Happened { kind: Kind::Told, row });
    way(trace).into_iter().chain(told).map(|one| one.cells(l, words)).collect()
}

impl Happened<'_> {
    fn is_planned(self, words: &Words) -> bool {
        self.row.whole("status").is_some_and(|status| words.rules().is_planned(status))
    }

    fn process(self) -> &'static str {
        self.row.whole("process").and_then(Process::of).map_or("", Process::title)
    }

    fn item(self) -> String {
        let item = self.row.whole("item").and_then(Item::of);
        item.map_or_else(String::new, |item| item.to_string())
    }

    /// What it was, in words.
    fn name(self, l: L, words: &Words) -> String {
        let event = || self.row.whole("event").unwrap_or(0);
        match self.kind {
            Kind::Event => self.row.whole("status").map_or_else(String::new, |code| words.status(code)),
            Kind::Payment => payment(l, event()),
            Kind::Rating => self.mark(l),
            Kind::Complaint => complaint(l, event()),
            Kind::Told => {
                let parts = said(l, self.row, words).into_iter().filter(|(_, value)| !value.is_empty());
                joined(parts.map(|(name, value)| format!("{name}: {value}")), "; ")
            }
        }
    }

    /// The mark as it was given, with the scale that was agreed with its sender.
    fn mark(self, l: L) -> String {
        let whole = |column| self.row.whole::<i64>(column);
        let mark = whole("mark").unwrap_or(0);
        match whole("mark_least").zip(whole("mark_most")) {
            Some((least, most)) => l.rated_of(least, mark, most),
            None => l.rated(mark),
        }
    }

    /// The criteria that were rated, some with marks of their own (MON-7).
    fn criteria(self) -> String {
        let of = |part: &str| match part.split_once('=') {
            Some((criterion, mark)) => format!("{}: {}", criterion.trim(), mark.trim()),
            None => part.trim().to_owned(),
        };
        joined(self.row.text("criteria").split('|').map(of), ", ")
    }

    /// More about it, and who told it.
    fn about(self, l: L) -> String {
        let given = |text: String, words: &dyn Fn(String) -> String| match text.is_empty() {
            true => text,
            false => words(text),
        };
        let parts = [
            if self.kind == Kind::Payment { self.kind.text(l).to_owned() } else { String::new() },
            self.process().to_owned(),
            given(self.item(), &|item| l.item(item)),
            self.row.text("mnemonic").to_owned(),
            given(self.row.text("complaint").to_owned(), &|number| l.complaint_number(number)),
            given(self.criteria(), &|criteria| l.criteria(criteria)),
            l.told_by(self.row.text("sender").to_owned()),
        ];
        joined(parts, " · ")
    }

    /// As a row of the file.
    fn cells(self, l: L, words: &Words) -> Vec<Value> {
        let text = |column| Value::text(self.row.text(column));
        let count = |column| self.row.whole(column).map_or(Value::Nothing, Value::Count);
        let (moment, mnemonic) = match self.kind {
            // Whatever it says is said in words.
            Kind::Told => (Value::Nothing, Value::Nothing),
            _ => (Value::Moment(self.row.at(), self.row.zone()), text("mnemonic")),
        };
        vec![
            moment,
            Value::text(self.kind.text(l)),
            count("status"),
            Value::Text(self.name(l, words)),
            Value::text(self.process()),
            Value::Text(self.item()),
            mnemonic,
            text("complaint"),
            count("mark"),
            Value::Text(self.criteria()),
            text("comment"),
            text("sender"),
            text("day"),
            count("revision"),
        ]
    }
}

/// What happened to a fee, by the event's number in the order of the source.
fn payment(l: L, event: i64) -> String {
    let known = match event {
        1 => l.payment_1(),
        2 => l.payment_2(),
        3 => l.payment_3(),
        4 => l.payment_4(),
        5 => l.payment_5(),
        other => return other.to_string(),
    };
    known.to_owned()
}

/// What happened to a complaint, by the event's number in the order of the source.
fn complaint(l: L, event: i64) -> String {
    let known = match event {
        1 => l.complaint_1(),
        2 => l.complaint_2(),
        3 => l.complaint_3(),
        4 => l.complaint_4(),
        other => return other.to_string(),
    };
    known.to_owned()
}
