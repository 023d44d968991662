//! The journal within a scope, its filters, what changed, what was erased.

use otklik_journal::{Actor, erase, seal};
use otklik_kernel::Instant;
use otklik_testkit::both;
use serde_json::{Value as Json, json};

use crate::SCHEMA;
use crate::cast::{CENTRE, Cast, EAST_OFFICE, WEST, WEST_OFFICE};

async fn three_entries(c: &Cast) -> [i64; 3] {
    let west = c
        .entry(
            "recipients.change",
            Some(WEST_OFFICE),
            json!({"recipients": ["zapad@office.example"]}),
            json!({
                "recipients": ["zapad@office.example", "novyj@office.example"]
            }),
        )
        .await;
    let east = c
        .entry("bodies.rename", Some(EAST_OFFICE), json!({"name": "Восток"}), json!({"name": "Рассвет"}))
        .await;
    let whole = c.entry("future.thing", None, Json::Null, json!({"name": "Общее"})).await;
    seal(&c.t.db).await.unwrap();
    [west, east, whole]
}

#[test]
fn org2_a_regional_deputy_head_sees_only_their_region() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        let [west, east, whole] = three_entries(&c).await;
        let (deputy, path) = ("deputy_head@10", "/admin/journal");
        let page = c.get(deputy, path).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("novyj@office.example"));
        for foreign in ["Рассвет", "Общее", "Владивосток"] {
            assert!(!page.text.contains(foreign), "{foreign}");
        }
        assert_eq!(c.get(deputy, &format!("{path}/{west}")).await.status, 200);
        for id in [east, whole, 1] {
            assert_eq!(c.get(deputy, &format!("{path}/{id}")).await.status, 404);
        }
        // The whole service sees all, the office's own head only what is the office's.
        let page = c.get("head@1", path).await;
        for own in ["novyj@office.example", "Рассвет", "Общее", "future.thing"] {
            assert!(page.text.contains(own), "{own}");
        }
        let page = c.get("head@21", path).await;
        assert!(
            page.text.contains("Рассвет") && !page.text.contains("novyj@") && !page.text.contains("Общее")
        );
        // A neighbour's code is no way in, and tells nothing more than a code that doesn't exist.
        let neighbour = c.get(deputy, "/admin/journal?code=2536").await.text;
        let nobody = c.get(deputy, "/admin/journal?code=9999").await.text;
        assert_eq!(neighbour.replace("2536", "9999"), nobody);
        assert!(nobody.contains("среди доступных вам нет"));
    });
}

#[test]
fn org4_the_journal_is_for_those_who_may_read_it() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        three_entries(&c).await;
        for other in ["technical_operator@1", "responsible_employee@11", "mer_observer@1", "quality_group@1"]
        {
            assert_eq!(c.get(other, "/admin/journal").await.status, 403, "{other}");
        }
        let answer = c.get("nobody", "/admin/journal").await;
        assert_eq!((answer.status, answer.location()), (303, "/admin/login?next=%2Fadmin%2Fjournal"));
    });
}

#[test]
fn org7_what_changed_is_told_and_nothing_more() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        let [west, ..] = three_entries(&c).await;
        let page = c.get("head@1", &format!("/admin/journal/{west}")).await;
        assert!(page.text.contains("<ins>novyj@office.example</ins>"));
        assert!(!page.text.contains("zapad@office.example"), "what stayed as it was");
        assert!(page.text.contains("№ 1"));
        assert!(page.text.contains("0123456789abcdef"));
        // The zone is that of the reader's own body.
        assert!(c.get("head@10", &format!("/admin/journal/{west}")).await.text.contains("(UTC+2)"));
        assert!(c.get("head@1", &format!("/admin/journal/{west}")).await.text.contains("(UTC+3)"));
        // What was typed by people is text, never markup.
        let id = c
            .entry("bodies.rename", Some(WEST), json!({"<b>": 1}), json!({"<b>": "<script>x</script>"}))
            .await;
        let page = c.get("head@1", &format!("/admin/journal/{id}")).await.text;
        assert!(!page.contains("<script>x") && !page.contains("<dt><b>"));
        assert!(page.contains("ещё не в цепочке"));
    });
}

#[test]
fn org7_erased_data_are_gone_and_the_entry_stays() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        let [west, ..] = three_entries(&c).await;
        let tx = c.t.db.begin().await.unwrap();
        let by = Actor::System("command");
        erase(&tx, west, "по обращению", by, "", c.ctx.now(), &c.t.ids, &*c.t.random).await.unwrap();
        tx.commit().await.unwrap();
        let page = c.get("head@10", "/admin/journal").await.text;
        assert!(!page.contains("novyj@office.example"));
        assert!(page.contains("стёрто"));
        assert!(page.contains("Стёрты личные данные записи журнала"));
        assert!(page.contains("Система: командой на сервере"));
        assert!(page.contains(&format!("href=\"/admin/journal/{west}\"")), "the erasure names its entry");
        assert!(page.contains("доведена до записи № 3"));
        assert!(c.get("head@10", &format!("/admin/journal/{west}")).await.text.contains("Стёрто: "));
    });
}

#[test]
fn org7_filters_live_in_the_address() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        for number in 0..60 {
            let (body, name) = if number % 2 == 0 {
                (WEST_OFFICE, "чётная")
            } else {
                (EAST_OFFICE, "нечётная")
            };
            c.entry("bodies.rename", Some(body), Json::Null, json!({"name": format!("{name} {number}")}))
                .await;
        }
        let shown = async |query: &str| {
            let page = c.get("head@1", &format!("/admin/journal{query}")).await;
            assert_eq!(page.status, 200, "{query}");
            page.text.matches("href=\"/admin/journal/").count()
        };
        assert_eq!(shown("").await, 50);
        assert_eq!(shown("?page=2").await, 10);
        assert_eq!(shown("?page=99").await, 10);
        assert_eq!(shown("?code=3905").await, 30);
        assert_eq!(shown("?code=3900&action=bodies.").await, 30);
        assert_eq!(shown("?action=bodies.rename&actor=iskra&page=2").await, 10);
        assert_eq!(shown("?actor=nobody").await, 0);
        assert_eq!(shown("?action=people.").await, 0);
        assert_eq!(shown("?from=2026-11-22&to=2026-11-22").await, 50);
        assert_eq!(shown("?to=2026-11-21").await, 0);
        assert_eq!(shown("?from=2026-11-23").await, 0);
        // The pager keeps the filter, and a mistake is pointed out with what was typed.
        let page = c.get("head@1", "/admin/journal?actor=iskra&action=bodies.").await.text;
        assert!(
            page.contains("?actor=iskra&amp;action=bodies%2E&amp;page=2")
                || page.contains("?actor=iskra&#38;action=bodies%2E&#38;page=2")
        );
        let page = c.get("head@1", "/admin/journal?from=2026-02-31").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Даты «2026-02-31» нет") && !page.text.contains("value=\"2026-02-31"));
        for bad in ["?actor=%FF", "?actor=%00"] {
            assert_eq!(c.get("head@1", &format!("/admin/journal{bad}")).await.status, 400, "{bad}");
        }
        // A day is the day of the reader's own zone: 22 November begins in Vladivostok while it is the 21st in Moscow.
        c.t.clock.advance(8 * Instant::HOUR);
        c.entry("bodies.rename", Some(EAST_OFFICE), Json::Null, json!({"name": "ночная"})).await;
        assert!(c.get("head@20", "/admin/journal?from=2026-11-23").await.text.contains("ночная"));
        assert!(!c.get("head@1", "/admin/journal?from=2026-11-23").await.text.contains("ночная"));
        assert_eq!(c.get("head@1", &format!("/admin/journal?code=00&page={CENTRE}")).await.status, 200);
    });
}
