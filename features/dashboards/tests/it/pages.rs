//! The page over HTTP: scope, fragments, mistakes, breaks.

use axum::http::StatusCode;
use otklik_kernel::Instant;
use otklik_questionnaires::Questionnaire;
use otklik_testkit::{NOON, both};

use crate::common::{MIGRATIONS, Site, answer, context};

const PARTS: [&str; 8] = ["shares", "dynamics", "causes", "places", "offices", "hours", "periods", "map"];

#[test]
fn qr13_the_page_answers_with_every_figure_and_each_alone() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        answer(&t, &ctx, 200, 40).await;
        let site = Site::open(&ctx).await;
        let page = site.get("country", "/admin/analysis?period=90").await;
        assert_eq!(page.status, StatusCode::OK);
        for part in PARTS {
            let id = format!("id=\"chart-{part}\"");
            assert!(page.text.contains(&id), "{part}");
            let one = site.get("country", &format!("/admin/analysis?period=90&part={part}")).await;
            assert_eq!((one.status, one.kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
            assert!(one.text.trim_start().starts_with("<figure") && one.text.contains(&id), "{part}");
            assert!(
                one.text.contains(&format!(
                    "data-part=\"/admin/analysis?body=6901&#38;period=90&#38;part={part}\""
                ))
            );
            assert!(page.text.contains(one.text.trim()), "the fragment {part} is not what the page has");
        }
        assert!(
            page.text.contains("ИФНС &#60;Центральная&#62; &#38; К") && !page.text.contains("<Центральная>")
        );
        for path in ["/admin/analysis?part=nothing", "/admin/analysis/export.csv?part=x"] {
            assert_eq!(site.get("country", path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(site.get("operator", "/admin/analysis").await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn org2_analysis_keeps_to_the_scope() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        answer(&t, &ctx, 200, 20).await;
        let site = Site::open(&ctx).await;
        let (near, far) = ("ИФНС № 7", "Находке");
        let page = site.get("near", "/admin/analysis").await.text;
        assert!(page.contains(near) && !page.contains(far) && !page.contains("Приморск"));
        // What is outside the scope is as if it weren't there, by code and by name.
        for asked in ["6920", "6922", "6901", "%D0%BD%D0%B0%D1%85%D0%BE%D0%B4%D0%BA"] {
            let page = site.get("near", &format!("/admin/analysis?body={asked}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains("id=\"body-error\""), "{asked}");
            assert!(page.text.contains(near) && !page.text.contains(far), "{asked}");
        }
        let found =
            site.get("country", "/admin/analysis?body=%D0%BD%D0%B0%D1%85%D0%BE%D0%B4%D0%BA").await.text;
        assert!(found.contains("<p class=\"lead\">ИФНС по городу Находке."), "{found}");
        // The way up ends where the scope does.
        let page = site.get("near", "/admin/analysis?body=6912").await.text;
        assert!(page.contains("/admin/analysis?body=6910") && !page.contains("/admin/analysis?body=6901"));
    });
}

#[test]
fn x6_few_responses_show_no_share() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        answer(&t, &ctx, 4, 1).await;
        let site = Site::open(&ctx).await;
        let page = site.get("country", "/admin/analysis").await.text;
        assert!(page.contains("<strong>4 отклика</strong>"));
        for one in ["dynamics", "offices", "map", "periods", "hours"] {
            let text = site.get("country", &format!("/admin/analysis?part={one}")).await.text;
            let drawing = text.split("class=\"chart-foot\"").next().unwrap();
            assert!(!drawing.replace("95 %", "").contains("\u{a0}%"), "{one}: {drawing}");
        }
        for row in site.table("country", "shares", "").await {
            assert_eq!(row[1..4], ["", "", ""], "{row:?}");
        }
        let none = site.get("country", "/admin/analysis?from=2020-01-01&to=2020-01-31").await.text;
        assert!(none.contains("За эти дни откликов нет") && !none.contains("<figure"));
    });
}

#[test]
fn wrong_values_are_pointed_out_and_left_aside() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        answer(&t, &ctx, 30, 10).await;
        let site = Site::open(&ctx).await;
        for (query, field) in [
            ("body=9999", "body"),
            ("from=22.11.2026", "from"),
            ("to=2026-02-30", "to"),
            ("from=2026-11-23&to=2026-11-22", "from"),
            ("from=2001-01-01&to=2026-11-22", "from"),
            ("about=z", "about"),
            ("cut=year", "cut"),
            ("units=all", "units"),
            ("against=2", "against"),
        ] {
            let page = site.get("country", &format!("/admin/analysis?{query}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains(&format!("href=\"#{field}\"")), "{query}");
            assert!(page.text.contains("24.10.2026–22.11.2026, 30 дней"), "{query}");
        }
        for query in ["period=x", "%ff=1"] {
            let page = site.get("country", &format!("/admin/analysis?{query}")).await.text;
            assert!(page.contains("class=\"summary\"") && page.contains("30 дней"), "{query}");
        }
        // Dates changed beside a ready-made period count; unchanged ones leave it as it is.
        let same = "/admin/analysis?period=7&from=2026-11-16&to=2026-11-22";
        assert!(site.get("country", same).await.text.contains("period=7&#38;part="));
        let changed =
            site.get("country", "/admin/analysis?period=7&from=2026-11-10&to=2026-11-22").await.text;
        assert!(changed.contains("from=2026%2D11%2D10&#38;to=2026%2D11%2D22&#38;part="));
    });
}

#[test]
fn qr13_a_new_version_of_the_questionnaire_and_a_closed_office_are_marked() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        answer(&t, &ctx, 120, 20).await;
        let mut next = Questionnaire::built_in();
        next.comment.limit += 1;
        otklik_questionnaires::publish(&t.db, &next, NOON.plus(-5 * Instant::DAY)).await.unwrap();
        let tx = t.db.begin().await.unwrap();
        let closed = NOON.plus(-3 * Instant::DAY);
        otklik_organisations::store::set_closed(&tx, 12, Some(closed)).await.unwrap();
        tx.commit().await.unwrap();
        let site = Site::open(&ctx).await;
        let breaks = async |query: &str| -> Vec<(String, String)> {
            let rows = site.table("country", "dynamics", query).await;
            let happened = rows.into_iter().map(|row| (row[0].clone(), row[7].clone()));
            happened.filter(|(_, what)| !what.is_empty()).collect()
        };
        let named = |day: &str, what: &str| (day.to_owned(), what.to_owned());
        let version = named("17.11.2026", "анкета, версия 2");
        assert_eq!(breaks("cut=day").await, vec![version.clone()]);
        let closing = named("19.11.2026", "закрыт Межрайонная ИФНС № 7");
        assert_eq!(breaks("cut=day&body=6910").await, [version.clone(), closing]);
        assert_eq!(breaks("cut=day&body=6912").await, [version, named("19.11.2026", "орган закрыт")]);
        let chart = site.get("country", "/admin/analysis?cut=day&body=6910&part=dynamics").await.text;
        assert_eq!(chart.matches("class=\"break\"").count(), 2);
    });
}
