//! The job that sends: days that are due are written down, each is sent until it is, and the proof is kept (MON-18).

use std::sync::Arc;

use async_trait::async_trait;
use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_jobs::{HandlerError, PeriodicJob, backoff};
use otklik_kernel::{CivilDay, Instant, code, secret::Sum};
use otklik_web::Ctx;

use super::https::{self, Account};
use super::{Method, Partner, Sending, State, about, folder, sftp, store};
use crate::seal;

/// How many days back a partner gets what was missed.
const BACK: i32 = 31;
/// How often a sending is tried: with pauses of up to an hour, for more than a day.
const MOST_ATTEMPTS: i32 = 40;
/// Sendings done in one run.
const AT_ONCE: u64 = 20;

const SYSTEM: Scope = Scope::system("sending to partners by schedule");

/// A file to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Who makes the file of a day.
#[async_trait]
pub trait Producer: Send + Sync {
    /// The file of a partner's day; nothing when there are no data of that day.
    ///
    /// # Errors
    /// It can't be made now.
    async fn make(&self, partner: &Partner, day: CivilDay) -> Result<Option<Made>, HandlerError>;
}

/// Sends what is due.
pub struct SendDaily {
    ctx: Ctx,
    producer: Arc<dyn Producer>,
    client: reqwest::Client,
}

impl std::fmt::Debug for SendDaily {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendDaily").finish_non_exhaustive()
    }
}

impl SendDaily {
    /// The job, with the files of a producer.
    #[must_use]
    pub fn new(ctx: &Ctx, producer: Arc<dyn Producer>, client: reqwest::Client) -> Self {
        Self { ctx: ctx.clone(), producer, client }
    }

    /// Writes down the days that are due.
    async fn plan(&self, now: Instant) -> Result<(), DbErr> {
        for partner in store::all(self.ctx.db.read(), &SYSTEM).await? {
            let due = partner.due(now, BACK);
            let Some(&first) = due.first() else { continue };
            let known = store::days(self.ctx.db.read(), partner.id, first).await?;
            let new: Vec<CivilDay> = due.into_iter().filter(|day| !known.contains(day)).collect();
            if new.is_empty() {
                continue;
            }
            let tx = self.ctx.db.begin().await?;
            for day in new {
                store::insert_sending(&tx, self.ctx.new_id(), &partner, day, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    async fn one(&self, sending: &mut Sending) -> Result<(), HandlerError> {
        let Some(partner) = store::find(self.ctx.db.read(), &SYSTEM, sending.partner).await? else {
            sending.state = State::Failed;
            return Ok(());
        };
        let Some(made) = self.producer.make(&partner, sending.day).await? else {
            sending.state = State::Nothing;
            return Ok(());
        };
        let mut sum = Sum::default();
        sum.add(&made.bytes);
        let digest = sum.finish();
        sending.file.clone_from(&made.name);
        sending.bytes = i64::try_from(made.bytes.len()).unwrap_or(i64::MAX);
        sending.digest = code::hex(&digest);
        sending.address.clone_from(&partner.fields.address);
        match self.put(&partner, made, &digest).await {
            Ok(answer) => {
                sending.state = State::Sent;
                sending.answer = answer;
            }
            Err(problem) => {
                tracing::warn!(partner = partner.id, day = %sending.day, problem, "a sending failed");
                sending.answer = problem;
                if sending.attempts + 1 >= MOST_ATTEMPTS {
                    sending.state = State::Failed;
                }
            }
        }
        Ok(())
    }

    async fn put(&self, partner: &Partner, made: Made, digest: &[u8; 32]) -> Result<String, String> {
        let fields = &partner.fields;
        let secret = match fields.secret.as_str() {
            "" => String::new(),
            sealed => {
                seal::open(&self.ctx.secret, &about(partner.id), sealed).map_err(|error| error.to_string())?
            }
        };
        match fields.method {
            Method::Folder => folder::put(&fields.address, &made.name, &made.bytes).await,
            Method::Https => {
                let account = Account { login: &fields.login, secret: &secret };
                https::put(&self.client, &fields.address, account, &made.name, made.bytes, digest).await
            }
            Method::Sftp => {
                let server = sftp::Server {
                    address: &fields.address,
                    login: &fields.login,
                    password: &secret,
                    key: &fields.server_key,
                };
                sftp::put(&server, &made.name, &made.bytes).await
            }
        }
    }
}

#[async_trait]
impl PeriodicJob for SendDaily {
    async fn run(&self, now: Instant) -> Result<(), HandlerError> {
        self.plan(now).await?;
        for mut sending in store::waiting(self.ctx.db.read(), now, AT_ONCE).await? {
            let done = self.one(&mut sending).await;
            if let Err(error) = &done {
                sending.answer = error.to_string();
            }
            sending.attempts += 1;
            if sending.state == State::Waiting {
                let pause = backoff(u32::try_from(sending.attempts).unwrap_or(u32::MAX));
                sending.next_at = now.plus(i64::try_from(pause.as_micros()).unwrap_or(Instant::HOUR));
            } else {
                sending.finished_at = Some(self.ctx.now());
            }
            let tx = self.ctx.db.begin().await?;
            store::update_sending(&tx, &sending).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
