//! Every figure of every table, recounted from the stored responses.

use std::collections::BTreeMap;

use otklik_kernel::{CivilDay, Id, Instant};
use otklik_responses::store;
use otklik_testkit::{NOON, TestDb, both};

use crate::common::{MIGRATIONS, PLACES, Place, Site, TODAY, answer, code, context};
use crate::naive::{cells, difference, percent, places};

const CRITERIA: [(char, &str); 5] = [
    ('a', "доступность информации о получении услуги"),
    ('b', "комфортность условий в инспекции"),
    ('c', "длительность ожидания в очереди"),
    ('d', "длительность обслуживания"),
    ('e', "вежливость и компетентность сотрудников"),
];

/// A stored response, as it lies in the table.
struct Row {
    body: Id,
    at: i64,
    marks: String,
}

impl Row {
    fn place(&self) -> &'static Place {
        PLACES.iter().find(|place| place.id == self.body).unwrap()
    }

    /// Microseconds of the office's clock since 1970.
    fn local(&self) -> i64 {
        self.at + self.place().ahead * Instant::HOUR
    }

    /// Days since 1970 by the office's calendar.
    fn day(&self) -> i64 {
        self.local() / Instant::DAY
    }

    /// Whether it counts for a share, and for its part.
    fn counts(&self, about: Option<char>) -> (u64, u64) {
        match about {
            None => (u64::from(self.marks.contains('0')), 1),
            Some(key) => {
                let is = |digit: char| u64::from(self.marks.contains(&format!("{key}{digit}")));
                (is('0'), is('0') + is('1'))
            }
        }
    }

    /// Whether it is about a body or one below it.
    fn is_under(&self, above: Id) -> bool {
        line(self.body).contains(&above)
    }

    fn region(&self) -> &'static str {
        let regions =
            line(self.body).into_iter().map(|id| PLACES.iter().find(|one| one.id == id).unwrap().region);
        regions.into_iter().find(|region| !region.is_empty()).unwrap_or_default()
    }
}

/// A body and those above it.
fn line(id: Id) -> Vec<Id> {
    let place = PLACES.iter().find(|place| place.id == id).unwrap();
    std::iter::once(id).chain(place.above.map(line).unwrap_or_default()).collect()
}

fn name(id: Id) -> &'static str {
    PLACES.iter().find(|place| place.id == id).unwrap().name
}

async fn stored(t: &TestDb) -> Vec<Row> {
    let all = otklik_access::Scope::system("a recount of everything");
    let rows = store::list(t.db.read(), &all, &store::Filter::default(), u64::MAX >> 1, 0).await.unwrap();
    rows.iter()
        .map(|row| Row { body: row.body, at: row.received_at.0, marks: row.marks.to_string() })
        .collect()
}

fn sum<'a>(rows: impl IntoIterator<Item = &'a Row>, about: Option<char>) -> (u64, u64) {
    rows.into_iter().fold((0, 0), |(part, total), row| {
        let (sad, one) = row.counts(about);
        (part + sad, total + one)
    })
}

/// The rows of days, counted back from today.
fn within(rows: &[Row], under: Option<Id>, from: i64, to: i64) -> Vec<&Row> {
    let today = (NOON.0 + 3 * Instant::HOUR) / Instant::DAY;
    let is_within = |row: &&Row| {
        under.is_none_or(|body| row.is_under(body)) && (today - from..=today - to).contains(&row.day())
    };
    rows.iter().filter(is_within).collect()
}

fn text(words: &str, rest: impl IntoIterator<Item = String>) -> Vec<String> {
    std::iter::once(words.to_owned()).chain(rest).collect()
}

fn share((part, total): (u64, u64)) -> f64 {
    if total < 5 { -1.0 } else { part as f64 / total as f64 }
}

/// Names with counts, largest share first.
fn by_share<K: Ord + Copy>(
    groups: BTreeMap<K, Vec<&Row>>,
    about: Option<char>,
) -> Vec<(K, (u64, u64), usize)> {
    let mut all: Vec<_> =
        groups.into_iter().map(|(key, rows)| (key, sum(rows.iter().copied(), about), rows.len())).collect();
    all.sort_by(|one, other| {
        share(other.1).total_cmp(&share(one.1)).then(other.2.cmp(&one.2)).then(one.0.cmp(&other.0))
    });
    all
}

fn pareto(mut causes: Vec<(String, u64)>) -> Vec<Vec<String>> {
    causes.retain(|(_, count)| *count > 0);
    causes.sort_by_key(|(_, count)| u64::MAX - count);
    let whole: u64 = causes.iter().map(|(_, count)| count).sum();
    let of_whole = |part: u64| percent(part as f64 / whole as f64);
    (0..causes.len())
        .map(|at| {
            let running: u64 = causes[..=at].iter().map(|(_, count)| count).sum();
            let (name, count) = &causes[at];
            text(name, [count.to_string(), of_whole(*count), of_whole(running)])
        })
        .collect()
}

/// One question to the page, and the same in the terms of the recount.
struct Asked {
    who: &'static str,
    query: &'static str,
    under: Option<Id>,
    /// Days back from today, both within.
    days: (i64, i64),
    before: (i64, i64),
    about: Option<char>,
    /// The bodies compared; each office by itself when there are none.
    units: &'static [Id],
}

const QUESTIONS: [Asked; 6] = [
    Asked {
        who: "country",
        query: "period=90&cut=week",
        under: Some(1),
        days: (89, 0),
        before: (179, 90),
        about: None,
        units: &[1, 10, 20],
    },
    Asked {
        who: "country",
        query: "period=30&cut=week&about=c&units=offices",
        under: Some(1),
        days: (29, 0),
        before: (59, 30),
        about: Some('c'),
        units: &[],
    },
    Asked {
        who: "country",
        query: "body=6910&from=2026-09-15&to=2026-10-20&cut=week&against=year",
        under: Some(10),
        days: (68, 33),
        before: (433, 398),
        about: None,
        units: &[10, 11, 12],
    },
    Asked {
        who: "near",
        query: "period=7&cut=week&about=e",
        under: Some(10),
        days: (6, 0),
        before: (13, 7),
        about: Some('e'),
        units: &[10, 11, 12],
    },
    Asked {
        who: "far",
        query: "body=6922&period=90&cut=week",
        under: Some(22),
        days: (89, 0),
        before: (179, 90),
        about: None,
        units: &[22],
    },
    // Two bodies of different regions; the third of the roles lies under the first.
    Asked {
        who: "two",
        query: "period=90&cut=week",
        under: None,
        days: (89, 0),
        before: (179, 90),
        about: None,
        units: &[12, 22],
    },
];

#[test]
fn qr13_every_figure_equals_a_recount_of_the_responses() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        answer(&t, &ctx, 900, 150).await;
        let site = Site::open(&ctx).await;
        let everything = stored(&t).await;
        assert_eq!(everything.len(), 900);
        for asked in &QUESTIONS {
            let all: Vec<Row> = everything
                .iter()
                .filter(|row| asked.under.is_some() || [12, 22].iter().any(|&top| row.is_under(top)))
                .map(|row| Row { body: row.body, at: row.at, marks: row.marks.clone() })
                .collect();
            check(&site, asked, &all).await;
        }
    });
}

async fn check(site: &Site, asked: &Asked, all: &[Row]) {
    let table = async |part: &str| site.table(asked.who, part, asked.query).await;
    let now = within(all, asked.under, asked.days.0, asked.days.1);
    let before = within(all, asked.under, asked.before.0, asked.before.1);
    let about = asked.about;
    assert!(now.len() > 3, "{}", asked.query);
    let both = |about| (sum(now.iter().copied(), about), sum(before.iter().copied(), about));

    let criteria = std::iter::once((None, "хотя бы одно «Плохо»"))
        .chain(CRITERIA.map(|(key, words)| (Some(key), words)));
    let shares = criteria.clone().map(|(about, words)| {
        let (now, _) = both(about);
        text(words, cells(now.0, now.1))
    });
    assert_eq!(table("shares").await, shares.collect::<Vec<_>>(), "{}", asked.query);

    let periods = criteria.map(|(about, words)| {
        let (now, before) = both(about);
        let shown = |count: (u64, u64)| [cells(count.0, count.1)[0].clone(), count.1.to_string()];
        let cells = shown(before).into_iter().chain(shown(now)).chain(difference(now, before));
        text(words, cells)
    });
    assert_eq!(table("periods").await, periods.collect::<Vec<_>>(), "{}", asked.query);

    let causes = CRITERIA.map(|(key, words)| (words.to_owned(), both(Some(key)).0.0));
    assert_eq!(table("causes").await, pareto(causes.to_vec()), "{}", asked.query);

    // Weeks begin on Mondays; the first of January 1970 was a Thursday.
    let today = (NOON.0 + 3 * Instant::HOUR) / Instant::DAY;
    let (first, last) = (today - asked.days.0, today - asked.days.1);
    let mut weeks: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for day in first..=last {
        let ends = weeks.entry((day + 3) / 7).or_insert((day, day));
        ends.1 = day;
    }
    let show = |day: i64| TODAY.plus_days(i32::try_from(day - today).unwrap()).show();
    let dynamics = weeks.values().map(|&(from, to)| {
        let count = sum(now.iter().copied().filter(|row| (from..=to).contains(&row.day())), about);
        let cells = std::iter::once(show(to)).chain(cells(count.0, count.1)).chain([String::new()]);
        text(&show(from), cells)
    });
    assert_eq!(table("dynamics").await, dynamics.collect::<Vec<_>>(), "{}", asked.query);

    let mut hours: BTreeMap<(i64, i64), (u64, u64)> = BTreeMap::new();
    for row in &now {
        let cell = hours.entry(((row.day() + 3) % 7, row.local() / Instant::HOUR % 24)).or_default();
        let (sad, one) = row.counts(None);
        *cell = (cell.0 + sad, cell.1 + one);
    }
    let days = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];
    let expected = hours.into_iter().map(|((day, hour), (part, total))| {
        let span = std::iter::once(format!("{hour}:00–{}:00", hour + 1));
        text(days[usize::try_from(day).unwrap()], span.chain(cells(part, total)))
    });
    assert_eq!(table("hours").await, expected.collect::<Vec<_>>(), "{}", asked.query);

    let mut regions: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    now.iter()
        .filter(|row| !row.region().is_empty())
        .for_each(|row| regions.entry(row.region()).or_default().push(row));
    let titles = BTreeMap::from([("25", "25 — Приморский край"), ("69", "69 — Тверская область")]);
    let mut map: Vec<_> = regions.into_iter().map(|(code, rows)| (titles[code], sum(rows, about))).collect();
    map.sort_by(|one, other| share(other.1).total_cmp(&share(one.1)));
    let expected = map.into_iter().map(|(title, count)| text(title, cells(count.0, count.1)));
    assert_eq!(table("map").await, expected.collect::<Vec<_>>(), "{}", asked.query);

    let mut units: BTreeMap<Id, Vec<&Row>> = BTreeMap::new();
    for row in &now {
        let found = line(row.body).into_iter().find(|id| asked.units.is_empty() || asked.units.contains(id));
        units.entry(found.unwrap()).or_default().push(row);
    }
    let shown = |id: Id| match asked.under {
        Some(under) if under == id && PLACES.iter().any(|place| place.above == Some(id)) => {
            format!("{}, без подчинённых", name(id))
        }
        _ => name(id).to_owned(),
    };
    let units = by_share(units, about);
    let ranked: Vec<(u64, u64)> = units.iter().map(|one| one.1).filter(|count| count.1 >= 5).collect();
    let ends = places(&ranked);
    let expected = units.iter().enumerate().map(|(at, (id, count, _))| {
        let place = ends
            .get(at)
            .map_or([String::new(), String::new()], |ends| [ends.0.to_string(), ends.1.to_string()]);
        text(&shown(*id), cells(count.0, count.1).into_iter().chain(place))
    });
    assert_eq!(table("offices").await, expected.collect::<Vec<_>>(), "{}", asked.query);

    let expected = pareto(units.iter().map(|(id, count, _)| (shown(*id), count.0)).collect());
    assert_eq!(table("places").await, expected, "{}", asked.query);
}

#[test]
fn the_days_of_the_questions_are_those_of_the_calendar() {
    let today = (NOON.0 + 3 * Instant::HOUR) / Instant::DAY;
    assert_eq!(TODAY.start_utc().0 / Instant::DAY, today);
    let back = |days: i32| TODAY.plus_days(-days);
    assert_eq!((back(68), back(33)), (CivilDay(20_260_915), CivilDay(20_261_020)));
    assert_eq!((back(433), back(398)), (CivilDay(20_250_915), CivilDay(20_251_020)));
    assert_eq!(code(10), "6910");
}
