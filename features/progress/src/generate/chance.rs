//! Chance that repeats itself: the same seed gives the same data on every machine and with every version.

/// A small generator of well mixed numbers (splitmix64); ours, because a library's may change between versions.
#[derive(Clone, Copy, Debug)]
pub struct Chance(u64);

impl Chance {
    /// A generator for one matter of one thing.
    #[must_use]
    pub const fn of(seed: u64, thing: u64, matter: u64) -> Self {
        let mut chance = Self(seed ^ matter.wrapping_mul(0xd6e8_feb8_6659_fd93));
        chance.0 = chance.0.wrapping_add(mixed(thing.wrapping_add(0x9e37_79b9_7f4a_7c15)));
        chance
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below `bound`, which is at least 1.
    pub const fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * bound as u64) >> 32) as u32
    }

    /// True in `share` of a thousand cases.
    pub const fn per_mille(&mut self, share: u32) -> bool {
        self.below(1000) < share
    }

    /// A place, by weights of which not all are 0.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }
}

const fn mixed(mut value: u64) -> u64 {
    value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

/// How many values of a duration are kept.
const STEPS: usize = 1024;

/// A log-normal duration: most are near the median, some are far above it.
#[derive(Clone, Debug)]
pub struct Duration {
    seconds: Vec<u32>,
}

impl Duration {
    /// By its median in seconds and the spread of its logarithm.
    #[must_use]
    pub fn new(median: f64, spread: f64) -> Self {
        let value = |step: usize| {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let share = (step as f64 + 0.5) / (STEPS + 1) as f64;
            let seconds = median * libm::exp(spread * normal(share));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "limited")]
            let seconds = seconds.clamp(1.0, 300.0 * 86_400.0) as u32;
            seconds
        };
        Self { seconds: (0..=STEPS).map(value).collect() }
    }

    /// One of them, in seconds.
    pub fn draw(&self, chance: &mut Chance) -> i64 {
        let number = chance.next();
        let step = (number >> 54) as usize % STEPS;
        let (low, high) = (u64::from(self.seconds[step]), u64::from(self.seconds[step + 1]));
        let between = ((high - low) * (number & 0xffff)) >> 16;
        i64::try_from(low + between).unwrap_or(1)
    }
}

/// The quantile of the normal distribution, to about three digits (Abramowitz and Stegun 26.2.23).
fn normal(share: f64) -> f64 {
    let tail = share.min(1.0 - share);
    let t = libm::sqrt(-2.0 * libm::log(tail));
    let above = 2.515_517 + 0.802_853 * t + 0.010_328 * t * t;
    let below = 1.0 + 1.432_788 * t + 0.189_269 * t * t + 0.001_308 * t * t * t;
    let value = t - above / below;
    if share < 0.5 { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_repeat_and_durations_have_their_median() {
        let mut one = Chance::of(7, 1, 2);
        assert_eq!(one.next(), Chance::of(7, 1, 2).next());
        assert_ne!(one.next(), Chance::of(7, 2, 1).next());
        let duration = Duration::new(600.0, 0.8);
        let mut drawn: Vec<i64> = (0..10_001).map(|_| duration.draw(&mut one)).collect();
        drawn.sort_unstable();
        assert!((570..630).contains(&drawn[5000]), "{}", drawn[5000]);
        assert!((1_500..1_900).contains(&drawn[9000]), "{}", drawn[9000]);
        let shares: Vec<usize> = (0..1000).map(|_| one.weighted(&[1, 0, 3])).collect();
        assert!(
            !shares.contains(&1) && (680..820).contains(&shares.iter().filter(|place| **place == 2).count())
        );
    }
}
