//! How quick importing is: `speed FOLDER EVENTS [DAYS]` makes deliveries in memory, imports, asks, tells the times.

use std::sync::Arc;
use std::time::Instant;

use otklik_kernel::{CivilDay, SystemClock, SystemRandom};
use otklik_lake::{Engine, Lake, Place};
use otklik_monitoring::answers::{Allowed, Answers, Ask, By};
use otklik_monitoring::derive::Rules;
use otklik_monitoring::ingest::{Grouping, Importer};
use otklik_monitoring::upkeep::compact;
use otklik_progress::delivery::{Applications, Delivery, Events, Head, Texts};
use otklik_progress::reference::Reference;

#[expect(clippy::disallowed_methods, reason = "a program of its own that measures")]
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let events: u64 = arguments[2].parse().unwrap();
    let days: u64 = arguments.get(3).map_or(10, |days| days.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let lake =
            Lake::new(Place::folder(&arguments[1]).unwrap(), Arc::new(SystemClock), Arc::new(SystemRandom));
        let engine = Engine::new(&lake, 512 << 20, 2).unwrap();
        let rules = Arc::new(Rules::new(Reference::built_in().clone()));
        let importer = Importer::new(lake, engine, Arc::clone(&rules), Arc::new(SystemClock), 2);
        let first = importer.book().await.unwrap().receipts().count() as u64;
        let (mut spent, mut taken) = (0.0, 0);
        let mut grouping = Grouping::default();
        for day in 0..=days {
            let group = if day < days {
                grouping.push(delivery(first + day, events / days))
            } else {
                Some(grouping.rest())
            };
            let Some(group) = group.filter(|group| !group.is_empty()) else { continue };
            let start = Instant::now();
            importer.import(&group).await.unwrap();
            spent += start.elapsed().as_secs_f64();
            taken += group.iter().map(|delivery| delivery.events.request.len()).sum::<usize>();
            println!("{taken} events, {spent:.2} s");
        }
        let sizes = async |what: &str| {
            let snapshot = importer.lake().latest().await.unwrap();
            for table in snapshot.tables() {
                let (rows, bytes) = (snapshot.rows(table), snapshot.bytes(table));
                println!(
                    "{what} {table}: {rows} rows, {:.1} bytes of an event",
                    bytes as f64 / snapshot.rows("events") as f64
                );
            }
        };
        sizes("import").await;
        ask(&importer, &rules).await;
        let start = Instant::now();
        println!("{:?}", compact(importer.lake(), importer.engine()).await.unwrap());
        println!("compact {:.2} s", start.elapsed().as_secs_f64());
        sizes("compact").await;
        ask(&importer, &rules).await;
    });
}

#[expect(clippy::disallowed_methods, reason = "a program of its own that measures")]
async fn ask(importer: &Importer, rules: &Arc<Rules>) {
    let snapshot = importer.lake().latest().await.unwrap();
    let start = Instant::now();
    let answers = Answers::of(importer.engine(), &snapshot, Arc::clone(rules)).await.unwrap();
    println!("open {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let all = Allowed::All;
    for _ in 0..2 {
        let start = Instant::now();
        let n = answers.transitions(&Ask::by(&[By::Service]), &all).await.unwrap().rows.len();
        println!("transitions by service: {n} rows, {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        let n = answers.transitions(&Ask::by(&[By::Body]), &all).await.unwrap().rows.len();
        println!("transitions by body: {n} rows, {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        let n = answers.durations(&Ask::by(&[By::Service, By::Region]), &all).await.unwrap().rows.len();
        println!("durations by service, region: {n} rows, {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        let n = answers.overview(&Ask::by(&[By::Day]), &all).await.unwrap().rows.len();
        println!("overview by day: {n} rows, {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        let n = answers.trace("М-0000012345", &all).await.unwrap().map_or(0, |trace| trace.events.rows.len());
        println!("trace: {n} events, {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        let n = answers.map(&Ask::default(), &all).await.unwrap().edges.len();
        println!("map: {n} edges, {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    }
}

/// A day of applications with seven events each; a third of them go on the next day.
fn delivery(day: u64, events: u64) -> Delivery {
    let mut state = day * 977 + 13;
    let mut roll = |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let head = Head {
        sender: "А".to_owned(),
        day: CivilDay(20_260_112).plus_days(i32::try_from(day).unwrap()),
        revision: 1,
    };
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&day.to_le_bytes());
    let mut texts = Texts::default();
    let (mut applications, mut rows) = (Applications::default(), Events::default());
    let services: Vec<u32> = (0..20).map(|service| texts.add(&format!("{service:010}"))).collect();
    let bodies: Vec<u32> = (0..60).map(|body| texts.add(&format!("body-{body:03}"))).collect();
    let names: Vec<u32> =
        (0..60).map(|body| texts.add(&format!("Отдел по предоставлению услуг № {body}"))).collect();
    let count = events / 7;
    let mut event = |request: u32, status: i16, at: i64, line: u32| {
        rows.line.push(line);
        rows.request.push(request);
        rows.process.push(1);
        rows.item.push(60);
        rows.status.push(status);
        rows.at.push(at * 1_000_000);
        rows.offset.push(180);
        rows.mnemonic.push(0);
    };
    const WAY: [i16; 7] = [2, 1, 6, 1010, 1011, 3, 1015];
    let mut line = 2;
    // Yesterday's go on.
    for number in (0..count).filter(|number| number % 3 == 0 && day > 0) {
        let request = texts.add(&format!("М-{:010}", (day - 1) * count + number));
        let mut at =
            1_768_190_400 + i64::try_from(day).unwrap() * 86_400 + i64::try_from(roll(20_000)).unwrap();
        for status in &WAY[3..] {
            at += i64::try_from(roll(9_000)).unwrap() + 1;
            event(request, *status, at, line);
            line += 1;
        }
    }
    for number in 0..count {
        let request = texts.add(&format!("М-{:010}", day * count + number));
        let body = roll(60) as usize;
        let applicant = texts.add(&format!("{:016x}{:016x}", roll(u64::MAX / 2), number * 7_919));
        applications.line.push(number as u32 + 2);
        applications.request.push(request);
        applications.service.push(services[roll(20) as usize]);
        applications.variant.push(0);
        applications.topic.push(0);
        applications.channel_in.push(1 + roll(5) as u8);
        applications.channel_out.push(0);
        applications.mnemonic.push(0);
        applications.region.push(27 + (body % 4) as u16);
        applications.body.push(names[body]);
        applications.body_code.push(bodies[body]);
        applications.applicant.push(applicant);
        applications.sex.push(1);
        applications.age.push(35);
        applications.ogrn.push(0);
        let mut at =
            1_768_190_400 + i64::try_from(day).unwrap() * 86_400 + i64::try_from(roll(30_000)).unwrap();
        let steps = if number % 3 == 0 { 3 } else { 7 };
        for status in &WAY[..steps] {
            at += i64::try_from(roll(5_000)).unwrap() + 1;
            event(request, *status, at, line);
            line += 1;
        }
    }
    Delivery {
        head,
        digest,
        texts,
        services: Vec::new(),
        applications,
        events: rows,
        payments: Default::default(),
        ratings: Default::default(),
        complaints: Default::default(),
    }
}
