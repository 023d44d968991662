//! Many deliveries at once, by a command: checked as if one after the other, imported group by group, each with its
//! own receipt, errors and policy.

mod checks;

use std::collections::hash_map;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use otklik_access::Scope;
use otklik_db::{DbErr, Tx};
use otklik_jobs::HandlerError;
use otklik_journal::Actor;
use otklik_kernel::{CivilDay, Id, Instant, Zone, code};
use otklik_organisations::act::{Act, Entry};
use otklik_organisations::model::is_code;
use otklik_organisations::store as bodies;
use otklik_progress::delivery::{Delivery as Data, Head};
use otklik_web::Ctx;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde_json::json;
use tokio::task::JoinHandle;

use self::checks::{CheckedDelivery, Checks, MANY, size};
use crate::deliveries::depot::{Depot, Part};
use crate::deliveries::report::{Finding, Findings};
use crate::deliveries::store::{self, Decision};
use crate::deliveries::work::write_down;
use crate::deliveries::{Counts, Delivery, State, Way};
use crate::hub::{Hub, HubError};
use crate::ingest::notes::{Notes, notes_of};
use crate::ingest::{Came, Grouping, ImportError, Importer, Verdict, version_of};
use crate::senders::{self, Policy, Sender};
use crate::take::{counts, state};
use crate::texts::L;

/// Errors told of a delivery; its report has all of them.
const SHOWN: usize = 100;

/// Rejected deliveries that wait for a group at most: however many they are, they never fill one.
const MOST_REJECTED: usize = 256;

/// Deliveries that are written down in one transaction: others wait for its end.
const TOGETHER: usize = 64;

/// Reports that are put where they lie at a time.
const PUTS: usize = 8;

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
    /// The first errors of an import, all errors of a check.
    pub errors: Findings,
    /// Whether nobody had written its sender down: this delivery did.
    pub is_new_sender: bool,
}

impl Done {
    /// What checking found; nothing is imported yet.
    fn found(path: &Path, head: Option<&Head>, state: State, counts: Counts, errors: Findings) -> Self {
        Self {
            path: path.display().to_string(),
            receipt: None,
            sender: head.map_or_else(String::new, |head| head.sender.clone()),
            day: head.map_or_else(String::new, |head| head.day.to_string()),
            revision: head.map_or(1, |head| head.revision),
            state: state.code(),
            rows_read: counts.rows_read,
            rows_taken: counts.rows_taken,
            error_count: counts.errors,
            warning_count: counts.warnings,
            events: counts.events,
            commit: None,
            errors,
            is_new_sender: false,
        }
    }
}

/// A delivery that was checked and waits for its group.
struct Pending {
    path: PathBuf,
    head: Head,
    digest: String,
    state: State,
    counts: Counts,
    services: Vec<otklik_progress::delivery::Service>,
    findings: Findings,
    /// What its commit keeps of it: with the number of its receipt.
    came: Came,
    /// Whether its receipt was written down before.
    is_written: bool,
    /// The commit that holds it.
    commit: Option<i64>,
}

impl Pending {
    fn is_same(&self, other: &Self) -> bool {
        self.head == other.head && self.digest == other.digest
    }
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

/// A group that is being imported while those after it are checked.
struct Importing {
    heads: Vec<Head>,
    verdicts: JoinHandle<Result<Vec<Verdict>, ImportError>>,
    /// Its deliveries, and those among them that were refused.
    pending: Vec<Pending>,
}

/// Takes many deliveries in.
pub struct Bulk {
    ctx: Ctx,
    depot: Depot,
    hub: Hub,
    importer: Importer,
    checks: Checks,
    grouping: Grouping,
    pending: Vec<Pending>,
    importing: Option<Importing>,
    senders: HashMap<String, Sender>,
    /// Those whom this import wrote down.
    new_senders: HashSet<String>,
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
        let senders = senders::store::all(ctx.db.read(), &SYSTEM).await?;
        Ok(Self {
            ctx: ctx.clone(),
            depot: depot.clone(),
            hub: hub.clone(),
            importer: hub.importer().await.map_err(|error| later(&error))?,
            checks: Checks::begin(ctx, hub, many).await?,
            grouping: Grouping::default(),
            pending: Vec::new(),
            importing: None,
            senders: senders.into_iter().map(|one| (one.fields.code.clone(), one)).collect(),
            new_senders: HashSet::new(),
            trace: trace.to_owned(),
        })
    }

    /// Begins to check a delivery, which must stay where it lies until [`Self::finish`] ends; tells what became of
    /// some before it.
    ///
    /// # Errors
    /// One can't be read, or the lake or the database is away.
    pub async fn push(&mut self, path: &Path, said: &Said) -> Result<Vec<Done>, HandlerError> {
        let (mut done, bytes) = (Vec::new(), size(path));
        while self.checks.is_full(bytes) {
            done.extend(self.take().await?.into_iter().flatten());
        }
        self.checks.start(path, bytes, said).await?;
        Ok(done)
    }

    /// Takes the first delivery that is being checked, and imports those before it when their group is full; `None`
    /// when there is none.
    async fn take(&mut self) -> Result<Option<Vec<Done>>, HandlerError> {
        let Some(CheckedDelivery { path, said, checked, findings }) = self.checks.next().await? else {
            return Ok(None);
        };
        let counted = counts(&checked);
        let Some(head) = checked.head else {
            shorten(&findings)?;
            return Ok(Some(vec![Done {
                sender: said.sender.clone().unwrap_or_default(),
                day: said.day.map_or_else(String::new, |day| day.to_string()),
                revision: said.revision.unwrap_or(1),
                ..Done::found(&path, None, State::Rejected, counted, findings)
            }]));
        };
        if !is_code(&head.sender) {
            // Nobody can be written down under it.
            shorten(&findings)?;
            return Ok(Some(vec![Done::found(&path, Some(&head), State::Rejected, counted, findings)]));
        }
        let mut done = Vec::new();
        let (digest, state) = (code::hex(&checked.digest), state(checked.outcome));
        let known = match self.senders.get(&head.sender) {
            Some(sender) => written_down(self.ctx.db.read(), sender, &head, &digest).await?,
            None => None,
        };
        let came = match &known {
            Some(row) => row.came(state, counted),
            None => self.came(&path, &said, state, counted),
        };
        let mut pending = Pending {
            path,
            head,
            digest,
            state,
            counts: counted,
            services: Vec::new(),
            findings,
            came,
            is_written: known.is_some(),
            commit: None,
        };
        if let Some(mut data) = checked.delivery {
            data.shrink();
            pending.services.clone_from(&data.services);
            if let Some(group) = self.grouping.push(data) {
                done = self.import(group).await?;
            }
        }
        let is_rejected = |one: &Pending| one.state == State::Rejected;
        let is_one_more = is_rejected(&pending);
        self.pending.push(pending);
        if is_one_more && self.pending.iter().filter(|one| is_rejected(one)).count() >= MOST_REJECTED {
            let group = self.grouping.rest();
            done.extend(self.import(group).await?);
        }
        Ok(Some(done))
    }

    /// What is known of a delivery that comes by this command, with a number for its receipt.
    fn came(&self, path: &Path, said: &Said, state: State, counts: Counts) -> Came {
        let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Came {
            receipt: self.ctx.new_id(),
            state: state.code().to_owned(),
            way: Way::Command.code().to_owned(),
            file,
            bytes: 0,
            received_at: said.received.unwrap_or_else(|| self.ctx.now()).0,
            rows_read: counts.rows_read,
            rows_taken: counts.rows_taken,
            errors: counts.errors,
            warnings: counts.warnings,
        }
    }

    /// Imports what waits.
    ///
    /// # Errors
    /// The lake or the database is away.
    pub async fn finish(mut self) -> Result<Vec<Done>, HandlerError> {
        let mut done = Vec::new();
        while let Some(more) = self.take().await? {
            done.extend(more);
        }
        let group = self.grouping.rest();
        done.extend(self.import(group).await?);
        let last = self.imported().await?;
        done.extend(self.settle(last).await?);
        self.relieve().await;
        Ok(done)
    }

    /// Takes away what is gone when there is much of it: what reads the lake meanwhile, and the next group, has less
    /// to look at.
    async fn relieve(&self) {
        // What was taken is taken; the job of every day tries again.
        if let Err(error) = self.hub.relieve().await {
            tracing::warn!(%error, "what is gone was not taken away after the import");
        }
    }

    /// Begins to import a group with what waits for it, when the one before it is done, of which this tells.
    async fn import(&mut self, group: Vec<Data>) -> Result<Vec<Done>, HandlerError> {
        let before = self.imported().await?;
        self.relieve().await;
        let heads: Vec<Head> = group.iter().map(|data| data.head.clone()).collect();
        let (pending, importer) = (std::mem::take(&mut self.pending), self.importer.clone());
        let taken = pending.iter().filter(|one| one.state != State::Rejected);
        let mut came: HashMap<&Head, &Came> = taken.map(|one| (&one.head, &one.came)).collect();
        let came: Vec<Option<Came>> = heads.iter().map(|head| came.remove(head).cloned()).collect();
        let verdicts = tokio::spawn(async move { importer.import_as(&group, &came).await });
        self.importing = Some(Importing { heads, verdicts, pending });
        self.settle(before).await
    }

    /// Waits for the group that is being imported.
    async fn imported(&mut self) -> Result<Vec<(Pending, Option<Verdict>)>, HandlerError> {
        let Some(Importing { heads, verdicts, pending }) = self.importing.take() else {
            return Ok(Vec::new());
        };
        let verdicts = verdicts.await.map_err(|error| HandlerError::Later(error.to_string()))?;
        let verdicts = verdicts.map_err(|error| later(&error.into()))?;
        let mut by_head: HashMap<Head, Verdict> = heads.into_iter().zip(verdicts).collect();
        let of = |one: Pending| {
            let verdict = if one.state == State::Rejected { None } else { by_head.remove(&one.head) };
            (one, verdict)
        };
        Ok(pending.into_iter().map(of).collect())
    }

    /// Writes down what became of deliveries.
    async fn settle(&mut self, mut all: Vec<(Pending, Option<Verdict>)>) -> Result<Vec<Done>, HandlerError> {
        // Deliveries of one version have one commit, whose notes are long.
        let mut noted = HashMap::<i64, Notes>::new();
        for (one, verdict) in &mut all {
            let (receipt, is_new) = match verdict {
                Some(Verdict::Accepted(receipt)) => (receipt, true),
                Some(Verdict::Repeated(receipt)) => (receipt, false),
                _ => continue,
            };
            let notes = match noted.entry(version_of(receipt)) {
                hash_map::Entry::Occupied(known) => known.into_mut(),
                hash_map::Entry::Vacant(open) => {
                    let notes = notes_of(self.importer.lake(), receipt).await;
                    open.insert(notes.map_err(|error| HandlerError::Later(error.to_string()))?)
                }
            };
            one.commit = Some(notes.commit(receipt));
            if !is_new && !one.is_written {
                // An import that ended before it wrote the receipt down had given it a number.
                one.came = notes.came(receipt.delivery).unwrap_or(&one.came).clone();
            }
        }
        let mut done = Vec::with_capacity(all.len());
        for some in all.chunks(TOGETHER) {
            let mut receipts: Vec<(Sender, Id)> = Vec::with_capacity(some.len());
            for (one, _) in some {
                let sender = self.sender(&one.head).await?;
                let same = some.iter().zip(&receipts).find(|((before, _), _)| before.is_same(one));
                let mut id = same.map_or(one.came.receipt, |(_, (_, id))| *id);
                if one.findings.report().is_some() {
                    let known = written_down(self.ctx.db.read(), &sender, &one.head, &one.digest).await?;
                    id = known.map_or(id, |same| same.id);
                }
                receipts.push((sender, id));
            }
            // Before the transaction, for whose end others wait: reports may lie in a store far away.
            let reports = some.iter().zip(&receipts).filter_map(|((one, _), (_, id))| {
                one.findings.report().map(|report| self.depot.put_file(Part::Report, *id, report))
            });
            let put = stream::iter(reports).buffer_unordered(PUTS).try_collect::<()>().await;
            put.map_err(|error| HandlerError::Later(error.to_string()))?;
            some.iter().try_for_each(|(one, _)| shorten(&one.findings))?;
            let tx = self.ctx.db.begin().await?;
            for ((one, verdict), (sender, id)) in some.iter().zip(receipts) {
                done.push(self.write(&tx, one, verdict.as_ref(), &sender, id).await?);
            }
            tx.commit().await?;
        }
        Ok(done)
    }

    /// Writes a delivery down as the lake has it, with this number when it is new.
    async fn write(
        &self,
        tx: &Tx,
        pending: &Pending,
        verdict: Option<&Verdict>,
        sender: &Sender,
        id: Id,
    ) -> Result<Done, HandlerError> {
        let (mut state, mut problem) = (pending.state, "");
        if let Some(Verdict::Lower(_) | Verdict::Differs(_)) = verdict {
            (state, problem) = (State::Rejected, "revision");
        }
        let same = written_down(tx, sender, &pending.head, &pending.digest).await?;
        let (received, is_new) = (Instant(pending.came.received_at), same.is_none());
        let head = (pending.head.day, pending.head.revision);
        let delivery = same.unwrap_or_else(|| Delivery {
            state: State::Checking,
            file: pending.came.file.clone(),
            started_at: Some(received),
            attempts: 1,
            ..Delivery::new(id, sender, head, &pending.digest, (Way::Command, "command"), received)
        });
        let decision =
            Decision { state, counts: pending.counts, commit: pending.commit, problem: problem.to_owned() };
        let is_decided = delivery.state == State::Replaced || (!is_new && delivery.state == state);
        if !is_decided {
            if is_new {
                store::insert(tx, &delivery).await?;
            }
            write_down(tx, &self.ctx, &delivery, &decision, &pending.services).await?;
        }
        let is_out = state == State::Rejected;
        let state = if is_decided { delivery.state } else { state };
        let (mut findings, mut counts) = (pending.findings.clone(), pending.counts);
        if !problem.is_empty() {
            counts.errors += 1;
            findings = findings.after(Finding {
                field: "revision".to_owned(),
                code: problem.to_owned(),
                message: L::default().problem_revision().to_owned(),
                value: pending.head.revision.to_string(),
                ..Finding::default()
            });
        }
        let found = Done::found(&pending.path, Some(&pending.head), state, counts, findings);
        Ok(Done {
            receipt: Some(delivery.id.to_string()),
            rows_taken: if is_out { 0 } else { found.rows_taken },
            events: if is_out { 0 } else { found.events },
            commit: pending.commit,
            is_new_sender: self.new_senders.contains(&pending.head.sender),
            ..found
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
        if let Err(error) = senders::store::insert(&tx, id, &fields, self.ctx.now()).await {
            drop(tx);
            // Another importer may have written the same one down meanwhile.
            let known = senders::store::find_by_code(self.ctx.db.read(), &SYSTEM, &head.sender).await?;
            let known = known.ok_or(error)?;
            self.senders.insert(head.sender.clone(), known.clone());
            return Ok(known);
        }
        let entry = Entry {
            action: "senders.create",
            subject: Some(("sender", id)),
            body: root.map(|body| body.id),
            before: None,
            after: Some(json!({ "code": fields.code })),
        };
        Act::by(&self.ctx, Actor::System("command"), &self.trace).journal(&tx, entry).await?;
        tx.commit().await?;
        let sender = Sender { id, fields, history: Vec::new(), token_at: None };
        self.senders.insert(head.sender.clone(), sender.clone());
        self.new_senders.insert(head.sender.clone());
        Ok(sender)
    }
}

/// Leaves of a report that is put where it belongs what is told of it.
fn shorten(findings: &Findings) -> Result<(), HandlerError> {
    findings.shorten(SHOWN).map_err(|error| HandlerError::Later(error.to_string()))
}

/// The delivery as it is written down already: of the same bytes and revision.
async fn written_down<C: ConnectionTrait>(
    conn: &C,
    sender: &Sender,
    head: &Head,
    digest: &str,
) -> Result<Option<Delivery>, DbErr> {
    let revision = i32::try_from(head.revision).unwrap_or(i32::MAX);
    let known = store::of_day(conn, sender.id, head.day).await?;
    Ok(known.into_iter().find(|one| one.digest == digest && one.revision == revision))
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
    let mut checks = Checks::begin(ctx, hub, paths.len().max(MANY)).await?;
    let known = checks.senders();
    let mut all = Vec::new();
    let mut take = |one: CheckedDelivery| {
        let (counts, state) = (counts(&one.checked), state(one.checked.outcome));
        let head = one.checked.head.as_ref();
        let is_new_sender = head.is_some_and(|head| is_code(&head.sender) && !known.contains(&head.sender));
        all.push(Done { is_new_sender, ..Done::found(&one.path, head, state, counts, one.findings) });
    };
    for path in paths {
        let bytes = size(path);
        while checks.is_full(bytes) {
            checks.next().await?.into_iter().for_each(&mut take);
        }
        checks.start(path, bytes, said).await?;
    }
    while let Some(one) = checks.next().await? {
        take(one);
    }
    Ok(all)
}
