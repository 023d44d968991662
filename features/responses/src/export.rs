//! Responses as a table to take along (QR-13, SURV-7): read in pages by key, so that memory stays flat and
//! nobody waits for a long download.

use std::borrow::Cow;

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::Id;
use otklik_mail::mask_personal_data;
use otklik_organisations::{Office, Offices};
use otklik_questionnaires::{Mark, Questionnaire};
use otklik_sheet::{Cell, Column, Gone, Rows, Table};
use sea_orm::ConnectionTrait;

use crate::Suspicion;
use crate::store::{self, Filter, Line};
use crate::texts::L;

/// Rows of one statement: each of them is a few milliseconds of the database and some megabytes at most.
pub const AT_ONCE: u64 = 2_000;

/// Columns before and after those of the criteria.
const BEFORE: usize = 3;
const AFTER: usize = 4;

/// What the rows of a download have in common.
#[derive(Debug)]
pub struct Exporter {
    keys: Vec<char>,
    /// The words of every set of marks of suspicion.
    suspicions: Vec<String>,
    l: L,
}

/// A part of the table in its order, and where the next one begins; nothing when this is the last.
#[derive(Debug)]
pub struct Part {
    lines: Vec<Line>,
    /// Rows with identifiers below this one are still to come.
    pub next: Option<Id>,
}

impl Part {
    /// Reads the newest rows of a filter with identifiers below this one.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn read<C: ConnectionTrait>(
        conn: &C,
        scope: &Scope,
        filter: &Filter,
        below: Id,
    ) -> Result<Self, DbErr> {
        let lines = store::lines(conn, scope, filter, below, AT_ONCE).await?;
        let is_full = lines.len() as u64 == AT_ONCE;
        let next = lines.last().map(|line| line.id).filter(|_| is_full);
        Ok(Self { lines, next })
    }

    /// The offices of the rows.
    pub fn bodies(&self) -> impl Iterator<Item = Id> {
        self.lines.iter().map(|line| line.body)
    }

    /// How many rows there are.
    pub fn len(&self) -> u64 {
        self.lines.len() as u64
    }
}

impl Exporter {
    /// An exporter of responses to any version of the questionnaire, with the criteria of this one.
    #[must_use]
    pub fn new(questionnaire: &Questionnaire, l: L) -> Self {
        let sets = 0..1_i32 << Suspicion::ALL.len();
        Self {
            keys: questionnaire.criteria.iter().map(|criterion| criterion.key).collect(),
            suspicions: sets.map(|set| words(Suspicion(set), l)).collect(),
            l,
        }
    }

    /// The table's columns.
    #[must_use]
    pub fn table(&self, questionnaire: &Questionnaire) -> Table {
        let l = self.l;
        let mut columns = vec![
            Column::new(l.export_when(), 18),
            Column::new(l.export_code(), 10),
            Column::wrapped(l.export_office(), 36),
        ];
        let criteria = questionnaire.criteria.iter();
        columns.extend(criteria.map(|c| Column::wrapped(format!("{}) {}", c.letter, c.text), 18)));
        columns.extend([
            Column::wrapped(l.export_text(), 60),
            Column::wrapped(l.export_suspicion(), 24),
            Column::new(l.export_looked(), 18),
            Column::wrapped(l.export_outcome(), 44),
        ]);
        Table { title: l.list_title().to_owned(), columns }
    }

    /// Adds the rows of a part.
    ///
    /// # Errors
    /// When there is no use in going on.
    pub async fn add(&self, part: &Part, offices: &Offices, out: &mut Rows) -> Result<(), Gone> {
        let utc = otklik_kernel::Zone::utc();
        for line in &part.lines {
            let office = offices.get(line.body).map(AsRef::<Office>::as_ref);
            let zone = office.map_or(&utc, |office| &office.zone);
            let (comment, outcome) = (masked(&line.comment), line.outcome.as_deref().map(masked));
            let mut cells = Vec::with_capacity(BEFORE + self.keys.len() + AFTER);
            cells.push(Cell::Moment(line.received_at, zone));
            cells.push(Cell::Text(office.map_or("", |office| &office.code)));
            cells.push(Cell::Text(office.map_or("", |office| &office.name)));
            cells.extend(self.keys.iter().map(|&key| match line.marks.get(key) {
                Some(Mark::Happy) => Cell::Text(self.l.mark_happy()),
                Some(Mark::Sad) => Cell::Text(self.l.mark_sad()),
                None => Cell::Empty,
            }));
            cells.push(Cell::Text(&comment));
            cells.push(Cell::Text(self.suspicion(line.suspicion)));
            cells.push(line.looked_at.map_or(Cell::Empty, |at| Cell::Moment(at, zone)));
            cells.push(outcome.as_deref().map_or(Cell::Empty, Cell::Text));
            out.add(&cells).await?;
        }
        Ok(())
    }

    fn suspicion(&self, suspicion: Suspicion) -> &str {
        usize::try_from(suspicion.0).ok().and_then(|set| self.suspicions.get(set)).map_or("", String::as_str)
    }
}

fn words(suspicion: Suspicion, l: L) -> String {
    let named = [
        (Suspicion::TOO_FAST, l.suspicion_too_fast()),
        (Suspicion::SAME_DEVICE, l.suspicion_same_device()),
        (Suspicion::BURST, l.suspicion_burst()),
        (Suspicion::TOKEN_REUSED, l.suspicion_token_reused()),
    ];
    let given = named.into_iter().filter(|&(mark, _)| suspicion.has(mark)).map(|(_, words)| words);
    given.collect::<Vec<_>>().join(", ")
}

/// The text without personal data; most texts have neither a digit nor an @ and are taken as they are.
fn masked(text: &str) -> Cow<'_, str> {
    match text.chars().any(|c| c == '@' || c.is_numeric()) {
        true => Cow::Owned(mask_personal_data(text)),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn surv4_every_mark_of_suspicion_is_in_the_words_of_a_set() {
        let exporter = Exporter::new(&Questionnaire::built_in(), L::default());
        let all = Suspicion::ALL.into_iter().fold(Suspicion::default(), Suspicion::with);
        assert_eq!(exporter.suspicion(all).split(", ").count(), Suspicion::ALL.len());
        assert_eq!(exporter.suspicion(Suspicion::BURST), L::default().suspicion_burst());
        assert_eq!(exporter.suspicion(Suspicion::default()), "");
    }

    proptest! {
        #[test]
        fn x4_what_is_taken_as_it_is_needs_no_mask(text in "\\PC{0,40}|[0-9@а-я +()-]{0,30}") {
            prop_assert_eq!(masked(&text), mask_personal_data(&text));
        }
    }
}
