//! Which days of which offices have not been looked through by all who must (QR-12) [1 §5.1].

use std::collections::HashMap;
use std::sync::Arc;

use otklik_access::Scope;
use otklik_db::{Db, DbErr, Kept};
use otklik_kernel::{CivilDay, Id, Instant};
use otklik_organisations::{Office, SharedOffices, people, snapshot, store as bodies};
use otklik_responses::Board;
use otklik_responses::days::{self, Day, Looked};
use otklik_responses::figures::Cube;
use sea_orm::ConnectionTrait;

use crate::read::{self, Watcher};
use crate::store::recipients::VERSION;

/// Days of the page, and of the count of what is behind.
pub const DAYS: i32 = 14;

/// A day with responses, against who must look it through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The day.
    pub day: Day,
    /// By whom it has been looked through.
    pub looked: Looked,
    /// How many must.
    pub must: usize,
}

impl Judged {
    /// Holds a day against who must look it through.
    #[must_use]
    pub fn new(day: Day, watchers: &[Watcher]) -> Self {
        Self { looked: day.looked(watchers.iter().map(|watcher| watcher.person)), must: watchers.len(), day }
    }

    /// Whether somebody who must has not looked it through, or nobody has, and the day is over.
    #[must_use]
    pub fn is_gap(&self, today: CivilDay) -> bool {
        self.day.day < today && self.looked != Looked::ByAll
    }

    /// Who must and has not.
    #[must_use]
    pub fn missing(&self) -> &[Id] {
        match &self.looked {
            Looked::ByAll => &[],
            Looked::BySome(missing) | Looked::ByNobody(missing) => missing,
        }
    }
}

/// The days with responses of a period by office, and who must look them through; of all offices of the scope, or of
/// these. A page over a country asks [`Days`].
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn judged<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    bodies: Option<&[Id]>,
    from: CivilDay,
    to: CivilDay,
) -> Result<(HashMap<Id, Vec<Judged>>, HashMap<Id, Vec<Watcher>>), DbErr> {
    let watchers = read::watchers(conn, scope, bodies).await?;
    let mut all: HashMap<Id, Vec<Judged>> = HashMap::new();
    for day in days::received(conn, scope, bodies, from, to).await? {
        let must = watchers.get(&day.body).map_or(&[][..], Vec::as_slice);
        all.entry(day.body).or_default().push(Judged::new(day, must));
    }
    Ok((all, watchers))
}

/// Who must look through the days of which office.
type Watching = Arc<HashMap<Id, Vec<Watcher>>>;

/// The days of all offices and who must look them through, in memory: what a page over a country is made from. Cheap
/// to clone.
#[derive(Clone, Debug)]
pub struct Days {
    board: Board,
    watchers: Kept<(), Watching>,
    open_offices: Kept<Scope, Arc<Vec<Id>>>,
}

impl Days {
    /// Nothing in memory yet, over these figures.
    #[must_use]
    pub fn new(figures: &Cube) -> Self {
        Self {
            board: Board::new(figures),
            watchers: Kept::new(&[people::store::EMAILS, VERSION]),
            open_offices: Kept::new(&[snapshot::VERSION]),
        }
    }

    /// The open offices of the scope, by id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn open_offices(
        &self,
        db: &Db,
        offices: &SharedOffices,
        scope: &Scope,
    ) -> Result<HashMap<Id, Arc<Office>>, DbErr> {
        let read = async || Ok::<_, DbErr>(Arc::new(bodies::open_offices(db.read(), scope).await?));
        let ids = self.open_offices.get(db, scope.clone(), read).await?;
        let known = offices.current();
        Ok(ids.iter().filter_map(|&id| Some((id, known.get(id)?.clone()))).collect())
    }

    /// What [`judged`] gives for all offices of the scope; who must is there for offices beyond it, too.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn judged(
        &self,
        db: &Db,
        scope: &Scope,
        from: CivilDay,
        to: CivilDay,
    ) -> Result<(HashMap<Id, Vec<Judged>>, Watching), DbErr> {
        let watchers = self.watchers(db).await?;
        let most = usize::try_from(DAYS).unwrap_or_default();
        let mut all: HashMap<Id, Vec<Judged>> = HashMap::new();
        for day in self.board.received(db, scope, from, to).await? {
            let must = watchers.get(&day.body).map_or(&[][..], Vec::as_slice);
            all.entry(day.body).or_insert_with(|| Vec::with_capacity(most)).push(Judged::new(day, must));
        }
        Ok((all, watchers))
    }

    async fn watchers(&self, db: &Db) -> Result<Watching, DbErr> {
        const ALL: Scope =
            Scope::system("who must look days through; pages show those of the caller's scope");
        let read = async || Ok::<_, DbErr>(Arc::new(read::watchers(db.read(), &ALL, None).await?));
        self.watchers.get(db, (), read).await
    }

    /// The days that are over and have not been looked through by all who must, by office, of the last `days` with
    /// today.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn gaps(
        &self,
        db: &Db,
        scope: &Scope,
        offices: &HashMap<Id, Arc<Office>>,
        now: Instant,
        days: i32,
    ) -> Result<HashMap<Id, Vec<Judged>>, DbErr> {
        let mut today: HashMap<&str, CivilDay> = HashMap::new();
        for office in offices.values() {
            today.entry(office.zone.name()).or_insert_with(|| now.day_in(&office.zone));
        }
        let Some((&first, &last)) = today.values().min().zip(today.values().max()) else {
            return Ok(HashMap::new());
        };
        let (mut all, _) = self.judged(db, scope, first.plus_days(1 - days), last.plus_days(-1)).await?;
        all.retain(|body, judged| {
            let Some(&today) = offices.get(body).and_then(|office| today.get(office.zone.name())) else {
                return false;
            };
            judged.retain(|day| day.is_gap(today) && day.day.day >= today.plus_days(1 - days));
            !judged.is_empty()
        });
        Ok(all)
    }
}
