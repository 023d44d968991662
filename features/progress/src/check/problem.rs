//! What was found wrong, and where it goes.

use std::io::{self, Write};
use std::sync::Arc;

use otklik_locale::Lang;

use super::code::{Code, Weight};

/// How much of a value a report shows, in characters.
const SHOWN: usize = 200;

/// Something wrong at one place of a delivery (MON-10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name; empty for the delivery as a whole.
    pub file: Arc<str>,
    /// The line from 1, which is the header; 0 for the file as a whole.
    pub line: u32,
    /// The column from 1; 0 for the line as a whole.
    pub column: u32,
    /// The column's name as in the header, else the field's name; empty for the line as a whole.
    pub field: String,
    /// What is wrong.
    pub code: Code,
    /// What the message needs to say beside.
    pub detail: String,
    /// The value as it stands, cut when it is long.
    pub value: String,
}

impl Problem {
    /// A problem of a file or a delivery as a whole.
    #[must_use]
    pub fn whole(file: &Arc<str>, code: Code, value: &str) -> Self {
        Self {
            file: Arc::clone(file),
            line: 0,
            column: 0,
            field: String::new(),
            code,
            detail: String::new(),
            value: shown(value),
        }
    }

    /// The same with what the message needs to say beside.
    #[must_use]
    pub fn with(mut self, detail: impl ToString) -> Self {
        self.detail = detail.to_string();
        self
    }

    /// What is wrong and what to do.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        self.code.message(lang, self.detail.clone())
    }
}

/// The beginning of a value.
#[must_use]
pub(crate) fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// Takes problems as they are found: all of them, in no more memory than it wants to spend. Within a file, problems
/// of rows come in the order of lines, then those that only the whole delivery shows, in the order of lines.
pub trait Sink {
    /// Takes a problem.
    ///
    /// # Errors
    /// It can't be kept; checking ends.
    fn problem(&mut self, problem: &Problem) -> io::Result<()>;

    /// Is told about how many bytes of how many were read so far.
    fn progress(&mut self, _bytes: u64, _total: u64) {}
}

/// The first problems in memory, the rest counted.
#[derive(Debug)]
pub struct Collected {
    /// The problems kept.
    pub problems: Vec<Problem>,
    /// How many there were.
    pub count: u64,
    most: usize,
}

impl Collected {
    /// Keeps no more than `most`.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { problems: Vec::new(), count: 0, most }
    }

    /// The problems kept, ordered by file, line and column.
    #[must_use]
    pub fn sorted(mut self) -> Vec<Problem> {
        self.problems
            .sort_by(|a, b| (&a.file, a.line, a.column, a.code).cmp(&(&b.file, b.line, b.column, b.code)));
        self.problems
    }
}

impl Sink for Collected {
    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        self.count += 1;
        if self.problems.len() < self.most {
            self.problems.push(problem.clone());
        }
        Ok(())
    }
}

/// A report as CSV in the canonical form, written as problems are found.
#[derive(Debug)]
pub struct ErrorFile<W: Write> {
    to: W,
    lang: Lang,
    row: Vec<u8>,
}

/// The columns of a report.
const COLUMNS: [&str; 8] = ["file", "line", "column", "field", "code", "weight", "message", "value"];

impl<W: Write> ErrorFile<W> {
    /// Begins a report.
    ///
    /// # Errors
    /// It can't be written.
    pub fn new(mut to: W, lang: Lang) -> io::Result<Self> {
        let mut row = otklik_csv::MARK.to_vec();
        otklik_csv::write_record(&mut row, b';', COLUMNS);
        to.write_all(&row)?;
        Ok(Self { to, lang, row })
    }

    /// Ends the report.
    ///
    /// # Errors
    /// It can't be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

impl<W: Write> Sink for ErrorFile<W> {
    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        let number = |number: u32| if number == 0 { String::new() } else { number.to_string() };
        let (line, column) = (number(problem.line), number(problem.column));
        let weight = if problem.code.weight() == Weight::Warning { "warning" } else { "error" };
        let message = problem.message(self.lang);
        self.row.clear();
        let fields = [
            &guarded(&problem.file),
            &line,
            &column,
            &guarded(&problem.field),
            problem.code.code(),
            weight,
            &message,
            &guarded(&problem.value),
        ];
        otklik_csv::write_record(&mut self.row, b';', fields);
        self.to.write_all(&self.row)
    }
}

/// A text of the sender's that a spreadsheet would take for a formula gets an apostrophe in front.
fn guarded(text: &str) -> String {
    match text.trim_start_matches([' ', '\'', '\t', '\r', '\n']).starts_with(['=', '+', '-', '@']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}
