//! Every answer against DuckDB and plain loops over the same events: equal, percentiles within 1 % where they come
//! from buckets (MON-13).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;
use std::sync::Arc;

use otklik_kernel::CivilDay;
use otklik_monitoring::answers::{Allowed, Answers, Ask, By, Cell, Further, Report, Sheet, Which};
use otklik_monitoring::derive::Rules;
use otklik_monitoring::upkeep::compact;
use otklik_progress::model::Channel;
use otklik_progress::reference::Reference;
use serde_json::{Value, json};

use crate::python::{printed, python_with};
use crate::told::{Told, importer};

/// What the other calculation is made with.
pub const DUCKDB: &str = "duckdb==2.0.1";

/// 2026-03-02 06:00 UTC.
const START: i64 = 1_772_431_200;

/// What rounding may make of exact percentiles.
pub const EXACT: f64 = 1e-9;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// The same data as deliveries and as files for the other calculation.
fn data(applications: u64) -> (Vec<Told>, [(&'static str, String); 4]) {
    let mut dice = Dice(7);
    let mut told: Vec<Told> =
        (0..6).map(|place| Told::new(["А", "Б"][place % 2], 20_260_302 + place as i32 / 2, 1, 1)).collect();
    let mut files = [
        ("applications", "request;service;region;body;channel\n".to_owned()),
        ("events", "request;process;status;moment;mnemonic;place\n".to_owned()),
        ("ratings", "request;mark\n".to_owned()),
        ("complaints", "request;event\n".to_owned()),
    ];
    const WAY: [i16; 14] = [0, 1003, 1004, 1007, 2, 1, 1010, 1010, 1011, 1012, 14, 1020, 3, 1015];
    let mut events: Vec<(usize, String, u8, i16, i64, &str)> = Vec::new();
    for number in 0..applications {
        let request = format!("З-{number:06}");
        let service = ["S1", "S2", "S3"][dice.roll(3) as usize];
        let (region, body) = [(27, "B1"), (27, "B2"), (41, "B3")][dice.roll(3) as usize];
        let channel = Channel::ALL[dice.roll(5) as usize];
        told[dice.roll(2) as usize].application(&request, service, region, body, channel);
        writeln!(files[0].1, "{request};{service};{region};{body};{}", channel.code()).unwrap();
        let mut at = START + dice.roll(40_000) as i64;
        for place in 0..4 + dice.roll(12) {
            let status = match dice.roll(20) {
                0 => 4,
                1 => 10,
                2 => 1023,
                3 => 1002,
                4 => 41,
                _ => WAY[((place + dice.roll(3)) % 14) as usize],
            };
            at += match dice.roll(4) {
                0 => dice.roll(5) as i64,
                1 => dice.roll(900) as i64,
                2 => dice.roll(9_000) as i64,
                _ => dice.roll(40_000) as i64,
            };
            let mnemonic = if (1010..=1012).contains(&status) {
                ["", "СНИЛС", "ЕГРН"][dice.roll(3) as usize]
            } else {
                ""
            };
            let planned = if status == 1002 { 500_000 } else { 0 };
            events.push((
                dice.roll(6) as usize,
                request.clone(),
                1 + dice.roll(4) as u8,
                status,
                at + planned,
                mnemonic,
            ));
        }
        if dice.roll(3) == 0 {
            let mark = 1 + dice.roll(5) as i16;
            told[0].rating(&request, at, mark);
            writeln!(files[2].1, "{request};{mark}").unwrap();
        }
        if dice.roll(20) == 0 {
            let event = 1 + dice.roll(4) as u8;
            told[0].complaint(&request, at, event);
            writeln!(files[3].1, "{request};{event}").unwrap();
        }
    }
    for (of, request, process, status, at, mnemonic) in events {
        let row = told[of].0.events.request.len();
        told[of].event(&request, process, status, at, mnemonic);
        // Equal moments keep the order of days, senders and lines: «А» comes before «Б».
        let place = of / 2 * 20_000_000 + of % 2 * 10_000_000 + row;
        writeln!(files[1].1, "{request};{process};{status};{at};{mnemonic};{place}").unwrap();
    }
    (told, files)
}

/// Fails where columns of a sheet are not the rows expected, in any order; percentiles may differ by the tolerance.
pub fn check(name: &str, sheet: &Sheet, columns: &[&str], expected: &Value, tolerance: f64) {
    let places: Vec<usize> = columns.iter().map(|column| sheet.column(column).unwrap()).collect();
    let mut found: Vec<Vec<Cell>> =
        sheet.rows.iter().map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect();
    let key = |row: &Vec<Cell>| format!("{row:?}");
    found.sort_by_key(key);
    let mut expected: Vec<Vec<Cell>> = expected
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            row.as_array()
                .unwrap()
                .iter()
                .map(|cell| match cell {
                    Value::String(text) => Cell::Text(text.clone()),
                    Value::Number(number) => {
                        number.as_i64().map_or_else(|| Cell::Real(number.as_f64().unwrap()), Cell::Whole)
                    }
                    _ => Cell::None,
                })
                .collect()
        })
        .collect();
    expected.sort_by_key(key);
    assert_eq!(found.len(), expected.len(), "{name}: {found:?} and {expected:?}");
    for (found, expected) in found.iter().zip(&expected) {
        for ((found, expected), column) in found.iter().zip(expected).zip(columns) {
            let is_same = match (found.number(), expected.number()) {
                (Some(found), Some(expected)) => {
                    let free = if column.contains("p50")
                        || column.contains("p95")
                        || column.starts_with("p7")
                        || column.starts_with("p9")
                    {
                        tolerance
                    } else {
                        1e-9
                    };
                    (found - expected).abs() <= free * expected.abs().max(1.0)
                }
                _ => found == expected,
            };
            assert!(is_same, "{name}, {column}: {found:?} instead of {expected:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon13_answers_are_those_of_another_calculation() {
    let (told, files) = data(2_500);
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in &files {
        fs::write(folder.path().join(format!("{name}.csv")), text).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lake/oracle.py");
    let said = printed(Command::new(python_with(DUCKDB)).arg(script).arg(folder.path()));
    let expected: Value = serde_json::from_str(&said).unwrap();

    let lake = tempfile::tempdir().unwrap();
    let importer = importer(lake.path());
    let deliveries: Vec<_> = told.into_iter().map(|told| told.0).collect();
    for group in [&deliveries[4..], &deliveries[..3], &deliveries[3..4]] {
        importer.import(group).await.unwrap();
    }
    let rules = Arc::new(Rules::new(Reference::built_in().clone()));
    let at = async |exact: u64| {
        let snapshot = importer.lake().latest().await.unwrap();
        Answers::of(importer.engine(), &snapshot, Arc::clone(&rules)).await.unwrap().exact_up_to(exact)
    };
    compare(&at(1_000_000).await, &expected, EXACT).await;
    compare(&at(0).await, &expected, 0.0101).await;
    compact(importer.lake(), importer.engine()).await.unwrap();
    compare(&at(1_000_000).await, &expected, EXACT).await;
    compare(&at(0).await, &expected, 0.0101).await;
}

async fn compare(answers: &Answers, expected: &Value, tolerance: f64) {
    const SPREAD: [&str; 6] = ["n", "mean", "p50", "p75", "p90", "p95"];
    let all = Allowed::All;
    let with = |keys: &[&'static str], more: &[&'static str]| -> Vec<&'static str> {
        keys.iter().chain(&SPREAD).chain(more).copied().collect()
    };
    let check =
        |name: &str, sheet: &Sheet, columns: &[&str]| check(name, sheet, columns, &expected[name], tolerance);
    let by = |by: &[By]| Ask::by(by);

    let sheet = answers.durations(&by(&[By::Service, By::Region]), &all).await.unwrap();
    check("durations", &sheet, &with(&["service", "region"], &[]));
    let sheet = answers.durations(&by(&[]), &all).await.unwrap();
    check("active", &sheet, &["n", "active_mean", "active_p50", "active_p95"]);
    let sheet = answers.between(&by(&[By::Body]), &all, 2, 3).await.unwrap();
    check("between", &sheet, &with(&["body"], &[]));
    let sheet = answers.transitions(&by(&[By::Service]), &all).await.unwrap();
    check("transitions", &sheet, &with(&["service", "from_status", "to_status"], &[]));
    let day = Ask { from: Some(CivilDay(20_260_303)), to: Some(CivilDay(20_260_303)), ..Ask::default() };
    let one = Allowed::Bodies(BTreeSet::from(["B2".to_owned()]));
    let sheet = answers.transitions(&day, &one).await.unwrap();
    check("transitions_day", &sheet, &with(&["from_status", "to_status"], &[]));
    let sheet = answers.waiting(&by(&[By::Channel]), &all).await.unwrap();
    check("waiting", &sheet, &with(&["channel"], &["within"]));
    let sheet = answers.refusals(&by(&[By::Region]), &all).await.unwrap();
    check("refusals", &sheet, &["region", "began", "not_accepted", "cancelled", "denied"]);
    let sheet = answers.overview(&by(&[By::Service]), &all).await.unwrap();
    check("counts", &sheet, &["service", "began", "digital", "asked", "answered", "failed"]);
    let sheet = answers.overview(&by(&[By::Day]), &all).await.unwrap();
    let ended =
        Sheet { rows: sheet.rows.into_iter().filter(|row| row[7] != Cell::Whole(0)).collect(), ..sheet };
    check("ends", &ended, &["day", "ended"]);
    let sheet = answers.interagency(&by(&[]), &all).await.unwrap();
    check("interagency", &sheet, &SPREAD);
    let sheet = answers.mnemonics(&by(&[]), &all).await.unwrap();
    check("mnemonics", &sheet, &with(&["mnemonic"], &["answered", "failed"]));
    let sheet = answers.conformance(&by(&[]), &all).await.unwrap();
    let both = sheet.rows.iter().find(|row| row[1] == Cell::Text("one-decision".to_owned())).unwrap();
    assert_eq!(both[3].whole(), expected["both"][0][0].as_i64());
    let rule = u8::try_from(both[0].whole().unwrap()).unwrap();
    lists(answers, rule, both[3].whole().unwrap()).await;
    let sheet = answers.satisfaction(&by(&[By::Service]), &all).await.unwrap();
    check("satisfaction", &sheet, &["service", "n", "mean"]);
    let sheet = answers.complaints(&by(&[By::Service]), &all).await.unwrap();
    let told = ["service", "accepted", "upheld", "rejected", "applications", "per_thousand"];
    check("complaints", &sheet, &told);
    let digital = answers.digital(&by(&[By::Service]), &all).await.unwrap();
    for row in expected["counts"].as_array().unwrap() {
        let found = digital.rows.iter().find(|found| found[0] == Cell::Text(text(&row[0])));
        assert_eq!(
            found.unwrap()[1..3],
            [Cell::Whole(row[1].as_i64().unwrap()), Cell::Whole(whole(&row[2]))]
        );
    }
    ways(answers, &expected["transitions"]).await;
    let map = answers.map(&Ask::default(), &all).await.unwrap();
    let nodes: Vec<Value> = map.nodes.iter().map(|node| json!([node.status, node.steps])).collect();
    assert_eq!(Value::Array(nodes), expected["nodes"]);
    let trace = answers.trace("З-000001", &all).await.unwrap().unwrap();
    let event = |row: usize| {
        let number = |name: &str| trace.events.get(row, name).unwrap().whole();
        json!([number("at"), number("status"), number("process")])
    };
    assert_eq!(Value::Array((0..trace.events.rows.len()).map(event).collect()), expected["trace"]);
    let none = Allowed::Bodies(BTreeSet::new());
    assert!(answers.transitions(&Ask::default(), &none).await.unwrap().rows.is_empty());
    assert!(answers.trace("З-000001", &none).await.unwrap().is_none());
    for report in Report::ALL {
        let made =
            async |allowed| report.make(answers, &by(&[By::Service]), allowed, Further::default()).await;
        let (found, nothing) = (made(&all).await.unwrap(), made(&none).await.unwrap());
        assert!(!found.columns.is_empty() && nothing.rows.is_empty(), "{}", report.word());
        assert_eq!(nothing.columns, found.columns, "{}", report.word());
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn whole(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_f64().map(|real| real as i64)).unwrap()
}

/// As many applications are listed behind a figure as it counts, in the order that is told.
async fn lists(answers: &Answers, rule: u8, broken: i64) {
    let (ask, all) = (Ask::default(), Allowed::All);
    let number = |sheet: &Sheet, name: &str| sheet.get(0, name).unwrap().whole().unwrap();
    let overview = answers.overview(&ask, &all).await.unwrap();
    let durations = answers.durations(&ask, &all).await.unwrap();
    let refusals = answers.refusals(&ask, &all).await.unwrap();
    let waiting = answers.waiting(&ask, &all).await.unwrap();
    let exchange = answers.interagency(&ask, &all).await.unwrap();
    let between = answers.between(&ask, &all, 2, 3).await.unwrap();
    let marks = answers.satisfaction(&ask, &all).await.unwrap();
    let complaints = answers.complaints(&ask, &all).await.unwrap();
    let transitions = answers.transitions(&ask, &all).await.unwrap();
    let (from, to) = (number(&transitions, "from_status"), number(&transitions, "to_status"));
    let failed = number(&exchange, "failed");
    let kinds = answers.mnemonics(&ask, &all).await.unwrap();
    let kind = kinds.text(0, "mnemonic").to_owned();
    let expected = [
        (Which::Began, number(&overview, "began")),
        (Which::Ended, number(&durations, "n")),
        (Which::Overdue, number(&overview, "measured") - number(&overview, "within")),
        (Which::Waited, number(&waiting, "n")),
        (Which::Stage("denied".to_owned()), number(&refusals, "denied")),
        (Which::Rule(rule), broken),
        (Which::Exchange(kind), number(&kinds, "answered") + number(&kinds, "failed")),
        (Which::Failed, failed),
        (Which::Complained, number(&complaints, "applications")),
        (Which::Rated, number(&marks, "n")),
        (Which::Step(from.try_into().unwrap(), to.try_into().unwrap()), number(&transitions, "n")),
        (Which::Between(2, 3), number(&between, "n")),
    ];
    for (which, n) in expected {
        assert!(n > 0 || which == Which::Overdue, "{which:?}: the data have none");
        assert_eq!(answers.listed(&ask, &all, &which).await.unwrap(), n.unsigned_abs(), "{which:?}");
        let none = Allowed::Bodies(BTreeSet::new());
        assert_eq!(answers.listed(&ask, &none, &which).await.unwrap(), 0, "{which:?}");
        let rows = answers.list(&ask, &all, &which, (100_000, 0)).await.unwrap();
        assert_eq!(rows.rows.len() as u64, n.unsigned_abs());
        let part = answers.list(&ask, &all, &which, (3, 1)).await.unwrap();
        assert_eq!(part.rows, rows.rows.iter().skip(1).take(3).cloned().collect::<Vec<_>>());
        let values: Vec<f64> =
            (0..rows.rows.len()).filter_map(|row| rows.get(row, "value")?.number()).collect();
        match which {
            Which::Rated => assert!(values.is_sorted()),
            Which::Ended | Which::Overdue | Which::Waited | Which::Step(..) | Which::Between(..) => {
                assert!(values.is_sorted_by(|one, other| one >= other), "{which:?}");
            }
            _ => {}
        }
    }
    let longest = answers.list(&ask, &all, &Which::Ended, (1, 0)).await.unwrap();
    let request = longest.get(0, "request").unwrap().text().unwrap();
    let trace = answers.trace(request, &all).await.unwrap().unwrap();
    assert_eq!(trace.case.get(0, "total"), longest.get(0, "value"));
}

/// Bottlenecks and the map's ways against counts and means of transitions.
async fn ways(answers: &Answers, expected: &Value) {
    let mut counts = BTreeMap::<(i64, i64), i64>::new();
    let mut spent = Vec::new();
    for row in expected.as_array().unwrap() {
        let (from, to, n) = (whole(&row[1]), whole(&row[2]), whole(&row[3]));
        *counts.entry((from, to)).or_default() += n;
        spent.push((n as f64 * row[4].as_f64().unwrap(), text(&row[0]), from, to));
    }
    // Of each service its five longest, with their shares of its own time.
    let mut all = BTreeMap::<String, f64>::new();
    for (seconds, service, ..) in &spent {
        *all.entry(service.clone()).or_default() += seconds;
    }
    spent.sort_by(|one, other| (&one.1, other.0).partial_cmp(&(&other.1, one.0)).unwrap());
    let mut told = BTreeMap::<String, usize>::new();
    spent.retain(|(_, service, ..)| {
        let n = told.entry(service.clone()).or_default();
        *n += 1;
        *n <= 5
    });
    assert!(told.len() > 1 && told.values().any(|&n| n > 5), "something is left out: {told:?}");
    let sheet = answers.bottlenecks(&Ask::by(&[By::Service]), &Allowed::All, 5).await.unwrap();
    assert_eq!(sheet.rows.len(), spent.len());
    for (row, (seconds, service, from, to)) in spent.iter().enumerate() {
        let number = |name: &str| sheet.get(row, name).unwrap().number().unwrap();
        assert_eq!(sheet.get(row, "service"), Some(&Cell::Text(service.clone())));
        assert_eq!(sheet.get(row, "from_status").unwrap().whole(), Some(*from));
        assert_eq!(sheet.get(row, "to_status").unwrap().whole(), Some(*to));
        assert!((number("seconds") - seconds).abs() < 1.0);
        assert!((number("share") - seconds / all[service]).abs() < 1e-9);
    }
    let map = answers.map(&Ask::default(), &Allowed::All).await.unwrap();
    let found = map.edges.iter().map(|edge| ((edge.from.into(), edge.to.into()), edge.n));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), counts);
    assert!(map.edges.is_sorted_by_key(|edge| -edge.n));
}
