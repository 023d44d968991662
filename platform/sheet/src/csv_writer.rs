//! CSV as Excel in Russian opens it.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};
use otklik_kernel::{Instant, Zone};

use crate::text::{clean, disarmed};
use crate::{Cell, Table, fits};

pub struct Writer<W: Write> {
    csv: csv::Writer<W>,
    columns: usize,
}

impl<W: Write> Writer<W> {
    pub fn new(table: &Table, mut out: W) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut csv = WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(out);
        for column in &table.columns {
            csv.write_field(disarmed(&clean(&column.title)).as_bytes())?;
        }
        csv.write_record(None::<&[u8]>)?;
        Ok(Self { csv, columns: table.columns.len() })
    }

    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        fits(cells, self.columns)?;
        for cell in cells.iter().chain(std::iter::repeat_n(&Cell::Empty, self.columns - cells.len())) {
            match *cell {
                Cell::Empty => self.csv.write_field("")?,
                Cell::Text(text) => self.csv.write_field(disarmed(&clean(text)).as_bytes())?,
                Cell::Integer(number) => self.csv.write_field(number.to_string())?,
                Cell::Number(number) if !number.is_finite() => self.csv.write_field("")?,
                Cell::Number(number) => self.csv.write_field(number.to_string().replace('.', ","))?,
                Cell::Day(day) => self.csv.write_field(day.to_string())?,
                Cell::Moment(at, zone) => self.csv.write_field(moment(at, zone))?,
            }
        }
        Ok(self.csv.write_record(None::<&[u8]>)?)
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}

/// `2026-11-22 14:05:09` in a zone.
fn moment(at: Instant, zone: &Zone) -> String {
    let seconds = at.wall_seconds(zone).rem_euclid(86_400);
    format!("{} {:02}:{:02}:{:02}", at.day_in(zone), seconds / 3600, seconds / 60 % 60, seconds % 60)
}
