//! The recipients page through its router.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use otklik_access::Scope;
use otklik_journal::{Filter, list};
use otklik_notifications::daily::Days;
use otklik_notifications::{recipients, routes};
use otklik_responses::figures::Cube;
use otklik_web::csrf_token;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower::ServiceExt as _;

use crate::world::{NEIGHBOUR, OFFICE, World, world};

pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub text: String,
}

impl World {
    async fn call(&self, request: Request<Body>) -> Answer {
        let response = routes(&self.ctx, &self.offices, &Days::new(&Cube::default()))
            .router
            .oneshot(request)
            .await
            .unwrap();
        let status = response.status();
        let location =
            response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status, location: location.unwrap_or_default(), text }
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        let cookie = format!("__Host-otklik={who}");
        self.call(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, who: &str, body: i64, csrf: &str, typed: &str) -> Answer {
        let typed = utf8_percent_encode(typed, NON_ALPHANUMERIC);
        self.post_raw(who, body, format!("csrf={csrf}&recipients={typed}")).await
    }

    async fn post_raw(&self, who: &str, body: i64, form: String) -> Answer {
        self.post_to(who, &path(body), form).await
    }

    pub async fn post_to(&self, who: &str, path: &str, form: String) -> Answer {
        let request = Request::post(path)
            .header("cookie", format!("__Host-otklik={who}"))
            .header("content-type", "application/x-www-form-urlencoded");
        self.call(request.body(Body::from(form)).unwrap()).await
    }

    pub async fn save(&self, typed: &str) -> Answer {
        let csrf = csrf_token(&self.ctx, "responsible");
        self.post("responsible", OFFICE, &csrf, typed).await
    }

    pub async fn saved(&self) -> Vec<String> {
        let list = recipients(self.t.db.read(), OFFICE).await.unwrap();
        list.iter().map(|address| address.as_str().to_owned()).collect()
    }
}

pub fn path(body: i64) -> String {
    format!("/admin/bodies/{body}/recipients")
}

#[test]
fn qr6_the_saved_list_is_shown_in_the_same_field_and_duplicates_are_merged() {
    world(async |w| {
        let answer = w.get("responsible", &path(OFFICE)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text.contains("vashkontrol2724@r27.nalog.ru"), "QR-8: the hint of the form");
        assert!(answer.text.contains("Список пуст."));
        let answer = w.save(" a@x.ru;B@x.ru\r\n b@X.ru,, почта@налог.рф,c@налог.рф").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = w.save(" a@x.ru;B@x.ru\r\n b@X.ru,, c@налог.рф").await;
        assert_eq!(
            (answer.status, answer.location.as_str()),
            (StatusCode::SEE_OTHER, "/admin/bodies/2724/recipients?done=saved&merged=1")
        );
        let answer = w.get("responsible", &answer.location).await;
        assert!(answer.text.contains("Сохранено: 3 адреса. Повторы объединены: 1."));
        assert!(answer.text.contains("\na@x.ru, B@x.ru, c@налог.рф</textarea>"));
        assert_eq!(w.save("").await.status, StatusCode::SEE_OTHER, "the list can be emptied");
        assert!(w.saved().await.is_empty());
    });
}

#[test]
fn qr6_x3_a_wrong_address_is_pointed_out_and_the_others_are_kept() {
    world(async |w| {
        let typed = "a@x.ru, <b>b@@x.ru</b>\r\nc@x.ru";
        let answer = w.save(typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(w.saved().await, ["a@x.ru", "c@x.ru"]);
        assert_eq!(answer.text.matches("role=\"alert\"").count(), 1);
        // In the summary and beside the field.
        assert_eq!(
            answer.text.matches("Адрес 2, «&#60;b&#62;b@@x.ru&#60;/b&#62;»:").count(),
            2,
            "{}",
            answer.text
        );
        assert!(answer.text.contains("<a href=\"#recipients\">"));
        assert!(answer.text.contains("aria-invalid=\"true\""));
        assert!(
            answer.text.contains("\na@x.ru, &#60;b&#62;b@@x.ru&#60;/b&#62;\r\nc@x.ru</textarea>"),
            "what was typed stays"
        );
        assert!(answer.text.contains("Сохранено: 2 адреса."));
        assert!(!answer.text.contains("<b>b@"));
        // Without a single good one nothing changes.
        let answer = w.save("nobody, @x.ru").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains("Список не изменён"));
        assert_eq!(w.saved().await, ["a@x.ru", "c@x.ru"]);
    });
}

#[test]
fn qr6_every_change_is_in_the_journal() {
    world(async |w| {
        w.save("a@x.ru, b@x.ru").await;
        w.save("b@x.ru, c@x.ru").await;
        w.save("b@x.ru, c@x.ru").await;
        let scope = Scope::system("a test reads everything");
        let entries = list(w.t.db.read(), &scope, &Filter::default()).await.unwrap().rows;
        assert_eq!(entries.len(), 2, "saving the same list changes nothing");
        let newest = &entries[0];
        assert_eq!(
            (newest.action.as_str(), newest.body, newest.actor.as_str()),
            ("recipients.change", Some(OFFICE), "login11")
        );
        let change = newest.change.as_ref().unwrap();
        assert_eq!(change.before.to_string(), r#"{"recipients":["a@x.ru","b@x.ru"]}"#);
        assert_eq!(
            change.after.to_string(),
            r#"{"added":["c@x.ru"],"recipients":["b@x.ru","c@x.ru"],"removed":["a@x.ru"]}"#
        );
    });
}

#[test]
fn x3_forged_and_broken_forms_change_nothing() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        let csrf = csrf_token(&w.ctx, "responsible");
        for (form, status) in [
            ("recipients=b%40x.ru".to_owned(), StatusCode::FORBIDDEN),
            (format!("csrf={}&recipients=b%40x.ru", csrf_token(&w.ctx, "neighbour")), StatusCode::FORBIDDEN),
            (format!("csrf={csrf}&recipients=b%40x.ru%00"), StatusCode::BAD_REQUEST),
            (format!("csrf={csrf}&recipients=b%40x.ru%FF"), StatusCode::BAD_REQUEST),
            (format!("csrf={csrf}"), StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(w.post_raw("responsible", OFFICE, form.clone()).await.status, status, "{form}");
        }
        assert_eq!(w.saved().await, ["a@x.ru"]);
        // Header injection: what would become a header is no address.
        let answer = w.save("b@x.ru\r\nBcc: evil@evil.example\r\n\u{b}c@x.ru%0aTo:d@x.ru").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(w.saved().await, ["b@x.ru"]);
    });
}

#[test]
fn org4_the_page_is_for_those_who_may_and_only_within_their_scope() {
    world(async |w| {
        for (who, body, status) in [
            ("responsible", OFFICE, StatusCode::OK),
            ("responsible", NEIGHBOUR, StatusCode::NOT_FOUND),
            ("neighbour", OFFICE, StatusCode::NOT_FOUND),
            ("responsible", 999, StatusCode::NOT_FOUND),
            ("observer", OFFICE, StatusCode::FORBIDDEN),
            ("nobody", OFFICE, StatusCode::SEE_OTHER),
        ] {
            assert_eq!(w.get(who, &path(body)).await.status, status, "{who} {body}");
        }
        let csrf = csrf_token(&w.ctx, "neighbour");
        assert_eq!(w.post("neighbour", OFFICE, &csrf, "evil@x.ru").await.status, StatusCode::NOT_FOUND);
        assert!(w.saved().await.is_empty());
    });
}

#[test]
fn a_failed_delivery_is_told_below_the_field_until_it_is_mended() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "gone@x.ru"]).await;
        w.sink.refuse_rcpt("gone@x.ru", 550);
        w.accept(1, OFFICE, "a0", "").await;
        w.send().await;
        let told = "Не удалось отправить письмо на gone@x.ru";
        let answer = w.get("responsible", &path(OFFICE)).await;
        assert!(
            answer.text.contains(told) && answer.text.contains("Остальным отправлено."),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("22.11.2026 19:00"), "the last letter, in the office's time");
        w.sink.accept_all();
        w.after(1);
        w.accept(2, OFFICE, "a0", "").await;
        w.send().await;
        assert!(!w.get("responsible", &path(OFFICE)).await.text.contains(told), "a later letter has arrived");
    });
}

#[test]
fn qr6_ten_thousand_addresses_in_one_form() {
    world(async |w| {
        let typed: Vec<String> = (0..10_000).map(|n| format!("official{n}@r27.nalog.ru")).collect();
        let answer = w.save(&typed.join(", ")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(w.saved().await, typed);
    });
}
