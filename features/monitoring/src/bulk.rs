//! Many deliveries at once, by a command: checked one after the other, imported group by group, each with its own
//! receipt, errors and policy.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_jobs::HandlerError;
use otklik_journal::Actor;
use otklik_kernel::{CivilDay, Id, Instant, Zone, code};
use otklik_organisations::act::{Act, Entry};
use otklik_organisations::store as bodies;
use otklik_progress::check::{Checked, Claim, Known, Register, Sender as Agreed};
use otklik_progress::delivery::{Delivery as Data, Head};
use otklik_web::Ctx;
use serde::Serialize;
use serde_json::json;
use tokio::runtime::Handle;

use crate::deliveries::depot::{Depot, Part};
use crate::deliveries::report::{self, Finding};
use crate::deliveries::store::{self, Decision};
use crate::deliveries::work::write_down;
use crate::deliveries::{Counts, Delivery, State, Way};
use crate::hub::{Hub, HubError};
use crate::ingest::{Grouping, Importer, Verdict, request_key};
use crate::reference::in_force::KINDS;
use crate::reference::{Kind, store as records};
use crate::senders::{self, Policy, Sender};
use crate::take::{LakeKnown, agreed, check_with, commit_of, counts, known_of, register, state};

/// From so many deliveries on, what is known of applications is kept in memory.
const MANY: usize = 8;
/// The most applications kept in memory: some 500 MB.
const MOST_KEPT: u64 = 20_000_000;
/// Errors told of a delivery; its report has all of them.
const SHOWN: usize = 100;

const SYSTEM: Scope = Scope::system("a command of the operator");

/// What became of one delivery.
#[derive(Clone, Debug, Serialize)]
pub struct Done {
    /// Where it lies.
    pub path: String,
    /// The receipt; nothing when it isn't known whose it is.
    pub receipt: Option<String>,
    /// The sender.
    pub sender: String,
    /// The day.
    pub day: String,
    /// The revision.
    pub revision: u32,
    /// What became of it.
    pub state: &'static str,
    /// Rows read and taken, errors, warnings.
    pub rows_read: i64,
    /// Rows taken.
    pub rows_taken: i64,
    /// Errors found.
    pub error_count: i64,
    /// Warnings found.
    pub warning_count: i64,
    /// Events taken.
    pub events: i64,
    /// The commit that holds it.
    pub commit: Option<i64>,
    /// The first errors.
    pub errors: Vec<Finding>,
}

/// A delivery that was checked and waits for its group.
struct Pending {
    path: PathBuf,
    head: Head,
    digest: String,
    state: State,
    counts: Counts,
    services: Vec<otklik_progress::delivery::Service>,
    report: Option<Vec<u8>>,
    received: Option<Instant>,
}

/// What was said beside the paths.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The sender.
    pub sender: Option<String>,
    /// The day.
    pub day: Option<CivilDay>,
    /// The revision.
    pub revision: Option<u32>,
    /// When it came, where that isn't now.
    pub received: Option<Instant>,
}

/// Applications known by the keys of their numbers, with region and body.
#[derive(Default)]
struct Kept {
    by_key: HashMap<u64, (u16, u32)>,
    bodies: Vec<(String, String)>,
    numbers: HashMap<(String, String), u32>,
}

impl Kept {
    fn add(&mut self, request: &str, region: u16, code: &str, name: &str) {
        let body = (code.to_owned(), name.to_owned());
        let number = match self.numbers.get(&body) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.bodies.len()).unwrap_or(u32::MAX);
                self.bodies.push(body.clone());
                self.numbers.insert(body, number);
                number
            }
        };
        self.by_key.insert(request_key(request), (region, number));
    }

    fn add_all(&mut self, data: &Data) {
        let (all, text) = (&data.applications, |number| data.texts.get(number));
        for row in 0..all.request.len() {
            self.add(text(all.request[row]), all.region[row], text(all.body_code[row]), text(all.body[row]));
        }
    }
}

/// What is kept, and the lake where that isn't all.
struct KnownBoth<'a> {
    kept: &'a Kept,
    lake: Option<LakeKnown>,
}

impl Known for KnownBoth<'_> {
    fn find(
        &self,
        requests: &[&str],
        found: &mut dyn FnMut(usize, u16, &str, &str),
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut missing = Vec::new();
        let mut places = Vec::new();
        for (place, request) in requests.iter().enumerate() {
            match self.kept.by_key.get(&request_key(request)) {
                Some((region, number)) => {
                    let (code, name) = &self.kept.bodies[*number as usize];
                    found(place, *region, code, name);
                }
                None => {
                    missing.push(*request);
                    places.push(place);
                }
            }
        }
        match &self.lake {
            Some(lake) => {
                lake.find(&missing, &mut |at, region, code, name| found(places[at], region, code, name))
            }
            None => Ok(()),
        }
    }
}

/// Takes many deliveries in.
pub struct Bulk {
    ctx: Ctx,
    depot: Depot,
    hub: Hub,
    importer: Importer,
    kept: Kept,
    is_all_kept: bool,
    grouping: Grouping,
    pending: Vec<Pending>,
    senders: HashMap<String, Sender>,
    /// What is checked against, with the day that it is of.
    register: Option<(CivilDay, Register)>,
    /// Whether what is checked against is another one on other days.
    has_history: bool,
    trace: String,
}

fn later(error: &HubError) -> HandlerError {
    HandlerError::Later(error.to_string())
}

impl Bulk {
    /// Begins an import of about so many deliveries.
    ///
    /// # Errors
    /// The lake or the database is away.
    pub async fn begin(
        ctx: &Ctx,
        depot: &Depot,
        hub: &Hub,
        many: usize,
        trace: &str,
    ) -> Result<Self, HandlerError> {
        let importer = hub.importer().await.map_err(|error| later(&error))?;
        let mut bulk = Self {
            ctx: ctx.clone(),
            depot: depot.clone(),
            hub: hub.clone(),
            importer,
            kept: Kept::default(),
            is_all_kept: false,
            grouping: Grouping::default(),
            pending: Vec::new(),
            senders: HashMap::new(),
            register: None,
            has_history: false,
            trace: trace.to_owned(),
        };
        for kind in KINDS.into_iter().chain([Kind::OwnStatus]) {
            bulk.has_history |= !records::all(ctx.db.read(), kind).await?.is_empty();
        }
        let snapshot = hub.lake().latest().await.map_err(|error| later(&error.into()))?;
        if many >= MANY && snapshot.rows(crate::tables::CASES.name()) <= MOST_KEPT {
            let kept = &mut bulk.kept;
            known_of(hub.engine(), &snapshot, &mut |request, region, code, name| {
                kept.add(request, region, code, name)
            })
            .await
            .map_err(|error| later(&error.into()))?;
            bulk.is_all_kept = true;
        }
        for sender in senders::store::all(ctx.db.read(), &SYSTEM).await? {
            bulk.senders.insert(sender.fields.code.clone(), sender);
        }
        Ok(bulk)
    }

    /// Checks a delivery, and imports those before it when their group is full.
    ///
    /// # Errors
    /// It can't be read, or the lake or the database is away.
    pub async fn push(&mut self, path: &Path, said: &Said) -> Result<Vec<Done>, HandlerError> {
        let (checked, report) = self.check(path, said).await?;
        let findings = || report.as_ref().map_or_else(Vec::new, |report| report::read(report, SHOWN));
        let Some(head) = checked.head.clone() else {
            let counts = counts(&checked);
            return Ok(vec![Done {
                path: path.display().to_string(),
                receipt: None,
                sender: said.sender.clone().unwrap_or_default(),
                day: said.day.map_or_else(String::new, |day| day.to_string()),
                revision: said.revision.unwrap_or(1),
                state: State::Rejected.code(),
                rows_read: counts.rows_read,
                rows_taken: 0,
                error_count: counts.errors,
                warning_count: counts.warnings,
                events: 0,
                commit: None,
                errors: findings(),
            }]);
        };
        let mut done = Vec::new();
        let counted = counts(&checked);
        let mut pending = Pending {
            path: path.to_owned(),
            head,
            digest: code::hex(&checked.digest),
            state: state(checked.outcome),
            counts: counted,
            services: Vec::new(),
            report,
            received: said.received,
        };
        if let Some(data) = checked.delivery {
            self.kept.add_all(&data);
            pending.services.clone_from(&data.services);
            if let Some(group) = self.grouping.push(data) {
                done = self.import(&group).await?;
            }
        }
        self.pending.push(pending);
        Ok(done)
    }

    /// Imports what waits.
    ///
    /// # Errors
    /// The lake or the database is away.
    pub async fn finish(mut self) -> Result<Vec<Done>, HandlerError> {
        let group = self.grouping.rest();
        self.import(&group).await
    }

    async fn check(&mut self, path: &Path, said: &Said) -> Result<(Checked, Option<Vec<u8>>), HandlerError> {
        let own = crate::deliveries::head::of_path(path);
        let today = self.ctx.now().day_in(&Zone::utc());
        let day = said.day.or_else(|| CivilDay::parse(&own.day)).unwrap_or(today);
        let mut register = match self.register.take() {
            Some((made, register)) if made == day || !self.has_history => register,
            _ => register(&self.hub, day).await.map_err(|error| later(&error))?,
        };
        for waiting in &self.pending {
            for service in &waiting.services {
                let variants = register.services.entry(service.service.clone()).or_default();
                if !service.variant.is_empty() {
                    variants.insert(service.variant.clone());
                }
            }
        }
        // A sender whom nobody has written down yet is, by its first delivery.
        for sender in said.sender.iter().chain((!own.sender.is_empty()).then_some(&own.sender)) {
            let agreed = self.senders.get(sender).map_or_else(Agreed::default, agreed);
            register.senders.entry(sender.clone()).or_insert(agreed);
        }
        let claim = Claim {
            sender: said.sender.clone(),
            day: said.day,
            revision: said.revision,
            received: said.received.unwrap_or_else(|| self.ctx.now()),
        };
        let folder = tempfile::tempdir().map_err(|error| HandlerError::Later(error.to_string()))?;
        let file = folder.path().join("report");
        let lake = match self.is_all_kept {
            true => None,
            false => Some(LakeKnown {
                engine: self.hub.engine().clone(),
                snapshot: self.hub.lake().latest().await.map_err(|error| later(&error.into()))?,
                runtime: Handle::current(),
            }),
        };
        let known = KnownBoth { kept: &self.kept, lake };
        let checked = tokio::task::block_in_place(|| check_with(&register, path, &claim, &known, &file))?;
        self.register = Some((day, register));
        let report = file.exists().then(|| std::fs::read(&file)).transpose();
        Ok((checked, report.map_err(|error| HandlerError::Later(error.to_string()))?))
    }

    async fn import(&mut self, group: &[Data]) -> Result<Vec<Done>, HandlerError> {
        let verdicts = match group.is_empty() {
            true => Vec::new(),
            false => self.importer.import(group).await.map_err(|error| later(&error.into()))?,
        };
        let by_head: HashMap<&Head, &Verdict> = group.iter().map(|data| &data.head).zip(&verdicts).collect();
        let waiting = std::mem::take(&mut self.pending);
        let (mut done, mut kept) = (Vec::new(), Vec::new());
        for pending in waiting {
            let verdict = by_head.get(&pending.head).copied();
            // What was pushed after the group waits on.
            match (pending.state, verdict) {
                (State::Rejected, _) | (_, Some(_)) => done.push(self.write(pending, verdict).await?),
                (_, None) => kept.push(pending),
            }
        }
        self.pending = kept;
        Ok(done)
    }

    /// Writes a delivery down as the lake has it.
    async fn write(&mut self, pending: Pending, verdict: Option<&Verdict>) -> Result<Done, HandlerError> {
        let (mut state, mut commit, mut problem) = (pending.state, None, "");
        match verdict {
            Some(Verdict::Accepted(receipt) | Verdict::Repeated(receipt)) => {
                commit = Some(commit_of(receipt))
            }
            Some(Verdict::Lower(_) | Verdict::Differs(_)) => (state, problem) = (State::Rejected, "revision"),
            None => {}
        }
        let sender = self.sender(&pending.head).await?;
        let known = store::of_day(self.ctx.db.read(), sender.id, pending.head.day).await?;
        let revision = i32::try_from(pending.head.revision).unwrap_or(i32::MAX);
        let same = known.iter().find(|one| one.digest == pending.digest && one.revision == revision);
        let (now, is_new) = (pending.received.unwrap_or_else(|| self.ctx.now()), same.is_none());
        let came = (pending.head.day, pending.head.revision);
        let delivery = same.cloned().unwrap_or_else(|| Delivery {
            state: State::Checking,
            file: pending
                .path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            started_at: Some(now),
            attempts: 1,
            ..Delivery::new(self.ctx.new_id(), &sender, came, &pending.digest, (Way::Command, "command"), now)
        });
        if let Some(report) = pending.report.clone() {
            let put = self.depot.put(Part::Report, delivery.id, report).await;
            put.map_err(|error| HandlerError::Later(error.to_string()))?;
        }
        let decision = Decision { state, counts: pending.counts, commit, problem: problem.to_owned() };
        let is_decided = delivery.state == State::Replaced || (!is_new && delivery.state == state);
        if !is_decided {
            let tx = self.ctx.db.begin().await?;
            if is_new {
                store::insert(&tx, &delivery).await?;
            }
            write_down(&tx, &self.ctx, &delivery, &decision, &pending.services).await?;
            tx.commit().await?;
        }
        Ok(Done {
            path: pending.path.display().to_string(),
            receipt: Some(delivery.id.to_string()),
            sender: pending.head.sender,
            day: pending.head.day.to_string(),
            revision: pending.head.revision,
            state: if is_decided { delivery.state.code() } else { state.code() },
            rows_read: pending.counts.rows_read,
            rows_taken: if state == State::Rejected { 0 } else { pending.counts.rows_taken },
            error_count: pending.counts.errors,
            warning_count: pending.counts.warnings,
            events: if state == State::Rejected { 0 } else { pending.counts.events },
            commit,
            errors: pending.report.map_or_else(Vec::new, |report| report::read(&report, SHOWN)),
        })
    }

    /// The sender of a delivery, written down when it is new: of the first root of the tree.
    async fn sender(&mut self, head: &Head) -> Result<Sender, DbErr> {
        if let Some(sender) = self.senders.get(&head.sender) {
            return Ok(sender.clone());
        }
        let all = bodies::all(self.ctx.db.read(), &SYSTEM).await?;
        let root = all.iter().find(|body| body.parent.is_none());
        let fields = senders::Fields {
            code: head.sender.clone(),
            name: head.sender.clone(),
            body: root.map_or(0, |body| body.id),
            policy: Policy::Whole,
            marks: (1, 5),
            zone: root.map_or_else(Zone::utc, |body| body.fields.zone.clone()),
            due_hours: 12,
            since: head.day,
            until: None,
        };
        let id: Id = self.ctx.new_id();
        let tx = self.ctx.db.begin().await?;
        senders::store::insert(&tx, id, &fields, self.ctx.now()).await?;
        let entry = Entry {
            action: "senders.create",
            subject: Some(("sender", id)),
            body: root.map(|body| body.id),
            before: None,
            after: Some(json!({ "code": fields.code })),
        };
        Act::by(&self.ctx, Actor::System("command"), &self.trace).journal(&tx, entry).await?;
        tx.commit().await?;
        let sender = Sender { id, fields, token_at: None };
        self.senders.insert(head.sender.clone(), sender.clone());
        Ok(sender)
    }
}

/// Checks deliveries and changes nothing; each may build on the applications of those before it.
///
/// # Errors
/// One can't be read, or the lake or the database is away.
pub async fn check_only(
    ctx: &Ctx,
    hub: &Hub,
    paths: &[PathBuf],
    said: &Said,
) -> Result<Vec<Done>, HandlerError> {
    let depot = Depot::new(std::sync::Arc::new(object_store::memory::InMemory::new()));
    let mut bulk = Bulk::begin(ctx, &depot, hub, paths.len().max(MANY), "").await?;
    let mut all = Vec::new();
    for path in paths {
        let (checked, report) = bulk.check(path, said).await?;
        let counts = counts(&checked);
        let head = checked.head.clone();
        if let Some(data) = &checked.delivery {
            bulk.kept.add_all(data);
            if let Some((_, register)) = &mut bulk.register {
                for service in &data.services {
                    let variants = register.services.entry(service.service.clone()).or_default();
                    if !service.variant.is_empty() {
                        variants.insert(service.variant.clone());
                    }
                }
            }
        }
        all.push(Done {
            path: path.display().to_string(),
            receipt: None,
            sender: head.as_ref().map_or_else(String::new, |head| head.sender.clone()),
            day: head.as_ref().map_or_else(String::new, |head| head.day.to_string()),
            revision: head.as_ref().map_or(1, |head| head.revision),
            state: state(checked.outcome).code(),
            rows_read: counts.rows_read,
            rows_taken: counts.rows_taken,
            error_count: counts.errors,
            warning_count: counts.warnings,
            events: counts.events,
            commit: None,
            errors: report.map_or_else(Vec::new, |report| report::read(&report, usize::MAX)),
        });
    }
    Ok(all)
}
