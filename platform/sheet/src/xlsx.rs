//! XLSX: a few XML parts in an archive, each written once from its beginning to its end.

mod parts;

use std::io::{self, Write};

use otklik_kernel::{CivilDay, Instant, Zone};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::text::{clean, escape};
use crate::{Cell, Table, fits};

/// Rows of a sheet below its header: 2^20 with it.
const MOST_ROWS: u32 = 1_048_575;
/// Bytes of a sheet after which the next begins: an entry of 4 GiB would need what not every program reads.
const MOST_BYTES: u64 = 3 << 30;
/// Bytes collected before they are compressed.
const PART: usize = 32 * 1024;
/// Days from the beginning of a spreadsheet's calendar to 1970-01-01.
const EPOCH: i64 = 25_569;
/// 1900-03-01: earlier days are counted wrongly by spreadsheets on purpose.
const FIRST_DAY: i64 = 61;
const DAY_SECONDS: i64 = 86_400;

pub struct Writer<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    table: Table,
    /// XML that waits to be compressed.
    part: Vec<u8>,
    sheets: u32,
    /// Rows of this sheet below its header.
    rows: u32,
    /// Bytes of this sheet that were compressed.
    bytes: u64,
    most_rows: u32,
}

impl<W: Write> Writer<W> {
    pub fn new(table: &Table, out: W) -> io::Result<Self> {
        Self::with_rows(table, out, MOST_ROWS)
    }

    fn with_rows(table: &Table, out: W, most_rows: u32) -> io::Result<Self> {
        let zip = ZipWriter::new_stream(out);
        let part = Vec::with_capacity(PART * 2);
        let table = table.clone();
        let mut writer = Self { zip, table, part, sheets: 0, rows: 0, bytes: 0, most_rows };
        // First what tells programs that look at the beginning which kind of archive it is.
        writer.entry("_rels/.rels", parts::RELS)?;
        writer.entry("xl/styles.xml", parts::STYLES)?;
        writer.begin_sheet()?;
        Ok(writer)
    }

    fn begin(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        Ok(self.zip.start_file(name, options)?)
    }

    fn entry(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.begin(name)?;
        self.zip.write_all(text.as_bytes())
    }

    fn begin_sheet(&mut self) -> io::Result<()> {
        (self.sheets, self.rows, self.bytes) = (self.sheets + 1, 0, 0);
        self.begin(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        parts::sheet_head(&mut self.part, &self.table);
        Ok(())
    }

    fn end_sheet(&mut self) -> io::Result<()> {
        self.part.extend_from_slice(parts::SHEET_TAIL.as_bytes());
        self.compress()
    }

    fn compress(&mut self) -> io::Result<()> {
        self.bytes += self.part.len() as u64;
        self.zip.write_all(&self.part)?;
        self.part.clear();
        Ok(())
    }

    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        fits(cells, self.table.columns.len())?;
        if self.rows == self.most_rows || self.bytes > MOST_BYTES {
            self.end_sheet()?;
            self.begin_sheet()?;
        }
        self.rows += 1;
        self.part.extend_from_slice(b"<row>");
        for (cell, column) in cells.iter().zip(&self.table.columns) {
            let text = if column.wraps { parts::WRAPPED } else { parts::TEXT };
            write_cell(&mut self.part, cell, text);
        }
        self.part.extend_from_slice(b"</row>");
        if self.part.len() >= PART { self.compress() } else { Ok(()) }
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.end_sheet()?;
        let names = parts::sheet_names(&self.table.title, self.sheets);
        self.entry("xl/workbook.xml", &parts::workbook(&names))?;
        self.entry("xl/_rels/workbook.xml.rels", &parts::workbook_rels(self.sheets))?;
        self.entry("[Content_Types].xml", &parts::content_types(self.sheets))?;
        self.zip.finish()?.into_inner().flush()
    }
}

/// A cell follows the one before it, so no cell and no row says where it is.
fn write_cell(out: &mut Vec<u8>, cell: &Cell<'_>, text_style: u8) {
    match *cell {
        Cell::Text(text) if !text.is_empty() => write_text(out, text, text_style),
        Cell::Integer(number) => write_value(out, number, ""),
        Cell::Number(number) if number.is_finite() => write_value(out, number, ""),
        Cell::Day(day) => match day_number(day) {
            Some(number) => write_value(out, number, parts::DAY),
            None => write_text(out, &day.to_string(), text_style),
        },
        Cell::Moment(at, zone) => match moment_number(at, zone) {
            Some(number) => write_value(out, number, parts::MOMENT),
            None => write_text(out, &at.show_exact_in(zone), text_style),
        },
        Cell::Empty | Cell::Text(_) | Cell::Number(_) => out.extend_from_slice(b"<c/>"),
    }
}

fn write_value(out: &mut Vec<u8>, value: impl std::fmt::Display, style: &str) {
    // Writing into memory doesn't fail.
    let _ = write!(out, "<c{style}><v>{value}</v></c>");
}

pub(crate) fn write_text(out: &mut Vec<u8>, text: &str, style: u8) {
    let text = clean(text);
    let _ = write!(out, "<c s=\"{style}\" t=\"inlineStr\"><is><t");
    let is_spaced = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
    out.extend_from_slice(if is_spaced || text.contains('\n') { b" xml:space=\"preserve\">" } else { b">" });
    escape(out, &text);
    out.extend_from_slice(b"</t></is></c>");
}

fn day_number(day: CivilDay) -> Option<i64> {
    let number = day.start_utc().0 / Instant::DAY + EPOCH;
    (number >= FIRST_DAY).then_some(number)
}

#[expect(clippy::cast_precision_loss, reason = "seconds of the calendar fit")]
fn moment_number(at: Instant, zone: &Zone) -> Option<f64> {
    let seconds = at.wall_seconds(zone) + EPOCH * DAY_SECONDS;
    (seconds >= FIRST_DAY * DAY_SECONDS).then_some(seconds as f64 / DAY_SECONDS as f64)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Reader as _, Xlsx};

    use super::*;
    use crate::Column;

    #[test]
    fn what_doesnt_fit_a_sheet_goes_on_in_the_next() {
        let table = Table {
            title: "Отклики: 'за год' [2026]/* длиннее знаков".into(),
            columns: vec![Column::new("№", 8)],
        };
        let mut bytes = Vec::new();
        let mut writer = Writer::with_rows(&table, &mut bytes, 3).unwrap();
        for number in 1..=7 {
            writer.row(&[Cell::Integer(number)]).unwrap();
        }
        writer.finish().unwrap();
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        assert_eq!(names.len(), 3, "{names:?}");
        assert!(
            names.iter().all(|name| name.chars().count() <= 31 && !name.contains(['[', ']', '/', '*', ':']))
        );
        assert!(names[2].ends_with(" (3)"));
        let mut numbers = Vec::new();
        for name in &names {
            let range = book.worksheet_range(name).unwrap();
            assert_eq!(range.get_value((0, 0)).unwrap().to_string(), "№", "each has its header");
            numbers.extend(range.rows().skip(1).map(|row| row[0].to_string()));
        }
        assert_eq!(numbers, ["1", "2", "3", "4", "5", "6", "7"]);
    }
}
