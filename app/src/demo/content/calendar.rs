//! When offices are open and when people come: local hours, days off, the peaks of the year.

use otklik_kernel::{CivilDay, Instant, Zone};

/// A civil day by its distance in days from 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(pub i64);

impl Day {
    /// The day of a moment in UTC.
    #[must_use]
    pub const fn of(moment: Instant) -> Self {
        Self(moment.0.div_euclid(Instant::DAY))
    }

    /// The day as the kernel writes it.
    #[must_use]
    pub fn civil(self) -> CivilDay {
        Instant(self.0 * Instant::DAY).day_in(&Zone::utc())
    }

    /// Month and day as a number: 430 is 30 April.
    #[must_use]
    pub fn month_day(self) -> i32 {
        self.civil().0 % 10_000
    }

    /// The day of the week: 0 is Monday, 6 is Sunday.
    #[must_use]
    pub const fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7)
    }

    /// The first moment of the day in a zone, right to a quarter of an hour.
    #[must_use]
    pub fn start_in(self, zone: &Zone) -> Instant {
        const QUARTER: i64 = 15 * Instant::MINUTE;
        let (civil, utc) = (self.civil(), self.0 * Instant::DAY);
        let (mut low, mut high) = (-15 * 4, 13 * 4_i64);
        while low < high {
            let middle = (low + high).div_euclid(2);
            if Instant(utc + middle * QUARTER).day_in(zone) < civil {
                low = middle + 1
            } else {
                high = middle
            }
        }
        Instant(utc + low * QUARTER)
    }

    /// Opening and closing in minutes from midnight; `None` on Sundays and public holidays.
    #[must_use]
    pub fn hours(self) -> Option<(i64, i64)> {
        if matches!(self.month_day(), 101..=108 | 223 | 308 | 501 | 509 | 612 | 1104) {
            return None;
        }
        match self.weekday() {
            0 | 2 => Some((9 * 60, 18 * 60)),
            1 | 3 => Some((9 * 60, 20 * 60)),
            4 => Some((9 * 60, 16 * 60 + 45)),
            5 => Some((10 * 60, 15 * 60)),
            _ => None,
        }
    }

    /// How busy the day of the week is; 1 is usual, 0 when closed.
    #[must_use]
    pub fn busy(self) -> f64 {
        if self.hours().is_none() {
            return 0.0;
        }
        [1.15, 1.1, 1.0, 1.05, 0.9, 0.35, 0.0][usize::try_from(self.weekday()).unwrap_or(6)]
    }

    /// How busy the season is at a tax office: declarations by 30 April, property taxes by 1 December.
    #[must_use]
    pub fn tax_season(self) -> f64 {
        match self.month_day() {
            415..=422 => 1.8,
            423..=430 => 2.6,
            1115..=1123 => 1.7,
            1124..=1201 => 2.6,
            301..=414 => 1.2,
            701..=820 => 0.75,
            109..=131 => 0.8,
            _ => 1.0,
        }
    }

    /// How busy the season is elsewhere: before summer journeys and before school.
    #[must_use]
    pub fn other_season(self) -> f64 {
        match self.month_day() {
            601..=630 => 1.2,
            815..=905 => 1.4,
            701..=814 => 0.85,
            _ => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_know_their_week_and_their_midnight() {
        let day = Day::of(Instant(1_795_291_200_000_000)); // 2026-11-21, a Saturday
        assert_eq!((day.civil(), day.weekday()), (CivilDay(20_261_121), 5));
        assert_eq!(day.hours(), Some((600, 900)));
        for (zone, midnight) in [
            ("Europe/Moscow", "2026-11-20T21:00:00Z"),
            ("Asia/Kamchatka", "2026-11-20T12:00:00Z"),
            ("Europe/Kaliningrad", "2026-11-20T22:00:00Z"),
        ] {
            assert_eq!(day.start_in(&Zone::find(zone).unwrap()).iso(), midnight);
        }
        assert_eq!(Day(day.0 + 1).hours(), None);
        assert_eq!(Day(day.0 - 17).hours(), None); // 4 November
    }
}
