//! Killed at any moment of importing, compacting and cleaning, the lake is in the old or the new state (MON-11).
//!
//! A child process of this program imports, puts together and cleans without end, and says what it begins. It is killed
//! in each of the three by turns, the lake looked over, and the next child goes on. Ten times; two hundred with
//! `OTKLIK_SOAK=1`, each ten with a lake of their own: in a large one a child spends its time with opening it.

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
use tokio::time::Instant;

use crate::told::{Told, importer};

const NAME: &str = "mon11_a_killed_import_compaction_or_cleaning_leaves_the_old_or_the_new_state";

/// What a child does, by the words that it says.
const STAGES: [&str; 3] = ["import", "compact", "clean"];

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
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    let (lakes, rounds) = if std::env::var_os("OTKLIK_SOAK").is_some() { (20, 10) } else { (1, 10) };
    let mut killed = Killed::default();
    for _ in 0..lakes {
        runtime.block_on(killed.in_a_lake(rounds));
    }
    let [import, compact, clean] = killed.hits;
    println!("test {NAME} ... ok (killed in {import} imports, {compact} compactions, {clean} cleanings)");
    ExitCode::SUCCESS
}

/// How children ended, and what they last took for what they did.
struct Killed {
    dice: u64,
    hits: [u64; 3],
    lasts: [Duration; 3],
}

impl Default for Killed {
    fn default() -> Self {
        Self { dice: 42, hits: [0; 3], lasts: [Duration::from_millis(400); 3] }
    }
}

impl Killed {
    /// Kills so many children in a lake, and more on a machine where they seldom are met at what was aimed at.
    async fn in_a_lake(&mut self, rounds: u64) {
        let folder = tempfile::tempdir().unwrap();
        let (mut before, mut grown, mut round) = (0, 0, 0);
        let start = self.hits;
        let is_enough =
            |hits: &[u64; 3]| hits.iter().zip(start).all(|(hits, start)| (hits - start) * 6 >= rounds);
        while round < rounds || (!is_enough(&self.hits) && round < 3 * rounds) {
            self.child(folder.path(), usize::try_from(round % 3).unwrap());
            round += 1;
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
        // Where each was met is told, and decides nothing: how long a stage lasts is the machine's affair.
        let met: u64 = self.hits.iter().zip(start).map(|(hits, start)| hits - start).sum();
        assert_eq!(met, round, "each child was met at work");
        assert!(grown > 0, "children came to an end of something");
    }

    /// Kills a child at a moment of a stage.
    fn child(&mut self, folder: &Path, aim: usize) {
        let program = std::env::current_exe().unwrap();
        let mut child =
            Command::new(program).arg("work-in").arg(folder).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| stage(&line.unwrap()));
        let mut begun: Option<(usize, Instant)> = None;
        loop {
            let stage = said.next().expect("it works until it is killed");
            if let Some((before, at)) = begun.replace((stage, Instant::now())) {
                self.lasts[before] = at.elapsed();
            }
            if stage == aim {
                break;
            }
        }
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let share = u32::try_from((self.dice >> 33) % 800).unwrap();
        sleep(self.lasts[aim] * share / 1_000);
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said last, it was at.
        self.hits[said.last().unwrap_or(aim)] += 1;
    }
}

fn stage(word: &str) -> usize {
    STAGES.iter().position(|stage| *stage == word).unwrap_or_else(|| panic!("a child said {word}"))
}

async fn work(folder: &Path) {
    let importer = importer(folder);
    loop {
        for _ in 0..2 {
            println!("{}", STAGES[0]);
            let done = importer.book().await.unwrap().receipts().count();
            importer.import(&[day(done).0]).await.unwrap();
        }
        println!("{}", STAGES[1]);
        compact(importer.lake(), importer.engine()).await.unwrap();
        println!("{}", STAGES[2]);
        importer.lake().vacuum(0).await.unwrap();
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
