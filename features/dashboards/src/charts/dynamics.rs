//! The share over time, with its band; steps with too few responses are gaps, not points.

use otklik_ui::charts::{Step, Trend, axis};

use super::{Made, cells, heads};
use crate::figure::{Cell, Drawing, Figure, Part, Table, whole};
use crate::period::{Cut, Period};
use crate::stats::Count;
use crate::texts::L;

pub fn figure(made: &Made<'_>) -> Figure {
    let l = made.l;
    let cut = made.asked.steps();
    let steps: Vec<(Period, Count)> =
        made.numbers.steps.iter().map(|(step, tally)| (*step, made.count(tally))).collect();
    let highest = steps.iter().filter_map(|(_, count)| Some(count.interval()?.high)).fold(0.0, f64::max);
    let (top, distance) = axis(highest);
    let lines = (0..=5).map(|line| f64::from(line) * distance).filter(|&at| at <= top + 1e-9);
    let shown = steps.iter().enumerate().map(|(at, (step, count))| Step {
        short: short(l, cut, *step, at == 0),
        long: l.step_share(made.share(*count), long(l, cut, *step)),
        value: count
            .share()
            .zip(count.interval())
            .map(|(share, interval)| (share, interval.low, interval.high)),
    });
    let known = || steps.iter().filter(|(_, count)| count.is_enough());
    let by_share = |one: &&(Period, Count), other: &&(Period, Count)| {
        one.1.share().unwrap_or(0.0).total_cmp(&other.1.share().unwrap_or(0.0))
    };
    let (best, worst, last) = (known().min_by(by_share), known().max_by(by_share), known().next_back());
    let answer = match best.zip(worst) {
        Some((best, worst)) => l.dynamics_answer(
            made.share(best.1),
            long(l, cut, best.0),
            made.share(worst.1),
            long(l, cut, worst.0),
        ),
        None => l.nothing().to_owned(),
    };
    let breaks = made.breaks.iter().cloned();
    let drawing = match last {
        None => Drawing::Nothing(l.nothing()),
        Some((_, last)) => Drawing::Trend(Trend {
            top,
            marks: lines.map(|at| (at, whole(at))).collect(),
            breaks: breaks.collect(),
            last: last.share().map_or_else(String::new, whole),
            steps: shown.collect(),
        }),
    };
    let happened = |at: usize| {
        let here = made.breaks.iter().filter(|one| one.before == at).map(|one| one.text.as_str());
        here.collect::<Vec<_>>().join("; ")
    };
    let row = |(at, (step, count)): (usize, &(Period, Count))| {
        let head = [Cell::Text(step.from.show()), Cell::Text(step.to.show())];
        head.into_iter().chain(cells(*count)).chain([Cell::Text(happened(at))]).collect()
    };
    let table = Table {
        head: [l.column_from(), l.column_to()]
            .into_iter()
            .chain(heads(l))
            .chain([l.column_break()])
            .collect(),
        rows: steps.iter().enumerate().map(row).collect(),
    };
    Figure {
        part: Part::Dynamics,
        title: l.dynamics_title(),
        answer,
        note: l.dynamics_note(),
        drawing,
        table,
    }
}

fn month(l: L, number: i32) -> &'static str {
    match number {
        1 => l.month_1(),
        2 => l.month_2(),
        3 => l.month_3(),
        4 => l.month_4(),
        5 => l.month_5(),
        6 => l.month_6(),
        7 => l.month_7(),
        8 => l.month_8(),
        9 => l.month_9(),
        10 => l.month_10(),
        11 => l.month_11(),
        _ => l.month_12(),
    }
}

/// For the axis: «22.11», «ноя», with the year where it begins.
fn short(l: L, cut: Cut, step: Period, is_first: bool) -> String {
    let (year, number) = (step.from.0 / 10_000, step.from.0 / 100 % 100);
    match cut {
        Cut::Month if is_first || number == 1 => format!("{} {:02}", month(l, number), year % 100),
        Cut::Month => month(l, number).to_owned(),
        Cut::Day | Cut::Week => step.from.show()[..5].to_owned(),
    }
}

/// In words: «22.11.2026», «16.11.2026–22.11.2026», «ноя 2026».
fn long(l: L, cut: Cut, step: Period) -> String {
    match cut {
        Cut::Month => format!("{} {}", month(l, step.from.0 / 100 % 100), step.from.0 / 10_000),
        Cut::Day | Cut::Week => step.show(),
    }
}
