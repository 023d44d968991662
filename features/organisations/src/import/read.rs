//! Reading the table: code page, separator, header.

use std::collections::HashMap;

use crate::bodies::check::COLUMNS;
use crate::import::{ROWS, RowError};
use crate::texts::L;

/// A row of the file.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Line of the file, from 1.
    pub line: u64,
    /// Values by column, only of the columns that the file has.
    pub cells: HashMap<&'static str, String>,
}

/// Columns that a new body can't do without.
const NEEDED: [&str; 7] = ["code", "parent_code", "full_name", "short_name", "kind", "level", "time_zone"];

/// A file as text: by its mark of byte order, else UTF-8, else windows-1251.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_with_bom_removal(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1251.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn error(row: u64, column: &str, value: &str, message: impl Into<String>) -> RowError {
    RowError { row, column: column.to_owned(), value: value.to_owned(), message: message.into() }
}

/// The separator that the header has most of.
fn separator(header: &str) -> u8 {
    let count = |separator: u8| header.bytes().filter(|&b| b == separator).count();
    [b';', b'\t', b','].into_iter().max_by_key(|&one| (count(one), one == b';')).unwrap_or(b';')
}

/// Counts lines as an editor shows them: the reader's own count stops before line ends and empty lines.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let wanted =
            position.map_or(self.byte, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        while let Some(&byte) = self.text.get(self.byte)
            && (self.byte < wanted || matches!(byte, b'\r' | b'\n'))
        {
            self.line += u64::from(byte == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

/// The rows of a table.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, Vec<RowError>> {
    let l = L::default();
    let text = text.trim_start_matches('\u{feff}');
    let Some(header) = text.lines().find(|line| !line.trim().is_empty()) else {
        return Err(vec![error(1, "", "", l.import_empty())]);
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator(header))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), byte: 0, line: 1 };
    let mut errors = Vec::new();
    let mut columns: Vec<Option<&'static str>> = Vec::new();
    let mut rows = Vec::new();
    let mut has_header = false;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(problem) => {
                let line = lines.at(problem.position());
                errors.push(error(line, "", "", l.import_unreadable()));
                break;
            }
        };
        let line = lines.at(record.position());
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if !has_header {
            has_header = true;
            columns = record.iter().map(column).collect();
            check_header(&record, &columns, line, &mut errors);
            if !errors.is_empty() {
                return Err(errors);
            }
            continue;
        }
        if record.len() > columns.len()
            && record.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty())
        {
            errors.push(error(line, "", "", l.import_too_many_cells(record.len(), columns.len())));
            continue;
        }
        if rows.len() == ROWS {
            errors.push(error(line, "", "", l.import_too_many_rows(ROWS)));
            break;
        }
        if let Some((at, cell)) = record.iter().enumerate().find(|(_, cell)| cell.contains('\0')) {
            errors.push(error(
                line,
                columns[at].unwrap_or_default(),
                &cell.replace('\0', "�"),
                l.import_nul(),
            ));
            continue;
        }
        let values = record.iter().chain(std::iter::repeat(""));
        let cells = columns
            .iter()
            .zip(values)
            .filter_map(|(column, cell)| Some(((*column)?, cell.trim().to_owned())));
        rows.push(Row { line, cells: cells.collect() });
    }
    if rows.is_empty() && errors.is_empty() {
        errors.push(error(1, "", "", l.import_no_rows()));
    }
    if errors.is_empty() { Ok(rows) } else { Err(errors) }
}

fn column(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    COLUMNS.into_iter().find(|&known| known == name)
}

fn check_header(
    record: &csv::StringRecord,
    columns: &[Option<&'static str>],
    line: u64,
    errors: &mut Vec<RowError>,
) {
    let l = L::default();
    for (at, (name, found)) in record.iter().zip(columns).enumerate() {
        match found {
            None if name.trim().is_empty() => {}
            None => errors.push(error(line, name.trim(), name, l.import_unknown_column())),
            Some(column) if columns[..at].contains(found) => {
                errors.push(error(line, column, name, l.import_column_twice()))
            }
            Some(_) => {}
        }
    }
    for needed in NEEDED {
        if !columns.contains(&Some(needed)) {
            errors.push(error(line, needed, "", l.import_column_missing()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: &str = "code;parent_code;full_name;short_name;kind;level;time_zone";

    #[test]
    fn org1_files_of_spreadsheets_are_read_in_their_code_pages() {
        let text = "code;name\n2724;Инспекция № 4";
        assert_eq!(decode(text.as_bytes()), text);
        assert_eq!(decode(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), text);
        let (windows, _, _) = encoding_rs::WINDOWS_1251.encode(text);
        assert_eq!(decode(&windows), text);
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&wide), text);
    }

    #[test]
    fn org1_separators_and_quotes() {
        for separator in [";", ",", "\t"] {
            let header = HEADER.replace(';', separator);
            let row = ["1", "", "\"Раз; два, \"\"три\"\"\"", "И", "k", "l", "z"].join(separator);
            let rows =
                rows(&format!("\u{feff}{header}\r\n\r\n{row}\r\n{}\r\n", separator.repeat(6))).unwrap();
            assert_eq!((rows.len(), rows[0].line), (1, 3));
            assert_eq!(rows[0].cells["full_name"], "Раз; два, \"три\"");
        }
    }

    #[test]
    fn x3_a_table_without_its_columns_says_which() {
        let columns =
            |text: &str| rows(text).unwrap_err().into_iter().map(|error| error.column).collect::<Vec<_>>();
        assert_eq!(
            columns("code;full_name;short_name;kind;level;time_zone;colour;code\n1"),
            ["colour", "code", "parent_code"]
        );
        assert_eq!(columns(""), [""]);
        assert_eq!(columns(HEADER), [""]);
        assert_eq!(columns(&format!("{HEADER}\n1;2;3;4;5;6;7;8")), [""]);
        assert_eq!(columns(&format!("{HEADER}\n1;2;3\u{0}")), ["full_name"]);
    }

    proptest! {
        #[test]
        fn x3_any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = rows(&decode(&bytes));
            let _ = rows(&format!("{HEADER}\n{}", decode(&bytes)));
        }
    }
}
