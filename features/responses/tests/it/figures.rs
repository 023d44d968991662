//! Kept figures against a recount, with a handler that is given events twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use otklik_access::{Permission, Scope};
use otklik_db::{Migration, Tx, Value, sql};
use otklik_jobs::{Event, Handler, HandlerError, Worker};
use otklik_kernel::{CivilDay, Clock, Id, Instant, Random, Zone};
use otklik_questionnaires::Mark;
use otklik_responses::store::{self, Filter};
use otklik_responses::{ACCEPTED, figures};
use otklik_testkit::{TestDb, both};
use sea_orm::ConnectionTrait;

use crate::common::{
    DAY, FAR, FAR_A, MIGRATIONS, NEAR, NEAR_A, NEAR_B, OFFICES, acceptor, caller, context, response,
};

/// Fails at first, after the figures were written in the same transaction; later for one event alone.
struct Sickly(AtomicUsize);

#[async_trait]
impl Handler for Sickly {
    fn kinds(&self) -> &'static [&'static str] {
        &[ACCEPTED]
    }

    fn name(&self) -> &'static str {
        "sickly"
    }

    async fn handle(&self, _tx: &Tx, events: &[Event]) -> Result<(), HandlerError> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            ..20 => Err(HandlerError::Later(format!("{} events", events.len()))),
            _ => Ok(()),
        }
    }
}

/// The figures as they follow from the rows.
async fn recounted(t: &TestDb) -> BTreeMap<(Id, i32, String), i64> {
    let everything = Scope::system("a test recounts");
    let all = store::list(t.db.read(), &everything, &Filter::default(), 10_000, 0).await.unwrap();
    let mut counts = BTreeMap::new();
    for one in all {
        let mut figures = vec!["all".to_owned()];
        figures.extend(one.marks.is_negative().then(|| "negative".to_owned()));
        figures.extend((!one.comment.is_empty()).then(|| "text".to_owned()));
        figures.extend(one.marks.iter().map(|(key, mark)| format!("{key}{}", mark.digit())));
        let hour = one.received_at.0 / Instant::HOUR % 24;
        figures.push(format!("@{hour}"));
        figures.extend(one.marks.is_negative().then(|| format!("@{hour}-")));
        for figure in figures {
            *counts.entry((one.body, one.day.0, figure)).or_default() += 1;
        }
    }
    counts
}

async fn kept(t: &TestDb) -> BTreeMap<(Id, i32, String), i64> {
    let text = "SELECT body_id, day, figure, n FROM responses_figures";
    let rows = t.db.read().query_all_raw(sql(t.db.read(), text, [])).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        let key = (row.try_get("", "body_id")?, row.try_get("", "day")?, row.try_get("", "figure")?);
        Ok::<_, sea_orm::DbErr>((key, row.try_get("", "n")?))
    };
    rows.iter().map(|one| row(one).unwrap()).collect()
}

#[test]
fn figures_equal_a_recount_though_handlers_fail_and_run_twice() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        let random: &dyn Random = &*t.random;
        for _ in 0..150 {
            let [office, marks, text, hours] = random.bytes::<4>();
            t.clock.advance(i64::from(hours % 3) * Instant::HOUR);
            let keys = ['a', 'b', 'c', 'd', 'e'];
            let given = keys.into_iter().enumerate().filter(|(at, _)| marks >> at & 1 == 1);
            let marks: String =
                given.map(|(at, key)| format!("{key}{}", (marks >> (at % 3 + 5)) & 1)).collect();
            let comment = if text % 2 == 0 || marks.is_empty() { "текст" } else { "" };
            let form = response(&t, OFFICES[usize::from(office) % OFFICES.len()], &marks, comment);
            acceptor.accept(form).await.unwrap();
        }
        let expected = recounted(&t).await;
        assert_eq!(kept(&t).await, BTreeMap::new());
        let sickly = Arc::new(Sickly(AtomicUsize::new(0)));
        let worker =
            Worker::new(t.db.clone(), t.clock.clone(), vec![Arc::new(figures::Figures), sickly.clone()]);
        assert!(worker.run_once().await.unwrap() < 150, "none failed");
        assert_ne!(kept(&t).await, expected);
        t.clock.advance(Instant::HOUR);
        worker.run_once().await.unwrap();
        assert_eq!(worker.run_once().await.unwrap(), 0);
        assert!(sickly.0.load(Ordering::SeqCst) > 20);
        assert_eq!(kept(&t).await, expected);

        // Sums over a scope are those of its offices.
        for (who, bodies) in [("near", &OFFICES[..2]), ("far", &[FAR_A][..]), ("country", &OFFICES[..])] {
            let scope = caller(who).unwrap().scope(Permission::ReadResponses);
            for figure in [figures::ALL, figures::NEGATIVE, figures::TEXT, "c0"] {
                let (from, to) = (DAY.plus_days(1), DAY.plus_days(4));
                let within = expected.iter().filter(|((body, day, name), _)| {
                    bodies.contains(body) && (from.0..=to.0).contains(day) && name == figure
                });
                let mut by_day: BTreeMap<CivilDay, i64> = BTreeMap::new();
                within.for_each(|((_, day, _), n)| *by_day.entry(CivilDay(*day)).or_default() += n);
                let conn = t.db.read();
                assert_eq!(figures::by_day(conn, &scope, figure, from, to).await.unwrap(), by_day);
                let sum: i64 = by_day.values().sum();
                assert_eq!(figures::sum(conn, &scope, figure, from, to).await.unwrap(), sum);
                assert!(figure != figures::ALL || sum > 0);
            }
        }
        let nowhere =
            figures::sum(t.db.read(), &Scope::nowhere(), figures::ALL, DAY, DAY.plus_days(99)).await;
        assert_eq!(nowhere.unwrap(), 0);
    });
}

/// What a cube gives of a scope.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    total: [u64; 7],
    by_day: BTreeMap<CivilDay, [u64; 7]>,
    by_body: BTreeMap<Id, [u64; 7]>,
    hours: figures::Hours,
}

/// All, negative, with text, sad and happy about `a`, sad and happy about `e`.
fn row(tally: &figures::Tally) -> [u64; 7] {
    let ((sad_a, happy_a), (sad_e, happy_e)) = (tally.marks('a'), tally.marks('e'));
    [tally.all, tally.negative, tally.text, sad_a, happy_a, sad_e, happy_e]
}

fn zone(body: Id) -> Zone {
    Zone::find(if body == FAR_A { "Asia/Vladivostok" } else { "Europe/Moscow" }).unwrap()
}

async fn seen(cube: &figures::Cube, t: &TestDb, who: &Scope, under: Option<Id>, ends: [CivilDay; 2]) -> Seen {
    let slice = cube.read(&t.db, who, under, ends[0], ends[1]).await.unwrap();
    Seen {
        total: row(&slice.total()),
        by_day: slice.by_day().iter().map(|(day, tally)| (*day, row(tally))).collect(),
        by_body: slice.by_body().iter().map(|(body, tally)| (*body, row(tally))).collect(),
        hours: slice.hours(|body, _| if body == FAR_A { 10 } else { 3 }),
    }
}

/// The same from the responses themselves, one by one.
async fn counted(t: &TestDb, who: &Scope, under: Option<Id>, ends: [CivilDay; 2]) -> Seen {
    let filter = Filter { under, from: Some(ends[0]), to: Some(ends[1]), ..Filter::default() };
    let mut seen = Seen::default();
    for one in store::list(t.db.read(), who, &filter, 10_000, 0).await.unwrap() {
        let is = |key, mark| u64::from(one.marks.get(key) == Some(mark));
        let (sad, happy) = (Mark::Sad, Mark::Happy);
        let is_negative = u64::from(one.marks.is_negative());
        let has_text = u64::from(!one.comment.is_empty());
        let numbers = [1, is_negative, has_text, is('a', sad), is('a', happy), is('e', sad), is('e', happy)];
        let places = [
            seen.by_day.entry(one.day).or_default(),
            seen.by_body.entry(one.body).or_default(),
            &mut seen.total,
        ];
        for place in places {
            place.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
        }
        let local = one.received_at.show_in(&zone(one.body));
        let hour: usize = local[11..13].parse().unwrap();
        // The frozen clock starts on a Sunday.
        let days = one.day.start_utc().since(DAY.start_utc()) / Instant::DAY;
        let cell = &mut seen.hours[usize::try_from(days + 6).unwrap() % 7][hour];
        *cell = (cell.0 + 1, cell.1 + is_negative);
    }
    seen
}

#[test]
fn qr13_figures_in_memory_equal_a_recount_of_the_rows_for_every_scope() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        let worker = Worker::new(t.db.clone(), t.clock.clone(), vec![Arc::new(figures::Figures)]);
        let cube = figures::Cube::default();
        let random: &dyn Random = &*t.random;
        let everything = Scope::system("a test recounts");
        for round in 0..4 {
            for _ in 0..60 {
                let [office, marks, text, minutes] = random.bytes::<4>();
                t.clock.advance(i64::from(minutes) * 2 * Instant::MINUTE);
                let given = ['a', 'c', 'e'].into_iter().enumerate().filter(|(at, _)| marks >> at & 1 == 1);
                let marks: String =
                    given.map(|(at, key)| format!("{key}{}", (marks >> (at + 4)) & 1)).collect();
                let comment = if text % 2 == 0 || marks.is_empty() { "текст" } else { "" };
                let form = response(&t, OFFICES[usize::from(office) % OFFICES.len()], &marks, comment);
                acceptor.accept(form).await.unwrap();
            }
            while worker.run_once().await.unwrap() > 0 {}
            let whole = [DAY, DAY.plus_days(40)];
            let part = [DAY.plus_days(2 + round), DAY.plus_days(6 + round)];
            for ends in [part, whole] {
                for who in ["country", "near", "far", "office"] {
                    let scope = caller(who).unwrap().scope(Permission::ReadResponses);
                    for under in [None, Some(NEAR), Some(FAR_A)] {
                        let expected = counted(&t, &scope, under, ends).await;
                        assert_eq!(seen(&cube, &t, &scope, under, ends).await, expected, "{who} {under:?}");
                    }
                }
                assert!(counted(&t, &everything, None, ends).await.total[0] > 0);
            }
            // A body that is moved takes its figures along.
            let tx = t.db.begin().await.unwrap();
            let parent = if round % 2 == 0 { FAR } else { NEAR };
            otklik_organisations::store::relocate(&tx, NEAR_B, Some(parent)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let nowhere = seen(&cube, &t, &Scope::nowhere(), None, [DAY, DAY.plus_days(40)]).await;
        assert_eq!(nowhere, Seen::default());
    });
}

#[test]
fn qr13_the_step_of_the_schema_counts_hours_of_what_was_there_before_and_not_of_what_waits() {
    let before: Vec<Migration> = otklik_responses::MIGRATIONS[..2].to_vec();
    let mut old: Vec<&[Migration]> = MIGRATIONS[..MIGRATIONS.len() - 1].to_vec();
    old.push(&before);
    both(&old, async |t| {
        let rows = [(1, "a0", true, 0), (2, "a1", false, 0), (3, "a0", true, 5), (4, "b0", true, 0)];
        for (id, marks, is_negative, hours) in rows {
            let at = t.clock.now().plus(hours * Instant::HOUR).0;
            let text = format!(
                "INSERT INTO responses_responses (id, body_id, questionnaire, received_at, day, marks, is_negative, \
                 comment, search_text, suspicion, form_token, content_hash, device_mark, trace) VALUES \
                 ({id}, {NEAR_A}, 1, {at}, {}, '{marks}', {is_negative}, '', '', 0, ?, ?, ?, '')",
                DAY.0
            );
            let bytes = || Value::from(vec![u8::try_from(id).unwrap()]);
            let statement = sql(t.db.read(), &text, [bytes(), bytes(), bytes()]);
            let tx = t.db.begin().await.unwrap();
            tx.execute_raw(statement).await.unwrap();
            tx.commit().await.unwrap();
        }
        for text in [
            format!(
                "INSERT INTO responses_figures (body_id, day, figure, n) VALUES ({NEAR_A}, {}, 'all', 3)",
                DAY.0
            ),
            format!(
                "INSERT INTO jobs_events (id, kind, body_id, subject_id, payload, trace, created_at, next_at) VALUES \
                 (4, '{ACCEPTED}', {NEAR_A}, 4, '{{\"day\":{},\"marks\":\"b0\",\"text\":false}}', '', {}, 0)",
                DAY.0,
                t.clock.now().0
            ),
        ] {
            otklik_db::execute(&t.db, &text).await.unwrap();
        }
        let steps: Vec<Migration> =
            MIGRATIONS.iter().copied().flatten().chain(otklik_db::MIGRATIONS).copied().collect();
        otklik_db::migrate(&t.db, &steps).await.unwrap();
        let hours = async || -> Vec<(String, i64)> {
            let all = kept(&t).await.into_iter();
            all.map(|((_, _, figure), n)| (figure, n)).filter(|(figure, _)| figure.starts_with('@')).collect()
        };
        let named =
            |rows: &[(&str, i64)]| rows.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!(hours().await, named(&[("@14", 1), ("@14-", 1), ("@9", 2), ("@9-", 1)]));
        let worker = Worker::new(t.db.clone(), t.clock.clone(), vec![Arc::new(figures::Figures)]);
        assert_eq!(worker.run_once().await.unwrap(), 1);
        assert_eq!(hours().await, named(&[("@14", 1), ("@14-", 1), ("@9", 3), ("@9-", 2)]));
    });
}
