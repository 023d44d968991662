//! Accepting a response: what the public page calls.

use std::sync::Arc;
use std::time::Duration;

use otklik_db::{Db, DbErr, Rows};
use otklik_jobs::Waker;
use otklik_kernel::random::SharedRandom;
use otklik_kernel::{Ids, Instant, Zone};
use otklik_web::{Ctx, Metrics};
use sea_orm::DbBackend;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::commit::{Committer, Job};
use crate::recent::Recent;
use crate::suspicion::Watch;
use crate::{NewResponse, Receipt, Receipts, Stored};

/// How long a person waits before they are told that it can't be stored now.
const PATIENCE: Duration = Duration::from_secs(8);
/// Responses waiting for a transaction; beyond it people are told to try again.
const QUEUE: usize = 4096;

/// Adds rows to the transaction of accepted responses.
pub trait OnAcceptance: Send + Sync {
    /// The rows that belong to these responses.
    ///
    /// # Errors
    /// When they can't be made: then none of these responses is stored.
    fn rows(&self, stored: &[Stored]) -> Result<Rows, DbErr>;

    /// Called after a transaction with rows of it is durable, to wake a worker.
    fn committed(&self);
}

/// An accepted response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The receipt.
    pub receipt: Receipt,
    /// Whether the same form with the same content had been accepted before.
    pub is_repeated: bool,
}

/// Why a response is not accepted; nothing is stored, or it will be found again by its form's token.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The database is away or busy: trying again later makes sense, and gives the same receipt.
    #[error("responses can't be stored now: {0}")]
    Away(String),
    /// This response can't be stored.
    #[error("the response can't be stored: {0}")]
    Refused(String),
}

/// Accepts responses: gathers them into transactions and answers each when it is durable.
#[derive(Clone, Debug)]
pub struct Acceptor {
    queue: mpsc::Sender<Job>,
    watch: Arc<Watch>,
    metrics: Arc<Metrics>,
}

/// What the committers share.
pub(crate) struct Shared {
    pub(crate) db: Db,
    pub(crate) ids: Arc<Ids>,
    pub(crate) random: SharedRandom,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) along: Vec<Arc<dyn OnAcceptance>>,
    pub(crate) events: Waker,
    pub(crate) receipts: Receipts,
    pub(crate) recent: Recent,
}

impl Acceptor {
    /// Starts accepting; what is in the queue when the last copy is dropped is still stored.
    ///
    /// # Errors
    /// When the day's device marks can't be read.
    pub async fn start(ctx: &Ctx, along: Vec<Arc<dyn OnAcceptance>>, events: Waker) -> Result<Self, DbErr> {
        let yesterday = ctx.now().day_in(&Zone::utc()).plus_days(-1);
        let watch = Arc::new(Watch::open(&ctx.db, yesterday).await?);
        let (sender, receiver) = mpsc::channel(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        let is_alone = ctx.db.backend() == DbBackend::Sqlite;
        let shared = Arc::new(Shared {
            // Only SQLite's one process knows what it has stored; other nodes store as well.
            recent: Recent::since(if is_alone { ctx.now() } else { Instant(i64::MAX) }),
            db: ctx.db.clone(),
            ids: ctx.ids.clone(),
            random: ctx.random.clone(),
            metrics: ctx.metrics.clone(),
            along,
            events,
            receipts: Receipts::new(&ctx.secret),
        });
        if is_alone {
            // SQLite has one writer: a thread that also waits for the disk, so that a group is handed over to nobody.
            let (runtime, committer) = (Handle::current(), Committer::new(shared, receiver));
            let work = move || runtime.block_on(committer.run());
            let thread = std::thread::Builder::new().name("acceptance".into()).spawn(work);
            thread.map_err(|error| DbErr::Custom(format!("the thread that stores responses: {error}")))?;
        } else {
            // One transaction gathers while others are made durable.
            for _ in 0..3 {
                tokio::spawn(Committer::new(shared.clone(), receiver.clone()).run());
            }
        }
        Ok(Self { queue: sender, watch, metrics: ctx.metrics.clone() })
    }

    /// Stores a response for good and gives its receipt.
    ///
    /// # Errors
    /// See [`AcceptError`]. After [`AcceptError::Away`] the response may still have been stored: sending
    /// the same form again is safe.
    pub async fn accept(&self, mut response: NewResponse) -> Result<Acceptance, AcceptError> {
        let noted = self.watch.note(response.body, &response.device, response.day, response.received_at);
        response.suspicion = response.suspicion.with(noted);
        let (answer, answered) = oneshot::channel();
        let job = Job { response, answer };
        let outcome = tokio::time::timeout(PATIENCE, async {
            self.queue.send(job).await.map_err(|_| AcceptError::Away("the programme is ending".into()))?;
            answered.await.map_err(|_| AcceptError::Away("the programme is ending".into()))?
        })
        .await
        .unwrap_or_else(|_| Err(AcceptError::Away("the database does not answer in time".into())));
        match &outcome {
            Ok(acceptance) if acceptance.is_repeated => self.metrics.repeated.inc(),
            Ok(_) => self.metrics.accepted.inc(),
            Err(_) => self.metrics.unavailable.inc(),
        };
        outcome
    }
}
