//! Search for a part of a text in a large table: trigrams, which SQLite keeps in a table of its own (FTS5) and
//! PostgreSQL in an index (`pg_trgm`). What is found by trigrams is compared with the text once more, so the
//! answer is exact on both.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::{Db, Tx, bulk, sql};

/// Letters that are looked up together.
const TRIGRAM: usize = 3;

/// The texts of a table that are searched.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// The table; its key is `id`.
    pub table: &'static str,
    /// The column of folded texts.
    pub column: &'static str,
    /// SQLite's table of trigrams.
    pub trigrams: &'static str,
    /// PostgreSQL's index.
    pub index: &'static str,
}

impl Texts {
    /// Adds rows to the trigrams; those that are there already stay as they are. PostgreSQL keeps its index
    /// by itself.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add(&self, tx: &Tx, ids: &[i64]) -> Result<(), DbErr> {
        if ids.is_empty() || tx.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        let Self { table, column, trigrams, .. } = self;
        let text = format!(
            "INSERT INTO {trigrams} (rowid, {column}) SELECT r.id, r.{column} FROM {table} r \
             WHERE r.id {} AND r.{column} <> '' \
             AND NOT EXISTS (SELECT 1 FROM {trigrams} w WHERE w.rowid = r.id) ORDER BY r.id",
            bulk::among(tx)
        );
        tx.execute_raw(sql(tx, &text, [bulk::numbers(ids)])).await.map(|_| ())
    }

    /// Takes rows out of the trigrams, before their texts are changed. PostgreSQL keeps its index by itself.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remove(&self, tx: &Tx, ids: &[i64]) -> Result<(), DbErr> {
        if ids.is_empty() || tx.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        let Self { table, column, trigrams, .. } = self;
        let text = format!(
            "INSERT INTO {trigrams} ({trigrams}, rowid, {column}) SELECT 'delete', r.id, r.{column} FROM {table} r \
             WHERE r.id {} AND EXISTS (SELECT 1 FROM {trigrams} w WHERE w.rowid = r.id) ORDER BY r.id",
            bulk::among(tx)
        );
        tx.execute_raw(sql(tx, &text, [bulk::numbers(ids)])).await.map(|_| ())
    }

    /// Whether the search is fast: on PostgreSQL the extension may be missing, then all texts are read.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn is_indexed(&self, db: &Db) -> Result<bool, DbErr> {
        if db.backend() == DbBackend::Sqlite {
            return Ok(true);
        }
        let text = "SELECT 1 AS one FROM pg_indexes WHERE indexname = ? AND schemaname = current_schema()";
        Ok(db.read().query_one_raw(sql(db.read(), text, [self.index.into()])).await?.is_some())
    }
}

/// What SQLite's trigrams are asked for to find all of these folded words; nothing when no word is long enough.
#[must_use]
pub fn trigrams(words: &[String]) -> Option<String> {
    let mut wanted: Vec<String> = Vec::new();
    for word in words.iter().filter(|word| !word.contains('\0')) {
        let letters: Vec<char> = word.chars().collect();
        for three in letters.windows(TRIGRAM) {
            let quoted = format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""));
            if !wanted.contains(&quoted) {
                wanted.push(quoted);
            }
        }
    }
    (!wanted.is_empty()).then(|| wanted.join(" AND "))
}

/// The statements of a step for one of the databases: what stands between `-- only sqlite` (or `postgres`) and
/// `-- both` is for that one.
pub(crate) fn for_backend(text: &str, backend: DbBackend) -> String {
    let own = if backend == DbBackend::Sqlite { "-- only sqlite" } else { "-- only postgres" };
    let mut is_ours = true;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        match line.trim_end() {
            "-- both" => is_ours = true,
            mark if mark.starts_with("-- only ") => is_ours = mark == own,
            _ if is_ours => {
                kept.push_str(line);
                kept.push('\n');
            }
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_trigrams_once_each() {
        let words = |words: &[&str]| trigrams(&words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>());
        assert_eq!(words(&["окно", "окна"]).unwrap(), "\"окн\" AND \"кно\" AND \"кна\"");
        assert_eq!(words(&["a\"b", "я"]).unwrap(), "\"a\"\"b\"");
        assert_eq!(words(&["да", "%", "а\0бв"]), None);
    }

    #[test]
    fn a_step_has_parts_for_one_database() {
        let text = "a;\n-- only sqlite\nb;\n-- only postgres\nc;\n-- both\nd;\n";
        assert_eq!(for_backend(text, DbBackend::Sqlite), "a;\nb;\nd;\n");
        assert_eq!(for_backend(text, DbBackend::Postgres), "a;\nc;\nd;\n");
    }
}
