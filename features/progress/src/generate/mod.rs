//! Believable daily data of services, for demonstration, tests and measurements.
//!
//! The same plan gives the same bytes. Nothing in it is about real people, bodies or services. Applications go
//! their ways by chance, with durations as they are in life: most short, some very long, nights, weekends and
//! holidays in between, some bodies slower than others; an application by the portal or through a centre is
//! reported by several senders.

mod chance;
mod draw;
mod faults;
mod folder;
mod hours;
mod packages;
mod trace;
mod world;

use otklik_kernel::CivilDay;

use crate::delivery::Service;
use crate::model::Process;
use world::World;

pub use faults::{Fate, Manifest, Planted};
pub use folder::{Written, write};
pub use packages::{Package, Packages};
pub use world::Place;

/// What is to be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many applications, at most 2 billion.
    pub applications: u32,
    /// Over how many days they begin; what happens later isn't told.
    pub days: u16,
    /// Another number gives other data.
    pub seed: u64,
    /// The first day.
    pub from: CivilDay,
    /// How many regions; 0: as many as suit the number of applications.
    pub regions: u16,
    /// The bodies; none: examples. Each region has its own senders.
    pub places: Vec<Place>,
    /// Whether there are mistakes in it, each told in the manifest.
    pub faults: bool,
}

impl Plan {
    /// A plan of clean data of examples from January 2026 on.
    #[must_use]
    pub const fn new(applications: u32, days: u16, seed: u64) -> Self {
        let from = CivilDay(20_260_112);
        Self { applications, days, seed, from, regions: 0, places: Vec::new(), faults: false }
    }

    /// The codes of the senders, and the processes that they tell of.
    #[must_use]
    pub fn senders(&self) -> Vec<(String, Process)> {
        World::new(self).senders.into_iter().map(|sender| (sender.code, sender.process)).collect()
    }

    /// The bodies that applications go to.
    #[must_use]
    pub fn bodies(&self) -> Vec<Place> {
        World::new(self).places
    }

    /// The services asked for.
    #[must_use]
    pub fn services(&self) -> Vec<Service> {
        World::new(self).services()
    }

    /// The packages, by days and then senders: one of each sender for each day, but for faults.
    #[must_use]
    pub fn packages(&self) -> Packages {
        Packages::new(self)
    }
}

#[cfg(test)]
mod tests;
