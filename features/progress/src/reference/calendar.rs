//! Working days; ours, editable (MON-14).

use otklik_kernel::{CivilDay, Instant};

use super::{Fault, HolidayRecord};

/// The first day counted, as days since 1970: 1 January 2000.
const FIRST: i64 = 10_957;

/// How many days: to the end of 2099.
const DAYS: usize = 36_525;

/// How many working days there are up to each day.
#[derive(Clone, Debug)]
pub struct Calendar {
    before: Vec<i32>,
}

impl Calendar {
    /// The calendar of records: days of the week where none says otherwise.
    ///
    /// # Errors
    /// The first record that names no day, or says neither `yes` nor `no`.
    pub fn of(records: &[HolidayRecord]) -> Result<Self, Fault> {
        let mut works: Vec<bool> = (FIRST..).take(DAYS).map(|day| (day + 3).rem_euclid(7) < 5).collect();
        for record in records {
            let is_working = match record.works.as_str() {
                "yes" => true,
                "no" => false,
                other => return Err(Fault::Unknown("holidays", other.to_owned())),
            };
            let days = days_of(&record.day);
            if days.is_empty() {
                return Err(Fault::Code("holidays", record.day.clone()));
            }
            for day in days {
                if let Some(works) = usize::try_from(day - FIRST).ok().and_then(|place| works.get_mut(place))
                {
                    *works = is_working;
                }
            }
        }
        let mut before = Vec::with_capacity(DAYS + 1);
        let mut sum = 0;
        before.push(sum);
        for is_working in works {
            sum += i32::from(is_working);
            before.push(sum);
        }
        Ok(Self { before })
    }

    /// This calendar for the days before one, another from that day on.
    #[must_use]
    pub fn until(mut self, day: CivilDay, later: &Self) -> Self {
        let day = day.start_utc().0.div_euclid(Instant::DAY);
        let place = usize::try_from(day - FIRST).unwrap_or(0).min(DAYS);
        let shift = self.before[place] - later.before[place];
        for (own, other) in self.before[place..].iter_mut().zip(&later.before[place..]) {
            *own = other + shift;
        }
        self
    }

    /// Whether a day, counted from 1970, is a working one.
    #[must_use]
    pub fn is_working(&self, day: i64) -> bool {
        self.working(day - 1, day) == 1
    }

    /// How many working days there are after the day `from` up to and with the day `to`, both counted from 1970;
    /// 0 when `to` isn't later.
    #[must_use]
    pub fn working(&self, from: i64, to: i64) -> i64 {
        let up_to = |day: i64| {
            let place = usize::try_from(day + 1 - FIRST).unwrap_or(0).min(DAYS);
            i64::from(self.before[place])
        };
        (up_to(to) - up_to(from)).max(0)
    }
}

/// The days of `ММ-ДД` in every year, or of `ГГГГ-ММ-ДД`; none when it isn't a date.
fn days_of(text: &str) -> Vec<i64> {
    let day = |text: &str| CivilDay::parse(text).map(|day| day.start_utc().0.div_euclid(Instant::DAY));
    if text.len() == 5 {
        (2000..2100).filter_map(|year| day(&format!("{year}-{text}"))).collect()
    } else {
        day(text).into_iter().collect()
    }
}
