//! What is asked about: which part of the data, broken down by what.

use std::collections::BTreeSet;

use otklik_kernel::{CivilDay, Instant};
use otklik_progress::model::Channel;

/// Whose data may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Everybody's.
    All,
    /// Of bodies with these codes (a body without a code is known by its name).
    Bodies(BTreeSet<String>),
}

/// By what an answer is broken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// Registry number of the service.
    Service,
    /// Registry number of the variant.
    Variant,
    /// Region.
    Region,
    /// The body: its code, or its name without one.
    Body,
    /// Channel of the request.
    Channel,
    /// Month.
    Month,
    /// Day.
    Day,
}

/// A question can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{0}» is none of service, variant, region, body, channel, month, day")]
pub struct Fault(pub String);

impl By {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Service, Self::Variant, Self::Region, Self::Body, Self::Channel, Self::Month, Self::Day];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Variant => "variant",
            Self::Region => "region",
            Self::Body => "body",
            Self::Channel => "channel",
            Self::Month => "month",
            Self::Day => "day",
        }
    }

    /// Finds one by its word; `period` is the month.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn find(word: &str) -> Result<Self, Fault> {
        let word = if word == "period" { "month" } else { word };
        Self::ALL.into_iter().find(|by| by.word() == word).ok_or_else(|| Fault(word.to_owned()))
    }

    /// What of some stands there twice, if anything.
    #[must_use]
    pub fn repeated(all: &[Self]) -> Option<Self> {
        let is_repeated = |(place, by): &(usize, &Self)| all[..*place].contains(by);
        all.iter().enumerate().find(is_repeated).map(|(_, by)| *by)
    }

    /// The expression in SQL; `day` is the column of the civil day that counts.
    pub(super) fn expression(self, day: &str) -> String {
        match self {
            Self::Service => "service".to_owned(),
            Self::Variant => "variant".to_owned(),
            Self::Region => "region".to_owned(),
            Self::Body => "body".to_owned(),
            Self::Channel => "channel_in".to_owned(),
            Self::Month => format!("{day} / 100"),
            Self::Day => day.to_owned(),
        }
    }
}

/// The days from a first to a last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: CivilDay,
    /// The last.
    pub to: CivilDay,
}

/// No data are of days before (the moments of events neither).
const FIRST: CivilDay = CivilDay(20_000_101);
/// Nor of days after.
const LAST: CivilDay = CivilDay(20_991_231);

impl Period {
    /// How many days it has.
    #[must_use]
    pub fn days(&self) -> i64 {
        (self.to.start_utc().0 - self.from.start_utc().0) / Instant::DAY + 1
    }

    /// Reads `ГГГГ-ММ-ДД..ГГГГ-ММ-ДД`, `ГГГГ-ММ-ДД`, `ГГГГ-ММ` or `ГГГГ`; `None` when it is none of them, ends
    /// before it begins or isn't within 2000 to 2099.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = match (text.split_once(".."), text.len()) {
            (Some((from, to)), _) => (CivilDay::parse(from)?, CivilDay::parse(to)?),
            (None, 4) => {
                (CivilDay::parse(&format!("{text}-01-01"))?, CivilDay::parse(&format!("{text}-12-31"))?)
            }
            (None, 7) => {
                let first = CivilDay::parse(&format!("{text}-01"))?;
                let next = first.plus_days(31);
                (first, CivilDay(next.0 / 100 * 100 + 1).plus_days(-1))
            }
            _ => (CivilDay::parse(text)?, CivilDay::parse(text)?),
        };
        (FIRST <= from && from <= to && to <= LAST).then_some(Self { from, to })
    }
}

/// Which part of the data, broken down by what. Empty lists and `None` leave nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Broken down by, in this order.
    pub by: Vec<By>,
    /// Of these services.
    pub services: Vec<String>,
    /// Of these variants.
    pub variants: Vec<String>,
    /// Of these regions.
    pub regions: Vec<u16>,
    /// Of these bodies.
    pub bodies: Vec<String>,
    /// Of these channels of the request.
    pub channels: Vec<Channel>,
    /// From this day on.
    pub from: Option<CivilDay>,
    /// Up to and with this day.
    pub to: Option<CivilDay>,
}

impl Ask {
    /// Broken down by some things.
    #[must_use]
    pub fn by(by: &[By]) -> Self {
        Self { by: by.to_vec(), ..Self::default() }
    }

    /// What it is broken down by, as SQL: `service as service, …, `.
    pub(super) fn selected(&self, day: &str) -> String {
        let of = |by: &By| format!("{} as {}, ", by.expression(day), by.word());
        self.by.iter().map(of).collect()
    }

    /// The names of what it is broken down by, with something before: `group by service, region`; nothing for none.
    pub(super) fn listed(&self, before: &str) -> String {
        if self.by.is_empty() { String::new() } else { format!("{before} {}", self.names()) }
    }

    /// The names of what it is broken down by, before others: `service, region, `.
    pub(super) fn named(&self) -> String {
        self.by.iter().map(|by| format!("{}, ", by.word())).collect()
    }

    /// Names of what it is broken down by: `service, region`.
    pub(super) fn names(&self) -> String {
        self.by.iter().map(|by| by.word()).collect::<Vec<_>>().join(", ")
    }

    /// The condition in SQL.
    pub(super) fn condition(&self, allowed: &Allowed, day: &str) -> String {
        let mut parts = vec!["true".to_owned()];
        let texts = |column: &str, values: &mut dyn Iterator<Item = &String>| {
            let values: Vec<String> = values.map(|value| quoted(value)).collect();
            // Nothing may be seen of no bodies.
            if values.is_empty() {
                "false".to_owned()
            } else {
                format!("{column} in ({})", values.join(", "))
            }
        };
        if let Allowed::Bodies(bodies) = allowed {
            parts.push(texts("body", &mut bodies.iter()));
        }
        for (column, values) in
            [("service", &self.services), ("variant", &self.variants), ("body", &self.bodies)]
        {
            if !values.is_empty() {
                parts.push(texts(column, &mut values.iter()));
            }
        }
        let numbers = |column: &str, values: Vec<String>| format!("{column} in ({})", values.join(", "));
        if !self.regions.is_empty() {
            parts.push(numbers("region", self.regions.iter().map(u16::to_string).collect()));
        }
        if !self.channels.is_empty() {
            let channels = self.channels.iter().map(|channel| (*channel as u8).to_string()).collect();
            parts.push(numbers("channel_in", channels));
        }
        parts.extend(self.from.map(|from| format!("{day} >= {}", from.0)));
        parts.extend(self.to.map(|to| format!("{day} <= {}", to.0)));
        parts.join(" and ")
    }

    /// Whether sums that are kept by service and day, or by region too, suffice.
    pub(super) fn is_coarse(&self, allowed: &Allowed, by_region: bool) -> bool {
        let is_kept = |by: &By| match by {
            By::Service | By::Month | By::Day => true,
            By::Region => by_region,
            By::Variant | By::Body | By::Channel => false,
        };
        *allowed == Allowed::All
            && self.by.iter().all(is_kept)
            && (by_region || self.regions.is_empty())
            && self.variants.is_empty()
            && self.bodies.is_empty()
            && self.channels.is_empty()
    }
}

/// A text as SQL.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_periods_are_days_months_and_years() {
        let days = |from, to| Some(Period { from: CivilDay(from), to: CivilDay(to) });
        assert_eq!(Period::parse("2026-02"), days(20_260_201, 20_260_228));
        assert_eq!(Period::parse("2026-12"), days(20_261_201, 20_261_231));
        assert_eq!(Period::parse("2026"), days(20_260_101, 20_261_231));
        assert_eq!(Period::parse("2026-02-03..2026-03-01"), days(20_260_203, 20_260_301));
        assert_eq!(Period::parse("2026-02-03"), days(20_260_203, 20_260_203));
        for wrong in [
            "вчера",
            "2026-13",
            "2026-02-30",
            "2026-02-01..2026-01-01",
            "2026-02-01..",
            "",
            "1999",
            "9999",
            "2000..2100",
        ] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }
}
