//! The pages over HTTP: who sees what, wrong addresses, looking through and writing what was done.

use axum::http::StatusCode;
use otklik_access::Scope;
use otklik_jobs::Worker;
use otklik_kernel::{Id, Instant};
use otklik_responses::{Suspicion, store};
use otklik_testkit::{TestDb, both};

use crate::common::{FAR_A, MIGRATIONS, NEAR_A, NEAR_B, Site, acceptor, context, found, number, response};

/// A site with three responses: one of each office.
struct Stage {
    site: Site,
    /// Negative, with a text that looks like HTML; of `NEAR_A`.
    bad: Id,
    /// Positive; of `NEAR_B`.
    good: Id,
    /// Suspicious; of `FAR_A`.
    far: Id,
}

async fn stage(t: &TestDb) -> Stage {
    let ctx = context(t).await;
    let acceptor = acceptor(&ctx, Vec::new()).await;
    let store = async |form| {
        let receipt = acceptor.accept(form).await.unwrap().receipt;
        t.clock.advance(Instant::SECOND);
        found(t, &receipt).await.id
    };
    let bad = store(response(t, NEAR_A, "a1c0", "Ждали <script>alert(1)</script> & «ещё»\nдва часа")).await;
    let good = store(response(t, NEAR_B, "e1", "")).await;
    let mut far = response(t, FAR_A, "b0", "далеко");
    far.suspicion = Suspicion::TOO_FAST;
    let far = store(far).await;
    let worker = Worker::new(t.db.clone(), t.clock.clone(), otklik_responses::handlers());
    worker.run_once().await.unwrap();
    Stage { site: Site::open(&ctx).await, bad, good, far }
}

#[test]
fn the_list_shows_the_scope_in_local_time_and_escapes_texts() {
    both(MIGRATIONS, async |t| {
        let Stage { site, bad, good, far } = stage(&t).await;
        let shows = async |who, query: &str| {
            let page = site.get(who, &format!("/admin/responses{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
            [bad, good, far].map(|id| page.text.contains(&format!("\"/admin/responses/{id}\"")))
        };
        assert_eq!(shows("country", "").await, [true, true, true]);
        assert_eq!(shows("observer", "").await, [true, true, true]);
        assert_eq!(shows("near", "").await, [true, true, false]);
        assert_eq!(shows("far", "").await, [false, false, true]);
        assert_eq!(shows("office", "").await, [true, false, false]);
        // Offices are asked for by code, by name and by a part of it; a region means all under it.
        assert_eq!(shows("country", "?body=6910").await, [true, true, false]);
        assert_eq!(shows("country", "?body=+6911+").await, [true, false, false]);
        assert_eq!(
            shows("near", "?body=%D1%86%D0%B5%D0%BD%D1%82%D1%80%D0%B0%D0%BB%D1%8C%D0%BD").await,
            [true, false, false]
        );
        // What is outside the scope is as if it weren't there: the filter is left aside.
        assert_eq!(shows("near", "?body=6921").await, [true, true, false]);
        assert_eq!(shows("country", "?negative=1").await, [true, false, true]);
        assert_eq!(shows("country", "?negative=0").await, [false, true, false]);
        assert_eq!(shows("country", "?sad=c").await, [true, false, false]);
        assert_eq!(shows("country", "?suspicious=1").await, [false, false, true]);
        assert_eq!(shows("country", "?text=1&suspicious=0").await, [true, false, false]);
        assert_eq!(shows("country", "?q=%D0%95%D0%A9%D0%81").await, [true, false, false]);
        assert_eq!(shows("country", "?from=2026-11-22&to=2026-11-22").await, [true, true, true]);
        assert_eq!(shows("country", "?from=2026-11-23").await, [false, false, false]);

        let all = site.get("country", "/admin/responses").await.text;
        assert!(!all.contains("<script>alert"), "a text is not HTML");
        for words in [
            "22.11.2026 12:00",
            "22.11.2026 19:00",
            "Слишком быстро",
            "Плохо: длительность ожидания в очереди",
        ] {
            assert!(all.contains(words), "{words}");
        }
        assert_eq!(site.get("operator", "/admin/responses").await.status, StatusCode::FORBIDDEN);
        let stranger = site.get("nobody", "/admin/responses?negative=1").await;
        assert_eq!(stranger.location, "/admin/login?next=%2Fadmin%2Fresponses%3Fnegative%3D1");
    });
}

#[test]
fn a_wrong_address_is_pointed_out_and_still_answered() {
    both(MIGRATIONS, async |t| {
        let Stage { site, bad, .. } = stage(&t).await;
        for query in [
            "body=6921",
            "body=%27%3B--",
            "from=x",
            "to=2026-13-01",
            "from=0000-00-00",
            "to=9999-12-31",
            "negative=7",
            "sad=%25",
            "text=2",
            "suspicious=x",
            "not_looked=2",
            "page=0",
            "page=1e9",
            "q=%FF",
            "q=a%00b",
            "from=2026-11-23&to=2026-11-01",
        ] {
            let page = site.get("near", &format!("/admin/responses?{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
            assert!(page.text.contains("role=\"alert\""), "{query} is not pointed out");
            assert!(page.text.contains(&bad.to_string()), "{query} hides what is there");
        }
        let far = site.get("near", "/admin/responses?page=99999").await;
        assert!(far.status == StatusCode::OK && far.text.contains(&bad.to_string()));
    });
}

#[test]
fn pages_of_a_list_keep_its_filters() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let node = acceptor(&ctx, Vec::new()).await;
        for n in 0..51 {
            node.accept(response(&t, NEAR_A, "a0", &format!("отзыв {n}"))).await.unwrap();
        }
        let site = Site::open(&ctx).await;
        let query = "negative=1&q=%D0%BE%D1%82%D0%B7%D1%8B%D0%B2";
        let first = site.get("near", &format!("/admin/responses?{query}")).await.text;
        let rows =
            |page: &str| page.matches("<td><span class=\"nowrap\"><a href=\"/admin/responses/").count();
        assert_eq!(rows(&first), 50);
        assert!(first.contains("Найдено: 51. С оценкой «Плохо»: 51. Не просмотрено: 51."));
        let next = "?q=%D0%BE%D1%82%D0%B7%D1%8B%D0%B2&#38;negative=1&#38;page=2";
        assert!(first.contains(next), "no link {next}");
        let second = site.get("near", &format!("/admin/responses{}", next.replace("&#38;", "&"))).await.text;
        assert_eq!(rows(&second), 1);
    });
}

#[test]
fn the_card_is_for_the_scope_and_its_buttons_for_those_who_may() {
    both(MIGRATIONS, async |t| {
        let Stage { site, bad, far, good } = stage(&t).await;
        let card = format!("/admin/responses/{bad}");
        for (who, status, has_buttons) in [
            ("country", StatusCode::OK, true),
            ("near", StatusCode::OK, true),
            ("office", StatusCode::OK, true),
            ("observer", StatusCode::OK, false),
            ("far", StatusCode::NOT_FOUND, false),
            ("operator", StatusCode::FORBIDDEN, false),
        ] {
            let page = site.get(who, &card).await;
            assert_eq!(page.status, status, "{who}");
            assert_eq!(page.text.contains(&format!("{card}/look")), has_buttons, "{who}");
            assert_eq!(page.text.contains(&format!("{card}/outcome")), has_buttons, "{who}");
        }
        for (who, status) in [
            ("observer", StatusCode::FORBIDDEN),
            ("operator", StatusCode::FORBIDDEN),
            ("far", StatusCode::NOT_FOUND),
        ] {
            for action in ["look", "outcome"] {
                let answer = site.post(who, &format!("{card}/{action}"), &[("outcome", "текст")]).await;
                assert_eq!(answer.status, status, "{who} {action}");
            }
        }
        for wrong in ["/admin/responses/1", "/admin/responses/abc", "/admin/responses/99999999999999999999"] {
            assert_eq!(site.get("country", wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        let text = site.get("near", &card).await.text;
        assert!(text.contains("&#60;script&#62;") && !text.contains("<script>alert"));
        for words in [
            "22.11.2026 12:00:00 (UTC+3)",
            "в) длительность ожидания в очереди",
            "Не оценено",
            "0123456789abcdef",
        ] {
            assert!(text.contains(words), "{words}");
        }
        let far = site.get("far", &format!("/admin/responses/{far}")).await.text;
        assert!(far.contains("(UTC+10)") && far.contains("быстрее чем через 3 секунды"));
        // The next one to look through is within the scope: nothing older than this one of theirs.
        let next = site.get("near", &format!("/admin/responses/{good}")).await.text;
        assert!(next.contains(&format!("href=\"{card}\"")));
    });
}

#[test]
fn looking_through_counts_once_and_stands_in_the_journal() {
    both(MIGRATIONS, async |t| {
        let Stage { site, bad, .. } = stage(&t).await;
        let path = format!("/admin/responses/{bad}/look");
        let forged = site.post_raw("near", &path, "csrf=wrong").await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        assert_eq!(number(&t, "SELECT COUNT(*) FROM journal_entries").await, 0);
        let first = site.post("near", &path, &[]).await;
        assert_eq!(
            (first.status, first.location),
            (StatusCode::SEE_OTHER, format!("/admin/responses/{bad}?done=looked"))
        );
        let second = site.post("country", &path, &[]).await;
        assert_eq!(second.location, format!("/admin/responses/{bad}?done=looked-before"));
        let shown = site.get("near", &first_location(bad)).await.text;
        assert!(shown.contains("Просмотрен: Сотрудник 102") && !shown.contains(&path));
        let journal = journal(&t).await;
        assert_eq!(journal.len(), 1);
        assert_eq!(
            (journal[0].action.as_str(), journal[0].subject_id, journal[0].body),
            ("responses.look", Some(bad), Some(NEAR_A))
        );
        assert_eq!(journal[0].actor, "login102");
        let waiting = site.get("near", "/admin/responses?not_looked=1").await.text;
        assert!(!waiting.contains(&format!("/admin/responses/{bad}")));
    });
}

fn first_location(id: Id) -> String {
    format!("/admin/responses/{id}?done=looked")
}

async fn journal(t: &TestDb) -> Vec<otklik_journal::Row> {
    let all = Scope::system("test");
    otklik_journal::list(t.db.read(), &all, &otklik_journal::Filter::default()).await.unwrap().rows
}

#[test]
fn what_was_done_is_checked_kept_and_journaled_with_what_it_replaced() {
    both(MIGRATIONS, async |t| {
        let Stage { site, bad, .. } = stage(&t).await;
        let card = format!("/admin/responses/{bad}");
        let path = format!("{card}/outcome");
        let find = async || store::find(t.db.read(), &Scope::system("test"), bad).await.unwrap().unwrap();
        let long = format!("Начало {}", "ё".repeat(2000));
        for typed in [long.as_str(), "", " \u{200b}\r\n"] {
            let answer = site.post("near", &path, &[("outcome", typed), ("seen", "")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text.contains("id=\"outcome-error\""));
            assert!(answer.text.contains(typed.replace("\r\n", "\n").as_str()), "what was typed is kept");
        }
        assert_eq!((find().await.outcome, find().await.looked), (None, None));
        assert!(journal(&t).await.is_empty());

        let text = "ё".repeat(2000);
        let done = site.post("near", &path, &[("outcome", &format!(" {text}\r\n")), ("seen", "")]).await;
        assert_eq!(
            (done.status, done.location.clone()),
            (StatusCode::SEE_OTHER, format!("{card}?done=outcome"))
        );
        let stored = find().await;
        assert_eq!(stored.outcome.as_ref().map(|(_, text)| text.clone()), Some(text.clone()));
        assert_eq!(
            stored.looked.map(|(_, by)| by),
            Some("Сотрудник 102".to_owned()),
            "who answers has looked"
        );
        assert!(site.get("near", &done.location).await.text.contains("Сохранено"));

        // Somebody whose page is older doesn't overwrite it unseen.
        t.clock.advance(Instant::HOUR);
        let stale = site.post("country", &path, &[("outcome", "Другое"), ("seen", "")]).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stale.text.contains("Другое") && stale.text.contains(&text));
        assert_eq!(find().await.outcome.map(|(_, text)| text), Some(text.clone()));
        let seen = stored.outcome.unwrap().0.0.to_string();
        assert!(stale.text.contains(&format!("name=\"seen\" value=\"{seen}\"")));
        let again = site.post("country", &path, &[("outcome", "Другое"), ("seen", &seen)]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);

        let rows = journal(&t).await;
        let actions: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.actor.as_str())).collect();
        assert_eq!(
            actions,
            [
                ("responses.outcome", "login101"),
                ("responses.outcome", "login102"),
                ("responses.look", "login102")
            ]
        );
        let change = rows[0].change.clone().unwrap();
        assert_eq!(
            (change.before["outcome"].as_str(), change.after["outcome"].as_str()),
            (Some(text.as_str()), Some("Другое"))
        );
        assert!(rows.iter().all(|row| row.body == Some(NEAR_A) && row.trace.len() == 16));
    });
}

#[test]
fn today_counts_the_scope_and_every_number_leads_to_its_list() {
    both(MIGRATIONS, async |t| {
        let Stage { site, bad, .. } = stage(&t).await;
        let tiles = async |who| {
            let text = site.get(who, "/admin/").await.text;
            let tiles: Vec<(String, u64)> = text
                .split("<li class=\"tile ")
                .skip(1)
                .take(5) // After them stand the needs of other slices.
                .map(|tile| {
                    let between = |from: &str, to: &str| {
                        let rest = tile.split_once(from).unwrap().1;
                        rest.split_once(to).unwrap().0.to_owned()
                    };
                    let href = between("href=\"", "\"").replace("&#38;", "&");
                    (href, between("<strong>", "</strong>").parse().unwrap())
                })
                .collect();
            for (href, n) in &tiles {
                let list = site.get(who, href).await.text;
                let rows = list.matches("<td><span class=\"nowrap\"><a href=\"/admin/responses/").count();
                assert_eq!(rows as u64, *n, "{who} {href}");
            }
            tiles.into_iter().map(|(_, n)| n).collect::<Vec<_>>()
        };
        // Negative waiting, waiting, received, negative received, suspicious.
        assert_eq!(tiles("country").await, [2, 3, 3, 2, 1]);
        assert_eq!(tiles("near").await, [1, 2, 2, 1, 0]);
        assert_eq!(tiles("far").await, [1, 1, 1, 1, 1]);
        site.post("near", &format!("/admin/responses/{bad}/look"), &[]).await;
        assert_eq!(tiles("near").await, [0, 1, 2, 1, 0]);

        let near = site.get("near", "/admin/").await.text;
        assert!(near.contains("мало ответов") && near.contains("22.11.2026"));
        assert!(near.contains(&format!("/admin/responses/{bad}")));
        let operator = site.get("operator", "/admin/").await;
        assert_eq!(operator.status, StatusCode::OK);
        assert!(
            operator.text.contains("href=\"/admin/outbox\"") && !operator.text.contains("/admin/responses")
        );
    });
}

#[test]
fn an_empty_site_says_what_will_be_there() {
    both(MIGRATIONS, async |t| {
        let site = Site::open(&context(&t).await).await;
        for path in ["/admin/", "/admin/responses"] {
            let page = site.get("near", path).await;
            assert!(page.status == StatusCode::OK && page.text.contains("Откликов пока нет"), "{path}");
        }
        assert!(site.get("near", "/admin/responses?q=1").await.text.contains("Ничего не найдено"));
    });
}
