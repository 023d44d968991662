//! The queue of mail and events as an operator sees it. Letters themselves come from accepted responses,
//! which this slice may not make: the browser tests of the whole line cover the table of letters.

use std::sync::Arc;

use async_trait::async_trait;
use otklik_db::Tx;
use otklik_jobs::{Event, Handler, HandlerError, NewEvent, Worker, emit, failing};
use otklik_kernel::Id;
use otklik_testkit::both;

use crate::SCHEMA;
use crate::cast::{Cast, EAST_OFFICE, WEST_OFFICE};

/// What a citizen wrote: it may be nowhere on an operator's page.
const COMMENT: &str = "Терминал не печатал талоны";

/// Fails every event for good.
struct Failing;

#[async_trait]
impl Handler for Failing {
    fn kinds(&self) -> &'static [&'static str] {
        &["responses.accepted"]
    }

    fn name(&self) -> &'static str {
        "figures"
    }

    async fn handle(&self, _tx: &Tx, _events: &[Event]) -> Result<(), HandlerError> {
        Err(HandlerError::Never("счёт не сошёлся".to_owned()))
    }
}

/// Two events that failed and wait for a person, one in each region.
async fn two_failures(c: &Cast) -> [Id; 2] {
    let tx = c.t.db.begin().await.unwrap();
    let ids = [c.t.new_id(), c.t.new_id()];
    for (id, body) in ids.into_iter().zip([WEST_OFFICE, EAST_OFFICE]) {
        let event = NewEvent {
            id,
            kind: "responses.accepted",
            body: Some(body),
            subject: None,
            payload: COMMENT,
            trace: "t",
            at: c.ctx.now(),
        };
        emit(&tx, &[event]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let worker = Worker::new(c.t.db.clone(), c.t.clock.clone(), vec![Arc::new(Failing)]);
    worker.run_once().await.unwrap();
    ids
}

#[test]
fn qr14_the_operator_sees_queues_and_no_content() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        two_failures(&c).await;
        let page = c.get("technical_operator@1", "/admin/outbox").await;
        assert_eq!(page.status, 200);
        assert_eq!(page.text.matches("<code>responses.accepted</code>").count(), 2);
        assert!(page.text.contains("счёт не сошёлся") && page.text.contains("ждёт вашего решения"));
        assert!(!page.text.contains(COMMENT));
        assert!(page.text.contains("Отправка идёт") && page.text.contains("0 д 0 ч 0 мин"));
        let engine = c.t.db.engine().await.unwrap();
        assert!(page.text.contains(&engine));
        for other in ["administrator@1", "head@1", "responsible_employee@11"] {
            assert_eq!(c.get(other, "/admin/outbox").await.status, 403, "{other}");
        }
        assert!(page.text.contains("/admin/outbox") && !page.text.contains("href=\"/admin/responses\""));
        let meters = c.get_as_peer("127.0.0.1:1", "/metrics").await.text;
        assert!(meters.contains("otklik_events_waiting 2"));
    });
}

#[test]
fn org2_a_regional_operator_tries_again_what_is_theirs_and_it_is_in_the_journal() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        let [west, east] = two_failures(&c).await;
        let operator = "technical_operator@10";
        let page = c.get(operator, "/admin/outbox").await.text;
        assert!(page.contains(&format!("/admin/outbox/events/{west}/retry")));
        assert!(!page.contains(&format!("/admin/outbox/events/{east}/retry")));
        let path = |id: Id| format!("/admin/outbox/events/{id}/retry");
        assert_eq!(c.post(operator, &path(east)).await.status, 404);
        assert_eq!(c.post_body(operator, &path(west), "csrf=forged".into()).await.status, 403);
        assert!(failing(c.t.db.read(), 10).await.unwrap().iter().all(|one| one.next_at.is_none()));
        let answer = c.post(operator, &path(west)).await;
        assert_eq!((answer.status, answer.location()), (303, "/admin/outbox?done=event"));
        let due: Vec<Id> = failing(c.t.db.read(), 10)
            .await
            .unwrap()
            .into_iter()
            .filter(|one| one.next_at.is_some())
            .map(|one| one.event.id)
            .collect();
        assert_eq!(due, [west]);
        let journal = c.get("deputy_head@10", "/admin/journal").await.text;
        assert!(journal.contains("Событие обрабатывается ещё раз"));
        assert!(!c.get("deputy_head@20", "/admin/journal").await.text.contains("Событие обрабатывается"));
        assert_eq!(c.post("deputy_head@10", &path(west)).await.status, 403);
    });
}

#[test]
fn qr14_with_nothing_to_do_nothing_is_journaled() {
    both(SCHEMA, async |t| {
        let c = Cast::new(t).await;
        let operator = "technical_operator@1";
        for unknown in ["/admin/outbox/77/retry", "/admin/outbox/x/retry", "/admin/outbox/events/77/retry"] {
            assert_eq!(c.post(operator, unknown).await.status, 404, "{unknown}");
        }
        let answer = c.post(operator, "/admin/outbox/retry").await;
        assert_eq!(answer.location(), "/admin/outbox?done=retry_all&n=0");
        assert!(c.get(operator, answer.location()).await.text.contains("возвращать нечего"));
        assert!(c.get("head@1", "/admin/journal").await.text.contains("Журнал пока пуст"));
        // Looking at the mail server is an act of a person, whatever the server says.
        assert_eq!(c.post(operator, "/admin/outbox/look").await.location(), "/admin/outbox?done=look");
        assert!(
            c.get("head@1", "/admin/journal").await.text.contains("Проверка почтового сервера вне очереди")
        );
    });
}
