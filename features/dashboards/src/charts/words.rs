//! What people write about: the words of texts with which marks are bad more often, and how often they are written now
//! and before.

use std::sync::Arc;

use otklik_responses::topics::{Topics, Word};
use otklik_ui::charts::{Strip, axis};
use otklik_ui::thousands;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Made, cells, heads};
use crate::figure::{Bar, Cell, Drawing, Figure, Part, Table, whole};
use crate::stats::{ALPHA, Count, Difference, Interval, clopper_pearson, newcombe};

/// Words looked at: those of most texts.
const MOST: usize = 100;
/// Words drawn; the table has all of them.
const DRAWN: usize = 15;
/// Fewer texts in one of the periods aren't compared: of a hundred words some would always seem to have changed.
const COMPARED: u64 = 30;
/// Words named in the answer.
const NAMED: usize = 3;

/// What was written in the period and in the one it is compared with.
#[derive(Debug, Default)]
pub struct Words {
    /// The period.
    pub now: Arc<Topics>,
    /// The other.
    pub before: Arc<Topics>,
}

/// A word with its numbers.
struct Row {
    word: Word,
    /// Negative texts of those that have it.
    sad: Count,
    /// Texts that have it, of all: now and before.
    now: Count,
    before: Count,
    difference: Option<Difference>,
}

impl Row {
    fn low(&self) -> f64 {
        self.sad.interval().map_or(0.0, |interval| interval.low)
    }
}

/// The words of most texts, those first that surely stand in negative texts most often.
fn rows(words: &Words) -> Vec<Row> {
    let mut rows: Vec<Row> = words.now.words(MOST).into_iter().map(|word| row(words, word)).collect();
    rows.sort_by(|one, other| other.low().total_cmp(&one.low()));
    rows
}

fn row(words: &Words, word: Word) -> Row {
    let now = Count::new(words.now.with(&word.stem), words.now.all);
    let before = Count::new(words.before.with(&word.stem), words.before.all);
    let is_enough = now.total.min(before.total) >= COMPARED;
    let difference = newcombe(now, before).filter(|_| is_enough);
    Row { sad: Count::new(word.negative, word.all), now, before, difference, word }
}

/// With which words marks are bad.
pub fn figure(made: &Made<'_>) -> Figure {
    let (l, words) = (made.l, made.words);
    let rows = rows(words);
    let mean = Count::new(words.now.negative, words.now.all).share();
    // All hold at once: the levels of single intervals add up to the one promised.
    let level = ALPHA / rows.len().max(1) as f64;
    let is_clear = |row: &Row| mean.is_some_and(|mean| clopper_pearson(row.sad, level).low > mean);
    let highest = rows.iter().take(DRAWN).filter_map(|row| row.sad.interval()).map(|interval| interval.high);
    let (top, _) = axis(highest.fold(mean.unwrap_or(0.0), f64::max));
    let bars = rows.iter().take(DRAWN).map(|row| Bar {
        label: row.word.written.clone(),
        href: Some(list(made, &row.word.stem)),
        value: row.sad.share().map_or_else(String::new, whole),
        more: l.words_more(thousands(row.word.all), row.now.share().map_or_else(String::new, whole)),
        strip: Strip {
            bar: row.sad.share().map(|share| (0.0, share / top)),
            interval: row.sad.interval().map(|Interval { low, high }| (low / top, high / top)),
            line: mean.map(|mean| mean / top),
            is_problem: is_clear(row),
            is_point: true,
        },
    });
    let clear: Vec<_> = rows.iter().filter(|row| is_clear(row)).collect();
    let named: Vec<_> = clear.iter().take(NAMED).map(|row| format!("«{}»", row.word.written)).collect();
    let mean = mean.map_or_else(String::new, whole);
    let found = match () {
        () if rows.is_empty() => String::new(),
        () if clear.is_empty() => l.words_unclear(mean),
        () => l.words_clear(mean, clear.len(), named.join(", ")),
    };
    let point = |difference: Option<Difference>, end: fn(&Difference) -> f64| {
        difference.map_or(Cell::Few, |d| Cell::Points(end(&d)))
    };
    let cells = |row: &Row| {
        std::iter::once(Cell::Text(row.word.written.clone()))
            .chain(cells(row.sad))
            .chain([
                Cell::percent(row.now.share()),
                Cell::percent(row.before.share()),
                point(row.difference, |d| d.value),
                point(row.difference, |d| d.low),
                point(row.difference, |d| d.high),
            ])
            .collect()
    };
    let more = [
        l.column_of_texts(),
        l.column_share_before(),
        l.column_difference(),
        l.column_low_points(),
        l.column_high_points(),
    ];
    Figure {
        part: Part::Words,
        title: l.words_title(),
        answer: [read(made), found].join(" ").trim().to_owned(),
        note: l.words_note(),
        table: Table {
            head: std::iter::once(l.column_word()).chain(heads(l)).chain(more).collect(),
            rows: rows.iter().map(cells).collect(),
        },
        drawing: if rows.is_empty() {
            Drawing::Nothing(l.words_few())
        } else {
            Drawing::Bars(bars.collect())
        },
    }
}

/// How many responses have a text, and how many of the texts were read.
fn read(made: &Made<'_>) -> String {
    let (l, words, total) = (made.l, made.words, &made.numbers.total);
    let texts = l.words_texts(thousands(total.text), made.share(Count::new(total.text, total.all)));
    let counted = thousands(words.now.all);
    match words.now.cut {
        Some(day) => format!("{texts} {}", l.words_cut(day.show(), counted)),
        None if words.now.all != total.text => format!("{texts} {}", l.words_counted(counted)),
        None => texts,
    }
}

/// What is written more often or more rarely than before; the table has the counts by step.
pub fn changes(made: &Made<'_>) -> Figure {
    let (l, words) = (made.l, made.words);
    let mut rows = rows(words);
    let is_clear = |row: &Row| row.difference.is_some_and(Difference::is_clear);
    let size = |row: &Row| row.difference.map_or(0.0, |d| d.value.abs());
    rows.sort_by(|one, other| is_clear(other).cmp(&is_clear(one)).then(size(other).total_cmp(&size(one))));
    rows.truncate(DRAWN);
    let widest = rows.iter().filter_map(|row| row.difference).map(|d| d.low.abs().max(d.high.abs()));
    let reach = widest.fold(0.01, f64::max);
    let at = |value: f64| 0.5 + value / reach / 2.0;
    let share = |count: Count| count.share().map_or_else(String::new, whole);
    let bars = rows.iter().filter_map(|row| {
        let d = row.difference?;
        Some(Bar {
            label: row.word.written.clone(),
            href: Some(list(made, &row.word.stem)),
            value: l.points(Cell::Points(d.value).shown()),
            more: l.was_now(share(row.now), share(row.before)),
            strip: Strip {
                bar: Some((0.5, at(d.value))),
                interval: Some((at(d.low), at(d.high))),
                line: Some(0.5),
                ..Strip::default()
            },
        })
    });
    let bars: Vec<_> = bars.collect();
    let clear = |is_up: bool| -> Vec<String> {
        let clear = rows
            .iter()
            .filter(|row| is_clear(row) && row.difference.is_some_and(|d| (d.value > 0.0) == is_up));
        clear.take(NAMED).map(|row| format!("«{}»", row.word.written)).collect()
    };
    let other = made.asked.other_period().show();
    let (up, down) = (clear(true), clear(false));
    let mut answer = Vec::new();
    if !up.is_empty() {
        answer.push(l.changes_up(other.clone(), up.join(", ")));
    }
    if !down.is_empty() {
        answer.push(l.changes_down(other.clone(), down.join(", ")));
    }
    if answer.is_empty() {
        answer.push(if bars.is_empty() { l.changes_few().to_owned() } else { l.changes_same(other) });
    }
    let steps = made.asked.steps().steps(made.asked.period);
    let in_step = |days: &std::collections::BTreeMap<_, u64>, step: crate::period::Period| {
        days.range(step.from..=step.to).map(|(_, n)| n).sum::<u64>()
    };
    let by_step = rows.iter().flat_map(|row| {
        steps.iter().map(move |&step| {
            let count = Count::new(in_step(&row.word.by_day, step), in_step(&words.now.by_day, step));
            vec![
                Cell::Text(row.word.written.clone()),
                Cell::Text(step.from.show()),
                Cell::Text(step.to.show()),
                Cell::Number(count.part),
                Cell::Number(count.total),
                Cell::percent(count.share()),
            ]
        })
    });
    Figure {
        part: Part::Changes,
        title: l.changes_title(),
        answer: answer.join(" "),
        note: l.changes_note(),
        table: Table {
            head: vec![
                l.column_word(),
                l.column_from(),
                l.column_to(),
                l.column_with_word(),
                l.column_texts(),
                l.column_of_texts(),
            ],
            rows: by_step.collect(),
        },
        drawing: if bars.is_empty() { Drawing::Nothing(l.changes_few()) } else { Drawing::Bars(bars) },
    }
}

/// The list of responses with the beginning of a word, of the same body and days.
fn list(made: &Made<'_>, stem: &str) -> String {
    let period = made.asked.period;
    let body = made.asked.body.and_then(|body| made.tree.get(body)).map(|node| node.code.clone());
    let pairs = [
        ("q", stem.to_owned()),
        ("body", body.unwrap_or_default()),
        ("from", period.from.to_string()),
        ("to", period.to.to_string()),
        ("text", "1".to_owned()),
    ];
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<_> = given
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    format!("/admin/responses?{}", pairs.join("&"))
}
