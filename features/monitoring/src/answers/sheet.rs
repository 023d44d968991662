//! An answer as a table of cells.

use std::collections::HashMap;

use otklik_lake::arrow::array::{Array, AsArray, RecordBatch};
use otklik_lake::arrow::compute::cast;
use otklik_lake::arrow::datatypes::{DataType, Float64Type, Int64Type};
use otklik_lake::{Error, Result};
use otklik_progress::fields::SEXES;
use otklik_progress::model::Channel;
use serde::Serialize;

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing to say.
    None,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Real(f64),
    /// Texts.
    List(Vec<String>),
}

impl Cell {
    /// As a number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::None | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// As a whole number, if it is one.
    #[must_use]
    pub fn whole(&self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(*number),
            _ => None,
        }
    }

    /// As a text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Rows of cells under names.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sheet {
    /// Names of columns. Durations are seconds.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Whether percentiles in it are exact; otherwise they are within 1 %.
    pub is_exact: bool,
}

impl Sheet {
    /// The rows of some batches. Regions become codes of two digits, channels and sexes their words,
    /// days dates.
    ///
    /// # Errors
    /// A column is of a type that has no cell.
    pub(super) fn of(batches: &[RecordBatch]) -> Result<Self> {
        let mut sheet = Self { is_exact: true, ..Self::default() };
        for batch in batches {
            let from = sheet.rows.len();
            sheet.rows.resize_with(from + batch.num_rows(), Vec::new);
            sheet.columns = batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect();
            for (name, column) in sheet.columns.iter().zip(batch.columns()) {
                let cells = cells(name, column.as_ref())?;
                for (row, cell) in sheet.rows[from..].iter_mut().zip(cells) {
                    row.push(cell);
                }
            }
        }
        Ok(sheet)
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// A whole number by its row and its column's name.
    #[must_use]
    pub fn whole(&self, row: usize, column: &str) -> Option<i64> {
        self.get(row, column).and_then(Cell::whole)
    }

    /// A text by its row and its column's name; empty where there is none.
    #[must_use]
    pub fn text(&self, row: usize, column: &str) -> &str {
        self.get(row, column).and_then(Cell::text).unwrap_or_default()
    }

    /// A cell by its row and its column's name.
    #[must_use]
    pub fn get(&self, row: usize, column: &str) -> Option<&Cell> {
        self.rows.get(row)?.get(self.column(column)?)
    }

    /// With columns of another sheet whose rows have the same first `keys` cells; nothing where it has none.
    #[must_use]
    pub(super) fn beside(mut self, other: &Self, keys: usize, columns: &[(&str, &str)]) -> Self {
        let places: Vec<Option<usize>> = columns.iter().map(|(from, _)| other.column(from)).collect();
        let theirs: HashMap<String, &Vec<Cell>> =
            other.rows.iter().map(|row| (key(&row[..keys]), row)).collect();
        for row in &mut self.rows {
            let same = theirs.get(&key(&row[..keys]));
            row.extend(
                places
                    .iter()
                    .map(|place| same.zip(*place).map_or(Cell::None, |(row, place)| row[place].clone())),
            );
        }
        self.columns.extend(columns.iter().map(|(_, to)| (*to).to_owned()));
        self.is_exact &= other.is_exact;
        self
    }

    /// All rows added up, but for the first `keys` cells; zeros where there are none.
    #[must_use]
    pub(super) fn added(&self, keys: usize) -> Self {
        let columns = self.columns.get(keys..).unwrap_or_default().to_vec();
        let mut sums = vec![Cell::Whole(0); columns.len()];
        for row in &self.rows {
            for (sum, cell) in sums.iter_mut().zip(&row[keys..]) {
                *sum = match (&*sum, cell) {
                    (Cell::Whole(sum), Cell::Whole(cell)) => Cell::Whole(sum + cell),
                    (sum, cell) => Cell::Real(sum.number().unwrap_or(0.0) + cell.number().unwrap_or(0.0)),
                };
            }
        }
        Self { columns, rows: vec![sums], is_exact: self.is_exact }
    }

    /// With some columns first, after the `keys` ones.
    #[must_use]
    pub(super) fn led_by(mut self, keys: usize, columns: &[&str]) -> Self {
        for (place, name) in (keys..).zip(columns) {
            if let Some(from) = self.column(name).filter(|from| *from >= place) {
                self.columns[place..=from].rotate_right(1);
                self.rows.iter_mut().for_each(|row| row[place..=from].rotate_right(1));
            }
        }
        self
    }

    /// With a sum divided by how many there were; nothing of none.
    #[must_use]
    pub(super) fn mean(mut self, sum: &str, n: &str) -> Self {
        if let Some((sum, n)) = self.column(sum).zip(self.column(n)) {
            for row in &mut self.rows {
                let mean = row[sum].number().zip(row[n].number()).filter(|(_, n)| *n > 0.0);
                row[sum] = mean.map_or(Cell::None, |(sum, n)| Cell::Real(sum / n));
            }
        }
        self
    }

    /// Without rows that have nothing but zeros after the `keys` first cells: what was there was corrected. Nothing is left
    /// out of a question that isn't broken down.
    #[must_use]
    pub(super) fn of_something(mut self, keys: usize) -> Self {
        let is_something = |cell: &Cell| cell.number().is_some_and(|number| number != 0.0);
        self.rows.retain(|row| keys == 0 || row[keys..].iter().any(is_something));
        self
    }

    /// With zeros where some columns of counts say nothing.
    #[must_use]
    pub(super) fn or_zero(mut self, columns: &[&str]) -> Self {
        let places: Vec<usize> = columns.iter().filter_map(|name| self.column(name)).collect();
        for row in &mut self.rows {
            for place in &places {
                if let Some(cell @ Cell::None) = row.get_mut(*place) {
                    *cell = Cell::Whole(0);
                }
            }
        }
        self
    }

    /// With a share of two columns.
    #[must_use]
    pub(super) fn share(mut self, name: &str, part: &str, whole: &str, times: f64) -> Self {
        let (part, whole) = (self.column(part), self.column(whole));
        self.columns.push(name.to_owned());
        for row in &mut self.rows {
            let value = |place: Option<usize>| row.get(place?)?.number();
            let share = value(part).zip(value(whole)).filter(|(_, whole)| *whole > 0.0);
            row.push(share.map_or(Cell::None, |(part, whole)| Cell::Real(part * times / whole)));
        }
        self
    }

    /// As CSV with a header: `;`, CRLF, a decimal point.
    #[must_use]
    pub fn csv(&self) -> String {
        let line = |cells: &mut dyn Iterator<Item = String>| cells.collect::<Vec<_>>().join(";") + "\r\n";
        let mut text = line(&mut self.columns.iter().map(|name| quoted(name)));
        for row in &self.rows {
            text += &line(&mut row.iter().map(|cell| match cell {
                Cell::None => String::new(),
                Cell::Text(text) => quoted(text),
                Cell::Whole(number) => number.to_string(),
                Cell::Real(number) => number.to_string(),
                Cell::List(texts) => quoted(&texts.join(", ")),
            }));
        }
        text
    }
}

/// Cells as a text that equal ones alone have.
pub(super) fn key(cells: &[Cell]) -> String {
    format!("{cells:?}")
}

fn quoted(text: &str) -> String {
    if text.contains([';', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn cells(name: &str, column: &dyn Array) -> Result<Vec<Cell>> {
    let is = |row: usize| column.is_valid(row);
    let cells = match column.data_type() {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => {
            let texts = cast(column, &DataType::Utf8)?;
            let texts = texts.as_string::<i32>();
            (0..column.len())
                .map(|row| if is(row) { Cell::Text(texts.value(row).to_owned()) } else { Cell::None })
                .collect()
        }
        DataType::Float64 | DataType::Float32 => {
            let numbers = cast(column, &DataType::Float64)?;
            let numbers = numbers.as_primitive::<Float64Type>();
            (0..column.len())
                .map(|row| if is(row) { Cell::Real(numbers.value(row)) } else { Cell::None })
                .collect()
        }
        data_type if data_type.is_integer() || *data_type == DataType::Boolean => {
            let numbers = cast(column, &DataType::Int64)?;
            let numbers = numbers.as_primitive::<Int64Type>();
            (0..column.len())
                .map(|row| if is(row) { named(name, numbers.value(row)) } else { Cell::None })
                .collect()
        }
        DataType::Null => vec![Cell::None; column.len()],
        other => return Err(Error::Invalid(format!("{name}: a cell can't hold {other}"))),
    };
    Ok(cells)
}

/// Numbers that stand for something as what they stand for.
fn named(name: &str, number: i64) -> Cell {
    let channel = || u8::try_from(number).ok().and_then(Channel::of);
    let sex = || SEXES.get(usize::try_from(number).ok()?.checked_sub(1)?);
    match name {
        "region" => Cell::Text(format!("{number:02}")),
        "channel" | "channel_out" => {
            channel().map_or(Cell::None, |channel| Cell::Text(channel.code().to_owned()))
        }
        "sex" => sex().map_or(Cell::None, |sex| Cell::Text((*sex).to_owned())),
        "month" => Cell::Text(format!("{:04}-{:02}", number / 100, number % 100)),
        "day" => Cell::Text(format!("{:04}-{:02}-{:02}", number / 10_000, number / 100 % 100, number % 100)),
        _ => Cell::Whole(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(columns: &[&str], rows: &[&[Cell]]) -> Sheet {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        Sheet { columns, rows: rows.iter().map(|row| row.to_vec()).collect(), is_exact: true }
    }

    #[test]
    fn mon13_parts_add_up_to_the_whole() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let parts =
            [&[text("А"), Cell::Whole(2), Cell::Real(7.5)][..], &[text("Б"), Cell::Whole(3), Cell::None]];
        let all = sheet(&["body", "n", "mean"], &parts).added(1);
        assert_eq!(all, sheet(&["n", "mean"], &[&[Cell::Whole(5), Cell::Real(7.5)]]));
        assert_eq!(all.mean("mean", "n").rows, [[Cell::Whole(5), Cell::Real(1.5)]]);
        let none = sheet(&["body", "n", "mean"], &[]).added(1).mean("mean", "n");
        assert_eq!(none.rows, [[Cell::Whole(0), Cell::None]]);
    }

    #[test]
    fn mon13_columns_are_brought_to_the_front() {
        let one = sheet(&["k", "n", "p50", "a", "b"], &[&[1, 2, 3, 4, 5].map(Cell::Whole)]);
        let led = sheet(&["k", "a", "b", "n", "p50"], &[&[1, 4, 5, 2, 3].map(Cell::Whole)]);
        assert_eq!(one.led_by(1, &["a", "b"]), led);
    }
}
