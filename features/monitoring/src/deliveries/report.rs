//! The report of a delivery's errors, read again for pages and the API: the file that checking writes (MON-10).

use serde::Serialize;

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

/// The first findings of a report.
#[must_use]
pub fn read(report: &[u8], most: usize) -> Vec<Finding> {
    let report = report.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(report);
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(report);
    let rows = reader.records().filter_map(Result::ok).take(most);
    rows.map(|row| {
        let text = |at: usize| row.get(at).unwrap_or_default().to_owned();
        Finding {
            file: unguarded(&text(0)),
            line: text(1).parse().unwrap_or(0),
            column: text(2).parse().unwrap_or(0),
            field: unguarded(&text(3)),
            code: text(4),
            is_warning: text(5) == "warning",
            message: text(6),
            value: unguarded(&text(7)),
        }
    })
    .collect()
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
    use super::*;

    #[test]
    fn mon10_a_report_is_read_back() {
        let rows = "applications.csv;2;11;age;age_digits;error;Возраст — три цифры;35\r\n\
            applications.csv;3;11;age;age_excel;error;\"Так пишет Excel; сохраните иначе\";\"'=\"\"035\"\"\"\r\n\
            '=sum.csv;;4;comment;unknown_column;warning;Столбец не известен;'x\r\n";
        let report = format!("{NOTHING}{rows}");
        let found = read(report.as_bytes(), 10);
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].line, found[0].column, found[0].value.as_str()), (2, 11, "35"));
        assert_eq!(found[1].value, "=\"035\"");
        assert_eq!(found[2].file, "=sum.csv");
        assert_eq!((found[2].line, found[2].is_warning, found[2].value.as_str()), (0, true, "'x"));
        assert_eq!(read(report.as_bytes(), 1), found[..1]);
        assert!(read(NOTHING.as_bytes(), 1).is_empty());
    }
}
