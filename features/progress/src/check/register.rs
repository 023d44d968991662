//! What a delivery is checked against.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;

use otklik_kernel::text::search_text;
use otklik_kernel::{CivilDay, Instant, Zone};

use super::report::Policy;
use crate::reference::Reference;

/// What the receiving side knows (MON-3, MON-6, MON-10).
#[derive(Clone, Debug)]
pub struct Register {
    /// Statuses, items, regions.
    pub reference: Reference,
    /// Services with their variants.
    pub services: BTreeMap<String, BTreeSet<String>>,
    /// Bodies.
    pub offices: Offices,
    /// Senders by their codes.
    pub senders: BTreeMap<String, Sender>,
}

/// A body that data may name.
#[derive(Clone, Debug)]
pub struct Office {
    /// The code.
    pub code: String,
    /// The full or the short name.
    pub names: Vec<String>,
    /// The region's code as a number.
    pub region: u16,
    /// The zone, where it isn't the region's.
    pub zone: Option<Zone>,
}

/// Bodies by code and by name.
#[derive(Clone, Debug, Default)]
pub struct Offices {
    all: Vec<Office>,
    codes: HashMap<String, usize>,
    /// A name that several bodies of a region share names none of them.
    names: HashMap<(u16, String), Option<usize>>,
}

impl Offices {
    /// Puts bodies in order.
    #[must_use]
    pub fn new(all: Vec<Office>) -> Self {
        let (mut codes, mut names) = (HashMap::new(), HashMap::new());
        for (place, office) in all.iter().enumerate() {
            codes.insert(office.code.clone(), place);
            for name in &office.names {
                let entry = names.entry((office.region, search_text(name))).or_insert(Some(place));
                if *entry != Some(place) {
                    *entry = None;
                }
            }
        }
        Self { all, codes, names }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Office] {
        &self.all
    }

    /// A body's place in [`Offices::all`] by its code.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<usize> {
        self.codes.get(code).copied()
    }

    /// A body's place by its name, or its code, in a region.
    #[must_use]
    pub fn by_name(&self, region: u16, name: &str) -> Option<usize> {
        let named = self.names.get(&(region, search_text(name))).copied().flatten();
        named.or_else(|| self.by_code(name))
    }
}

/// Who may send, and how their data are to be understood.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The sender's own statuses, as it writes them, and the codes they stand for.
    pub statuses: HashMap<String, i16>,
    /// The lowest and the highest mark (MON-7).
    pub scale: RangeInclusive<i16>,
    /// What errors come to.
    pub policy: Policy,
}

impl Default for Sender {
    fn default() -> Self {
        Self { statuses: HashMap::new(), scale: 1..=5, policy: Policy::Whole }
    }
}

/// What the call says of a delivery, and when it came.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Who sends, where the call says so.
    pub sender: Option<String>,
    /// Which day, where the call says so.
    pub day: Option<CivilDay>,
    /// Which revision, where the call says so.
    pub revision: Option<u32>,
    /// When it came: nothing may have happened later.
    pub received: Instant,
}

impl Claim {
    /// A delivery that says itself whose it is.
    #[must_use]
    pub const fn at(received: Instant) -> Self {
        Self { sender: None, day: None, revision: None, received }
    }
}

/// Applications known from earlier deliveries of any sender.
pub trait Known {
    /// Says of each number whether its application is known: calls `found` with the number's place, the region's
    /// code as a number, the body's code and its name. Asked once in a delivery, with the numbers that its own
    /// applications don't have; each number stands once.
    ///
    /// # Errors
    /// It can't be found out.
    fn find(
        &self,
        requests: &[&str],
        found: &mut dyn FnMut(usize, u16, &str, &str),
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// Nothing is known: a first delivery.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoneKnown;

impl Known for NoneKnown {
    fn find(
        &self,
        _: &[&str],
        _: &mut dyn FnMut(usize, u16, &str, &str),
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
}
