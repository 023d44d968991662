//! Lock-out after wrong passwords (ORG-3, **decided**): a pure rule.

use otklik_kernel::Instant;

/// How many wrong passwords in a row lock an account.
pub const FAILURES: i32 = 5;
/// For how long, in microseconds.
pub const TIME: i64 = 15 * Instant::MINUTE;

/// Wrong passwords of an account so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// How many there were in a row.
    pub failures: i32,
    /// Until when no password is taken, not even the right one.
    pub until: Option<Instant>,
}

impl Lock {
    /// Until when the account is locked, if it is now.
    #[must_use]
    pub fn held(self, now: Instant) -> Option<Instant> {
        self.until.filter(|&until| now < until)
    }

    /// After one more wrong password; a lock that has run out counts from the beginning.
    #[must_use]
    pub fn after_failure(self, now: Instant) -> Self {
        let failures = if self.until.is_some() { 1 } else { self.failures + 1 };
        Self { failures, until: (failures >= FAILURES).then(|| now.plus(TIME)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn org3_five_failures_lock_for_fifteen_minutes() {
        let now = Instant(1_795_338_000_000_000);
        let mut lock = Lock::default();
        for failure in 1..FAILURES {
            lock = lock.after_failure(now);
            assert_eq!((lock.failures, lock.held(now)), (failure, None));
        }
        lock = lock.after_failure(now);
        let until = now.plus(15 * Instant::MINUTE);
        assert_eq!(lock.held(now), Some(until));
        assert_eq!(lock.held(until.plus(-1)), Some(until));
        assert_eq!(lock.held(until), None);
        assert_eq!(lock.after_failure(until), Lock { failures: 1, until: None });
    }

    proptest! {
        #[test]
        fn org3_a_lock_is_held_exactly_after_every_fifth_failure(waits in prop::collection::vec(0..20 * Instant::MINUTE, 1..40)) {
            let (mut lock, mut now, mut counted) = (Lock::default(), Instant(0), 0);
            for wait in waits {
                now = now.plus(wait);
                if lock.held(now).is_some() {
                    continue;
                }
                lock = lock.after_failure(now);
                counted += 1;
                prop_assert_eq!(lock.held(now).is_some(), counted % FAILURES == 0);
            }
        }
    }
}
