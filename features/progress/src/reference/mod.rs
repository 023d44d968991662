//! What the data are checked and understood by: statuses, items, their mapping, the allowed order, norms, regions.
//! The defaults are built in; an installation may keep edited records and make a [`Reference`] of them.

mod calendar;
mod mapping;
mod norms;
mod order;
mod pauses;
mod records;
mod regions;
mod roles;
mod statuses;

use std::sync::OnceLock;

pub use calendar::Calendar;
pub use mapping::{Cell, Mapping};
pub use norms::{Norm, Norms, Unit};
pub use order::{Finding, Order, Reason};
pub use pauses::{Pauses, pauses};
pub use records::{
    HolidayRecord, ItemRecord, NormRecord, OrderRecord, Records, RegionRecord, RoleRecord, RuleKind,
    RuleRecord, Scope, StatusRecord,
};
pub use regions::{Region, Regions};
pub use roles::{Role, Roles};
pub use statuses::{Known, Statuses};

/// Everything together, checked to fit together.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The statuses, by code and by name.
    pub statuses: Statuses,
    /// Which status stands for which item of which list.
    pub mapping: Mapping,
    /// What statuses mean for the way of an application; ours.
    pub roles: Roles,
    /// The allowed order of statuses; ours.
    pub order: Order,
    /// How long steps may take; ours.
    pub norms: Norms,
    /// Working days; ours.
    pub calendar: Calendar,
    /// Subjects of the Federation.
    pub regions: Regions,
}

/// Why records don't make a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A file isn't of its form.
    #[error("{file}: {reason}")]
    Form {
        /// Which file.
        file: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// More statuses than findings have bits for, or more rules.
    #[error("{0}: more than {1}")]
    TooMany(&'static str, usize),
    /// A code that is out of range or stands twice.
    #[error("{0}: code {1} is out of range or stands twice")]
    Code(&'static str, String),
    /// A status, item, role, process or zone that nothing defines.
    #[error("{0}: {1} is not known")]
    Unknown(&'static str, String),
    /// An item that no status stands for.
    #[error("items: {0} has no status")]
    Unused(String),
}

impl Reference {
    /// Makes a reference of records.
    ///
    /// # Errors
    /// The first [`Fault`] found.
    pub fn of(records: &Records) -> Result<Self, Fault> {
        let statuses = Statuses::of(&records.statuses)?;
        let mapping = Mapping::of(&records.statuses, &records.items)?;
        let roles = Roles::of(&records.roles, &statuses)?;
        let order = Order::of(&records.order, &statuses)?;
        let calendar = Calendar::of(&records.holidays)?;
        let norms = Norms::of(&records.norms, &statuses)?;
        let regions = Regions::of(&records.regions)?;
        Ok(Self { statuses, mapping, roles, order, norms, calendar, regions })
    }

    /// The built-in reference.
    ///
    /// # Panics
    /// Never: a test makes it.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Reference> = OnceLock::new();
        BUILT_IN.get_or_init(|| Self::of(&Records::built_in()).expect("the built-in reference fits together"))
    }
}

#[cfg(test)]
mod tests;
