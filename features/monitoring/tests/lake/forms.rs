//! Every form in which a delivery may come gives the same lake (MON-8).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use otklik_kernel::{Instant, Zone};
use otklik_progress::check::{
    Checker, Claim, Collected, NoneKnown, Office, Offices, Options, Register, Sender,
};
use otklik_progress::delivery::Delivery;
use otklik_progress::reading::Source;
use otklik_progress::reference::Reference;

use crate::told::{contents, importer};
use written::{CANONICAL, Form, forms, package, wide};

#[path = "../../../progress/tests/it/written.rs"]
mod written;

/// 2026-11-24T20:00:00Z.
const RECEIVED: Instant = Instant(1_795_550_400_000_000);

/// Whoever the deliveries are about.
fn register() -> Register {
    let office = |code: &str, name: &str, region, zone: Option<&str>| Office {
        code: code.to_owned(),
        names: vec![name.to_owned()],
        region,
        zone: zone.map(|zone| Zone::find(zone).unwrap()),
    };
    let services = [("100", vec!["1", "2"]), ("101", vec![])].map(|(service, variants)| {
        (service.to_owned(), variants.into_iter().map(str::to_owned).collect::<BTreeSet<_>>())
    });
    Register {
        reference: Reference::built_in().clone(),
        services: BTreeMap::from(services),
        offices: Offices::new(vec![
            office("mfc-77-1", "МФЦ района Аэропорт", 77, None),
            office("mfc-14-1", "МФЦ Верхоянска", 14, Some("Asia/Vladivostok")),
        ]),
        senders: BTreeMap::from([("mfc-77".to_owned(), Sender::default())]),
    }
}

fn checked(register: &Register, source: Source) -> Delivery {
    let mut sink = Collected::new(100);
    let checker = Checker::new(register, Options::default());
    let checked = checker.check(source, &Claim::at(RECEIVED), &NoneKnown, &mut sink).unwrap();
    assert!(sink.problems.is_empty(), "{:?}", sink.problems);
    checked.delivery.unwrap()
}

fn of_package(register: &Register, form: Form) -> Delivery {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in package(form) {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    checked(register, Source::at(folder.path()).unwrap())
}

fn of_wide(register: &Register, form: Form) -> Delivery {
    checked(register, Source::bytes("mfc-77_2026-11-24_r1.csv", wide(form)).unwrap())
}

/// What a lake of its own says of a delivery.
async fn lake(delivery: Delivery, without: &[&str]) -> Vec<(String, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let importer = importer(folder.path());
    importer.import(&[delivery]).await.unwrap();
    contents(&importer, without).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon8_every_form_of_both_layouts_gives_the_same_lake() {
    // A row of a wide file holds what rows of a package's files say.
    const LINES: &[&str] = &["line"];
    let register = register();
    let expected = lake(of_package(&register, CANONICAL), &[]).await;
    let without_lines = lake(of_package(&register, CANONICAL), LINES).await;
    let counts: BTreeMap<&str, usize> =
        expected.iter().map(|(table, rows)| (table.as_str(), rows.len())).collect();
    let of = ["applications", "events", "payments", "ratings", "complaints", "cases"];
    assert_eq!(of.map(|table| counts[table]), [3, 9, 2, 1, 2, 3]);
    for form in forms() {
        let (folder, file) = (of_package(&register, form), of_wide(&register, form));
        let (folder, file) = tokio::join!(lake(folder, &[]), lake(file, LINES));
        assert_eq!(folder, expected, "{form:?}");
        assert_eq!(file, without_lines, "{form:?}");
    }
}
