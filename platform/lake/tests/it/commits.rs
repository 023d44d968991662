//! Commits: all or nothing, one after the other, whatever happens at the same time.

use std::collections::BTreeMap;
use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use otklik_lake::{Change, DataFile, Error, Lake};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{file, grow, in_folder, memory, open, over, paths};

#[tokio::test]
async fn a_place_without_a_log_is_an_empty_lake() {
    let place = in_folder();
    let snapshot = place.lake.latest().await.expect("a snapshot");
    assert_eq!((snapshot.number(), snapshot.tables().len()), (0, 0));
    assert!(matches!(place.lake.at(1).await, Err(Error::NoCommit(1))));
    let report = place.lake.verify().await.expect("a report");
    assert!(report.ok && report.files == 0 && report.unknown.is_empty(), "{report:?}");
}

#[tokio::test]
async fn what_was_committed_is_seen_by_others_and_after_a_restart() {
    let place = in_folder();
    let other = open(place.folder.path(), &place.clock);
    assert_eq!(other.latest().await.expect("a snapshot").number(), 0);
    let first = grow(&place.lake, 0, 10).await.expect("a commit");
    let second = grow(&place.lake, 10, 30).await.expect("a commit");
    assert_eq!((first.rows("events"), second.rows("events"), second.number()), (10, 30, 2));
    for lake in [other, open(place.folder.path(), &place.clock)] {
        assert_eq!(lake.latest().await.expect("a snapshot"), second);
        assert_eq!(lake.at(1).await.expect("a snapshot"), first);
        assert_eq!(lake.entry(2).await.expect("an entry").notes["from"], json!(10));
    }
    let tags: Vec<&str> = second.files("events").map(|file| file.tags["from"].as_str()).collect();
    assert_eq!(tags, ["0", "10"]);
}

#[tokio::test]
async fn the_second_of_two_on_the_same_snapshot_is_told_so() {
    let place = in_folder();
    let base = place.lake.latest().await.expect("a snapshot");
    let (one, two) =
        (file(&place.lake, 0, 5).await.expect("a file"), file(&place.lake, 5, 9).await.expect("a file"));
    let after = place.lake.commit(&base, Change::new().with(one)).await.expect("the first");
    let refused = place.lake.commit(&base, Change::new().with(two.clone())).await;
    assert!(matches!(refused, Err(Error::Conflict(1))), "{refused:?}");
    assert_eq!(place.lake.latest().await.expect("a snapshot"), after);
    let both = place.lake.commit(&after, Change::new().with(two)).await.expect("on top of it");
    assert_eq!(both.rows("events"), 9);
}

#[tokio::test]
async fn a_change_that_makes_no_sense_is_refused() {
    let place = in_folder();
    let snapshot = grow(&place.lake, 0, 5).await.expect("a commit");
    let there = snapshot.all_files().next().expect("a file").clone();
    let missing = DataFile { path: "events/nothing.parquet".to_owned(), ..there.clone() };
    let elsewhere = DataFile { table: "others".to_owned(), ..there.clone() };
    let shorter = file(&place.lake, 5, 6).await.expect("a file");
    let shorter = DataFile { bytes: shorter.bytes - 1, ..shorter };
    let refused = [
        Change::new().without("events/nothing.parquet"),
        Change::new().with(there.clone()),
        Change::new().with(missing),
        Change::new().with(elsewhere),
        Change::new().with(shorter),
    ];
    for change in refused {
        assert!(place.lake.commit(&snapshot, change.clone()).await.is_err(), "{change:?}");
    }
    let without = place.lake.commit(&snapshot, Change::new().without(&there.path)).await.expect("a commit");
    let again = place.lake.commit(&without, Change::new().with(there)).await;
    assert!(matches!(again, Err(Error::Invalid(_))), "{again:?}");
    assert_eq!(place.lake.latest().await.expect("a snapshot").number(), 2);
}

async fn many_at_once(lakes: Vec<Lake>) {
    const TIMES: u64 = 12;
    let tasks: Vec<_> = lakes
        .iter()
        .cloned()
        .map(|lake| {
            tokio::spawn(async move {
                let mut done = 0;
                while done < TIMES {
                    let base = lake.latest().await.expect("a snapshot");
                    let count = base.property("count").and_then(Value::as_u64).unwrap_or(0);
                    match lake.commit(&base, Change::new().property("count", count + 1)).await {
                        Ok(after) => {
                            assert_eq!(after.property("count"), Some(&json!(count + 1)));
                            done += 1;
                        }
                        Err(Error::Conflict(number)) => assert_eq!(number, base.number() + 1),
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a task");
    }
    let total = TIMES * lakes.len() as u64;
    let last = lakes[0].latest().await.expect("a snapshot");
    assert_eq!((last.number(), last.property("count")), (total, Some(&json!(total))));
    assert!(lakes[0].verify().await.expect("a report").ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_each_counts_once() {
    let store: Arc<dyn ObjectStore> = memory();
    let spool = tempfile::tempdir().expect("a folder");
    many_at_once((0..8).map(|_| over(store.clone(), &spool)).collect()).await;
    let place = in_folder();
    many_at_once((0..8).map(|_| open(place.folder.path(), &place.clock)).collect()).await;
}

#[tokio::test]
async fn a_log_of_thousands_is_read_from_its_end() {
    use crate::faulty::{Fault, Faulty};
    let (store, spool) = (memory(), tempfile::tempdir().expect("a folder"));
    let lake = over(store.clone(), &spool);
    let mut base = lake.latest().await.expect("a snapshot");
    for number in 1..=3_000_u64 {
        base = lake.commit(&base, Change::new().property("last", number)).await.expect("a commit");
    }
    let counted = Faulty::new(store.clone(), Fault::Never);
    let operations = counted.operations.clone();
    let fresh = over(Arc::new(counted), &spool);
    assert_eq!(fresh.latest().await.expect("a snapshot"), base);
    // The hint, the checkpoint, one listing, and the entries since: 3,000 = 93 * 32 + 24.
    let asked = operations.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(asked, 3 + 24);
    fresh.latest().await.expect("a snapshot");
    assert_eq!(operations.load(std::sync::atomic::Ordering::SeqCst) - asked, 1);
    let old = fresh.at(1_000).await.expect("an old snapshot");
    assert_eq!(old.property("last"), Some(&json!(1_000)));

    // Without the hint and with the last checkpoint broken it takes longer, nothing else.
    let root = Path::from("some/prefix/_log");
    store.delete(&root.clone().join("checkpoint")).await.expect("a hint");
    store.put(&root.join("00000000000000002976.state"), "{}".into()).await.expect("a checkpoint");
    assert_eq!(over(store, &spool).latest().await.expect("a snapshot"), base);
}

#[derive(Clone, Debug)]
enum Step {
    Add,
    Swap(usize),
    Remove(usize),
    Set(u8, i64),
    Forget(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Add),
        any::<usize>().prop_map(Step::Swap),
        any::<usize>().prop_map(Step::Remove),
        (0_u8..4, any::<i64>()).prop_map(|(key, value)| Step::Set(key, value)),
        (0_u8..4).prop_map(Step::Forget),
    ]
}

async fn steps_add_up(steps: Vec<Step>) {
    let (store, spool) = (memory(), tempfile::tempdir().expect("a folder"));
    let lake = over(store.clone(), &spool);
    let mut base = lake.latest().await.expect("a snapshot");
    let mut files: BTreeMap<String, u64> = BTreeMap::new();
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    let mut history = vec![];
    for (turn, step) in steps.into_iter().enumerate() {
        let mut change = Change::new();
        let pick = |index: usize| files.keys().nth(index % files.len().max(1)).cloned();
        let (add, remove) = match &step {
            Step::Add => (true, None),
            Step::Swap(index) => (true, pick(*index)),
            Step::Remove(index) => (false, pick(*index)),
            Step::Set(key, value) => {
                change = change.property(&key.to_string(), *value);
                values.insert(key.to_string(), json!(value));
                (false, None)
            }
            Step::Forget(key) => {
                change = change.property(&key.to_string(), Value::Null);
                values.remove(&key.to_string());
                (false, None)
            }
        };
        if let Some(path) = remove {
            files.remove(&path);
            change = change.without(path);
        }
        if add {
            let path = format!("t/{turn:03}.parquet");
            store.put(&Path::from(format!("some/prefix/{path}")), "abc".into()).await.expect("an object");
            files.insert(path.clone(), turn as u64);
            let (table, sum) = ("t".to_owned(), String::new());
            change = change.with(DataFile {
                table,
                path,
                rows: turn as u64,
                bytes: 3,
                sum,
                tags: BTreeMap::new(),
            });
        }
        base = lake.commit(&base, change).await.expect("a commit");
        history.push((files.clone(), values.clone()));
    }
    assert_eq!(over(store.clone(), &spool).latest().await.expect("a snapshot"), base);
    let fresh = over(store, &spool);
    for (index, (files, values)) in history.iter().enumerate() {
        let then = fresh.at(index as u64 + 1).await.expect("a snapshot");
        assert_eq!(&paths(&then), files);
        for key in 0..4 {
            let key = key.to_string();
            assert_eq!(then.property(&key), values.get(&key));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_snapshot_is_what_its_commits_add_up_to(steps in prop::collection::vec(step(), 1..90)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(steps_add_up(steps));
    }
}
