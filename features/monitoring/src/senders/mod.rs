//! Senders: who sends the daily data of which body, and what is agreed with them.

mod change;
pub mod store;

use otklik_kernel::{CivilDay, Id, Instant, Zone};

pub use change::{Raw, add, change, drop_token, renew_token, token_hash};

/// What happens to a delivery with wrong rows (MON-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Nothing of it is taken.
    Whole,
    /// The right rows are taken.
    GoodRows,
}

impl Policy {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Whole, Self::GoodRows];

    /// The name it is stored under.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::GoodRows => "good_rows",
        }
    }

    /// Finds a policy by the name it is stored under.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.code() == code)
    }
}

/// What is said of a sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The code in packages: Latin letters, digits, hyphens.
    pub code: String,
    /// The name.
    pub name: String,
    /// The body of the tree whose data it sends: decides who sees its deliveries.
    pub body: Id,
    /// What happens to a delivery with wrong rows.
    pub policy: Policy,
    /// The least and the most mark of its ratings.
    pub marks: (i16, i16),
    /// The zone of moments whose body and region say none, and of its days.
    pub zone: Zone,
    /// How many hours after a day's end its data may still come in time.
    pub due_hours: i32,
    /// The first day whose data are expected.
    pub since: CivilDay,
    /// The last day whose data are expected, when there is one.
    pub until: Option<CivilDay>,
}

/// What is agreed with a sender, and may be otherwise on other days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What happens to a delivery with wrong rows: as it is when the delivery is checked.
    pub policy: Policy,
    /// The least and the most mark of its ratings of a day.
    pub marks: (i16, i16),
    /// The zone of a day.
    pub zone: Zone,
    /// How many hours after a day's end its data may still come in time.
    pub due_hours: i32,
}

impl Fields {
    /// What is agreed now.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let Self { policy, marks, zone, due_hours, .. } = self;
        Terms { policy: *policy, marks: *marks, zone: zone.clone(), due_hours: *due_hours }
    }
}

/// Terms that hold from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The first day; [`Agreement::ALWAYS`] for the first terms.
    pub valid_from: CivilDay,
    /// The terms.
    pub terms: Terms,
    /// Who made them so; empty for the first terms.
    pub changed_by: String,
    /// When.
    pub changed_at: Instant,
}

impl Agreement {
    /// The day before all days.
    pub const ALWAYS: CivilDay = CivilDay(0);
}

/// A sender as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Its id.
    pub id: Id,
    /// What is said of it.
    pub fields: Fields,
    /// What was agreed from day to day, oldest first; nothing when it never was otherwise than now.
    pub history: Vec<Agreement>,
    /// When its token for the API was made, if it has one.
    pub token_at: Option<Instant>,
}

impl Sender {
    /// Whether data of a day are expected.
    #[must_use]
    pub fn owes(&self, day: CivilDay) -> bool {
        self.fields.since <= day && self.fields.until.is_none_or(|until| day <= until)
    }

    /// What is agreed for a day.
    #[must_use]
    pub fn on(&self, day: CivilDay) -> Terms {
        let held = self.history.iter().rev().find(|agreed| agreed.valid_from <= day);
        held.map_or_else(|| self.fields.terms(), |agreed| agreed.terms.clone())
    }

    /// Until when data of a day come in time.
    #[must_use]
    pub fn due(&self, day: CivilDay) -> Instant {
        let terms = self.on(day);
        day.plus_days(1).start_in(&terms.zone).plus(i64::from(terms.due_hours) * Instant::HOUR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon12_a_day_is_due_hours_after_its_end_in_the_senders_zone() {
        let zone = Zone::find("Asia/Vladivostok").unwrap();
        let fields = Fields {
            code: "r27".into(),
            name: "x".into(),
            body: 1,
            policy: Policy::Whole,
            marks: (1, 5),
            zone: zone.clone(),
            due_hours: 12,
            since: CivilDay(20_261_101),
            until: Some(CivilDay(20_261_130)),
        };
        let mut sender = Sender { id: 1, fields, history: Vec::new(), token_at: None };
        // Noon of the next day in Vladivostok is two in the morning UTC.
        assert_eq!(sender.due(CivilDay(20_261_121)).iso(), "2026-11-22T02:00:00Z");
        assert!(!sender.owes(CivilDay(20_261_031)) && sender.owes(CivilDay(20_261_101)));
        assert!(sender.owes(CivilDay(20_261_130)) && !sender.owes(CivilDay(20_261_201)));
        // What was agreed later leaves earlier days as they were.
        let terms = |due_hours| Terms { due_hours, ..sender.fields.terms() };
        let from = |day, terms| Agreement {
            valid_from: CivilDay(day),
            terms,
            changed_by: String::new(),
            changed_at: Instant(0),
        };
        sender.history = vec![from(0, terms(12)), from(20_261_122, terms(24))];
        assert_eq!(sender.due(CivilDay(20_261_121)).iso(), "2026-11-22T02:00:00Z");
        assert_eq!(sender.due(CivilDay(20_261_122)).iso(), "2026-11-23T14:00:00Z");
    }
}
