//! The whole benchmark against a fake programme: an honest one passes, and each fault is reported.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

/// Runs the benchmark against the fake with a fault.
fn bench(fault: &str, more: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let fake = folder.path().join("otklik");
    fs::write(&fake, include_str!("fake_otklik.py")).unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("fault"), fault).unwrap();
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_otklik-bench"))
        .args(["--quick", "--only", "sqlite", "--seconds", "0.1", "--count", "100"])
        .args(more)
        .arg("--otklik")
        .arg(&fake)
        .arg("--dir")
        .arg(folder.path())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

fn fails(fault: &str, said: &str) {
    let (code, table, errors) = bench(fault, &[]);
    let failures: Vec<_> = table.lines().filter(|line| line.starts_with("FAILURE")).collect();
    assert!(failures.iter().any(|failure| failure.contains(said)), "{table}\n{errors}");
    assert_eq!(code, 1, "{errors}");
}

#[test]
fn an_honest_programme_passes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (code, table, errors) = bench("", &["--json", file.path().to_str().unwrap()]);
    assert_eq!(code, 0, "{table}\n{errors}");
    assert!(table.contains("- Held: 300 stored = 300 accepted."), "{table}");
    assert!(table.contains(" receipts answer after the kill."), "{table}");
    assert!(table.contains(" (raw server of the same bytes, 64)"), "{table}");
    assert!(!table.contains("FAILURE"), "{table}");

    let json = fs::read_to_string(file.path()).unwrap();
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rows = report["databases"][0]["rows"].as_array().unwrap();
    let shown: Vec<_> = rows
        .iter()
        .map(|row| (row["work"].as_str().unwrap(), row["connections"].as_u64().unwrap()))
        .collect();
    assert_eq!(shown, [("page", 64), ("response", 1), ("response", 16), ("response", 64)]);
    assert!(
        rows.iter().all(|row| row["count"] == 100 && row["per_second"].as_f64().unwrap() > 0.0),
        "{json}"
    );
    assert!(report["databases"][0]["memory_after"]["peak"].as_u64().unwrap() > 1000, "{json}");
}

#[test]
fn a_lost_response_is_a_failure() {
    fails("lose", "294 stored = 300 accepted");
}

#[test]
fn a_doubled_response_is_a_failure() {
    fails("double", "306 stored = 300 accepted");
}

#[test]
fn a_refused_response_is_a_failure() {
    fails("refuse", "responses: 2 answered wrongly, 0 not at all: status 503: later");
}

#[test]
fn a_response_lost_by_the_kill_is_a_failure() {
    fails("forget", "receipts answer after the kill");
}

#[test]
fn a_form_sent_again_and_stored_twice_is_a_failure() {
    fails("again", "sent again have the same receipt");
}

#[test]
fn a_programme_that_does_not_start_cannot_be_measured() {
    let output = Command::new(env!("CARGO_BIN_EXE_otklik-bench"))
        .args(["--quick", "--only", "sqlite", "--otklik", "/bin/false"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("could not be measured: ") && said.contains("migrate"), "{said}");
}
