//! Which status stands for which item of which list [5 app.8], with the decisions on its contradictions (MON-15).

use std::collections::BTreeMap;

use super::{Fault, ItemRecord, StatusRecord};
use crate::model::{Item, Process, Status};

/// Sub-items by their statuses, and the mark of who didn't come: the source names these pairs nowhere.
/// МФЦ 6 a/b: the ticket's holder came or the ticket was cancelled. ВИС 6 а/б: the table puts the same two statuses
/// there, though the items speak of an appointment; they count as one. Authority 3: came, unless the status says not.
const LETTERS: [(Process, u8, i16, u8); 5] = [
    (Process::Mfc, 6, 1005, b'a'),
    (Process::Mfc, 6, 1006, b'b'),
    (Process::Vis, 6, 1005, b'a'),
    (Process::Vis, 6, 1006, b'b'),
    (Process::Authority, 3, 1018, b'n'),
];

/// Of several statuses of one item, the one that the item alone stands for: 1017 for «came», 22 of the two that
/// nothing tells apart. МФЦ 6 and ВИС 6 alone stand for neither of their two.
const ALONE: [(Process, u8, i16); 2] = [(Process::Authority, 3, 1017), (Process::Epgu, 13, 22)];

/// A filled place of the source's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The list.
    pub process: Process,
    /// The item, with its letter where the status decides it.
    pub item: Item,
    /// The status.
    pub status: Status,
}

/// The mapping in both directions.
#[derive(Clone, Debug)]
pub struct Mapping {
    cells: Vec<Cell>,
    by_status: BTreeMap<(Process, Status), Item>,
    by_item: BTreeMap<(Process, Item), Vec<Status>>,
    texts: BTreeMap<(Process, Item), ItemRecord>,
}

impl Mapping {
    pub(super) fn of(statuses: &[StatusRecord], items: &[ItemRecord]) -> Result<Self, Fault> {
        let texts = texts(items)?;
        let mut cells = Vec::new();
        for record in statuses {
            let places = [record.authority_item, record.mfc_item, record.epgu_item, record.vis_item];
            for (process, number) in Process::ALL.into_iter().zip(places) {
                let Some(number) = number else { continue };
                let item = Item { number, letter: letter(process, number, record.code) };
                // Who didn't come has no words of their own.
                let own = if item.letter == b'n' { Item::plain(number) } else { item };
                if [own, Item::plain(number)].iter().any(|item| !texts.contains_key(&(process, *item))) {
                    return Err(Fault::Unknown("statuses", format!("{} {own}", process.code())));
                }
                cells.push(Cell { process, item, status: Status(record.code) });
            }
        }
        cells.sort_unstable();
        let mut by_item: BTreeMap<(Process, Item), Vec<Status>> = BTreeMap::new();
        for cell in &cells {
            by_item.entry((cell.process, cell.item)).or_default().push(cell.status);
            if cell.item.letter != 0 {
                by_item.entry((cell.process, Item::plain(cell.item.number))).or_default().push(cell.status);
            }
        }
        if let Some((process, item)) = texts.keys().find(|key| !by_item.contains_key(key)) {
            return Err(Fault::Unused(format!("{} {item}", process.code())));
        }
        let by_status = cells.iter().map(|cell| ((cell.process, cell.status), cell.item)).collect();
        Ok(Self { cells, by_status, by_item, texts })
    }

    /// The filled places of the source's table, in the order of the lists.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The item that a status stands for in a process, if it occurs there.
    #[must_use]
    pub fn item(&self, process: Process, status: Status) -> Option<Item> {
        self.by_status.get(&(process, status)).copied()
    }

    /// The status that an item alone stands for; none for an item that isn't there or leaves it open (МФЦ 6, ВИС 6).
    #[must_use]
    pub fn status(&self, process: Process, item: Item) -> Option<Status> {
        match self.candidates(process, item) {
            [status] => Some(*status),
            several => {
                let alone =
                    ALONE.iter().find(|(of, number, _)| (*of, Item::plain(*number)) == (process, item))?;
                several.iter().copied().find(|status| status.0 == alone.2)
            }
        }
    }

    /// All statuses that an item may stand for.
    #[must_use]
    pub fn candidates(&self, process: Process, item: Item) -> &[Status] {
        self.by_item.get(&(process, item)).map_or(&[], Vec::as_slice)
    }

    /// Whether an item and a status given together agree.
    #[must_use]
    pub fn agree(&self, process: Process, item: Item, status: Status) -> bool {
        self.candidates(process, item).contains(&status)
    }

    /// Items and sub-items of all lists with their words, in order.
    pub fn items(&self) -> impl Iterator<Item = (Process, Item, &ItemRecord)> {
        self.texts.iter().map(|((process, item), record)| (*process, *item, record))
    }

    /// The words of an item; of `3n` those of 3.
    #[must_use]
    pub fn text(&self, process: Process, item: Item) -> Option<&ItemRecord> {
        let own = self.texts.get(&(process, item));
        own.or_else(|| self.texts.get(&(process, Item::plain(item.number))).filter(|_| item.letter == b'n'))
    }
}

fn letter(process: Process, number: u8, status: i16) -> u8 {
    let found = LETTERS.iter().find(|(of, item, code, _)| (*of, *item, *code) == (process, number, status));
    found.map_or(0, |(.., letter)| *letter)
}

fn texts(items: &[ItemRecord]) -> Result<BTreeMap<(Process, Item), ItemRecord>, Fault> {
    let mut texts = BTreeMap::new();
    for record in items {
        let name = format!("{} {}{}", record.channel, record.item, record.subitem);
        let unknown = || Fault::Unknown("items", name.clone());
        let process = Process::find(&record.channel).ok_or_else(unknown)?;
        let letter = match record.subitem.as_bytes() {
            [] => 0,
            [letter @ (b'a' | b'b')] => *letter,
            _ => return Err(unknown()),
        };
        if record.item == 0 || record.item > process.items() {
            return Err(unknown());
        }
        if texts.insert((process, Item { number: record.item, letter }), record.clone()).is_some() {
            return Err(Fault::Code("items", name));
        }
    }
    Ok(texts)
}
