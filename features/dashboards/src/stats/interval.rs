//! Intervals of one share and of the difference of two.

use super::beta::quantile;
use super::{ALPHA, Count};

/// The standard normal quantile of 97.5 %.
const Z: f64 = 1.959_963_984_540_054;

/// An interval of shares, both ends within 0–1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The Wilson score interval at 95 % [Wilson 1927].
///
/// `(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)`; everything from 0 to 1 without responses.
#[must_use]
pub fn wilson(count: Count) -> Interval {
    if count.total == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let n = count.total as f64;
    let p = count.part as f64 / n;
    let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    // Rounding must not leave the ends a hair off where they are exact.
    Interval {
        low: if count.part == 0 { 0.0 } else { (middle - half).max(0.0) },
        high: if count.part == count.total { 1.0 } else { (middle + half).min(1.0) },
    }
}

/// The Clopper–Pearson interval [Clopper, Pearson 1934]: covers the true share at least with the
/// probability 1 − `alpha`, whatever the share and however few the responses.
#[must_use]
pub fn clopper_pearson(count: Count, alpha: f64) -> Interval {
    let (k, n) = (count.part as f64, count.total as f64);
    // The binomial tails as functions of the share: P(X ≥ k) rises with it, P(X ≤ k) falls.
    let low = match count.part {
        0 => 0.0,
        _ => quantile(alpha / 2.0, k, n - k + 1.0),
    };
    let high = match count.part {
        part if part == count.total => 1.0,
        _ => quantile(1.0 - alpha / 2.0, k + 1.0, n - k),
    };
    Interval { low, high }
}

/// How two shares differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The first share minus the second, −1 to 1.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}

impl Difference {
    /// Whether the interval leaves out «no difference».
    #[must_use]
    pub fn is_clear(self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// Newcombe's interval at 95 % for the difference of two independent shares, method 10 [Newcombe 1998].
///
/// With `lᵢ`, `uᵢ` the Wilson ends: from `d − √((p₁−l₁)² + (u₂−p₂)²)` to `d + √((u₁−p₁)² + (p₂−l₂)²)`.
/// Nothing when one of the two has too few responses.
#[must_use]
pub fn newcombe(first: Count, second: Count) -> Option<Difference> {
    let (p1, p2) = (first.share()?, second.share()?);
    let (one, two) = (wilson(first), wilson(second));
    let value = p1 - p2;
    Some(Difference {
        value,
        low: value - (p1 - one.low).hypot(two.high - p2),
        high: value + (one.high - p1).hypot(p2 - two.low),
    })
}

/// The level of each of `count` independent intervals that together miss with the probability [`ALPHA`]
/// [Šidák 1967].
#[must_use]
pub fn sidak(count: usize) -> f64 {
    1.0 - (1.0 - ALPHA).powf(1.0 / count.max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(interval: Interval, low: f64, high: f64) {
        let is_near = (interval.low - low).abs() < 5.1e-5 && (interval.high - high).abs() < 5.1e-5;
        assert!(is_near, "{interval:?}, expected {low}–{high}");
    }

    /// Values published by Newcombe (Statistics in Medicine 17, 1998, p. 857–872, table I).
    #[test]
    fn x6_wilson_gives_the_published_values() {
        near(wilson(Count::new(81, 263)), 0.2553, 0.3662);
        near(wilson(Count::new(15, 148)), 0.0624, 0.1605);
        near(wilson(Count::new(0, 20)), 0.0, 0.1611);
        near(wilson(Count::new(1, 29)), 0.0061, 0.1718);
    }

    /// The same table, «exact» method.
    #[test]
    fn x6_clopper_pearson_gives_the_published_values() {
        near(clopper_pearson(Count::new(81, 263), 0.05), 0.2527, 0.3676);
        near(clopper_pearson(Count::new(15, 148), 0.05), 0.0578, 0.1617);
        near(clopper_pearson(Count::new(0, 20), 0.05), 0.0, 0.1684);
        near(clopper_pearson(Count::new(1, 29), 0.05), 0.0009, 0.1776);
    }

    /// Values published by Newcombe (Statistics in Medicine 17, 1998, p. 873–890, table II, method 10).
    #[test]
    fn x6_newcombe_gives_the_published_values() {
        for ((a, m), (b, n), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let found = newcombe(Count::new(a, m), Count::new(b, n)).unwrap();
            let is_near = (found.low - low).abs() < 5.1e-5 && (found.high - high).abs() < 5.1e-5;
            assert!(is_near, "{a}/{m} − {b}/{n}: {found:?}");
        }
    }

    #[test]
    fn x6_few_responses_have_no_share_interval_or_difference() {
        for total in 0..5 {
            let few = Count::new(total, total);
            assert_eq!((few.share(), few.interval()), (None, None));
            assert_eq!(newcombe(few, Count::new(1, 100)), None);
            assert_eq!(newcombe(Count::new(1, 100), few), None);
        }
        assert!(Count::new(0, 5).interval().is_some());
    }

    /// The coverage of the exact interval, added up over every outcome.
    #[test]
    fn x6_clopper_pearson_covers_at_least_as_often_as_it_says() {
        for n in [5_u64, 12, 40] {
            for step in 0..=50 {
                let p = f64::from(step) / 50.0;
                let mut chance = (1.0 - p).powf(n as f64);
                let mut covered = 0.0;
                for k in 0..=n {
                    let interval = clopper_pearson(Count::new(k, n), 0.01);
                    if p == 1.0 {
                        chance = if k == n { 1.0 } else { 0.0 };
                    }
                    if interval.low - 1e-9 <= p && p <= interval.high + 1e-9 {
                        covered += chance;
                    }
                    chance *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
                }
                assert!(covered >= 0.99 - 1e-9, "n = {n}, p = {p}: {covered}");
            }
        }
    }

    proptest! {
        #[test]
        fn x6_intervals_hold_the_share_mirror_and_narrow(part in 0_u64..400, rest in 0_u64..400) {
            let total = part + rest;
            prop_assume!(total >= 5);
            let count = Count::new(part, total);
            let share = count.share().unwrap();
            for (made, mirrored, more) in [
                (wilson(count), wilson(Count::new(rest, total)), wilson(Count::new(part * 9, total * 9))),
                (
                    clopper_pearson(count, 0.05),
                    clopper_pearson(Count::new(rest, total), 0.05),
                    clopper_pearson(Count::new(part * 9, total * 9), 0.05),
                ),
            ] {
                prop_assert!(0.0 <= made.low && made.low <= share && share <= made.high && made.high <= 1.0);
                prop_assert!((made.low - (1.0 - mirrored.high)).abs() < 1e-9);
                prop_assert!(more.high - more.low < made.high - made.low);
            }
            // What pages round to whole percent elsewhere is the same interval.
            let shown = otklik_ui::Share::new(part, total).interval().unwrap();
            let percent = |end: f64| (end * 100.0).round() as u64;
            prop_assert_eq!(shown, (percent(wilson(count).low), percent(wilson(count).high)));
        }

        #[test]
        fn x6_a_difference_turns_round_with_its_sides(a in 0_u64..90, b in 0_u64..90, m in 5_u64..90, n in 5_u64..90) {
            let (one, two) = (Count::new(a, m), Count::new(b, n));
            let (there, back) = (newcombe(one, two).unwrap(), newcombe(two, one).unwrap());
            prop_assert!(there.low <= there.value && there.value <= there.high);
            prop_assert!(there.low >= -1.0 - 1e-12 && there.high <= 1.0 + 1e-12);
            prop_assert!((there.low + back.high).abs() < 1e-12 && (there.value + back.value).abs() < 1e-12);
            prop_assert!(!newcombe(one, one).unwrap().is_clear());
        }
    }
}
