//! Whatever order deliveries come in, late, corrected, replaced, in whatever groups: the lake says the same
//! (MON-1, MON-11; invariant 10).

use otklik_monitoring::ingest::{Importer, Verdict};
use otklik_monitoring::upkeep::{compact, compact_by, rebuild, take_gone_away, verify};
use otklik_progress::delivery::Delivery;
use otklik_progress::model::Channel;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::told::{Told, contents, importer};

/// 2026-03-02 09:00 UTC.
const START: i64 = 1_772_442_000;

/// Events worth mixing: decisions, pauses, interagency, queue, planned, out of order.
const STATUSES: [i16; 16] = [2, 1, 6, 14, 1020, 1010, 1011, 1012, 3, 4, 1015, 1003, 1004, 1007, 1002, 1023];

#[derive(Clone, Debug)]
struct Row {
    request: u8,
    /// Events when it has some, an application otherwise.
    events: Vec<(u8, u8, u8)>,
    body: u8,
}

#[derive(Clone, Debug)]
struct Day {
    sender: u8,
    day: u8,
    /// Revisions, in order; the last one holds.
    revisions: Vec<Vec<Row>>,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let event = (1..=4_u8, 0..STATUSES.len() as u8, 0..40_u8);
    let row = (0..6_u8, prop::collection::vec(event, 0..6), 0..2_u8)
        .prop_map(|(request, events, body)| Row { request, events, body });
    prop::collection::vec(row, 0..8)
}

fn days() -> impl Strategy<Value = Vec<Day>> {
    let revisions =
        || prop_oneof![3 => prop::collection::vec(rows(), 1), 1 => prop::collection::vec(rows(), 2..=3)];
    let all = (0..2_u8).flat_map(|sender| (0..3_u8).map(move |day| (sender, day))).collect::<Vec<_>>();
    let days: Vec<_> = all
        .into_iter()
        .map(|(sender, day)| revisions().prop_map(move |revisions| Day { sender, day, revisions }))
        .collect();
    days
}

fn delivery(day: &Day, revision: usize) -> Delivery {
    let sender = ["Ж", "А"][usize::from(day.sender)];
    let mut told = Told::new(sender, 20_260_302 + i32::from(day.day), revision as u32 + 1, 7);
    for row in &day.revisions[revision] {
        let request = format!("З-{}", row.request);
        if row.events.is_empty() || row.request % 2 == 0 {
            let channel = if row.request < 3 { Channel::Epgu } else { Channel::Mfc };
            told.application(
                &request,
                ["S1", "S2"][usize::from(row.request % 2)],
                27,
                ["B1", "B2"][usize::from(row.body)],
                channel,
            );
        }
        for (process, status, at) in &row.events {
            let status = STATUSES[usize::from(*status)];
            let mnemonic =
                if (1010..=1012).contains(&status) { ["", "СНИЛС"][usize::from(at % 2)] } else { "" };
            let at = START + i64::from(day.day) * 86_400 + (i64::from(*at) - 10) * 9_000;
            told.event(&request, *process, status, at, mnemonic);
        }
    }
    told.0
}

/// Imports deliveries in groups of random sizes.
async fn import(importer: &Importer, deliveries: Vec<Delivery>, sizes: &[usize]) {
    let mut rest = deliveries.as_slice();
    for size in sizes.iter().cycle() {
        // A group takes one revision of a sender's day only.
        let mut take = 0;
        let mut heads = std::collections::HashSet::new();
        while take < rest.len().min(*size) && heads.insert((&rest[take].head.sender, rest[take].head.day)) {
            take += 1;
        }
        if rest.is_empty() {
            break;
        }
        let (group, after) = rest.split_at(take);
        for verdict in importer.import(group).await.unwrap() {
            assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        }
        rest = after;
    }
}

/// Rows that only one of two lakes has.
fn differences(found: &[(String, Vec<String>)], expected: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    for ((name, found), (_, expected)) in found.iter().zip(expected) {
        let only = |one: &[String], other: &[String]| {
            let mut rest = other.to_vec();
            let is_extra = |row: &&String| match rest.iter().position(|other| other == *row) {
                Some(place) => {
                    rest.swap_remove(place);
                    false
                }
                None => true,
            };
            one.iter().filter(is_extra).cloned().collect::<Vec<_>>()
        };
        for (sign, rows) in [("+", only(found, expected)), ("-", only(expected, found))] {
            rows.iter().for_each(|row| text += &format!("{sign} {name}: {row}\n"));
        }
    }
    text
}

#[test]
fn mon11_any_order_of_deliveries_gives_what_a_rebuild_gives() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let cases = if std::env::var_os("OTKLIK_SOAK").is_some() { 150 } else { 12 };
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let sizes = prop::collection::vec(1..4_usize, 1..4);
    let keys = prop::collection::vec(any::<u32>(), 18);
    runner
        .run(&(days(), keys, sizes, 0..3_u8), |(days, keys, sizes, then)| {
            runtime.block_on(async {
                // Once in a random order, revisions of a day in theirs.
                let mixed_folder = tempfile::tempdir().unwrap();
                let mixed = importer(mixed_folder.path());
                let mut all: Vec<(u32, Delivery)> = Vec::new();
                for (place, day) in days.iter().enumerate() {
                    let mut own: Vec<u32> = (0..day.revisions.len()).map(|r| keys[place * 3 + r]).collect();
                    own.sort_unstable();
                    all.extend(own.into_iter().enumerate().map(|(r, key)| (key, delivery(day, r))));
                }
                all.sort_by_key(|(key, _)| *key);
                let all: Vec<Delivery> = all.into_iter().map(|(_, delivery)| delivery).collect();
                let (first, second) = all.split_at(all.len() / 2);
                for half in [first, second] {
                    import(&mixed, half.to_vec(), &sizes).await;
                    match then {
                        0 => {}
                        1 => drop(compact_by(mixed.lake(), mixed.engine(), 5).await.unwrap()),
                        _ => drop(take_gone_away(mixed.lake(), mixed.engine(), 0).await.unwrap()),
                    }
                }
                // Once what holds in the end only, all together.
                let plain_folder = tempfile::tempdir().unwrap();
                let plain = importer(plain_folder.path());
                let last = days.iter().map(|day| delivery(day, day.revisions.len() - 1)).collect();
                import(&plain, last, &[100]).await;
                let expected = contents(&plain, &[]).await;
                let found = contents(&mixed, &[]).await;
                prop_assert_eq!(differences(&found, &expected), "", "mixed");
                let verified = verify(&mixed).await.unwrap();
                prop_assert!(verified.ok, "mixed: {:?}", verified);
                // Made anew from what was delivered it is still the same, and sound.
                rebuild(&mixed).await.unwrap();
                let rebuilt = contents(&mixed, &[]).await;
                prop_assert_eq!(differences(&rebuilt, &expected), "", "rebuilt");
                compact(mixed.lake(), mixed.engine()).await.unwrap();
                let packed = contents(&mixed, &[]).await;
                prop_assert_eq!(differences(&packed, &expected), "", "compacted");
                let verified = verify(&mixed).await.unwrap();
                prop_assert!(verified.ok, "{:?}", verified);
                Ok(())
            })
        })
        .unwrap();
}
