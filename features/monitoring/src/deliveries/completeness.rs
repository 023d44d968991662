//! Which sender delivered which day: the calendar of completeness. MON-12

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::{CivilDay, Id, Instant, Zone};
use otklik_organisations::Offices;
use sea_orm::ConnectionTrait;

use super::{Delivery, State, store};
use crate::answers::{By, Cell, Period, Sheet};
use crate::senders::{self, Sender};

/// How a day of a sender stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Nothing is expected: before the first day or after the last.
    Outside,
    /// It may still come in time.
    Awaited,
    /// It lies in the queue or is being checked.
    Checking,
    /// It came in time.
    Delivered,
    /// It came in time, without some wrong rows.
    Partly,
    /// It came late.
    Late,
    /// It was declared to be empty, in time.
    Empty,
    /// It was declared to be empty, late.
    LateEmpty,
    /// What came was not taken.
    Rejected,
    /// Nothing came.
    Missing,
}

impl Mark {
    /// All of them, those that need a person last.
    pub const ALL: [Self; 10] = [
        Self::Outside,
        Self::Awaited,
        Self::Checking,
        Self::Delivered,
        Self::Partly,
        Self::Empty,
        Self::LateEmpty,
        Self::Late,
        Self::Rejected,
        Self::Missing,
    ];

    /// The name in addresses and in the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Awaited => "awaited",
            Self::Checking => "checking",
            Self::Delivered => "delivered",
            Self::Partly => "partly",
            Self::Late => "late",
            Self::Empty => "empty",
            Self::LateEmpty => "late_empty",
            Self::Rejected => "rejected",
            Self::Missing => "missing",
        }
    }
}

/// A day of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub day: CivilDay,
    /// How it stands.
    pub mark: Mark,
    /// The delivery that tells of it: the one that stands, else the last one.
    pub delivery: Option<Id>,
}

/// How a day stands, by the deliveries of it.
#[must_use]
pub fn mark(sender: &Sender, day: CivilDay, deliveries: &[&Delivery], now: Instant) -> Day {
    let standing = deliveries.iter().filter(|one| one.state.stands()).max_by_key(|one| one.revision);
    let last = deliveries.iter().max_by_key(|one| (one.revision, one.id));
    let mark = match (standing, last) {
        (Some(one), _) => {
            // What replaced an earlier delivery is a correction: the first one was in time or not.
            let taken = deliveries.iter().filter(|one| is_taken(one));
            let first = taken.map(|one| one.received_at).min().unwrap_or(one.received_at);
            match (one.state, first > sender.due(day)) {
                (State::Empty, false) => Mark::Empty,
                (State::Empty, true) => Mark::LateEmpty,
                (_, true) => Mark::Late,
                (State::Partly, false) => Mark::Partly,
                (_, false) => Mark::Delivered,
            }
        }
        (None, Some(one)) if one.state.is_open() => Mark::Checking,
        (None, Some(_)) => Mark::Rejected,
        (None, None) if !sender.owes(day) => Mark::Outside,
        (None, None) if now <= sender.due(day) => Mark::Awaited,
        (None, None) => Mark::Missing,
    };
    Day { day, mark, delivery: standing.or(last).map(|one| one.id) }
}

fn is_taken(delivery: &Delivery) -> bool {
    delivery.state.stands() || delivery.state == State::Replaced
}

/// Those of some deliveries that came late: after their day was due, when nothing that was taken had come before.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn late<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    senders: &[Sender],
    deliveries: &[Delivery],
) -> Result<HashSet<Id>, DbErr> {
    let senders: HashMap<Id, &Sender> = senders.iter().map(|sender| (sender.id, sender)).collect();
    let is_after =
        |one: &Delivery| senders.get(&one.sender).is_some_and(|sender| one.received_at > sender.due(one.day));
    let after: Vec<&Delivery> = deliveries.iter().filter(|one| is_after(one)).collect();
    let days: BTreeSet<CivilDay> = after.iter().map(|one| one.day).collect();
    let of: BTreeSet<Id> = after.iter().map(|one| one.sender).collect();
    let beside = store::of_days(conn, scope, &of, &days).await?;
    let in_time = beside.iter().filter(|one| is_taken(one) && !is_after(one));
    let in_time: HashSet<(Id, CivilDay)> = in_time.map(|one| (one.sender, one.day)).collect();
    let late = after.into_iter().filter(|one| !in_time.contains(&(one.sender, one.day)));
    Ok(late.map(|one| one.id).collect())
}

/// The days of a sender from one day to another.
#[must_use]
pub fn days(
    sender: &Sender,
    (from, to): (CivilDay, CivilDay),
    deliveries: &[Delivery],
    now: Instant,
) -> Vec<Day> {
    let mut by_day: HashMap<CivilDay, Vec<&Delivery>> = HashMap::new();
    for delivery in deliveries.iter().filter(|one| one.sender == sender.id) {
        by_day.entry(delivery.day).or_default().push(delivery);
    }
    let all = std::iter::successors(Some(from), |day| Some(day.plus_days(1))).take_while(|day| *day <= to);
    all.map(|day| mark(sender, day, by_day.get(&day).map_or(&[], Vec::as_slice), now)).collect()
}

/// The most days that are told of at once.
const MOST_DAYS: i64 = 3 * 366;

/// Whether a period has more days than are told of at once: three years.
#[must_use]
pub fn is_too_long(period: Option<Period>) -> bool {
    period.is_some_and(|period| period.days() > MOST_DAYS)
}

/// The days of the senders of a scope, or of one of them; the last thirty unless a period is said.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn stood<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    only: Option<Id>,
    period: Option<Period>,
    now: Instant,
) -> Result<Vec<(Sender, Vec<Day>)>, DbErr> {
    let today = now.day_in(&Zone::utc());
    let period = period.map_or_else(|| (today.plus_days(-30), today), |period| (period.from, period.to));
    let found = store::between(conn, scope, period.0, period.1).await?;
    let mut all = senders::store::all(conn, scope).await?;
    all.retain(|sender| only.is_none_or(|only| only == sender.id));
    let with_days = |sender: Sender| {
        let days = days(&sender, period, &found, now);
        (sender, days)
    };
    Ok(all.into_iter().map(with_days).collect())
}

/// By what days of senders can be counted.
pub const BY: [By; 3] = [By::Body, By::Month, By::Day];

/// The calendar as a table: a row for each day of a sender; broken down by something, how many days stand how.
#[must_use]
pub fn sheet(stood: &[(Sender, Vec<Day>)], by: &[By], offices: &Offices) -> Sheet {
    if !by.is_empty() {
        return counted(stood, by, offices);
    }
    let columns = ["sender", "day", "state", "receipt"].map(str::to_owned).into();
    let row = |sender: &Sender, day: &Day| {
        vec![
            Cell::Text(sender.fields.code.clone()),
            Cell::Text(day.day.to_string()),
            Cell::Text(day.mark.code().to_owned()),
            day.delivery.map_or(Cell::None, |id| Cell::Text(id.to_string())),
        ]
    };
    let rows = stood.iter().flat_map(|(sender, days)| days.iter().map(|day| row(sender, day)));
    Sheet { columns, rows: rows.collect(), is_exact: true }
}

/// How many days stand how, of those on which something is expected or came.
fn counted(stood: &[(Sender, Vec<Day>)], by: &[By], offices: &Offices) -> Sheet {
    let marks = Mark::ALL.into_iter().filter(|mark| *mark != Mark::Outside);
    let marks: Vec<Mark> = marks.collect();
    let mut groups: BTreeMap<Vec<String>, HashMap<Mark, i64>> = BTreeMap::new();
    for (sender, days) in stood {
        for day in days.iter().filter(|day| day.mark != Mark::Outside) {
            let key = by.iter().map(|by| match by {
                By::Month => day.day.to_string()[..7].to_owned(),
                By::Day => day.day.to_string(),
                _ => offices.get(sender.fields.body).map_or_else(String::new, |office| office.code.clone()),
            });
            *groups.entry(key.collect()).or_default().entry(day.mark).or_default() += 1;
        }
    }
    let names = by.iter().map(|by| by.word()).chain(["days"]).chain(marks.iter().map(|mark| mark.code()));
    let row = |(key, counts): (Vec<String>, HashMap<Mark, i64>)| {
        let of = |mark: &Mark| counts.get(mark).copied().unwrap_or(0);
        let numbers = std::iter::once(counts.values().sum()).chain(marks.iter().map(of));
        key.into_iter().map(Cell::Text).chain(numbers.map(Cell::Whole)).collect()
    };
    let columns = names.map(str::to_owned).collect();
    Sheet { columns, rows: groups.into_iter().map(row).collect(), is_exact: true }
}

#[cfg(test)]
mod tests {
    use otklik_kernel::Zone;

    use super::*;
    use crate::deliveries::{Counts, Way};
    use crate::senders::{Fields, Policy};

    const DAY: CivilDay = CivilDay(20_261_121);

    fn sender() -> Sender {
        let fields = Fields {
            code: "s".into(),
            name: "s".into(),
            body: 1,
            policy: Policy::Whole,
            marks: (1, 5),
            zone: Zone::utc(),
            due_hours: 12,
            since: CivilDay(20_261_101),
            until: None,
        };
        Sender { id: 7, fields, history: Vec::new(), token_at: None }
    }

    fn came(id: Id, revision: i32, state: State, hours: i64) -> Delivery {
        Delivery {
            id,
            sender: 7,
            code: "s".into(),
            body: 1,
            day: DAY,
            revision,
            digest: String::new(),
            state,
            way: Way::Api,
            file: String::new(),
            bytes: 0,
            received_at: DAY.plus_days(1).start_utc().plus(hours * Instant::HOUR),
            received_by: String::new(),
            started_at: None,
            finished_at: None,
            attempts: 0,
            counts: Counts::default(),
            commit: None,
            replaced_by: None,
            problem: String::new(),
        }
    }

    #[test]
    fn mon12_every_way_a_day_can_stand() {
        use State::{Accepted, Checking, Empty, Partly, Queued, Rejected, Replaced};
        let at = |hours| DAY.plus_days(1).start_utc().plus(hours * Instant::HOUR);
        let one = |all: &[Delivery], hours| {
            let refs: Vec<_> = all.iter().collect();
            mark(&sender(), DAY, &refs, at(hours)).mark
        };
        assert_eq!(one(&[], 12), Mark::Awaited);
        assert_eq!(one(&[], 13), Mark::Missing);
        assert_eq!(one(&[came(1, 1, Accepted, 12)], 99), Mark::Delivered);
        assert_eq!(one(&[came(1, 1, Accepted, 13)], 99), Mark::Late);
        assert_eq!(one(&[came(1, 1, Partly, 1)], 99), Mark::Partly);
        assert_eq!(one(&[came(1, 1, Empty, 1)], 99), Mark::Empty);
        assert_eq!(one(&[came(1, 1, Empty, 13)], 99), Mark::LateEmpty);
        // Declared empty after all: it was in time what was taken first.
        assert_eq!(one(&[came(1, 1, Replaced, 1), came(2, 2, Empty, 40)], 99), Mark::Empty);
        assert_eq!(one(&[came(1, 1, Rejected, 1)], 99), Mark::Rejected);
        assert_eq!(one(&[came(1, 1, Rejected, 1), came(2, 2, Queued, 2)], 99), Mark::Checking);
        assert_eq!(one(&[came(1, 1, Accepted, 1), came(2, 2, Checking, 40)], 99), Mark::Delivered);
        // A correction that comes late doesn't make the day late; one that comes after a rejection does.
        assert_eq!(one(&[came(1, 1, Replaced, 1), came(2, 2, Accepted, 40)], 99), Mark::Delivered);
        assert_eq!(one(&[came(1, 1, Rejected, 1), came(2, 2, Accepted, 40)], 99), Mark::Late);
    }

    #[test]
    fn mon12_nothing_is_missing_before_the_first_day() {
        let found = days(
            &sender(),
            (CivilDay(20_261_030), CivilDay(20_261_102)),
            &[],
            CivilDay(20_261_201).start_utc(),
        );
        let marks: Vec<Mark> = found.iter().map(|day| day.mark).collect();
        assert_eq!(marks, [Mark::Outside, Mark::Outside, Mark::Missing, Mark::Missing]);
    }

    #[test]
    fn mon12_days_are_counted_by_what_is_asked_for() {
        let day = |day, mark| Day { day: CivilDay(day), mark, delivery: None };
        let one = [(20_261_130, Mark::Late), (20_261_201, Mark::Delivered), (20_261_202, Mark::Delivered)];
        let two = [(20_261_031, Mark::Outside), (20_261_201, Mark::Missing)];
        let days = |all: &[(i32, Mark)]| all.iter().map(|(of, mark)| day(*of, *mark)).collect::<Vec<_>>();
        let stood = [(sender(), days(&one)), (sender(), days(&two))];
        let sheet = sheet(&stood, &[By::Month], &Offices::default());
        assert_eq!(sheet.columns[..4], ["month", "days", "awaited", "checking"]);
        let of = |row: usize, name: &str| sheet.get(row, name).unwrap().clone();
        assert_eq!(of(0, "month"), Cell::Text("2026-11".to_owned()));
        assert_eq!((of(0, "days"), of(0, "late")), (Cell::Whole(1), Cell::Whole(1)));
        assert_eq!(of(1, "month"), Cell::Text("2026-12".to_owned()));
        let counts = ["days", "delivered", "missing", "late"].map(|name| of(1, name).whole().unwrap());
        assert_eq!((counts, sheet.rows.len()), ([3, 2, 1, 0], 2));
    }
}
