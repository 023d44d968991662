//! The page of the rules of alerts through its router.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use otklik_access::Scope;
use otklik_journal::{Filter, list};
use otklik_notifications::daily::Days;
use otklik_notifications::{Alerts, routes};
use otklik_responses::figures::Cube;
use otklik_web::csrf_token;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower::ServiceExt as _;

use crate::world::{NEIGHBOUR, OFFICE, REGION, World, world};

async fn call(w: &World, request: Request<Body>) -> (StatusCode, String, String) {
    let response =
        routes(&w.ctx, &w.offices, &Days::new(&Cube::default())).router.oneshot(request).await.unwrap();
    let status = response.status();
    let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, location.unwrap_or_default(), String::from_utf8(bytes.to_vec()).unwrap())
}

async fn get(w: &World, who: &str, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header("cookie", format!("__Host-otklik={who}"));
    let (status, _, text) = call(w, request.body(Body::empty()).unwrap()).await;
    (status, text)
}

async fn post(w: &World, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut form = format!("csrf={}", csrf_token(&w.ctx, "responsible"));
    for (name, value) in fields {
        form.push_str(&format!("&{name}={}", encode(value)));
    }
    let request = Request::post(path)
        .header("cookie", "__Host-otklik=responsible")
        .header("content-type", "application/x-www-form-urlencoded");
    call(w, request.body(Body::from(form)).unwrap()).await
}

fn path(body: i64) -> String {
    format!("/admin/bodies/{body}/alerts")
}

#[test]
fn qr5_rules_are_inherited_replaced_and_given_up_and_the_journal_knows() {
    world(async |w| {
        let (_, text) = get(&w, "responsible", &path(OFFICE)).await;
        assert!(text.contains("Правила ещё никто не задавал") && text.contains("value=\"20\""), "{text}");
        w.set_alerts(REGION, Alerts { several: Some(7), ..Alerts::default() }).await;
        let (_, text) = get(&w, "responsible", &path(OFFICE)).await;
        assert!(text.contains("Эти правила задал вышестоящий орган: УФНС по Хабаровскому краю."));
        assert!(text.contains("value=\"7\"") && !text.contains("Удалить собственные правила"));
        let fields = [
            ("flood_limit", "5"),
            ("several", "3"),
            ("several_to", "Head@x.ru; head@x.ru"),
            ("words", "Очередь, ПРИЁМ\r\nочередь"),
            ("words_to", ""),
            ("daily_hour", "9"),
            ("daily_to", "d@x.ru"),
        ];
        let (status, location, _) = post(&w, &path(OFFICE), &fields).await;
        assert_eq!(
            (status, location.as_str()),
            (StatusCode::SEE_OTHER, "/admin/bodies/2724/alerts?done=saved")
        );
        let (_, text) = get(&w, "responsible", &location).await;
        assert!(
            text.contains("Правила оповещений сохранены.") && text.contains("\nочередь, прием</textarea>")
        );
        assert!(text.contains("\nHead@x.ru</textarea>"), "{text}");
        let (status, location, _) = post(&w, &format!("{}/inherit", path(OFFICE)), &[]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, text) = get(&w, "responsible", &location).await;
        assert!(text.contains("Собственные правила удалены.") && text.contains("value=\"7\""));
        let scope = Scope::system("a test reads everything");
        let rows = list(w.t.db.read(), &scope, &Filter::default()).await.unwrap().rows;
        let of_office: Vec<_> = rows.iter().filter(|row| row.body == Some(OFFICE)).collect();
        assert_eq!(of_office.len(), 2);
        assert!(of_office.iter().all(|row| row.action == "alerts.change" && row.actor == "login11"));
        let change = of_office[1].change.as_ref().unwrap();
        assert!(change.after.to_string().contains(r#""words":["очередь","прием"]"#), "{}", change.after);
    });
}

#[test]
fn qr5_x3_mistakes_are_pointed_out_and_nothing_is_saved() {
    world(async |w| {
        for (field, value, told) in [
            ("flood_limit", "", "Введите целое число от 1 до 1000."),
            ("flood_limit", "0", "Введите целое число от 1 до 1000."),
            ("flood_limit", "-5", "Введите целое число от 1 до 1000."),
            ("several", "1001", "Введите целое число от 1 до 1000."),
            ("several_to", "a@x.ru, b@@x.ru", "Адрес 2, «b@@x.ru»"),
            ("words", "да, очередь", "«да»: в слове должно быть от 3 до 40 букв."),
            ("daily_hour", "24", "Введите час от 0 до 23."),
            ("daily_to", "nobody", "Адрес 1, «nobody»"),
        ] {
            let mut fields = vec![(field, value)];
            if field != "flood_limit" {
                fields.push(("flood_limit", "20"));
            }
            let (status, _, text) = post(&w, &path(OFFICE), &fields).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
            assert!(text.contains(told), "{field}={value}");
            assert!(value.is_empty() || text.contains(value), "what was typed stays");
        }
        let many: Vec<String> = (0..51).map(|n| format!("слово{n}")).collect();
        let (_, _, text) =
            post(&w, &path(OFFICE), &[("flood_limit", "20"), ("words", &many.join(" "))]).await;
        assert!(text.contains("Слов может быть не больше 50."));
        let (_, text) = get(&w, "responsible", &path(OFFICE)).await;
        assert!(text.contains("Правила ещё никто не задавал"));
    });
}

#[test]
fn org4_the_page_of_rules_is_for_those_who_may_and_only_within_their_scope() {
    world(async |w| {
        for (who, body, status) in [
            ("responsible", OFFICE, StatusCode::OK),
            ("responsible", REGION, StatusCode::NOT_FOUND),
            ("neighbour", OFFICE, StatusCode::NOT_FOUND),
            ("observer", OFFICE, StatusCode::FORBIDDEN),
            ("nobody", OFFICE, StatusCode::SEE_OTHER),
        ] {
            assert_eq!(get(&w, who, &path(body)).await.0, status, "{who} {body}");
        }
        let (status, _, _) = post(&w, &path(NEIGHBOUR), &[("flood_limit", "1")]).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    });
}
