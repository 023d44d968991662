//! Statistics of shares: pure functions, each named with formula and source in `docs/methods.ru.md`.

mod beta;
mod interval;
mod pareto;
mod rank;

pub use interval::{Difference, Interval, clopper_pearson, newcombe, wilson};
pub use pareto::{Cause, pareto};
pub use rank::{Rank, ranks};

/// Fewer responses than this have no share and no place in a trend: a handful says nothing in percent.
pub const FEWEST: u64 = 5;

/// The chance that an interval misses the true value, or for ranks that any of them does: 5 %.
pub const ALPHA: f64 = 0.05;

/// A part of a total: negative responses of all, sad marks of all marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many have what is counted.
    pub part: u64,
    /// Of how many: n.
    pub total: u64,
}

impl Count {
    /// `part` of `total`; a part larger than the total counts as all of it.
    #[must_use]
    pub fn new(part: u64, total: u64) -> Self {
        Self { part: part.min(total), total }
    }

    /// Whether there are enough responses to speak of a share.
    #[must_use]
    pub const fn is_enough(self) -> bool {
        self.total >= FEWEST
    }

    /// The share, 0–1; nothing without enough responses.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        self.is_enough().then(|| self.part as f64 / self.total as f64)
    }

    /// The Wilson interval at 95 %; nothing without enough responses.
    #[must_use]
    pub fn interval(self) -> Option<Interval> {
        self.is_enough().then(|| wilson(self))
    }
}

impl std::ops::Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { part: self.part + other.part, total: self.total + other.total }
    }
}
