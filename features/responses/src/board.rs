//! The days of all offices with who has looked them through, in memory: what pages over a whole country are made from.
//! Numbers come from the kept figures ([`Cube`]), marks are kept here; both are read again by the day, where the day's
//! version has changed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use otklik_access::Scope;
use otklik_db::{Db, DbErr};
use otklik_kernel::{CivilDay, Id};
use tokio::time::Instant;

use crate::days::{Day, Mark};
use crate::figures::Cube;
use crate::store::days as store;

/// Days kept at most; beyond it only those just asked for stay.
const KEPT: usize = 120;
/// Marks are read again at the latest after this time: a node of an older version changes them without a word.
const OLD: Duration = Duration::from_secs(60);

/// Marks of a day by office.
type Marks = Arc<HashMap<Id, Vec<Mark>>>;

/// The days in memory; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Board {
    figures: Cube,
    marks: Arc<Mutex<BTreeMap<i32, Kept>>>,
}

#[derive(Debug)]
struct Kept {
    version: i64,
    read: Instant,
    marks: Marks,
}

impl Board {
    /// A board over these figures, with nothing in it yet.
    #[must_use]
    pub fn new(figures: &Cube) -> Self {
        Self { figures: figures.clone(), marks: Arc::default() }
    }

    /// The days of offices of the scope that have responses, with who has looked them through, the newest days
    /// first: what [`crate::days::received`] gives for all offices, which stand in no order here.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn received(
        &self,
        db: &Db,
        scope: &Scope,
        from: CivilDay,
        to: CivilDay,
    ) -> Result<Vec<Day>, DbErr> {
        let slice = self.figures.read(db, scope, None, from, to).await?;
        let marks = self.marks(db, from, to).await?;
        Ok(slice
            .received()
            .map(|(day, body, all, negative)| {
                let of_day = marks.get(&day.0).and_then(|marks| marks.get(&body));
                Day { body, day, all, negative, marks: of_day.cloned().unwrap_or_default() }
            })
            .collect())
    }

    /// The marks of these days, by day.
    async fn marks(&self, db: &Db, from: CivilDay, to: CivilDay) -> Result<HashMap<i32, Marks>, DbErr> {
        let versions = store::versions(db.read(), from, to).await?;
        let mut found: HashMap<i32, Marks> = HashMap::new();
        let mut stale: HashMap<i32, i64> = HashMap::new();
        {
            let kept = self.kept();
            for (day, version) in versions {
                let fresh = |one: &&Kept| one.version == version && one.read.elapsed() < OLD;
                if let Some(one) = kept.get(&day).filter(fresh) {
                    found.insert(day, one.marks.clone());
                } else {
                    stale.insert(day, version);
                }
            }
        }
        let (Some(&first), Some(&last)) = (stale.keys().min(), stale.keys().max()) else { return Ok(found) };
        let read = Instant::now();
        let mut days: HashMap<i32, HashMap<Id, Vec<Mark>>> = HashMap::new();
        for (day, body, mark) in store::marks(db.read(), CivilDay(first), CivilDay(last)).await? {
            days.entry(day).or_default().entry(body).or_default().push(mark);
        }
        let mut kept = self.kept();
        for (day, version) in stale {
            let marks = Arc::new(days.remove(&day).unwrap_or_default());
            found.insert(day, marks.clone());
            kept.insert(day, Kept { version, read, marks });
        }
        if kept.len() > KEPT {
            let asked: HashSet<i32> = found.keys().copied().collect();
            kept.retain(|day, _| asked.contains(day));
        }
        Ok(found)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<i32, Kept>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
