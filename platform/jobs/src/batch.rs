//! One batch: taking due events, handing them out, removing them.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use otklik_db::{DbErr, Tx, Value, bulk, is_away, sql};
use otklik_kernel::{Id, Instant};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::backoff::{backoff, micros};
use crate::event::{COLUMNS, NEVER, read};

use crate::{Event, HandlerError, Worker};

/// Events taken at once: on SQLite others wait for their turn to write meanwhile, about 1 ms.
const BATCH: usize = 32;
/// The longest error text that is kept, in characters.
const ERROR_LENGTH: usize = 500;

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Events taken.
    pub taken: usize,
    /// Events done and removed.
    pub handled: usize,
}

impl Outcome {
    /// Whether there may be more due events.
    pub const fn full(self) -> bool {
        self.taken == BATCH
    }
}

impl Worker {
    /// Does one batch in one transaction.
    pub(crate) async fn batch(&self) -> Result<Outcome, DbErr> {
        let now = self.clock.now();
        if !self.any_due(now).await? {
            return Ok(Outcome::default());
        }
        let tx = self.db.begin().await?;
        let events = take(&tx, now).await?;
        let mut outcome = Outcome { taken: events.len(), handled: 0 };
        for group in by_kind(events) {
            outcome.handled += self.group(&tx, &group).await?;
        }
        tx.commit().await?;
        Ok(outcome)
    }

    /// A look without the right to write, so that an idle worker never holds up SQLite's only writer.
    async fn any_due(&self, now: Instant) -> Result<bool, DbErr> {
        let text = "SELECT 1 AS one FROM jobs_events WHERE next_at <= ? LIMIT 1";
        let row = self.db.read().query_one_raw(sql(self.db.read(), text, [now.0.into()])).await?;
        Ok(row.is_some())
    }

    /// Does events of one kind, halving what fails until the failing event is alone.
    async fn group(&self, tx: &Tx, events: &[Event]) -> Result<usize, DbErr> {
        let mut handled = 0;
        let mut left = vec![events];
        while let Some(part) = left.pop() {
            let savepoint = tx.savepoint().await?;
            match self.handle(&savepoint, part).await {
                Ok(()) => {
                    delete(&savepoint, part).await?;
                    savepoint.commit().await?;
                    handled += part.len();
                }
                Err((name, error)) => {
                    let error = match error.away() {
                        Ok(away) => return Err(away),
                        Err(error) => error,
                    };
                    savepoint.rollback().await?;
                    if let [event] = part {
                        self.postpone(tx, event, name, &error).await?;
                    } else {
                        let (first, second) = part.split_at(part.len() / 2);
                        left.extend([second, first]);
                    }
                }
            }
        }
        Ok(handled)
    }

    /// Hands events to every handler of their kind.
    async fn handle(&self, tx: &Tx, events: &[Event]) -> Result<(), (&'static str, HandlerError)> {
        let Some(first) = events.first() else { return Ok(()) };
        for handler in self.handlers.iter().filter(|handler| handler.kinds().contains(&first.kind.as_str())) {
            let done = AssertUnwindSafe(handler.handle(tx, events)).catch_unwind().await;
            done.unwrap_or_else(|_| Err(HandlerError::Later("the handler panicked".to_owned())))
                .map_err(|error| (handler.name(), error))?;
        }
        Ok(())
    }

    /// Keeps a failed event with its error until its next attempt.
    async fn postpone(
        &self,
        tx: &Tx,
        event: &Event,
        handler: &'static str,
        error: &HandlerError,
    ) -> Result<(), DbErr> {
        let attempts = event.attempts.saturating_add(1);
        let pause = micros(backoff(attempts));
        let next = if error.retry() { self.clock.now().plus(pause).0 } else { NEVER };
        let said: String =
            format!("{handler}: {error}").chars().filter(|&c| c != '\0').take(ERROR_LENGTH).collect();
        tracing::warn!(
            event = event.id,
            kind = event.kind,
            trace = event.trace,
            handler,
            attempts,
            %error,
            "an event was not handled"
        );
        let text = "UPDATE jobs_events SET attempts = ?, next_at = ?, error = ? WHERE id = ?";
        let attempts = i32::try_from(attempts).unwrap_or(i32::MAX);
        let values: [Value; 4] = [attempts.into(), next.into(), said.into(), event.id.into()];
        tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
    }
}

/// Takes due events, oldest first; on PostgreSQL those that no other node has taken.
async fn take(tx: &Tx, now: Instant) -> Result<Vec<Event>, DbErr> {
    let lock = match tx.get_database_backend() {
        DbBackend::Postgres => " FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    let text = format!(
        "SELECT {COLUMNS} FROM jobs_events WHERE next_at <= ? ORDER BY next_at, id LIMIT {BATCH}{lock}"
    );
    let rows = tx.query_all_raw(sql(tx, &text, [now.0.into()])).await?;
    rows.iter().map(read).collect()
}

/// Removes events that are done.
async fn delete(tx: &Tx, events: &[Event]) -> Result<(), DbErr> {
    let ids: Vec<Id> = events.iter().map(|event| event.id).collect();
    let text = format!("DELETE FROM jobs_events WHERE id {}", bulk::among(tx));
    tx.execute_raw(sql(tx, &text, [bulk::numbers(&ids)])).await.map(|_| ())
}

/// Events in groups of one kind, the order within a kind kept.
fn by_kind(events: Vec<Event>) -> Vec<Vec<Event>> {
    let mut groups: Vec<Vec<Event>> = Vec::new();
    for event in events {
        match groups.iter_mut().find(|group| group[0].kind == event.kind) {
            Some(group) => group.push(event),
            None => groups.push(vec![event]),
        }
    }
    groups
}

/// The first sign of an outage is logged, and its end; not every attempt between.
#[derive(Debug, Default)]
pub struct Outage {
    failures: u32,
}

impl Outage {
    /// Notes a failure and gives the pause before the next attempt: at most half a minute.
    pub fn failed(&mut self, what: &str, error: &DbErr) -> std::time::Duration {
        if self.failures == 0 {
            let away = is_away(error);
            tracing::error!(%error, away, "{what} can't use the database; it waits and goes on by itself");
        }
        self.failures = self.failures.saturating_add(1);
        backoff(self.failures).min(std::time::Duration::from_secs(30))
    }

    /// Notes a success.
    pub fn over(&mut self, what: &str) {
        if std::mem::take(&mut self.failures) > 0 {
            tracing::info!("{what} can use the database again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_waited_out_with_growing_pauses_and_ends() {
        let mut outage = Outage::default();
        let error = DbErr::Custom("away".to_owned());
        let mut pause = || outage.failed("the test", &error).as_secs();
        assert_eq!([pause(), pause(), pause(), pause(), pause(), pause(), pause()], [1, 2, 4, 8, 16, 30, 30]);
        outage.over("the test");
        assert_eq!(outage.failed("the test", &error).as_secs(), 1);
    }
}
