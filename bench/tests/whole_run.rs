//! The whole benchmark against a fake programme: an honest one passes, and each fault is reported.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

/// Runs the benchmark against the fake with a fault.
fn bench(fault: &str, more: &[&str]) -> (i32, String, String) {
    run(fault, &[&["--quick", "--only", "sqlite", "--seconds", "0.1", "--count", "100"], more].concat())
}

/// Runs the desk against the fake with a fault.
fn desk(fault: &str, parts: &str) -> (i32, String, String) {
    run(fault, &["desk", "--quick", "--only", "sqlite", "--seconds", "0.1", "--rows", "70", "--parts", parts])
}

fn run(fault: &str, arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let fake = folder.path().join("otklik");
    fs::write(&fake, include_str!("fake_otklik.py")).unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("fault"), fault).unwrap();
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_otklik-bench"))
        .args(arguments)
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
fn the_desk_of_an_honest_programme_passes() {
    let (code, table, errors) = desk("", "pages,exports,live");
    assert_eq!(code, 0, "{table}\n{errors}");
    for row in ["| «Сегодня» | country |", "| search, two words | region |", "| CSV, the country | 70 |"]
    {
        assert!(table.contains(row), "{row}\n{table}");
    }
    assert!(table.contains("| 500 that listen and ask for themselves again |"), "{table}");
    let asking = table.lines().find(|line| line.contains("ask for themselves again")).unwrap();
    let cells: Vec<_> = asking.split('|').map(str::trim).collect();
    assert!(cells[4].parse::<u64>().unwrap() > 0 && cells[5].parse::<u64>().unwrap() > 0, "{asking}");
    assert!(table.contains("invented and accepted."), "{table}");
}

#[test]
fn a_table_that_is_cut_off_is_no_measurement() {
    let (code, _, errors) = desk("cut", "exports");
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("the file has no end") || errors.contains("rows of 70"), "{errors}");
}

#[test]
fn live_pages_that_are_never_told_are_seen_in_the_table() {
    let (code, table, errors) = desk("silent", "live");
    assert_eq!(code, 0, "{errors}");
    assert!(
        table.lines().any(|line| line.contains("ask for themselves again") && line.contains("| 0 | 0 |")),
        "{table}"
    );
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
