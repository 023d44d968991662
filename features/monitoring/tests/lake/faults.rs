//! Importing, compacting and cleaning over a store that fails: one request in ten, for good from some request on, or
//! for want of room (MON-11).

#[path = "../../../../platform/lake/tests/it/faulty.rs"]
#[expect(dead_code, reason = "the tests of the lake use more of it")]
mod faulty;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use otklik_kernel::{SystemClock, SystemRandom};
use otklik_lake::{Lake, Place};
use otklik_monitoring::ingest::{ImportError, Importer};
use otklik_monitoring::upkeep::{compact, verify};
use otklik_progress::model::Channel;
use tempfile::TempDir;

use self::faulty::{Fault, Faulty};
use crate::told::{Told, contents, importer, over};

const AT: i64 = 1_772_442_000;

/// An importer over a store.
fn at(store: Arc<dyn ObjectStore>, spool: &TempDir) -> Importer {
    let place = Place::store(store, "lake", spool.path()).unwrap();
    over(Lake::new(place, Arc::new(SystemClock), Arc::new(SystemRandom)))
}

/// A day with applications of earlier ones, with a correction where the revision is a higher one.
fn day(number: i64, revision: u32) -> Told {
    let mut told = Told::new("А", 20_260_301 + i32::try_from(number).unwrap(), revision, 1);
    for place in 0..12 {
        let request = format!("З-{}", number * 8 + place);
        told.application(&request, "S1", 27, ["B1", "B2"][usize::from(revision == 2)], Channel::Mfc);
        for (step, status) in [2, 1, 1010, 1011, 3].into_iter().enumerate() {
            let at = AT + number * 86_400 + place * 7 + i64::try_from(step).unwrap() * 600;
            told.event(&request, 1, status, at + i64::from(revision), "ЕГРН");
        }
        told.rating(&request, AT + number * 86_400, 5);
    }
    told
}

/// What lakes go through: days, corrections, files put together, others taken away.
async fn work(importer: &Importer, number: i64) -> Result<(), ImportError> {
    importer.import(&[day(number, 1).0]).await?;
    importer.import(&[day(number, 2).0]).await?;
    compact(importer.lake(), importer.engine()).await?;
    importer.lake().vacuum(-1_000_000).await?;
    Ok(())
}

/// A lake in which there is something to change, to put together and to clean.
async fn before(spool: &TempDir) -> InMemory {
    let store = Arc::new(InMemory::new());
    let importer = at(store.clone(), spool);
    importer.import(&[day(0, 1).0]).await.unwrap();
    compact(importer.lake(), importer.engine()).await.unwrap();
    importer.import(&[day(1, 1).0]).await.unwrap();
    store.fork()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon11_a_store_that_fails_one_request_in_ten_only_costs_time() {
    let (spool, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Arc::new(InMemory::new());
    let faulty = Faulty::new(store.clone(), Fault::OneIn(10));
    let (operations, failures) = (faulty.operations.clone(), faulty.failures.clone());
    let (unsteady, plain) = (at(Arc::new(faulty), &spool), importer(folder.path()));
    for number in 0..4 {
        work(&unsteady, number).await.unwrap();
        work(&plain, number).await.unwrap();
    }
    let (operations, failures) = (operations.load(Ordering::SeqCst), failures.load(Ordering::SeqCst));
    assert!(failures > 20 && failures * 20 > operations, "{failures} of {operations}");
    let steady = at(store, &spool);
    let found = verify(&steady).await.unwrap();
    assert!(found.ok && found.unknown.is_empty(), "{found:?}");
    assert_eq!(contents(&steady, &[]).await, contents(&plain, &[]).await);
    assert_eq!(contents(&unsteady, &[]).await, contents(&plain, &[]).await);
}

/// The lake over a store after something failed: some of what was to be done is there, wholly; and it goes on.
async fn goes_on(store: Arc<InMemory>, spool: &TempDir, what: &str) {
    let importer = at(store, spool);
    let found = verify(&importer).await.unwrap();
    assert!(found.ok, "{what}: {found:?}");
    let book = importer.book().await.unwrap();
    let heads: Vec<_> = book.receipts().map(|receipt| (receipt.day.0, receipt.revision)).collect();
    let all = [(20_260_301, 1), (20_260_302, 1), (20_260_303, 1), (20_260_303, 2)];
    assert!(heads.len() >= 2 && heads == all[..heads.len()], "{what}: {heads:?}");
    let rows: i64 = book
        .receipts()
        .filter(|receipt| book.live(receipt.delivery).is_some())
        .map(|one| one.rows.events)
        .sum();
    assert_eq!(found.events, rows, "{what}: whole deliveries only");
    work(&importer, 2).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    let found = verify(&importer).await.unwrap();
    assert!(found.ok && importer.book().await.unwrap().receipts().count() == 4, "{what}: {found:?}");
}

/// Every so many requests one is looked at; all of them in a soak.
fn stride(all: u64, some: u64) -> u64 {
    if std::env::var_os("OTKLIK_SOAK").is_some() { 1 } else { all.div_ceil(some) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon11_broken_off_at_any_request_the_old_or_the_new_state_is_there() {
    let spool = tempfile::tempdir().unwrap();
    let start = before(&spool).await;
    let counted = Faulty::new(Arc::new(start.fork()), Fault::Never);
    let operations = counted.operations.clone();
    work(&at(Arc::new(counted), &spool), 2).await.unwrap();
    let all = operations.load(Ordering::SeqCst);
    assert!(all > 60, "{all}");
    for place in (0..all).step_by(usize::try_from(stride(all, 8)).unwrap()) {
        for done in [false, true] {
            let store = Arc::new(start.fork());
            let faulty = Faulty::new(store.clone(), Fault::Killed { at: place, done });
            // How many requests there are depends on what runs beside what: the last ones may not be met.
            let broken = work(&at(Arc::new(faulty), &spool), 2).await.is_err();
            assert!(broken || place > all / 2, "request {place} of {all} was met");
            goes_on(store, &spool, &format!("request {place}, done: {done}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon11_a_store_without_room_leaves_what_was_there() {
    let spool = tempfile::tempdir().unwrap();
    let start = before(&spool).await;
    let counted = Faulty::new(Arc::new(start.fork()), Fault::Never);
    let writes = counted.writes.clone();
    work(&at(Arc::new(counted), &spool), 2).await.unwrap();
    let all = writes.load(Ordering::SeqCst);
    assert!(all > 20, "{all}");
    for after in (0..all).step_by(usize::try_from(stride(all, 8)).unwrap()) {
        let store = Arc::new(start.fork());
        let faulty = Faulty::new(store.clone(), Fault::Full { after });
        let full = work(&at(Arc::new(faulty), &spool), 2).await;
        assert!(full.is_err() || after > all / 2, "write {after} of {all} was met");
        goes_on(store, &spool, &format!("room for {after} writes")).await;
    }
}
