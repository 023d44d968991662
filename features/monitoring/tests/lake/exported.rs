//! Packages that we export, by the eyes of frictionless, a validator by others, and by our own (MON-8, MON-9).

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use otklik_kernel::{CivilDay, Instant};
use otklik_monitoring::exchange::{Layout, daily, written};
use otklik_monitoring::ingest::{Importer, Receipt};
use otklik_progress::generate::Plan;
use otklik_progress::print::{File, package};
use otklik_progress::reference::Reference;
use serde_json::{Value, json};

use crate::inbox::Inbox;
use crate::python::{printed, python_with};
use crate::told::{Told, contents, now};

/// What holds in a lake, in the order of days.
async fn standing(importer: &Importer) -> Vec<Receipt> {
    let book = importer.book().await.unwrap();
    let holds = |receipt: &&Receipt| book.current(&receipt.sender, receipt.day) == Some(*receipt);
    let mut all: Vec<Receipt> = book.receipts().filter(holds).cloned().collect();
    all.sort_by(|one, other| (one.day, &one.sender).cmp(&(other.day, &other.sender)));
    all
}

async fn exported(importer: &Importer, receipt: &Receipt) -> Vec<File> {
    let day = daily(&now(importer).await, receipt, Layout::Package).await.unwrap();
    package(&day, Reference::built_in())
}

/// The first cells of a file's rows.
fn requests(files: &[File], name: &str) -> HashSet<String> {
    let file = files.iter().find(|file| file.name == name).unwrap();
    let text = std::str::from_utf8(&file.bytes).unwrap();
    text.lines().skip(1).map(|line| line.split(';').next().unwrap().to_owned()).collect()
}

/// What frictionless says of packages in folders.
fn validated(folders: &[PathBuf]) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../progress/tests/frictionless/validate.py");
    let mut command = Command::new(python_with("frictionless==5.21.0"));
    command.arg(script).args(folders.iter().map(|folder| folder.join("datapackage.json")));
    serde_json::from_str(printed(&mut command).lines().last().unwrap()).unwrap()
}

/// Ends well when the command that senders are told of finds a package valid.
fn validate_as_told(folder: &Path) {
    let frictionless = python_with("frictionless==5.21.0").with_file_name("frictionless");
    printed(Command::new(frictionless).args(["validate", "datapackage.json"]).current_dir(folder));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon9_exported_packages_pass_another_validator_and_give_the_same_data() {
    let folder = tempfile::tempdir().unwrap();
    let mut inbox = Inbox::new(&folder.path().join("lake"));
    let plan = Plan { faults: true, ..Plan::new(500, 8, 11) };
    for made in plan.packages() {
        inbox.take(&made.head.sender, &made.files, made.comes.plus_days(1).start_utc()).await;
    }
    inbox.push(Told::new("пусто", 20_260_112, 1, 1).0).await;
    let importer = inbox.done().await;

    let receipts = standing(&importer).await;
    assert!(receipts.iter().any(|receipt| receipt.revision == 2), "a correction is among them");
    let (mut packages, mut folders, mut earlier) = (Vec::new(), Vec::new(), 0);
    let session = now(&importer).await;
    for receipt in &receipts {
        let day = daily(&session, receipt, Layout::Package).await.unwrap();
        let files = package(&day, Reference::built_in());
        assert_eq!(files.len(), 7, "tables without rows too");
        earlier += requests(&files, "events.csv").difference(&requests(&files, "applications.csv")).count();
        let place = folder.path().join(format!("{}_{}", receipt.sender, receipt.day));
        written(&day, Layout::Package, Reference::built_in(), &place).unwrap();
        folders.push(place);
        packages.push(files);
    }
    assert!(earlier > 100, "events of applications of earlier days: {earlier}");
    let said = validated(&folders);
    for place in &folders {
        let said = &said[place.join("datapackage.json").to_string_lossy().as_ref()];
        let all = json!({"valid": true, "metadata": [], "errors": [], "rows": []});
        assert_eq!(*said, all, "{}", place.display());
    }
    validate_as_told(folders.last().unwrap());

    let mut inbox = Inbox::new(&folder.path().join("other"));
    let received = Instant(CivilDay(20_260_301).start_utc().0);
    for (receipt, files) in receipts.iter().zip(&packages) {
        assert_eq!(inbox.take(&receipt.sender, files, received).await, Some(vec![]));
    }
    let other = inbox.done().await;
    // Rows stand at other lines: in the order of moments, and without wrong ones between them.
    let lines = ["line", "given_line"];
    assert_eq!(contents(&other, &lines).await, contents(&importer, &lines).await);
    for (receipt, files) in standing(&other).await.iter().zip(&packages) {
        assert!(exported(&other, receipt).await == *files, "{receipt:?}: bytes are stable");
    }
}
