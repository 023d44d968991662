//! Offices with nobody, and with very many, to write to.

use otklik_notifications::queue::Status;
use otklik_notifications::recipients;

use crate::world::{OFFICE, world};

#[test]
fn a_letter_without_recipients_stays_visible_and_is_not_sent_later() {
    world(async |w| {
        w.accept(1, OFFICE, "a0", "").await;
        w.send().await;
        assert_eq!(w.count(Status::Nobody).await, 1);
        let rows = w.rows().await;
        assert_eq!((rows[0].status, rows[0].delivery, rows[0].address.as_str()), (Status::Nobody, None, ""));
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.send().await;
        assert!(w.sink.received().is_empty());
        w.accept(2, OFFICE, "a0", "").await;
        w.send().await;
        assert_eq!(w.sink.received().len(), 1);
    });
}

#[test]
fn qr6_ten_thousand_recipients_are_kept_and_each_gets_a_delivery() {
    world(async |w| {
        let addresses: Vec<String> = (0..10_000).map(|n| format!("official{n}@r27.nalog.ru")).collect();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        w.set_recipients(OFFICE, &addresses).await;
        let kept = recipients(w.t.db.read(), OFFICE).await.unwrap();
        assert!(
            kept.iter().map(|address| address.as_str()).eq(addresses.iter().copied()),
            "in the order typed"
        );
        w.sink.down().await;
        w.accept(1, OFFICE, "a0", "").await;
        w.send().await;
        assert_eq!(w.ctx.metrics.mail_waiting.get(), 10_000);
        assert_eq!(w.count(Status::Waiting).await, 10_000);
    });
}
