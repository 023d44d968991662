//! The job that sends: what is due is written down, each is sent until it is, and the proof is kept (MON-18).
//!
//! A file is of one sender's day, so that whoever gets it can check and import it as it is. It is due from the hour
//! agreed on: at once when the data are there, else as soon as they come; a correction is sent as a file of its own.

use async_trait::async_trait;
use otklik_access::Scope;
use otklik_jobs::{HandlerError, PeriodicJob, backoff};
use otklik_kernel::{CivilDay, Id, Instant, code, secret::Sum};
use otklik_web::Ctx;

use super::folder::{self, Roots};
use super::https::{self, Account};
use super::{Method, Partner, Sending, State, Subject, about, is_in, sftp, store};
use crate::export::{self, Made};
use crate::hub::{Hub, later};
use crate::ingest::Book;
use crate::texts::L;
use crate::{seal, senders};

/// How long a partner's other sendings wait when one has failed: a minute.
const HELD: i64 = 60 * Instant::SECOND;
/// How many days back a partner gets what was missed, came late or was corrected.
const BACK: i32 = 31;
/// How often a sending is tried: with pauses of up to an hour, for more than a day.
const MOST_ATTEMPTS: i32 = 40;
/// Sendings done in one run.
const AT_ONCE: u64 = 20;

const SYSTEM: Scope = Scope::system("sending to partners by schedule");

/// Sends what is due.
pub struct SendDaily {
    ctx: Ctx,
    hub: Hub,
    client: reqwest::Client,
    roots: Roots,
}

impl std::fmt::Debug for SendDaily {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendDaily").finish_non_exhaustive()
    }
}

impl SendDaily {
    /// The job, with files from a lake, into folders that are allowed.
    #[must_use]
    pub fn new(ctx: &Ctx, hub: &Hub, client: reqwest::Client, roots: &Roots) -> Self {
        Self { ctx: ctx.clone(), hub: hub.clone(), client, roots: roots.clone() }
    }

    /// Writes down what is due.
    async fn plan(&self, now: Instant) -> Result<(), HandlerError> {
        let mut partners = store::all(self.ctx.db.read(), &SYSTEM).await?;
        partners.retain(|partner| !partner.due(now, BACK).is_empty());
        if partners.is_empty() {
            return Ok(());
        }
        let book = export::book(&self.hub).await.map_err(later)?;
        for partner in partners {
            let days = partner.due(now, BACK);
            let senders = self.senders(&partner).await?;
            let Some(&first) = days.first() else { continue };
            let known = store::known(self.ctx.db.read(), partner.id, first).await?;
            let new = days.into_iter().flat_map(|day| due_of_day(&book, &senders, &known, day));
            let new: Vec<Subject> = new.collect();
            if new.is_empty() {
                continue;
            }
            let tx = self.ctx.db.begin().await?;
            for subject in new {
                store::insert_sending(&tx, self.ctx.new_id(), &partner, &subject, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// The codes of the senders whose data a partner gets: of one, or of all that belong to the body or below it.
    async fn senders(&self, partner: &Partner) -> Result<Vec<String>, HandlerError> {
        let below = self.hub.below(partner.fields.body).await.map_err(later)?;
        let all = senders::store::all(self.ctx.db.read(), &SYSTEM).await?;
        let is_wanted = |sender: &senders::Sender| match partner.fields.sender {
            Some(id) => sender.id == id,
            None => below.contains(&sender.fields.body),
        };
        Ok(all.into_iter().filter(is_wanted).map(|sender| sender.fields.code).collect())
    }

    /// Whether a sender is the one agreed on, of the partner's body or of one below it: both may have changed meanwhile.
    async fn is_of(&self, partner: &Partner, sender: &str) -> Result<bool, HandlerError> {
        let conn = self.ctx.db.read();
        let Some(sender) = senders::store::find_by_code(conn, &SYSTEM, sender).await? else {
            return Ok(false);
        };
        let is_agreed = partner.fields.sender.is_none_or(|agreed| agreed == sender.id);
        Ok(is_agreed && is_in(conn, sender.fields.body, partner.fields.body).await?)
    }

    /// The file of a sending; nothing where the lake doesn't hold this revision any more.
    async fn make(&self, partner: &Partner, subject: &Subject) -> Result<Option<Made>, HandlerError> {
        let layout = partner.fields.layout;
        let data = export::delivery(&self.hub, &subject.sender, subject.day, layout).await.map_err(later)?;
        let Some(data) = data.filter(|data| data.head.revision == subject.revision) else {
            return Ok(None);
        };
        let reference = self.hub.reference(subject.day).await.map_err(later)?;
        let (made, _) = export::file(&data, layout, &reference).map_err(HandlerError::Later)?;
        Ok(Some(made))
    }

    async fn one(&self, sending: &mut Sending) -> Result<(), HandlerError> {
        let Some(partner) = store::find(self.ctx.db.read(), &SYSTEM, sending.partner).await? else {
            sending.state = State::Failed;
            return Ok(());
        };
        let Some(made) = self.make(&partner, &sending.subject).await? else {
            sending.state = State::Replaced;
            return Ok(());
        };
        if !self.is_of(&partner, &sending.subject.sender).await? {
            sending.state = State::Failed;
            sending.answer = L::default().sending_not_of_body(sending.subject.sender.clone());
            return Ok(());
        }
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
                let day = sending.subject.day;
                tracing::warn!(partner = partner.id, %day, problem, "a sending failed");
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
            Method::Folder => folder::put(&self.roots, &fields.address, &made.name, &made.bytes).await,
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
        // Who can't be reached holds up nobody else.
        let mut away: Vec<Id> = Vec::new();
        for mut sending in store::waiting(self.ctx.db.read(), now, AT_ONCE).await? {
            if away.contains(&sending.partner) {
                continue;
            }
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
            if sending.state == State::Waiting {
                store::hold(&tx, sending.partner, self.ctx.now().plus(HELD)).await?;
                away.push(sending.partner);
            }
            store::update_sending(&tx, &sending).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// What of a day is due and not written down yet: of each sender the revision that holds, or that there is nothing.
fn due_of_day(book: &Book, senders: &[String], known: &[(Subject, State)], day: CivilDay) -> Vec<Subject> {
    let of_day: Vec<&(Subject, State)> = known.iter().filter(|(one, _)| one.day == day).collect();
    // A whole body's day sent as one file, as was done once, stays sent.
    if of_day.iter().any(|(one, state)| one.sender.is_empty() && *state != State::Nothing) {
        return Vec::new();
    }
    let held = senders.iter().filter_map(|sender| {
        let revision = book.current(sender, day)?.revision;
        Some(Subject { day, sender: sender.clone(), revision })
    });
    let held: Vec<Subject> = held.collect();
    if held.is_empty() && of_day.is_empty() {
        return vec![Subject::nothing(day)];
    }
    held.into_iter().filter(|new| of_day.iter().all(|(one, _)| one != new)).collect()
}
