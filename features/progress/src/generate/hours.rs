//! When offices work, so that durations run through nights and days off as they do in life.

use crate::reference::Calendar;

/// Working hours of one kind of office, over the days of a plan.
#[derive(Clone, Debug)]
pub struct Hours {
    first: i64,
    opens: i64,
    length: i64,
    /// Working days before each day.
    before: Vec<i64>,
    /// The working days.
    days: Vec<i64>,
}

impl Hours {
    /// From the day `first` (days since 1970) on, for `count` days; seconds of the day it opens and closes.
    #[must_use]
    pub fn new(first: i64, count: i64, opens: i64, closes: i64, is_open: impl Fn(i64) -> bool) -> Self {
        let mut hours = Self { first, opens, length: closes - opens, before: vec![0], days: Vec::new() };
        for day in first..first + count {
            if is_open(day) {
                hours.days.push(day);
            }
            hours.before.push(hours.days.len() as i64);
        }
        hours
    }

    /// Whether a day is one of work.
    #[must_use]
    pub fn is_open(&self, day: i64) -> bool {
        let place = self.place(day);
        self.before[place + 1] > self.before[place]
    }

    /// The moment after so many seconds of work; a moment outside the hours counts as the next opening.
    #[must_use]
    pub fn after(&self, moment: i64, seconds: i64) -> i64 {
        let day = moment.div_euclid(86_400);
        let worked = self.before[self.place(day)] * self.length;
        let today = if self.is_open(day) {
            (moment.rem_euclid(86_400) - self.opens).clamp(0, self.length)
        } else {
            0
        };
        let total = worked + today + seconds;
        let number = usize::try_from(total / self.length).unwrap_or(0).min(self.days.len() - 1);
        (self.days[number] * 86_400 + self.opens + total % self.length).max(moment)
    }

    fn place(&self, day: i64) -> usize {
        usize::try_from(day - self.first).unwrap_or(0).min(self.before.len() - 2)
    }
}

/// Authorities: nine to six on working days. Centres: eight to eight, on Saturdays too.
#[must_use]
pub fn offices(first: i64, count: i64, calendar: &Calendar) -> (Hours, Hours) {
    let authority = Hours::new(first, count, 9 * 3600, 18 * 3600, |day| calendar.is_working(day));
    let is_saturday = |day: i64| (day + 3).rem_euclid(7) == 5;
    let centre = Hours::new(first, count, 8 * 3600, 20 * 3600, |day| {
        calendar.is_working(day) || is_saturday(day) && calendar.is_working(day - 1)
    });
    (authority, centre)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Reference;
    use otklik_kernel::CivilDay;

    #[test]
    fn work_goes_on_the_next_working_day() {
        let first = CivilDay::parse("2026-11-02").unwrap().start_utc().0 / 86_400_000_000;
        let (authority, centre) = offices(first, 60, &Reference::built_in().calendar);
        let at = |day: i64, hour: i64| (first + day) * 86_400 + hour * 3600;
        assert_eq!(authority.after(at(0, 17), 2 * 3600), at(1, 10), "Monday evening to Tuesday morning");
        assert_eq!(authority.after(at(1, 17), 2 * 3600), at(3, 10), "the fourth of November is a holiday");
        assert_eq!(authority.after(at(4, 20), 0), at(7, 9), "Friday night to Monday");
        assert_eq!(centre.after(at(4, 20), 3600), at(5, 9), "a centre works on Saturday");
        assert!(!centre.is_open(first + 6) && !authority.is_open(first + 5));
        assert_eq!(authority.after(at(0, 10), 60), at(0, 10) + 60);
    }
}
