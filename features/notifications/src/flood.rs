//! When letters about an office become too many, and how long a digest is gathered; pure functions.

use otklik_kernel::Instant;

/// The time in which letters are counted.
pub const WINDOW: i64 = 10 * Instant::MINUTE;
/// The longest time for which a digest is gathered.
const LONGEST: i64 = 60 * Instant::MINUTE;

/// How long the digest of a level is gathered, in microseconds: 10 min, 20, 40, then 60.
#[must_use]
pub fn interval(level: u32) -> i64 {
    (WINDOW << level.min(3)).min(LONGEST)
}

/// Whether what was gathered in an interval is more than the limit of letters in ten minutes allows, so that
/// the flood goes on.
#[must_use]
pub const fn goes_on(gathered: i64, interval: i64, limit: u32) -> bool {
    gathered.saturating_mul(WINDOW) > interval.saturating_mul(limit as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qr5_intervals_grow_up_to_an_hour() {
        let minutes = |level| interval(level) / Instant::MINUTE;
        assert_eq!([0, 1, 2, 3, 4, u32::MAX].map(minutes), [10, 20, 40, 60, 60, 60]);
    }

    #[test]
    fn qr5_a_flood_goes_on_while_there_are_more_than_the_limit_allows() {
        for (gathered, level, limit, expected) in [
            (0, 0, 1, false),
            (20, 0, 20, false),
            (21, 0, 20, true),
            (40, 1, 20, false),
            (41, 1, 20, true),
            (120, 3, 20, false),
            (121, 3, 20, true),
            (i64::MAX, 3, 1000, true),
        ] {
            assert_eq!(goes_on(gathered, interval(level), limit), expected, "{gathered} {level} {limit}");
        }
    }
}
