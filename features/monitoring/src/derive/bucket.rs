//! Durations counted in buckets that merge by addition: whole seconds up to two minutes, then steps of 2 %.

use std::sync::LazyLock;

/// Up to here a bucket is one second.
const EXACT: i64 = 128;

/// How much wider each bucket is than the one before.
const STEP: f64 = 1.02;

/// A thousand years: longer ones count as that.
const LONGEST: i64 = 1_000 * 366 * 86_400;

/// The bucket of a duration in seconds; a negative one counts as none.
#[must_use]
pub fn bucket(seconds: i64) -> i16 {
    if seconds < EXACT {
        return seconds.max(0) as i16;
    }
    let seconds = seconds.min(LONGEST);
    let near = FIRST.near.get(near(seconds)).copied().unwrap_or_default();
    let later = FIRST.of.get(usize::from(near) + 1..).unwrap_or_default();
    let later = later.iter().take_while(|first| **first <= seconds).count();
    (EXACT as usize + usize::from(near) + later) as i16
}

/// Durations whose first seven bits are the same differ by less than 1.6 %: hardly more than a bucket.
fn near(seconds: i64) -> usize {
    let bits = seconds.ilog2() as usize;
    (bits - 7) << 6 | (seconds >> (bits - 6)) as usize & 63
}

/// Where buckets begin: finding one among them is quicker than a logarithm.
struct First {
    /// The shortest duration of each bucket from [`EXACT`] on.
    of: Vec<i64>,
    /// By [`near`], the bucket of the shortest such duration, counted from [`EXACT`].
    near: Vec<u16>,
}

fn by_logarithm(seconds: i64) -> u16 {
    (libm::log(seconds as f64 / EXACT as f64) / libm::log(STEP)) as u16
}

static FIRST: LazyLock<First> = LazyLock::new(|| {
    let shortest = |place: u16| {
        let mut seconds = (EXACT as f64 * libm::pow(STEP, f64::from(place))) as i64;
        while by_logarithm(seconds) >= place {
            seconds -= 1;
        }
        while by_logarithm(seconds) < place {
            seconds += 1;
        }
        seconds
    };
    let of = std::iter::once(EXACT).chain((1..=by_logarithm(LONGEST)).map(shortest)).collect();
    let near = (0..=near(LONGEST)).map(|place| {
        let bits = (place >> 6) + 7;
        by_logarithm((64 + (place & 63) as i64) << (bits - 6))
    });
    First { of, near: near.collect() }
});

/// The duration that stands for a bucket: no member is further from it than 1 %.
#[must_use]
pub fn middle(bucket: i16) -> f64 {
    let place = i64::from(bucket);
    if place < EXACT {
        return place as f64;
    }
    EXACT as f64 * libm::pow(STEP, (place - EXACT) as f64 + 0.5)
}

/// A quantile (0 to 1) of counted buckets in ascending order, between the two nearest members as
/// `percentile_cont` does; nothing of nothing.
#[must_use]
pub fn quantile(counts: &[(i16, i64)], share: f64) -> Option<f64> {
    let total: i64 = counts.iter().map(|(_, count)| count).sum();
    if total <= 0 {
        return None;
    }
    let rank = share * (total - 1) as f64;
    let below = libm::floor(rank);
    let member = |place: f64| {
        let mut seen = 0.0;
        let found = counts.iter().find(|(_, count)| {
            seen += *count as f64;
            seen > place
        });
        found.map(|(bucket, _)| middle(*bucket))
    };
    let (low, high) = (member(below)?, member(libm::ceil(rank))?);
    Some(low + (high - low) * (rank - below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_buckets_are_steps_of_two_percent() {
        for seconds in 0..EXACT {
            assert_eq!(i64::from(bucket(seconds)), seconds);
        }
        let powers = (7..60).flat_map(|bits| [(1_i64 << bits) - 1, 1 << bits, (1 << bits) + 1]);
        let firsts = FIRST.of.iter().flat_map(|first| [first - 1, *first, first + 1]);
        for seconds in (EXACT..1_000_000).chain(powers).chain(firsts).filter(|seconds| *seconds >= EXACT) {
            let place = by_logarithm(seconds.min(LONGEST));
            assert_eq!(i64::from(bucket(seconds)), EXACT + i64::from(place), "{seconds}");
        }
        assert_eq!((bucket(-5), bucket(i64::MAX)), (0, bucket(LONGEST)));
    }
}
