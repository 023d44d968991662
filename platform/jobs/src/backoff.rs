//! How long to wait after a failure.

use std::time::Duration;

/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(3600);

/// The pause after the `failures`-th failure in a row: 1 s, 2 s, 4 s … up to an hour; none after none.
#[must_use]
pub fn backoff(failures: u32) -> Duration {
    match failures.checked_sub(1) {
        None => Duration::ZERO,
        Some(doublings) => Duration::from_secs(1 << doublings.min(12)).min(LONGEST),
    }
}

/// A duration in the unit of `Instant`.
pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let seconds = |failures| backoff(failures).as_secs();
        assert_eq!(
            [0, 1, 2, 3, 4, 11, 12, 13, 14, u32::MAX].map(seconds),
            [0, 1, 2, 4, 8, 1024, 2048, 3600, 3600, 3600]
        );
    }
}
