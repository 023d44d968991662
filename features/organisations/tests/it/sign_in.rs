//! Signing in and out, lock-out, sessions, temporary passwords, forms kept over the end of a session (ORG-3, X-3).

use axum::http::header;
use otklik_access::Role;
use otklik_db::sql;
use otklik_kernel::Instant;
use otklik_organisations::people;
use otklik_organisations::sessions;
use otklik_testkit::both;
use sea_orm::ConnectionTrait;

use crate::common::{MIGRATIONS, PASSWORD, SYSTEM, World};

#[test]
fn org3_signing_in_begins_a_session_whose_secret_is_only_in_the_cookie() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let id = world.person("adm", "5400", &[(Role::Administrator, "5400")]).await;
        let mut browser = world.browser();
        let answer = browser.sign_in(" ADM ", PASSWORD).await.expect(303);
        assert_eq!(answer.location(), "/admin/");
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.contains("; Path=/; HttpOnly; SameSite=Lax") && cookie.starts_with("otklik="),
            "{cookie}"
        );
        let secret = browser.cookie.clone().unwrap();
        assert_eq!(secret.len(), 52);
        let conn = world.t.db.read();
        let text = "SELECT secret_hash, agent FROM organisations_sessions";
        let row = conn.query_one_raw(sql(conn, text, [])).await.unwrap().unwrap();
        let stored: String = row.try_get("", "secret_hash").unwrap();
        assert!(stored.len() == 64 && !stored.contains(&secret));
        browser
            .get("/admin/account")
            .await
            .expect(200)
            .says("Сотрудник adm")
            .says("Firefox, Linux")
            .says("этот сеанс");
        assert_eq!(world.last_entry().await.0, "sessions.begin");
        // The sign-in page has no use for somebody who is signed in.
        assert_eq!(
            browser.get("/admin/login?next=/admin/bodies").await.expect(303).location(),
            "/admin/bodies"
        );
        assert_eq!(sessions::of(conn, id, world.ctx.now()).await.unwrap().len(), 1);
    });
}

#[test]
fn org3_a_wrong_password_and_an_unknown_login_look_the_same_and_keep_the_login() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("known", "5400", &[]).await;
        let mut pages = Vec::new();
        for login in ["known", "nobody"] {
            let answer = world.browser().sign_in(login, "не тот пароль вовсе").await.expect(422);
            let answer = answer.says("Логин или пароль не подходит").says(&format!("value=\"{login}\""));
            assert!(answer.headers.get(header::SET_COOKIE).is_none());
            pages.push(answer.text.replace(login, ""));
        }
        assert_eq!(pages[0], pages[1]);
        world.browser().sign_in("known", "").await.expect(422).says("Введите логин и пароль");
    });
}

#[test]
fn org3_five_wrong_passwords_lock_for_fifteen_minutes_even_against_the_right_one() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm", "5401", &[(Role::Administrator, "5401")]).await;
        let mut browser = world.browser();
        for _ in 0..4 {
            browser.sign_in("adm", "не тот пароль вовсе").await.expect(422).says("не подходит");
        }
        // 09:00 UTC is 16:00 in Novosibirsk.
        browser.sign_in("adm", "не тот пароль вовсе").await.expect(422).says("22.11.2026 16:15");
        assert_eq!(world.last_entry().await.0, "people.lock");
        browser.sign_in("adm", PASSWORD).await.expect(422).says("22.11.2026 16:15");
        world.t.clock.advance(15 * Instant::MINUTE - 1);
        browser.sign_in("adm", PASSWORD).await.expect(422).says("22.11.2026 16:15");
        world.t.clock.advance(1);
        browser.sign_in("adm", PASSWORD).await.expect(303);
        // The right password set the count back.
        for _ in 0..4 {
            world.browser().sign_in("adm", "не тот пароль вовсе").await.expect(422).says("не подходит");
        }
        world.browser().sign_in("adm", PASSWORD).await.expect(303);
    });
}

#[test]
fn org3_wrong_passwords_sent_at_once_are_all_counted() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm", "5401", &[]).await;
        let ctx = &world.ctx;
        let tries =
            (0..5).map(|_| otklik_organisations::sign_in::sign_in(ctx, "adm", "не тот пароль вовсе", "", ""));
        let mut locked = 0;
        for outcome in join_all(tries).await {
            locked +=
                usize::from(matches!(outcome.unwrap(), otklik_organisations::sign_in::Outcome::Locked(..)));
        }
        assert_eq!(locked, 1);
        world.browser().sign_in("adm", PASSWORD).await.expect(422);
    });
}

async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        let mut at = 0;
        while at < pending.len() {
            match pending[at].as_mut().poll(context) {
                std::task::Poll::Ready(output) => {
                    done.push(output);
                    drop(pending.swap_remove(at));
                }
                std::task::Poll::Pending => at += 1,
            }
        }
        if pending.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[test]
fn org3_a_session_ends_after_two_idle_hours_and_after_twelve_hours_at_all() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm", "5400", &[(Role::Administrator, "5400")]).await;
        let mut browser = world.signed_in("adm").await;
        world.t.clock.advance(2 * Instant::HOUR - 1);
        browser.get("/admin/account").await.expect(200);
        world.t.clock.advance(2 * Instant::HOUR);
        assert_eq!(
            browser.get("/admin/account").await.expect(303).location(),
            "/admin/login?next=%2Fadmin%2Faccount"
        );
        let mut browser = world.signed_in("adm").await;
        for _ in 0..11 {
            world.t.clock.advance(Instant::HOUR);
            browser.get("/admin/account").await.expect(200);
        }
        world.t.clock.advance(Instant::HOUR);
        browser.get("/admin/account").await.expect(303);
        // The next sign-in leaves nothing of what is over.
        world.signed_in("adm").await;
        let conn = world.t.db.read();
        let count =
            conn.query_one_raw(sql(conn, "SELECT COUNT(*) AS n FROM organisations_sessions", [])).await;
        assert_eq!(count.unwrap().unwrap().try_get::<i64>("", "n").unwrap(), 1);
    });
}

#[test]
fn org3_the_last_request_is_written_down_once_a_minute() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let id = world.person("adm", "5400", &[]).await;
        let mut browser = world.signed_in("adm").await;
        let begun = world.ctx.now();
        let seen = async || sessions::of(world.t.db.read(), id, world.ctx.now()).await.unwrap()[0].seen_at;
        world.t.clock.advance(Instant::MINUTE - 1);
        browser.get("/admin/account").await.expect(200);
        assert_eq!(seen().await, begun);
        world.t.clock.advance(1);
        browser.get("/admin/account").await.expect(200);
        assert_eq!(seen().await, begun.plus(Instant::MINUTE));
    });
}

#[test]
fn org3_signing_out_and_ending_sessions_work_at_once() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm", "5400", &[(Role::Administrator, "5400")]).await;
        let (mut desk, mut phone, mut third) =
            (world.signed_in("adm").await, world.signed_in("adm").await, world.signed_in("adm").await);
        let secret = desk.cookie.clone();
        // Without the token nobody is signed out.
        desk.post_bare("/admin/logout", &[]).await.expect(403);
        desk.get("/admin/account").await.expect(200);
        assert_eq!(desk.post("/admin/logout", &[]).await.expect(303).location(), "/admin/login?done=bye");
        assert_eq!(desk.cookie, None);
        desk.cookie = secret;
        desk.get("/admin/account").await.expect(303);
        desk.post_bare("/admin/logout", &[]).await.expect(303);
        world.browser().get("/admin/login?done=bye").await.expect(200).says("Вы вышли из системы");

        phone.post("/admin/account/sessions/end", &[]).await.expect(303);
        third.get("/admin/account").await.expect(303);
        // The session one is in is ended by signing out: it has no button, but its number works.
        let person = people::store::find_by_login(world.t.db.read(), "adm").await.unwrap().unwrap().0.id;
        let left = sessions::of(world.t.db.read(), person, world.ctx.now()).await.unwrap();
        assert_eq!(left.len(), 1);
        phone.get("/admin/account").await.expect(200).hides("name=\"session\"");
        let own = left[0].id.to_string();
        phone.post("/admin/account/sessions/end", &[("session", &own)]).await.expect(303);
        phone.get("/admin/account").await.expect(303);
        // Somebody else's session can't be ended by its number.
        world.person("other", "5400", &[]).await;
        let mut victim = world.signed_in("other").await;
        let other = people::store::find_by_login(world.t.db.read(), "other").await.unwrap().unwrap().0.id;
        let number = sessions::of(world.t.db.read(), other, world.ctx.now()).await.unwrap()[0].id.to_string();
        let mut again = world.signed_in("adm").await;
        again.post("/admin/account/sessions/end", &[("session", &number)]).await.expect(404);
        victim.get("/admin/account").await.expect(200);
    });
}

#[test]
fn x3_one_goes_on_only_within_the_admin_zone() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm", "5400", &[]).await;
        let answer = world.browser().get("/admin/login?next=%2Fadmin%2Fbodies%3Fq%3D1").await.expect(200);
        assert_eq!(answer.hidden("next"), "/admin/bodies?q=1");
        for (next, to) in [
            ("/admin/bodies?q=1", "/admin/bodies?q=1"),
            ("//evil.example/", "/admin/"),
            ("https://evil.example/admin/", "/admin/"),
            ("/admin/../qr/x/", "/admin/"),
            ("/admin/x\r\nSet-Cookie: otklik=x", "/admin/"),
        ] {
            let fields = [("login", "adm"), ("password", PASSWORD), ("next", next)];
            assert_eq!(world.browser().post_bare("/admin/login", &fields).await.expect(303).location(), to);
        }
    });
}

#[test]
fn x3_a_form_of_another_site_doesnt_sign_in() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm", "5400", &[]).await;
        let mut browser = world.browser();
        browser.headers.push(("sec-fetch-site", "cross-site".to_owned()));
        let answer = browser.sign_in("adm", PASSWORD).await.expect(403);
        assert!(answer.headers.get(header::SET_COOKIE).is_none());
        browser.headers = vec![("sec-fetch-site", "same-origin".to_owned())];
        browser.sign_in("adm", PASSWORD).await.expect(303);
    });
}

#[test]
fn x3_what_was_typed_before_the_session_ended_is_sent_after_signing_in_again() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        world.person("adm", "5400", &[(Role::Administrator, "5400")]).await;
        let path = format!("/admin/bodies/{}/close", world.body("5401").await);
        let mut browser = world.signed_in("adm").await;
        let fields = [("reason", "объединён с ИФНС № 2 <приказ>")];
        world.t.clock.advance(3 * Instant::HOUR);
        let expired = browser.post(&path, &fields).await.expect(401);
        assert_eq!(expired.hidden("resume_path"), path);
        let kept = expired.hidden("resume.reason");
        assert_eq!(kept, "объединён с ИФНС № 2 &#60;приказ&#62;");
        let resume = [("resume_path", path.as_str()), ("resume.reason", fields[0].1), ("resume.csrf", "old")];
        let wrong: Vec<_> =
            [("login", "adm"), ("password", "не тот пароль")].into_iter().chain(resume).collect();
        let again = browser.post_bare("/admin/login", &wrong).await.expect(422);
        assert_eq!(
            (again.hidden("resume_path"), again.hidden("resume.reason")),
            (path.clone(), kept.clone())
        );
        let right: Vec<_> = [("login", "adm"), ("password", PASSWORD)].into_iter().chain(resume).collect();
        let page = browser.post_bare("/admin/login", &right).await.expect(200).says("Продолжить отправку");
        let page = page.says(&format!("action=\"{path}\""));
        assert_eq!((page.hidden("reason"), page.hidden("csrf")), (kept, browser.csrf.clone()));
        let sent = [("csrf", page.hidden("csrf")), ("reason", fields[0].1.to_owned())];
        let sent: Vec<_> = sent.iter().map(|(key, value)| (*key, value.as_str())).collect();
        browser.post_bare(&path, &sent).await.expect(303);
        let body = browser.get(&path.replace("/close", "")).await.expect(200);
        body.says("объединён с ИФНС № 2 &#60;приказ&#62;");
        // A path of another site is dropped with its fields.
        let evil =
            [("login", "adm"), ("password", PASSWORD), ("resume_path", "//evil.example/"), ("resume.a", "b")];
        assert_eq!(world.browser().post_bare("/admin/login", &evil).await.expect(303).location(), "/admin/");
    });
}

#[test]
fn org3_a_temporary_password_only_lets_its_owner_set_another() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let id = world.person("new", "5400", &[(Role::Administrator, "5400")]).await;
        let hash = people::store::password_hash(world.t.db.read(), id).await.unwrap().unwrap();
        let tx = world.t.db.begin().await.unwrap();
        people::set_password(&tx, id, &hash, true).await.unwrap();
        tx.commit().await.unwrap();
        let mut browser = world.browser();
        let page = browser.sign_in("new", PASSWORD).await.expect(200).says("Задайте свой пароль");
        assert!(page.headers.get(header::SET_COOKIE).is_none());
        let ticket = page.hidden("ticket");
        let mut replace = async |ticket: &str, one: &str, two: &str| {
            let fields = [
                ("login", "new"),
                ("ticket", ticket),
                ("new_password", one),
                ("new_password_again", two),
                ("next", "/admin/people"),
            ];
            browser.post_bare("/admin/login/password", &fields).await
        };
        const NEW: &str = "снег идёт третий день";
        replace(&ticket, NEW, "снег идёт").await.expect(422).says("Пароли не совпадают");
        replace(&ticket, "коротко", "коротко").await.expect(422).says("короче 12");
        replace(&ticket, PASSWORD, PASSWORD).await.expect(422).says("совпадает с прежним");
        replace("1.AAAA", NEW, NEW).await.expect(422).says("устарела");
        world.t.clock.advance(15 * Instant::MINUTE);
        replace(&ticket, NEW, NEW).await.expect(422).says("устарела");
        world.t.clock.advance(-15 * Instant::MINUTE);
        assert_eq!(replace(&ticket, NEW, NEW).await.expect(303).location(), "/admin/people");
        replace(&ticket, "ещё одна длинная фраза", "ещё одна длинная фраза")
            .await
            .expect(422)
            .says("устарела");
        world.browser().sign_in("new", PASSWORD).await.expect(422);
        world.browser().sign_in("new", NEW).await.expect(303);
        assert!(world.journal().await.contains(&"people.change_password".to_owned()));
    });
}

#[test]
fn org3_the_own_password_is_changed_and_other_sessions_end() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let id = world.person("adm", "5400", &[]).await;
        let (mut desk, mut phone) = (world.signed_in("adm").await, world.signed_in("adm").await);
        let mut change = async |present: &str, one: &str, two: &str| {
            let fields = [("password", present), ("new_password", one), ("new_password_again", two)];
            desk.post("/admin/account/password", &fields).await
        };
        const NEW: &str = "снег идёт третий день";
        change("не тот пароль", NEW, NEW).await.expect(422).says("Текущий пароль введён неверно");
        change(PASSWORD, NEW, "другое").await.expect(422).says("Пароли не совпадают");
        change(PASSWORD, "123456789012", "123456789012").await.expect(422).says("легко подобрать");
        change(PASSWORD, NEW, NEW).await.expect(303);
        phone.get("/admin/account").await.expect(303);
        desk.get("/admin/account?done=password").await.expect(200).says("Пароль изменён");
        world.browser().sign_in("adm", PASSWORD).await.expect(422);
        // An open session doesn't help to guess the password either.
        for _ in 0..5 {
            let fields = [("password", "угадываю"), ("new_password", NEW), ("new_password_again", NEW)];
            desk.post("/admin/account/password", &fields).await.expect(422);
        }
        let person = people::store::find(world.t.db.read(), &SYSTEM, id).await.unwrap().unwrap();
        assert!(person.lock.held(world.ctx.now()).is_some());
    });
}

#[test]
fn x3_bytes_that_are_no_text_are_refused_with_words() {
    both(MIGRATIONS, async |t| {
        let world = World::new(t).await;
        let mut browser = world.browser();
        let kind = "application/x-www-form-urlencoded";
        browser.post_body("/admin/login", kind, "login=%00&password=x").await.expect(400);
        browser.post_body("/admin/login", kind, "login=%FF&password=x").await.expect(400);
        browser.post_body("/admin/login", "application/json", "{}").await.expect(415);
        browser.get("/admin/login?next=%00").await.expect(400);
    });
}
