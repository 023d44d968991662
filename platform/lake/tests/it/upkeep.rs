//! Cleaning, and finding damage.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use otklik_kernel::{Clock as _, SystemClock};
use otklik_lake::{Change, Error, Report, TableWriter};
use tokio::time::timeout;

use crate::support::{InFolder, START, file, grow, in_folder, open, rows, table};

const DAY: i64 = 86_400_000_000;

async fn report(place: &InFolder) -> Report {
    open(place.folder.path(), &place.clock).verify().await.expect("a report")
}

fn kinds(report: &Report) -> Vec<&'static str> {
    report.damage.iter().map(|damage| damage.kind).collect()
}

#[tokio::test]
async fn what_nobody_needs_goes_when_its_time_is_over() {
    let place = in_folder();
    let first = grow(&place.lake, 0, 10).await.expect("a commit");
    let second = grow(&place.lake, 10, 20).await.expect("a commit");
    let path = first.all_files().next().expect("a file").path.clone();
    place.lake.commit(&second, Change::new().without(&path)).await.expect("a commit");
    let orphan = file(&place.lake, 50, 60).await.expect("a file");
    drop(TableWriter::new(&place.lake, &table()).expect("a writer"));

    let swept = place.lake.vacuum(DAY).await.expect("cleaning");
    assert_eq!((swept.files.len(), report(&place).await.unknown), (0, vec![orphan.path.clone()]));
    let older = place.lake.at(2).await.expect("a snapshot");
    assert_eq!(crate::support::number(&place.lake, &older, "select count(*) from events").await, 20);

    place.clock.0.store(START + DAY + 1_000_000, Ordering::Relaxed);
    let swept = place.lake.vacuum(DAY).await.expect("cleaning");
    let mut files = swept.files;
    files.sort();
    assert_eq!(files, [path.as_str(), orphan.path.as_str()]);
    assert!(!place.folder.path().join(&path).exists() && !place.folder.path().join(&orphan.path).exists());
    let last = place.lake.latest().await.expect("a snapshot");
    assert_eq!((last.number(), last.rows("events")), (4, 10));
    let report = report(&place).await;
    assert!(report.ok && report.unknown.is_empty(), "{report:?}");
    assert_eq!(place.lake.vacuum(DAY).await.expect("cleaning").files.len(), 0);
    assert_eq!(place.lake.latest().await.expect("a snapshot").number(), 4);
}

#[tokio::test]
async fn files_of_others_and_half_written_ones_are_left_and_taken() {
    let place = in_folder();
    grow(&place.lake, 0, 10).await.expect("a commit");
    let foreign = place.folder.path().join("events/readme.txt");
    fs::write(&foreign, "not ours").expect("it is written");
    let spooled = place.folder.path().join("_spool/events-1-2.part");
    fs::write(&spooled, "half a file").expect("it is written");
    // The folder's own moments are those of the machine: far behind that of the clock here, or far ahead.
    place.clock.0.store(i64::MAX / 2, Ordering::Relaxed);
    let swept = place.lake.vacuum(DAY).await.expect("cleaning");
    assert_eq!((swept.files.len(), swept.spooled), (0, 1));
    assert!(foreign.exists() && !spooled.exists());
    assert_eq!(report(&place).await.unknown, ["events/readme.txt"]);
}

async fn some_lake() -> InFolder {
    let place = in_folder();
    for turn in 0..4 {
        grow(&place.lake, turn * 1_000, turn * 1_000 + 1_000).await.expect("a commit");
    }
    let mut base = place.lake.latest().await.expect("a snapshot");
    for turn in 0..40 {
        base = place.lake.commit(&base, Change::new().note("turn", turn)).await.expect("a commit");
    }
    place
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("a file");
    bytes[at] ^= 1;
    fs::write(path, bytes).expect("it is written");
}

#[tokio::test]
async fn every_damage_to_a_file_is_found() {
    let place = some_lake().await;
    assert!(report(&place).await.ok);
    let base = place.lake.latest().await.expect("a snapshot");
    let files: Vec<_> = base.all_files().map(|file| place.folder.path().join(&file.path)).collect();
    fs::remove_file(&files[0]).expect("it is removed");
    let length = fs::metadata(&files[1]).expect("a file").len();
    fs::File::options().write(true).open(&files[1]).and_then(|file| file.set_len(length - 1)).expect("cut");
    flip(&files[2], usize::try_from(length / 2).expect("small"));
    let found = report(&place).await;
    assert_eq!(kinds(&found), ["missing", "size", "sum"]);
    assert!(!found.ok && found.commit == 44);
    assert_eq!(found.damage[0].path, base.all_files().next().expect("a file").path);
    let json = serde_json::to_value(&found).expect("JSON");
    assert_eq!((&json["ok"], &json["damage"][2]["kind"]), (&false.into(), &"sum".into()));
}

#[tokio::test]
async fn a_flipped_bit_is_found_wherever_it_is() {
    let place = in_folder();
    grow(&place.lake, 0, 30).await.expect("a commit");
    let path =
        place.lake.latest().await.expect("a snapshot").all_files().next().expect("a file").path.clone();
    for path in [path, "_log/00000000000000000001.json".to_owned(), "_log/last".to_owned()] {
        let path = place.folder.path().join(path);
        let length = fs::read(&path).expect("a file").len();
        for at in (0..length).step_by(7).chain([length - 1]) {
            flip(&path, at);
            assert!(!report(&place).await.ok, "{} at {at}", path.display());
            flip(&path, at);
        }
    }
    assert!(report(&place).await.ok);
}

#[tokio::test]
async fn a_file_with_other_rows_than_told_is_found() {
    let place = in_folder();
    let mut file = file(&place.lake, 0, 10).await.expect("a file");
    file.rows = 11;
    let base = place.lake.latest().await.expect("a snapshot");
    place.lake.commit(&base, Change::new().with(file)).await.expect("a commit");
    let mut writer = TableWriter::new(&place.lake, &table()).expect("a writer");
    writer.write(&rows(0, 3)).expect("rows");
    drop(writer);
    assert_eq!(kinds(&report(&place).await), ["rows"]);
}

#[tokio::test]
async fn every_damage_to_the_log_is_found() {
    let entry = |number: u64| format!("_log/{number:020}.json");
    let place = some_lake().await;
    let log = |name: &str| place.folder.path().join(name);
    let whole = fs::read(log(&entry(20))).expect("an entry");

    fs::remove_file(log(&entry(20))).expect("it is removed");
    let found = report(&place).await;
    // What it holds is still known, from the checkpoint behind the gap.
    assert_eq!((kinds(&found), found.commit, found.files), (vec!["gap"], 44, 4));

    fs::write(log(&entry(20)), &whole[..whole.len() / 2]).expect("it is written");
    assert_eq!(kinds(&report(&place).await), ["entry"]);

    fs::copy(log(&entry(19)), log(&entry(20))).expect("it is copied");
    assert_eq!(kinds(&report(&place).await), ["entry"]);

    fs::write(log(&entry(20)), &whole).expect("it is written");
    assert!(report(&place).await.ok);

    flip(&log("_log/00000000000000000032.state"), 100);
    assert_eq!(kinds(&report(&place).await), ["checkpoint"]);
    // Readers pass it over.
    let fresh = open(place.folder.path(), &place.clock);
    assert_eq!(fresh.latest().await.expect("a snapshot").number(), 44);

    fs::remove_file(log(&entry(40))).expect("it is removed");
    let fresh = open(place.folder.path(), &place.clock);
    assert!(fresh.latest().await.is_err(), "a gap is not the end");
}

#[tokio::test]
async fn a_lost_end_of_the_log_is_found() {
    let place = some_lake().await;
    let log = |name: &str| place.folder.path().join("_log").join(name);
    let entry = |number: u64| log(&format!("{number:020}.json"));
    fs::remove_file(entry(44)).expect("it is removed");
    let found = report(&place).await;
    assert_eq!((kinds(&found), found.commit), (vec!["end"], 43));
    assert!(found.damage[0].path.ends_with("00044.json") && !found.ok, "{found:?}");
    // Whoever saw it knows it, even if nothing else did.
    fs::remove_file(log("last")).expect("it is removed");
    assert!(report(&place).await.ok, "a lake from before says nothing of its end");
    assert_eq!(kinds(&place.lake.verify().await.expect("a report")), ["end"]);
    // Behind a checkpoint the end can't be lost either.
    for number in 32..=43 {
        fs::remove_file(entry(number)).expect("it is removed");
    }
    let found = report(&place).await;
    assert_eq!((kinds(&found), found.commit), (vec!["end"], 31));

    let place = some_lake().await;
    let log = |name: &str| place.folder.path().join("_log").join(name);
    let entry = |number: u64| log(&format!("{number:020}.json"));
    let said = fs::read(log("last")).expect("it says where the log ends");
    fs::remove_file(entry(44)).expect("it is removed");
    let fresh = open(place.folder.path(), &place.clock);
    let base = fresh.latest().await.expect("a snapshot");
    fresh.commit(&base, Change::new().note("turn", "another")).await.expect("in the place of the lost one");
    fs::write(log("last"), said).expect("its writer was killed before it said so");
    assert_eq!(kinds(&report(&place).await), ["end"], "another commit under the number");
}

#[tokio::test]
async fn a_writer_killed_before_it_said_where_the_log_ends_damages_nothing() {
    let place = some_lake().await;
    let said = place.folder.path().join("_log/last");
    let old = fs::read(&said).expect("it says where the log ends");
    grow(&place.lake, 5_000, 5_010).await.expect("a commit");
    fs::write(&said, &old).expect("as it was before");
    let found = report(&place).await;
    assert!(found.ok && found.commit == 45, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn upkeep_may_run_beside_other_work() {
    let place = in_folder();
    // Half-written files have moments of the machine, which must stay ahead.
    place.clock.0.store(SystemClock.now().0 - 10_000 * DAY, Ordering::Relaxed);
    let (other, clock) = (open(place.folder.path(), &place.clock), place.clock.clone());
    let is_enough = Arc::new(AtomicBool::new(false));
    let told = is_enough.clone();
    // Each day a file takes the place of the one before.
    let writing = tokio::spawn(async move {
        let mut last: Option<String> = None;
        while !told.load(Ordering::Relaxed) {
            let added = file(&other, 0, 10).await.expect("a file");
            loop {
                let base = other.latest().await.expect("a snapshot");
                let change = Change::new().with(added.clone());
                let change = last.iter().fold(change, |change, path| change.without(path));
                match other.commit(&base, change).await {
                    Ok(_) => break,
                    // Cleaning commits too.
                    Err(error) => assert!(matches!(error, Error::Conflict(_)), "{error}"),
                }
            }
            last = Some(added.path);
            clock.0.fetch_add(DAY, Ordering::Relaxed);
        }
        last
    });
    let keeping = async {
        let (mut seen, mut swept) = (BTreeSet::new(), BTreeSet::new());
        while seen.len() < 20 || swept.len() < 20 {
            let files = place.lake.vacuum(DAY).await.expect("cleaning").files;
            assert!(files.into_iter().all(|path| swept.insert(path)), "each goes once");
            let report = place.lake.verify().await.expect("a report");
            assert!(report.ok, "{report:?}");
            seen.insert(report.commit);
        }
    };
    timeout(Duration::from_secs(120), keeping).await.expect("others commit meanwhile");
    is_enough.store(true, Ordering::Relaxed);
    let last = writing.await.expect("a task");
    let kept = open(place.folder.path(), &place.clock).latest().await.expect("a snapshot");
    assert_eq!(kept.all_files().map(|file| file.path.clone()).collect::<Vec<_>>(), Vec::from_iter(last));
    assert!(report(&place).await.ok);
}
