//! Answers about what `otklik monitoring generate` makes: ten senders in four zones, wrong rows, corrections, days that
//! are late, empty or missing. Others work them out from the files as they were sent: DuckDB by SQL, pm4py by what it
//! mines from the events (MON-13).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use otklik_kernel::CivilDay;
use otklik_monitoring::answers::{Allowed, Answers, Ask, By, Cell, Sheet, stages};
use otklik_monitoring::derive::Rules;
use otklik_monitoring::ingest::Importer;
use otklik_monitoring::tables::FIGURES_OF;
use otklik_progress::generate::{Place, Plan};
use otklik_progress::reference::Reference;
use serde_json::Value;

use crate::inbox::Inbox;
use crate::oracle::{DUCKDB, EXACT, check};
use crate::python::{printed, python_with};
use crate::told::{now, rows};

/// Novosibirsk, Moscow, Kamchatka, Kaliningrad: from two to twelve hours east of Greenwich.
const REGIONS: [u16; 4] = [54, 77, 41, 39];

/// Two months, of each the part around its end and beginning.
fn plan() -> Plan {
    let place = |region: u16, kind: &str, number: u8| Place {
        region,
        body: format!("Орган {kind} № {number} региона {region}"),
        code: format!("{kind}-{region}-{number}"),
        is_centre: kind == "mfc",
    };
    let of = |region| [place(region, "ogv", 1), place(region, "ogv", 2), place(region, "mfc", 1)];
    let places = REGIONS.into_iter().flat_map(of).collect();
    Plan { faults: true, from: CivilDay(20_260_112), places, ..Plan::new(2_000, 35, 9) }
}

/// A lake that took the packages, which lie in `packages`; what was refused of them is told in `refused.csv`.
async fn taken(folder: &Path) -> Importer {
    let mut inbox = Inbox::new(&folder.join("lake"));
    let mut refused = String::new();
    for package in plan().packages() {
        let received = package.comes.plus_days(1).start_utc();
        let Some(problems) = inbox.take(&package.head.sender, &package.files, received).await else {
            continue;
        };
        let place = folder.join("packages").join(package.folder());
        fs::create_dir_all(&place).unwrap();
        for file in &package.files {
            fs::write(place.join(file.name), &file.bytes).unwrap();
        }
        for problem in problems {
            writeln!(refused, "{};{};{}", package.folder(), problem.file, problem.line).unwrap();
        }
    }
    assert!(refused.lines().count() > 20, "{refused}");
    fs::write(folder.join("refused.csv"), refused).unwrap();
    inbox.done().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon13_answers_about_generated_data_are_those_of_other_programs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let importer = taken(folder).await;
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lake");
    let (script, reference) = (format!("{here}/generated.py"), format!("{here}/../../../progress/data"));
    let events = folder.join("events.csv");
    let mut duckdb = Command::new(python_with(DUCKDB));
    duckdb
        .arg(script)
        .arg(folder.join("packages"))
        .arg(folder.join("refused.csv"))
        .arg(reference)
        .arg(&events);
    let expected: Value = serde_json::from_str(&printed(&mut duckdb)).unwrap();

    let rules = Arc::new(Rules::new(Reference::built_in().clone()));
    let snapshot = importer.lake().latest().await.unwrap();
    let of = Answers::of(importer.engine(), &snapshot, rules).await.unwrap();
    compare(&of.clone().exact_up_to(1_000_000), &expected, EXACT).await;
    compare(&of.clone().exact_up_to(0), &expected, 0.0101).await;

    let mined =
        printed(Command::new(python_with("pm4py==2.7.23.11")).arg(format!("{here}/mined.py")).arg(events));
    let mined: Value = serde_json::from_str(mined.lines().last().unwrap()).unwrap();
    let map = of.map(&Ask::default(), &Allowed::All).await.unwrap();
    let edge = |edge: &otklik_monitoring::answers::Edge| {
        let number = |value: Option<f64>| value.map_or(Cell::None, Cell::Real);
        let (mean, median) = (number(edge.mean), number(edge.median));
        vec![Cell::Whole(edge.from.into()), Cell::Whole(edge.to.into()), Cell::Whole(edge.n), mean, median]
    };
    let columns = ["from", "to", "n", "mean", "p50"];
    let found = Sheet {
        columns: columns.map(str::to_owned).into(),
        rows: map.edges.iter().map(edge).collect(),
        is_exact: map.is_exact,
    };
    assert!(found.rows.len() > 100, "{}", found.rows.len());
    check("follows", &found, &columns, &mined["follows"], EXACT);

    let text = |value: &Value| value.as_i64().map_or_else(|| value.to_string(), |number| number.to_string());
    let kept = expected["kept"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{}|{}|{}", row[0].as_str().unwrap(), text(&row[1]), text(&row[2])));
    let session = now(&importer).await;
    let query = "select request, total, paused from live_cases where known and total is not null";
    assert_eq!(rows(&session, query).await, kept.collect::<Vec<_>>());
    let totals = rows(&session, "select request, total from live_cases where total is not null").await;
    let seconds: BTreeMap<&str, f64> = mined["durations"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(of, value)| (of.as_str(), value.as_f64().unwrap()))
        .collect();
    assert_eq!(totals.len(), seconds.len());
    for row in &totals {
        let (request, total) = row.split_once('|').unwrap();
        assert!(
            (total.parse::<f64>().unwrap() - seconds[request]).abs() < 0.5,
            "{row}: {}",
            seconds[request]
        );
    }
}

async fn compare(answers: &Answers, expected: &Value, tolerance: f64) {
    use By::{Body, Channel, Day, Month, Region, Service, Variant};
    const SPREAD: [&str; 6] = ["n", "mean", "p50", "p75", "p90", "p95"];
    const ENDS: [&str; 6] = ["active_mean", "active_p50", "active_p95", "measured", "within", "within_share"];
    let all = &Allowed::All;
    let check = |name: &str, ask: &Ask, sheet: &Sheet, more: [&[&str]; 2]| {
        let keys: Vec<&str> = ask.by.iter().map(|by| by.word()).collect();
        assert!(
            expected[name].as_array().is_some_and(|rows| rows.len() > 1),
            "{name}: there is little to compare"
        );
        check(name, sheet, &[&keys, more[0], more[1]].concat(), &expected[name], tolerance);
    };
    for (name, by) in [("durations", [Service, Region]), ("durations_by_month", [Variant, Month])] {
        let ask = Ask::by(&by);
        check(name, &ask, &answers.durations(&ask, all).await.unwrap(), [&SPREAD, &ENDS]);
    }
    let ask = Ask::by(&[Body]);
    check("between", &ask, &answers.between(&ask, all, 2, 3).await.unwrap(), [&SPREAD, &[]]);
    for (name, by) in [("transitions", &[Service][..]), ("transitions_by_month", &[Region, Month])] {
        let ask = Ask::by(by);
        let sheet = answers.transitions(&ask, all).await.unwrap();
        check(name, &ask, &sheet, [&["from_status", "to_status"], &SPREAD]);
    }
    let queue = ["within", "measured", "within_share", "called_mean"];
    for (name, by) in [("waiting", &[Body][..]), ("waiting_by_month", &[Channel, Month])] {
        let ask = Ask::by(by);
        check(name, &ask, &answers.waiting(&ask, all).await.unwrap(), [&SPREAD, &queue]);
    }
    let stopped: Vec<&str> = std::iter::once("began").chain(stages()).collect();
    assert_eq!(stopped.len(), 10);
    for (name, by) in [("refusals", &[Region][..]), ("refusals_by_month", &[Month, Variant])] {
        let ask = Ask::by(by);
        check(name, &ask, &answers.refusals(&ask, all).await.unwrap(), [&stopped, &[]]);
    }
    let shares = ["digital_share", "within_share", "broken_share", "mean_seconds"];
    for (name, by) in [
        ("overview", &[Month, Region][..]),
        ("overview_by_day", &[Day, Channel]),
        ("overview_by_variant", &[Variant]),
    ] {
        let ask = Ask::by(by);
        check(name, &ask, &answers.overview(&ask, all).await.unwrap(), [&FIGURES_OF, &shares]);
    }
    let exchange = ["answered", "failed", "failed_share"];
    let ask = Ask::by(&[Body]);
    check("interagency", &ask, &answers.interagency(&ask, all).await.unwrap(), [&exchange, &SPREAD]);
    let ask = Ask::by(&[Month]);
    let sheet = answers.mnemonics(&ask, all).await.unwrap();
    check("mnemonics", &ask, &sheet, [&["mnemonic"], &[&exchange[..], &SPREAD].concat()]);
    let marks = ["n", "mean", "mark_1", "mark_2", "mark_3", "mark_4", "mark_5"];
    let complained = ["began", "accepted", "upheld", "rejected", "applications", "per_thousand"];
    for (key, end) in [(Service, ""), (Month, "_by_month")] {
        let ask = Ask::by(&[key]);
        let sheet = answers.satisfaction(&ask, all).await.unwrap();
        check(&format!("satisfaction{end}"), &ask, &sheet, [&marks, &[]]);
        let sheet = answers.complaints(&ask, all).await.unwrap();
        check(&format!("complaints{end}"), &ask, &sheet, [&complained, &[]]);
    }
    let ask = Ask::by(&[Channel]);
    let named = ["criterion", "n", "rated", "mean", "mean_mark"];
    check("criteria", &ask, &answers.criteria(&ask, all).await.unwrap(), [&named, &[]]);
    let mut sheet = answers.conformance(&Ask::by(&[Month]), all).await.unwrap();
    let n = sheet.column("n").unwrap();
    sheet.rows.retain(|row| row[n] != Cell::Whole(0));
    assert!(sheet.rows.len() > 5, "rules are broken: {:?}", sheet.rows);
    check("conformance", &Ask::by(&[Month]), &sheet, [&["rule", "n"], &[]]);
}
