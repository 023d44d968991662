//! The list against a naive filter over random responses, and who sees what.

use otklik_access::{Permission, Role, Scope};
use otklik_db::Migration;
use otklik_jobs::{Event, Handler, NewEvent, Worker};
use otklik_kernel::{CivilDay, Clock, Id, Instant, Random, text};
use otklik_questionnaires::Mark;
use otklik_responses::offices;
use otklik_responses::store::{self, Counts, Filter};
use otklik_responses::words::WordIndex;
use otklik_responses::{ACCEPTED, Response, Stored, Suspicion};
use otklik_testkit::{TestDb, both};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sea_orm::DbBackend;
use std::sync::Arc;

use crate::common::{
    COUNTRY, DAY, FAR, FAR_A, MIGRATIONS, NEAR, NEAR_A, NEAR_B, OFFICES, acceptor, caller, context, found,
    number, response,
};

const WORDS: [&str; 8] = ["Ёлка", "окно", "ОКНО", "100%", "а_б", "Очередь", "\\", "<b>"];

/// Random responses over some days, some of them looked through.
async fn fill(t: &TestDb, count: usize) {
    let ctx = context(t).await;
    let acceptor = acceptor(&ctx, Vec::new()).await;
    let random: &dyn Random = &*t.random;
    for _ in 0..count {
        let [office, marks, signs, words, suspicion, hours, looked, two] = random.bytes::<8>();
        t.clock.advance(i64::from(hours % 4) * Instant::HOUR);
        let keys = ['a', 'b', 'c'].into_iter().enumerate().filter(|(at, _)| marks >> at & 1 == 1);
        let marks: String = keys.map(|(at, key)| format!("{key}{}", signs >> at & 1)).collect();
        let word = |n: u8| WORDS[usize::from(n) % WORDS.len()];
        let comment = match words % 3 {
            0 if !marks.is_empty() => String::new(),
            1 => format!("{} {}", word(words), word(two)),
            _ => word(two).to_owned(),
        };
        let mut form = response(t, OFFICES[usize::from(office) % OFFICES.len()], &marks, &comment);
        form.suspicion = Suspicion(i32::from(suspicion % 3));
        let receipt = acceptor.accept(form).await.unwrap().receipt;
        if looked % 2 == 0 {
            let found = found(t, &receipt).await;
            let tx = t.db.begin().await.unwrap();
            assert!(store::set_looked(&tx, found.id, t.clock.now(), "Куратор").await.unwrap());
            assert!(!store::set_looked(&tx, found.id, t.clock.now(), "Другой").await.unwrap());
            tx.commit().await.unwrap();
        }
    }
    index(t).await;
}

/// Puts the texts into the index, as the worker does within a second.
async fn index(t: &TestDb) {
    let handlers: Vec<Arc<dyn Handler>> = vec![Arc::new(WordIndex)];
    Worker::new(t.db.clone(), t.clock.clone(), handlers).run_once().await.unwrap();
}

fn is_under(body: Id, top: Id) -> bool {
    body == top
        || top == COUNTRY
        || (top == NEAR && (body == NEAR_A || body == NEAR_B))
        || (top == FAR && body == FAR_A)
}

/// What the filter says, read literally.
fn passes(filter: &Filter, one: &Response) -> bool {
    let search = text::search_text(&one.comment);
    filter.under.is_none_or(|top| is_under(one.body, top))
        && filter.from.is_none_or(|from| one.day >= from)
        && filter.to.is_none_or(|to| one.day <= to)
        && filter.negative.is_none_or(|negative| one.marks.iter().any(|(_, m)| m == Mark::Sad) == negative)
        && filter.sad_about.is_none_or(|key| one.marks.get(key) == Some(Mark::Sad))
        && (!filter.with_text || !one.comment.is_empty())
        && filter.suspicious.is_none_or(|suspicious| one.suspicion.is_empty() != suspicious)
        && (!filter.not_looked || one.looked.is_none())
        && filter.words.split_whitespace().all(|word| search.contains(&text::search_text(word)))
}

fn filters() -> impl Strategy<Value = Filter> {
    let day = || prop::option::weighted(0.3, (-3..14_i32).prop_map(|days| DAY.plus_days(days)));
    let yes_no = || prop::option::weighted(0.3, any::<bool>());
    (
        prop::option::weighted(
            0.4,
            prop::sample::select(vec![COUNTRY, NEAR, NEAR_A, NEAR_B, FAR, FAR_A, 99]),
        ),
        (day(), day()),
        (yes_no(), yes_no()),
        prop::option::weighted(0.2, prop::sample::select(vec!['a', 'b', 'c', 'd'])),
        (prop::bool::weighted(0.2), prop::bool::weighted(0.2)),
        prop::sample::select(vec![
            "",
            "",
            "",
            "елка",
            "Окно",
            "%",
            "_",
            "100% окно",
            "\\",
            "<B>",
            "нет такого",
            "ок",
            "чер кно",
            "очередьъ",
            "\"окно\" OR",
        ]),
    )
        .prop_map(
            |(under, (from, to), (negative, suspicious), sad_about, (with_text, not_looked), words)| Filter {
                under,
                from,
                to,
                negative,
                sad_about,
                with_text,
                suspicious,
                not_looked,
                words: words.to_owned(),
            },
        )
}

/// The page of a list and its counts must be what the naive filter gives.
async fn check(t: &TestDb, all: &[Response], who: &str, tops: &[Id], filter: &Filter, offset: usize) {
    let scope = caller(who).unwrap().scope(Permission::ReadResponses);
    check_scope(t, all, &scope, tops, filter, offset).await;
}

/// The same of any scope.
async fn check_scope(
    t: &TestDb,
    all: &[Response],
    scope: &Scope,
    tops: &[Id],
    filter: &Filter,
    offset: usize,
) {
    let conn = t.db.read();
    let naive: Vec<&Response> = all
        .iter()
        .filter(|one| tops.iter().any(|&top| is_under(one.body, top)) && passes(filter, one))
        .collect();
    let page: Vec<&Response> = naive.iter().copied().skip(offset).take(20).collect();
    let found = store::list(conn, scope, filter, 20, offset as u64).await.unwrap();
    assert_eq!(found.iter().collect::<Vec<_>>(), page, "{scope:?} {filter:?}");
    let len = |some: &dyn Fn(&Response) -> bool| {
        i64::try_from(naive.iter().copied().filter(|one| some(one)).count()).unwrap()
    };
    let expected = Counts {
        all: len(&|_| true),
        negative: len(&|one| one.marks.is_negative()),
        not_looked: len(&|one| one.looked.is_none()),
    };
    let listed = store::found(conn, scope, filter, 10_000).await.unwrap();
    assert_eq!(listed.counts, expected);
    assert_eq!(listed.ids, naive.iter().map(|one| one.id).collect::<Vec<_>>());
    let offset = u64::try_from(offset).unwrap();
    assert_eq!(
        store::of(conn, scope, listed.page(20, offset)).await.unwrap().iter().collect::<Vec<_>>(),
        page
    );
    let few = store::found(conn, scope, filter, 10).await.unwrap();
    assert_eq!(few.ids, listed.ids[..few.ids.len()]);
    assert_eq!(few.counts.all, expected.all.min(10));
    assert!(few.counts.negative <= few.counts.all && few.counts.not_looked <= few.counts.all);
    assert_eq!(store::count(conn, scope, filter).await.unwrap(), expected.all);
    assert_eq!(store::count_up_to(conn, scope, filter, 10).await.unwrap(), expected.all.min(10));
}

#[test]
fn the_list_is_what_a_naive_filter_gives() {
    both(MIGRATIONS, async |t| {
        fill(&t, 160).await;
        let everything = Scope::system("test");
        let all = store::list(t.db.read(), &everything, &Filter::default(), 1000, 0).await.unwrap();
        assert_eq!(all.len(), 160);
        assert!(all.is_sorted_by(|a, b| a.id > b.id && a.received_at >= b.received_at));
        let handle = tokio::runtime::Handle::current();
        let who = prop::sample::select(vec![
            ("country", COUNTRY),
            ("near", NEAR),
            ("office", NEAR_A),
            ("far", FAR),
            ("observer", COUNTRY),
        ]);
        let mut runner =
            TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&(filters(), who, 0..40_usize), |(filter, (who, top), offset)| {
            tokio::task::block_in_place(|| {
                handle.block_on(check(&t, &all, who, &[top], &filter, offset));
            });
            Ok(())
        });
        outcome.unwrap();
    });
}

#[test]
fn days_far_from_ours_bound_a_search_too() {
    both(MIGRATIONS, async |t| {
        fill(&t, 5).await;
        let all = Scope::system("test");
        let day = |year: i32| Some(otklik_kernel::CivilDay(year * 10_000 + 101));
        for (from, to, expected) in [
            (day(1), day(9999), 5),
            (None, day(9999), 5),
            (day(2095), None, 0),
            (day(9999), None, 0),
            (None, day(1), 0),
        ] {
            let filter = Filter { from, to, ..Filter::default() };
            assert_eq!(store::count(t.db.read(), &all, &filter).await.unwrap(), expected, "{filter:?}");
        }
    });
}

#[test]
fn the_neighbour_sees_nothing() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        let receipt = acceptor.accept(response(&t, NEAR_A, "a0", "тайна")).await.unwrap().receipt;
        let conn = t.db.read();
        let stored = found(&t, &receipt).await;
        let any = Filter::default();
        for (who, sees) in
            [("far", false), ("operator", false), ("near", true), ("office", true), ("observer", true)]
        {
            let scope = caller(who).unwrap().scope(Permission::ReadResponses);
            let found = store::find(conn, &scope, stored.id).await.unwrap();
            assert_eq!(found.as_ref(), sees.then_some(&stored), "{who}");
            assert_eq!(
                store::list(conn, &scope, &any, 10, 0).await.unwrap().len(),
                usize::from(sees),
                "{who}"
            );
            assert_eq!(store::count(conn, &scope, &any).await.unwrap(), i64::from(sees), "{who}");
            assert_eq!(
                store::found(conn, &scope, &any, 9).await.unwrap().counts.all,
                i64::from(sees),
                "{who}"
            );
            assert_eq!(store::count_up_to(conn, &scope, &any, 9).await.unwrap(), i64::from(sees), "{who}");
            let next = store::next_waiting(conn, &scope, Id::MAX).await.unwrap();
            assert_eq!(next, sees.then_some(stored.id), "{who}");
            let bodies = store::bodies(conn, &scope, 100).await.unwrap();
            assert_eq!(bodies.contains(&NEAR_A), sees, "{who}");
            // Asking for the office by name gives no way around.
            let asked = Filter { under: Some(NEAR_A), ..Filter::default() };
            assert_eq!(store::count(conn, &scope, &asked).await.unwrap(), i64::from(sees), "{who}");
        }
    });
}

#[test]
fn a_scope_of_any_size_is_searched_in_its_way_and_finds_the_same() {
    /// More than are gone through by their offices.
    const MANY: usize = 4_200;
    /// More than are counted before the way is chosen.
    const VAST: usize = 60_000;
    const TEXTS: [&str; 7] = [
        "Долгая ОЧЕРЕДЬ, окно 5",
        "очередной раз",
        "черед окон",
        "",
        "100% «вежливо» \"да\"",
        "Ёлка а_б",
        "\\ок",
    ];
    both(MIGRATIONS, async |t| {
        context(&t).await;
        let mut all = Vec::new();
        for part in 0..MANY / 600 {
            let fresh: Vec<Stored> = (0..600)
                .map(|n| {
                    t.clock.advance(Instant::HOUR / 20);
                    let office = OFFICES[n % OFFICES.len()];
                    let text = format!("{} {}", TEXTS[n % TEXTS.len()], TEXTS[n / 13 % TEXTS.len()]);
                    let mut response = response(&t, office, ["a0", "b1"][n % 2], text.trim());
                    response.suspicion = Suspicion(i32::from(n % 11 == 0));
                    Stored { id: t.ids.next(response.received_at, &*t.random), response }
                })
                .collect();
            t.db.insert(store::rows(&t.db, &fresh)).await.unwrap();
            let event = |one: &Stored| Event {
                id: one.id,
                kind: String::new(),
                body: Some(one.response.body),
                subject: Some(one.id),
                payload: String::new(),
                trace: String::new(),
                at: one.response.received_at,
                attempts: 0,
            };
            let events: Vec<Event> = fresh.iter().map(event).collect();
            // Twice, as a handler may run, in another order of parts.
            for events in [&events[300..], &events[..]] {
                let tx = t.db.begin().await.unwrap();
                WordIndex.handle(&tx, events).await.unwrap();
                tx.commit().await.unwrap();
            }
            all.extend(fresh);
            if part == 0 {
                let tx = t.db.begin().await.unwrap();
                for one in all.iter().step_by(3) {
                    store::set_looked(&tx, one.id, t.clock.now(), "Куратор").await.unwrap();
                }
                tx.commit().await.unwrap();
            }
        }
        if t.db.backend() == DbBackend::Sqlite {
            offices::settle(&t.db).await.unwrap();
            // One part is where responses are found by office, the others stand where they came.
            let moved = number(&t, "SELECT COUNT(*) FROM responses_by_office").await;
            let fresh = number(&t, "SELECT COUNT(*) FROM responses_fresh").await;
            assert_eq!((moved, fresh), (4_096, 104));
        }
        // Looked through after they were moved, and before.
        let tx = t.db.begin().await.unwrap();
        for one in all.iter().skip(1).step_by(7) {
            store::set_looked(&tx, one.id, t.clock.now(), "Куратор").await.unwrap();
        }
        tx.commit().await.unwrap();
        // And by whole days, of which half are taken back.
        let mut days: Vec<_> = all
            .iter()
            .map(|one| (one.response.body, one.response.day))
            .filter(|&(_, day)| day < DAY.plus_days(4))
            .collect();
        days.sort_unstable();
        days.dedup();
        for (number, &(office, day)) in days.iter().enumerate() {
            let mut filter = Filter { under: Some(office), not_looked: true, ..Filter::default() };
            (filter.from, filter.to) = (Some(day), Some(day));
            let waiting = store::count(t.db.read(), &Scope::system("test"), &filter).await.unwrap();
            let now = t.clock.now();
            let tx = t.db.begin().await.unwrap();
            let (at, looked) = store::days::look(&tx, office, day, i64::MAX, (now, "Куратор")).await.unwrap();
            if number % 2 == 0 {
                assert_eq!(store::days::unlook(&tx, office, day, at).await.unwrap(), looked);
            }
            tx.commit().await.unwrap();
            assert_eq!(i64::try_from(looked).unwrap(), waiting, "{office} {day}");
        }
        let conn = t.db.read();
        let everything = Scope::system("test");
        let mut all = Vec::new();
        while let Some(page) =
            Some(store::list(conn, &everything, &Filter::default(), 2_000, all.len() as u64).await.unwrap())
                .filter(|page| !page.is_empty())
        {
            all.extend(page);
        }
        assert_eq!(all.len(), MANY);
        let mut narrowed = vec![Filter::default(); 5];
        narrowed[1].negative = Some(true);
        narrowed[2].suspicious = Some(true);
        narrowed[3].from = Some(DAY.plus_days(3));
        narrowed[3].to = Some(DAY.plus_days(5));
        narrowed[4].not_looked = true;
        narrowed[4].under = Some(NEAR);
        for words in
            ["", "очередь", "черед", "ОКН чер", "ок", "100% \"да\"", "а_б", "_", "\\ок", "вежлива", "OR"]
        {
            for filter in &narrowed {
                let filter = Filter { words: words.to_owned(), ..filter.clone() };
                check(&t, &all, "country", &[COUNTRY], &filter, 7).await;
            }
            let filter = Filter { words: words.to_owned(), ..Filter::default() };
            check(&t, &all, "near", &[NEAR], &filter, 0).await;
        }

        // So many more without a text that another way is taken.
        for _ in 0..VAST / 6_000 {
            let fresh: Vec<Stored> = (0..6_000)
                .map(|n| {
                    t.clock.advance(Instant::SECOND);
                    let response = response(&t, OFFICES[n % OFFICES.len()], "b1", "");
                    Stored { id: t.ids.next(response.received_at, &*t.random), response }
                })
                .collect();
            t.db.insert(store::rows(&t.db, &fresh)).await.unwrap();
        }
        if t.db.backend() == DbBackend::Sqlite {
            offices::settle(&t.db).await.unwrap();
        }
        // A scope that no other test has: that it is vast is remembered.
        let whole = otklik_testkit::caller(9, &[(Role::QualityGroup, COUNTRY), (Role::QualityGroup, NEAR)]);
        let whole = whole.scope(Permission::ReadResponses);
        let small =
            otklik_testkit::caller(9, &[(Role::QualityGroup, NEAR_A)]).scope(Permission::ReadResponses);
        narrowed[4].under = None;
        for words in ["очередь", "ОКН чер", "ок", "а_б", "вежлива"] {
            for filter in &narrowed {
                let filter = Filter { words: words.to_owned(), ..filter.clone() };
                check_scope(&t, &all, &whole, &[COUNTRY], &filter, 3).await;
            }
        }
        // Words in no index are looked for in the last days, unless others are asked for or the scope is small.
        let bound = async |scope: &Scope, words: &str, (from, to)| {
            let filter = Filter { words: words.to_owned(), from, to, ..Filter::default() };
            store::bound(conn, scope, &filter, DAY).await.unwrap()
        };
        let last = |day: CivilDay| Some(day.plus_days(-store::SHORT_WORDS_DAYS));
        for words in ["ок", "ок да", "_"] {
            assert_eq!(bound(&whole, words, (None, None)).await, last(DAY), "{words}");
            assert_eq!(bound(&whole, words, (None, Some(DAY.plus_days(-3)))).await, last(DAY.plus_days(-3)));
            assert_eq!(bound(&whole, words, (None, Some(DAY.plus_days(3)))).await, last(DAY));
            assert_eq!(bound(&whole, words, (Some(DAY.plus_days(-90)), None)).await, None);
            assert_eq!(bound(&small, words, (None, None)).await, None);
        }
        for words in ["", "очередь", "ок очередь"] {
            assert_eq!(bound(&whole, words, (None, None)).await, None, "{words}");
        }
        check_scope(&t, &all, &whole, &[COUNTRY], &narrowed[2], 3).await;
        check_scope(&t, &all, &whole, &[COUNTRY], &narrowed[3], 3).await;
    });
}

#[test]
fn the_step_of_the_schema_indexes_what_was_there_before_and_not_what_waits() {
    let mut old: Vec<&[Migration]> = MIGRATIONS[..MIGRATIONS.len() - 1].to_vec();
    let last = otklik_responses::MIGRATIONS.iter().position(|step| step.name == "0640_responses_search");
    old.push(&otklik_responses::MIGRATIONS[..last.unwrap()]);
    both(&old, async |t| {
        context(&t).await;
        for (text, waits) in [("прежняя очередь", false), ("новая очередь", true)] {
            let response = response(&t, NEAR_A, "a0", text);
            let stored = Stored { id: t.ids.next(response.received_at, &*t.random), response };
            // Only the table that was there then.
            let rows = store::rows(&t.db, std::slice::from_ref(&stored)).swap_remove(0);
            t.db.insert(vec![rows]).await.unwrap();
            let event = NewEvent {
                id: stored.id,
                kind: ACCEPTED,
                body: Some(NEAR_A),
                subject: Some(stored.id),
                payload: "",
                trace: "",
                at: t.clock.now(),
            };
            let tx = t.db.begin().await.unwrap();
            otklik_jobs::emit(&tx, if waits { std::slice::from_ref(&event) } else { &[] }).await.unwrap();
            tx.commit().await.unwrap();
        }
        let steps: Vec<Migration> =
            MIGRATIONS.iter().copied().flatten().chain(otklik_db::MIGRATIONS).copied().collect();
        otklik_db::migrate(&t.db, &steps).await.unwrap();
        assert!(otklik_responses::words::is_indexed(&t.db).await.unwrap());
        let found = async || match t.db.backend() {
            DbBackend::Sqlite => number(&t, "SELECT COUNT(*) FROM responses_trigrams('\"чер\"')").await,
            _ => {
                number(&t, "SELECT COUNT(*) FROM responses_responses WHERE search_text LIKE '%очередь%'")
                    .await
            }
        };
        let is_kept_by_hand = t.db.backend() == DbBackend::Sqlite;
        assert_eq!(found().await, if is_kept_by_hand { 1 } else { 2 });
        index(&t).await;
        assert_eq!(found().await, 2);
        let scope = caller("office").unwrap().scope(Permission::ReadResponses);
        assert_eq!(store::list(t.db.read(), &scope, &Filter::default(), 9, 0).await.unwrap().len(), 2);
        assert_eq!(store::count(t.db.read(), &scope, &Filter::default()).await.unwrap(), 2);
    });
}
