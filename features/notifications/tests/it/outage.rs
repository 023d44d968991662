//! What goes wrong between us and the mail server.

use otklik_access::Scope;
use otklik_kernel::{Clock as _, Instant};
use otklik_mail::{LONGEST_SEND, SendErrorKind};
use otklik_notifications::queue::{self, Reason, Status};

use crate::world::{MINUTE, OFFICE, World, message_ids, recipients_of, world};

fn everywhere() -> Scope {
    Scope::system("a test looks at everything")
}

async fn retry(w: &World, row: &queue::Row) -> bool {
    let tx = w.t.db.begin().await.unwrap();
    let done = queue::retry(&tx, &everywhere(), row.delivery.unwrap(), w.t.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[test]
fn three_days_without_a_mail_server_lose_and_repeat_nothing() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "b@x.ru"]).await;
        w.sink.down().await;
        for day in 0..3 {
            for hour in 0..24 {
                if hour % 8 == 0 {
                    w.accept(day * 24 + hour, OFFICE, "a0", "").await;
                }
                w.send().await;
                w.after(Instant::HOUR);
            }
        }
        let pause = w.pause().await.unwrap();
        assert_eq!(pause.reason, Reason::Mail(SendErrorKind::Transient));
        // The first letter found out; from then on one look a time, and no letter has lost an attempt.
        assert_eq!(pause.failures, 72);
        let rows = w.rows().await;
        assert_eq!(rows.len(), 18);
        assert!(rows.iter().all(|row| row.status == Status::Waiting && row.attempts == 0 && !row.is_unsure));
        assert_eq!(w.ctx.metrics.mail_waiting.get(), 18);
        assert_eq!(otklik_notifications::queue::waiting(w.t.db.read()).await.unwrap(), 18);
        w.sink.up().await;
        w.send().await;
        let letters = w.sink.received();
        assert_eq!((letters.len(), message_ids(&letters).len()), (18, 18));
        assert_eq!((w.pause().await, w.count(Status::Sent).await), (None, 18));
        w.after(Instant::DAY);
        w.send().await;
        assert_eq!(w.sink.received().len(), 18);
    });
}

#[test]
fn a_pause_is_kept_and_ends_early_when_asked() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.sink.down().await;
        w.accept(1, OFFICE, "a0", "").await;
        w.send().await;
        w.sink.up().await;
        w.after(MINUTE - 1);
        w.send().await;
        assert_eq!(w.sink.connections(), 0, "nobody looks before the pause is over");
        let tx = w.t.db.begin().await.unwrap();
        queue::look_now(&tx, w.t.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        w.send().await;
        assert_eq!((w.sink.received().len(), w.pause().await), (1, None));
    });
}

#[test]
fn a_wrong_setting_keeps_the_letters_and_pauses() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "b@x.ru", "c@x.ru"]).await;
        w.sink.refuse_sender(550);
        w.accept(1, OFFICE, "a0", "").await;
        w.send().await;
        w.after(MINUTE);
        w.send().await;
        let pause = w.pause().await.unwrap();
        assert_eq!((pause.reason, pause.failures), (Reason::Mail(SendErrorKind::Misconfigured), 2));
        assert!(pause.error.contains("550"), "{}", pause.error);
        assert!(w.rows().await.iter().all(|row| row.status == Status::Waiting && row.attempts == 0));
        w.sink.accept_all();
        w.after(2 * MINUTE);
        w.send().await;
        assert_eq!((w.sink.received().len(), w.pause().await), (3, None));
    });
}

/// The documented exception to «never two»: a node that dies between the server's taking of a letter and the
/// mark leaves it leased; when the lease has run out it is sent again with the same Message-ID, and marked.
#[test]
fn a_crash_between_sending_and_marking() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.accept(1, OFFICE, "a0", "").await;
        {
            let dying = w.another_mailer();
            tokio::select! {
                biased;
                _ = w.sink.wait_for(1) => {}
                _ = dying.run_once() => panic!("the letter was marked before it had arrived"),
            }
        }
        assert_eq!(w.count(Status::Waiting).await, 1);
        w.send().await;
        let lease = i64::try_from(LONGEST_SEND.as_micros()).unwrap();
        w.after(lease);
        w.send().await;
        assert_eq!(w.sink.received().len(), 1, "the lease holds for as long as an attempt can take");
        w.after(MINUTE);
        w.send().await;
        let letters = w.sink.received();
        assert_eq!((letters.len(), message_ids(&letters).len()), (2, 1));
        assert_eq!(letters[0].data, letters[1].data);
        let rows = w.rows().await;
        assert!(rows[0].status == Status::Sent && rows[0].is_unsure);
    });
}

#[test]
fn a_connection_lost_after_the_letter() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.sink.drop_after_data();
        w.accept(1, OFFICE, "a0", "").await;
        w.send().await;
        let rows = w.rows().await;
        assert!(rows[0].status == Status::Waiting && rows[0].is_unsure && rows[0].attempts == 1);
        assert_eq!(rows[0].reason, Reason::Mail(SendErrorKind::UnknownOutcome));
        w.after(MINUTE);
        w.send().await;
        let letters = w.sink.received();
        assert_eq!((letters.len(), message_ids(&letters).len()), (2, 1));
        assert_eq!(w.count(Status::Sent).await, 1);
    });
}

#[test]
fn an_unknown_outcome_makes_three_copies_at_most() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.accept(1, OFFICE, "a0", "").await;
        for _ in 0..5 {
            w.sink.drop_after_data();
            w.send().await;
            w.after(Instant::HOUR);
        }
        let letters = w.sink.received();
        assert_eq!((letters.len(), message_ids(&letters).len()), (3, 1));
        assert_eq!(w.count(Status::GivenUp).await, 1);
    });
}

#[test]
fn one_of_three_recipients_does_not_exist() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "gone@x.ru", "c@x.ru"]).await;
        w.sink.refuse_rcpt("gone@x.ru", 550);
        w.accept(1, OFFICE, "a0", "").await;
        w.send().await;
        assert_eq!(recipients_of(&w.sink.received()), ["a@x.ru", "c@x.ru"]);
        let rows = w.rows().await;
        let refused = rows.iter().find(|row| row.status == Status::Refused).unwrap();
        assert_eq!((refused.address.as_str(), refused.attempts), ("g***@x.ru", 1));
        assert_eq!(refused.reason, Reason::Mail(SendErrorKind::RefusedRecipient));
        assert_eq!(w.pause().await, None);
        w.after(Instant::DAY);
        w.send().await;
        assert_eq!(w.sink.received().len(), 2, "it isn't tried again by itself");
        w.sink.accept_all();
        assert!(retry(&w, refused).await);
        w.send().await;
        assert_eq!(recipients_of(&w.sink.received()), ["a@x.ru", "c@x.ru", "gone@x.ru"]);
        assert!(!retry(&w, refused).await, "what was sent isn't sent again, whoever asks");
    });
}

#[test]
fn one_recipient_is_told_to_come_later_for_days() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "slow@x.ru"]).await;
        w.sink.refuse_rcpt("slow@x.ru", 450);
        w.accept(1, OFFICE, "a0", "").await;
        let begun = w.t.clock.now();
        w.send().await;
        assert_eq!(recipients_of(&w.sink.received()), ["a@x.ru"]);
        assert_eq!(w.pause().await, None, "the server is there: only this letter waits");
        let mut attempts = 1;
        loop {
            let rows = w.rows().await;
            let slow = rows.iter().find(|row| row.address == "s***@x.ru").unwrap();
            assert_eq!(slow.attempts, attempts);
            let Some(next) = slow.next_at else { break };
            w.after(next.since(w.t.clock.now()) - 1);
            w.send().await;
            w.after(1);
            w.send().await;
            attempts += 1;
        }
        assert!(w.t.clock.now().since(begun) > 5 * Instant::DAY);
        assert_eq!(w.count(Status::GivenUp).await, 1);
        w.sink.accept_all();
        let tx = w.t.db.begin().await.unwrap();
        assert_eq!(queue::retry_all_given_up(&tx, &everywhere(), w.t.clock.now()).await.unwrap(), 1);
        tx.commit().await.unwrap();
        w.send().await;
        assert_eq!(recipients_of(&w.sink.received()), ["a@x.ru", "slow@x.ru"]);
    });
}
