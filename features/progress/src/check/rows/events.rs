//! Rows of `events.csv` (MON-5, MON-6, MON-15).

use super::{Rows, Rules};
use crate::check::code::Code;
use crate::check::places::{self, Given};
use crate::check::row::{Row, Words};
use crate::check::value;
use crate::delivery::Texts;
use crate::model::{Item, Process};

/// Fields, in the order of the list in `fields.rs`.
pub(crate) const REQUEST: usize = 0;
pub(crate) const PROCESS: usize = 1;
pub(crate) const ITEM: usize = 2;
pub(crate) const STATUS: usize = 3;
pub(crate) const OWN_STATUS: usize = 4;
pub(crate) const DATE: usize = 5;
pub(crate) const TIME: usize = 6;
pub(crate) const MNEMONIC: usize = 7;

/// Events of a block.
#[derive(Default)]
pub(crate) struct Events {
    pub line: Vec<u32>,
    pub request: Words,
    pub hash: Vec<u64>,
    pub process: Vec<u8>,
    pub item: Vec<i16>,
    pub status: Vec<i16>,
    /// Seconds on the wall.
    pub local: Vec<i64>,
    pub mnemonic: Words,
}

impl Rows for Events {
    const REQUEST: Option<usize> = Some(REQUEST);

    #[inline]
    fn take(&mut self, row: &mut Row<'_, '_>, rules: &Rules<'_>) {
        let has_request = row.required(REQUEST);
        let local = row.local(DATE, TIME);
        let Some(process) = places::process(row.get(PROCESS)) else {
            let code = if row.get(PROCESS).is_empty() { Code::Required } else { Code::Process };
            return row.fault(PROCESS, code);
        };
        let (item, status) = settled(row, rules, process);
        if !row.get(MNEMONIC).is_empty() {
            row.check(MNEMONIC, |text| value::plain(text, value::NAME));
        }
        if row.is_bad || !has_request {
            return;
        }
        self.line.push(row.record.line());
        self.request.add(row, REQUEST);
        self.hash.push(Texts::hash(row.get(REQUEST)));
        self.process.push(process as u8);
        self.item.push(item);
        self.status.push(status);
        self.local.push(local);
        self.mnemonic.add(row, MNEMONIC);
    }
}

/// The item and the status that a row comes to.
#[inline]
fn settled(row: &mut Row<'_, '_>, rules: &Rules<'_>, process: Process) -> (i16, i16) {
    let text = row.get(ITEM);
    let item = if text.is_empty() {
        None
    } else {
        match places::item(text) {
            Some(item) => Some(item),
            None => {
                let code = crate::check::excel::damage(text).unwrap_or(Code::ItemUnknown);
                row.fault(ITEM, code);
                return (0, 0);
            }
        }
    };
    let text = row.get(STATUS);
    let status = match places::code(text) {
        Some(code) => Some(code),
        None if text.is_empty() => None,
        None => match rules.places.status(text, Some((process, item))) {
            Ok(code) => Some(code),
            Err(fault) => {
                row.fault_with(STATUS, fault);
                return (0, 0);
            }
        },
    };
    let own = if row.get(OWN_STATUS).is_empty() { None } else { own(row, rules, process, item, status) };
    if row.is_bad {
        return (0, 0);
    }
    match rules.places.settle(Given { process, item, status: status.or(own) }) {
        Ok(settled) => settled,
        Err(code) => {
            misfit(row, rules, code, process, item, own.is_some() && status.is_none());
            (0, 0)
        }
    }
}

/// The status that the sender's own stands for.
fn own(
    row: &mut Row<'_, '_>,
    rules: &Rules<'_>,
    process: Process,
    item: Option<Item>,
    status: Option<i16>,
) -> Option<i16> {
    let text = row.get(OWN_STATUS);
    let known = rules.sender.statuses.get(text).or_else(|| rules.sender.statuses.get(text.trim())).copied();
    let Some(known) = known else {
        let code = crate::check::excel::damage(text).unwrap_or(Code::OwnStatusUnknown);
        row.fault(OWN_STATUS, code);
        return None;
    };
    let is_other = status.is_some_and(|status| status != known)
        || item.is_some_and(|item| {
            let given = Given { process, item: Some(item), status: Some(known) };
            rules.places.settle(given) == Err(Code::StatusItem)
        });
    if is_other {
        row.fault_with(OWN_STATUS, (Code::OwnStatusDiffers, known.to_string()));
    }
    Some(known)
}

/// Says which field doesn't fit.
#[cold]
fn misfit(
    row: &mut Row<'_, '_>,
    rules: &Rules<'_>,
    code: Code,
    process: Process,
    item: Option<Item>,
    is_own: bool,
) {
    let status = if is_own { OWN_STATUS } else { STATUS };
    match code {
        Code::EventEmpty | Code::ItemUnknown | Code::ItemLetter => row.fault(ITEM, code),
        Code::StatusItem => {
            let expected = item
                .map(|item| rules.register.reference.mapping.candidates(process, item))
                .unwrap_or_default()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ");
            let item = item.map(|item| item.to_string()).unwrap_or_default();
            row.fault_with(status, (code, format!("{} {item} → {expected}", process.code())));
        }
        _ => row.fault(status, code),
    }
}
