//! Addresses for machines.

use otklik_db::Migration;
use otklik_testkit::both;
use serde_json::json;

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
fn qr14_an_old_node_stays_ready_while_others_are_updated() {
    both(SCHEMA, async |t| {
        let mut newer = steps();
        newer.push(LATER);
        otklik_db::migrate(&t.db, &newer).await.unwrap();
        let c = Cast::with_steps(t, steps()).await;
        let ready = c.get("", "/readyz").await;
        assert_eq!((ready.status, ready.text.as_str()), (200, r#"{"failing":[],"ready":true}"#));
        let page = c.get("technical_operator@1", "/admin/outbox").await.text;
        assert!(page.contains("Новее этой версии программы"));
        assert!(!page.contains("otklik migrate"), "it could do nothing");
    });
}

#[test]
fn qr14_meters_show_what_the_database_has_and_keep_it_while_that_is_away() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        // What this node believes is stale: others have worked meanwhile.
        c.ctx.metrics.mail_waiting.set(7);
        c.ctx.metrics.events_waiting.set(7);
        c.ctx.metrics.journal_unsealed.set(7);
        let events = [c.t.new_id(), c.t.new_id()].map(|id| otklik_jobs::NewEvent {
            id,
            kind: "test.happened",
            body: None,
            subject: None,
            payload: "",
            trace: "t",
            at: c.ctx.now(),
        });
        let tx = c.t.db.begin().await.unwrap();
        otklik_jobs::emit(&tx, &events).await.unwrap();
        tx.commit().await.unwrap();
        for name in ["Было", "Стало", "Теперь"] {
            c.entry("bodies.change", None, json!({}), json!({ "short_name": name })).await;
        }
        let meters = |mail: u32, events: u32, unsealed: u32| {
            [("mail_waiting", mail), ("events_waiting", events), ("journal_unsealed", unsealed)]
                .map(|(name, value)| format!("\notklik_{name} {value}\n"))
        };
        let told = c.get_as_peer("127.0.0.1:1", "/metrics").await.text;
        assert!(meters(0, 2, 3).iter().all(|line| told.contains(line)), "{told}");

        otklik_journal::seal(&c.t.db).await.unwrap();
        let told = c.get_as_peer("127.0.0.1:1", "/metrics").await.text;
        assert!(meters(0, 2, 0).iter().all(|line| told.contains(line)), "{told}");

        c.t.db.clone().close().await;
        c.ctx.metrics.accepted.inc();
        let answer = c.get_as_peer("127.0.0.1:1", "/metrics").await;
        assert_eq!(answer.status, 200);
        assert!(meters(0, 2, 0).iter().all(|line| answer.text.contains(line)), "{}", answer.text);
        assert!(answer.text.contains("\notklik_responses_accepted_total 1\n"));
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
