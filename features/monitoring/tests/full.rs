//! A disk without room leaves the old or the new state, and with room again everything goes on (MON-11).
//!
//! A child process of this program works on a file system of its own with bounded room, which a namespace of mounts
//! gives it; where the system allows none, the test says that it was left out. A store without room is met in
//! `lake/faults.rs` in any case.

#[path = "lake/told.rs"]
#[expect(dead_code, reason = "the other tests use more of it")]
mod told;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use otklik_monitoring::ingest::{ImportError, Importer};
use otklik_monitoring::upkeep::{compact, verify};
use otklik_progress::model::Channel;

use crate::told::{Told, contents, importer};

const NAME: &str = "mon11_a_full_disk_leaves_the_old_or_the_new_state";

/// Bytes of the file system.
const SIZE: &str = "48m";

/// How namespaces of mounts are asked for: with users of their own, or by root.
const WAYS: [&[&str]; 2] = [&["--map-root-user", "--mount"], &["--mount"]];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, folder] = arguments.as_slice()
        && word == "work-in"
    {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(work(Path::new(folder)));
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "--list") {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size={SIZE} none \"$1\"");
    let inside = |way: &[&str], then: &str| {
        let mut command = Command::new("unshare");
        command.args(way).args(["sh", "-c", &format!("{mount} && {then}")]);
        command.arg(std::env::current_exe().unwrap()).arg(folder.path()).status()
    };
    let is_there = |way: &&&[&str]| inside(way, "true").is_ok_and(|status| status.success());
    let Some(way) = WAYS.iter().find(is_there) else {
        println!("test {NAME} ... ignored, no file system can be mounted here");
        return ExitCode::SUCCESS;
    };
    assert!(inside(way, "exec \"$0\" work-in \"$1\"").unwrap().success());
    println!("test {NAME} ... ok");
    ExitCode::SUCCESS
}

/// What is done while there is no room.
#[derive(Clone, Copy, Debug)]
enum Step {
    Import,
    Compact,
    Clean,
}

impl Step {
    async fn run(self, importer: &Importer) -> Result<(), ImportError> {
        match self {
            Self::Import => {
                let done = importer.book().await?.receipts().count();
                importer.import(&[day(done).0]).await.map(drop)
            }
            Self::Compact => Ok(compact(importer.lake(), importer.engine()).await.map(drop)?),
            Self::Clean => Ok(importer.lake().vacuum(-1_000_000).await.map(drop)?),
        }
    }
}

async fn work(disk: &Path) {
    let (lake, ballast) = (disk.join("lake"), disk.join("ballast"));
    for _ in 0..2 {
        Step::Import.run(&importer(&lake)).await.unwrap();
    }
    for step in [Step::Import, Step::Compact, Step::Clean] {
        let (mut failed, mut room) = (0, 0);
        loop {
            // Something to put together and to clean, and what the last attempt left is taken away.
            Step::Import.run(&importer(&lake)).await.unwrap();
            match step {
                Step::Clean => Step::Compact.run(&importer(&lake)).await.unwrap(),
                _ => Step::Clean.run(&importer(&lake)).await.unwrap(),
            }
            let before = state(&importer(&lake)).await;
            fill(&ballast, room);
            let result = step.run(&importer(&lake)).await;
            let found = verify(&importer(&lake)).await.unwrap();
            assert!(found.ok, "{step:?} with {room} bytes: {found:?}");
            fs::remove_file(&ballast).unwrap();
            let after = state(&importer(&lake)).await;
            let is_old = after == before;
            let is_new = match step {
                Step::Import => after.0 == before.0 + 1,
                Step::Compact | Step::Clean => is_old,
            };
            assert!(is_old || is_new, "{step:?} with {room} bytes: neither the old nor the new state");
            assert!(is_new || result.is_err(), "{step:?} with {room} bytes: what was done is there");
            step.run(&importer(&lake)).await.unwrap();
            if result.is_ok() {
                break;
            }
            failed += 1;
            room = (room * 4).max(4_096);
        }
        println!("{step:?}: {failed} times without room, then {room} bytes were enough");
        // Cleaning makes the room that it needs itself.
        assert!(failed > 2 || matches!(step, Step::Clean), "{step:?} was never short of room");
    }
}

/// Takes all room of the disk but so many bytes.
fn fill(ballast: &Path, room: u64) {
    let mut file = File::create(ballast).unwrap();
    let zeros = vec![0; 4_096];
    let mut length = 0;
    while let Ok(written) = file.write(&zeros) {
        length += written as u64;
    }
    file.set_len(length.saturating_sub(room)).unwrap();
}

/// How many deliveries the lake has, and all that it says.
async fn state(importer: &Importer) -> (usize, Vec<(String, Vec<String>)>) {
    (importer.book().await.unwrap().receipts().count(), contents(importer, &[]).await)
}

/// A day that goes on with applications of the one before.
fn day(number: usize) -> Told {
    let number = i64::try_from(number).unwrap();
    let day = 20_260_101 + i32::try_from(100 * (number / 28) + number % 28).unwrap();
    let mut told = Told::new("А", day, 1, 1);
    for place in 0..60 {
        let request = format!("З-{}", number * 40 + place);
        told.application(&request, "S1", 27, "B1", Channel::Mfc);
        for (step, status) in [2, 1, 1010, 1011, 3].into_iter().enumerate() {
            let at = 1_772_442_000 + number * 86_400 + place * 7 + i64::try_from(step).unwrap() * 600;
            told.event(&request, 1, status, at, "");
        }
    }
    told
}
