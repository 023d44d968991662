//! The job that checks what came and takes it into the lake: in the order in which it came, so that a correction
//! never overtakes what it corrects. A crash at any moment leaves the old or the new state, and the job goes on:
//! the lake knows the bytes that it has, so taking a delivery in twice changes nothing.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use otklik_access::Scope;
use otklik_db::{DbErr, Tx};
use otklik_jobs::{HandlerError, PeriodicJob};
use otklik_journal::Actor;
use otklik_kernel::{Id, Instant};
use otklik_organisations::act::{Act, Entry};
use otklik_progress::delivery::Service;
use otklik_web::{Ctx, Trace, live};
use serde_json::json;
use tokio::time::interval;

use super::depot::{Depot, DepotError, Part};
use super::progress::Progress;
use super::store::{self, Decision};
use super::{Counts, Delivery, State};
use crate::reference::{Content, Kind, Record, ServiceNorm, service_name, store as records};
use crate::senders::{self, Sender};

/// Deliveries looked at in one run.
const AT_ONCE: u64 = 100;
/// How often a delivery is tried that makes its check break down.
const MOST_ATTEMPTS: i32 = 8;
/// How long after it came what fails otherwise isn't the delivery's fault: the store or the database is away.
const OUTAGE: i64 = Instant::DAY;
/// How often a page is told how far the check has come.
const LOOK: Duration = Duration::from_secs(1);
/// How long a file without its row lies: its row is written right after it.
const ORPHANED: i64 = Instant::DAY;

const SYSTEM: Scope = Scope::system("checking what senders sent");

/// What taking a delivery in came to.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What was decided.
    pub decision: Decision,
    /// Services that the delivery told of, when it was taken.
    pub services: Vec<Service>,
}

/// Checks a file and takes it into the lake.
#[async_trait]
pub trait Taker: Send + Sync {
    /// Does it, writing what was found into the file `report` and telling how far it has come. The same bytes again
    /// give the same.
    ///
    /// # Errors
    /// It can't be done now.
    async fn take(
        &self,
        sender: &Sender,
        delivery: &Delivery,
        file: &Path,
        report: &Path,
        progress: &Progress,
    ) -> Result<Taken, HandlerError>;
}

/// The job.
pub struct Work {
    ctx: Ctx,
    depot: Depot,
    taker: Arc<dyn Taker>,
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").finish_non_exhaustive()
    }
}

fn later(error: DepotError) -> HandlerError {
    HandlerError::Later(error.to_string())
}

impl Work {
    /// The job over a depot and a lake.
    #[must_use]
    pub fn new(ctx: &Ctx, depot: &Depot, taker: Arc<dyn Taker>) -> Self {
        Self { ctx: ctx.clone(), depot: depot.clone(), taker }
    }

    /// Checks one delivery and writes down what was decided.
    async fn one(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let tx = self.ctx.db.begin().await?;
        store::set_checking(&tx, delivery.id, self.ctx.now()).await?;
        live::changed(&tx, &[delivery.body]).await?;
        tx.commit().await?;
        let folder = tempfile::tempdir().map_err(|error| HandlerError::Later(error.to_string()))?;
        // What it is, the content tells; the name only keeps a table apart from an archive.
        let (file, report) = (folder.path().join("delivery.csv"), folder.path().join("report"));
        let sender = senders::store::find(self.ctx.db.read(), &SYSTEM, delivery.sender).await?;
        let is_here = self.depot.fetch(Part::Inbox, delivery.id, &file).await.map_err(later)?;
        let taken = match sender {
            Some(sender) if is_here && delivery.attempts < MOST_ATTEMPTS => {
                let progress = Progress::default();
                let take = self.taker.take(&sender, delivery, &file, &report, &progress);
                self.watched(delivery, &progress, take).await?
            }
            _ => {
                tracing::error!(delivery = delivery.id, is_here, "a delivery can't be checked");
                refused("unreadable")
            }
        };
        if report.exists() {
            self.depot.put_file(Part::Report, delivery.id, &report).await.map_err(later)?;
        }
        self.decide(delivery, &taken).await?;
        self.depot.remove(Part::Inbox, delivery.id).await.map_err(later)
    }

    /// Takes an attempt back that didn't come to a check.
    async fn uncount(&self, delivery: &Delivery) {
        let uncounted = async {
            let tx = self.ctx.db.begin().await?;
            store::uncount(&tx, delivery.id).await?;
            tx.commit().await
        };
        if let Err(error) = uncounted.await {
            tracing::warn!(delivery = delivery.id, %error, "an attempt can't be taken back");
        }
    }

    /// Waits for a check, telling its page how far it has come.
    async fn watched(
        &self,
        delivery: &Delivery,
        progress: &Progress,
        check: impl Future<Output = Result<Taken, HandlerError>>,
    ) -> Result<Taken, HandlerError> {
        let (mut check, mut told) = (pin!(check), 0);
        let mut looks = interval(LOOK);
        loop {
            tokio::select! {
                taken = &mut check => return taken,
                _ = looks.tick() => {}
            }
            let percent = progress.percent();
            if percent != told {
                let tx = self.ctx.db.begin().await?;
                store::set_checked(&tx, delivery.id, percent).await?;
                live::changed(&tx, &[delivery.body]).await?;
                tx.commit().await?;
                told = percent;
            }
        }
    }

    async fn decide(&self, delivery: &Delivery, taken: &Taken) -> Result<(), DbErr> {
        let tx = self.ctx.db.begin().await?;
        write_down(&tx, &self.ctx, delivery, &taken.decision, &taken.services).await?;
        tx.commit().await
    }

    /// Removes files whose row was never written, and those that were decided when the programme ended.
    async fn sweep(&self, now: Instant) -> Result<(), HandlerError> {
        for id in self.depot.older(Part::Inbox, now.plus(-ORPHANED)).await.map_err(later)? {
            let known: Option<Delivery> = store::find(self.ctx.db.read(), &SYSTEM, id).await?;
            if known.is_none_or(|delivery| !delivery.state.is_open()) {
                self.depot.remove(Part::Inbox, id).await.map_err(later)?;
            }
        }
        Ok(())
    }
}

/// Writes down what was decided: the delivery, the services that it told of, those that it replaces, the journal.
///
/// # Errors
/// When the database refuses.
pub async fn write_down(
    tx: &Tx,
    ctx: &Ctx,
    delivery: &Delivery,
    decision: &Decision,
    told: &[Service],
) -> Result<(), DbErr> {
    let now = ctx.now();
    for replaced in store::decide(tx, delivery, decision, now).await? {
        records::delete_of_delivery(tx, replaced).await?;
    }
    records::delete_of_delivery(tx, delivery.id).await?;
    if decision.state.stands() {
        for service in told {
            records::insert(tx, &record(ctx, delivery, service)).await?;
        }
    }
    let trace = Trace::new(&*ctx.random);
    let entry = Entry {
        action: "deliveries.decide",
        subject: Some(("daily_delivery", delivery.id)),
        body: Some(delivery.body),
        before: None,
        after: Some(json!({
            "sender": delivery.code,
            "day": delivery.day.to_string(),
            "revision": delivery.revision,
            "state": decision.state.code(),
            "errors": decision.counts.errors,
            "events": decision.counts.events,
            "commit": decision.commit,
        })),
    };
    Act::by(ctx, Actor::System("monitoring"), &trace.0).journal(tx, entry).await?;
    live::changed(tx, &[delivery.body]).await
}

pub(super) fn record(ctx: &Ctx, delivery: &Delivery, service: &Service) -> Record {
    Record {
        id: ctx.new_id(),
        kind: Kind::Service,
        name: service_name(&service.service, &service.variant),
        valid_from: service.valid_from,
        content: Content::Service {
            name: service.name.clone(),
            direction: service.direction.clone(),
            norm: service.norm.map(|norm| ServiceNorm {
                days: norm.days,
                is_working: norm.is_working,
                from: norm.from,
                to: norm.to,
            }),
        },
        reason: String::new(),
        delivery: Some(delivery.id),
        changed_by: delivery.code.clone(),
        changed_at: ctx.now(),
    }
}

/// A delivery of which nothing is taken, with a code of why.
#[must_use]
pub fn refused(problem: &str) -> Taken {
    let decision = Decision {
        state: State::Rejected,
        counts: Counts::default(),
        commit: None,
        problem: problem.to_owned(),
    };
    Taken { decision, services: Vec::new() }
}

#[async_trait]
impl PeriodicJob for Work {
    async fn run(&self, now: Instant) -> Result<(), HandlerError> {
        // What a failure holds up: later deliveries of the same sender, and nobody else's.
        let mut held: Vec<Id> = Vec::new();
        let mut failed = None;
        for delivery in store::waiting(self.ctx.db.read(), AT_ONCE).await? {
            if held.contains(&delivery.sender) {
                continue;
            }
            if let Err(error) = self.one(&delivery).await {
                tracing::warn!(delivery = delivery.id, %error, "a delivery can't be checked now");
                if now < delivery.received_at.plus(OUTAGE) {
                    self.uncount(&delivery).await;
                }
                held.push(delivery.sender);
                failed = Some(error);
            }
        }
        self.sweep(now).await?;
        failed.map_or(Ok(()), Err)
    }
}
