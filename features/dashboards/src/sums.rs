//! Sums of kept figures over a place and a period. Those of the past are kept: a year of a country is added up once,
//! and after that only its last days.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use otklik_access::Scope;
use otklik_db::{Db, DbErr};
use otklik_kernel::{CivilDay, Id, Zone};
use otklik_responses::figures::{Cube, Hours, Slice, Tally};

use crate::period::Period;
use crate::tree::Tree;

/// The last days of a period, which may change all the time, are added up each time.
const RECENT: i32 = 3;
/// Periods kept at most; beyond it all are forgotten.
const MOST: usize = 200;

/// What is added up.
#[derive(Clone, Debug, Default)]
struct Sums {
    total: Tally,
    by_day: BTreeMap<CivilDay, Tally>,
    by_body: HashMap<Id, Tally>,
    hours: Hours,
}

/// What a period is added up from: its past, which is kept and shared, and its last days.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    past: Arc<Sums>,
    recent: Sums,
}

impl Parts {
    fn both(&self) -> [&Sums; 2] {
        [&self.past, &self.recent]
    }

    /// Everything together.
    pub fn total(&self) -> Tally {
        let mut total = self.past.total;
        total.add(&self.recent.total);
        total
    }

    /// The days of a period together.
    pub fn of_days(&self, period: Period) -> Tally {
        let mut sum = Tally::default();
        let days = self.both().into_iter().flat_map(|part| part.by_day.range(period.from..=period.to));
        days.for_each(|(_, tally)| sum.add(tally));
        sum
    }

    /// By body, up to twice each; bodies without responses are not in it.
    pub fn by_body(&self) -> impl Iterator<Item = (Id, &Tally)> {
        self.both().into_iter().flat_map(|part| part.by_body.iter().map(|(&body, tally)| (body, tally)))
    }

    /// By weekday and hour of the offices.
    pub fn hours(&self) -> Hours {
        let mut hours = self.past.hours;
        for (mine, theirs) in hours.iter_mut().flatten().zip(self.recent.hours.iter().flatten()) {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
        hours
    }
}

/// Of which bodies.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The caller's.
    pub scope: &'a Scope,
    /// The one asked for, with everything under it.
    pub body: Option<Id>,
    /// All of them, with their zones.
    pub tree: &'a Tree,
}

type Key = (Vec<Id>, Option<Id>, Period);
type Stamp = (i64, u64);
type Made = HashMap<Key, (Stamp, Arc<Sums>)>;

/// The sums that are kept, each with what it was made from; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<Made>>);

impl Kept {
    /// The sums of a place over a period.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn sums(&self, cube: &Cube, db: &Db, place: Place<'_>, period: Period) -> Result<Parts, DbErr> {
        let last = period.to.plus_days(-RECENT);
        if last < period.from {
            let slice = cube.read(db, place.scope, place.body, period.from, period.to).await?;
            return Ok(Parts { past: Arc::default(), recent: Sums::of(&slice, place.tree) });
        }
        let past = Period { from: period.from, to: last };
        let slice = cube.read(db, place.scope, place.body, past.from, past.to).await?;
        let key = (place.scope.tops().to_vec(), place.body, past);
        let stamp = (place.tree.version(), slice.stamp());
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().get(&key).filter(|(made, _)| *made == stamp).map(|(_, sums)| sums.clone());
        let past = match known {
            Some(sums) => sums,
            None => {
                let sums = Arc::new(Sums::of(&slice, place.tree));
                let mut kept = kept();
                if kept.len() >= MOST {
                    kept.clear();
                }
                kept.insert(key, (stamp, sums.clone()));
                sums
            }
        };
        let slice = cube.read(db, place.scope, place.body, last.plus_days(1), period.to).await?;
        Ok(Parts { past, recent: Sums::of(&slice, place.tree) })
    }
}

impl Sums {
    fn of(slice: &Slice, tree: &Tree) -> Self {
        let by_day = slice.by_day();
        let mut total = Tally::default();
        by_day.values().for_each(|tally| total.add(tally));
        let mut clocks = Clocks::default();
        let hours = slice.hours(|body, day| tree.get(body).map_or(0, |node| clocks.ahead(&node.zone, day)));
        Self { total, by_day, by_body: slice.by_body(), hours }
    }
}

/// How many hours clocks were ahead of UTC at the start of a day, worked out once per zone and day.
#[derive(Debug, Default)]
struct Clocks(HashMap<String, HashMap<CivilDay, i32>>);

impl Clocks {
    fn ahead(&mut self, zone: &Zone, day: CivilDay) -> i32 {
        if !self.0.contains_key(zone.name()) {
            self.0.insert(zone.name().to_owned(), HashMap::new());
        }
        let Some(days) = self.0.get_mut(zone.name()) else { return 0 };
        *days.entry(day).or_insert_with(|| {
            let ahead = day.start_utc().since(day.start_in(zone)).div_euclid(otklik_kernel::Instant::HOUR);
            i32::try_from(ahead).unwrap_or(0)
        })
    }
}
