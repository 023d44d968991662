//! Places of offices, each with the interval in which its true place lies; all of them hold at once.
//!
//! A single rank per office would be noise read as truth: with few responses the order changes from week to
//! week. The method is the joint confidence region of an overall ranking [Klein, Wright, Wieczorek 2020]:
//! intervals of all shares that hold together with 95 % (exact ones at Šidák's level, since offices are
//! independent), and from them what can be said of places: an office is certainly behind those whose whole
//! interval lies above its own.

use super::interval::{clopper_pearson, sidak};
use super::{Count, Interval};

/// What can be said of an office's place; the first place has the largest share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// The first place it can have, from 1.
    pub first: usize,
    /// The last place it can have.
    pub last: usize,
    /// The interval of its share that holds together with those of all others.
    pub interval: Interval,
}

/// Intervals of places that hold all at once with a probability of at least 95 %, in the order given.
///
/// The caller leaves out offices with too few responses.
#[must_use]
pub fn ranks(counts: &[Count]) -> Vec<Rank> {
    let alpha = sidak(counts.len());
    let intervals: Vec<Interval> = counts.iter().map(|&count| clopper_pearson(count, alpha)).collect();
    let sorted = |end: fn(&Interval) -> f64| {
        let mut ends: Vec<f64> = intervals.iter().map(end).collect();
        ends.sort_by(f64::total_cmp);
        ends
    };
    let (lows, highs) = (sorted(|interval| interval.low), sorted(|interval| interval.high));
    intervals
        .iter()
        .map(|&interval| {
            let above = lows.len() - lows.partition_point(|&low| low <= interval.high);
            let below = highs.partition_point(|&high| high < interval.low);
            Rank { first: above + 1, last: counts.len() - below, interval }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_kernel::Random;
    use otklik_testkit::SeededRandom;
    use proptest::prelude::*;

    #[test]
    fn qr13_places_are_told_apart_only_where_the_numbers_allow_it() {
        // A hundred times more responses with the same shares.
        let few = ranks(&[Count::new(3, 10), Count::new(2, 10), Count::new(1, 10)]);
        assert!(few.iter().all(|rank| (rank.first, rank.last) == (1, 3)), "{few:?}");
        let many = ranks(&[Count::new(200, 1000), Count::new(300, 1000), Count::new(100, 1000)]);
        let places: Vec<_> = many.iter().map(|rank| (rank.first, rank.last)).collect();
        assert_eq!(places, [(2, 2), (1, 1), (3, 3)]);
        assert_eq!(ranks(&[]), []);
        let alone = ranks(&[Count::new(5, 5)]);
        assert_eq!((alone[0].first, alone[0].last), (1, 1));
    }

    proptest! {
        #[test]
        fn qr13_places_by_the_definition(counts in prop::collection::vec((0_u64..60, 5_u64..60), 1..30)) {
            let counts: Vec<Count> = counts.into_iter().map(|(part, total)| Count::new(part, total)).collect();
            let made = ranks(&counts);
            for (at, rank) in made.iter().enumerate() {
                let others = || made.iter().enumerate().filter(|&(other, _)| other != at).map(|(_, one)| one);
                let above = others().filter(|one| one.interval.low > rank.interval.high).count();
                let below = others().filter(|one| one.interval.high < rank.interval.low).count();
                prop_assert_eq!((rank.first, rank.last), (above + 1, made.len() - below));
            }
            // The place by the plain order of shares lies within.
            for (at, rank) in made.iter().enumerate() {
                let share = |at: usize| counts[at].share().unwrap();
                let before = (0..counts.len()).filter(|&other| share(other) > share(at)).count();
                prop_assert!(rank.first <= before + 1 && before < rank.last);
            }
        }
    }

    /// Five hundred drawn countries of forty offices: the true places lie within all intervals at once in at
    /// least 95 % of them. Offices with equal shares may stand in any order among themselves.
    #[test]
    fn qr13_all_places_hold_at_once_as_often_as_promised() {
        const DRAWN: u32 = 500;
        let seeded = SeededRandom::new(13);
        let random = || -> &dyn Random { &seeded };
        let unit = || u64::from_le_bytes(random().bytes()) as f64 / u64::MAX as f64;
        for spread in [0.0, 0.1, 0.5] {
            let mut held = 0;
            for _ in 0..DRAWN {
                let offices: Vec<(f64, u64)> =
                    (0..40).map(|_| (0.15 + spread * unit(), 5 + (unit() * 60.0) as u64)).collect();
                let counts: Vec<Count> = offices
                    .iter()
                    .map(|&(p, n)| Count::new((0..n).filter(|_| unit() < p).count() as u64, n))
                    .collect();
                let all = ranks(&counts).iter().zip(&offices).all(|(rank, &(p, _))| {
                    let before = offices.iter().filter(|&&(other, _)| other > p).count();
                    let equal = offices.iter().filter(|&&(other, _)| other == p).count();
                    rank.first <= before + equal && before < rank.last
                });
                held += u32::from(all);
            }
            assert!(held * 100 >= DRAWN * 95, "spread {spread}: {held} of {DRAWN}");
        }
    }
}
