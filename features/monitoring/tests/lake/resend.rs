//! Sending again, correcting, sending at once (MON-11).

use std::sync::Arc;

use otklik_kernel::{Clock, Instant, SystemClock};
use otklik_monitoring::derive::Rules;
use otklik_monitoring::ingest::{Importer, Verdict};
use otklik_monitoring::upkeep::{compact_by, rebuild, verify};
use otklik_progress::model::Channel;
use otklik_progress::reference::Reference;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::told::{Told, contents, importer, now, rows};

const AT: i64 = 1_772_442_000;

fn day(sender: &str, revision: u32, salt: u8, decided: i16) -> Told {
    let mut told = Told::new(sender, 20_260_302, revision, salt);
    told.application(&format!("{sender}-1"), "S1", 27, "B1", Channel::Epgu);
    told.event(&format!("{sender}-1"), 3, 2, AT, "");
    told.event(&format!("{sender}-1"), 3, 1, AT + 600, "");
    told.event(&format!("{sender}-1"), 3, decided, AT + 86_400, "");
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon11_the_same_bytes_give_the_same_receipt_and_a_correction_replaces_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let importer = importer(folder.path());
    let take = async |told: &Told| importer.import(std::slice::from_ref(&told.0)).await.unwrap().remove(0);
    let Verdict::Accepted(first) = take(&day("А", 1, 1, 3)).await else { panic!("the first is taken") };
    let before = importer.lake().latest().await.unwrap().number();
    assert_eq!(take(&day("А", 1, 1, 3)).await, Verdict::Repeated(first.clone()));
    assert_eq!(take(&day("А", 1, 2, 4)).await, Verdict::Differs(first.clone()));
    assert_eq!(importer.lake().latest().await.unwrap().number(), before, "nothing was committed");

    let Verdict::Accepted(second) = take(&day("А", 2, 2, 4)).await else { panic!("a correction is taken") };
    assert_eq!(take(&day("А", 1, 3, 3)).await, Verdict::Lower(second.clone()));
    assert_eq!(take(&day("А", 1, 1, 3)).await, Verdict::Repeated(first.clone()));
    let session = now(&importer).await;
    let events = rows(&session, "select status from live_events where request = 'А-1'").await;
    assert_eq!(events, ["1", "2", "4"]);
    let case = rows(&session, "select outcome, events from live_cases where request = 'А-1'").await;
    assert_eq!(case, ["2|3"], "refused as the correction says");
    let book = importer.book().await.unwrap();
    assert_eq!(book.receipts().cloned().collect::<Vec<_>>(), [first, second]);
    assert!(verify(&importer).await.unwrap().ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon11_two_importers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (importer(folder.path()), importer(folder.path()));
    let run = async |importer: &Importer, senders: [&str; 3]| {
        for sender in senders {
            importer.import(&[day(sender, 1, 1, 3).0]).await.unwrap();
        }
    };
    tokio::join!(run(&one, ["А", "Б", "В"]), run(&other, ["Г", "Д", "Е"]));
    let again = tempfile::tempdir().unwrap();
    let plain = importer(again.path());
    let all: Vec<_> = ["А", "Б", "В", "Г", "Д", "Е"].map(|sender| day(sender, 1, 1, 3).0).into();
    plain.import(&all).await.unwrap();
    assert_eq!(contents(&one, &[]).await, contents(&plain, &[]).await);
    assert!(verify(&one).await.unwrap().ok);
}

/// A clock: whenever somebody looks at it, somebody else puts the lake's files together.
struct Meanwhile(Importer);

impl Clock for Meanwhile {
    fn now(&self) -> Instant {
        let compaction = compact_by(self.0.lake(), self.0.engine(), 2);
        block_in_place(|| Handle::current().block_on(compaction)).unwrap();
        SystemClock.now()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon11_what_is_imported_while_files_are_put_together_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let plain = importer(folder.path());
    for sender in ["А", "Б"] {
        plain.import(&[day(sender, 1, 1, 3).0]).await.unwrap();
    }
    let rules = Arc::new(Rules::new(Reference::built_in().clone()));
    let clock = Arc::new(Meanwhile(plain.clone()));
    let beside = Importer::new(plain.lake().clone(), plain.engine().clone(), rules, clock, 2);
    let before = plain.lake().latest().await.unwrap().number();
    beside.import(&[day("А", 2, 2, 4).0]).await.unwrap();
    let after = plain.lake().latest().await.unwrap().number();
    assert!(after > before + 1, "files were put together between {before} and {after}");
    let found = verify(&plain).await.unwrap();
    assert!(found.ok, "{found:?}");
    plain.import(&[day("В", 1, 1, 3).0]).await.unwrap();
    assert!(verify(&plain).await.unwrap().ok);
    rebuild(&plain).await.unwrap();
    assert!(verify(&plain).await.unwrap().ok);
}
