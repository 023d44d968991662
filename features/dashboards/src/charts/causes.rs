//! Pareto: which criteria make most of the sad marks, which bodies most of the negative responses.

use otklik_ui::charts::Strip;

use super::{Made, PATH};
use crate::figure::{Bar, Cell, Drawing, Figure, Part, Table, whole};
use crate::stats::{Cause, pareto};

/// Bodies drawn; the table has all of them.
const DRAWN: usize = 12;

/// Which criteria.
pub fn criteria(made: &Made<'_>) -> Figure {
    let l = made.l;
    let all = made.criteria().iter().map(|one| (one, made.numbers.total.marks(one.key).0));
    let causes = pareto(all);
    let largest = causes.first().map_or(1, |one| one.count);
    let bars = causes.iter().map(|cause| Bar {
        href: Some(made.asked.address(PATH, &[("about", &cause.what.key.to_string())])),
        ..bar(made, cause, cause.what.text.clone(), largest)
    });
    let answer = match &causes[..] {
        [] => l.nothing_sad().to_owned(),
        [first, ..] => l.causes_answer(first.what.text.clone(), whole(first.share)),
    };
    Figure {
        part: Part::Causes,
        title: l.causes_title(),
        answer,
        note: l.causes_note(),
        table: table(l.column_criterion(), l.column_marks(), l, &causes, |one| one.text.clone()),
        drawing: if causes.is_empty() {
            Drawing::Nothing(l.nothing_sad())
        } else {
            Drawing::Bars(bars.collect())
        },
    }
}

/// Which bodies.
pub fn places(made: &Made<'_>) -> Figure {
    let l = made.l;
    let causes = pareto(made.numbers.units.iter().map(|(body, tally)| (*body, made.count(tally).part)));
    let largest = causes.first().map_or(1, |one| one.count);
    let bars = causes
        .iter()
        .take(DRAWN)
        .map(|cause| Bar { href: made.href(cause.what), ..bar(made, cause, made.name(cause.what), largest) });
    // How many make up four fifths: the few that are worth starting with.
    let few = causes.iter().position(|one| one.running >= 0.8).map_or(0, |at| at + 1);
    let answer = match causes.len() {
        0 => l.nothing_sad().to_owned(),
        1 => l.places_answer_one(made.name(causes[0].what), causes[0].count),
        all => l.places_answer(all, few, whole(causes[few - 1].running)),
    };
    Figure {
        part: Part::Places,
        title: l.places_title(),
        answer,
        note: if causes.len() > DRAWN { l.places_note_more() } else { l.places_note() },
        table: table(l.column_body(), l.column_sad(), l, &causes, |one| made.name(*one)),
        drawing: if causes.is_empty() {
            Drawing::Nothing(l.nothing_sad())
        } else {
            Drawing::Bars(bars.collect())
        },
    }
}

fn bar<T>(made: &Made<'_>, cause: &Cause<T>, label: String, largest: u64) -> Bar {
    Bar {
        label,
        href: None,
        value: otklik_ui::thousands(cause.count),
        more: made.l.running(whole(cause.share), whole(cause.running)),
        strip: Strip {
            bar: Some((0.0, cause.count as f64 / largest as f64)),
            is_problem: true,
            ..Strip::default()
        },
    }
}

fn table<T>(
    what: &'static str,
    how_many: &'static str,
    l: crate::texts::L,
    causes: &[Cause<T>],
    name: impl Fn(&T) -> String,
) -> Table {
    let row = |one: &Cause<T>| {
        vec![
            Cell::Text(name(&one.what)),
            Cell::Number(one.count),
            Cell::Percent(one.share),
            Cell::Percent(one.running),
        ]
    };
    Table {
        head: vec![what, how_many, l.column_of_all(), l.column_running()],
        rows: causes.iter().map(row).collect(),
    }
}
