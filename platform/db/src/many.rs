//! Statements over many rows: one text per number of rows, so that prepared statements are found again.

use std::sync::OnceLock;

use sea_orm::{ConnectionTrait, DbBackend};

use crate::sql;

/// The most rows of one statement.
const LARGEST: usize = 64;

/// A statement over many rows: its texts for every number of them, per database; built at first use.
#[derive(Debug)]
pub struct Many {
    head: &'static str,
    row: &'static str,
    tail: &'static str,
    texts: [[OnceLock<String>; LARGEST]; 2],
}

impl Many {
    /// A statement `head row, row, … tail`.
    #[must_use]
    pub const fn new(head: &'static str, row: &'static str, tail: &'static str) -> Self {
        Self { head, row, tail, texts: [const { [const { OnceLock::new() }; LARGEST] }; 2] }
    }

    /// The text for a number of rows, as [`parts`] gives them: 1 to 64.
    pub fn text<C: ConnectionTrait>(&self, conn: &C, rows: usize) -> &str {
        let dialect = usize::from(conn.get_database_backend() == DbBackend::Postgres);
        let rows = rows.clamp(1, LARGEST);
        self.texts[dialect][rows - 1].get_or_init(|| {
            let rows = vec![self.row; rows].join(", ");
            sql(conn, &format!("{} {rows}{}", self.head, self.tail), []).sql
        })
    }
}

/// Cuts a slice into parts of at most 64, in order.
pub fn parts<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    rows.chunks(LARGEST)
}
