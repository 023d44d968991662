//! What fails: the program is killed, the store refuses, an answer is lost, the disk is full.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use otklik_lake::{Change, Error, Lake};
use tempfile::TempDir;

use crate::faulty::{Fault, Faulty};
use crate::support::{file, grow, memory, number, over};

const COUNT: &str = "select count(*) from events";

/// A lake of two files, 30 rows, under 31 commits: the next one writes a checkpoint too.
async fn before(spool: &TempDir) -> Arc<InMemory> {
    let store = memory();
    let lake = over(store.clone(), spool);
    grow(&lake, 0, 10).await.expect("a commit");
    let mut base = grow(&lake, 10, 30).await.expect("a commit");
    for turn in 3..=31 {
        base = lake.commit(&base, Change::new().note("turn", turn)).await.expect("a commit");
    }
    assert_eq!(base.number(), 31);
    store
}

/// What an importer does: two files more, one older replaced, then cleaning.
async fn work(lake: &Lake) -> otklik_lake::Result<()> {
    let base = lake.latest().await?;
    let old = base.all_files().next().expect("a file").path.clone();
    let (one, two) = (file(lake, 100, 150).await?, file(lake, 200, 260).await?);
    lake.commit(&base, Change::new().with(one).with(two).without(old)).await?;
    lake.vacuum(-1_000_000).await?;
    Ok(())
}

#[tokio::test]
async fn killed_at_any_operation_the_old_or_the_new_state_is_there() {
    let spool = tempfile::tempdir().expect("a folder");
    let (mut old, mut new, mut at) = (0, 0, 0);
    loop {
        let mut killed = false;
        for done in [false, true] {
            let store = before(&spool).await;
            let faulty = Faulty::new(store.clone(), Fault::Killed { at, done });
            let result = work(&over(Arc::new(faulty), &spool)).await;
            killed |= result.is_err();
            let lake = over(store, &spool);
            let after = lake.latest().await.expect("a snapshot");
            match (after.number(), number(&lake, &after, COUNT).await) {
                (31, 30) => old += 1,
                (32 | 33, 130) => new += 1,
                other => panic!("neither old nor new after operation {at}: {other:?}"),
            }
            let report = lake.verify().await.expect("a report");
            assert!(report.ok, "after operation {at}: {report:?}");
            // And life goes on.
            work(&lake).await.expect("the next one");
            assert!(lake.verify().await.expect("a report").ok);
        }
        if !killed {
            break;
        }
        at += 1;
    }
    assert!(old > 10 && new > 10, "{old} old, {new} new");
}

#[tokio::test]
async fn a_store_that_fails_one_time_in_ten_only_costs_time() {
    let spool = tempfile::tempdir().expect("a folder");
    let store = before(&spool).await;
    let faulty = Faulty::new(store.clone(), Fault::OneIn(10));
    let (operations, failures) = (faulty.operations.clone(), faulty.failures.clone());
    let lake = over(Arc::new(faulty), &spool);
    for turn in 0..20 {
        work(&lake).await.expect("work goes on");
        let from = 1_000 * (turn + 1);
        grow(&lake, from, from + 10).await.expect("a commit");
    }
    let after = lake.latest().await.expect("a snapshot");
    assert_eq!(number(&lake, &after, COUNT).await, number(&over(store.clone(), &spool), &after, COUNT).await);
    let (operations, failures) = (operations.load(Ordering::SeqCst), failures.load(Ordering::SeqCst));
    assert!(failures * 20 > operations && failures * 5 < operations, "{failures} of {operations}");
    // Every commit once: 20 of work, 20 more, and those of cleaning.
    assert!(after.number() >= 31 + 40 && after.number() <= 31 + 60, "{}", after.number());
    let report = over(store, &spool).verify().await.expect("a report");
    assert!(report.ok && report.unknown.is_empty(), "{report:?}");
}

#[tokio::test]
async fn a_large_file_is_sent_in_parts_and_from_its_beginning_when_one_fails() {
    use otklik_lake::TableWriter;
    let spool = tempfile::tempdir().expect("a folder");
    let store = memory();
    let lake = over(Arc::new(Faulty::new(store.clone(), Fault::AnswerLost { at: 1 })), &spool);
    let table = crate::support::table().level(1);
    let mut writer = TableWriter::new(&lake, &table).expect("a writer");
    for from in (0..1_600_000_i64).step_by(20_000) {
        writer.write(&crate::support::scattered(from, from + 20_000)).expect("rows are written");
    }
    let written = writer.finish().expect("a file");
    assert!(written.file().bytes > 9 << 20, "{}", written.file().bytes);
    let file = lake.keep(written).await.expect("it is stored");
    let base = lake.latest().await.expect("a snapshot");
    lake.commit(&base, Change::new().with(file)).await.expect("a commit");
    let report = over(store, &spool).verify().await.expect("a report");
    assert!(report.ok && report.rows["events"] == 1_600_000, "{report:?}");
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_recognised_as_ones_own() {
    let spool = tempfile::tempdir().expect("a folder");
    let mut lost = 0;
    for at in 0..16 {
        let store = memory();
        let faulty = Faulty::new(store.clone() as Arc<dyn ObjectStore>, Fault::AnswerLost { at });
        let failures = faulty.failures.clone();
        let lake = over(Arc::new(faulty), &spool);
        let after = grow(&lake, 0, 10).await.expect("a commit");
        assert_eq!(after.number(), 1);
        assert_eq!(over(store, &spool).latest().await.expect("a snapshot"), after);
        lost += failures.load(Ordering::SeqCst);
    }
    assert!(lost >= 5, "{lost}");
}

#[tokio::test]
async fn a_full_disk_leaves_what_was_there() {
    let spool = tempfile::tempdir().expect("a folder");
    let store = before(&spool).await;
    let lake = over(Arc::new(Faulty::new(store.clone(), Fault::Full { after: 0 })), &spool);
    let base = lake.latest().await.expect("a snapshot");
    let change = Change::new().note("turn", 32);
    let refused = lake.commit(&base, change).await;
    assert!(
        matches!(refused, Err(Error::Store(_))),
        "it is told at once, and that nothing was written: {refused:?}"
    );
    assert!(work(&lake).await.is_err());
    let after = over(store.clone(), &spool);
    assert_eq!(after.latest().await.expect("a snapshot").number(), 31);
    assert!(after.verify().await.expect("a report").ok);
    work(&after).await.expect("with room again it works");
}
