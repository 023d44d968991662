//! The queue as those see it who operate the service.

use otklik_access::{Permission, Role};
use otklik_notifications::queue::{self, Filter, Status, masked};
use otklik_testkit::caller;

use crate::world::{NEIGHBOUR, OFFICE, REGION, world};

#[test]
fn org4_the_operator_sees_the_queue_of_their_scope_without_content_or_addresses() {
    world(async |w| {
        w.set_recipients(OFFICE, &["ivanova@r27.nalog.ru", "bad@r27.nalog.ru"]).await;
        w.set_recipients(NEIGHBOUR, &["petrov@r50.nalog.ru"]).await;
        w.sink.refuse_rcpt("bad@r27.nalog.ru", 550);
        w.accept(1, OFFICE, "a0", "Тайна").await;
        w.accept(2, NEIGHBOUR, "a0", "Тайна").await;
        w.send().await;
        let conn = w.t.db.read();
        let scope = caller(1, &[(Role::TechnicalOperator, REGION)]).scope(Permission::Operate);
        let rows = queue::list(conn, &scope, Filter::default(), 50, 0).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row.body == OFFICE && row.trace == format!("{:016x}", 1)));
        let shown = format!("{rows:?}");
        for secret in ["ivanova", "bad@", "petrov", "Тайна"] {
            assert!(!shown.contains(secret), "{secret}");
        }
        assert!(shown.contains("i***@r27.nalog.ru") && shown.contains("b***@r27.nalog.ru"));
        let counts = queue::counts(conn, &scope).await.unwrap();
        let of = |status| counts.iter().find(|(known, _)| *known == status).unwrap().1;
        assert_eq!((of(Status::Sent), of(Status::Refused), of(Status::Waiting)), (1, 1, 0));
        let refused = Filter { status: Some(Status::Refused), body: Some(OFFICE) };
        let rows = queue::list(conn, &scope, refused, 50, 0).await.unwrap();
        assert!(rows.len() == 1 && rows[0].answer.contains("550"), "{rows:?}");
        // The neighbour's operator can do nothing about it.
        let tx = w.t.db.begin().await.unwrap();
        let foreign = caller(2, &[(Role::TechnicalOperator, NEIGHBOUR)]).scope(Permission::Operate);
        let delivery = rows[0].delivery.unwrap();
        assert!(!queue::retry(&tx, &foreign, delivery, otklik_testkit::NOON).await.unwrap());
        assert!(queue::retry(&tx, &scope, delivery, otklik_testkit::NOON).await.unwrap());
        tx.commit().await.unwrap();
    });
}

#[test]
fn statuses_are_found_by_their_codes_and_addresses_are_masked() {
    for status in Status::ALL {
        assert_eq!(Status::find(status.code()), Some(status));
    }
    assert_eq!(Status::find("x"), None);
    assert_eq!(masked("ivanov@r27.nalog.ru"), "i***@r27.nalog.ru");
}
