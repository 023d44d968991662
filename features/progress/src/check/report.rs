//! What checking a delivery came to.

use otklik_csv::Facts;

use crate::delivery::{Delivery, Head};
use crate::fields::Table;

/// What a sender's deliveries with errors come to (MON-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Policy {
    /// One error, and nothing is taken.
    #[default]
    Whole,
    /// Rows without errors are taken.
    GoodRows,
}

/// What a delivery came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is taken.
    Accepted,
    /// Good rows are taken, the others refused.
    Partly,
    /// There are headers only: the sender declares that nothing happened (MON-12).
    Empty,
    /// Nothing is taken.
    Refused,
}

/// What is known of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// The name.
    pub name: String,
    /// Which file of a delivery it is.
    pub table: Table,
    /// How it is written; none when it can't be read as a table.
    pub facts: Option<Facts>,
    /// Rows without the header and blank lines.
    pub rows: u64,
    /// Rows with an error.
    pub bad: u64,
    /// Errors, of rows and of the file.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
}

impl FileReport {
    /// Rows without errors.
    #[must_use]
    pub const fn good(&self) -> u64 {
        self.rows - self.bad
    }
}

/// What checking a delivery came to.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Whose, which day, which revision; none when that is unknown.
    pub head: Option<Head>,
    /// The digest of the bytes as they came; see [`Delivery::digest`].
    pub digest: [u8; 32],
    /// How many bytes of tables were read, unpacked.
    pub bytes: u64,
    /// What it came to.
    pub outcome: Outcome,
    /// The files, in the order in which they were read.
    pub files: Vec<FileReport>,
    /// All errors, those of the delivery as a whole too.
    pub errors: u64,
    /// All warnings.
    pub warnings: u64,
    /// What is taken; none when nothing is. A declared empty day has no rows.
    pub delivery: Option<Delivery>,
}
