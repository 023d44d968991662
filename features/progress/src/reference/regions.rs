//! Subjects of the Federation by code and by name.

use std::collections::HashMap;

use otklik_kernel::Zone;
use otklik_kernel::text::search_text;

use super::{Fault, RegionRecord};

/// A subject of the Federation.
#[derive(Clone, Debug)]
pub struct Region {
    /// The code as a number.
    pub code: u16,
    /// The name.
    pub name: String,
    /// The zone of its capital.
    pub zone: Zone,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Regions {
    all: Vec<Region>,
    names: HashMap<String, usize>,
}

impl Regions {
    pub(super) fn of(records: &[RegionRecord]) -> Result<Self, Fault> {
        let mut regions = Self { all: Vec::new(), names: HashMap::new() };
        for (place, record) in records.iter().enumerate() {
            let wrong = || Fault::Code("regions", record.code.clone());
            let code: u16 = record.code.parse().map_err(|_| wrong())?;
            let zone =
                Zone::find(&record.zone).ok_or_else(|| Fault::Unknown("regions", record.zone.clone()))?;
            let also = record.also.split('|').filter(|name| !name.is_empty());
            let code_as_text = format!("{code:02}");
            for name in also.chain([record.name.as_str(), &code_as_text]) {
                if regions.names.insert(folded(name), place).is_some() {
                    return Err(Fault::Code("regions", name.to_owned()));
                }
            }
            regions.all.push(Region { code, name: record.name.clone(), zone });
        }
        Ok(regions)
    }

    /// All of them, in the order of the records.
    #[must_use]
    pub fn all(&self) -> &[Region] {
        &self.all
    }

    /// A region by its code of two digits, its name or another of its names; case, ё and kinds of dashes don't matter.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Region> {
        self.names.get(&folded(name)).map(|place| &self.all[*place])
    }

    /// A region by its code as a number.
    #[must_use]
    pub fn of_code(&self, code: u16) -> Option<&Region> {
        self.all.iter().find(|region| region.code == code)
    }
}

fn folded(name: &str) -> String {
    search_text(&name.replace(['—', '–', '−'], "-").replace('-', " "))
}
