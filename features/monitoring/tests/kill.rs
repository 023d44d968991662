//! Killed at any moment of importing, compacting and cleaning, the lake is in the old or the new state (MON-11).
//!
//! A child process of this program imports without end; it is killed, the lake looked over, and the next child goes
//! on. Ten times; two hundred with `OTKLIK_SOAK=1`, each twenty with a lake of their own: in a large one a child spends
//! its time with opening it.

#[path = "lake/told.rs"]
#[expect(dead_code, reason = "the other tests use more of it")]
mod told;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::Duration;

use otklik_monitoring::upkeep::{compact, verify};
use otklik_progress::model::Channel;

use crate::told::{Told, importer};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if let [_, word, folder] = arguments.as_slice()
        && word == "work-in"
    {
        runtime.block_on(work(Path::new(folder)));
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "--list") {
        println!("mon11_a_killed_import_leaves_the_old_or_the_new_state: test");
        return ExitCode::SUCCESS;
    }
    let (lakes, rounds) = if std::env::var_os("OTKLIK_SOAK").is_some() { (10, 20) } else { (1, 10) };
    let program = std::env::current_exe().unwrap();
    let mut dice = 42;
    for _ in 0..lakes {
        runtime.block_on(kill(&program, rounds, &mut dice));
    }
    println!("test mon11_a_killed_import_leaves_the_old_or_the_new_state ... ok ({} kills)", lakes * rounds);
    ExitCode::SUCCESS
}

async fn kill(program: &Path, rounds: u64, dice: &mut u64) {
    let folder = tempfile::tempdir().unwrap();
    let (mut before, mut grown, mut round) = (0, 0, 0);
    // So many rounds, and more on a machine where children seldom come to an end of anything.
    while round < rounds || (grown * 2 <= rounds && round < 10 * rounds) {
        round += 1;
        let mut child =
            Command::new(program).arg("work-in").arg(folder.path()).stdout(Stdio::piped()).spawn().unwrap();
        // It says when it begins to work.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        sleep(Duration::from_millis((*dice >> 33) % 2_500));
        child.kill().unwrap();
        child.wait().unwrap();
        let importer = importer(folder.path());
        let verified = verify(&importer).await.unwrap();
        assert!(verified.ok, "round {round}: {verified:?}");
        let receipts: i64 =
            importer.book().await.unwrap().receipts().map(|receipt| receipt.rows.events).sum();
        assert_eq!(verified.events, receipts, "round {round}: whole deliveries only");
        assert!(receipts >= before, "round {round}: nothing that was accepted is lost");
        grown += u64::from(receipts > before);
        before = receipts;
    }
    assert!(grown * 2 > rounds, "the child came to work in many rounds: {grown} of {round}");
}

async fn work(folder: &Path) {
    let importer = importer(folder);
    println!("at work");
    loop {
        let done = importer.book().await.unwrap().receipts().count();
        importer.import(&[day(done).0]).await.unwrap();
        if done % 3 == 2 {
            compact(importer.lake(), importer.engine()).await.unwrap();
        }
        if done % 4 == 3 {
            importer.lake().vacuum(0).await.unwrap();
        }
    }
}

/// A day that goes on with applications of earlier ones.
fn day(number: usize) -> Told {
    let number = i64::try_from(number).unwrap();
    let day = 20_260_000
        + i32::try_from(100 * (1 + number / 28 % 12) + number % 28 + 1 + 10_000 * (number / 336)).unwrap();
    let mut told = Told::new("А", day, 1, 1);
    for place in 0..300 {
        let request = format!("З-{}", number * 200 + place);
        told.application(&request, "S1", 27, "B1", Channel::Mfc);
        for (step, status) in [2, 1, 1010, 1011, 3].into_iter().enumerate() {
            let at = 1_772_442_000 + number * 86_400 + place * 7 + i64::try_from(step).unwrap() * 600;
            told.event(&request, 1, status, at, "");
        }
    }
    told
}
