//! Kept figures in memory, day by day: a page of a whole country over a year would otherwise read and add up
//! millions of rows each time it is opened.
//!
//! Figures are kept per office, never per region: they follow a body that is moved in the tree. Every read
//! compares the versions of its days with the database and loads the days that changed, so what it gives is
//! never older than the read itself; only a day of very many offices, which changes all the time, may be half a
//! second old.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use otklik_access::Scope;
use otklik_db::{Db, DbErr, Kept, Value, sql};
use otklik_kernel::{CivilDay, Id};
use otklik_organisations::snapshot;
use sea_orm::{ConnectionTrait, QueryResult};
use tokio::time::{Duration, Instant};

use super::{ALL, HOUR, NEGATIVE, TEXT};

/// Office-days kept at most, about 150 bytes each; beyond it only the days just asked for stay.
const KEPT: usize = 1_500_000;
/// A day of more offices than this is loaded again after a pause at the earliest.
const MANY: usize = 500;
/// That pause.
const PAUSE: Duration = Duration::from_millis(500);
/// Days loaded with one query.
const AT_ONCE: i32 = 14;
/// Criteria are lower-case Latin letters.
const LETTERS: usize = 26;

/// The kept figures of all offices, as far as they were asked for; cheap to clone.
#[derive(Clone, Debug)]
pub struct Cube(Arc<Shared>);

impl Default for Cube {
    fn default() -> Self {
        Self(Arc::new(Shared {
            kept: Mutex::default(),
            scopes: Kept::new(&[snapshot::VERSION]),
            loading: tokio::sync::Mutex::default(),
        }))
    }
}

#[derive(Debug)]
struct Shared {
    kept: Mutex<Figures>,
    /// The bodies of scopes, by what they are looked at under.
    scopes: Kept<(Scope, Option<Id>), Arc<Vec<Id>>>,
    /// One load at a time: others wait for it and find what they need.
    loading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Figures {
    /// Places of bodies in `ids`.
    places: HashMap<Id, u32>,
    ids: Vec<Id>,
    days: BTreeMap<i32, Arc<Day>>,
}

/// The figures of a day.
#[derive(Debug)]
struct Day {
    version: i64,
    loaded: Instant,
    offices: Vec<Office>,
    hours: Vec<Hour>,
}

#[derive(Debug)]
struct Office {
    place: u32,
    all: u32,
    negative: u32,
    text: u32,
    /// Criterion, sad and happy marks.
    marks: Box<[(u8, u32, u32)]>,
}

#[derive(Debug)]
struct Hour {
    place: u32,
    /// The hour in UTC.
    hour: u8,
    is_negative: bool,
    n: u32,
}

/// How many responses there are, by mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All responses.
    pub all: u64,
    /// Those with at least one sad face.
    pub negative: u64,
    /// Those with a text.
    pub text: u64,
    marks: [(u64, u64); LETTERS],
}

/// How many responses there are, and how many of them are negative, by weekday (from Monday) and hour.
pub type Hours = [[(u64, u64); 24]; 7];

impl Tally {
    /// The sad and the happy marks of a criterion.
    #[must_use]
    pub fn marks(&self, criterion: char) -> (u64, u64) {
        letter(criterion).map_or((0, 0), |at| self.marks[at])
    }

    /// Adds what another one counts.
    pub fn add(&mut self, other: &Self) {
        self.all += other.all;
        self.negative += other.negative;
        self.text += other.text;
        for (mine, theirs) in self.marks.iter_mut().zip(&other.marks) {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
    }

    fn count(&mut self, office: &Office) {
        self.all += u64::from(office.all);
        self.negative += u64::from(office.negative);
        self.text += u64::from(office.text);
        for &(at, sad, happy) in &office.marks {
            let mark = &mut self.marks[usize::from(at)];
            mark.0 += u64::from(sad);
            mark.1 += u64::from(happy);
        }
    }
}

fn letter(criterion: char) -> Option<usize> {
    criterion.is_ascii_lowercase().then(|| usize::from(criterion as u8 - b'a'))
}

/// The figures of the bodies of a scope over days.
#[derive(Debug)]
pub struct Slice {
    days: Vec<(CivilDay, Arc<Day>)>,
    ids: Vec<Id>,
    /// Whether the body at a place belongs to it.
    within: Vec<bool>,
}

impl Cube {
    /// The figures of the scope, or of what lies in it under one body, from the first to the last day.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn read(
        &self,
        db: &Db,
        scope: &Scope,
        under: Option<Id>,
        from: CivilDay,
        to: CivilDay,
    ) -> Result<Slice, DbErr> {
        let bodies = self.bodies(db, scope, under).await?;
        let current = versions(db, from, to).await?;
        if let Some(slice) = self.kept().take(&current, &bodies) {
            return Ok(slice);
        }
        let _only = self.0.loading.lock().await;
        let current = versions(db, from, to).await?;
        self.load(db, &current).await?;
        let slice = self.kept().take(&current, &bodies);
        slice.ok_or_else(|| DbErr::Custom(format!("figures from {from} to {to} were not loaded")))
    }

    /// Loads a year and a month up to a day, so that nobody waits for it later.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn warm(&self, db: &Db, today: CivilDay) -> Result<(), DbErr> {
        let scope = Scope::system("figures are loaded before somebody asks for them");
        // The newest first, and between two parts others may load what they need.
        let mut to = today.plus_days(1);
        let first = today.plus_days(-396);
        while to >= first {
            let from = to.plus_days(1 - AT_ONCE);
            self.read(db, &scope, None, from, to).await?;
            to = from.plus_days(-1);
        }
        Ok(())
    }

    /// The bodies of a scope, or of what lies in it under one body.
    async fn bodies(&self, db: &Db, scope: &Scope, under: Option<Id>) -> Result<Arc<Vec<Id>>, DbErr> {
        let read = async || {
            let condition = match under {
                Some(body) => format!("c.ancestor = {body} AND {}", scope.sql("c.body")),
                None => format!("c.depth = 0 AND {}", scope.sql("c.body")),
            };
            let text = format!("SELECT c.body FROM access_closure c WHERE {condition}");
            let rows = db.read().query_all_raw(sql(db.read(), &text, [])).await?;
            rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, DbErr>>().map(Arc::new)
        };
        self.0.scopes.get(db, (scope.clone(), under), read).await
    }

    fn kept(&self) -> MutexGuard<'_, Figures> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads the days that are not kept at their versions: neighbouring ones with one query.
    async fn load(&self, db: &Db, versions: &[Version]) -> Result<(), DbErr> {
        let is_kept: Vec<bool> = {
            let kept = self.kept();
            versions.iter().map(|version| kept.day(version).is_some()).collect()
        };
        let marked: Vec<(Version, bool)> = versions.iter().copied().zip(is_kept).collect();
        let runs = marked.chunk_by(|one, next| one.1 == next.1).filter(|run| !run[0].1);
        for run in runs.flat_map(|run| run.chunks(AT_ONCE.unsigned_abs() as usize)) {
            let text = "SELECT f.day, f.body_id, string_agg(f.figure || '=' || CAST(f.n AS TEXT), ' ') AS figures \
                 FROM responses_figures f WHERE f.day BETWEEN ? AND ? GROUP BY f.day, f.body_id";
            let ends: [Value; 2] = [run[0].0.day.into(), run[run.len() - 1].0.day.into()];
            let loaded = Instant::now();
            let rows = db.read().query_all_raw(sql(db.read(), text, ends)).await?;
            let mut kept = self.kept();
            let day = |version: i64| Day { version, loaded, offices: Vec::new(), hours: Vec::new() };
            let mut days: HashMap<i32, Day> =
                run.iter().map(|(version, _)| (version.day, day(version.version))).collect();
            for row in &rows {
                // A day that came between the two reads is found by the next request.
                if let Some(day) = days.get_mut(&row.try_get_by_index(0)?) {
                    kept.put(day, row)?;
                }
            }
            kept.days.extend(days.into_iter().map(|(day, figures)| (day, Arc::new(figures))));
        }
        self.kept().forget(versions);
        Ok(())
    }
}

/// A day and how often its figures were changed.
#[derive(Clone, Copy, Debug)]
struct Version {
    day: i32,
    version: i64,
}

async fn versions(db: &Db, from: CivilDay, to: CivilDay) -> Result<Vec<Version>, DbErr> {
    let text = "SELECT day, version FROM responses_figure_days WHERE day BETWEEN ? AND ? ORDER BY day";
    let rows = db.read().query_all_raw(sql(db.read(), text, [from.0.into(), to.0.into()])).await?;
    rows.iter()
        .map(|row| Ok(Version { day: row.try_get_by_index(0)?, version: row.try_get_by_index(1)? }))
        .collect()
}

impl Figures {
    fn day(&self, wanted: &Version) -> Option<&Arc<Day>> {
        let is_current = |day: &&Arc<Day>| {
            day.version == wanted.version || (day.offices.len() > MANY && day.loaded.elapsed() < PAUSE)
        };
        self.days.get(&wanted.day).filter(is_current)
    }

    /// The days at these versions, seen by these bodies; nothing when one of the days is not kept so.
    fn take(&self, versions: &[Version], bodies: &[Id]) -> Option<Slice> {
        let days: Option<Vec<_>> = versions
            .iter()
            .map(|version| Some((CivilDay(version.day), self.day(version)?.clone())))
            .collect();
        let mut within = vec![false; self.ids.len()];
        for place in bodies.iter().filter_map(|body| self.places.get(body)) {
            within[*place as usize] = true;
        }
        Some(Slice { days: days?, ids: self.ids.clone(), within })
    }

    /// Keeps no more than there is room for.
    fn forget(&mut self, asked: &[Version]) {
        if self.days.values().map(|day| day.offices.len()).sum::<usize>() > KEPT {
            let asked: HashSet<i32> = asked.iter().map(|version| version.day).collect();
            self.days.retain(|day, _| asked.contains(day));
        }
    }

    fn put(&mut self, day: &mut Day, row: &QueryResult) -> Result<(), DbErr> {
        let (body, figures): (Id, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let broken = || DbErr::Custom(format!("responses_figures of {body}: {figures:?}"));
        let place = match self.places.get(&body) {
            Some(&place) => place,
            None => {
                let place = u32::try_from(self.ids.len()).map_err(|_| broken())?;
                self.ids.push(body);
                self.places.insert(body, place);
                place
            }
        };
        let mut office = Office { place, all: 0, negative: 0, text: 0, marks: Box::default() };
        let mut marks: BTreeMap<u8, (u32, u32)> = BTreeMap::new();
        for figure in figures.split(' ') {
            let (name, n) = figure.split_once('=').ok_or_else(broken)?;
            let n: u32 = n.parse().map_err(|_| broken())?;
            match name {
                ALL => office.all = n,
                NEGATIVE => office.negative = n,
                TEXT => office.text = n,
                _ => {
                    if let Some(hour) = name.strip_prefix(HOUR) {
                        let is_negative = hour.ends_with('-');
                        let hour = hour.trim_end_matches('-').parse().ok().filter(|&hour: &u8| hour < 24);
                        let hour = hour.ok_or_else(broken)?;
                        day.hours.push(Hour { place, hour, is_negative, n });
                    } else {
                        let mut letters = name.chars();
                        let at = letters.next().and_then(letter).ok_or_else(broken)?;
                        let mark = marks.entry(u8::try_from(at).map_err(|_| broken())?).or_default();
                        match letters.as_str() {
                            "0" => mark.0 = n,
                            "1" => mark.1 = n,
                            _ => return Err(broken()),
                        }
                    }
                }
            }
        }
        office.marks = marks.into_iter().map(|(at, (sad, happy))| (at, sad, happy)).collect();
        day.offices.push(office);
        Ok(())
    }
}

impl Slice {
    fn offices(&self) -> impl Iterator<Item = (CivilDay, &Office)> {
        let within = |office: &&Office| self.within.get(office.place as usize).copied().unwrap_or(false);
        self.days
            .iter()
            .rev()
            .flat_map(move |(day, figures)| figures.offices.iter().filter(within).map(move |one| (*day, one)))
    }

    /// A number that is another one, but for a chance of one in 2⁶⁴, when a day has changed or another body is within:
    /// who keeps what was made from a slice compares it.
    #[must_use]
    pub fn stamp(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.days.iter().for_each(|(day, figures)| (day.0, figures.version).hash(&mut hasher));
        let within = self.ids.iter().zip(&self.within).filter(|(_, is_within)| **is_within);
        within.for_each(|(id, _)| id.hash(&mut hasher));
        hasher.finish()
    }

    /// The days of bodies with responses, the newest first: how many of those, and how many of them are negative.
    pub(crate) fn received(&self) -> impl Iterator<Item = (CivilDay, Id, i64, i64)> {
        self.offices().filter(|(_, office)| office.all > 0).map(|(day, office)| {
            (day, self.ids[office.place as usize], i64::from(office.all), i64::from(office.negative))
        })
    }

    /// Everything together.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.offices().for_each(|(_, office)| total.count(office));
        total
    }

    /// By day; days without responses are not in it.
    #[must_use]
    pub fn by_day(&self) -> BTreeMap<CivilDay, Tally> {
        let mut days: BTreeMap<CivilDay, Tally> = BTreeMap::new();
        for (day, figures) in &self.days {
            let mut tally = Tally::default();
            let of_scope = figures.offices.iter().filter(|office| self.within[office.place as usize]);
            of_scope.for_each(|office| tally.count(office));
            if tally.all > 0 {
                days.insert(*day, tally);
            }
        }
        days
    }

    /// By body; bodies without responses are not in it.
    #[must_use]
    pub fn by_body(&self) -> HashMap<Id, Tally> {
        let mut tallies = vec![Tally::default(); self.ids.len()];
        self.offices().for_each(|(_, office)| tallies[office.place as usize].count(office));
        self.ids.iter().copied().zip(tallies).filter(|(_, tally)| tally.all > 0).collect()
    }

    /// By weekday and hour of the office; `offset` says by how many hours the office's clock was ahead of
    /// UTC on a day.
    #[must_use]
    pub fn hours(&self, mut offset: impl FnMut(Id, CivilDay) -> i32) -> Hours {
        let mut hours = Hours::default();
        for (day, figures) in &self.days {
            let weekday = weekday(*day);
            let mut known: Option<(u32, i32)> = None;
            for one in figures.hours.iter().filter(|one| self.within[one.place as usize]) {
                // An office's hours stand together: its clock is asked for once.
                let ahead = match known {
                    Some((place, ahead)) if place == one.place => ahead,
                    _ => offset(self.ids[one.place as usize], *day),
                };
                known = Some((one.place, ahead));
                let hour = (i32::from(one.hour) + ahead).rem_euclid(24).unsigned_abs() as usize;
                let cell = &mut hours[weekday][hour];
                match one.is_negative {
                    true => cell.1 += u64::from(one.n),
                    false => cell.0 += u64::from(one.n),
                }
            }
        }
        hours
    }
}

/// The weekday of a civil day, 0 is Monday.
#[must_use]
pub fn weekday(day: CivilDay) -> usize {
    let days = day.start_utc().0.div_euclid(otklik_kernel::Instant::DAY);
    // The first of January 1970 was a Thursday.
    (days + 3).rem_euclid(7).unsigned_abs() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_are_those_of_the_calendar() {
        for (day, expected) in [(19_700_101, 3), (20_000_229, 1), (20_261_122, 6), (20_261_123, 0)] {
            assert_eq!(weekday(CivilDay(day)), expected, "{day}");
        }
    }
}
