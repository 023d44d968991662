//! A row being read, and the texts of many rows.

use std::sync::Arc;

use otklik_csv::{Kind, Record};

use super::code::{Code, Weight};
use super::columns::Columns;
use super::problem::{Problem, shown};

/// A row and what is wrong with it.
pub(crate) struct Row<'a, 'b> {
    pub record: &'a Record<'b>,
    pub columns: &'a Columns,
    pub names: &'a [String],
    pub file: &'a Arc<str>,
    pub problems: &'a mut Vec<Problem>,
    pub is_bad: bool,
}

impl Row<'_, '_> {
    /// A field as it stands; empty when there is no such column.
    #[inline]
    pub fn get(&self, field: usize) -> &str {
        self.columns.at(field).map_or("", |column| self.record.get(column))
    }

    /// A field that each row must have.
    #[inline]
    pub fn required(&mut self, field: usize) -> bool {
        let is_here = !self.get(field).is_empty();
        if !is_here {
            self.fault(field, Code::Required);
        }
        is_here
    }

    /// Says that a field is wrong.
    #[cold]
    pub fn fault(&mut self, field: usize, code: Code) {
        self.fault_with(field, (code, String::new()));
    }

    /// The same with what the message needs to say beside.
    #[cold]
    pub fn fault_with(&mut self, field: usize, (code, detail): (Code, String)) {
        let value = shown(self.get(field));
        self.fault_of(field, code, detail, value);
    }

    /// The same with a part of the field.
    #[cold]
    pub fn fault_of(&mut self, field: usize, code: Code, detail: String, value: String) {
        let (column, field) = name(self.columns, self.names, field);
        self.is_bad |= code.weight() != Weight::Warning;
        self.problems.push(Problem {
            file: Arc::clone(self.file),
            line: self.record.line(),
            column,
            field,
            code,
            detail,
            value,
        });
    }

    /// Checks a field that may be empty.
    #[inline]
    pub fn check(&mut self, field: usize, rule: impl Fn(&str) -> Result<(), (Code, String)>) {
        let text = self.get(field);
        if !text.is_empty()
            && let Err(fault) = rule(text)
        {
            self.fault_with(field, fault);
        }
    }

    /// Says what is wrong with the form of the record; whether there is a row at all.
    pub fn form(&mut self) -> bool {
        let mut is_row = true;
        for fault in self.record.faults() {
            let field = (fault.column as usize).checked_sub(1);
            let text = match field {
                Some(column) if column < self.record.len() => self.record.get(column),
                _ => self.record.raw(),
            };
            let (code, detail) = match fault.kind {
                // `="035"` written without the quotes that a cell with quotes needs.
                Kind::Quote if text.starts_with("=\"") => (Code::ExcelFormula, String::new()),
                Kind::Quote => (Code::CsvQuote, String::new()),
                Kind::BrokenQuotes => (Code::CsvBrokenQuotes, String::new()),
                Kind::LoneReturn => (Code::CsvLoneReturn, String::new()),
                Kind::FieldTooLong => (Code::CsvFieldLong, String::new()),
                Kind::RecordTooLong => (Code::CsvRecordLong, String::new()),
                Kind::Fields { found, expected } => (Code::CsvFields, format!("{found} / {expected}")),
                Kind::Encoding => (Code::CsvEncoding, String::new()),
                Kind::Blank => {
                    is_row = false;
                    (Code::CsvBlank, String::new())
                }
            };
            let value = shown(text);
            self.is_bad |= code.weight() != Weight::Warning;
            self.problems.push(Problem {
                file: Arc::clone(self.file),
                line: self.record.line(),
                column: fault.column,
                field: field.and_then(|column| self.columns.header.get(column)).cloned().unwrap_or_default(),
                code,
                detail,
                value,
            });
        }
        is_row
    }
}

/// A field's column from 1 and its name in the header; the field's own name when it has no column.
pub(crate) fn name(columns: &Columns, names: &[String], field: usize) -> (u32, String) {
    match columns.at(field) {
        Some(column) => (u32::try_from(column).unwrap_or(0) + 1, columns.header[column].clone()),
        None => (0, names.get(field).cloned().unwrap_or_default()),
    }
}

/// A text that lies in the words' own, not in the block's.
const OWN: u32 = 1 << 31;

/// A column of texts: where they lie in the block.
#[derive(Debug, Default)]
pub(crate) struct Words {
    spans: Vec<(u32, u32)>,
    own: String,
}

impl Words {
    /// Adds a field of a record.
    #[inline]
    pub fn add(&mut self, row: &Row<'_, '_>, field: usize) {
        let span = row.columns.at(field).map_or(Some((0, 0)), |column| row.record.span(column));
        match span {
            Some(span) => self.spans.push(span),
            None => {
                let from = u32::try_from(self.own.len()).expect("blocks are far below 2 GiB");
                self.own.push_str(row.get(field));
                let to = u32::try_from(self.own.len()).expect("blocks are far below 2 GiB");
                self.spans.push((from | OWN, to));
            }
        }
    }

    /// Adds nothing.
    pub fn add_empty(&mut self) {
        self.spans.push((0, 0));
    }

    /// A text, given the block's.
    #[inline]
    pub fn get<'a>(&'a self, place: usize, text: &'a str) -> &'a str {
        let (from, to) = self.spans[place];
        if from & OWN == 0 {
            &text[from as usize..to as usize]
        } else {
            &self.own[(from & !OWN) as usize..to as usize]
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }
}
