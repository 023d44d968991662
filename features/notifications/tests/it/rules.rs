//! Rules of one's own: several within an hour, topic words, the summary of a day; and old rows of mail.

use otklik_jobs::Periodic;
use otklik_kernel::{Clock as _, Instant};
use otklik_mail::EmailAddress;
use otklik_notifications::queue::Status;
use otklik_notifications::{Alerts, schedules};
use sea_orm::ConnectionTrait as _;

use crate::world::{MINUTE, OFFICE, REGION, World, parts, world};

fn to(address: &str) -> Vec<EmailAddress> {
    vec![EmailAddress::parse(address).unwrap()]
}

fn rules() -> Alerts {
    Alerts {
        several: Some(3),
        several_to: to("head@x.ru"),
        words: vec!["очеред".into()],
        words_to: to("queue@x.ru"),
        daily_hour: Some(9),
        daily_to: to("daily@x.ru"),
        ..Alerts::default()
    }
}

/// Recipients and decoded subjects of the letters from a place on.
fn told(w: &World, from: usize) -> Vec<(String, String)> {
    let mut told: Vec<(String, String)> = w.sink.received()[from..]
        .iter()
        .map(|letter| {
            let (text, _) = parts(letter);
            let why = text.lines().find_map(|line| line.strip_prefix("Особое внимание: "));
            (letter.to[0].clone(), why.unwrap_or_default().to_owned())
        })
        .collect();
    told.sort();
    told
}

fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|&(a, b)| (a.to_owned(), b.to_owned())).collect()
}

#[test]
fn qr5_rules_of_the_level_above_hold_and_add_recipients_and_urgency() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.set_alerts(REGION, rules()).await;
        w.accept(1, OFFICE, "a0", "Огромная ОЧЕРЕДЬ").await;
        w.send().await;
        assert_eq!(told(&w, 0), pairs(&[("a@x.ru", "слово «очеред…»"), ("queue@x.ru", "слово «очеред…»")]));
        // Good marks only: no rule speaks of it; no marks and a text with the word: it does.
        w.accept(2, OFFICE, "a1b1", "Очереди нет, спасибо").await;
        w.accept(3, OFFICE, "", "Очередь на улице").await;
        w.accept(4, OFFICE, "b0", "").await;
        w.send().await;
        assert_eq!(
            told(&w, 2),
            pairs(&[("a@x.ru", ""), ("a@x.ru", "слово «очеред…»"), ("queue@x.ru", "слово «очеред…»")])
        );
        w.after(59 * MINUTE);
        w.accept(5, OFFICE, "b0", "").await;
        w.send().await;
        let why = "3 отрицательных за час";
        assert_eq!(told(&w, 5), pairs(&[("a@x.ru", why), ("head@x.ru", why)]));
        // Counting begins anew, and the office's own rules replace those above.
        w.accept(6, OFFICE, "b0", "Очередь").await;
        w.accept(7, OFFICE, "b0", "").await;
        w.set_alerts(OFFICE, Alerts::default()).await;
        w.accept(8, OFFICE, "b0", "").await;
        w.send().await;
        assert_eq!(told(&w, 7), pairs(&[("a@x.ru", ""); 3]));
    });
}

async fn run(w: &World, name: &str, keep_days: u32) {
    let all = schedules(&w.ctx, &w.offices, &w.mailer.waker(), keep_days);
    let one: &Periodic = all.iter().find(|one| one.name == name).unwrap();
    one.job.run(w.t.clock.now()).await.unwrap();
}

#[test]
fn qr5_a_day_with_negative_responses_is_summed_up_once_at_the_hour_of_the_office() {
    world(async |w| {
        // It is 19:00 of 22.11 in the office.
        w.set_recipients(OFFICE, &["a@x.ru"]).await;
        w.accept(1, OFFICE, "a0b0", "Долго").await;
        w.accept(2, OFFICE, "a0", "").await;
        w.accept(3, OFFICE, "", "Без оценок").await;
        w.accept(4, OFFICE, "a1", "Хорошо").await;
        w.set_alerts(OFFICE, rules()).await;
        w.send().await;
        let before = w.sink.received().len();
        // Yesterday had nothing: no letter.
        run(&w, "notifications.daily", 365).await;
        w.send().await;
        assert_eq!(w.sink.received().len(), before);
        w.after(13 * Instant::HOUR + 59 * MINUTE);
        run(&w, "notifications.daily", 365).await;
        w.send().await;
        assert_eq!(w.sink.received().len(), before, "it is 8:59");
        w.after(4 * MINUTE);
        for _ in 0..3 {
            run(&w, "notifications.daily", 365).await;
            w.send().await;
        }
        let letters = &w.sink.received()[before..];
        assert_eq!(letters.len(), 2, "once to each");
        let (text, _) = parts(&letters[0]);
        assert!(
            text.contains("Сводка за 22.11.2026") && text.contains("пришло 2 отрицательных отклика"),
            "{text}"
        );
        assert!(text.contains("> Долго") && !text.contains("Без оценок") && !text.contains("Хорошо"));
        assert!(text.contains("&from=2026-11-22&to=2026-11-22&negative=1"));
        w.after(Instant::DAY);
        run(&w, "notifications.daily", 365).await;
        w.send().await;
        assert_eq!(w.sink.received().len(), before + 2, "a day without negative ones has no summary");
    });
}

async fn rows_of(w: &World, table: &str) -> i64 {
    let conn = w.t.db.read();
    let text = format!("SELECT COUNT(*) AS n FROM {table}");
    conn.query_one_raw(otklik_db::sql(conn, &text, [])).await.unwrap().unwrap().try_get("", "n").unwrap()
}

#[test]
fn x4_mail_that_ended_long_ago_is_removed_and_what_waits_is_not() {
    world(async |w| {
        w.set_recipients(OFFICE, &["a@x.ru", "slow@x.ru"]).await;
        w.set_alerts(OFFICE, Alerts { flood_limit: 1, ..Alerts::default() }).await;
        for number in 1..=5 {
            w.accept(number, OFFICE, "a0", "").await;
        }
        w.send().await;
        w.after(11 * MINUTE);
        w.send().await;
        w.after(Instant::HOUR);
        w.send().await;
        w.sink.refuse_rcpt("slow@x.ru", 450);
        w.accept(6, OFFICE, "a0", "").await;
        w.send().await;
        let before = w.count(Status::Sent).await;
        assert_eq!((before, w.count(Status::Waiting).await), (5, 1));
        w.after(30 * Instant::DAY - 3 * Instant::HOUR);
        run(&w, "notifications.forget", 30).await;
        assert_eq!(w.count(Status::Sent).await, before, "not yet");
        w.after(4 * Instant::HOUR);
        run(&w, "notifications.forget", 30).await;
        // The last response stays whole: one of its letters waits.
        let left = (
            rows_of(&w, "notifications_outbox").await,
            rows_of(&w, "notifications_deliveries").await,
            rows_of(&w, "notifications_digests").await,
        );
        assert_eq!(left, (1, 2, 0));
        w.sink.accept_all();
        w.send().await;
        assert_eq!(w.sink.received().last().unwrap().to, ["slow@x.ru"]);
    });
}
