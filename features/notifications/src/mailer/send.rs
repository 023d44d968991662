//! Sending what is due: lease, send, mark.
//!
//! A letter is leased and marked in transactions of its own, right before and right after it is handed to the
//! server; what lies between is the only time in which a crash leaves its outcome unknown.

use std::sync::Arc;
use std::time::Duration;

use otklik_db::DbErr;
use otklik_kernel::Instant;
use otklik_mail::{EmailAddress, LONGEST_SEND, SendError, SendErrorKind, Sent, mask_personal_data};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::Inner;
use super::gate::Gate;
use super::letters::NoLetter;
use crate::backoff::pause_after;
use crate::queue::masked;
use crate::store::deliveries::{self, DeliveryState, Fate, Leased, Reason};
use crate::store::pause;

/// Letters begun in one round, before new outbox rows are looked at.
const ROUND: usize = 64;
/// How long the marks of letters wait for those of others on their way.
const SOON: Duration = Duration::from_millis(10);
/// A lease is longer than any attempt by this much: writing the letter, and marking it.
const MARGIN: Duration = Duration::from_secs(60);
/// How often a mark is tried again while the database is away; each time after a second.
const MARK_ATTEMPTS: u32 = 300;

/// Attempts of unknown outcome after which a letter is given up: each may have been a copy.
const MOST_UNSURE: u32 = 3;

/// How an attempt at a letter ended.
#[derive(Debug)]
pub enum Outcome {
    Sent(Sent),
    Failed(SendError),
    NoLetter(NoLetter),
}

/// An attempt that has ended.
#[derive(Debug)]
pub struct Landed {
    leased: Leased,
    trace: String,
    outcome: Outcome,
}

/// Until when a letter taken now is leased.
pub fn lease_end(now: Instant) -> Instant {
    let longest = (LONGEST_SEND + MARGIN).as_micros();
    now.plus(i64::try_from(longest).unwrap_or(i64::MAX))
}

/// Sends up to [`ROUND`] due letters, a few at once; gives how many were begun.
pub async fn round(inner: &Arc<Inner>, stop: &CancellationToken) -> Result<usize, DbErr> {
    let Some(mut gate) = open(inner).await? else { return Ok(0) };
    let (mut flying, mut marks, mut begun) = (JoinSet::new(), Vec::new(), 0);
    let mut away = None;
    if !deliveries::is_any_due(inner.ctx.db.read(), inner.ctx.now()).await? {
        if gate.is_doubtful() {
            gate.answered();
            step(inner, &mut gate, &mut marks, 0).await?;
        }
        return Ok(0);
    }
    loop {
        let free = gate.width().saturating_sub(flying.len()).min(ROUND - begun);
        let want = if stop.is_cancelled() || away.is_some() { 0 } else { free };
        for leased in step(inner, &mut gate, &mut marks, want).await? {
            begun += 1;
            flying.spawn(attempt(inner.clone(), leased));
        }
        let Some(first) = flying.join_next().await else { break };
        for landed in std::iter::once(first).chain(soon(&mut flying).await) {
            match landed {
                Ok(landed) => marks.push(judge(inner, &mut gate, landed, &mut away).await),
                // Its lease ends by itself.
                Err(error) => tracing::error!(%error, "sending a letter panicked"),
            }
        }
    }
    away.map_or(Ok(begun), Err)
}

/// The letters that land within a moment of the first: begun together they mostly end together, and are
/// marked in one transaction then.
async fn soon(flying: &mut JoinSet<Landed>) -> Vec<Result<Landed, JoinError>> {
    let mut landed = Vec::new();
    let all = async {
        while let Some(one) = flying.join_next().await {
            landed.push(one);
        }
    };
    let _ = tokio::time::timeout(SOON, all).await;
    landed
}

/// The gate, unless it is shut; looks at the server when a pause has ended.
async fn open(inner: &Arc<Inner>) -> Result<Option<Gate>, DbErr> {
    let (db, now) = (&inner.ctx.db, inner.ctx.now());
    let pause = pause::read(db.read()).await?;
    if pause.as_ref().is_some_and(|pause| pause.until > now) {
        return Ok(None);
    }
    let mut gate = Gate::new(pause);
    if gate.is_doubtful()
        && let Err(error) = inner.transport.check().await
    {
        gate.shut(&error, now);
        step(inner, &mut gate, &mut Vec::new(), 0).await?;
        return Ok(None);
    }
    Ok(Some(gate))
}

/// Marks what has ended and leases what is next, in one transaction. A mark is not lost while the database is
/// away for a few minutes: losing it would send a letter twice.
async fn step(
    inner: &Arc<Inner>,
    gate: &mut Gate,
    marks: &mut Vec<(Leased, Fate)>,
    want: usize,
) -> Result<Vec<Leased>, DbErr> {
    if marks.is_empty() && want == 0 && !gate.is_changed() {
        return Ok(Vec::new());
    }
    let mut failures = 0;
    let leased = loop {
        match try_step(inner, gate, marks, want).await {
            Ok(leased) => break leased,
            Err(error) if marks.is_empty() || failures == MARK_ATTEMPTS => return Err(error),
            Err(error) => {
                failures += 1;
                if failures == 1 {
                    tracing::warn!(%error, letters = marks.len(), "letters can't be marked as sent yet");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    };
    gate.written();
    marks.clear();
    Ok(leased)
}

async fn try_step(
    inner: &Arc<Inner>,
    gate: &Gate,
    marks: &[(Leased, Fate)],
    want: usize,
) -> Result<Vec<Leased>, DbErr> {
    let now = inner.ctx.now();
    let tx = inner.ctx.db.begin().await?;
    deliveries::settle(&tx, marks, now).await?;
    gate.write(&tx).await?;
    let leased = deliveries::lease(&tx, now, lease_end(now), want).await?;
    tx.commit().await?;
    Ok(leased)
}

/// One attempt at one letter.
async fn attempt(inner: Arc<Inner>, leased: Leased) -> Landed {
    let letter = match inner.letters.of(leased.outbox).await {
        Ok(letter) => letter,
        Err(error) => return Landed { leased, trace: String::new(), outcome: Outcome::NoLetter(error) },
    };
    let trace = letter.trace.clone();
    let outcome = match addresses(&inner.ctx.settings.mail_from, &leased.address) {
        Ok((from, to)) => {
            let message = letter.to(leased.id, from, to);
            inner.transport.send(&message).await.map_or_else(Outcome::Failed, Outcome::Sent)
        }
        Err(error) => Outcome::Failed(error),
    };
    Landed { leased, trace, outcome }
}

fn addresses(from: &str, to: &str) -> Result<(EmailAddress, EmailAddress), SendError> {
    let error = |kind, what: &str, error| SendError { kind, detail: format!("{what}: {error}") };
    let from = EmailAddress::parse(from)
        .map_err(|e| error(SendErrorKind::Misconfigured, "the sender in the settings", e))?;
    let to = EmailAddress::parse(to).map_err(|e| error(SendErrorKind::Permanent, "the recipient", e))?;
    Ok((from, to))
}

/// What becomes of a letter after an attempt, and what the attempt tells of the server.
async fn judge(
    inner: &Arc<Inner>,
    gate: &mut Gate,
    landed: Landed,
    away: &mut Option<DbErr>,
) -> (Leased, Fate) {
    let Landed { leased, trace, outcome } = landed;
    let (metrics, now) = (&inner.ctx.metrics, inner.ctx.now());
    let to = masked(&leased.address);
    let fate = match outcome {
        Outcome::Sent(Sent { reply }) => {
            gate.answered();
            metrics.mail_sent.inc();
            tracing::info!(trace, delivery = leased.id, to, reply, "a letter was sent");
            return (leased, Fate::Sent(reply));
        }
        Outcome::NoLetter(NoLetter::Away(error)) => {
            *away = Some(error);
            return (leased, Fate::Untried);
        }
        Outcome::NoLetter(NoLetter::Broken(why)) => later(&leased, now, Reason::Letter, why),
        Outcome::Failed(error) => match error.kind {
            SendErrorKind::RefusedRecipient | SendErrorKind::Permanent => {
                gate.answered();
                Fate::Ended(DeliveryState::Refused, Reason::Mail(error.kind), error.detail)
            }
            SendErrorKind::Misconfigured => {
                gate.shut(&error, now);
                Fate::Untried
            }
            SendErrorKind::Transient if gate.is_shut() => Fate::Untried,
            // Is it this letter, or is nobody there? A look costs no letter an attempt.
            SendErrorKind::Transient => match inner.transport.check().await {
                Ok(()) => {
                    gate.answered();
                    later(&leased, now, Reason::Mail(error.kind), error.detail)
                }
                Err(nobody) => {
                    gate.shut(&nobody, now);
                    Fate::Untried
                }
            },
            SendErrorKind::UnknownOutcome if leased.unsure + 1 >= MOST_UNSURE => {
                Fate::Ended(DeliveryState::GivenUp, Reason::Mail(error.kind), error.detail)
            }
            SendErrorKind::UnknownOutcome => later(&leased, now, Reason::Mail(error.kind), error.detail),
        },
    };
    metrics.mail_failed.inc();
    match &fate {
        Fate::Ended(state, reason, why) => {
            tracing::warn!(
                trace,
                delivery = leased.id,
                to,
                ?state,
                ?reason,
                why = mask_personal_data(why),
                "a letter was not sent"
            );
        }
        Fate::Later(next, reason, why) => {
            tracing::warn!(
                trace,
                delivery = leased.id,
                to,
                ?reason,
                why = mask_personal_data(why),
                next = next.iso(),
                "a letter was not sent yet"
            );
        }
        Fate::Sent(_) | Fate::Untried => {}
    }
    (leased, fate)
}

/// Another attempt after a growing pause, or none any more.
fn later(leased: &Leased, now: Instant, reason: Reason, why: String) -> Fate {
    match pause_after(leased.attempts.saturating_add(1)) {
        Some(pause) => Fate::Later(now.plus(pause), reason, why),
        None => Fate::Ended(DeliveryState::GivenUp, reason, why),
    }
}
