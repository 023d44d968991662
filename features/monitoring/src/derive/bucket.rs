//! Durations counted in buckets that merge by addition: whole seconds up to two minutes, then steps of 2 %.

/// Up to here a bucket is one second.
const EXACT: i64 = 128;

/// How much wider each bucket is than the one before.
const STEP: f64 = 1.02;

/// The bucket of a duration in seconds; a negative one counts as none.
#[must_use]
pub fn bucket(seconds: i64) -> i16 {
    if seconds < EXACT {
        return seconds.max(0) as i16;
    }
    EXACT as i16 + (libm::log(seconds as f64 / EXACT as f64) / libm::log(STEP)) as i16
}

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
