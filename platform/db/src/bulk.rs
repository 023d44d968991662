//! Many rows in one statement of a transaction, whose text doesn't depend on their number: the rows go as one
//! JSON value, so a batch is one message to SQLite's thread and one round trip to PostgreSQL.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Value};
use serde_json::Value as Json;

use crate::{Tx, sql};

/// The SQL type of a column, as PostgreSQL has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// BIGINT.
    Long,
    /// INTEGER and SMALLINT.
    Int,
    /// TEXT.
    Text,
}

impl Kind {
    const fn postgres(self) -> &'static str {
        match self {
            Self::Long => "BIGINT",
            Self::Int => "INTEGER",
            Self::Text => "TEXT",
        }
    }
}

/// Inserts rows, each a JSON array of its columns' values in their order; `tail` is what to do with rows that
/// are there, such as `ON CONFLICT … DO UPDATE …`. Gives how many were written.
///
/// # Errors
/// When the database refuses a row: then none is written.
pub async fn insert(
    tx: &Tx,
    table: &str,
    columns: &[(&str, Kind)],
    rows: Vec<Json>,
    tail: &str,
) -> Result<u64, DbErr> {
    if rows.is_empty() {
        return Ok(0);
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let is_postgres = tx.get_database_backend() == DbBackend::Postgres;
    let values = columns.iter().enumerate().map(|(place, (_, kind))| match is_postgres {
        true => format!("CAST(given.value ->> {place} AS {})", kind.postgres()),
        false => format!("given.value ->> {place}"),
    });
    let source = if is_postgres { "json_array_elements(CAST(? AS json)) AS" } else { "json_each(?)" };
    // Without a condition SQLite takes ON CONFLICT for part of the join.
    let text = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {source} given WHERE TRUE {tail}",
        names.join(", "),
        values.collect::<Vec<_>>().join(", "),
    );
    let rows = Json::Array(rows).to_string();
    Ok(tx.execute_raw(sql(tx, &text, [rows.into()])).await?.rows_affected())
}

/// The condition that a number is among those of one value made by [`numbers`]: put it after a column's name.
pub fn among<C: ConnectionTrait>(conn: &C) -> &'static str {
    match conn.get_database_backend() {
        DbBackend::Postgres => {
            "IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(? AS json)))"
        }
        _ => "IN (SELECT value FROM json_each(?))",
    }
}

/// Numbers as one value, for [`among`].
#[must_use]
pub fn numbers(numbers: &[i64]) -> Value {
    Json::from(numbers).to_string().into()
}
