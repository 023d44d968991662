//! Share of sad marks by criterion, with Wilson intervals.

use otklik_ui::charts::{Strip, axis};

use super::{Made, cells, heads};
use crate::figure::{Bar, Cell, Drawing, Figure, Part, Table, whole};
use crate::numbers::count;
use crate::stats::Count;

pub fn figure(made: &Made<'_>) -> Figure {
    let l = made.l;
    let total = &made.numbers.total;
    let rows: Vec<(String, Count)> = std::iter::once((l.any_sad().to_owned(), count(total, None)))
        .chain(made.criteria().iter().map(|one| (one.text.clone(), count(total, Some(one.key)))))
        .collect();
    let highest = rows.iter().filter_map(|(_, count)| Some(count.interval()?.high)).fold(0.0, f64::max);
    let (top, _) = axis(highest);
    let bars = rows.iter().map(|(label, count)| Bar {
        label: label.clone(),
        value: count.share().map_or_else(|| l.few().to_owned(), whole),
        more: made.bounds(*count),
        strip: Strip {
            bar: count.share().map(|share| (0.0, share / top)),
            interval: count.interval().map(|interval| (interval.low / top, interval.high / top)),
            is_problem: true,
            ..Strip::default()
        },
        ..Bar::default()
    });
    let worst = rows[1..].iter().filter(|(_, count)| count.is_enough());
    let worst =
        worst.max_by(|one, other| one.1.share().unwrap_or(0.0).total_cmp(&other.1.share().unwrap_or(0.0)));
    let answer = match worst {
        Some((label, count)) => l.shares_answer(made.share(rows[0].1), label.clone(), made.share(*count)),
        None => l.nothing().to_owned(),
    };
    let table = Table {
        head: std::iter::once(l.column_criterion()).chain(heads(l)).collect(),
        rows: rows
            .iter()
            .map(|(label, count)| std::iter::once(Cell::Text(label.clone())).chain(cells(*count)).collect())
            .collect(),
    };
    let drawing = match total.all {
        0 => Drawing::Nothing(l.nothing()),
        _ => Drawing::Bars(bars.collect()),
    };
    Figure { part: Part::Shares, title: l.shares_title(), answer, note: l.shares_note(), drawing, table }
}
