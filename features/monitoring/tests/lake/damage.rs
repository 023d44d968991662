//! Looking a lake over finds what is wrong with it: bytes, missing files, rows that don't follow from the events.

use std::fs;
use std::path::{Path, PathBuf};

use otklik_lake::{Change, Snapshot};
use otklik_monitoring::ingest::Importer;
use otklik_monitoring::upkeep::{rebuild, verify};
use otklik_progress::model::Channel;

use crate::told::{Told, contents, importer};

const AT: i64 = 1_772_442_000;

/// Two days with late events and a correction, so that every table has rows.
async fn lake(folder: &Path) -> (Importer, Snapshot) {
    let importer = importer(folder);
    for (day, revision) in [(2, 1), (1, 1), (1, 2)] {
        let mut told = Told::new("А", 20_260_300 + day, revision, 1);
        for number in 0..20 {
            let request = format!("З-{number}");
            told.application(&request, "S1", 27, "B1", Channel::Epgu);
            let at = AT + i64::from(day) * 86_400 + number * 60;
            for (place, status) in [2, 1010, 1011, 3].into_iter().enumerate() {
                told.event(&request, 1, status, at + place as i64 * 600 + i64::from(revision), "ЕГРН");
            }
            told.rating(&request, at, 5);
            told.complaint(&request, at, 1);
        }
        importer.import(&[told.0]).await.unwrap();
    }
    let snapshot = importer.lake().latest().await.unwrap();
    (importer, snapshot)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon16_every_damaged_or_missing_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (importer, snapshot) = lake(folder.path()).await;
    assert!(verify(&importer).await.unwrap().ok);
    let files: Vec<PathBuf> = snapshot.all_files().map(|file| folder.path().join(&file.path)).collect();
    assert!(files.len() > 12);
    for file in &files {
        let whole = fs::read(file).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(file, &changed).unwrap();
        let verified = verify(&importer).await.unwrap();
        assert!(!verified.ok && verified.damage.len() == 1, "a changed bit of {file:?}: {verified:?}");
        fs::remove_file(file).unwrap();
        let verified = verify(&importer).await.unwrap();
        assert!(!verified.ok && verified.damage.len() == 1, "{file:?} is missing: {verified:?}");
        fs::write(file, &whole).unwrap();
    }
    assert!(verify(&importer).await.unwrap().ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon16_rows_that_do_not_follow_from_the_events_are_found_and_made_anew() {
    for table in
        ["events", "applications", "cases", "transitions", "steps_gone", "cases_gone", "spans", "figures"]
    {
        let folder = tempfile::tempdir().unwrap();
        let (importer, snapshot) = lake(folder.path()).await;
        let before = contents(&importer).await;
        // A commit like any other, of whole files: only its sense is wrong.
        let path = &snapshot.files(table).last().unwrap_or_else(|| panic!("{table} has rows")).path;
        importer.lake().commit(&snapshot, Change::new().without(path.as_str())).await.unwrap();
        let verified = verify(&importer).await.unwrap();
        assert!(verified.damage.is_empty());
        assert!(!verified.ok && !verified.differences.is_empty(), "{table} without {path}: {verified:?}");
        if !["events", "applications", "ratings", "complaints"].contains(&table) {
            rebuild(&importer).await.unwrap();
            let verified = verify(&importer).await.unwrap();
            assert!(verified.ok, "{table} made anew: {verified:?}");
            assert_eq!(contents(&importer).await, before, "{table} made anew");
        }
    }
}
