//! A small reproducible generator: the same seed gives the same demo year on every machine.

/// `SplitMix64` (Steele, Lea, Flood, 2014): a counter stepped by the golden ratio and mixed; never for keys.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// A generator that starts at a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator whose seed is a text (FNV-1a), so that each office keeps its character.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to 1, 1 excluded.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number between two bounds, the upper one excluded.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Nearly normal with mean 0 and deviation 1: a sum of four, no functions that differ between machines.
    pub fn normal(&mut self) -> f64 {
        const ROOT_OF_3: f64 = 1.732_050_807_568_877_2;
        ((0..4).map(|_| self.unit()).sum::<f64>() - 2.0) * ROOT_OF_3
    }

    /// True with a probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number below a bound that is not zero.
    pub fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.bits()) * (bound.max(1) as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// One of a list; nothing of an empty one.
    pub fn one_of<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        (!list.is_empty()).then(|| self.below(list.len())).and_then(|at| list.get(at))
    }
}
