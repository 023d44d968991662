//! The event table and the worker, on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use otklik_db::{DbErr, Migration, Tx, sql};
use otklik_jobs::{
    Event, Handler, HandlerError, NewEvent, Periodic, PeriodicJob, QueueStats, Worker, emit, queue_stats,
};
use otklik_kernel::{Clock, Instant};
use otklik_testkit::{TestDb, both};
use sea_orm::ConnectionTrait;
use tokio_util::sync::CancellationToken;

/// What handlers of these tests write: a row per event, any number of times.
const SEEN: &[Migration] = &[Migration {
    name: "9000_seen",
    sql: "CREATE TABLE seen (event_id BIGINT NOT NULL, worker TEXT NOT NULL)",
}];

/// What comes in a moment when all is well.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), what).await.expect("it comes")
}

fn on_both(test: impl AsyncFn(TestDb)) {
    both(&[otklik_jobs::MIGRATIONS, SEEN], test);
}

/// Writes a row per event, then fails where the payload says so.
#[derive(Default)]
struct Writing {
    name: &'static str,
    healed: AtomicBool,
    calls: AtomicUsize,
}

#[async_trait]
impl Handler for Writing {
    fn kinds(&self) -> &'static [&'static str] {
        &["a", "b"]
    }

    fn name(&self) -> &'static str {
        "writing"
    }

    async fn handle(&self, tx: &Tx, events: &[Event]) -> Result<(), HandlerError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        assert!(events.iter().all(|event| event.kind == events[0].kind), "one kind at a time");
        for event in events {
            let text = "INSERT INTO seen (event_id, worker) VALUES (?, ?)";
            tx.execute_raw(sql(tx, text, [event.id.into(), self.name.into()])).await?;
        }
        if self.healed.load(Ordering::SeqCst) {
            return Ok(());
        }
        for event in events {
            match event.payload.as_str() {
                "later" => return Err(HandlerError::Later("не сейчас\0".to_owned())),
                "never" => return Err(HandlerError::Never("никогда".to_owned())),
                "panic" => panic!("on purpose"),
                "sql" => {
                    tx.execute_raw(sql(tx, "INSERT INTO seen (event_id) VALUES (NULL)", [])).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn worker(t: &TestDb, handler: &Arc<Writing>) -> Worker {
    Worker::new(t.db.clone(), t.clock.clone(), vec![handler.clone()])
}

async fn emit_all(t: &TestDb, payloads: &[&str]) -> Vec<i64> {
    let at = t.clock.now();
    let events: Vec<NewEvent<'_>> = payloads
        .iter()
        .map(|payload| NewEvent {
            id: t.new_id(),
            kind: "a",
            body: Some(7),
            subject: None,
            payload,
            trace: "t1",
            at,
        })
        .collect();
    let tx = t.db.begin().await.unwrap();
    emit(&tx, &events).await.unwrap();
    tx.commit().await.unwrap();
    events.iter().map(|event| event.id).collect()
}

async fn seen(t: &TestDb) -> Vec<i64> {
    let rows =
        t.db.read().query_all_raw(sql(t.db.read(), "SELECT event_id FROM seen ORDER BY event_id", [])).await;
    rows.unwrap().iter().map(|row| row.try_get("", "event_id").unwrap()).collect()
}

async fn row(t: &TestDb, id: i64) -> Option<(i32, i64, String)> {
    let text = "SELECT attempts, next_at, error FROM jobs_events WHERE id = ?";
    let row = t.db.read().query_one_raw(sql(t.db.read(), text, [id.into()])).await.unwrap()?;
    let error: Option<String> = row.try_get("", "error").unwrap();
    Some((
        row.try_get("", "attempts").unwrap(),
        row.try_get("", "next_at").unwrap(),
        error.unwrap_or_default(),
    ))
}

#[test]
fn events_of_any_number_are_each_handled_once() {
    on_both(async |t| {
        let mut ids = emit_all(&t, &["x"; 100]).await;
        ids.extend(emit_all(&t, &["x"; 1127]).await);
        let handler = Arc::new(Writing::default());
        assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 1227);
        assert_eq!(seen(&t).await, ids);
        assert_eq!(handler.calls.load(Ordering::SeqCst), 39, "in batches of 32");
        assert_eq!(queue_stats(t.db.read()).await.unwrap(), QueueStats::default());
        assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 0);
    });
}

#[test]
fn an_event_of_a_transaction_that_is_taken_back_never_happened() {
    on_both(async |t| {
        let event = NewEvent {
            id: 1,
            kind: "a",
            body: None,
            subject: None,
            payload: "{}",
            trace: "",
            at: t.clock.now(),
        };
        let tx = t.db.begin().await.unwrap();
        emit(&tx, &[event]).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(queue_stats(t.db.read()).await.unwrap().waiting, 0);
    });
}

#[test]
fn one_bad_event_of_500_costs_its_neighbours_nothing() {
    for bad in ["later", "panic", "sql"] {
        on_both(async |t| {
            let mut payloads = vec!["x"; 500];
            payloads[321] = bad;
            let ids = emit_all(&t, &payloads).await;
            let handler = Arc::new(Writing::default());
            assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 499);
            let neighbours: Vec<i64> = ids.iter().copied().filter(|&id| id != ids[321]).collect();
            assert_eq!(seen(&t).await, neighbours, "what failed attempts wrote is gone");
            assert!(handler.calls.load(Ordering::SeqCst) < 40, "found by halving");

            let second = t.clock.now().plus(Instant::SECOND);
            let (attempts, next, error) = row(&t, ids[321]).await.unwrap();
            assert_eq!((attempts, next), (1, second.0));
            assert!(error.starts_with("writing: ") && !error.contains('\0'), "{error}");
            let stats = queue_stats(t.db.read()).await.unwrap();
            assert_eq!((stats.waiting, stats.failing, stats.oldest_at), (1, 1, Some(t.clock.now())));

            assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 0, "not before its time");
            t.clock.advance(Instant::SECOND);
            assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 0);
            let (attempts, next, _) = row(&t, ids[321]).await.unwrap();
            assert_eq!((attempts, next), (2, second.plus(2 * Instant::SECOND).0));

            handler.healed.store(true, Ordering::SeqCst);
            t.clock.advance(2 * Instant::SECOND);
            assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 1);
            assert_eq!(seen(&t).await, ids, "each counted once");
        });
    }
}

#[test]
fn an_event_that_can_never_be_handled_waits_for_a_person() {
    on_both(async |t| {
        let ids = emit_all(&t, &["never", "x"]).await;
        let handler = Arc::new(Writing::default());
        assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 1);
        t.clock.advance(400 * Instant::DAY);
        let calls = handler.calls.load(Ordering::SeqCst);
        assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 0);
        assert_eq!(handler.calls.load(Ordering::SeqCst), calls);
        assert!(row(&t, ids[0]).await.unwrap().2.contains("никогда"));

        let tx = t.db.begin().await.unwrap();
        assert!(otklik_jobs::retry(&tx, ids[0], t.clock.now()).await.unwrap());
        assert!(!otklik_jobs::retry(&tx, 99, t.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        handler.healed.store(true, Ordering::SeqCst);
        assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 1);
        assert_eq!(seen(&t).await.len(), 2);
    });
}

#[test]
fn failing_events_are_listed_oldest_first() {
    on_both(async |t| {
        let ids = emit_all(&t, &["never", "x", "later"]).await;
        worker(&t, &Arc::new(Writing::default())).run_once().await.unwrap();
        let failing = otklik_jobs::failing(t.db.read(), 10).await.unwrap();
        assert_eq!(failing.iter().map(|f| f.event.id).collect::<Vec<_>>(), [ids[0], ids[2]]);
        assert_eq!(failing[0].next_at, None);
        assert_eq!(failing[1].next_at, Some(t.clock.now().plus(Instant::SECOND)));
        assert_eq!(failing[1].error, "writing: не сейчас");
        assert_eq!((failing[1].event.body, failing[1].event.attempts), (Some(7), 1));
        assert_eq!(otklik_jobs::failing(t.db.read(), 1).await.unwrap().len(), 1);
    });
}

#[test]
fn an_event_nobody_handles_is_removed() {
    on_both(async |t| {
        emit_all(&t, &["x"; 3]).await;
        let nobody = Worker::new(t.db.clone(), t.clock.clone(), Vec::new());
        assert_eq!(nobody.run_once().await.unwrap(), 3);
        assert_eq!(queue_stats(t.db.read()).await.unwrap().waiting, 0);
    });
}

#[test]
fn a_batch_that_was_cut_off_is_done_again_and_counts_once() {
    on_both(async |t| {
        let ids = emit_all(&t, &["x", "x"]).await;
        let handler = Arc::new(Writing::default());
        // The crash: the handler has written, the commit never comes.
        let tx = t.db.begin().await.unwrap();
        let savepoint = tx.savepoint().await.unwrap();
        let event = |id| Event {
            id,
            kind: "a".to_owned(),
            body: None,
            subject: None,
            payload: "x".to_owned(),
            trace: String::new(),
            at: t.clock.now(),
            attempts: 0,
        };
        handler.handle(&savepoint, &[event(ids[0]), event(ids[1])]).await.unwrap();
        savepoint.commit().await.unwrap();
        drop(tx);
        assert_eq!(worker(&t, &handler).run_once().await.unwrap(), 2);
        assert_eq!(seen(&t).await, ids);
    });
}

#[test]
fn two_workers_share_the_queue_and_each_event_counts_once() {
    on_both(async |t| {
        let ids = emit_all(&t, &["x"; 3000]).await;
        let tasks: Vec<_> = ["one", "two"]
            .into_iter()
            .map(|name| {
                let handler = Arc::new(Writing { name, ..Writing::default() });
                let worker = Worker::new(t.db.clone(), t.clock.clone(), vec![handler]);
                tokio::spawn(async move { worker.run_once().await.unwrap() })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        // A worker that found the rest locked by the other has ended early; what is left is done now.
        worker(&t, &Arc::new(Writing::default())).run_once().await.unwrap();
        assert_eq!(seen(&t).await, ids);
    });
}

/// Counts its runs; fails while told to.
#[derive(Default)]
struct Counting {
    runs: AtomicUsize,
    fails: AtomicBool,
    ran: tokio::sync::Notify,
}

#[async_trait]
impl PeriodicJob for Counting {
    async fn run(&self, _now: Instant) -> Result<(), HandlerError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.ran.notify_one();
        match self.fails.load(Ordering::SeqCst) {
            true => Err(HandlerError::Database(DbErr::Custom("на время".to_owned()))),
            false => Ok(()),
        }
    }
}

#[test]
fn a_running_worker_is_woken_by_a_commit_and_ends_when_told() {
    on_both(async |t| {
        let handler = Arc::new(Writing::default());
        let job = Arc::new(Counting::default());
        let periodic = Periodic::new("counting", Duration::from_secs(24 * 3600), job.clone());
        let again = periodic.waker.clone();
        let worker = worker(&t, &handler).with_schedules(vec![periodic], &*t.random);
        let (waker, shutdown) = (worker.waker(), CancellationToken::new());
        let task = tokio::spawn(worker.run(shutdown.clone()));
        soon(job.ran.notified()).await;
        again.wake();
        soon(job.ran.notified()).await;
        let ids = emit_all(&t, &["x"; 5]).await;
        waker.wake();
        let all_seen = async {
            while seen(&t).await != ids {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        soon(all_seen).await;
        shutdown.cancel();
        soon(task).await.unwrap();
        assert_eq!(job.runs.load(Ordering::SeqCst), 2);
        let text = "SELECT held_until FROM jobs_leases WHERE name = 'counting'";
        let lease = t.db.read().query_one_raw(sql(t.db.read(), text, [])).await.unwrap().unwrap();
        assert_eq!(lease.try_get::<i64>("", "held_until").unwrap(), 0, "left to others");
    });
}

#[test]
fn a_worker_outlives_an_outage_of_the_database() {
    // SQLite is a file of our own: it doesn't go away.
    on_both(async |t| {
        if t.db.backend() == sea_orm::DbBackend::Sqlite {
            return;
        }
        let ids = emit_all(&t, &["x"; 3]).await;
        let handler = Arc::new(Outage { db: t.db.clone(), over: AtomicBool::new(false) });
        let worker = Worker::new(t.db.clone(), t.clock.clone(), vec![handler]);
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(worker.run(shutdown.clone()));
        let some_seen = async {
            loop {
                let text = "SELECT COUNT(*) AS n FROM seen";
                if let Ok(Some(row)) = t.db.read().query_one_raw(sql(t.db.read(), text, [])).await
                    && row.try_get::<i64>("", "n").unwrap() > 0
                {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        soon(some_seen).await;
        shutdown.cancel();
        soon(task).await.unwrap();
        assert_eq!(seen(&t).await, ids, "in one go: the outage was nobody's failure");
        assert_eq!(queue_stats(t.db.read()).await.unwrap(), QueueStats::default());
    });
}

/// Cuts every connection to the database the first time, also the one it works with.
struct Outage {
    db: otklik_db::Db,
    over: AtomicBool,
}

#[async_trait]
impl Handler for Outage {
    fn kinds(&self) -> &'static [&'static str] {
        &["a"]
    }

    fn name(&self) -> &'static str {
        "outage"
    }

    async fn handle(&self, tx: &Tx, events: &[Event]) -> Result<(), HandlerError> {
        if !self.over.swap(true, Ordering::SeqCst) {
            let text = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
            self.db.read().query_all_raw(sql(self.db.read(), text, [])).await?;
        }
        assert!(events.iter().all(|event| event.attempts == 0), "no attempt is counted");
        for event in events {
            let text = "INSERT INTO seen (event_id, worker) VALUES (?, 'outage')";
            tx.execute_raw(sql(tx, text, [event.id.into()])).await?;
        }
        Ok(())
    }
}
