//! Receipts in the database and in the lake.

#[path = "../lake/told.rs"]
#[expect(dead_code, reason = "the tests of the lake use more of it")]
pub mod told;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::StatusCode;
use futures_util::TryStreamExt as _;
use otklik_db::sql;
use otklik_jobs::PeriodicJob as _;
use otklik_kernel::{CivilDay, Clock as _, Instant};
use otklik_monitoring::bulk::{Bulk, Said};
use otklik_monitoring::deliveries::completeness::days;
use otklik_monitoring::deliveries::depot::Part;
use otklik_monitoring::deliveries::report::{self, Finding};
use otklik_monitoring::deliveries::restore::{Found, restore};
use otklik_monitoring::deliveries::store::{self, Decision};
use otklik_monitoring::deliveries::work::Work;
use otklik_monitoring::deliveries::{Counts, Delivery, State, Way};
use otklik_monitoring::ingest::{Verdict, version_of};
use otklik_monitoring::senders;
use otklik_progress::generate::Plan;
use otklik_progress::model::Channel;
use sea_orm::ConnectionTrait as _;

use self::told::Told;
use crate::site::{DAY, SYSTEM, Site, with};

const TRACE: &str = "0123456789abcdef";

fn data(code: &str, day: i32, revision: u32) -> Told {
    let mut told = Told::new(code, day, revision, 1);
    told.application("1-2", "100", 27, "2700", Channel::ALL[0]);
    for step in 0..i64::from(revision) + 1 {
        told.event("1-2", 1, 2, 1_795_000_000 + i64::from(day % 100) * 86_400 + step, "");
    }
    told
}

/// Takes a delivery into the lake and the database, as an import does.
pub async fn take(site: &Site, told: &Told) {
    let now = site.t.clock.now();
    take_as(site, told, (Way::Command, "command"), |row| row.received_at = now).await;
}

/// The same, by a way and with what else is known of it.
async fn take_as(site: &Site, told: &Told, way: (Way, &str), more: impl FnOnce(&mut Delivery)) {
    let importer = site.monitoring.hub.importer().await.unwrap();
    let (head, now) = (&told.0.head, site.t.clock.now());
    let sender = senders::store::find_by_code(site.t.db.read(), &SYSTEM, &head.sender).await.unwrap();
    let digest = otklik_kernel::code::hex(&told.0.digest);
    let came = (head.day, head.revision);
    let mut row = Delivery {
        state: State::Checking,
        started_at: Some(now),
        attempts: 1,
        ..Delivery::new(site.ctx.new_id(), &sender.unwrap(), came, &digest, way, now)
    };
    let (applications, events) = (&told.0.applications.request, &told.0.events.request);
    let (applications, events) = (applications.len() as i64, events.len() as i64);
    let rows = applications + events;
    row.counts = Counts { rows_read: rows, rows_taken: rows, applications, events, ..Counts::default() };
    more(&mut row);
    let counts = row.counts;
    let state = match rows {
        0 => State::Empty,
        _ if counts.errors > 0 => State::Partly,
        _ => State::Accepted,
    };
    let group = std::slice::from_ref(&told.0);
    let verdict = importer.import_as(group, &[Some(row.came(state, counts))]).await.unwrap().pop().unwrap();
    let Verdict::Accepted(receipt) = verdict else { panic!("{verdict:?}") };
    let decision = Decision { state, counts, commit: Some(version_of(&receipt)), problem: String::new() };
    let tx = site.t.db.begin().await.unwrap();
    store::insert(&tx, &row).await.unwrap();
    store::decide(&tx, &row, &decision, now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn execute(site: &Site, text: &str) {
    let tx = site.t.db.begin().await.unwrap();
    assert!(tx.execute_raw(sql(&tx, text, [])).await.unwrap().rows_affected() > 0, "{text}");
    tx.commit().await.unwrap();
}

/// All rows by sender, day and revision, with and without their numbers.
async fn rows(site: &Site) -> (Vec<Delivery>, Vec<Delivery>) {
    let mut all = store::all(site.t.db.read()).await.unwrap();
    all.sort_by_key(|row| (row.code.clone(), row.day, row.revision));
    let mut bare = all.clone();
    for row in &mut bare {
        row.replaced_by = row.replaced_by.map(|id| {
            let by = all.iter().find(|one| one.id == id).unwrap();
            i64::from(by.revision)
        });
        row.id = 0;
    }
    (all, bare)
}

#[test]
fn mon11_receipts_are_restored_from_the_lake_and_nothing_is_dropped() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        for (day, revision) in [(DAY.0 - 2, 1), (DAY.0 - 1, 1), (DAY.0 - 1, 2), (DAY.0, 1)] {
            take(&site, &data("r27", day, revision)).await;
        }
        take(&site, &Told::new("r27", DAY.0 - 3, 1, 1)).await;
        let sender = senders::store::find_by_code(site.t.db.read(), &SYSTEM, "r27").await.unwrap().unwrap();
        let calendar = |rows: &[Delivery]| -> Vec<_> {
            let span = (DAY.plus_days(-5), DAY);
            days(&sender, span, rows, site.t.clock.now()).into_iter().map(|day| day.mark).collect()
        };
        let again = async || restore(&site.ctx, &site.monitoring.hub, TRACE).await.unwrap();
        let before = rows(&site).await;
        let done = again().await;
        assert!(done.ok && done.added.is_empty() && done.changed.is_empty(), "{done:?}");
        assert_eq!(done.receipts, 5);

        // Altered ones keep their numbers.
        for change in [
            "state = 'rejected', problem = 'revision', commit_number = NULL WHERE revision = 2",
            "state = 'accepted', replaced_by = NULL WHERE revision = 1 AND state = 'replaced'",
            "digest = 'other', events = 7 WHERE day = 20261121",
            "day = 20261117 WHERE day = 20261118",
        ] {
            execute(&site, &format!("UPDATE monitoring_deliveries SET {change}")).await;
        }
        let done = again().await;
        assert!(done.ok && done.added.is_empty(), "{done:?}");
        assert_eq!(done.changed.len(), 4, "{done:?}");
        assert_eq!(rows(&site).await.0, before.0);

        // Lost ones are as before.
        execute(&site, "DELETE FROM monitoring_deliveries WHERE day >= 20261120").await;
        let done = again().await;
        assert!(done.ok && done.changed.is_empty() && done.added.len() == 3, "{done:?}");
        let after = rows(&site).await;
        let untimed = |mut rows: Vec<Delivery>| {
            for row in &mut rows {
                (row.started_at, row.finished_at) = (None, None);
            }
            rows
        };
        assert_eq!(untimed(after.0.clone()), untimed(before.0.clone()));
        assert_eq!(calendar(&after.0), calendar(&before.0));
        assert_eq!(site.journal().await.iter().filter(|one| *one == "deliveries.restore").count(), 7);
        assert_eq!(again().await.added, []);
        assert_eq!(rows(&site).await, after);

        // What can't be restored, and what the lake doesn't have, is told and stays.
        execute(&site, "DELETE FROM monitoring_deliveries WHERE day = 20261121").await;
        execute(&site, "UPDATE monitoring_senders SET code = 'new'").await;
        let row = Delivery { id: 1, day: DAY.plus_days(-9), digest: "none".into(), ..after.0[0].clone() };
        let tx = site.t.db.begin().await.unwrap();
        store::insert(&tx, &Delivery { commit: Some(99), ..row }).await.unwrap();
        tx.commit().await.unwrap();
        let kept = rows(&site).await;
        let done = again().await;
        assert!(!done.ok && done.added.is_empty() && done.changed.is_empty(), "{done:?}");
        assert_eq!((done.no_sender.len(), done.not_in_lake.len()), (1, 1), "{done:?}");
        assert_eq!(rows(&site).await, kept);
    });
}

#[test]
fn mon11_an_older_copy_of_the_database_gets_what_the_lake_took_since() {
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        take(&site, &data("r27", DAY.0 - 1, 1)).await;
        take(&site, &data("r27", DAY.0, 1)).await;
        let copy = rows(&site).await.0;
        take(&site, &data("r27", DAY.0 - 1, 2)).await;
        take(&site, &data("r27", DAY.0 - 1, 3)).await;
        take(&site, &data("r27", DAY.0 - 2, 1)).await;
        let last = rows(&site).await;

        execute(&site, "DELETE FROM monitoring_deliveries").await;
        let tx = site.t.db.begin().await.unwrap();
        for row in &copy {
            store::insert(&tx, row).await.unwrap();
        }
        tx.commit().await.unwrap();
        let done = restore(&site.ctx, &site.monitoring.hub, TRACE).await.unwrap();
        assert!(done.ok && done.not_in_lake.is_empty(), "{done:?}");
        let told = |all: &[Found]| all.iter().map(|one| (one.day.clone(), one.revision)).collect::<Vec<_>>();
        let day = |back: i32| DAY.plus_days(-back).to_string();
        assert_eq!(told(&done.changed), [(day(1), 1)], "its first revision holds no longer");
        assert_eq!(told(&done.added), [(day(1), 2), (day(1), 3), (day(2), 1)]);

        let after = rows(&site).await;
        let untimed = |rows: &[Delivery]| -> Vec<Delivery> {
            rows.iter().map(|row| Delivery { started_at: None, finished_at: None, ..row.clone() }).collect()
        };
        assert_eq!(untimed(&after.0), untimed(&last.0));
        for row in &copy {
            assert!(after.0.iter().any(|one| (one.id, &one.digest) == (row.id, &row.digest)), "{row:?}");
        }
    });
}

#[test]
fn mon11_a_lost_receipt_comes_back_with_its_number_state_and_time() {
    with(async |site| {
        site.sender("r27", "2700", "good_rows").await;
        let hours = |hours: i64| site.t.clock.now().plus(-hours * Instant::HOUR);
        take_as(&site, &data("r27", DAY.0 - 3, 1), (Way::Api, "r27"), |row| {
            (row.received_at, row.file, row.bytes) = (hours(80), "день.zip".to_owned(), 12_345);
            (row.counts.errors, row.counts.warnings, row.counts.rows_read) = (7, 2, row.counts.rows_read + 7);
        })
        .await;
        take_as(&site, &data("r27", DAY.0 - 2, 1), (Way::Command, "command"), |row| {
            row.received_at = hours(50);
            row.counts.errors = 1;
        })
        .await;
        take(&site, &data("r27", DAY.0 - 2, 2)).await;
        take_as(&site, &data("r27", DAY.0, 1), (Way::Page, "officer"), |row| row.received_at = hours(1))
            .await;
        take(&site, &Told::new("r27", DAY.0 - 1, 1, 1)).await;
        let before = rows(&site).await.0;
        let states: Vec<State> = before.iter().map(|row| row.state).collect();
        assert_eq!(states, [State::Partly, State::Replaced, State::Accepted, State::Empty, State::Accepted]);
        execute(&site, "DELETE FROM monitoring_deliveries").await;
        let done = restore(&site.ctx, &site.monitoring.hub, TRACE).await.unwrap();
        assert!(done.ok && done.added.len() == 5, "{done:?}");
        assert_eq!(known(rows(&site).await.0), known(before));
        let page = format!("/admin/monitoring/deliveries/{}", rows(&site).await.0[4].id);
        site.get("near", &page).await.expect(StatusCode::OK).says("на странице").hides("на странице, ");
        assert!(restore(&site.ctx, &site.monitoring.hub, TRACE).await.unwrap().added.is_empty());
        // A commit of before says nothing of its receipts.
        let importer = site.monitoring.hub.importer().await.unwrap();
        importer.import(&[data("r27", DAY.0 - 4, 1).0]).await.unwrap();
        let done = restore(&site.ctx, &site.monitoring.hub, TRACE).await.unwrap();
        assert!(done.ok && done.added.len() == 1, "{done:?}");
        let row = rows(&site).await.0.remove(0);
        assert_eq!((row.state, Some(row.received_at)), (State::Accepted, row.finished_at));
    });
}

/// Rows as far as the lake knows them: when a check began and ended it doesn't, nor who sent them by the page.
fn known(mut rows: Vec<Delivery>) -> Vec<Delivery> {
    for row in &mut rows {
        (row.started_at, row.finished_at) = (None, None);
        if row.way == Way::Page {
            row.received_by.clear();
        }
    }
    rows
}

#[test]
fn mon11_receipts_of_imports_and_of_the_api_come_back_as_they_were() {
    with(async |site| {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan { from: DAY.plus_days(-4), regions: 1, ..Plan::new(60, 3, 7) };
        let packages: Vec<_> = plan.packages().collect();
        let monitoring = &site.monitoring;
        let (depot, hub) = (&monitoring.depot, &monitoring.hub);
        let mut bulk = Bulk::begin(&site.ctx, depot, hub, packages.len(), TRACE).await.unwrap();
        for package in &packages {
            let own = folder.path().join(package.folder());
            std::fs::create_dir(&own).unwrap();
            for file in &package.files {
                std::fs::write(own.join(file.name), &file.bytes).unwrap();
            }
            bulk.push(&own, &Said::default()).await.unwrap();
        }
        bulk.finish().await.unwrap();
        let (_, token) = site.sender("r27", "2700", "good_rows").await;
        let table = "request_id;service_id;channel_in;region;body;age;authority_1\r\n";
        site.deliver(&token, "?day=2026-11-21&name=x.csv", table).await.expect(StatusCode::ACCEPTED);
        let work = Work::new(&site.ctx, depot, Arc::new(hub.clone()));
        work.run(site.t.clock.now()).await.unwrap();
        let before = rows(&site).await.0;
        assert!(before.len() > 6 && before.iter().all(|row| row.state.stands()), "{before:?}");
        assert_eq!(before.iter().filter(|row| row.way == Way::Api).count(), 1);
        execute(&site, "DELETE FROM monitoring_deliveries").await;
        let done = restore(&site.ctx, hub, TRACE).await.unwrap();
        assert!(done.ok && done.added.len() == before.len(), "{done:?}");
        assert_eq!(known(rows(&site).await.0), known(before));
        // An import that ended before it wrote a receipt down is taken up again under the number it had given.
        let all = rows(&site).await.0;
        let one = all.iter().find(|row| row.code != "r27").unwrap();
        execute(&site, &format!("DELETE FROM monitoring_deliveries WHERE id = {}", one.id)).await;
        let mut bulk = Bulk::begin(&site.ctx, depot, hub, 1, TRACE).await.unwrap();
        bulk.push(&folder.path().join(&one.file), &Said::default()).await.unwrap();
        bulk.finish().await.unwrap();
        assert_eq!(known(rows(&site).await.0), known(all));
    });
}

/// A wide file of a day whose every row has an age of its own that is none.
fn bad(folder: &Path, day: CivilDay, ages: &[String]) -> PathBuf {
    let path = folder.join(format!("r27_{day}_r1.csv"));
    let mut text = "request_id;service_id;channel_in;region;body;age\r\n".to_owned();
    for age in ages {
        text += &format!("{age};100;1;27;2700;{age}\r\n");
    }
    std::fs::write(&path, text).unwrap();
    path
}

/// The whole report of a delivery.
async fn report_of(site: &Site, receipt: &str) -> Vec<Finding> {
    let opened = site.monitoring.depot.open(Part::Report, receipt.parse().unwrap()).await.unwrap();
    let (length, pieces) = opened.unwrap();
    let bytes = pieces.try_collect::<Vec<_>>().await.unwrap().concat();
    assert_eq!(bytes.len() as u64, length);
    report::read(&*bytes).map(Result::unwrap).collect()
}

#[test]
fn mon10_of_many_rejected_deliveries_each_has_its_receipt_and_its_whole_report() {
    const MANY: i32 = 600;
    const SHOWN: usize = 100;
    with(async |site| {
        site.sender("r27", "2700", "whole").await;
        let folder = tempfile::tempdir().unwrap();
        let (depot, hub) = (&site.monitoring.depot, &site.monitoring.hub);
        let mut bulk = Bulk::begin(&site.ctx, depot, hub, MANY as usize, TRACE).await.unwrap();
        let (mut done, mut ages) = (Vec::new(), HashMap::new());
        for number in 0..MANY {
            let day = DAY.plus_days(number - MANY);
            let rows = if number == 7 { 2_000 } else { number % 5 + 1 };
            let own: Vec<String> = (0..rows).map(|row| format!("x{number}-{row}")).collect();
            let path = bad(folder.path(), day, &own);
            ages.insert(path.display().to_string(), own);
            done.extend(bulk.push(&path, &Said::default()).await.unwrap());
        }
        assert!(!done.is_empty(), "they don't wait for the end");
        done.extend(bulk.finish().await.unwrap());
        let receipts = rows(&site).await.0;
        assert_eq!((done.len(), receipts.len(), ages.len()), (600, 600, 600));
        for one in &done {
            let receipt = one.receipt.as_ref().unwrap();
            let row = receipts.iter().find(|row| row.id.to_string() == *receipt).unwrap();
            assert_eq!(row.state, State::Rejected);
            let report = report_of(&site, receipt).await;
            let counts = row.counts;
            assert_eq!(report.len() as i64, counts.errors + counts.warnings, "{one:?}");
            let found: Vec<&str> =
                report.iter().filter(|one| one.field == "age").map(|one| one.value.as_str()).collect();
            assert_eq!(found, ages[&one.path]);
            let told: Vec<Finding> = one.errors.iter().unwrap().map(Result::unwrap).collect();
            assert_eq!(told, report[..report.len().min(SHOWN)]);
        }
    });
}
