//! The statuses of appendix 8 by code and by name (MON-6).

use std::collections::HashMap;

use otklik_kernel::text::search_text;

use super::{Fault, StatusRecord};
use crate::model::{Process, Status};

/// The most statuses: one bit each in sets of them.
const MOST: usize = 64;

/// The highest code.
const HIGHEST: i16 = 9_999;

/// A status as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The code.
    pub code: Status,
    /// The name as printed.
    pub printed: String,
    /// The name as it is shown: misprints of the source put right.
    pub name: String,
    /// When it is given.
    pub description: String,
    /// In which processes it occurs, in the order of [`Process::ALL`].
    pub occurs: [bool; 4],
}

/// All statuses, in the order of their codes.
#[derive(Clone, Debug)]
pub struct Statuses {
    known: Vec<Known>,
    places: Vec<u8>,
    names: HashMap<String, Vec<u8>>,
}

impl Statuses {
    pub(super) fn of(records: &[StatusRecord]) -> Result<Self, Fault> {
        if records.len() > MOST {
            return Err(Fault::TooMany("statuses", MOST));
        }
        let mut known: Vec<Known> = records.iter().map(known).collect();
        known.sort_by_key(|status| status.code);
        let highest = known.last().map_or(0, |status| status.code.0);
        let mut places = vec![u8::MAX; usize::try_from(highest).unwrap_or(0) + 1];
        let mut names: HashMap<String, Vec<u8>> = HashMap::new();
        for (place, status) in (0_u8..).zip(&known) {
            let code = status.code.0;
            let slot =
                usize::try_from(code).ok().filter(|_| code <= HIGHEST).and_then(|code| places.get_mut(code));
            match slot {
                Some(slot) if *slot == u8::MAX => *slot = place,
                _ => return Err(Fault::Code("statuses", code.to_string())),
            }
            names.entry(search_text(&status.printed)).or_default().push(place);
            if search_text(&status.name) != search_text(&status.printed) {
                names.entry(search_text(&status.name)).or_default().push(place);
            }
        }
        Ok(Self { known, places, names })
    }

    /// All of them, in the order of their codes.
    #[must_use]
    pub fn all(&self) -> &[Known] {
        &self.known
    }

    /// A status's place in [`Statuses::all`], below 64.
    #[must_use]
    pub fn place(&self, code: i16) -> Option<u8> {
        let place = *self.places.get(usize::try_from(code).ok()?)?;
        (place != u8::MAX).then_some(place)
    }

    /// A status by its code.
    #[must_use]
    pub fn get(&self, code: Status) -> Option<&Known> {
        self.place(code.0).map(|place| &self.known[usize::from(place)])
    }

    /// A status's name as it is shown; nothing for a code that isn't known.
    #[must_use]
    pub fn name(&self, code: Status) -> &str {
        self.get(code).map_or("", |status| &status.name)
    }

    /// The statuses with a name, as printed or as shown, that occur in a process: more than one where the source
    /// gives one name to several.
    #[must_use]
    pub fn named(&self, name: &str, process: Option<Process>) -> Vec<Status> {
        let places = self.names.get(&search_text(name)).map_or(&[][..], Vec::as_slice);
        let found = places.iter().map(|place| &self.known[usize::from(*place)]);
        found
            .filter(|status| process.is_none_or(|process| status.occurs[process as usize - 1]))
            .map(|status| status.code)
            .collect()
    }
}

fn known(record: &StatusRecord) -> Known {
    let items = [record.authority_item, record.mfc_item, record.epgu_item, record.vis_item];
    Known {
        code: Status(record.code),
        printed: record.name_ru.clone(),
        name: record.name_ru_corrected.clone(),
        description: record.description_ru.clone(),
        occurs: items.map(|item| item.is_some()),
    }
}
