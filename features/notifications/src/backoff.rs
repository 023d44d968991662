//! When a letter that could not be sent is tried again; pure functions.

use otklik_kernel::Instant;

/// The longest pause between two attempts.
const LONGEST: i64 = Instant::HOUR;
/// The longest pause between two looks at a mail server that is away: a look costs nothing.
const LONGEST_LOOK: i64 = 10 * Instant::MINUTE;
/// Attempts after which a letter is given up: six growing pauses, then one an hour for over five days.
const MOST_ATTEMPTS: u32 = 130;

/// The pause after the `attempts`-th failed attempt at a letter, in microseconds: 1 min, 2, 4 … up to an
/// hour; nothing when it is time to give up, which is more than five days after the first attempt.
#[must_use]
pub fn pause_after(attempts: u32) -> Option<i64> {
    (attempts < MOST_ATTEMPTS).then(|| doubled(attempts))
}

/// The pause before the next look at a mail server after `failures` looks in a row, in microseconds: 1 min,
/// 2, 4 … up to ten minutes; it never gives up.
#[must_use]
pub fn look_after(failures: u32) -> i64 {
    doubled(failures).min(LONGEST_LOOK)
}

fn doubled(failures: u32) -> i64 {
    (Instant::MINUTE << failures.saturating_sub(1).min(6)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_for_more_than_five_days() {
        let minutes = |attempts| pause_after(attempts).map(|pause| pause / Instant::MINUTE);
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 8].map(minutes), [1, 2, 4, 8, 16, 32, 60, 60].map(Some));
        let whole: i64 = (1..).map_while(pause_after).sum();
        assert!((5 * Instant::DAY..6 * Instant::DAY).contains(&whole), "{whole}");
        assert_eq!(pause_after(u32::MAX), None);
    }

    #[test]
    fn looks_never_end() {
        let minutes = |failures| look_after(failures) / Instant::MINUTE;
        assert_eq!([1, 2, 3, 4, 5, u32::MAX].map(minutes), [1, 2, 4, 8, 10, 10]);
    }
}
