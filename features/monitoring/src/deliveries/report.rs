//! The report of a delivery's errors, read again for pages, the API and commands: the file that checking writes
//! (MON-10). It may be larger than memory, so it is read only as far as it is asked for.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use tempfile::TempPath;

/// An error or a warning at its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file of the package, or the one that was sent alone; empty when it is about the whole delivery.
    pub file: String,
    /// The line, from 1 (the header); 0 when it is about the whole file.
    pub line: u64,
    /// The column, from 1; 0 when it is about the whole line.
    pub column: u64,
    /// The field's name.
    pub field: String,
    /// The code of what is wrong.
    pub code: String,
    /// Whether rows are taken nevertheless.
    pub is_warning: bool,
    /// What is wrong, in words.
    pub message: String,
    /// The value as it was given.
    pub value: String,
}

/// The report of a delivery in which nothing was found.
pub const NOTHING: &str = "\u{feff}file;line;column;field;code;weight;message;value\r\n";

/// The findings of a report, one after another.
pub fn read(report: impl Read) -> impl Iterator<Item = io::Result<Finding>> {
    let rows = csv::ReaderBuilder::new().delimiter(b';').from_reader(report).into_records();
    rows.map(|row| {
        let row = row?;
        let text = |at: usize| row.get(at).unwrap_or_default().to_owned();
        Ok(Finding {
            file: unguarded(&text(0)),
            line: text(1).parse().unwrap_or(0),
            column: text(2).parse().unwrap_or(0),
            field: unguarded(&text(3)),
            code: text(4),
            is_warning: text(5) == "warning",
            message: text(6),
            value: unguarded(&text(7)),
        })
    })
}

/// The first findings of a report that comes in pieces, of which no more are taken than hold them.
///
/// # Errors
/// A piece doesn't come, or is no part of a report.
pub async fn first<E: From<io::Error>>(
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    most: usize,
) -> Result<Vec<Finding>, E> {
    let (mut bytes, mut beginning) = (Vec::new(), Beginning::of(most));
    while let Some(piece) = pieces.try_next().await? {
        let end = beginning.end(&piece);
        bytes.extend_from_slice(&piece[..end.unwrap_or(piece.len())]);
        if end.is_some() {
            break;
        }
    }
    Ok(read(&*bytes).collect::<io::Result<_>>()?)
}

/// Looks for the end of a report's beginning: the names of columns and so many findings.
struct Beginning {
    /// Rows that are still to come.
    rows: usize,
    is_quoted: bool,
}

impl Beginning {
    const fn of(most: usize) -> Self {
        Self { rows: most + 1, is_quoted: false }
    }

    /// Where it ends in the next piece, if it does.
    fn end(&mut self, piece: &[u8]) -> Option<usize> {
        let last = piece.iter().position(|byte| {
            // A quote within a value is doubled.
            self.is_quoted ^= *byte == b'"';
            self.rows -= usize::from(*byte == b'\n' && !self.is_quoted);
            self.rows == 0
        });
        last.map(|last| last + 1)
    }
}

/// What was found in a delivery, read from the file of its report each time that it is asked for; the last copy takes
/// the file away.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What the report doesn't tell.
    own: Option<Finding>,
    report: Option<Arc<TempPath>>,
}

impl Findings {
    /// Those of a report.
    #[must_use]
    pub fn of(report: TempPath) -> Self {
        Self { own: None, report: Some(Arc::new(report)) }
    }

    /// The same with one before them.
    #[must_use]
    pub fn after(self, own: Finding) -> Self {
        Self { own: Some(own), ..self }
    }

    /// The file of the report, when it tells anything.
    #[must_use]
    pub fn report(&self) -> Option<&Path> {
        self.report.as_deref().map(AsRef::as_ref)
    }

    /// All of them.
    ///
    /// # Errors
    /// The report can't be read.
    pub fn iter(&self) -> io::Result<impl Iterator<Item = io::Result<Finding>>> {
        let report = self.report().map(File::open).transpose()?;
        let rows = report.into_iter().flat_map(|file| read(BufReader::new(file)));
        Ok(self.own.clone().into_iter().map(Ok).chain(rows))
    }

    /// Leaves the first so many of the report, and the disk what the others take.
    ///
    /// # Errors
    /// The report can't be read or cut.
    pub fn shorten(&self, most: usize) -> io::Result<()> {
        let Some(report) = self.report() else { return Ok(()) };
        let mut file = BufReader::new(File::options().read(true).write(true).open(report)?);
        let (mut beginning, mut before) = (Beginning::of(most), 0);
        loop {
            let piece = file.fill_buf()?;
            let length = piece.len();
            if let Some(end) = beginning.end(piece) {
                return file.get_ref().set_len(before + end as u64);
            }
            if length == 0 {
                return Ok(());
            }
            before += length as u64;
            file.consume(length);
        }
    }
}

impl Serialize for Findings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(None)?;
        for one in self.iter().map_err(S::Error::custom)? {
            all.serialize_element(&one.map_err(S::Error::custom)?)?;
        }
        all.end()
    }
}

/// The apostrophe that keeps spreadsheets from taking a value for a formula is no part of the value.
fn unguarded(value: &str) -> String {
    match value.strip_prefix('\'') {
        Some(rest)
            if rest.trim_start_matches([' ', '\'', '\t', '\r', '\n']).starts_with(['=', '+', '-', '@']) =>
        {
            rest.to_owned()
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use futures_util::stream::iter;

    use super::*;

    #[test]
    fn mon10_a_report_is_read_back() {
        let rows = "applications.csv;2;11;age;age_digits;error;Возраст — три цифры;35\r\n\
            applications.csv;3;11;age;age_excel;error;\"Так пишет Excel; сохраните иначе\";\"'=\"\"035\"\"\"\r\n\
            '=sum.csv;;4;comment;unknown_column;warning;Столбец не известен;'x\r\n";
        let report = format!("{NOTHING}{rows}");
        let read = |report: &str| read(report.as_bytes()).collect::<io::Result<Vec<_>>>().unwrap();
        let found = read(&report);
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].line, found[0].column, found[0].value.as_str()), (2, 11, "35"));
        assert_eq!(found[1].value, "=\"035\"");
        assert_eq!(found[2].file, "=sum.csv");
        assert_eq!((found[2].line, found[2].is_warning, found[2].value.as_str()), (0, true, "'x"));
        assert!(read(NOTHING).is_empty());
    }

    /// A report with a value of two lines in each row, and the rows as they are read.
    fn long(rows: u64) -> (String, Vec<Finding>) {
        let row = |line| {
            format!("events.csv;{line};3;moment;bad_moment;error;Не момент;\"a \"\"{line}\"\"\nb;\"\r\n")
        };
        let report: String = std::iter::once(NOTHING.to_owned()).chain((2..rows + 2).map(row)).collect();
        let found = read(report.as_bytes()).collect::<io::Result<Vec<_>>>().unwrap();
        assert_eq!((found.len() as u64, &*found[0].value), (rows, "a \"2\"\nb;"));
        (report, found)
    }

    #[tokio::test]
    async fn mon10_of_a_long_report_no_more_is_read_than_is_shown() {
        let (report, found) = long(20_000);
        for (size, most) in [(1, 3), (7, 100), (1 << 12, 0), (1 << 12, 100), (1 << 12, 1000), (1 << 16, 1000)]
        {
            let mut taken = 0;
            let pieces = report.as_bytes().chunks(size).map(|piece| {
                taken += piece.len();
                Ok::<_, io::Error>(Bytes::copy_from_slice(piece))
            });
            assert_eq!(first(iter(pieces), most).await.unwrap(), found[..most]);
            let needed = long(most as u64 + 1).0.len();
            assert!(taken < needed + size, "{taken} bytes of {} for {most} rows", report.len());
        }
        // One that ends before is read whole; what doesn't come is an error.
        let (report, found) = long(3);
        let whole = || Ok(Bytes::copy_from_slice(report.as_bytes()));
        assert_eq!(first(iter([whole()]), 100).await.unwrap(), found);
        assert_eq!(first(iter([whole()]), 3).await.unwrap(), found);
        let broken = [whole(), Err(io::Error::other("away"))];
        assert_eq!(first(iter(broken), 100).await.unwrap_err().to_string(), "away");
    }

    #[test]
    fn mon10_findings_are_read_from_their_file_and_shortened_to_the_first() {
        let (report, found) = long(5_000);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(report.as_bytes()).unwrap();
        let findings = Findings::of(file.into_temp_path());
        let path = findings.report().unwrap().to_owned();
        let all = |findings: &Findings| findings.iter().unwrap().collect::<io::Result<Vec<_>>>().unwrap();
        assert_eq!(all(&findings), found);
        findings.shorten(10_000).unwrap();
        assert_eq!(all(&findings), found, "there are no more");
        findings.shorten(100).unwrap();
        assert_eq!(all(&findings), found[..100]);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), long(100).0.len() as u64);
        let own = Finding { code: "revision".into(), ..Finding::default() };
        let findings = findings.after(own.clone());
        assert_eq!(all(&findings), [&[own], &found[..100]].concat());
        assert_eq!(serde_json::to_value(&findings).unwrap(), serde_json::to_value(all(&findings)).unwrap());
        drop(findings);
        assert!(!path.exists(), "nothing is left on the disk");
        assert!(all(&Findings::default()).is_empty());
    }
}
