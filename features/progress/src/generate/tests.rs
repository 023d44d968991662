//! Generated data: repeatable, believable, in the allowed order, with faults where they are told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::*;
use crate::model::Process;
use crate::reference::Reference;

/// Rows of a file of all packages, as fields by name.
fn rows<'p>(packages: &'p [Package], name: &str) -> Vec<HashMap<String, String>> {
    let files = packages.iter().flat_map(|package| &package.files).filter(|file| file.name == name);
    let read = |file: &'p crate::print::File| {
        let text = &file.bytes[3..];
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text);
        reader.deserialize().map(|row| row.unwrap()).collect::<Vec<HashMap<String, String>>>()
    };
    files.flat_map(read).collect()
}

fn moment(row: &HashMap<String, String>) -> String {
    let date = &row["date"];
    format!("{}{}{} {}", &date[6..], &date[3..5], &date[..2], row["time"])
}

/// Events of each application in the order of time.
fn traces(packages: &[Package]) -> BTreeMap<String, Vec<(Process, i16)>> {
    let mut traces: BTreeMap<String, Vec<(String, Process, i16)>> = BTreeMap::new();
    for row in rows(packages, "events.csv") {
        let event = (moment(&row), Process::find(&row["process"]).unwrap(), row["status"].parse().unwrap());
        traces.entry(row["request_id"].clone()).or_default().push(event);
    }
    let in_order = |(request, mut events): (String, Vec<(String, Process, i16)>)| {
        events.sort_by(|one, other| one.0.cmp(&other.0));
        (request, events.into_iter().map(|(_, process, status)| (process, status)).collect())
    };
    traces.into_iter().map(in_order).collect()
}

#[test]
fn mon16_a_plan_repeats_itself_and_another_seed_differs() {
    let plan = Plan::new(600, 12, 5);
    let files =
        |plan: &Plan| plan.packages().map(|package| (package.folder(), package.files)).collect::<Vec<_>>();
    assert!(files(&plan) == files(&plan));
    assert!(files(&plan) != files(&Plan { seed: 6, ..plan.clone() }));
    let folders: BTreeSet<String> = plan.packages().map(|package| package.folder()).collect();
    assert_eq!(folders.len(), 12 * 6, "two regions with two senders each, the portal, the ministry's system");
}

#[test]
fn mon14_clean_data_keep_to_the_order_and_have_every_process_and_most_statuses() {
    let packages: Vec<Package> = Plan::new(12_000, 60, 1).packages().collect();
    let reference = Reference::built_in();
    let mut used: BTreeSet<(Process, i16)> = BTreeSet::new();
    let traces = traces(&packages);
    for (request, events) in &traces {
        let findings = reference.order.check(events.iter().copied());
        let told: Vec<&str> =
            findings.iter().map(|found| reference.order.rule(found.rule).unwrap().name.as_str()).collect();
        assert!(findings.is_empty(), "{request}: {told:?} in {events:?}");
        used.extend(events);
    }
    assert_eq!(traces.len(), 12_000);
    let unused: Vec<_> = reference
        .mapping
        .cells()
        .iter()
        .filter(|cell| !used.contains(&(cell.process, cell.status.0)))
        .map(|cell| (cell.process, cell.status.0))
        .collect();
    assert!(unused.len() <= 16, "{unused:?}");
    assert!(packages.iter().all(|package| package.planted.is_empty()));
}

#[test]
fn mon1_applications_are_told_by_several_senders_and_known_before_their_events() {
    let packages: Vec<Package> = Plan::new(5_000, 40, 2).packages().collect();
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    let mut results = 0;
    let mut senders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in &packages {
        let one = std::slice::from_ref(package);
        let mut today = BTreeSet::new();
        for row in rows(one, "applications.csv") {
            results += usize::from(!row["channel_out"].is_empty());
            assert!(today.insert(row["request_id"].clone()), "one row of an application in a package");
            known.insert((package.head.sender.clone(), row["request_id"].clone()));
        }
        for name in ["events.csv", "payments.csv", "ratings.csv", "complaints.csv"] {
            for row in rows(one, name) {
                let request = row["request_id"].clone();
                assert!(
                    known.contains(&(package.head.sender.clone(), request.clone())),
                    "{request} in {name}"
                );
                senders.entry(request).or_default().insert(package.head.sender.clone());
            }
        }
    }
    assert!(results > 1_000, "{results}");
    let several = |count: usize| senders.values().filter(|senders| senders.len() == count).count();
    assert!(several(2) > 300 && several(3) > 20, "{} {}", several(2), several(3));
    assert!(rows(&packages, "payments.csv").len() > 500);
    assert!(rows(&packages, "ratings.csv").len() > 200);
    assert!(rows(&packages, "complaints.csv").len() > 10);
    let repeated = traces(&packages)
        .values()
        .filter(|events| events.iter().filter(|(_, status)| *status == 1010).count() > 1)
        .count();
    assert!(repeated > 300, "{repeated}");
}

#[test]
fn mon10_faults_are_where_the_manifest_tells() {
    let plan = Plan { faults: true, ..Plan::new(20_000, 50, 3) };
    let mut made = plan.packages();
    let packages: Vec<Package> = made.by_ref().collect();
    let others = made.faults();
    let clean: HashMap<(String, u32), Package> =
        Plan { faults: false, ..plan }.packages().map(|package| ((package.folder(), 1), package)).collect();
    assert!(!clean.is_empty());
    let mut kinds = BTreeSet::new();
    for planted in packages.iter().flat_map(|package| &package.planted).chain(&others) {
        kinds.insert(planted.kind);
    }
    let expected = faults::KINDS.iter().map(|kind| kind.0);
    let expected: BTreeSet<&str> =
        expected.chain(["late", "missing", "empty", "corrected", "order"]).collect();
    assert_eq!(kinds, expected);
    for package in &packages {
        for planted in package.planted.iter().filter(|planted| planted.line > 0) {
            let file = package.files.iter().find(|file| file.name == planted.file).unwrap();
            let text = std::str::from_utf8(&file.bytes).unwrap().trim_start_matches('\u{feff}');
            let lines: Vec<&str> = text.split("\r\n").collect();
            let column = lines[0].split(';').position(|name| name == planted.field).unwrap();
            assert_eq!(lines[planted.line as usize - 1].split(';').nth(column), Some(planted.value.as_str()));
        }
    }
    let revisions = packages.iter().filter(|package| package.head.revision == 2).count();
    assert!(revisions > 5, "{revisions}");
    let traces =
        traces(&packages.into_iter().filter(|package| package.planted.is_empty()).collect::<Vec<_>>());
    let order = &Reference::built_in().order;
    let out_of_order = others.iter().filter(|planted| planted.kind == "order");
    let found = out_of_order.clone().filter(|planted| {
        traces.get(&planted.request).is_some_and(|events| order.broken(events.iter().copied()) != 0)
    });
    assert!(found.count() * 10 > out_of_order.count() * 8);
}
