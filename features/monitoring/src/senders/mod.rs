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

/// A sender as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Its id.
    pub id: Id,
    /// What is said of it.
    pub fields: Fields,
    /// When its token for the API was made, if it has one.
    pub token_at: Option<Instant>,
}

impl Sender {
    /// Whether data of a day are expected.
    #[must_use]
    pub fn owes(&self, day: CivilDay) -> bool {
        self.fields.since <= day && self.fields.until.is_none_or(|until| day <= until)
    }

    /// Until when data of a day come in time.
    #[must_use]
    pub fn due(&self, day: CivilDay) -> Instant {
        let end = day.plus_days(1).start_in(&self.fields.zone);
        end.plus(i64::from(self.fields.due_hours) * Instant::HOUR)
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
        let sender = Sender { id: 1, fields, token_at: None };
        // Noon of the next day in Vladivostok is two in the morning UTC.
        assert_eq!(sender.due(CivilDay(20_261_121)).iso(), "2026-11-22T02:00:00Z");
        assert!(!sender.owes(CivilDay(20_261_031)) && sender.owes(CivilDay(20_261_101)));
        assert!(sender.owes(CivilDay(20_261_130)) && !sender.owes(CivilDay(20_261_201)));
    }
}
