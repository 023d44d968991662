//! What other programs get from the lake: event logs and daily data.

#[path = "lake/python.rs"]
mod python;
#[path = "lake/told.rs"]
#[expect(dead_code, reason = "the tests of the lake use more of it")]
mod told;

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use otklik_eventlog::compare;
use otklik_kernel::CivilDay;
use otklik_monitoring::exchange::{Exchanged, Layout, daily, foreign, ocel, own, written, xes};
use otklik_monitoring::ingest::Importer;
use otklik_progress::model::Channel;
use otklik_progress::print::{Lost, package};
use otklik_progress::reference::Reference;
use serde_json::{Value, json};

use python::{printed, python_with};
use told::{Told, contents, importer, now, rows};

/// 12 January 2026, 10:00 in UTC.
const AT: i64 = 1_768_212_000;

/// Two days of a portal and an authority: nine applications, one of them told of by both, one only on the first day.
fn days() -> Vec<Told> {
    let mut days: Vec<Told> = [("А", 20_260_112), ("Б", 20_260_112), ("Б", 20_260_113)]
        .map(|(sender, day)| Told::new(sender, day, 1, 1))
        .into();
    for number in 0..8 {
        let request = format!("З-{number}");
        days[0].application(&request, if number % 2 == 0 { "S1" } else { "S2" }, 27, "B1", Channel::Epgu);
        let at = AT + number * 100;
        for (place, status) in [0, 17, 2, 1, 6, 3, 1015].into_iter().enumerate() {
            days[0].event(&request, 3, status, at + place as i64 * 600, "");
        }
    }
    let (both, other) = (&mut days, "З-other");
    both[1].application("З-0", "S1", 27, "B1", Channel::Epgu);
    both[1].event("З-0", 1, 1010, AT + 2_500, "ЕГРН");
    both[1].event("З-0", 1, 1010, AT + 2_501, "СНИЛС");
    both[1].event("З-0", 1, 1011, AT + 2_600, "СНИЛС");
    both[1].application(other, "S1", 41, "B2", Channel::Ogv);
    both[1].event(other, 1, 1001, AT, "");
    both[1].event(other, 1, 1002, AT + 90_000, "");
    both[2].event(other, 1, 1018, AT + 90_001, "");
    both[2].event("З-0", 1, 1011, AT + 80_000, "ЕГРН");
    both[2].rating("З-0", AT + 90_100, 5);
    both[2].complaint(other, AT + 95_000, 1);
    days
}

async fn lake(folder: &Path) -> Importer {
    let importer = importer(folder);
    for day in days() {
        importer.import(&[day.0]).await.unwrap();
    }
    importer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon17_a_log_of_the_lake_says_what_the_lake_says() {
    let folder = tempfile::tempdir().unwrap();
    let session = now(&lake(folder.path()).await).await;
    let reference = Reference::built_in();
    let mut log = Vec::new();
    let done = xes(&session, "true", reference, &mut log).await.unwrap();
    assert_eq!(done, Exchanged { cases: 9, events: 8 * 7 + 4 + 2 }, "the planned moment is no event");
    let (ours, theirs) =
        (own(&session, "true", reference).await.unwrap(), foreign(Cursor::new(log)).unwrap());
    assert_eq!((theirs.cases(), theirs.events()), (9, 62));
    assert_eq!((ours.activities(), ours.variants(9)), (theirs.activities(), theirs.variants(9)));
    assert_eq!(ours.flows(), theirs.flows());
    let comparison = compare(&ours, &theirs);
    assert_eq!(comparison.common_variants, [1000.0, 1000.0]);
    let mut part = Vec::new();
    let some = xes(&session, "service = 'S2'", reference, &mut part).await.unwrap();
    assert_eq!(some, Exchanged { cases: 4, events: 28 });
}

/// What pm4py reads of a log.
fn pm4py(log: &Path) -> Value {
    let script = "import json, sys, pm4py\nlog = pm4py.read_ocel2_json(sys.argv[1])\nprint(json.dumps({\
        'events': log.events['ocel:activity'].value_counts().to_dict(),\
        'objects': log.objects['ocel:type'].value_counts().to_dict(),\
        'relations': log.relations['ocel:qualifier'].value_counts().to_dict(),\
        'between': log.o2o['ocel:qualifier'].value_counts().to_dict()}))";
    let said = printed(Command::new(python_with("pm4py==2.7.23.11")).arg("-c").arg(script).arg(log));
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon17_objects_of_the_lake_are_read_by_pm4py() {
    let folder = tempfile::tempdir().unwrap();
    let session = now(&lake(&folder.path().join("lake")).await).await;
    let log = folder.path().join("log.json");
    let out = std::io::BufWriter::new(std::fs::File::create(&log).unwrap());
    let done = ocel(&session, "true", Reference::built_in(), out).await.unwrap();
    assert_eq!(done, Exchanged { cases: 9, events: 62 + 2 });
    let said = pm4py(&log);
    // pm4py leaves out objects that no event has to do with, and what relates to them: services.
    let objects = json!({"Заявление": 9, "Орган": 2, "Межведомственный запрос": 2, "Жалоба": 1});
    assert_eq!(said["objects"], objects);
    let whole: Value = serde_json::from_reader(std::fs::File::open(&log).unwrap()).unwrap();
    let services = whole["objects"].as_array().unwrap().iter().filter(|object| object["type"] == "Услуга");
    assert_eq!(services.map(|service| &service["id"]).collect::<Vec<_>>(), ["service/S1", "service/S2"]);
    assert_eq!(said["events"]["Межведомственный запрос"], json!(2));
    assert_eq!(said["events"]["Жалоба принята"], json!(1));
    assert_eq!(said["events"]["Оценка услуги"], json!(1));
    assert_eq!(
        said["events"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>(),
        64
    );
    assert_eq!(said["relations"]["обмен"], json!(4));
    let between = json!({"в органе": 9, "для заявления": 2, "на заявление": 1});
    assert_eq!(said["between"], between);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon8_a_day_comes_out_the_same_whatever_way_it_came_in() {
    let folder = tempfile::tempdir().unwrap();
    let importer = lake(&folder.path().join("lake")).await;
    let reference = Reference::built_in();
    let (book, session) = (importer.book().await.unwrap(), now(&importer).await);
    let other = told::importer(&folder.path().join("other"));
    for receipt in book.receipts() {
        let day = daily(&session, receipt, Layout::Package).await.unwrap();
        let of = days().into_iter().find(|told| told.0.head == day.head).unwrap();
        assert_eq!(day.events.request.len(), of.0.events.request.len());
        let files = package(&day, reference);
        other.import(&[day]).await.unwrap();
        let book = other.book().await.unwrap();
        let again = book.current(&receipt.sender, receipt.day).unwrap();
        let day = daily(&now(&other).await, again, Layout::Package).await.unwrap();
        assert_eq!(package(&day, reference), files, "bytes are stable");
    }
    assert_eq!(contents(&other, &[]).await, contents(&importer, &[]).await);

    let receipt = book.current("Б", CivilDay(20_260_113)).unwrap();
    let day = daily(&session, receipt, Layout::Wide).await.unwrap();
    assert_eq!(day.applications.request.len(), 2, "applications that earlier days told of");
    let wide = folder.path().join("wide.csv");
    let lost = written(&day, Layout::Wide, reference, &wide).unwrap();
    assert_eq!(lost, Lost { mnemonics: 1, complaints: 1, ..Lost::default() });
    let text = std::fs::read_to_string(&wide).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = header.iter().position(|name| name == "authority_3n").unwrap();
    let found: Vec<String> = reader.records().map(|row| row.unwrap()[place].to_owned()).collect();
    assert_eq!(found, ["", "13-01-2026 14:00:01"]);
    assert_eq!(header.len(), 14 + 21 + 20 + 32 + 29 + 5 + 4 + 4);
    assert_eq!(rows(&session, "select count(*) from live_cases").await, ["9"]);
    for out in ["folder", "archive.zip"] {
        let package = daily(&session, receipt, Layout::Package).await.unwrap();
        written(&package, Layout::Package, reference, &folder.path().join(out)).unwrap();
    }
    assert!(folder.path().join("folder/ratings.csv").exists() && folder.path().join("archive.zip").exists());
}
