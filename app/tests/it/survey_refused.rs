//! The public questionnaire: what is refused, with everything typed kept and nothing stored.

use crate::world::{Answer, BESIDE, OFFICE, World, form, on_both, receipt};

/// Checks that a form came back with what [`typed`] sent, and that nothing was stored.
async fn kept(world: &World, page: &Answer, comment: &str) {
    assert_eq!(page.status, 422, "{}", page.text);
    assert!(page.text.contains(&format!("\n{comment}</textarea>")), "{}", page.text);
    assert!(page.text.contains("name=\"a\" value=\"1\" checked"));
    assert!(page.text.contains("name=\"b\" value=\"0\" checked"));
    assert!(page.text.contains("name=\"c\" value=\"\" checked"));
    assert!(page.text.contains("role=\"alert\""));
    assert!(world.stored().await.is_empty());
    // What came back can be sent once it is mended.
    let token = page.hidden("token");
    let again = world.post("/qr/6901/", form(&typed(token, "Исправлено"))).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert!(!receipt(&again).is_empty());
}

fn typed<'a>(token: &'a str, comment: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("token", token), ("a", "1"), ("b", "0"), ("c", ""), ("comment", comment)]
}

#[test]
fn x3_a_text_that_is_too_long_comes_back_whole() {
    on_both(async |world| {
        let long = "й".repeat(5000);
        let token = world.token(OFFICE).await;
        let page = world.post("/qr/6901/", form(&typed(&token, &long))).await;
        assert!(page.text.contains("Сократите текст до 4\u{a0}000 знаков: сейчас 5\u{a0}000"));
        kept(&world, &page, &long).await;
    });
}

#[test]
fn x3_a_body_beyond_the_limit_gets_a_page_that_says_so() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        let page = world.post("/qr/6901/", form(&typed(&token, &"й".repeat(200_000)))).await;
        assert_eq!(page.status, 413);
        assert!(page.text.contains("Ответ слишком большой"));
        assert!(world.stored().await.is_empty());
    });
}

#[test]
fn x3_invalid_utf_8_is_refused() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        for wrong in [&b"comment=%FF%FE"[..], b"comment=\xD0", b"%C0=1", b"a=%ED%A0%80"] {
            let body = [format!("token={token}&a=1&").as_bytes(), wrong].concat();
            let page = world.post("/qr/6901/", body).await;
            assert_eq!(page.status, 400);
            assert!(page.text.contains("Ответ не удалось прочитать"));
        }
        assert!(world.stored().await.is_empty());
    });
}

#[test]
fn x3_the_character_u_0000_is_refused() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        for wrong in ["comment=a%00b", "a%00=1", "comment=a\0b"] {
            let page = world.post("/qr/6901/", format!("token={token}&a=1&{wrong}")).await;
            assert_eq!(page.status, 400);
            assert!(page.text.contains("Ответ не удалось прочитать"));
        }
        assert!(world.stored().await.is_empty());
    });
}

#[test]
fn x3_a_form_of_another_kind_is_refused() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        let request = axum::http::Request::builder().method("POST").uri("/qr/6901/");
        let request = request.header("content-type", "application/json");
        let body = format!("{{\"token\":\"{token}\",\"a\":\"1\"}}");
        let page = world.send(request.body(body.into()).unwrap()).await;
        assert_eq!(page.status, 400);
        assert!(world.stored().await.is_empty());
    });
}

#[test]
fn x3_a_question_that_the_questionnaire_does_not_have() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        let mut fields = typed(&token, "Вежливо");
        fields.push(("f", "1"));
        let page = world.post("/qr/6901/", form(&fields)).await;
        kept(&world, &page, "Вежливо").await;
    });
}

#[test]
fn x3_a_value_that_the_questionnaire_does_not_offer() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        for (name, value) in [("d", "2"), ("d", "on"), ("a", "0"), ("received_at", "0"), ("", "1")] {
            let mut fields = typed(&token, "Вежливо");
            fields.push((name, value));
            let page = world.post("/qr/6901/", form(&fields)).await;
            assert_eq!(page.status, 422, "{name}={value}");
            assert!(page.text.contains("Вежливо</textarea>"), "{name}={value}");
            assert!(world.stored().await.is_empty());
        }
        let page =
            world.post("/qr/6901/", form(&[typed(&token, "Вежливо"), vec![("d", "9")]].concat())).await;
        kept(&world, &page, "Вежливо").await;
    });
}

#[test]
fn x3_a_form_without_its_token() {
    on_both(async |world| {
        let page = world.post("/qr/6901/", form(&typed("", "Вежливо")[1..])).await;
        assert!(page.text.contains("Страница устарела"));
        world.t.clock.advance(10_000_000);
        kept(&world, &page, "Вежливо").await;
    });
}

#[test]
fn x3_a_form_with_the_token_of_another_office() {
    on_both(async |world| {
        let token = world.token(BESIDE).await;
        let page = world.post("/qr/6901/", form(&typed(&token, "Вежливо"))).await;
        assert!(page.text.contains("Страница устарела"));
        assert_ne!(page.hidden("token"), token);
        kept(&world, &page, "Вежливо").await;
    });
}

#[test]
fn x3_a_form_with_a_token_that_was_tampered_with() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        // The moment the page was shown stands first: somebody in a hurry would like it to be earlier.
        let first = if token.starts_with('0') { "1" } else { "0" };
        for forged in [format!("{first}{}", &token[1..]), token[..44].to_owned(), "0".repeat(45)] {
            let page = world.post("/qr/6901/", form(&typed(&forged, "Вежливо"))).await;
            assert_eq!(page.status, 422);
            assert!(world.stored().await.is_empty());
        }
        let page = world.post("/qr/6901/", form(&typed(&format!("{token}0"), "Вежливо"))).await;
        kept(&world, &page, "Вежливо").await;
    });
}

#[test]
fn qr3_an_empty_form_is_refused() {
    on_both(async |world| {
        let token = world.token(OFFICE).await;
        let blank = [("token", token.as_str()), ("a", ""), ("e", ""), ("comment", " \r\n\u{a0}")];
        for fields in [&blank[..1], &blank] {
            let page = world.post("/qr/6901/", form(fields)).await;
            assert_eq!(page.status, 422);
            assert!(page.text.contains("Поставьте хотя бы одну оценку или напишите отзыв"));
        }
        assert!(world.stored().await.is_empty());
    });
}
