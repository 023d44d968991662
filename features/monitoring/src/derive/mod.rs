//! From an application's events to what is kept of it: its case, its transitions, its interagency exchanges.
//!
//! Pure and causal: the same steps give the same result whatever way they came, and later steps only add to it.

mod bucket;
mod case;
mod rules;
mod stages;
mod trail;

pub use bucket::{bucket, middle, quantile};
pub use case::{Case, Derived, Exchange, Outcome, Transition, derive, suspended};
pub use rules::{CODES, NormOf, Rules, Term, Turn, Waiting, place};
pub use stages::{STAGES, Stage, stops};
pub use trail::{decode, encode};

/// An event of an application, as deriving needs it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Seconds since 1970 in UTC.
    pub at: i64,
    /// A number that stands for the mnemonic of the interagency request; 0 for none.
    pub mnemonic: u32,
    /// The status code.
    pub status: i16,
    /// Minutes east of UTC.
    pub offset: i16,
    /// The process, as a number.
    pub process: u8,
}

impl Step {
    /// The civil day in the office as `YYYYMMDD`.
    #[must_use]
    pub fn day(&self) -> i32 {
        civil_day(self.at + i64::from(self.offset) * 60)
    }
}

/// The civil day of local seconds since 1970 as `YYYYMMDD`.
#[must_use]
pub fn civil_day(local: i64) -> i32 {
    // Days to year, month and day by the proleptic Gregorian calendar, in whole numbers (Howard Hinnant's method).
    let days = local.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    i32::try_from(year * 10_000 + month * 100 + day).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
