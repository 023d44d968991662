//! Instants, civil days and zones (X-5: stored as an instant, shown in the office's local time).

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// A moment: microseconds since 1970-01-01 UTC, the way it is stored (BIGINT).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Instant(pub i64);

impl Instant {
    /// One second, in the unit of `Instant`.
    pub const SECOND: i64 = 1_000_000;
    /// One minute, in the unit of `Instant`.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// One hour, in the unit of `Instant`.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// Twenty-four hours, in the unit of `Instant`.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// This moment moved by `micros` microseconds.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this moment; negative when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The civil day of this moment in a zone.
    #[must_use]
    pub fn day_in(self, zone: &Zone) -> CivilDay {
        let date = self.timestamp().to_zoned(zone.0.clone()).date();
        CivilDay(i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day()))
    }

    /// Seconds from 1970-01-01 00:00 to what a clock on the wall shows in a zone: for programs that know no
    /// zones, such as spreadsheets.
    #[must_use]
    pub fn wall_seconds(self, zone: &Zone) -> i64 {
        let moment = self.timestamp();
        moment.as_second() + i64::from(zone.0.to_offset(moment).seconds())
    }

    /// «22.11.2026 14:05» in a zone, for people.
    #[must_use]
    pub fn show_in(self, zone: &Zone) -> String {
        self.timestamp().to_zoned(zone.0.clone()).strftime("%d.%m.%Y %H:%M").to_string()
    }

    /// «22.11.2026 14:05:09 (UTC+3)» in a zone: exact, for hovering, print and mail.
    #[must_use]
    pub fn show_exact_in(self, zone: &Zone) -> String {
        let zoned = self.timestamp().to_zoned(zone.0.clone());
        let seconds = zoned.offset().seconds();
        let (sign, rest) = if seconds < 0 { ('−', -seconds) } else { ('+', seconds) };
        let minutes = rest % 3600 / 60;
        let tail = if minutes == 0 { String::new() } else { format!(":{minutes:02}") };
        format!("{} (UTC{sign}{}{tail})", zoned.strftime("%d.%m.%Y %H:%M:%S"), rest / 3600)
    }

    /// `2026-11-22T11:05:09.123456Z`, for machines.
    #[must_use]
    pub fn iso(self) -> String {
        self.timestamp().to_string()
    }

    /// `2026-11-22T11:05:09Z`, for `datetime` attributes: HTML has no microseconds.
    #[must_use]
    pub fn html(self) -> String {
        self.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// Reads `2026-11-22T14:05:00+03:00` or `2026-11-22T11:05:00Z`.
impl std::str::FromStr for Instant {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse().map(|moment: Timestamp| Self(moment.as_microsecond()))
    }
}

/// A civil day as a number `YYYYMMDD`: ordered, readable, the same type in both databases.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CivilDay(pub i32);

impl CivilDay {
    /// Reads `2026-11-22`, the form of an HTML date field.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.parse().ok()?;
        (date.year() > 0).then(|| {
            Self(i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day()))
        })
    }

    /// This day moved by a number of days; unchanged where the calendar ends.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        use jiff::ToSpan;
        let Ok(date) = self.date().checked_add(days.days()) else { return self };
        Self(i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day()))
    }

    fn date(self) -> jiff::civil::Date {
        let (year, month, day) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        jiff::civil::Date::new(
            i16::try_from(year).unwrap_or(1970),
            i8::try_from(month).unwrap_or(1),
            i8::try_from(day).unwrap_or(1),
        )
        .unwrap_or(jiff::civil::Date::constant(1970, 1, 1))
    }

    /// The moment the day begins in UTC.
    #[must_use]
    pub fn start_utc(self) -> Instant {
        let zoned = self.date().to_zoned(TimeZone::UTC);
        Instant(zoned.map_or(0, |zoned| zoned.timestamp().as_microsecond()))
    }

    /// The moment the day begins in a zone.
    #[must_use]
    pub fn start_in(self, zone: &Zone) -> Instant {
        let zoned = self.date().to_zoned(zone.0.clone());
        zoned.map_or_else(|_| self.start_utc(), |zoned| Instant(zoned.timestamp().as_microsecond()))
    }

    /// «22.11.2026».
    #[must_use]
    pub fn show(self) -> String {
        format!("{:02}.{:02}.{:04}", self.0 % 100, self.0 / 100 % 100, self.0 / 10_000)
    }
}

/// `2026-11-22`, the form of an HTML date field and of exports.
impl fmt::Display for CivilDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

/// An IANA time zone; the data are built into the programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Finds a zone by its IANA name, such as `Asia/Vladivostok`.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        jiff::tz::db().get(name).ok().map(Self)
    }

    /// The zone whose clocks are so many minutes ahead of UTC; UTC where no clock is.
    #[must_use]
    pub fn ahead(minutes: i32) -> Self {
        let offset = Offset::from_seconds(minutes.saturating_mul(60));
        offset.map_or_else(|_| Self::utc(), |offset| Self(TimeZone::fixed(offset)))
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

/// What a time on the wall means in a zone; offsets are seconds east of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    /// It was shown once.
    Once(i32),
    /// Clocks were put back and showed it twice, first with this offset.
    Twice(i32),
    /// Clocks were put forward past it; this was the offset before.
    Never(i32),
}

impl Zone {
    /// What a time on the wall means, given as seconds from 1970-01-01 00:00 on the wall; none outside the
    /// calendar.
    #[must_use]
    pub fn wall(&self, seconds: i64) -> Option<Wall> {
        let wall = TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).ok()?);
        Some(match self.0.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => Wall::Once(offset.seconds()),
            AmbiguousOffset::Gap { before, .. } => Wall::Never(before.seconds()),
            AmbiguousOffset::Fold { before, .. } => Wall::Twice(before.seconds()),
        })
    }
}

/// Where «now» comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Instant {
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Instant(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still: for demonstrations whose pages are the same each time.
#[derive(Clone, Copy, Debug)]
pub struct StandingClock(pub Instant);

impl Clock for StandingClock {
    fn now(&self) -> Instant {
        self.0
    }
}

/// A clock shared between parts.
pub type SharedClock = Arc<dyn Clock>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x5_one_moment_is_two_days_in_two_zones() {
        let moment = Instant(1_795_291_200_000_000); // 2026-11-21T20:00:00Z
        let moscow = Zone::find("Europe/Moscow").unwrap();
        let vladivostok = Zone::find("Asia/Vladivostok").unwrap();
        assert_eq!(moment.iso(), "2026-11-21T20:00:00Z");
        assert_eq!(Instant(moment.0 + 999_999).html(), "2026-11-21T20:00:00Z");
        assert_eq!(moment.day_in(&moscow), CivilDay(20_261_121));
        assert_eq!(moment.day_in(&vladivostok), CivilDay(20_261_122));
        assert_eq!(moment.show_in(&vladivostok), "22.11.2026 06:00");
        assert_eq!(moment.show_exact_in(&moscow), "21.11.2026 23:00:00 (UTC+3)");
        assert_eq!(moment.wall_seconds(&vladivostok) - moment.wall_seconds(&Zone::utc()), 10 * 3600);
        assert_eq!(moment.wall_seconds(&Zone::utc()), moment.0 / Instant::SECOND);
        assert_eq!(moment.show_exact_in(&Zone::ahead(330)), "22.11.2026 01:30:00 (UTC+5:30)");
        assert_eq!(moment.show_exact_in(&Zone::ahead(-570)), "21.11.2026 10:30:00 (UTC−9:30)");
        assert_eq!(Zone::ahead(i32::MAX), Zone::utc());
        assert_eq!(Zone::find("Mars/Olympus"), None);
        assert_eq!("2026-11-22T06:00:00+10:00".parse::<Instant>().unwrap(), moment);
        assert!("2026-11-22".parse::<Instant>().is_err());
    }

    #[test]
    fn x5_a_time_on_the_wall_is_once_twice_or_never() {
        let moscow = Zone::find("Europe/Moscow").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        assert_eq!(moscow.wall(at("2026-11-22T02:30:00Z")), Some(Wall::Once(3 * 3600)));
        assert_eq!(moscow.wall(at("2010-03-28T02:30:00Z")), Some(Wall::Never(3 * 3600)));
        assert_eq!(moscow.wall(at("2010-10-31T02:30:00Z")), Some(Wall::Twice(4 * 3600)));
        assert_eq!(moscow.wall(i64::MAX), None);
    }

    #[test]
    fn civil_days_read_and_move() {
        let day = CivilDay::parse("2026-12-31").unwrap();
        assert_eq!(day.plus_days(1).to_string(), "2027-01-01");
        assert_eq!(day.show(), "31.12.2026");
        assert_eq!(CivilDay::parse("31.12.2026"), None);
    }
}
