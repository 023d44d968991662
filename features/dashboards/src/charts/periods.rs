//! Period against period: differences of shares with Newcombe's intervals.

use otklik_ui::charts::Strip;

use super::Made;
use crate::figure::{Bar, Cell, Drawing, Figure, Part, Table, whole};
use crate::numbers::count;
use crate::stats::{Count, Difference, newcombe};

struct Row {
    label: String,
    now: Count,
    before: Count,
    difference: Option<Difference>,
}

pub fn figure(made: &Made<'_>) -> Figure {
    let l = made.l;
    let row = |label: &str, about: Option<char>| {
        let (now, before) = (count(&made.numbers.total, about), count(&made.numbers.before, about));
        Row { label: label.to_owned(), now, before, difference: newcombe(now, before) }
    };
    let rows: Vec<Row> = std::iter::once(row(l.any_sad(), None))
        .chain(made.criteria().iter().map(|one| row(&one.text, Some(one.key))))
        .collect();
    let widest = rows.iter().filter_map(|row| row.difference).map(|d| d.low.abs().max(d.high.abs()));
    // Both sides as wide as the widest interval needs.
    let reach = widest.fold(0.01, f64::max);
    let at = |value: f64| 0.5 + value / reach / 2.0;
    let bars = rows.iter().map(|row| Bar {
        label: row.label.clone(),
        value: row.difference.map_or_else(|| l.few().to_owned(), |d| l.points(Cell::Points(d.value).shown())),
        more: match row.difference {
            Some(_) => {
                let share = |count: Count| count.share().map_or_else(String::new, whole);
                l.was_now(share(row.now), share(row.before))
            }
            None => String::new(),
        },
        strip: Strip {
            bar: row.difference.map(|d| (0.5, at(d.value))),
            interval: row.difference.map(|d| (at(d.low), at(d.high))),
            line: Some(0.5),
            is_problem: row.difference.is_some_and(|d| d.value > 0.0),
            is_point: false,
        },
        ..Bar::default()
    });
    let other = made.asked.other_period().show();
    let answer = match rows[0].difference {
        None => l.periods_few(other),
        Some(d) if !d.is_clear() => l.periods_same(other),
        Some(d) if d.value > 0.0 => l.periods_worse(other, l.points(Cell::Points(d.value).shown())),
        Some(d) => l.periods_better(other, l.points(Cell::Points(d.value).shown())),
    };
    let cells = |row: &Row| {
        let point = |end: fn(&Difference) -> f64| row.difference.map_or(Cell::Few, |d| Cell::Points(end(&d)));
        vec![
            Cell::Text(row.label.clone()),
            Cell::percent(row.before.share()),
            Cell::Number(row.before.total),
            Cell::percent(row.now.share()),
            Cell::Number(row.now.total),
            point(|d| d.value),
            point(|d| d.low),
            point(|d| d.high),
        ]
    };
    Figure {
        part: Part::Periods,
        title: l.periods_title(),
        answer,
        note: l.periods_note(),
        table: Table {
            head: vec![
                l.column_criterion(),
                l.column_share_before(),
                l.column_n_before(),
                l.column_share_now(),
                l.column_n_now(),
                l.column_difference(),
                l.column_low_points(),
                l.column_high_points(),
            ],
            rows: rows.iter().map(cells).collect(),
        },
        drawing: match rows.iter().any(|row| row.difference.is_some()) {
            true => Drawing::Bars(bars.collect()),
            false => Drawing::Nothing(l.periods_nothing()),
        },
    }
}
