//! From an accepted response to a letter.

use otklik_notifications::Alerts;
use otklik_notifications::queue::Status;
use otklik_responses::OnAcceptance as _;
use tokio_util::sync::CancellationToken;

use crate::world::{NEIGHBOUR, OFFICE, header, message_ids, parts, recipients_of, world};

#[test]
fn qr5_one_letter_to_each_recipient_and_none_about_happy_faces() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "b@x.ru", "c@x.ru"]).await;
        w.set_recipients(NEIGHBOUR, &["other@y.ru"]).await;
        w.accept(1, OFFICE, "a1c0", "Пишите ivanov@mail.ru").await;
        w.accept(2, OFFICE, "a1b1", "Спасибо.").await;
        w.accept(3, OFFICE, "e1", "").await;
        // The same form again is the same response.
        w.accept(1, OFFICE, "a1c0", "Пишите ivanov@mail.ru").await;
        assert_eq!(w.count(Status::Fresh).await, 1);
        w.send().await;
        let letters = w.sink.received();
        assert_eq!(recipients_of(&letters), ["a@x.ru", "b@x.ru", "c@x.ru"]);
        assert_eq!(message_ids(&letters).len(), 3);
        for letter in &letters {
            assert_eq!(letter.from, "otklik@nalog.example");
            assert_eq!(header(letter, "To"), letter.to[0]);
            assert_eq!(header(letter, "X-Otklik-Trace"), format!("{:016x}", 1));
            let (text, html) = parts(letter);
            let raw = String::from_utf8_lossy(&letter.data);
            for other in ["a@x.ru", "b@x.ru", "c@x.ru"].into_iter().filter(|other| *other != letter.to[0]) {
                assert!(!raw.contains(other) && !text.contains(other) && !html.contains(other));
            }
            assert!(text.contains("22.11.2026 19:00:00 (UTC+10)"));
            assert!(text.contains("в) длительность ожидания в очереди — Плохо"));
            assert!(text.contains("Пишите i***@***.ru"), "{text}");
            assert!(html.contains("https://admin.otklik.example/admin/responses/"));
        }
        assert_eq!(w.count(Status::Sent).await, 3);
        assert_eq!((w.ctx.metrics.mail_sent.get(), w.ctx.metrics.mail_waiting.get()), (3, 0));
        w.send().await;
        assert_eq!(w.sink.received().len(), 3, "nothing is sent twice");
        w.accept(4, NEIGHBOUR, "", "Текст без оценок").await;
        w.send().await;
        assert_eq!(w.sink.received()[3].to, ["other@y.ru"]);
    });
}

#[test]
fn qr5_a_letter_goes_out_at_once_and_the_mailer_ends_when_told() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(w.mailer.clone().run(shutdown.clone()));
        for number in 1..4 {
            w.accept(number, OFFICE, "a0", "").await;
            w.sink.wait_for(usize::try_from(number).unwrap()).await;
        }
        shutdown.cancel();
        running.await.unwrap();
        // It has ended only after each letter was marked.
        assert_eq!((w.count(Status::Sent).await, w.sink.received().len()), (3, 3));
    });
}

#[test]
fn x2_a_response_that_is_not_stored_has_no_letter() {
    world(async |w| {
        let stored = otklik_responses::Stored {
            id: 5,
            response: otklik_responses::NewResponse {
                body: OFFICE,
                questionnaire: 1,
                received_at: otklik_testkit::NOON,
                day: otklik_kernel::CivilDay(20_261_122),
                marks: otklik_questionnaires::Marks::parse("a0").unwrap(),
                comment: String::new(),
                suspicion: otklik_responses::Suspicion::default(),
                token: [0; 16],
                device: [0; 16],
                trace: "t".into(),
            },
        };
        // The same row twice: the database refuses the second, and the first goes with it.
        let rows = w.mailer.outbox().rows(&[stored.clone(), stored]).unwrap();
        assert_eq!(rows.len(), 2);
        w.t.db.insert(vec![rows]).await.unwrap_err();
        assert!(w.rows().await.is_empty());
    });
}

#[test]
fn two_nodes_at_once_send_each_letter_once() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "b@x.ru", "c@x.ru"]).await;
        w.set_alerts(OFFICE, Alerts { flood_limit: 1000, ..Alerts::default() }).await;
        let another = w.another_mailer();
        for round in 0..4 {
            for number in 0..10 {
                w.accept(round * 10 + number, OFFICE, "a0", "").await;
            }
            let (first, second) = tokio::join!(w.mailer.run_once(), another.run_once());
            first.unwrap();
            second.unwrap();
        }
        // Whoever looked while the other held the last ones has ended earlier.
        w.send().await;
        let letters = w.sink.received();
        assert_eq!((letters.len(), message_ids(&letters).len()), (120, 120));
        assert_eq!(w.count(Status::Sent).await, 120);
    });
}
