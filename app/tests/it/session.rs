//! A session that ends while somebody is typing in the admin zone.

use axum::body::Body;
use axum::http::header;
use otklik_access::Role;
use otklik_kernel::Instant;
use otklik_organisations::password;

use crate::world::{OFFICE, form, on_both, request};

#[test]
fn x3_what_was_typed_outlives_an_expired_session() {
    on_both(async |world| {
        world.respond(OFFICE, "Долго ждали").await;
        let response = world.stored().await[0].id;
        let hash = password::hash("correct-horse-42", &*world.ctx.random).await.unwrap();
        let office = world.body(OFFICE).await;
        let person = world.person("keeper", office, &[Role::UnitHead], &hash).await;
        let session = world.session(person).await;
        let path = format!("/admin/responses/{response}");
        let card = world.get_as(&session, &path).await;
        assert_eq!(card.status, 200);
        let (csrf, seen) = (card.hidden("csrf").to_owned(), card.hidden("seen").to_owned());

        world.t.clock.advance(13 * Instant::HOUR);
        let typed = "Открыто второе окно: \"А\" & <Б>\r\nс понедельника";
        let to = format!("{path}/outcome");
        let sent = form(&[("csrf", &csrf), ("seen", &seen), ("outcome", typed)]);
        let page = world.post_as(&session, &to, sent.clone()).await;
        assert_eq!(page.status, 401);
        assert!(page.text.contains("Открыто второе окно"));
        assert_eq!((page.hidden("resume_path"), page.hidden("resume.seen")), (to.as_str(), seen.as_str()));
        assert!(!page.text.contains("resume.csrf"));

        // The browser sends the hidden fields back as they are, with the login and a wrong password first.
        let fields = |password| {
            form(&[
                ("resume_path", &to),
                ("resume.seen", &seen),
                ("resume.outcome", typed),
                ("login", "keeper"),
                ("password", password),
            ])
        };
        let page = world.post("/admin/login", fields("wrong-horse-42")).await;
        assert_eq!((page.status, page.hidden("resume_path")), (422, to.as_str()));
        assert!(page.text.contains("Открыто второе окно"));
        let page = world.post("/admin/login", fields("correct-horse-42")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
        let fresh = cookie.strip_prefix("__Host-otklik=").unwrap();
        assert!(page.text.contains(&format!("action=\"{to}\"")));
        let csrf = page.hidden("csrf").to_owned();
        assert_eq!(csrf, world.csrf(fresh));
        assert_eq!(page.hidden("seen"), seen);

        let sent = form(&[("csrf", &csrf), ("seen", &seen), ("outcome", typed)]);
        let done = world.post_as(fresh, &to, sent).await;
        assert_eq!((done.status, done.location()), (303, format!("{path}?done=outcome").as_str()));
        let outcome = world.stored().await[0].outcome.clone().unwrap().1;
        assert_eq!(outcome, typed.replace("\r\n", "\n"));
    });
}

/// A form with a photo: its texts are kept, the photo is chosen again.
#[test]
fn x3_a_form_with_a_photo_outlives_an_expired_session() {
    on_both(async |world| {
        let hash = password::hash("correct-horse-42", &*world.ctx.random).await.unwrap();
        let office = world.body(OFFICE).await;
        world.person("keeper", office, &[Role::UnitHead], &hash).await;
        let to = format!("/admin/bodies/{office}/placements/new");
        let parts = |csrf: &str, more: &str| {
            let part = |name: &str, value: &str| {
                format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            };
            let texts = [("csrf", csrf), ("place", "other"), ("carrier", "pocket"), ("day", "2026-11-22")];
            let texts: String = texts.iter().map(|(name, value)| part(name, value)).collect();
            format!("{texts}{}{more}--b--\r\n", part("note", "у колонны «А»"))
        };
        let photo =
            "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\nnot kept\r\n";
        let kind = "multipart/form-data; boundary=b";
        let send = async |cookies: String, body: String| {
            let request = request("POST", &to).header(header::COOKIE, cookies);
            let mut request = request.body(Body::from(body)).unwrap();
            request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
            world.send(request).await
        };
        let page = send(String::new(), parts("old", photo)).await;
        assert_eq!(page.status, 401);
        assert!(page.text.contains("нужно будет выбрать ещё раз"));
        assert_eq!((page.hidden("resume.note"), page.hidden("resume_file")), ("у колонны «А»", "photo"));

        let fields = [
            ("resume_path", to.as_str()),
            ("resume.place", "other"),
            ("resume.note", "у колонны «А»"),
            ("resume_file", "photo"),
            ("login", "keeper"),
            ("password", "correct-horse-42"),
        ];
        let page = world.post("/admin/login", form(&fields)).await;
        assert!(page.text.contains("enctype=\"multipart/form-data\""), "{}", page.text);
        assert!(page.text.contains("type=\"file\" id=\"file-1\" name=\"photo\""));
        let session = page.header("set-cookie").split(';').next().unwrap().to_owned();
        let done = send(session, parts(page.hidden("csrf"), "")).await;
        assert_eq!(done.status, 303, "{}", done.text);
    });
}

/// After a mistake in a form the address bar holds an address that is only sent to.
#[test]
fn x3_an_address_of_a_form_opened_by_itself_has_a_page() {
    on_both(async |world| {
        for (method, path, words) in [
            ("GET", "/admin/responses/7/outcome", "Здесь нечего открывать"),
            ("GET", "/admin/responses/days/look", "Здесь нечего открывать"),
            ("DELETE", "/admin/bodies", "Здесь нечего открывать"),
            ("POST", "/r/0000-0000-0000-0000", "<html lang=\"ru\">"),
        ] {
            let page = world.send(request(method, path).body(Body::empty()).unwrap()).await;
            assert_eq!(page.status, 405, "{method} {path}");
            assert!(page.text.contains(words), "{}", page.text);
            assert!(!page.header("allow").is_empty(), "{method} {path}");
            assert!(!page.header("content-security-policy").is_empty(), "{method} {path}");
        }
    });
}

/// Programs read no pages.
#[test]
fn mon9_a_wrong_call_of_the_api_is_told_as_its_other_errors() {
    on_both(async |world| {
        for (method, path, status, code) in [
            ("GET", "/api/v1/monitoring/deliveries", 405, "method"),
            ("DELETE", "/api/v1/openapi.json", 405, "method"),
            ("GET", "/api/v1/nothing", 404, "not_found"),
            ("POST", "/api/", 404, "not_found"),
        ] {
            let answer = world.send(request(method, path).body(Body::empty()).unwrap()).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (status, "application/json"),
                "{path}"
            );
            let told: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
            assert_eq!(told["error"]["code"], code, "{told}");
            assert!(told["error"]["message"].as_str().unwrap().contains("API"), "{told}");
            assert_eq!(answer.header("allow").is_empty(), status == 404, "{method} {path}");
        }
        let page = world.get("/apis").await;
        assert!(page.status == 404 && page.text.contains("<html lang=\"ru\">"), "{}", page.text);
    });
}

#[test]
fn a_reader_whose_session_expired_comes_back_to_the_page() {
    on_both(async |world| {
        let hash = password::hash("correct-horse-42", &*world.ctx.random).await.unwrap();
        let office = world.body(OFFICE).await;
        let person = world.person("keeper", office, &[Role::UnitHead], &hash).await;
        let session = world.session(person).await;
        world.t.clock.advance(3 * Instant::HOUR);
        let page = world.get_as(&session, "/admin/responses?negative=1").await;
        assert_eq!(
            (page.status, page.location()),
            (303, "/admin/login?next=%2Fadmin%2Fresponses%3Fnegative%3D1")
        );
        let login = world.get(page.location()).await;
        let next = login.hidden("next").to_owned();
        let body = form(&[("next", &next), ("login", "keeper"), ("password", "correct-horse-42")]);
        let done = world.post("/admin/login", body).await;
        assert_eq!((done.status, done.location()), (303, "/admin/responses?negative=1"));
    });
}
