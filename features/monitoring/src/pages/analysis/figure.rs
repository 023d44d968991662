//! A figure: a question, its answer in words, a drawing, the same as a table.

use askama::Template;
use otklik_ui::Choice;
use otklik_ui::charts::{Strip, Trend};

use crate::pages::table::{Column, Value};
use crate::texts::L;

/// A row of bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// Where more about it is.
    pub href: Option<String>,
    /// Its value in words.
    pub value: String,
    /// More about it, smaller.
    pub more: String,
    /// The bar.
    pub strip: Strip,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawing {
    /// Bars one under another.
    Bars(Vec<Bar>),
    /// A line over time.
    Trend(Trend),
    /// Words where there is nothing to draw.
    Nothing(String),
}

/// What is to be chosen for a figure: two statuses, with what else the address says.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Fields that stay.
    pub kept: Vec<(&'static str, String)>,
    /// The earlier one.
    pub from: Vec<Choice>,
    /// The later one.
    pub to: Vec<Choice>,
    /// What is wrong with the earlier one and with the later one; empty when nothing is.
    pub errors: [String; 2],
}

/// A figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its name in addresses.
    pub code: &'static str,
    /// The question.
    pub title: String,
    /// The answer.
    pub answer: String,
    /// How it was reckoned.
    pub note: String,
    /// What is to be chosen.
    pub pair: Option<Pair>,
    /// The drawing.
    pub drawing: Drawing,
    /// The columns.
    pub head: Vec<Column>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Value>>,
    /// Where the applications behind it are listed, with words for them.
    pub lists: Vec<(String, &'static str)>,
}

/// Rows of a table on the page; its files have all.
const SHOWN: usize = 400;

/// A figure as its page shows it.
#[derive(Template)]
#[template(path = "monitoring/figure.html")]
pub struct FigureView {
    pub figure: Figure,
    /// Its table as files: kind and address.
    pub files: Vec<(&'static str, String)>,
    pub l: L,
}

impl FigureView {
    /// Rows shown, and words when there are more.
    fn shown(&self) -> (&[Vec<Value>], String) {
        let rows = &self.figure.rows;
        match rows.len() > SHOWN {
            true => (&rows[..SHOWN], self.l.rows_cut(rows.len(), SHOWN)),
            false => (rows, String::new()),
        }
    }

    fn words(&self, value: &Value) -> String {
        value.words(self.l)
    }
}

/// A duration in words: the two largest units.
pub fn duration(l: L, seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "durations are far below 2^53 seconds")]
    let seconds = seconds.round().max(0.0) as i64;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match () {
        () if days >= 10 => l.span_days(days),
        () if days > 0 && hours > 0 => format!("{} {}", l.span_days(days), l.span_hours(hours)),
        () if days > 0 => l.span_days(days),
        () if hours > 0 && minutes > 0 => format!("{} {}", l.span_hours(hours), l.span_minutes(minutes)),
        () if hours > 0 => l.span_hours(hours),
        () if minutes > 0 => l.span_minutes(minutes),
        () => l.span_seconds(seconds),
    }
}

/// A share in percent.
pub fn percent(share: f64) -> String {
    format!("{:.1}\u{a0}%", share * 100.0).replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_durations_are_told_in_two_units() {
        let l = L::default();
        for (seconds, text) in [
            (12.0, "12\u{a0}с"),
            (60.0 * 14.0, "14\u{a0}мин"),
            (3600.0 * 5.0 + 60.0, "5\u{a0}ч 1\u{a0}мин"),
            (86_400.0 * 3.0 + 3600.0 * 4.0, "3\u{a0}дн 4\u{a0}ч"),
            (86_400.0 * 30.0 + 3600.0 * 4.0, "30\u{a0}дн"),
        ] {
            assert_eq!(duration(l, seconds), text);
        }
        assert_eq!(percent(0.1234), "12,3\u{a0}%");
    }
}
