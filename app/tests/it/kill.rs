//! The server is killed while it accepts, and started again: whoever saw a receipt finds it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::tempdir;

use crate::command::{Server, respond, run};

/// People who answer at the same time.
const PEOPLE: usize = 8;
/// How many have seen their receipts in a round before the kill.
const BEFORE_KILL: usize = 40;
/// How long a round may take at most.
const PATIENCE: Duration = Duration::from_secs(60);

const BODIES: &str = "\
code;parent_code;full_name;short_name;kind;level;region;time_zone;address;latitude;longitude;site;queue_terminal;office
6901;;Инспекция № 1;ИФНС № 1;tax_inspection;local;69;Europe/Moscow;;;;;нет;да
";

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says how long by the environment")]
fn rounds() -> usize {
    if std::env::var("OTKLIK_SOAK").is_ok() { 10 } else { 2 }
}

/// Waits until something is so, for a bounded time.
#[expect(clippy::disallowed_methods, reason = "the bound of a test against a real process is real time")]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}: not in time");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn x2_every_receipt_that_was_seen_is_found_after_kills() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("bodies.csv"), BODIES).unwrap();
    let said = run(folder, &["bodies", "import", "bodies.csv"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let receipts = Arc::new(Mutex::new(Vec::new()));
    for round in 0..rounds() {
        let server = Server::start(folder, &["serve"]);
        let address = server.address;
        let seen = Arc::new(AtomicUsize::new(0));
        let people: Vec<_> = (0..PEOPLE)
            .map(|person| {
                let (seen, receipts) = (seen.clone(), receipts.clone());
                std::thread::spawn(move || {
                    for number in 0.. {
                        let text = format!("{round}-{person}-{number}");
                        let Some(receipt) = respond(address, "6901", &text) else { return };
                        receipts.lock().unwrap().push(receipt);
                        seen.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        wait_until("receipts", || seen.load(Ordering::SeqCst) >= BEFORE_KILL);
        server.kill();
        for person in people {
            person.join().unwrap();
        }
    }
    let receipts = receipts.lock().unwrap();
    let server = Server::start(folder, &["serve"]);
    for receipt in receipts.iter() {
        assert_eq!(server.get(&format!("/r/{receipt}")).status, 200, "{receipt}");
    }
    let unique: std::collections::HashSet<_> = receipts.iter().collect();
    assert_eq!(unique.len(), receipts.len());
    let count = run(folder, &["responses", "count", "--json"]).json()["responses"].as_u64().unwrap();
    // Some were stored whose answer did not arrive: at most one of each person per round.
    let seen = receipts.len() as u64;
    let most = seen + (PEOPLE * rounds()) as u64;
    assert!((seen..=most).contains(&count), "{seen} seen, {count} stored");
    assert_eq!(run(folder, &["journal", "verify"]).code, Some(0));
}
