//! Times of offices' clocks as moments.

use otklik_kernel::{Wall, Zone};

use super::moment::DAY;

/// A day far before everything: nothing is remembered.
const NEVER: i32 = i32::MIN;

/// Zones by number, each with the offset of the day asked for last: a delivery is mostly of one day.
#[derive(Debug, Default)]
pub(crate) struct Zones {
    zones: Vec<Zone>,
    days: Vec<(i32, i16)>,
}

/// A moment found for a time on a wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// Minutes east of UTC.
    pub offset: i16,
    /// Clocks were put forward past this time.
    pub is_skipped: bool,
}

impl Zones {
    /// The number of a zone, from 0.
    pub fn number(&mut self, zone: &Zone) -> u16 {
        let place = self.zones.iter().position(|known| known == zone).unwrap_or_else(|| {
            self.zones.push(zone.clone());
            self.days.push((NEVER, 0));
            self.zones.len() - 1
        });
        u16::try_from(place).expect("there are a few hundred zones")
    }

    /// The moment of a time on the wall, in seconds. A time that clocks showed twice is the first of the two; one that
    /// they never showed is told by the offset before the change.
    #[inline]
    pub fn moment(&mut self, zone: u16, seconds: i64) -> Moment {
        // Dates have four digits of year.
        let day = seconds.div_euclid(DAY) as i32;
        let (known, offset) = self.days[usize::from(zone)];
        if known == day {
            return moment(seconds, offset, false);
        }
        self.slow(zone, day, seconds)
    }

    #[cold]
    fn slow(&mut self, zone: u16, day: i32, seconds: i64) -> Moment {
        let of = &self.zones[usize::from(zone)];
        let midnight = i64::from(day) * DAY;
        if let (Some(Wall::Once(first)), Some(Wall::Once(last))) =
            (of.wall(midnight), of.wall(midnight + DAY - 1))
            && first == last
        {
            let offset = minutes(first);
            self.days[usize::from(zone)] = (day, offset);
            return moment(seconds, offset, false);
        }
        match of.wall(seconds) {
            Some(Wall::Once(offset) | Wall::Twice(offset)) => moment(seconds, minutes(offset), false),
            Some(Wall::Never(offset)) => moment(seconds, minutes(offset), true),
            None => moment(seconds, 0, false),
        }
    }
}

fn minutes(seconds: i32) -> i16 {
    i16::try_from(seconds / 60).unwrap_or(0)
}

fn moment(seconds: i64, offset: i16, is_skipped: bool) -> Moment {
    Moment { at: (seconds - i64::from(offset) * 60) * 1_000_000, offset, is_skipped }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> i64 {
        let (day, time) = text.split_once(' ').unwrap();
        i64::from(super::super::moment::date(day).unwrap()) * DAY
            + i64::from(super::super::moment::time(time).unwrap())
    }

    #[test]
    fn x5_local_times_are_moments_also_where_clocks_were_changed() {
        let mut zones = Zones::default();
        let moscow = zones.number(&Zone::find("Europe/Moscow").unwrap());
        let kamchatka = zones.number(&Zone::find("Asia/Kamchatka").unwrap());
        assert_eq!((moscow, kamchatka), (0, 1));
        let mut at = |zone, text: &str| {
            let moment = zones.moment(zone, seconds(text));
            let back = moment.at / 1_000_000 + i64::from(moment.offset) * 60;
            assert_eq!(back, seconds(text));
            (moment.offset, moment.is_skipped)
        };
        for _ in 0..2 {
            assert_eq!(at(moscow, "24-11-2026 10:00:00"), (180, false));
            assert_eq!(at(kamchatka, "24-11-2026 10:00:00"), (720, false));
            // Clocks were put forward at two, and back at three.
            assert_eq!(at(moscow, "28-03-2010 01:59:59"), (180, false));
            assert_eq!(at(moscow, "28-03-2010 02:30:00"), (180, true));
            assert_eq!(at(moscow, "28-03-2010 03:00:00"), (240, false));
            assert_eq!(at(moscow, "31-10-2010 02:30:00"), (240, false));
            assert_eq!(at(moscow, "31-10-2010 03:00:00"), (180, false));
            // A zone that changed its offset for good.
            assert_eq!(at(moscow, "26-10-2014 12:00:00"), (180, false));
            assert_eq!(at(moscow, "25-10-2014 12:00:00"), (240, false));
        }
    }
}
