#![doc = include_str!("../README.md")]

mod csv_writer;
mod stream;
mod text;
mod xlsx;

use std::io::{self, Write};

use otklik_kernel::{CivilDay, Instant, Zone};

pub use stream::{Gone, Rows, stream};

/// The kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML, for Excel and LibreOffice.
    Xlsx,
    /// Text with separators.
    Csv,
}

impl Format {
    /// Finds a kind by the ending of a file's name.
    #[must_use]
    pub fn find(ending: &str) -> Option<Self> {
        [Self::Xlsx, Self::Csv].into_iter().find(|format| format.ending() == ending)
    }

    /// The ending of the file's name, without a dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands in the header row.
    pub title: String,
    /// Its width in characters of a spreadsheet.
    pub width: u8,
    /// Whether long texts are broken into lines.
    pub wraps: bool,
}

impl Column {
    /// A column of a width in characters; long texts run on.
    #[must_use]
    pub fn new(title: impl Into<String>, width: u8) -> Self {
        Self { title: title.into(), width, wraps: false }
    }

    /// A column of a width in characters whose long texts are broken into lines.
    #[must_use]
    pub fn wrapped(title: impl Into<String>, width: u8) -> Self {
        Self { title: title.into(), width, wraps: true }
    }
}

/// What a table is called and which columns it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name of the sheet; what a spreadsheet doesn't take in a name is left out.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// A text.
    Text(&'a str),
    /// A whole number; beyond 2^53 spreadsheets lose digits.
    Integer(i64),
    /// A number; one that is infinite or not a number leaves the cell empty.
    Number(f64),
    /// A civil day.
    Day(CivilDay),
    /// A moment, shown in a zone to the second.
    Moment(Instant, &'a Zone),
}

/// Writes a table row by row.
pub struct Writer<W: Write>(Kind<W>);

enum Kind<W: Write> {
    Xlsx(Box<xlsx::Writer<W>>),
    Csv(Box<csv_writer::Writer<W>>),
}

impl<W: Write> Writer<W> {
    /// Begins a table with its header row.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn new(format: Format, table: &Table, out: W) -> io::Result<Self> {
        Ok(Self(match format {
            Format::Xlsx => Kind::Xlsx(Box::new(xlsx::Writer::new(table, out)?)),
            Format::Csv => Kind::Csv(Box::new(csv_writer::Writer::new(table, out)?)),
        }))
    }

    /// Adds a row; cells that are missing at its end stay empty.
    ///
    /// # Errors
    /// When it can't be written, or there are more cells than columns.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        match &mut self.0 {
            Kind::Xlsx(writer) => writer.row(cells),
            Kind::Csv(writer) => writer.row(cells),
        }
    }

    /// Ends the table; without it the file isn't whole.
    ///
    /// # Errors
    /// When the end can't be written.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Kind::Xlsx(writer) => writer.finish(),
            Kind::Csv(writer) => writer.finish(),
        }
    }
}

impl<W: Write> std::fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

/// Refuses a row with more cells than columns.
fn fits(cells: &[Cell<'_>], columns: usize) -> io::Result<()> {
    if cells.len() <= columns {
        return Ok(());
    }
    let text = format!("a row of {} cells in a table of {columns} columns", cells.len());
    Err(io::Error::new(io::ErrorKind::InvalidInput, text))
}
