//! A row of what is known of an application.

use otklik_kernel::{CivilDay, Instant, Zone};

use crate::answers::Sheet;
use crate::texts::L;

/// A row of a sheet, by the names of its columns: what it has none of is empty.
#[derive(Clone, Copy)]
pub struct Row<'t> {
    sheet: &'t Sheet,
    row: usize,
}

impl<'t> Row<'t> {
    pub fn all(sheet: &'t Sheet) -> impl DoubleEndedIterator<Item = Self> {
        (0..sheet.rows.len()).map(move |row| Self { sheet, row })
    }

    pub fn text(self, column: &str) -> &'t str {
        self.sheet.text(self.row, column)
    }

    pub fn whole<N: TryFrom<i64>>(self, column: &str) -> Option<N> {
        N::try_from(self.sheet.whole(self.row, column)?).ok()
    }

    /// When it was.
    pub fn at(self) -> Instant {
        Instant(self.whole::<i64>("at").unwrap_or(0) * Instant::SECOND)
    }

    /// The clock of the office.
    pub fn zone(self) -> Zone {
        Zone::ahead(self.whole("offset").unwrap_or(0))
    }

    /// The day whose delivery told it.
    pub fn day(self) -> Option<CivilDay> {
        CivilDay::parse(self.text("day"))
    }

    /// The delivery that told it.
    pub fn delivery(self, l: L) -> String {
        let day = self.day().map_or_else(String::new, CivilDay::show);
        let told = l.told_in(day, self.text("sender").to_owned());
        match self.whole::<i64>("revision") {
            Some(revision) if revision > 1 => format!("{told}, {}", l.revision(revision)),
            _ => told,
        }
    }
}

/// Those that say something, joined.
pub fn joined(parts: impl IntoIterator<Item = String>, between: &str) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}
