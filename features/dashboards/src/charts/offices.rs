//! Bodies compared: shares, and the places they can have, all holding at once.

use otklik_kernel::Id;
use otklik_ui::charts::{Strip, axis};

use super::{Made, cells, heads};
use crate::figure::{Bar, Cell, Drawing, Figure, Part, Table, whole};
use crate::stats::{Count, Rank, ranks};

/// Bodies drawn; the table has all of them.
const DRAWN: usize = 12;

pub fn figure(made: &Made<'_>) -> Figure {
    let l = made.l;
    let all: Vec<(Id, Count)> =
        made.numbers.units.iter().map(|(body, tally)| (*body, made.count(tally))).collect();
    // Sorted by share: those with too few responses stand last.
    let ranked = all.partition_point(|(_, count)| count.is_enough());
    let places = ranks(&all[..ranked].iter().map(|(_, count)| *count).collect::<Vec<_>>());
    let mean = made.count(&made.numbers.total).share();
    let drawn = places.len().min(DRAWN);
    let highest = places[..drawn].iter().map(|rank| rank.interval.high).fold(mean.unwrap_or(0.0), f64::max);
    let (top, _) = axis(highest);
    let bars = all.iter().zip(&places).take(DRAWN).map(|((body, count), rank)| Bar {
        label: made.name(*body),
        href: made.href(*body),
        value: count.share().map_or_else(String::new, whole),
        more: l.place(otklik_ui::thousands(count.total), place(rank)),
        strip: Strip {
            bar: count.share().map(|share| (0.0, share / top)),
            interval: Some((rank.interval.low / top, rank.interval.high / top)),
            line: mean.map(|mean| mean / top),
            is_problem: mean.is_some_and(|mean| rank.interval.low > mean),
            is_point: true,
        },
    });
    let apart = |clear: fn(&Rank, f64) -> bool| {
        mean.map_or(0, |mean| places.iter().filter(|rank| clear(rank, mean)).count())
    };
    let (worse, better) =
        (apart(|rank, mean| rank.interval.low > mean), apart(|rank, mean| rank.interval.high < mean));
    let answer = match ranked {
        0 | 1 => l.offices_alone().to_owned(),
        _ => l.offices_answer(better, mean.map_or_else(String::new, whole), ranked, worse),
    };
    let row = |(at, (body, count)): (usize, &(Id, Count))| {
        let place =
            |end: fn(&Rank) -> usize| places.get(at).map_or(Cell::Few, |rank| Cell::Number(end(rank) as u64));
        std::iter::once(Cell::Text(made.name(*body)))
            .chain(cells(*count))
            .chain([place(|rank| rank.first), place(|rank| rank.last)])
            .collect()
    };
    let ends = [l.column_first(), l.column_last()];
    Figure {
        part: Part::Offices,
        title: l.offices_title(),
        answer,
        note: if all.len() > DRAWN { l.offices_note_more() } else { l.offices_note() },
        table: Table {
            head: std::iter::once(l.column_body()).chain(heads(l)).chain(ends).collect(),
            rows: all.iter().enumerate().map(row).collect(),
        },
        drawing: if ranked < 2 { Drawing::Nothing(l.offices_alone()) } else { Drawing::Bars(bars.collect()) },
    }
}

/// «3», «3–17».
fn place(rank: &Rank) -> String {
    if rank.first == rank.last { rank.first.to_string() } else { format!("{}–{}", rank.first, rank.last) }
}
