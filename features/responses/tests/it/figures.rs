//! Kept figures against a recount, with a handler that is given events twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use otklik_access::{Permission, Scope};
use otklik_db::{Tx, sql};
use otklik_jobs::{Event, Handler, HandlerError, Worker};
use otklik_kernel::{CivilDay, Id, Instant, Random};
use otklik_responses::store::{self, Filter};
use otklik_responses::{ACCEPTED, figures};
use otklik_testkit::{TestDb, both};
use sea_orm::ConnectionTrait;

use crate::common::{DAY, FAR_A, MIGRATIONS, OFFICES, acceptor, caller, context, response};

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
