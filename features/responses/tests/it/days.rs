//! Days looked through (QR-12).

use std::sync::Arc;

use axum::http::StatusCode;
use otklik_access::{Permission, Scope};
use otklik_jobs::Worker;
use otklik_journal::{Filter, list};
use otklik_kernel::{CivilDay, Instant};
use otklik_responses::days::{self, Day, Mark};
use otklik_responses::figures::Cube;
use otklik_responses::{Acceptor, Board, figures, store};
use otklik_testkit::{TestDb, both};

use crate::common::{
    DAY, FAR_A, MIGRATIONS, NEAR_A, NEAR_B, Site, acceptor, caller, context, found, response,
};

const SYSTEM: Scope = Scope::system("a test looks at everything");
const LIST: &str = "/admin/responses?body=6911&from=2026-11-22&to=2026-11-22";
const LOOK: &str = "/admin/responses/days/look";
const UNDO: &str = "/admin/responses/days/undo";

async fn accept(t: &TestDb, acceptor: &Acceptor, body: i64, marks: &str) {
    acceptor.accept(response(t, body, marks, "")).await.unwrap();
    let worker = Worker::new(t.db.clone(), t.clock.clone(), vec![Arc::new(figures::Figures)]);
    worker.run_once().await.unwrap();
}

async fn day(t: &TestDb, body: i64) -> Day {
    let counted = days::of_office(t.db.read(), &SYSTEM, body, DAY).await.unwrap();
    let kept = days::received(t.db.read(), &SYSTEM, Some(&[body]), DAY, DAY).await.unwrap();
    assert_eq!(kept, std::slice::from_ref(&counted), "kept figures say what the answers say");
    counted
}

#[test]
fn qr12_a_day_is_marked_in_one_press_and_a_later_negative_response_opens_it_again() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        accept(&t, &acceptor, NEAR_A, "a0").await;
        accept(&t, &acceptor, NEAR_A, "b1").await;
        let site = Site::open(&ctx).await;
        let today = site.get("office", "/admin/").await.text;
        assert!(
            today.contains("Вы не просмотрели")
                && today.contains("Получено откликов: 2, из них негативных: 1.")
        );
        assert!(today.contains(&LIST.replace('&', "&#38;")) || today.contains(LIST), "{today}");
        assert!(site.get("office", LIST).await.text.contains("Просмотрено всё за день"));
        // Those who need not have no such line; a list of more than the day has none either.
        assert!(!site.get("country", LIST).await.text.contains("Просмотрено всё за день"));
        assert!(!site.get("country", "/admin/").await.text.contains("Вы не просмотрели"));
        for other in ["&negative=1", "&q=x"] {
            assert!(!site.get("office", &format!("{LIST}{other}")).await.text.contains("Просмотрено всё"));
        }

        let body = NEAR_A.to_string();
        let fields =
            |negative| [("body", &*body), ("day", "2026-11-22"), ("negative", negative), ("back", "today")];
        let answer = site.post("office", LOOK, &fields("1")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let page = site.get("office", &answer.location).await.text;
        assert!(
            page.contains("Отменить")
                && page.contains("Вы всё просмотрели")
                && !page.contains("Вы не просмотрели")
        );
        assert!(day(&t, NEAR_A).await.is_looked_by(104) && !day(&t, NEAR_A).await.is_looked_by(102));

        accept(&t, &acceptor, NEAR_A, "c1").await;
        assert!(day(&t, NEAR_A).await.is_looked_by(104), "a good one opens nothing");
        accept(&t, &acceptor, NEAR_A, "c0").await;
        assert!(!day(&t, NEAR_A).await.is_looked_by(104));
        assert!(
            site.get("office", "/admin/").await.text.contains("После вашей отметки пришёл негативный отклик")
        );

        // The page was open before the second negative response came: that one has not been seen, and what has been
        // is marked already.
        site.post("office", LOOK, &fields("1")).await;
        assert!(!day(&t, NEAR_A).await.is_looked_by(104));
        t.clock.advance(Instant::MINUTE);
        site.post("office", LOOK, &fields("99")).await;
        let mark = Mark { person: 104, at: ctx.now(), negative: 2 };
        assert_eq!(day(&t, NEAR_A).await.marks, [mark], "no more is seen than there is");

        let answer = site.post("office", UNDO, &fields("")).await;
        assert_eq!(answer.location, "/admin/?done=day-undone");
        assert!(day(&t, NEAR_A).await.marks.is_empty());
        site.post("office", UNDO, &fields("")).await;
        let entries = list(t.db.read(), &SYSTEM, &Filter::default()).await.unwrap().rows;
        let actions: Vec<_> = entries.iter().rev().map(|entry| entry.action.as_str()).collect();
        let look = "responses.look_day";
        assert_eq!(actions, [look, look, "responses.undo_day"], "what is so already is no change");
        assert!(entries.iter().all(|entry| entry.body == Some(NEAR_A)));
    });
}

/// The receipts of a day say «просмотрено» when somebody has looked the day through, and no longer when it was a slip.
#[test]
fn qr12_a_day_takes_its_responses_along_and_gives_back_only_those() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        let mut ids = Vec::new();
        for (body, marks) in [(NEAR_A, "a0"), (NEAR_A, "b1"), (NEAR_A, "c1"), (NEAR_B, "a0")] {
            let receipt = acceptor.accept(response(&t, body, marks, "")).await.unwrap().receipt;
            ids.push(found(&t, &receipt).await.id);
            t.clock.advance(Instant::SECOND);
        }
        let worker = Worker::new(t.db.clone(), t.clock.clone(), vec![Arc::new(figures::Figures)]);
        worker.run_once().await.unwrap();
        let site = Site::open(&ctx).await;
        // One was looked through by itself before, by somebody else.
        site.post("near", &format!("/admin/responses/{}/look", ids[1]), &[]).await;
        let looked = async || {
            let mut by = Vec::new();
            for id in &ids {
                by.push(
                    store::find(t.db.read(), &SYSTEM, *id).await.unwrap().unwrap().looked.map(|(_, by)| by),
                );
            }
            by
        };
        let (own, other) = (Some("Сотрудник 104".to_owned()), Some("Сотрудник 102".to_owned()));
        let page = site.get("office", LIST).await.text;
        let between = |from: &str| page.split_once(from).unwrap().1.split_once('"').unwrap().0.to_owned();
        let (newest, negative) = (between("name=\"newest\" value=\""), between("name=\"negative\" value=\""));
        assert_eq!((newest.as_str(), negative.as_str()), (ids[2].to_string().as_str(), "1"));
        // Another comes while the page stands open; the clock stands still, as at a press right after another change.
        accept(&t, &acceptor, NEAR_A, "e1").await;
        let body = NEAR_A.to_string();
        let fields = [
            ("body", &*body),
            ("day", "2026-11-22"),
            ("negative", &*negative),
            ("newest", &*newest),
            ("back", "list"),
        ];
        for _ in 0..2 {
            assert_eq!(site.post("office", LOOK, &fields).await.location, LIST);
            assert_eq!(looked().await, [own.clone(), other.clone(), own.clone(), None]);
        }
        let waiting = site.get("office", "/admin/responses?not_looked=1").await.text;
        assert!(waiting.contains("Найдено: 1."), "what came later still waits");

        // What got an answer since stays looked through when the press is taken back.
        let outcome = [("outcome", "Починили"), ("seen", "")];
        site.post("near", &format!("/admin/responses/{}/outcome", ids[2]), &outcome).await;
        for _ in 0..2 {
            site.post("office", UNDO, &fields).await;
            assert_eq!(looked().await, [None, other.clone(), own.clone(), None]);
        }
        let entries = list(t.db.read(), &SYSTEM, &Filter::default()).await.unwrap().rows;
        let of_days: Vec<_> = entries
            .iter()
            .rev()
            .filter(|entry| entry.action.ends_with("_day"))
            .map(|entry| (entry.action.as_str(), entry.change.clone().unwrap().after["responses"].clone()))
            .collect();
        assert_eq!(of_days, [("responses.look_day", 2.into()), ("responses.undo_day", 1.into())]);
    });
}

#[test]
fn qr12_only_who_must_marks_only_days_up_to_the_offices_today() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        for office in [NEAR_A, NEAR_B, FAR_A] {
            accept(&t, &acceptor, office, "a0").await;
        }
        let site = Site::open(&ctx).await;
        let post = async |who, body: i64, day: &str| {
            let body = body.to_string();
            site.post(who, LOOK, &[("body", &*body), ("day", day), ("negative", "1"), ("back", "list")]).await
        };
        for (who, body, day) in [
            ("office", NEAR_B, "2026-11-22"),
            ("office", FAR_A, "2026-11-22"),
            ("far", FAR_A, "2026-11-22"),
            ("office", NEAR_A, "2026-11-23"),
            ("office", NEAR_A, "2026-11-21"),
            ("office", NEAR_A, "вчера"),
        ] {
            assert_eq!(post(who, body, day).await.location, "/admin/?done=day-refused", "{who} {body} {day}");
        }
        assert_eq!(post("observer", NEAR_A, "2026-11-22").await.status, StatusCode::FORBIDDEN);
        assert!(day(&t, NEAR_A).await.marks.is_empty());
        assert!(site.get("near", "/admin/?done=day-refused").await.text.contains("Отметка не изменена"));
        assert_eq!(post("near", NEAR_A, "2026-11-22").await.location, LIST);
        assert!(site.get("near", LIST).await.text.contains("Вы всё просмотрели"));
        assert!(
            site.get("office", LIST).await.text.contains("Просмотрено всё за день"),
            "each for themselves"
        );

        let scope = caller("far").unwrap().scope(Permission::ReadResponses);
        let far: Vec<CivilDay> = vec![DAY];
        let seen = days::received(t.db.read(), &scope, None, DAY.plus_days(-5), DAY).await.unwrap();
        assert_eq!(seen.iter().map(|day| (day.body, day.day)).collect::<Vec<_>>(), [(FAR_A, far[0])]);
        assert_eq!(days::of_office(t.db.read(), &scope, NEAR_A, DAY).await.unwrap().all, 0);
    });
}

#[test]
fn what_other_slices_say_of_needs_stands_on_the_first_page() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let site = Site::open(&ctx).await;
        let page = site.get("near", "/admin/").await.text;
        assert!(page.contains("Откликов пока нет"), "also before the first response");
        assert!(
            page.contains("<li class=\"tile warning\"><a href=\"/admin/cares\"><strong>3</strong>"),
            "{page}"
        );
        assert!(page.contains("<li class=\"tile quiet\"><a href=\"/admin/no-cares\"><strong>0</strong>"));
        assert!(!site.get("operator", "/admin/").await.text.contains("cares"));
    });
}

#[test]
fn qr12_days_in_memory_are_those_of_the_database_after_every_change() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let acceptor = acceptor(&ctx, Vec::new()).await;
        let board = Board::new(&Cube::default());
        let random: &dyn otklik_kernel::Random = &*t.random;
        let mut seen = 0;
        for _ in 0..40 {
            let [what, office, person, hours] = random.bytes::<4>();
            let body = [NEAR_A, NEAR_B, FAR_A][usize::from(office) % 3];
            let at = otklik_kernel::Clock::now(&*t.clock);
            let marked = DAY.plus_days(i32::from(hours % 3));
            match what % 4 {
                0 | 1 => accept(&t, &acceptor, body, if what % 8 < 4 { "a0" } else { "a1" }).await,
                2 => {
                    let mark = Mark { person: i64::from(person % 3), at, negative: i64::from(person % 2) };
                    let tx = t.db.begin().await.unwrap();
                    days::set(&tx, body, marked, mark).await.unwrap();
                    tx.commit().await.unwrap();
                }
                _ => {
                    let tx = t.db.begin().await.unwrap();
                    otklik_responses::store::days::remove(&tx, body, marked, i64::from(person % 3))
                        .await
                        .unwrap();
                    tx.commit().await.unwrap();
                }
            }
            t.clock.advance(i64::from(hours % 5) * Instant::HOUR);
            for who in ["country", "near", "far"] {
                let scope = caller(who).unwrap().scope(Permission::ReadResponses);
                let (from, to) = (DAY.plus_days(-1), DAY.plus_days(7));
                let stored = days::received(t.db.read(), &scope, None, from, to).await.unwrap();
                let mut kept = board.received(&t.db, &scope, from, to).await.unwrap();
                assert!(kept.is_sorted_by_key(|day| std::cmp::Reverse(day.day)), "{who}");
                kept.sort_by_key(|day| (std::cmp::Reverse(day.day), day.body));
                assert_eq!(kept, stored, "{who}");
                seen += stored.iter().map(|day| day.marks.len()).sum::<usize>();
            }
        }
        assert!(seen > 50, "{seen} marks were compared");
    });
}
