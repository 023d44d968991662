//! Addresses for machines.

use otklik_db::Migration;
use otklik_testkit::both;

use crate::SCHEMA;
use crate::cast::Cast;

const LATER: Migration =
    Migration { name: "9999_operations_test", sql: "CREATE TABLE operations_test (id BIGINT PRIMARY KEY);" };

fn steps() -> Vec<Migration> {
    SCHEMA.iter().copied().flatten().chain(otklik_db::MIGRATIONS).copied().collect()
}

#[test]
fn qr14_a_node_is_ready_when_its_database_answers() {
    both(SCHEMA, async |t| {
        let c = Cast::with_steps(t, steps()).await;
        let ready = c.get("", "/readyz").await;
        assert_eq!((ready.status, ready.text.as_str()), (200, r#"{"failing":[],"ready":true}"#));
        let alive = c.get("", "/healthz").await;
        assert_eq!((alive.status, alive.text.as_str()), (200, "ok\n"));
        c.t.db.clone().close().await;
        let ready = c.get("", "/readyz").await;
        assert_eq!((ready.status, ready.text.as_str()), (503, r#"{"failing":["database"],"ready":false}"#));
        assert_eq!(c.get("", "/healthz").await.status, 200, "alive, though not ready");
    });
}

#[test]
fn qr14_a_node_waits_for_its_migrations() {
    both(SCHEMA, async |t| {
        let mut all = steps();
        all.push(LATER);
        let c = Cast::with_steps(t, all.clone()).await;
        let ready = c.get("", "/readyz").await;
        assert_eq!((ready.status, ready.text.as_str()), (503, r#"{"failing":["migrations"],"ready":false}"#));
        let page = c.get("technical_operator@1", "/admin/outbox").await.text;
        assert!(page.contains("Не выполнен 1 шаг") && page.contains("otklik migrate"));
        otklik_db::migrate(&c.t.db, &all).await.unwrap();
        assert_eq!(c.get("", "/readyz").await.status, 200);
        assert!(c.get("technical_operator@1", "/admin/outbox").await.text.contains("Готова"));
    });
}

#[test]
fn qr14_meters_are_given_to_the_machine_itself_only() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        let answer = c.get_as_peer("127.0.0.1:5000", "/metrics").await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.contains("otklik_responses_accepted_total 0"));
        assert!(answer.text.contains("otklik_events_waiting 0"));
        assert!(answer.text.ends_with("# EOF\n"));
        assert_eq!(c.get_as_peer("192.0.2.1:5000", "/metrics").await.status, 403);
        assert_eq!(c.get("administrator@1", "/metrics").await.status, 403, "no address is known");
    });
}
