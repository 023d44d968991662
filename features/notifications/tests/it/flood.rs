//! Too many letters about an office: one growing digest, and nothing lost.

use std::collections::{BTreeMap, BTreeSet};

use otklik_kernel::{Id, Instant};
use otklik_notifications::Alerts;
use otklik_notifications::queue::{MOST_COUNTED, Status};
use sea_orm::ConnectionTrait as _;
use tokio::task::JoinSet;

use crate::world::{MINUTE, NEIGHBOUR, OFFICE, World, header, message_ids, parts, world};

/// Each response that is to be mailed, and the letters that tell of it: its own, or a digest.
async fn letters_of_responses(w: &World) -> BTreeMap<Id, Vec<Id>> {
    let text = "SELECT o.id, o.letter_id, d.outbox_id, d.address FROM notifications_outbox o
        JOIN notifications_deliveries d ON d.outbox_id = o.id OR (o.letter_id > 0 AND d.outbox_id = o.letter_id)
        WHERE o.id <> o.letter_id ORDER BY o.id, d.address";
    let conn = w.t.db.read();
    let mut letters: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for row in conn.query_all_raw(otklik_db::sql(conn, text, [])).await.unwrap() {
        let (response, letter): (Id, Id) =
            (row.try_get_by_index(0).unwrap(), row.try_get_by_index(2).unwrap());
        letters.entry(response).or_default().push(letter);
    }
    letters
}

async fn accept_many(w: &World, numbers: std::ops::Range<u128>) {
    let mut sending = JoinSet::new();
    for number in numbers {
        let (acceptor, response) =
            (w.acceptor.clone(), w.response(number, OFFICE, "a0c1", "Очередь, ждал час."));
        sending.spawn(async move { acceptor.accept(response).await.unwrap() });
        if sending.len() >= 256 {
            sending.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = sending.join_next().await {
        done.unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "the long form is asked for by the environment")]
fn many() -> u128 {
    if std::env::var("OTKLIK_SOAK").is_ok() { 20_000 } else { 2_000 }
}

/// Check 4 of the office's desk: a flood of sad responses to one office makes a bounded number of letters and
/// loses nothing. The long form (`cargo xtask soak`) has 20,000.
#[test]
fn qr5_a_flood_makes_few_letters_and_loses_nothing() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "b@x.ru"]).await;
        w.set_recipients(NEIGHBOUR, &["other@y.ru"]).await;
        let another = w.another_mailer();
        let half = many() / 2;
        accept_many(&w, 0..half).await;
        let (first, second) = tokio::join!(w.mailer.run_once(), another.run_once());
        first.unwrap();
        second.unwrap();
        w.send().await;
        assert_eq!(w.sink.received().len(), 40, "20 letters to each of two");
        // The neighbour's letters aren't kept back.
        w.accept(1_000_000, NEIGHBOUR, "b0", "").await;
        w.send().await;
        assert_eq!(w.sink.received()[40].to, ["other@y.ru"]);
        // The first digest, while the mail server is away.
        w.sink.down().await;
        w.after(10 * MINUTE);
        w.send().await;
        accept_many(&w, half..many()).await;
        w.send().await;
        w.sink.up().await;
        w.after(20 * MINUTE);
        let (first, second) = tokio::join!(w.mailer.run_once(), another.run_once());
        first.unwrap();
        second.unwrap();
        w.send().await;
        // Quiet: the flood ends, and the next response has a letter of its own again.
        w.after(40 * MINUTE);
        w.send().await;
        w.accept(2_000_000, OFFICE, "a0", "").await;
        w.send().await;
        let received = w.sink.received();
        assert_eq!(received.len(), 41 + 2 * 2 + 2, "two digests and a letter to each of two");
        assert_eq!(message_ids(&received).len(), received.len(), "nothing is sent twice");
        let shown = usize::try_from(half).unwrap();
        let subjects: BTreeSet<String> = received.iter().map(|one| header(one, "Subject")).collect();
        assert_eq!(subjects.len(), 3, "single letters and two sizes of digests: {subjects:?}");
        let (text, html) = parts(&received[41]);
        assert!(text.contains(&format!("с плохими оценками {}", thousands(shown - 20))), "{text}");
        assert!(text.contains("> Очередь, ждал час.") && html.contains("/admin/responses?body=2724"));
        // Every response is told to each recipient once.
        let letters = letters_of_responses(&w).await;
        assert_eq!(letters.len(), usize::try_from(many()).unwrap() + 2);
        let mut kinds: BTreeSet<Id> = BTreeSet::new();
        for (response, of) in &letters {
            let expected = if of.len() == 1 { 1 } else { 2 };
            assert_eq!(of.len(), expected, "{response}");
            assert!(of.iter().all(|letter| *letter == of[0]), "{response} is in one letter");
            kinds.insert(of[0]);
        }
        assert_eq!(letters.values().filter(|of| of.len() == 1).count(), 1, "the neighbour's only recipient");
        assert_eq!(kinds.len(), 20 + 1 + 2 + 1);
        // The queue's page counts no further than this.
        let gathered = (u64::try_from(many()).unwrap() - 20).min(MOST_COUNTED);
        assert_eq!(w.count(Status::Gathered).await, gathered);
        assert_eq!((w.count(Status::Fresh).await, w.count(Status::Waiting).await), (0, 0));
    });
}

fn thousands(n: usize) -> String {
    otklik_ui::thousands(n as u64)
}

#[test]
fn qr5_digests_grow_while_the_flood_lasts() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.set_alerts(OFFICE, Alerts { flood_limit: 1, ..Alerts::default() }).await;
        let mut sent = Vec::new();
        let mut number = 0;
        for step in 0..20 {
            for _ in 0..3 {
                number += 1;
                w.accept(number, OFFICE, "a0", "").await;
            }
            w.send().await;
            if w.sink.received().len() > sent.len() {
                sent.push(step * 10);
            }
            w.after(10 * MINUTE);
        }
        assert_eq!(sent, [0, 10, 30, 70, 130, 190]);
        w.after(Instant::HOUR);
        w.send().await;
        w.after(Instant::HOUR);
        w.send().await;
        let letters = letters_of_responses(&w).await;
        assert!(letters.len() == 60 && letters.values().all(|of| of.len() == 1));
    });
}

/// A node that dies at any step of expanding or closing loses nothing: what it hadn't committed is done by
/// another.
#[test]
fn qr5_a_node_that_dies_within_a_flood_loses_nothing() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.set_alerts(OFFICE, Alerts { flood_limit: 3, ..Alerts::default() }).await;
        for round in 0..12_u128 {
            for number in 0..10 {
                w.accept(round * 10 + number, OFFICE, "a0", "").await;
            }
            let dying = w.another_mailer();
            let turn = tokio::time::timeout(
                std::time::Duration::from_millis(u64::try_from(round).unwrap()),
                dying.run_once(),
            );
            let _ = turn.await;
            w.send().await;
            w.after(7 * MINUTE);
        }
        w.after(Instant::HOUR);
        w.send().await;
        w.after(Instant::HOUR);
        w.send().await;
        let letters = letters_of_responses(&w).await;
        assert_eq!(letters.len(), 120);
        assert!(letters.values().all(|of| of.len() == 1), "{letters:?}");
        assert_eq!((w.count(Status::Fresh).await, w.count(Status::Waiting).await), (0, 0));
    });
}
