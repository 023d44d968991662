//! Jobs done again and again, by one node at a time.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use otklik_db::{Db, DbErr, Value, sql};
use otklik_kernel::Instant;
use otklik_kernel::time::SharedClock;
use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;

use crate::backoff::{backoff, micros};
use crate::batch::Outage;
use crate::{HandlerError, Waker};

/// How long a node that has died keeps its jobs from the others.
const LEASE: Duration = Duration::from_secs(30);
/// How often a lease is renewed while its job runs, and how often nodes without it look.
const RENEWAL: Duration = Duration::from_secs(10);
/// From this period on, the database remembers when the job was last done.
const REMEMBERED: Duration = Duration::from_secs(60);

/// Something done again and again.
#[async_trait]
pub trait PeriodicJob: Send + Sync {
    /// Does it once.
    ///
    /// It may be cut off at any await when the node shuts down or loses its lease, and may run twice.
    ///
    /// # Errors
    /// When it can't be done now; it is tried again with growing pauses, at most its period.
    async fn run(&self, now: Instant) -> Result<(), HandlerError>;
}

/// A job and how often it is done.
#[derive(Clone)]
pub struct Periodic {
    /// Its name: the same on all nodes, and nobody else's.
    pub name: &'static str,
    /// The time from one beginning to the next.
    pub every: Duration,
    /// What is done.
    pub job: Arc<dyn PeriodicJob>,
    /// Wakes it before its time, on the node that is called.
    pub waker: Waker,
}

impl Periodic {
    /// A job done every so often.
    #[must_use]
    pub fn new(name: &'static str, every: Duration, job: Arc<dyn PeriodicJob>) -> Self {
        Self { name, every, job, waker: Waker::default() }
    }
}

impl std::fmt::Debug for Periodic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Periodic")
            .field("name", &self.name)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

/// One node's turns at one job.
pub struct Turns {
    db: Db,
    clock: SharedClock,
    holder: String,
    periodic: Periodic,
    /// Until when this node holds the lease, as far as it knows.
    held_until: Instant,
    /// When the job was last begun by whoever held the lease, as far as this node knows.
    last: Instant,
    /// Failures of the job in a row.
    failures: u32,
    /// Somebody woke the job.
    wanted: bool,
}

impl Turns {
    pub const fn new(db: Db, clock: SharedClock, holder: String, periodic: Periodic) -> Self {
        Self {
            db,
            clock,
            holder,
            periodic,
            held_until: Instant(0),
            last: Instant(0),
            failures: 0,
            wanted: false,
        }
    }

    /// Takes turns until told to shut down, and leaves the lease to others then.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut outage = Outage::default();
        let name = self.periodic.name;
        loop {
            let pause = tokio::select! {
                () = shutdown.cancelled() => break,
                turn = self.turn() => match turn {
                    Ok(pause) => { outage.over(name); pause }
                    Err(error) => outage.failed(name, &error),
                },
            };
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
                () = self.periodic.waker.woken() => self.wanted = true,
            }
        }
        if self.held_until > self.clock.now() {
            // When it can't be left, it ends by itself.
            let _ = self.leave().await;
        }
    }

    /// Does the job if it is this node's turn and its time, and gives the pause until the next look.
    pub async fn turn(&mut self) -> Result<Duration, DbErr> {
        let now = self.clock.now();
        if self.held_until.since(now) < micros(LEASE - RENEWAL) && !self.hold(now).await? {
            self.wanted = false;
            return Ok(RENEWAL.min(self.periodic.every));
        }
        let wait = self.due_in(now);
        if wait > Duration::ZERO && !self.wanted {
            return Ok(wait.min(RENEWAL));
        }
        (self.last, self.wanted) = (now, false);
        match self.perform(now).await? {
            Ok(()) => self.failures = 0,
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                if self.failures.is_power_of_two() {
                    tracing::warn!(job = self.periodic.name, failures = self.failures, %error, "a job failed");
                }
                return Ok(self.due_in(self.clock.now()).min(RENEWAL));
            }
        }
        if self.periodic.every >= REMEMBERED {
            let text = "UPDATE jobs_leases SET ran_at = ? WHERE name = ? AND holder = ?";
            let values = [now.0.into(), self.periodic.name.into(), self.holder.as_str().into()];
            self.write(text, values).await?;
        }
        Ok(self.due_in(self.clock.now()).min(RENEWAL))
    }

    /// How long until the job is due: its period, or the pause after failures if that is shorter.
    fn due_in(&self, now: Instant) -> Duration {
        let period = match self.failures {
            0 => self.periodic.every,
            failures => backoff(failures).min(self.periodic.every),
        };
        let left = micros(period).saturating_sub(now.since(self.last));
        Duration::from_micros(u64::try_from(left).unwrap_or(0)).min(period)
    }

    /// Runs the job and keeps the lease meanwhile; the outer error is that the lease was lost.
    async fn perform(&mut self, now: Instant) -> Result<Result<(), HandlerError>, DbErr> {
        let job = self.periodic.job.clone();
        let mut work = std::pin::pin!(AssertUnwindSafe(job.run(now)).catch_unwind());
        loop {
            tokio::select! {
                done = &mut work => {
                    let panicked = || Err(HandlerError::Later("the job panicked".to_owned()));
                    return Ok(done.unwrap_or_else(|_| panicked()));
                }
                () = tokio::time::sleep(RENEWAL) => {
                    if !self.hold(self.clock.now()).await? {
                        return Ok(Err(HandlerError::Later("another node took over".to_owned())));
                    }
                }
            }
        }
    }

    /// Takes or renews the lease; false when another node has it.
    async fn hold(&mut self, now: Instant) -> Result<bool, DbErr> {
        let (name, until) = (self.periodic.name, now.plus(micros(LEASE)));
        let read = "SELECT holder, held_until, ran_at FROM jobs_leases WHERE name = ?";
        let row = self.db.read().query_one_raw(sql(self.db.read(), read, [name.into()])).await?;
        if let Some(row) = row {
            // A look first: nodes that wait for their turn don't write.
            let holder: String = row.try_get("", "holder")?;
            if holder != self.holder && row.try_get::<i64>("", "held_until")? > now.0 {
                self.held_until = Instant(0);
                return Ok(false);
            }
            self.last = self.last.max(Instant(row.try_get("", "ran_at")?));
        }
        let text = "INSERT INTO jobs_leases (name, holder, held_until, ran_at) VALUES (?, ?, ?, 0)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
            WHERE jobs_leases.holder = excluded.holder OR jobs_leases.held_until <= ?";
        let values = [name.into(), self.holder.as_str().into(), until.0.into(), now.0.into()];
        let held = self.write(text, values).await? == 1;
        self.held_until = if held { until } else { Instant(0) };
        Ok(held)
    }

    /// Gives the lease back.
    async fn leave(&self) -> Result<(), DbErr> {
        let text = "UPDATE jobs_leases SET held_until = 0 WHERE name = ? AND holder = ?";
        self.write(text, [self.periodic.name.into(), self.holder.as_str().into()]).await.map(|_| ())
    }

    async fn write<const N: usize>(&self, text: &str, values: [Value; N]) -> Result<u64, DbErr> {
        let tx = self.db.begin().await?;
        let done = tx.execute_raw(sql(&tx, text, values)).await?.rows_affected();
        tx.commit().await?;
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use otklik_testkit::{TestDb, both};

    use super::*;

    #[derive(Default)]
    struct Counting {
        runs: AtomicUsize,
        fails: AtomicBool,
    }

    #[async_trait]
    impl PeriodicJob for Counting {
        async fn run(&self, _now: Instant) -> Result<(), HandlerError> {
            self.runs.fetch_add(1, Ordering::SeqCst);
            if self.fails.load(Ordering::SeqCst) { Err(HandlerError::Later("x".to_owned())) } else { Ok(()) }
        }
    }

    fn node(t: &TestDb, name: &str, every: u64, job: &Arc<Counting>) -> Turns {
        let periodic = Periodic::new("counting", Duration::from_secs(every), job.clone());
        Turns::new(t.db.clone(), t.clock.clone(), name.to_owned(), periodic)
    }

    #[test]
    fn one_node_works_and_another_takes_over_when_it_dies() {
        both(&[crate::MIGRATIONS], async |t| {
            let job = Arc::new(Counting::default());
            let runs = || job.runs.load(Ordering::SeqCst);
            let (mut first, mut second) = (node(&t, "first", 5, &job), node(&t, "second", 5, &job));
            assert_eq!(first.turn().await.unwrap(), Duration::from_secs(5));
            second.turn().await.unwrap();
            assert_eq!(runs(), 1);
            for _ in 0..20 {
                t.clock.advance(5 * Instant::SECOND);
                first.turn().await.unwrap();
                second.turn().await.unwrap();
            }
            assert_eq!(runs(), 21);
            // The first dies.
            t.clock.advance(micros(LEASE) - 1);
            second.turn().await.unwrap();
            let before = runs();
            t.clock.advance(5 * Instant::SECOND + 1);
            second.turn().await.unwrap();
            assert_eq!(runs(), before + 1);
            first.turn().await.unwrap();
            assert_eq!(runs(), before + 1, "the first learns that it isn't its turn");
        });
    }

    #[test]
    fn a_daily_job_is_neither_skipped_nor_repeated_by_a_restart() {
        both(&[crate::MIGRATIONS], async |t| {
            let job = Arc::new(Counting::default());
            let runs = || job.runs.load(Ordering::SeqCst);
            node(&t, "a", 86_400, &job).turn().await.unwrap();
            assert_eq!(runs(), 1);
            t.clock.advance(Instant::HOUR);
            assert_eq!(node(&t, "b", 86_400, &job).turn().await.unwrap(), RENEWAL);
            assert_eq!(runs(), 1);
            t.clock.advance(23 * Instant::HOUR);
            node(&t, "c", 86_400, &job).turn().await.unwrap();
            assert_eq!(runs(), 2);
        });
    }

    #[test]
    fn a_failing_job_is_tried_again_with_growing_pauses() {
        both(&[crate::MIGRATIONS], async |t| {
            let job = Arc::new(Counting::default());
            job.fails.store(true, Ordering::SeqCst);
            let mut turns = node(&t, "a", 86_400, &job);
            let mut pauses = Vec::new();
            for _ in 0..4 {
                let pause = turns.turn().await.unwrap();
                pauses.push(pause.as_secs());
                t.clock.advance(micros(pause));
            }
            assert_eq!(pauses, [1, 2, 4, 8]);
            job.fails.store(false, Ordering::SeqCst);
            assert_eq!(turns.turn().await.unwrap(), RENEWAL);
            assert_eq!(job.runs.load(Ordering::SeqCst), 5);
        });
    }
}
