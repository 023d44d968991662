//! Lists as tables to take along.

use axum::http::Uri;
use axum::response::Response;
use otklik_kernel::{CivilDay, Instant, Zone};
use otklik_sheet::{Cell, Column, Format, Gone, Rows, Table, stream};
use otklik_web::Fail;

/// What stands in a cell.
pub(super) enum Value {
    Text(String),
    Number(i64),
    Day(CivilDay),
    Moment(Instant),
    Nothing,
}

impl Value {
    /// A text that a list has anyway.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn cell<'a>(&'a self, zone: &'a Zone) -> Cell<'a> {
        match self {
            Self::Text(text) => Cell::Text(text),
            Self::Number(number) => Cell::Integer(*number),
            Self::Day(day) => Cell::Day(*day),
            Self::Moment(at) => Cell::Moment(*at, zone),
            Self::Nothing => Cell::Empty,
        }
    }
}

/// A list with all its rows.
pub(super) struct List {
    table: Table,
    rows: Vec<Vec<Value>>,
    zone: Zone,
}

impl List {
    /// A list of columns with their widths, whose moments are shown in a zone.
    pub fn new(title: &str, columns: &[(&str, u8)], rows: Vec<Vec<Value>>, zone: Zone) -> Self {
        let columns = columns.iter().map(|(title, width)| Column::new(*title, *width)).collect();
        Self { table: Table { title: title.to_owned(), columns }, rows, zone }
    }

    /// The file that an address asks for by its ending; its name has the day on which it was made.
    pub fn answer(self, uri: &Uri, now: Instant) -> Result<Response, Fail> {
        let (path, ending) = uri.path().rsplit_once('.').ok_or(Fail::NotFound)?;
        let format = Format::find(ending).ok_or(Fail::NotFound)?;
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = format!("{name}-{}", now.day_in(&self.zone));
        let failed = |error| Fail::Internal(format!("{}: {error}", uri.path()));
        let (out, response) = stream(format, &self.table, &name).map_err(failed)?;
        // Ends by itself when the reader goes away.
        tokio::spawn(async move { self.write(out).await });
        Ok(response)
    }

    async fn write(self, mut out: Rows) -> Result<(), Gone> {
        for row in &self.rows {
            let cells: Vec<Cell<'_>> = row.iter().map(|value| value.cell(&self.zone)).collect();
            out.add(&cells).await?;
        }
        out.finish().await
    }
}
