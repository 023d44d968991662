//! The card beside the list: one address, one page of the server.

use axum::http::StatusCode;
use otklik_kernel::Instant;
use otklik_testkit::{TestDb, both};

use crate::common::{FAR_A, MIGRATIONS, NEAR_A, NEAR_B, Site, acceptor, context, found, response};

/// Responses, the oldest first: negative of `NEAR_A`, positive and negative of `NEAR_B`, negative of `FAR_A`.
async fn stage(t: &TestDb) -> (Site, [i64; 4]) {
    let ctx = context(t).await;
    let acceptor = acceptor(&ctx, Vec::new()).await;
    let mut ids = Vec::new();
    for (body, marks, comment) in [
        (NEAR_A, "a0", "Ждали два часа"),
        (NEAR_B, "b1", ""),
        (NEAR_B, "c0", "Грубо"),
        (FAR_A, "d0", "далеко"),
    ] {
        let receipt = acceptor.accept(response(t, body, marks, comment)).await.unwrap().receipt;
        ids.push(found(t, &receipt).await.id);
        t.clock.advance(Instant::SECOND);
    }
    (Site::open(&ctx).await, ids.try_into().unwrap())
}

#[test]
fn a_card_stands_beside_its_list_with_the_lists_filters() {
    both(MIGRATIONS, async |t| {
        let (site, [first, good, second, far]) = stage(&t).await;
        let page = site.get("near", &format!("/admin/responses?negative=1&card={second}")).await;
        assert_eq!(page.status, StatusCode::OK);
        for part in [
            format!("id=\"card\" data-card=\"{second}\" aria-labelledby=\"card-title\""),
            "<h2 id=\"card-title\" tabindex=\"-1\">Отклик от".to_owned(),
            "<h3>Оценки</h3>".to_owned(),
            "<blockquote class=\"quote\">Грубо</blockquote>".to_owned(),
            "data-close href=\"/admin/responses?negative=1\"".to_owned(),
            "name=\"list\" value=\"negative=1\"".to_owned(),
            format!("<a href=\"/admin/responses/{first}\" class=\"alone\">"),
            format!("<a href=\"/admin/responses?negative=1&#38;card={first}\" class=\"aside\" data-open>"),
            format!("card={second}\" class=\"aside\" data-open aria-current=\"true\">"),
            // The next to look through is one of those that the list shows.
            format!("id=\"card-next\" data-open href=\"/admin/responses?negative=1&#38;card={first}\""),
            format!("<a href=\"/admin/responses/{second}\">На отдельной странице</a>"),
        ] {
            assert!(page.text.contains(&part), "no {part} in {}", page.text);
        }
        assert_eq!(page.text.matches("aria-current=\"true\">").count(), 2, "the section and the row");
        assert_eq!(page.text.matches("<h1>").count(), 1);
        let all = site.get("near", &format!("/admin/responses?card={second}")).await.text;
        assert!(all.contains(&format!("id=\"card-next\" data-open href=\"/admin/responses?card={good}\"")));

        // The observer reads and can't press; a table to take along knows nothing of the card.
        let observer = site.get("observer", &format!("/admin/responses?card={first}")).await.text;
        assert!(observer.contains("id=\"card\"") && !observer.contains("name=\"list\""));
        assert!(all.contains("href=\"/admin/responses/export.csv\""));

        // Outside the scope it is as if it weren't there: the same words as for what never was.
        for card in [first.to_string(), second.to_string(), "7".to_owned(), "x".to_owned(), "%27".to_owned()]
        {
            let page = site.get("far", &format!("/admin/responses?card={card}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains("Отклика, который указан в адресе, нет среди ваших."), "{card}");
            assert!(!page.text.contains("id=\"card\"") && !page.text.contains("Ждали"), "{card}");
            assert!(page.text.contains(&format!("/admin/responses/{far}")), "the list is there");
        }
        let operator = site.get("operator", &format!("/admin/responses?card={first}")).await;
        assert_eq!(operator.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn what_is_done_beside_a_list_leads_back_to_it() {
    both(MIGRATIONS, async |t| {
        let (site, [first, _, second, _]) = stage(&t).await;
        let look = format!("/admin/responses/{second}/look");
        // What isn't a filter doesn't come back, and nothing leads elsewhere.
        for (list, back) in [
            ("negative=1&page=1", "/admin/responses?negative=1&"),
            ("", "/admin/responses?"),
            ("//elsewhere.example/?x=1&done=outcome&card=5", "/admin/responses?"),
            ("q=a%0D%0Ab\r\nLocation: x&page=0", "/admin/responses?q=a%20b%20Location%3A%20x&"),
        ] {
            let answer = site.post("near", &look, &[("list", list)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
            let done = if list.starts_with("negative") { "looked" } else { "looked-before" };
            assert_eq!(answer.location, format!("{back}card={second}&done={done}"), "{list}");
        }
        let page = site.get("near", &format!("/admin/responses?card={second}&done=looked")).await.text;
        assert!(page.contains("Отклик отмечен просмотренным.") && page.contains("Просмотрен: Сотрудник 102"));

        let outcome = format!("/admin/responses/{first}/outcome");
        let long = "ё".repeat(2001);
        for typed in [" ", long.as_str()] {
            let fields = [("list", "negative=1"), ("seen", ""), ("outcome", typed)];
            let wrong = site.post("near", &outcome, &fields).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            for part in ["id=\"outcome-error\"", "id=\"list\"", &format!("data-card=\"{first}\""), typed] {
                assert!(wrong.text.contains(part), "{part}");
            }
        }
        let fields = [("list", "negative=1"), ("seen", ""), ("outcome", "Открыли окно")];
        let answer = site.post("near", &outcome, &fields).await;
        assert_eq!(answer.location, format!("/admin/responses?negative=1&card={first}&done=outcome"));
        assert!(site.get("near", &answer.location).await.text.contains("Есть ответ"));
        assert_eq!(site.post("far", &outcome, &fields).await.status, StatusCode::NOT_FOUND);
    });
}
