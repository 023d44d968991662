//! The figures of the page, each made of one or two answers.

mod counts;
mod people;
mod times;

use otklik_lake::Result;
use otklik_ui::charts::{Step, Strip, Trend};

pub(in crate::pages) use counts::stage;

use super::days::with_quiet_days;
use super::figure::{Bar, Drawing, Figure};
use super::{Asked, PATH, Words, by_text, percent};
use crate::answers::{Answers, Ask, By, Cell, Sheet};
use crate::pages::applications;
use crate::pages::table::{Column, Value, interval, ratio};
use crate::texts::L;

/// Every figure, in the order of the page.
pub const ALL: [&str; 12] = [
    "dynamics",
    "durations",
    "norm",
    "bottlenecks",
    "between",
    "waiting",
    "refusals",
    "interagency",
    "order",
    "digital",
    "people",
    "criteria",
];
/// Bars drawn; the table has all rows.
const DRAWN: usize = 10;

/// What a figure is made from.
struct Maker<'a> {
    l: L,
    answers: &'a Answers,
    asked: &'a Asked,
    words: &'a Words,
}

/// Makes a figure; nothing when the data have nothing to say.
pub async fn make(
    code: &'static str,
    l: L,
    answers: &Answers,
    asked: &Asked,
    words: &Words,
) -> Result<Option<Figure>> {
    let maker = Maker { l, answers, asked, words };
    match code {
        "dynamics" => maker.dynamics().await,
        "durations" => maker.durations().await,
        "norm" => maker.norm().await,
        "bottlenecks" => maker.bottlenecks().await,
        "between" => maker.between().await,
        "waiting" => maker.waiting().await,
        "refusals" => maker.refusals().await,
        "interagency" => maker.interagency().await,
        "order" => maker.order_broken().await,
        "digital" => maker.digital().await,
        "people" => maker.people().await,
        _ => maker.criteria().await,
    }
}

fn real(sheet: &Sheet, row: usize, column: &str) -> Option<f64> {
    sheet.get(row, column).and_then(Cell::number)
}

fn whole(sheet: &Sheet, row: usize, column: &str) -> i64 {
    sheet.whole(row, column).unwrap_or(0)
}

fn count(n: i64) -> String {
    Value::Count(n).words(L::default())
}

fn seconds(sheet: &Sheet, row: usize, column: &str) -> Value {
    Value::seconds(real(sheet, row, column))
}

/// Sentences of an answer, of those that there is something to say in.
fn sentences<const N: usize>(all: [Option<String>; N]) -> String {
    all.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A share on an axis.
fn on_axis(share: f64) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}

const fn is_time(by: By) -> bool {
    matches!(by, By::Month | By::Day)
}

/// What a row of a figure is about.
struct Key {
    name: String,
    code: String,
    /// The code as it stands beside the name: of a body, whose name others may have too.
    shown: String,
    href: Option<String>,
}

impl Key {
    /// The first cell of a row.
    fn cell(self) -> Value {
        match self.href {
            Some(href) => Value::Link { text: self.name, href, code: self.shown },
            None => Value::Text(self.name),
        }
    }
}

/// A row of a figure as it is drawn: the value and an interval in one unit.
struct Shown {
    key: Key,
    value: f64,
    interval: Option<(f64, f64)>,
    text: String,
    more: String,
    is_problem: bool,
}

/// How rows are drawn.
struct Scale<'a> {
    by: By,
    /// A value to compare with.
    line: Option<f64>,
    /// The end of the axis, where it isn't the largest value.
    top: Option<f64>,
    /// Words for a value on the axis.
    mark: &'a dyn Fn(f64) -> String,
}

impl Maker<'_> {
    /// The question, broken down by one thing; a variant is known by its service too.
    fn ask(&self, by: By) -> Ask {
        self.asked.ask(keys(by))
    }

    fn key(&self, sheet: &Sheet, row: usize, by: By) -> Key {
        let code = sheet.text(row, by.word()).to_owned();
        let service = sheet.text(row, "service");
        let name = match by {
            By::Service => self.words.service(&code),
            By::Variant if self.asked.service.is_empty() => self.variant(service, &code),
            By::Variant => self.words.variant(service, &code),
            By::Body => self.words.body(&code),
            By::Region => self.words.region(&code),
            By::Month if self.is_partly(&code) => self.l.partly(code.clone()),
            _ => code.clone(),
        };
        let name = if name.is_empty() { self.l.not_said().to_owned() } else { name };
        let mut changes = vec![("by", ""), (by.word(), code.as_str())];
        if by == By::Variant {
            changes.push(("service", service));
        }
        // A body that stands in no tree is none to choose.
        let is_choice = !code.is_empty() && (by != By::Body || self.words.has_body(&code));
        let href = (!is_time(by) && is_choice).then(|| self.asked.address(PATH, &changes));
        let shown = if by == By::Body && name != code { code.clone() } else { String::new() };
        Key { name, href, shown, code: if by == By::Variant { format!("{service}/{code}") } else { code } }
    }

    fn variant(&self, service: &str, variant: &str) -> String {
        match variant {
            "" => self.words.service(service),
            variant => self.words.variant(service, variant),
        }
    }

    /// Whether the period has only a part of a month.
    fn is_partly(&self, month: &str) -> bool {
        let has = |day: String| day.starts_with(month);
        let (before, after) = (self.asked.from.plus_days(-1), self.asked.to.plus_days(1));
        has(before.to_string()) || has(after.to_string())
    }

    /// Rows in the order of a figure: by time, or by a number, the largest first.
    fn order(&self, sheet: &Sheet, by: By, column: &str) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..sheet.rows.len()).collect();
        if is_time(by) {
            return rows;
        }
        rows.sort_by(|&one, &other| {
            let value = |row| real(sheet, row, column).unwrap_or(f64::MIN);
            value(other).total_cmp(&value(one))
        });
        rows
    }

    /// Bars, or a line over time.
    fn draw(&self, shown: Vec<Shown>, scale: &Scale<'_>) -> Drawing {
        let largest = shown.iter().map(|one| one.interval.map_or(one.value, |(_, high)| high));
        let top = scale.top.unwrap_or_else(|| largest.fold(f64::MIN_POSITIVE, f64::max));
        if is_time(scale.by) {
            return Drawing::Trend(self.trend(shown, top, scale));
        }
        let bar = |one: Shown| {
            let strip = Strip {
                bar: Some((0.0, (one.value / top).clamp(0.0, 1.0))),
                interval: one.interval.map(|(low, high)| (low / top, high / top)),
                line: scale.line.map(|line| line / top),
                is_problem: one.is_problem,
                ..Strip::default()
            };
            let Key { name, href, .. } = one.key;
            Bar { label: name, href, value: one.text, more: one.more, strip }
        };
        Drawing::Bars(shown.into_iter().take(DRAWN).map(bar).collect())
    }

    fn trend(&self, mut shown: Vec<Shown>, top: f64, scale: &Scale<'_>) -> Trend {
        shown.sort_by(|one, other| one.key.code.cmp(&other.key.code));
        let last = shown.last().map_or_else(String::new, |one| one.text.clone());
        let names = shown.iter().map(|one| one.key.code.clone()).collect();
        let step = |(code, row): (String, Option<usize>)| {
            let short = match scale.by {
                By::Day => format!("{}.{}", &code[8..], &code[5..7]),
                _ => code,
            };
            let Some(one) = row.map(|row| &shown[row]) else {
                return Step {
                    long: self.l.dynamics_step(short.clone(), "—".to_owned()),
                    short,
                    value: None,
                };
            };
            let name = if scale.by == By::Month { one.key.name.clone() } else { short.clone() };
            let (low, high) = one.interval.unwrap_or((one.value, one.value));
            let long = self.l.dynamics_step(name, one.text.clone());
            Step { long, short, value: Some((one.value, low, high)) }
        };
        let steps = with_quiet_days(names, scale.by).into_iter().map(step).collect();
        let marks = [0.5, 1.0].map(|share| (top * share, (scale.mark)(top * share)));
        Trend { steps, top: top * 1.08, marks: marks.into(), breaks: Vec::new(), last }
    }

    /// The first column of a figure that is broken down.
    fn by_column(&self, by: By) -> Column {
        Column::text(by_text(self.l, by))
    }

    /// What a figure with rows of its own is broken down by too.
    fn also(&self) -> (Vec<By>, Vec<Column>) {
        match self.asked.by {
            Some(by) => (keys(by).to_vec(), vec![self.by_column(by)]),
            None => (Vec::new(), Vec::new()),
        }
    }

    /// The first cells of such a figure.
    fn own(&self, sheet: &Sheet, row: usize) -> Vec<Value> {
        self.asked.by.map(|by| self.key(sheet, row, by).cell()).into_iter().collect()
    }

    /// Where applications behind a figure are listed.
    fn list(&self, changes: &[(&str, &str)]) -> String {
        let mut all = vec![("by", ""), ("from_status", ""), ("to_status", "")];
        all.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        all.extend(changes);
        self.asked.address(applications::PATH, &all)
    }

    /// The note of a figure: that what is asked for stands in its table alone, and how exact it is.
    fn note(&self, note: &str, is_exact: bool, is_own: bool) -> String {
        let mut parts = vec![note];
        parts.extend((is_own && self.asked.by.is_some()).then(|| self.l.compared_in_table()));
        parts.extend((!is_exact).then(|| self.l.within_one_percent()));
        parts.join(" ")
    }

    /// A row of a figure of durations: what it is about, how many, spans.
    fn spans<const N: usize>(&self, sheet: &Sheet, row: usize, by: By, columns: [&str; N]) -> Vec<Value> {
        let mut cells = vec![self.key(sheet, row, by).cell(), Value::Count(whole(sheet, row, "n"))];
        cells.extend(columns.map(|column| seconds(sheet, row, column)));
        cells
    }

    /// Rows of a figure of shares as they are drawn, and in its table: of how many, how many, the share.
    fn shares(
        &self,
        sheet: &Sheet,
        order: &[usize],
        by: By,
        (part, of): (&str, &str),
        is_problem: impl Fn(f64) -> bool,
    ) -> (Vec<Shown>, Vec<Vec<Value>>) {
        let counts = |row| (whole(sheet, row, part), whole(sheet, row, of));
        let shown = |&row: &usize| {
            let (part, of) = counts(row);
            let value = ratio(part, of)?;
            Some(Shown {
                key: self.key(sheet, row, by),
                value,
                interval: interval(part, of),
                text: percent(value),
                more: self.l.of_n(count(of)),
                is_problem: is_problem(value),
            })
        };
        let cells = |&row: &usize| {
            let (part, of) = counts(row);
            let name = self.key(sheet, row, by).cell();
            vec![name, Value::Count(of), Value::Count(part), Value::Share(part, of)]
        };
        (order.iter().filter_map(shown).collect(), order.iter().map(cells).collect())
    }

    fn n_applications(&self, n: i64) -> String {
        self.l.n_applications(n, count(n))
    }
}

const fn keys(by: By) -> &'static [By] {
    match by {
        By::Service => &[By::Service],
        By::Variant => &[By::Service, By::Variant],
        By::Region => &[By::Region],
        By::Body => &[By::Body],
        By::Channel => &[By::Channel],
        By::Month => &[By::Month],
        By::Day => &[By::Day],
    }
}
