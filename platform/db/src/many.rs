//! Statements over many rows in a few fixed sizes, so that prepared statements are found again.

use std::sync::OnceLock;

use crate::sql;
use sea_orm::{ConnectionTrait, DbBackend};

/// Rows per statement, largest first.
const SIZES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// A statement over many rows: its texts for every size, per database; built at first use.
pub struct Many {
    head: &'static str,
    row: &'static str,
    tail: &'static str,
    texts: [[OnceLock<String>; SIZES.len()]; 2],
}

impl Many {
    /// A statement `head row, row, … tail`.
    pub const fn new(head: &'static str, row: &'static str, tail: &'static str) -> Self {
        Self { head, row, tail, texts: [const { [const { OnceLock::new() }; SIZES.len()] }; 2] }
    }

    /// The text for `rows` rows, which is one of the sizes given by [`parts`].
    #[must_use]
    pub fn text<C: ConnectionTrait>(&self, conn: &C, rows: usize) -> &str {
        let dialect = usize::from(conn.get_database_backend() == DbBackend::Postgres);
        let size = SIZES.iter().position(|&size| size <= rows).unwrap_or(SIZES.len() - 1);
        self.texts[dialect][size].get_or_init(|| {
            let rows = vec![self.row; SIZES[size]].join(", ");
            sql(conn, &format!("{} {rows}{}", self.head, self.tail), []).sql
        })
    }
}

/// Cuts a slice into parts of the sizes, in order: 100 rows are 64, 32 and 4.
pub fn parts<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|&size| size <= rows.len())?;
        let (part, rest) = rows.split_at(size);
        rows = rest;
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_every_row_once_in_order() {
        for count in 0..300 {
            let rows: Vec<usize> = (0..count).collect();
            let cut: Vec<&[usize]> = parts(&rows).collect();
            assert!(cut.iter().all(|part| SIZES.contains(&part.len())));
            assert_eq!(cut.concat(), rows);
        }
        assert_eq!(parts(&[0; 100]).map(<[_]>::len).collect::<Vec<_>>(), [64, 32, 4]);
    }
}
