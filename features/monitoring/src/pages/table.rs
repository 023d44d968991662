//! What stands in a table: in words on a page, as numbers in a file to take along.

use axum::Json;
use axum::http::{Uri, header};
use axum::response::{IntoResponse as _, Response};
use otklik_kernel::{CivilDay, Instant, Zone};
use otklik_sheet::{Cell, Column as Titled, Format, Gone, Rows, Table, stream};
use otklik_ui::{Share, thousands};
use otklik_web::Fail;
use serde_json::json;

use super::analysis::{duration, percent};
use crate::texts::L;

/// Shares of more applications than this are told without their interval: it would be narrower than its rounding.
pub const MANY: i64 = 1_000;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Words.
    Text,
    /// Whole numbers, or marks.
    Number,
    /// Shares.
    Percent,
    /// Durations.
    Time,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub title: String,
    /// What it holds.
    pub unit: Unit,
    /// Its width in characters of a spreadsheet.
    width: u8,
}

impl Column {
    pub fn new(title: impl Into<String>, unit: Unit) -> Self {
        Self { title: title.into(), unit, width: if unit == Unit::Text { 36 } else { 16 } }
    }

    /// A column of words, so many characters wide.
    pub fn wide((title, width): (&str, u8)) -> Self {
        Self { title: title.to_owned(), unit: Unit::Text, width }
    }

    pub fn text(title: impl Into<String>) -> Self {
        Self::new(title, Unit::Text)
    }

    pub fn number(title: impl Into<String>) -> Self {
        Self::new(title, Unit::Number)
    }

    pub fn percent(title: impl Into<String>) -> Self {
        Self::new(title, Unit::Percent)
    }

    pub fn time(title: impl Into<String>) -> Self {
        Self::new(title, Unit::Time)
    }

    /// Whether it stands to the right.
    pub fn is_number(&self) -> bool {
        self.unit != Unit::Text
    }

    /// Its name in a file, with what its numbers count.
    fn in_file(&self, l: L) -> String {
        match self.unit {
            Unit::Text | Unit::Number => self.title.clone(),
            Unit::Percent => l.in_percent(self.title.clone()),
            Unit::Time => l.in_hours(self.title.clone()),
        }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing is known.
    Nothing,
    /// Words.
    Text(String),
    /// Words, and on a page where more about it is, and the code it is known by; empty where none is shown.
    Link { text: String, href: String, code: String },
    /// A whole number.
    Count(i64),
    /// So many of so many.
    Share(i64, i64),
    /// A part of a whole that isn't counted, 0–1.
    Part(f64),
    /// Seconds.
    Seconds(f64),
    /// A mean.
    Mean(f64),
    /// A civil day.
    Day(CivilDay),
    /// A moment, shown in a zone.
    Moment(Instant, Zone),
}

impl Value {
    /// A text that stands elsewhere anyway.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn seconds(seconds: Option<f64>) -> Self {
        seconds.map_or(Self::Nothing, Self::Seconds)
    }

    /// In words.
    pub fn words(&self, l: L) -> String {
        match self {
            Self::Nothing => "—".to_owned(),
            Self::Text(text) | Self::Link { text, .. } => text.clone(),
            Self::Count(count) => thousands(count.unsigned_abs()),
            Self::Share(part, of) => share(l, *part, *of),
            Self::Part(part) => percent(*part),
            Self::Seconds(seconds) => duration(l, *seconds),
            Self::Mean(mean) => format!("{mean:.2}").replace('.', ","),
            Self::Day(day) => day.show(),
            Self::Moment(at, zone) => at.show_in(zone),
        }
    }

    /// As a number of percent, hours or things, where it is one.
    fn number(&self) -> Option<f64> {
        let to = |places: i32, value: f64| (value * 10_f64.powi(places)).round() / 10_f64.powi(places);
        match self {
            Self::Share(part, of) => ratio(*part, *of).map(|share| to(2, share * 100.0)),
            Self::Part(part) => Some(to(2, part * 100.0)),
            Self::Seconds(seconds) => Some(to(4, seconds / 3600.0)),
            Self::Mean(mean) => Some(to(3, *mean)),
            _ => None,
        }
    }

    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) | Self::Link { text, .. } => Cell::Text(text),
            Self::Count(count) => Cell::Integer(*count),
            Self::Day(day) => Cell::Day(*day),
            Self::Moment(at, zone) => Cell::Moment(*at, zone),
            other => other.number().map_or(Cell::Empty, Cell::Number),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) | Self::Link { text, .. } => json!(text),
            Self::Count(count) => json!(count),
            Self::Day(day) => json!(day.to_string()),
            Self::Moment(at, zone) => json!(at.show_exact_in(zone)),
            other => json!(other.number()),
        }
    }
}

/// A share; nothing of fewer than five.
pub fn ratio(part: i64, of: i64) -> Option<f64> {
    let share = Share::new(part.unsigned_abs(), of.unsigned_abs());
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    share.percent().map(|_| part as f64 / of as f64)
}

/// Whether something is told of so many that it may be drawn: small groups are not shown as trends. A table has
/// them all, with how many there are.
pub fn is_enough(of: i64) -> bool {
    ratio(of, of).is_some()
}

/// The Wilson interval of a share, 0–1; nothing of fewer than five.
pub fn interval(part: i64, of: i64) -> Option<(f64, f64)> {
    let (low, high) = Share::new(part.unsigned_abs(), of.unsigned_abs()).interval()?;
    #[expect(clippy::cast_precision_loss, reason = "percents are at most a hundred")]
    Some((low as f64 / 100.0, high as f64 / 100.0))
}

/// A share in words, with its interval while there are few.
pub fn share(l: L, part: i64, of: i64) -> String {
    let share = Share::new(part.unsigned_abs(), of.unsigned_abs());
    match (ratio(part, of), share.interval()) {
        (Some(share), Some((low, high))) if of < MANY => l.share_between(high, low, percent(share)),
        (Some(share), _) => percent(share),
        _ if of == 0 => "—".to_owned(),
        _ => l.share_few(of),
    }
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A table.
    Sheet(Format),
    /// For programs.
    Json,
}

impl Kind {
    /// What is asked for by the ending of an address.
    pub fn of(uri: &Uri) -> Self {
        match uri.path().rsplit_once('.').map_or("", |(_, ending)| ending) {
            "json" => Self::Json,
            ending => Self::Sheet(Format::find(ending).unwrap_or(Format::Csv)),
        }
    }
}

/// Links to the same table as files of each kind: words and address. `query` is the end of the address, with its `?`.
pub fn files(path: &str, query: &str) -> Vec<(&'static str, String)> {
    let file = |(words, ending): (&'static str, &str)| (words, format!("{path}.{ending}{query}"));
    [("CSV", "csv"), ("XLSX", "xlsx"), ("JSON", "json")].map(file).into()
}

/// A table as a file to take along. `name` is the file's, without its ending.
pub fn file(
    l: L,
    kind: Kind,
    (name, title): (&str, &str),
    columns: &[Column],
    rows: Vec<Vec<Value>>,
) -> Result<Response, Fail> {
    let titles: Vec<String> = columns.iter().map(|column| column.in_file(l)).collect();
    let Kind::Sheet(format) = kind else {
        let rows: Vec<Vec<_>> = rows.iter().map(|row| row.iter().map(Value::json).collect()).collect();
        let disposition = format!("attachment; filename=\"{name}.json\"");
        let told = Json(json!({ "title": title, "columns": titles, "rows": rows }));
        return Ok(([(header::CONTENT_DISPOSITION, disposition)], told).into_response());
    };
    let wide = |(column, title): (&Column, String)| Titled::new(title, column.width);
    let table = Table { title: title.to_owned(), columns: columns.iter().zip(titles).map(wide).collect() };
    let begun = stream(format, &table, name);
    let (out, response) = begun.map_err(|error| Fail::Internal(format!("{name}: {error}")))?;
    // Ends by itself when the reader goes away.
    tokio::spawn(write(rows, out));
    Ok(response)
}

async fn write(rows: Vec<Vec<Value>>, mut out: Rows) -> Result<(), Gone> {
    for row in &rows {
        let cells: Vec<Cell<'_>> = row.iter().map(Value::cell).collect();
        out.add(&cells).await?;
    }
    out.finish().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x6_a_share_of_few_is_not_told_and_one_of_some_has_its_interval() {
        let l = L::default();
        assert_eq!(share(l, 3, 4), "мало: 4");
        assert_eq!(share(l, 211, 340), "62,1\u{a0}% (57–67)");
        assert_eq!(share(l, 1, 3_000_000), "0,0\u{a0}%");
        assert_eq!(share(l, 0, 0), "—");
        assert_eq!((ratio(3, 4), interval(3, 4)), (None, None));
        assert_eq!(Value::Share(3, 4).json(), serde_json::Value::Null);
        assert_eq!([0, 4, 5].map(is_enough), [false, false, true]);
    }

    #[tokio::test]
    async fn mon13_a_file_has_numbers_with_their_units() {
        let columns = [Column::text("Услуга"), Column::time("Половина"), Column::percent("В срок")];
        let rows = [vec![Value::Text("=1+1".into()), Value::Seconds(5400.0), Value::Share(1, 8)]];
        let name = ("times", "Сколько");
        let l = L::default();
        let json = file(l, Kind::Json, name, &columns, rows.to_vec()).unwrap();
        assert_eq!(json.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"times.json\"");
        let csv = file(l, Kind::Sheet(Format::Csv), name, &columns, rows.to_vec()).unwrap();
        assert_eq!(csv.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(Value::Seconds(5400.0).json(), json!(1.5));
        assert_eq!(columns[1].in_file(l), "Половина, ч");
        assert_eq!(columns[2].in_file(l), "В срок, %");
        let uri = |path: &'static str| Kind::of(&Uri::from_static(path));
        assert_eq!(uri("/a/analysis.xlsx?x=1.json"), Kind::Sheet(Format::Xlsx));
        assert_eq!(uri("/a/analysis.json"), Kind::Json);
    }
}
