#![doc = include_str!("../README.md")]

mod log;
mod ocel;
mod summary;
pub mod xes;

pub use log::{Attribute, Classifier, Extension, Global, Header, Kind, Trace};
pub use ocel::{AttributeType, ObjectAttribute, OcelWriter, Relation, TypeOf, Value};
pub use summary::{Comparison, Flow, FlowRow, Histogram, Quantiles, Summary, Variant, compare};

/// Microseconds since 1970 of a moment as event logs write it; without a zone it is taken for UTC.
#[must_use]
pub fn moment(text: &str) -> Option<i64> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(moment.as_microsecond());
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

/// A moment as event logs write it, with the offset of the place in minutes.
#[must_use]
pub fn show(micros: i64, offset: i16) -> String {
    let shifted = jiff::Timestamp::from_microsecond(micros + i64::from(offset) * 60_000_000);
    let local = shifted.unwrap_or(jiff::Timestamp::UNIX_EPOCH).strftime("%Y-%m-%dT%H:%M:%S%.3f");
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{local}{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon17_moments_keep_their_zone() {
        assert_eq!(show(1_671_114_600_000_000, 180), "2022-12-15T17:30:00.000+03:00");
        assert_eq!(moment("2022-12-15T17:30:00.000+03:00"), Some(1_671_114_600_000_000));
        assert_eq!(moment("2022-12-15T14:30:00Z"), Some(1_671_114_600_000_000));
        assert_eq!(moment("2022-12-15T14:30:00"), Some(1_671_114_600_000_000));
        assert_eq!(show(1_671_114_600_000_000, -210), "2022-12-15T11:00:00.000-03:30");
        assert_eq!(moment("gestern"), None);
    }
}
