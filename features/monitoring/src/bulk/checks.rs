//! Deliveries checked on several threads at once, each as if those before it were done already: what they tell of
//! applications and services counts for it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use otklik_jobs::HandlerError;
use otklik_kernel::{CivilDay, Zone};
use otklik_organisations::model::is_code;
use otklik_progress::check::{Checked, Claim, Known, Register, Sender as Agreed};
use otklik_progress::delivery::{Delivery as Data, Text};
use otklik_web::Ctx;
use tempfile::Builder;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::{SYSTEM, Said, later};
use crate::deliveries::head;
use crate::deliveries::report::Findings;
use crate::hub::Hub;
use crate::ingest::{Keyed, request_key};
use crate::reference::in_force::KINDS;
use crate::reference::{Kind, store as records};
use crate::senders;
use crate::take::{FEW, LakeKnown, agreed, check_with, known_of, register};

/// From so many deliveries on, all applications that are known are kept in memory once one asks for many.
pub(super) const MANY: usize = 8;
/// The most applications kept in memory: some 500 MB.
const MOST_KEPT: u64 = 20_000_000;
/// Deliveries being checked at a time: some of them wait for those before.
const AT_ONCE: usize = 8;
/// Bytes of deliveries being checked at a time; a larger one is checked alone.
const MOST_BYTES: u64 = 64 << 20;
/// An archive is taken to hold so many times its bytes.
const PACKED: u64 = 10;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A delivery that was checked.
pub(super) struct CheckedDelivery {
    pub path: PathBuf,
    pub said: Said,
    pub checked: Checked,
    pub findings: Findings,
}

/// Applications known by the keys of their numbers, with region and body.
#[derive(Default)]
struct Kept {
    by_key: Keyed<(u16, u32)>,
    bodies: Vec<(String, String)>,
    /// The body that was asked for last: many applications of one follow each other.
    last: u32,
    numbers: HashMap<(String, String), u32>,
}

impl Kept {
    fn body(&mut self, code: &str, name: &str) -> u32 {
        if self.bodies.get(self.last as usize).is_some_and(|(last, its)| last == code && its == name) {
            return self.last;
        }
        let body = (code.to_owned(), name.to_owned());
        self.last = match self.numbers.get(&body) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.bodies.len()).unwrap_or(u32::MAX);
                self.bodies.push(body.clone());
                self.numbers.insert(body, number);
                number
            }
        };
        self.last
    }

    fn add_all(&mut self, data: &Data, keys: &[u64]) {
        let (all, text) = (&data.applications, |number| data.texts.get(number));
        let mut bodies: HashMap<(Text, Text), u32> = HashMap::new();
        self.by_key.reserve(keys.len());
        for (row, key) in keys.iter().enumerate() {
            let (code, name) = (all.body_code[row], all.body[row]);
            let body = *bodies.entry((code, name)).or_insert_with(|| self.body(text(code), text(name)));
            self.by_key.insert(*key, (all.region[row], body));
        }
    }
}

/// What deliveries told, and how many are through.
#[derive(Default)]
struct Told {
    kept: Kept,
    /// Whether those of the lake are all kept.
    is_all: bool,
    services: BTreeMap<String, BTreeSet<String>>,
    /// How often services were added.
    version: u64,
    done: usize,
}

impl Told {
    /// Adds a delivery, whose applications have these keys.
    fn add(&mut self, data: &Data, keys: &[u64]) {
        self.kept.add_all(data, keys);
        for one in &data.services {
            let mut is_new = !self.services.contains_key(&one.service);
            let variants = self.services.entry(one.service.clone()).or_default();
            is_new |= !one.variant.is_empty() && variants.insert(one.variant.clone());
            self.version += u64::from(is_new);
        }
    }

    /// Keeps all applications of the lake; of those kept already, what was told last holds.
    fn keep_all(&mut self, lake: &LakeKnown) -> Result<(), Error> {
        let kept = &mut self.kept;
        let tell = &mut |key, region, code: &str, name: &str| {
            let body = kept.body(code, name);
            kept.by_key.entry(key).or_insert((region, body));
        };
        lake.runtime.block_on(known_of(&lake.engine, &lake.snapshot, tell))?;
        self.is_all = true;
        Ok(())
    }

    /// Tells what is kept of some of these requests, by their places; the places of those that are not.
    fn find(
        &self,
        requests: &[&str],
        places: impl Iterator<Item = usize>,
        found: &mut dyn FnMut(usize, u16, &str, &str),
    ) -> Vec<usize> {
        let is_missing = |place: &usize| match self.kept.by_key.get(&request_key(requests[*place])) {
            Some((region, number)) => {
                let (code, name) = &self.kept.bodies[*number as usize];
                found(*place, *region, code, name);
                false
            }
            None => true,
        };
        places.filter(is_missing).collect()
    }

    fn add_to(&self, register: &mut Register) {
        for (service, variants) in &self.services {
            register.services.entry(service.clone()).or_default().extend(variants.iter().cloned());
        }
    }
}

#[derive(Default)]
struct Shared {
    told: Mutex<Told>,
    moved: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until every delivery before this one is through.
    fn turn(&self, place: usize) -> MutexGuard<'_, Told> {
        let is_early = |told: &mut Told| told.done < place;
        self.moved.wait_while(self.lock(), is_early).unwrap_or_else(PoisonError::into_inner)
    }
}

/// A delivery on its way; when it is through, or given up, the next one has its turn.
struct Turn<'a> {
    shared: &'a Shared,
    place: usize,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.shared.turn(self.place).done = self.place + 1;
        self.shared.moved.notify_all();
    }
}

/// What the deliveries before told, and the lake.
struct KnownBefore<'a> {
    shared: &'a Shared,
    place: usize,
    lake: LakeKnown,
    /// Whether all applications of the lake may be kept.
    may_keep: bool,
}

impl Known for KnownBefore<'_> {
    fn find(&self, requests: &[&str], found: &mut dyn FnMut(usize, u16, &str, &str)) -> Result<(), Error> {
        let mut told = self.shared.turn(self.place);
        let mut missing = told.find(requests, 0..requests.len(), found);
        if missing.len() > FEW && self.may_keep && !told.is_all {
            told.keep_all(&self.lake)?;
            missing = told.find(requests, missing.into_iter(), found);
        }
        if missing.is_empty() || told.is_all {
            return Ok(());
        }
        drop(told);
        let asked: Vec<&str> = missing.iter().map(|place| requests[*place]).collect();
        self.lake.find(&asked, &mut |at, region, code, name| found(missing[at], region, code, name))
    }
}

/// A delivery to be checked.
struct Task {
    place: usize,
    path: PathBuf,
    said: Said,
    claim: Claim,
    register: Arc<Register>,
    /// The version of what was told that the register has.
    version: u64,
    lake: LakeKnown,
    may_keep: bool,
}

impl Task {
    fn run(self, shared: &Shared) -> Result<CheckedDelivery, HandlerError> {
        let Self { place, path, said, claim, register, version, lake, may_keep } = self;
        let _turn = Turn { shared, place };
        let known = KnownBefore { shared, place, lake, may_keep };
        let (mut checked, mut findings) = check(&register, &path, &claim, &known)?;
        // Before its turn: those after it wait for what it does then.
        let mut keys = checked.delivery.as_ref().map_or_else(Vec::new, keys_of);
        let mut told = shared.turn(place);
        if checked.errors > 0 && told.version != version {
            // Some of them may be about services that one before told of.
            let mut register = (*register).clone();
            told.add_to(&mut register);
            drop(told);
            (checked, findings) = check(&register, &path, &claim, &known)?;
            keys = checked.delivery.as_ref().map_or_else(Vec::new, keys_of);
            told = shared.turn(place);
        }
        if let Some(data) = &checked.delivery {
            told.add(data, &keys);
        }
        drop(told);
        Ok(CheckedDelivery { path, said, checked, findings })
    }
}

fn keys_of(data: &Data) -> Vec<u64> {
    data.applications.request.iter().map(|request| request_key(data.texts.get(*request))).collect()
}

fn check(
    register: &Register,
    path: &Path,
    claim: &Claim,
    known: &dyn Known,
) -> Result<(Checked, Findings), HandlerError> {
    let report = Builder::new().prefix("otklik-report-").tempfile();
    let report = report.map_err(|error| HandlerError::Later(error.to_string()))?.into_temp_path();
    let checked = check_with(register, path, claim, known, &report)?;
    let is_found = checked.errors + checked.warnings > 0;
    Ok((checked, if is_found { Findings::of(report) } else { Findings::default() }))
}

/// Checks deliveries, some at a time.
pub(super) struct Checks {
    ctx: Ctx,
    hub: Hub,
    shared: Arc<Shared>,
    /// The lake as it was in the beginning; what came since was told.
    lake: LakeKnown,
    may_keep: bool,
    agreed: HashMap<String, Agreed>,
    /// What is checked against, with the day that it is of and the version of what was told.
    register: Option<(CivilDay, u64, Arc<Register>)>,
    /// Whether what is checked against is another one on other days.
    has_history: bool,
    begun: usize,
    running: VecDeque<(u64, JoinHandle<Result<CheckedDelivery, HandlerError>>)>,
}

impl Checks {
    /// Begins with about so many deliveries.
    pub async fn begin(ctx: &Ctx, hub: &Hub, many: usize) -> Result<Self, HandlerError> {
        let mut has_history = false;
        for kind in KINDS.into_iter().chain([Kind::OwnStatus]) {
            has_history |= !records::all(ctx.db.read(), kind).await?.is_empty();
        }
        let snapshot = hub.lake().latest().await.map_err(|error| later(&error.into()))?;
        let may_keep = many >= MANY && snapshot.rows(crate::tables::CASES.name()) <= MOST_KEPT;
        let lake = LakeKnown { engine: hub.engine().clone(), snapshot, runtime: Handle::current() };
        let all = senders::store::all(ctx.db.read(), &SYSTEM).await?;
        has_history |= all.iter().any(|sender| !sender.history.is_empty());
        let today = ctx.now().day_in(&Zone::utc());
        Ok(Self {
            ctx: ctx.clone(),
            hub: hub.clone(),
            shared: Arc::default(),
            lake,
            may_keep,
            agreed: all.iter().map(|sender| (sender.fields.code.clone(), agreed(sender, today))).collect(),
            register: None,
            has_history,
            begun: 0,
            running: VecDeque::new(),
        })
    }

    /// Codes of those senders who had been written down in the beginning.
    pub fn senders(&self) -> HashSet<String> {
        self.agreed.keys().cloned().collect()
    }

    /// Whether one must be taken before another of so many bytes may begin.
    pub fn is_full(&self, bytes: u64) -> bool {
        let running: u64 = self.running.iter().map(|(bytes, _)| bytes).sum();
        !self.running.is_empty()
            && (self.running.len() >= AT_ONCE || running.saturating_add(bytes) > MOST_BYTES)
    }

    /// Begins to check one of so many bytes.
    pub async fn start(&mut self, path: &Path, bytes: u64, said: &Said) -> Result<(), HandlerError> {
        let own = head::of_path(path);
        let now = self.ctx.now();
        let today = now.day_in(&Zone::utc());
        let day = said.day.or_else(|| CivilDay::parse(&own.day)).unwrap_or(today);
        // A sender whom nobody has written down yet is, by its first delivery, when its code can be one.
        let named = said.sender.iter().chain([&own.sender]).filter(|code| is_code(code));
        let (version, register) = self.register(day, named).await?;
        let claim = Claim {
            sender: said.sender.clone(),
            day: said.day,
            revision: said.revision,
            received: said.received.unwrap_or(now),
        };
        let (path, said, place) = (path.to_owned(), said.clone(), self.begun);
        let (lake, may_keep) = (self.lake.clone(), self.may_keep);
        let task = Task { place, path, said, claim, register, version, lake, may_keep };
        let shared = Arc::clone(&self.shared);
        self.running.push_back((bytes, tokio::task::spawn_blocking(move || task.run(&shared))));
        self.begun += 1;
        Ok(())
    }

    /// The first of those that were begun, when it is checked.
    pub async fn next(&mut self) -> Result<Option<CheckedDelivery>, HandlerError> {
        let Some((_, running)) = self.running.pop_front() else { return Ok(None) };
        running.await.map_err(|error| HandlerError::Later(error.to_string()))?.map(Some)
    }

    async fn register<'a>(
        &mut self,
        day: CivilDay,
        named: impl Iterator<Item = &'a String>,
    ) -> Result<(u64, Arc<Register>), HandlerError> {
        let (made, mut version, mut known) = match self.register.take() {
            Some((made, version, known)) if made == day || !self.has_history => (made, version, known),
            _ => (day, 0, Arc::new(register(&self.hub, day).await.map_err(|error| later(&error))?)),
        };
        {
            let told = self.shared.lock();
            if told.version != version {
                told.add_to(Arc::make_mut(&mut known));
                version = told.version;
            }
        }
        for sender in named.filter(|sender| !known.senders.contains_key(*sender)).collect::<Vec<_>>() {
            let agreed = self.agreed.get(sender).cloned().unwrap_or_default();
            Arc::make_mut(&mut known).senders.insert(sender.clone(), agreed);
        }
        self.register = Some((made, version, Arc::clone(&known)));
        Ok((version, known))
    }
}

/// About how many bytes a file or a folder holds.
pub(super) fn size(path: &Path) -> u64 {
    let of = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    match fs::read_dir(path) {
        Ok(files) => files.flatten().map(|file| of(&file.path())).sum(),
        Err(_) if path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("zip")) => of(path) * PACKED,
        Err(_) => of(path),
    }
}
