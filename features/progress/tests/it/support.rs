//! A register of a few bodies and services, and small deliveries.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use otklik_kernel::{Instant, Zone};
use otklik_progress::check::{
    Checked, Checker, Claim, Collected, Known, NoneKnown, Office, Offices, Options, Policy, Problem,
    Register, Sender,
};
use otklik_progress::delivery::Delivery;
use otklik_progress::model::Item;
use otklik_progress::reading::{Limits, Source};
use otklik_progress::reference::Reference;

pub use crate::written::description;

/// 2026-11-24T20:00:00Z: eleven in the evening in Moscow.
pub const RECEIVED: Instant = Instant(1_795_550_400_000_000);

/// What deliveries of these tests are checked against.
pub fn register() -> Register {
    let office = |code: &str, name: &str, region: u16, zone: Option<&str>| Office {
        code: code.to_owned(),
        names: vec![name.to_owned()],
        region,
        zone: zone.map(|zone| Zone::find(zone).unwrap()),
    };
    let services = [("100", vec!["1", "2"]), ("101", vec![])].map(|(service, variants)| {
        (service.to_owned(), variants.into_iter().map(str::to_owned).collect::<BTreeSet<_>>())
    });
    let own = [("Талон выдан", 1003), ("Вызван", 1004)].map(|(name, code)| (name.to_owned(), code));
    let sender = Sender { statuses: HashMap::from(own), policy: Policy::GoodRows, ..Sender::default() };
    Register {
        reference: Reference::built_in().clone(),
        services: services.into_iter().collect(),
        offices: Offices::new(vec![
            office("mfc-77-1", "МФЦ района Аэропорт", 77, None),
            office("mfc-14-1", "МФЦ Верхоянска", 14, Some("Asia/Vladivostok")),
        ]),
        senders: [
            ("mfc-77".to_owned(), sender),
            ("strict".to_owned(), Sender::default()),
            ("ten".to_owned(), Sender { scale: 0..=10, ..Sender::default() }),
        ]
        .into(),
    }
}

/// Limits small enough to be reached by small files.
pub fn small() -> Limits {
    Limits {
        bytes: 20_000,
        rows: 50,
        files: 8,
        ratio: 20,
        unpacked: 1000,
        csv: otklik_csv::Limits { field: 500, record: 2000, columns: 200, block: 1 << 16 },
        ..Limits::default()
    }
}

/// Checks a delivery; its problems in order.
pub fn check(source: Source, limits: Limits, known: &dyn Known) -> (Checked, Vec<Problem>) {
    check_claimed(source, limits, known, &Claim::at(RECEIVED))
}

/// Checks a delivery of which the call says something.
pub fn check_claimed(
    source: Source,
    limits: Limits,
    known: &dyn Known,
    claim: &Claim,
) -> (Checked, Vec<Problem>) {
    let register = register();
    let checker = Checker::new(&register, Options { limits, threads: 2 });
    let mut sink = Collected::new(10_000);
    let checked = checker.check(source, claim, known, &mut sink).unwrap();
    assert_eq!(sink.count, checked.errors + checked.warnings);
    (checked, sink.sorted())
}

/// Checks a file alone.
pub fn check_file(name: &str, bytes: Vec<u8>) -> (Checked, Vec<Problem>) {
    check(Source::bytes(name, bytes).unwrap(), Limits::default(), &NoneKnown)
}

/// Checks files as a folder.
pub fn check_folder(files: &[(&str, Vec<u8>)]) -> (Checked, Vec<Problem>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    check(Source::at(folder.path()).unwrap(), Limits::default(), &NoneKnown)
}

/// Codes with lines.
pub fn codes(problems: &[Problem]) -> Vec<(u32, &'static str)> {
    problems.iter().map(|problem| (problem.line, problem.code.code())).collect()
}

/// Everything that a delivery holds, in an order that doesn't depend on its form.
pub fn shown(delivery: &Delivery) -> String {
    let text = |number: u32| delivery.texts.get(number);
    let mut lines = Vec::new();
    let of = &delivery.applications;
    for row in 0..of.line.len() {
        let words =
            [of.request[row], of.service[row], of.variant[row], of.topic[row], of.mnemonic[row]].map(text);
        let office = [of.body[row], of.body_code[row], of.applicant[row]].map(text);
        lines.push(format!(
            "application {words:?} {} {} {} {office:?} {} {} {}",
            of.channel_in[row], of.channel_out[row], of.region[row], of.sex[row], of.age[row], of.ogrn[row]
        ));
    }
    let of = &delivery.events;
    for row in 0..of.line.len() {
        let item = Item::of(of.item[row]).map(|item| item.to_string());
        lines.push(format!(
            "event {} {} {item:?} {} {} {} {}",
            text(of.request[row]),
            of.process[row],
            of.status[row],
            Instant(of.at[row]).iso(),
            of.offset[row],
            text(of.mnemonic[row])
        ));
    }
    let of = &delivery.payments;
    for row in 0..of.line.len() {
        let at = Instant(of.at[row]).iso();
        lines.push(format!("payment {} {} {at} {}", text(of.request[row]), of.event[row], of.offset[row]));
    }
    let of = &delivery.ratings;
    for row in 0..of.line.len() {
        let at = Instant(of.at[row]).iso();
        let words = [of.request[row], of.criteria[row], of.comment[row]].map(text);
        lines.push(format!("rating {words:?} {at} {} {}", of.mark[row], of.offset[row]));
    }
    let of = &delivery.complaints;
    for row in 0..of.line.len() {
        let at = Instant(of.at[row]).iso();
        let words = [of.request[row], of.complaint[row]].map(text);
        lines.push(format!("complaint {words:?} {} {at} {}", of.event[row], of.offset[row]));
    }
    lines.sort();
    let mut all = format!("{:?}\n", delivery.head);
    for service in &delivery.services {
        writeln!(all, "{service:?}").unwrap();
    }
    all + &lines.join("\n")
}

/// Problems as lines of a report.
pub fn listed(problems: &[Problem]) -> String {
    let lang = otklik_locale::Lang::default();
    let mut all = String::new();
    for problem in problems {
        let Problem { file, line, column, field, code, value, .. } = problem;
        writeln!(all, "{file}:{line}:{column} {} {field:?} {value:?}", code.code()).unwrap();
        writeln!(all, "    {}", problem.message(lang)).unwrap();
    }
    all
}
