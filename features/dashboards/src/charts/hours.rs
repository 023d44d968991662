//! Share of negative responses by hour and weekday, in the offices' local time.

use super::{Made, cells, heads};
use crate::figure::{Cell, Drawing, Figure, Part, Scale, Shade, Table};
use crate::stats::Count;

pub fn figure(made: &Made<'_>) -> Figure {
    let l = made.l;
    let days = [l.day_1(), l.day_2(), l.day_3(), l.day_4(), l.day_5(), l.day_6(), l.day_7()];
    let count = |day: usize, hour: usize| {
        let (all, negative) = made.numbers.hours[day][hour];
        Count::new(negative, all)
    };
    let cells_of = || (0..24).flat_map(|hour| (0..7).map(move |day| (day, hour)));
    let scale = Scale::of(cells_of().filter_map(|(day, hour)| count(day, hour).share()));
    let is_open = |hour: usize| (0..7).any(|day| count(day, hour).total > 0);
    let (first, last) = ((0..24).find(|&hour| is_open(hour)), (0..24).rfind(|&hour| is_open(hour)));
    let span = |hour: usize| format!("{hour}:00–{}:00", hour + 1);
    let shade = |day: usize, hour: usize| {
        let count = count(day, hour);
        Shade {
            text: match count.share() {
                Some(share) => format!("{:.0}", share * 100.0),
                None if count.total > 0 => "·".to_owned(),
                None => String::new(),
            },
            long: l.hour_share(days[day], span(hour), made.share(count)),
            level: count.share().map_or(0, |share| scale.level(share)),
        }
    };
    let rows: Option<Vec<_>> = first.zip(last).map(|(first, last)| {
        (first..=last).map(|hour| (span(hour), (0..7).map(|day| shade(day, hour)).collect())).collect()
    });
    // The worst hour is the one that is certainly bad, not the one with the fewest responses.
    let low =
        |&(day, hour): &(usize, usize)| count(day, hour).interval().map_or(-1.0, |interval| interval.low);
    let worst = cells_of().max_by(|one, other| low(one).total_cmp(&low(other)));
    let answer = match worst.filter(|&(day, hour)| count(day, hour).part > 0 && count(day, hour).is_enough())
    {
        Some((day, hour)) => l.hours_answer(days[day], span(hour), made.share(count(day, hour))),
        None => l.nothing().to_owned(),
    };
    let row = |(day, hour): (usize, usize)| {
        let head = [Cell::Text(days[day].to_owned()), Cell::Text(span(hour))];
        head.into_iter().chain(cells(count(day, hour))).collect()
    };
    let shown = (0..7).flat_map(|day| (0..24).map(move |hour| (day, hour)));
    let is_any_enough = cells_of().any(|(day, hour)| count(day, hour).is_enough());
    let drawing = match rows.filter(|_| is_any_enough) {
        Some(rows) => Drawing::Heat { days: days.to_vec(), rows, legend: scale.legend(l) },
        None => Drawing::Nothing(l.nothing()),
    };
    Figure {
        part: Part::Hours,
        title: l.hours_title(),
        answer: match made.asked.about {
            Some(_) => format!("{answer} {}", l.hours_all_marks()),
            None => answer,
        },
        note: l.hours_note(),
        drawing,
        table: Table {
            head: [l.column_weekday(), l.column_hour()].into_iter().chain(heads(l)).collect(),
            rows: shown.filter(|&(day, hour)| count(day, hour).total > 0).map(row).collect(),
        },
    }
}
