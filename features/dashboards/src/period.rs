//! Periods of civil days: ready-made ones, the one before, and the steps they are cut into.

use otklik_kernel::{CivilDay, Instant};
use otklik_responses::figures::weekday;

/// The longest period that can be asked for, in days.
pub const LONGEST: i64 = 3 * 366;

/// From the first to the last day, both within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first day.
    pub from: CivilDay,
    /// The last day.
    pub to: CivilDay,
}

/// A ready-made period that ends today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Seven days.
    Week,
    /// Thirty days.
    Days30,
    /// Ninety days.
    Days90,
    /// 365 days.
    Days365,
    /// From the first of this month.
    Month,
    /// From the first of January.
    Year,
}

impl Preset {
    /// Every one, in the order of the links.
    pub const ALL: [Self; 6] =
        [Self::Week, Self::Days30, Self::Days90, Self::Days365, Self::Month, Self::Year];

    /// Its name in the address.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Week => "7",
            Self::Days30 => "30",
            Self::Days90 => "90",
            Self::Days365 => "365",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The period, as it is on this day.
    #[must_use]
    pub fn on(self, today: CivilDay) -> Period {
        let from = match self {
            Self::Week => today.plus_days(-6),
            Self::Days30 => today.plus_days(-29),
            Self::Days90 => today.plus_days(-89),
            Self::Days365 => today.plus_days(-364),
            Self::Month => CivilDay(today.0 / 100 * 100 + 1),
            Self::Year => CivilDay(today.0 / 10_000 * 10_000 + 101),
        };
        Period { from, to: today }
    }
}

impl Period {
    /// How many days it has.
    #[must_use]
    pub fn days(self) -> i64 {
        self.to.start_utc().since(self.from.start_utc()) / Instant::DAY + 1
    }

    /// The period of the same length right before it.
    #[must_use]
    pub fn before(self) -> Self {
        let days = i32::try_from(self.days()).unwrap_or(i32::MAX);
        Self { from: self.from.plus_days(-days), to: self.from.plus_days(-1) }
    }

    /// The same days of the year before.
    #[must_use]
    pub fn year_before(self) -> Self {
        let back = |day: CivilDay| match CivilDay(day.0 - 10_000) {
            // The year before a leap year has no such day.
            leap if leap.0 % 10_000 == 229 => CivilDay(leap.0 - 1),
            same => same,
        };
        Self { from: back(self.from), to: back(self.to) }
    }

    /// «01.11.2026–22.11.2026».
    #[must_use]
    pub fn show(self) -> String {
        if self.from == self.to {
            self.from.show()
        } else {
            format!("{}–{}", self.from.show(), self.to.show())
        }
    }
}

/// How a period is cut for its dynamics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// By day.
    Day,
    /// By week, from Monday.
    Week,
    /// By month.
    Month,
}

impl Cut {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its name in the address.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// What suits a period's length when nothing else was asked for.
    #[must_use]
    pub fn for_period(period: Period) -> Self {
        match period.days() {
            ..=31 => Self::Day,
            32..=200 => Self::Week,
            _ => Self::Month,
        }
    }

    /// The first day of the step that a day belongs to.
    fn start(self, day: CivilDay) -> CivilDay {
        match self {
            Self::Day => day,
            Self::Week => day.plus_days(-i32::try_from(weekday(day)).unwrap_or(0)),
            Self::Month => CivilDay(day.0 / 100 * 100 + 1),
        }
    }

    /// The steps of a period, in order; the first and the last may be cut short by its ends.
    #[must_use]
    pub fn steps(self, period: Period) -> Vec<Period> {
        let mut steps: Vec<(CivilDay, Period)> = Vec::new();
        let mut day = period.from;
        while day <= period.to {
            let start = self.start(day);
            match steps.last_mut() {
                Some((known, step)) if *known == start => step.to = day,
                _ => steps.push((start, Period { from: day, to: day })),
            }
            day = day.plus_days(1);
        }
        steps.into_iter().map(|(_, step)| step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: CivilDay = CivilDay(20_261_122);

    fn period(from: i32, to: i32) -> Period {
        Period { from: CivilDay(from), to: CivilDay(to) }
    }

    #[test]
    fn qr13_ready_made_periods_end_today() {
        let made = Preset::ALL.map(|preset| (preset.on(TODAY).from.0, preset.on(TODAY).days()));
        let expected = [
            (20_261_116, 7),
            (20_261_024, 30),
            (20_260_825, 90),
            (20_251_123, 365),
            (20_261_101, 22),
            (20_260_101, 326),
        ];
        assert_eq!(made, expected);
    }

    #[test]
    fn qr13_the_period_before_is_as_long_and_ends_the_day_before() {
        for preset in Preset::ALL {
            let (now, before) = (preset.on(TODAY), preset.on(TODAY).before());
            assert_eq!((before.days(), before.to.plus_days(1)), (now.days(), now.from));
        }
        assert_eq!(period(20_240_229, 20_240_301).year_before(), period(20_230_228, 20_230_301));
    }

    #[test]
    fn qr13_steps_follow_the_calendar_and_lose_no_day() {
        let whole = period(20_251_230, 20_260_304);
        for cut in Cut::ALL {
            let steps = cut.steps(whole);
            assert_eq!((steps[0].from, steps[steps.len() - 1].to), (whole.from, whole.to));
            assert!(steps.windows(2).all(|pair| pair[0].to.plus_days(1) == pair[1].from));
        }
        let weeks = Cut::Week.steps(period(20_261_120, 20_261_124));
        assert_eq!(weeks, [period(20_261_120, 20_261_122), period(20_261_123, 20_261_124)]);
        let months = Cut::Month.steps(period(20_260_131, 20_260_301));
        assert_eq!(months.len(), 3);
        assert_eq!(Cut::for_period(Preset::Days30.on(TODAY)), Cut::Day);
        assert_eq!(Cut::for_period(Preset::Days90.on(TODAY)), Cut::Week);
        assert_eq!(Cut::for_period(Preset::Year.on(TODAY)), Cut::Month);
    }
}
