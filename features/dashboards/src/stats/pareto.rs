//! What makes most of the trouble: the Pareto order with its running share.

/// One of the things that add up to a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause<T> {
    /// What it is.
    pub what: T,
    /// How much it adds.
    pub count: u64,
    /// Its share of the whole, 0–1.
    pub share: f64,
    /// The share of it and all before it, 0–1.
    pub running: f64,
}

/// Causes from the largest, each with its share and the running one; those that add nothing are left out,
/// equal ones keep their order.
#[must_use]
pub fn pareto<T>(causes: impl IntoIterator<Item = (T, u64)>) -> Vec<Cause<T>> {
    let mut causes: Vec<(T, u64)> = causes.into_iter().filter(|&(_, count)| count > 0).collect();
    causes.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let whole: u64 = causes.iter().map(|&(_, count)| count).sum();
    let mut sum = 0;
    causes
        .into_iter()
        .map(|(what, count)| {
            sum += count;
            let of_whole = |part: u64| part as f64 / whole as f64;
            Cause { what, count, share: of_whole(count), running: of_whole(sum) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn qr13_causes_stand_from_the_largest_with_their_running_share() {
        let made = pareto([("а", 10), ("б", 0), ("в", 60), ("г", 30)]);
        let shown: Vec<_> = made.iter().map(|one| (one.what, one.count, one.share, one.running)).collect();
        assert_eq!(shown, [("в", 60, 0.6, 0.6), ("г", 30, 0.3, 0.9), ("а", 10, 0.1, 1.0)]);
        assert!(pareto([("а", 0)]).is_empty());
    }

    proptest! {
        #[test]
        fn qr13_shares_add_up_and_never_grow(counts in prop::collection::vec(0_u64..1000, 0..30)) {
            let made = pareto(counts.iter().copied().enumerate());
            prop_assert_eq!(made.len(), counts.iter().filter(|&&count| count > 0).count());
            prop_assert!(made.windows(2).all(|pair| pair[0].count >= pair[1].count));
            prop_assert!(made.last().is_none_or(|last| (last.running - 1.0).abs() < 1e-12));
            let mut sum = 0.0;
            for cause in &made {
                sum += cause.share;
                prop_assert!((cause.running - sum).abs() < 1e-9);
                prop_assert_eq!(counts[cause.what], cause.count);
            }
        }
    }
}
