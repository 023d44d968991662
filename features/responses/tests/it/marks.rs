//! Marks of suspicion and of devices.

use std::net::IpAddr;

use otklik_access::Scope;
use otklik_kernel::{Clock, Instant};
use otklik_responses::store::{self, Filter};
use otklik_responses::{DeviceMarks, Suspicion};
use otklik_testkit::both;

use crate::common::{DAY, MIGRATIONS, NEAR_A, NEAR_B, acceptor, context, found, number, response, stored};

#[test]
fn surv4_a_burst_from_one_device_is_marked_and_stored_whole() {
    both(MIGRATIONS, async |t| {
        let ctx = context(&t).await;
        let node = acceptor(&ctx, Vec::new()).await;
        for n in 0..40 {
            let mut form = response(&t, NEAR_A, "a1", &format!("отзыв {n}"));
            form.device = [1; 16];
            form.suspicion = if n == 0 { Suspicion::TOO_FAST } else { Suspicion::default() };
            node.accept(form).await.unwrap();
        }
        let all = store::list(t.db.read(), &Scope::system("test"), &Filter::default(), 100, 0).await.unwrap();
        let marked = |mark| all.iter().filter(|one| one.suspicion.has(mark)).count();
        assert_eq!(all.len(), 40);
        assert_eq!(marked(Suspicion::TOO_FAST), 1);
        assert_eq!(marked(Suspicion::SAME_DEVICE), 39);
        assert_eq!(marked(Suspicion::BURST), 10);
        assert_eq!(marked(Suspicion::TOKEN_REUSED), 0);

        // A node that starts later knows the day's devices; another office and another day are free.
        let restarted = acceptor(&ctx, Vec::new()).await;
        let mut same = response(&t, NEAR_A, "b1", "");
        same.device = [1; 16];
        let mut elsewhere = same.clone();
        (elsewhere.body, elsewhere.token) = (NEAR_B, [2; 16]);
        let mut tomorrow = same.clone();
        (tomorrow.day, tomorrow.token) = (DAY.plus_days(1), [3; 16]);
        tomorrow.received_at = tomorrow.received_at.plus(Instant::DAY);
        for (form, expected) in [
            (same, Suspicion::SAME_DEVICE),
            (elsewhere, Suspicion::default()),
            (tomorrow, Suspicion::default()),
        ] {
            let receipt = restarted.accept(form).await.unwrap().receipt;
            let found = found(&t, &receipt).await;
            assert_eq!(found.suspicion, expected);
        }
        assert_eq!(stored(&t).await, 43);
    });
}

#[test]
fn surv4_marks_of_different_days_cannot_be_joined_and_the_days_key_is_destroyed() {
    both(MIGRATIONS, async |t| {
        let address: IpAddr = "203.0.113.9".parse().unwrap();
        let marks = DeviceMarks::new(t.db.clone(), t.shared_random());
        let other_node = DeviceMarks::new(t.db.clone(), t.shared_random());
        let today = marks.mark(DAY, address, "Browser/1").await.unwrap();
        assert_eq!(marks.mark(DAY, address, "Browser/1").await.unwrap(), today);
        assert_eq!(other_node.mark(DAY, address, "Browser/1").await.unwrap(), today);
        assert_ne!(marks.mark(DAY, address, "Browser/2").await.unwrap(), today);
        assert_ne!(marks.mark(DAY, "203.0.113.8".parse().unwrap(), "Browser/1").await.unwrap(), today);
        let tomorrow = marks.mark(DAY.plus_days(1), address, "Browser/1").await.unwrap();
        assert_ne!(tomorrow, today);

        // A day is over everywhere only when the next one is over in UTC.
        t.clock.advance(Instant::DAY);
        marks.forget(t.clock.now()).await.unwrap();
        assert_eq!(marks.mark(DAY, address, "Browser/1").await.unwrap(), today);
        t.clock.advance(Instant::DAY);
        for node in [&marks, &other_node] {
            node.forget(t.clock.now()).await.unwrap();
        }
        let left = format!("SELECT COUNT(*) FROM responses_daily_keys WHERE day <= {}", DAY.0);
        assert_eq!(number(&t, &left).await, 0);
        assert_eq!(number(&t, "SELECT COUNT(*) FROM responses_daily_keys").await, 1);
        assert_eq!(marks.mark(DAY.plus_days(1), address, "Browser/1").await.unwrap(), tomorrow);
        assert_ne!(marks.mark(DAY, address, "Browser/1").await.unwrap(), today, "the key was kept somewhere");
    });
}
