//! Which column of a file holds which field (MON-8).

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use otklik_kernel::text::search_text;

use crate::fields::{COMPLAINT_TITLES, PAYMENT_TITLES, RATING_TITLES, Table};
use crate::model::{Item, Process};
use crate::reference::Reference;

/// No column.
const NONE: u16 = u16::MAX;

/// A cell of the wide file beside the fields of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Moments of an item, with the status that it stands for.
    Event { process: Process, item: i16, status: i16 },
    /// Moments of an event of a fee, by its number.
    Payment(u8),
    /// The moment, the mark, the criteria, the comment of a rating.
    Rating(u8),
    /// Moments of an event of a complaint, by its number.
    Complaint(u8),
}

/// A file's fields with the words by which headers name them.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub table: Table,
    /// Names of the fields; of the wide file, first those of an application, then the cells.
    pub names: Vec<String>,
    required: Vec<bool>,
    words: HashMap<String, usize>,
    /// Titles without what the source adds in brackets; nothing where several are the same without it.
    short: HashMap<String, Option<usize>>,
    /// Of the wide file: what stands behind the fields of an application.
    pub cells: Vec<Cell>,
}

/// The layouts of all files. That of the wide file follows the items in force and is long: it is made when wanted.
pub(crate) struct Layouts<'a> {
    reference: &'a Reference,
    wide: OnceLock<Layout>,
}

/// Those of a package's files are always the same.
static PACKAGE: LazyLock<[Layout; 6]> = LazyLock::new(|| Table::PACKAGE.map(Layout::of));

impl<'a> Layouts<'a> {
    /// Layouts with the items of a reference.
    pub const fn new(reference: &'a Reference) -> Self {
        Self { reference, wide: OnceLock::new() }
    }

    /// That of a file.
    pub fn of(&self, table: Table) -> &Layout {
        let of_package = PACKAGE.iter().find(|layout| layout.table == table);
        of_package.unwrap_or_else(|| self.wide.get_or_init(|| Layout::wide(self.reference)))
    }

    /// All, the wide one last.
    pub fn all(&self) -> impl Iterator<Item = &Layout> {
        Table::PACKAGE.into_iter().chain([Table::Wide]).map(|table| self.of(table))
    }
}

/// Where a file's fields are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    at: Vec<u16>,
    /// The header as it stands.
    pub header: Vec<String>,
}

/// What is wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// A required field is missing.
    Missing(String),
    /// A field stands twice; the second column's place.
    Duplicate(usize),
    /// A column that is no field.
    Unknown(usize),
}

impl Layout {
    fn of(table: Table) -> Self {
        let mut layout = Self {
            table,
            names: Vec::new(),
            required: Vec::new(),
            words: HashMap::new(),
            short: HashMap::new(),
            cells: Vec::new(),
        };
        for field in table.fields() {
            layout.add(field.name, &[field.title], field.is_required);
        }
        if table == Table::Events {
            // The source's own title of the names of statuses.
            layout.words.insert(folded("Статус"), 3);
        }
        layout
    }

    fn wide(reference: &Reference) -> Self {
        let mut layout = Self::of(Table::Wide);
        for (process, item) in wide_items(reference) {
            let Some(status) = reference.mapping.status(process, item) else { continue };
            layout.cells.push(Cell::Event { process, item: item.stored(), status: status.0 });
            let words = reference.mapping.text(process, item).map_or("", |record| &record.text_ru);
            let words = if item.letter == b'n' { reference.statuses.name(status) } else { words };
            let mut titles = vec![format!("{}: {words}", process.title())];
            if process == Process::Epgu {
                titles.extend(["ЕПГУ", "РПГУ"].map(|channel| format!("{channel}: {words}")));
            }
            let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
            layout.add(&format!("{}_{item}", process.code()), &titles, false);
        }
        for (number, title) in (1..).zip(PAYMENT_TITLES) {
            layout.cells.push(Cell::Payment(number));
            layout.add(&format!("payment_{number}"), &[title], false);
        }
        for ((number, name), title) in (0..).zip(["at", "mark", "criteria", "comment"]).zip(RATING_TITLES) {
            layout.cells.push(Cell::Rating(number));
            layout.add(&format!("rating_{name}"), &[title], false);
        }
        for (number, title) in (1..).zip(COMPLAINT_TITLES) {
            layout.cells.push(Cell::Complaint(number));
            layout.add(&format!("complaint_{number}"), &[title], false);
        }
        layout
    }

    fn add(&mut self, name: &str, titles: &[&str], is_required: bool) {
        let place = self.names.len();
        self.names.push(name.to_owned());
        self.required.push(is_required);
        self.words.insert(folded(name), place);
        for title in titles {
            self.words.insert(folded(title), place);
            if let Some((short, _)) = title.strip_suffix(')').and_then(|title| title.rsplit_once(" (")) {
                let same = self.short.entry(folded(short)).or_insert(Some(place));
                if *same != Some(place) {
                    *same = None;
                }
            }
        }
    }

    /// How many names of a header are known.
    pub fn known(&self, header: &[String]) -> usize {
        header.iter().filter(|name| self.find(name).is_some()).count()
    }

    /// Whether a header has all required fields.
    pub fn is_complete(&self, header: &[String]) -> bool {
        let found: Vec<usize> = header.iter().filter_map(|name| self.find(name)).collect();
        (0..self.names.len()).all(|place| !self.required[place] || found.contains(&place))
    }

    fn find(&self, name: &str) -> Option<usize> {
        let name = folded(name);
        self.words.get(&name).copied().or_else(|| self.short.get(&name).copied().flatten())
    }

    /// Finds the fields of a header.
    pub fn columns(&self, header: &[String]) -> (Columns, Vec<HeaderFault>) {
        let mut at = vec![NONE; self.names.len()];
        let mut faults = Vec::new();
        for (column, name) in header.iter().enumerate() {
            match self.find(name) {
                None => faults.push(HeaderFault::Unknown(column)),
                Some(field) if at[field] != NONE => faults.push(HeaderFault::Duplicate(column)),
                Some(field) => at[field] = u16::try_from(column).unwrap_or(NONE),
            }
        }
        for (field, column) in at.iter().enumerate() {
            if *column == NONE && self.required[field] {
                faults.push(HeaderFault::Missing(self.names[field].clone()));
            }
        }
        (Columns { at, header: header.to_vec() }, faults)
    }

    /// The field of a cell of the wide file.
    pub fn cell(&self, wanted: Cell) -> Option<usize> {
        let place = self.cells.iter().position(|cell| *cell == wanted)?;
        Some(self.names.len() - self.cells.len() + place)
    }
}

impl Columns {
    /// The column of a field, from 0.
    #[inline]
    pub fn at(&self, field: usize) -> Option<usize> {
        match self.at.get(field) {
            Some(column) if *column != NONE => Some(usize::from(*column)),
            _ => None,
        }
    }
}

/// The items that have a column in the wide file: of those with sub-items the sub-items; and who didn't come.
pub(crate) fn wide_items(reference: &Reference) -> Vec<(Process, Item)> {
    let mapping = &reference.mapping;
    let mut items: Vec<(Process, Item)> = mapping.items().map(|(process, item, _)| (process, item)).collect();
    items.extend(mapping.cells().iter().map(|cell| (cell.process, cell.item)));
    items.sort_unstable();
    items.dedup();
    let lettered: Vec<(Process, u8)> = items
        .iter()
        .filter(|(_, item)| matches!(item.letter, b'a' | b'b'))
        .map(|(process, item)| (*process, item.number))
        .collect();
    items.retain(|(process, item)| item.letter != 0 || !lettered.contains(&(*process, item.number)));
    items
}

/// A name of a header as it is compared: case, blanks, ё, marks of footnotes and the sign at its end don't matter.
fn folded(name: &str) -> String {
    let plain: String = name
        .chars()
        .filter(|letter| !matches!(letter, '¹' | '²' | '³' | '⁴' | '⁵' | '*' | '\u{feff}'))
        .collect();
    search_text(plain.trim().trim_end_matches([';', '.', ':']))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn mon8_every_title_of_the_wide_file_names_one_column() {
        let reference = Reference::built_in();
        let layout = Layout::wide(reference);
        let titles: Vec<String> = layout
            .cells
            .iter()
            .filter_map(|cell| match cell {
                Cell::Event { process, item, .. } => {
                    let item = Item::of(*item)?;
                    let text = &reference.mapping.text(*process, item)?.text_ru;
                    (item.letter != b'n').then(|| format!("{}: {text}", process.title()))
                }
                _ => None,
            })
            .collect();
        assert_eq!(titles.len(), 20 + 20 + 32 + 29);
        let (columns, faults) = layout.columns(&titles);
        assert!(faults.iter().all(|fault| matches!(fault, HeaderFault::Missing(_))), "{faults:?}");
        let found: BTreeSet<usize> = (0..layout.names.len()).filter_map(|field| columns.at(field)).collect();
        assert_eq!(found.len(), titles.len());
    }

    #[test]
    fn mon8_a_header_may_have_names_or_titles_and_what_is_wrong_is_said() {
        let layout = Layout::of(Table::Applications);
        let header = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let names = header(&[
            "Уникальный номер запроса;",
            "service_id",
            "Канал предоставления услуги (ЕПГУ, РГПУ, ВИС, ОГВ, МФЦ)",
            "Канал предоставления результата",
            "НАИМЕНОВАНИЕ СУБЪЕКТА  Российской Федерации",
            "body",
            "Пол заявителя²",
            "sex",
            "лишнее",
        ]);
        assert_eq!(layout.known(&names), 8);
        let (columns, faults) = layout.columns(&names);
        assert_eq!(faults, [HeaderFault::Duplicate(7), HeaderFault::Unknown(8)]);
        assert_eq!(
            (columns.at(0), columns.at(5), columns.at(11), columns.at(2)),
            (Some(0), Some(3), Some(6), None)
        );
        let (_, faults) = layout.columns(&names[1..]);
        assert!(faults.contains(&HeaderFault::Missing("request_id".to_owned())));
    }
}
