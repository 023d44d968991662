//! How long steps may take where the register of services says nothing; ours, editable (MON-14).

use otklik_kernel::{CivilDay, Instant};

use super::{Calendar, Fault, NormRecord, Statuses, records::codes};
use crate::delivery;

/// What a norm is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Working days after the day it runs from.
    WorkingDays,
    /// Days after the day it runs from.
    CalendarDays,
    /// Minutes.
    Minutes,
}

impl Unit {
    /// The code in records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WorkingDays => "working",
            Self::CalendarDays => "calendar",
            Self::Minutes => "minutes",
        }
    }

    /// How many units a step took, in the office's local time: the day it begins on isn't counted, the day it ends
    /// on is; pauses (moments of their beginnings and ends) are taken out. Minutes are rounded up.
    #[must_use]
    pub fn spent(self, from: i64, to: i64, offset: i16, pauses: &[(i64, i64)], calendar: &Calendar) -> i64 {
        let inside = pauses.iter().map(|(begin, end)| ((*begin).clamp(from, to), (*end).clamp(from, to)));
        let day = |at: i64| (at + i64::from(offset) * Instant::MINUTE).div_euclid(Instant::DAY);
        let days = |begin: i64, end: i64| match self {
            Self::WorkingDays => calendar.working(day(begin), day(end)),
            Self::CalendarDays => day(end) - day(begin),
            Self::Minutes => end - begin,
        };
        let spent = (days(from, to) - inside.map(|(begin, end)| days(begin, end)).sum::<i64>()).max(0);
        if self == Self::Minutes { (spent + Instant::MINUTE - 1) / Instant::MINUTE } else { spent }
    }
}

/// A norm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Norm {
    /// A short name; empty for a norm of the register.
    pub name: String,
    /// The norm in words.
    pub title: String,
    /// How many units.
    pub amount: u16,
    /// Of what.
    pub unit: Unit,
    /// Codes it runs from.
    pub from: Vec<i16>,
    /// Codes it runs to.
    pub to: Vec<i16>,
}

impl From<delivery::Norm> for Norm {
    fn from(norm: delivery::Norm) -> Self {
        let unit = if norm.is_working { Unit::WorkingDays } else { Unit::CalendarDays };
        let (from, to) = (vec![norm.from], vec![norm.to]);
        Self { name: String::new(), title: String::new(), amount: norm.days, unit, from, to }
    }
}

/// All norms.
#[derive(Clone, Debug)]
pub struct Norms {
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    service: String,
    variant: String,
    valid_from: CivilDay,
    norm: Norm,
}

impl Norms {
    pub(super) fn of(records: &[NormRecord], statuses: &Statuses) -> Result<Self, Fault> {
        let known = |cell: &str| {
            let codes = codes("norms", cell)?;
            match codes.iter().find(|code| statuses.place(**code).is_none()) {
                Some(code) => Err(Fault::Unknown("norms", code.to_string())),
                None => Ok(codes),
            }
        };
        let row = |record: &NormRecord| {
            let unit = [Unit::WorkingDays, Unit::CalendarDays, Unit::Minutes];
            let unit = unit.into_iter().find(|unit| unit.code() == record.unit);
            let norm = Norm {
                name: record.name.clone(),
                title: record.title.clone(),
                amount: record.amount,
                unit: unit.ok_or_else(|| Fault::Unknown("norms", record.unit.clone()))?,
                from: known(&record.from)?,
                to: known(&record.to)?,
            };
            let valid_from = CivilDay::parse(&record.valid_from);
            let valid_from = valid_from.ok_or_else(|| Fault::Code("norms", record.valid_from.clone()))?;
            Ok(Row { service: record.service.clone(), variant: record.variant.clone(), valid_from, norm })
        };
        Ok(Self { rows: records.iter().map(row).collect::<Result<_, Fault>>()? })
    }

    /// The norm of a name for a service and variant on a day: the variant's before the service's before anybody's,
    /// of equal ones the latest that holds already.
    #[must_use]
    pub fn get(&self, name: &str, service: &str, variant: &str, day: CivilDay) -> Option<&Norm> {
        let fits = |row: &&Row| {
            row.norm.name == name
                && row.valid_from <= day
                && (row.service.is_empty() || row.service == service)
                && (row.variant.is_empty() || row.variant == variant)
        };
        let rank = |row: &&Row| (!row.service.is_empty(), !row.variant.is_empty(), row.valid_from);
        self.rows.iter().filter(fits).max_by_key(rank).map(|row| &row.norm)
    }

    /// All norms that concern any service.
    pub fn general(&self) -> impl Iterator<Item = &Norm> {
        self.rows.iter().filter(|row| row.service.is_empty()).map(|row| &row.norm)
    }
}
