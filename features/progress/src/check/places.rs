//! The model of statuses and items as flat tables, for millions of rows.

use crate::model::{Item, Process, Status};
use crate::reference::Reference;

use super::code::Code;

/// Codes are below this.
const CODES: usize = 10_000;
/// Stored items are below this.
const ITEMS: usize = 400;
/// No status.
const NONE: i16 = -1;

/// The model as tables.
pub(crate) struct Places<'a> {
    reference: &'a Reference,
    /// Of a status in a process: the stored item; 0 when it doesn't occur there, -1 when there is no such status.
    items: Vec<[i16; 4]>,
    /// Of a stored item in a process: its status when it stands alone; -1 when it leaves it open, -2 when there is no
    /// such item.
    statuses: Vec<[i16; 4]>,
}

/// An event as it was given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub process: Process,
    pub item: Option<Item>,
    pub status: Option<i16>,
}

impl<'a> Places<'a> {
    pub fn of(reference: &'a Reference) -> Self {
        let mut items = vec![[NONE; 4]; CODES];
        for status in reference.statuses.all() {
            let Some(row) = usize::try_from(status.code.0).ok().and_then(|code| items.get_mut(code)) else {
                continue;
            };
            *row = Process::ALL
                .map(|process| reference.mapping.item(process, status.code).map_or(0, Item::stored));
        }
        let mut statuses = vec![[NONE - 1; 4]; ITEMS];
        for (stored, row) in statuses.iter_mut().enumerate() {
            let Some(item) = i16::try_from(stored).ok().and_then(Item::of) else { continue };
            *row = Process::ALL.map(|process| match reference.mapping.status(process, item) {
                Some(status) => status.0,
                None if reference.mapping.candidates(process, item).is_empty() => NONE - 1,
                None => NONE,
            });
        }
        Self { reference, items, statuses }
    }

    /// Whether there is such a status.
    #[inline]
    pub fn is_status(&self, code: i16) -> bool {
        usize::try_from(code).ok().and_then(|code| self.items.get(code)).is_some_and(|row| row[0] != NONE)
    }

    /// The item and the status that an event has after all.
    #[inline]
    pub fn settle(&self, given: Given) -> Result<(i16, i16), Code> {
        let process = given.process as usize - 1;
        let Some(status) = given.status else {
            let Some(item) = given.item else { return Err(Code::EventEmpty) };
            let item = item.stored();
            let status = usize::try_from(item)
                .ok()
                .and_then(|item| self.statuses.get(item))
                .map_or(-2, |row| row[process]);
            return match status {
                -2 => Err(Code::ItemUnknown),
                NONE => Err(Code::ItemLetter),
                status => Ok((item, status)),
            };
        };
        let place = usize::try_from(status)
            .ok()
            .and_then(|code| self.items.get(code))
            .map_or(NONE, |row| row[process]);
        match place {
            NONE => Err(Code::StatusUnknown),
            0 => Err(Code::StatusProcess),
            place => match given.item.map(Item::stored) {
                None => Ok((place, status)),
                Some(item) if item == place || item == place / 10 * 10 => Ok((place, status)),
                Some(item) if self.statuses.get(item as usize).is_none_or(|row| row[process] == NONE - 1) => {
                    Err(Code::ItemUnknown)
                }
                Some(_) => Err(Code::StatusItem),
            },
        }
    }

    /// The status of a code, or of a name as printed or as shown, where that names one in the process (MON-6).
    pub fn status(&self, text: &str, given: Option<(Process, Option<Item>)>) -> Result<i16, (Code, String)> {
        if let Some(code) = code(text).filter(|code| self.is_status(*code)) {
            return Ok(code);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err((Code::StatusUnknown, String::new()));
        }
        let statuses = &self.reference.statuses;
        let process = given.map(|(process, _)| process);
        let mut named = statuses.named(text, process);
        if named.is_empty() {
            let anywhere = statuses.named(text, None);
            return match anywhere[..] {
                [] => Err((super::excel::damage(text).unwrap_or(Code::StatusUnknown), String::new())),
                _ => Err((Code::StatusProcess, String::new())),
            };
        }
        if let Some((process, Some(item))) = given.filter(|_| named.len() > 1) {
            let of_item: Vec<Status> = named
                .iter()
                .copied()
                .filter(|status| self.reference.mapping.agree(process, item, *status))
                .collect();
            if !of_item.is_empty() {
                named = of_item;
            }
        }
        match named[..] {
            [status] => Ok(status.0),
            _ => {
                let codes: Vec<String> = named.iter().map(ToString::to_string).collect();
                Err((Code::StatusAmbiguous, codes.join(", ")))
            }
        }
    }
}

/// A status code: digits without zeros in front.
#[inline]
pub(crate) fn code(text: &str) -> Option<i16> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 4 || (bytes.len() > 1 && bytes[0] == b'0') {
        return None;
    }
    bytes.iter().try_fold(0_i16, |code, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then(|| code * 10 + i16::from(digit))
    })
}

/// An item: a number and perhaps a letter, Latin or Cyrillic.
#[inline]
pub(crate) fn item(text: &str) -> Option<Item> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = match bytes[..digits] {
        [a] if a != b'0' => a - b'0',
        [a, b] if a != b'0' => (a - b'0') * 10 + (b - b'0'),
        _ => return None,
    };
    let letter = match &text[digits..] {
        "" => 0,
        "a" | "а" => b'a',
        "b" | "б" => b'b',
        "n" | "н" => b'n',
        _ => return None,
    };
    Some(Item { number, letter })
}

/// A process by its word.
#[inline]
pub(crate) fn process(text: &str) -> Option<Process> {
    match text {
        "authority" => Some(Process::Authority),
        "mfc" => Some(Process::Mfc),
        "epgu" => Some(Process::Epgu),
        "vis" => Some(Process::Vis),
        _ => None,
    }
}
