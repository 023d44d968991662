//! Which part of the data a command is about.

use clap::Args;
use otklik_kernel::CivilDay;
use otklik_monitoring::answers::{Ask, By};
use otklik_progress::model::Channel;

use super::common::day;

/// Which part of the data; all of them when nothing is said.
#[derive(Args, Clone, Debug, Default)]
pub struct PartArgs {
    /// The days: ГГГГ-ММ-ДД..ГГГГ-ММ-ДД, ГГГГ-ММ or ГГГГ
    #[arg(long, value_parser = period)]
    period: Option<Period>,
    /// Of this service
    #[arg(long)]
    service: Option<String>,
    /// Of this region, two digits
    #[arg(long)]
    region: Option<u16>,
    /// Of this body
    #[arg(long)]
    body: Option<String>,
    /// Of this channel of the request
    #[arg(long, value_parser = channel)]
    channel: Option<Channel>,
}

/// The first and the last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period(CivilDay, CivilDay);

impl PartArgs {
    /// The first and the last day, when they are said.
    pub fn days(&self) -> Option<(CivilDay, CivilDay)> {
        self.period.map(|period| (period.0, period.1))
    }

    /// The question about this part, broken down.
    pub fn ask(&self, by: Vec<By>) -> Ask {
        Ask {
            by,
            services: self.service.iter().cloned().collect(),
            variants: Vec::new(),
            regions: self.region.into_iter().collect(),
            bodies: self.body.iter().cloned().collect(),
            channels: self.channel.into_iter().collect(),
            from: self.period.map(|period| period.0),
            to: self.period.map(|period| period.1),
        }
    }
}

fn period(text: &str) -> Result<Period, String> {
    if let Some((from, to)) = text.split_once("..") {
        return Ok(Period(day(from)?, day(to)?));
    }
    match text.len() {
        4 => Ok(Period(day(&format!("{text}-01-01"))?, day(&format!("{text}-12-31"))?)),
        7 => {
            let first = day(&format!("{text}-01"))?;
            let next = first.plus_days(31);
            Ok(Period(first, CivilDay(next.0 / 100 * 100 + 1).plus_days(-1)))
        }
        10 => Ok(Period(day(text)?, day(text)?)),
        _ => Err("ожидается ГГГГ-ММ-ДД..ГГГГ-ММ-ДД, ГГГГ-ММ или ГГГГ".to_owned()),
    }
}

fn channel(text: &str) -> Result<Channel, String> {
    Channel::find(text).ok_or_else(|| "ожидается ЕПГУ, РПГУ, ВИС, ОГВ или МФЦ".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_periods_are_days_months_and_years() {
        let days = |from, to| Ok(Period(CivilDay(from), CivilDay(to)));
        assert_eq!(period("2026-02"), days(20_260_201, 20_260_228));
        assert_eq!(period("2026-12"), days(20_261_201, 20_261_231));
        assert_eq!(period("2026"), days(20_260_101, 20_261_231));
        assert_eq!(period("2026-02-03..2026-03-01"), days(20_260_203, 20_260_301));
        assert_eq!(period("2026-02-03"), days(20_260_203, 20_260_203));
        assert!(period("вчера").is_err());
    }
}
