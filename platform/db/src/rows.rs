//! Rows of several tables in one transaction and one round trip: for paths where every trip counts.
//!
//! On SQLite the calling thread does it over a connection of its own (`inserter.rs`); on PostgreSQL it is one
//! statement that inserts from arrays, whose text doesn't depend on the number of rows.

use std::fmt::Write as _;
use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbErr, RuntimeErr};
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe};

use crate::{Address, Db};

/// The values of a column, none of them null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// BIGINT.
    Long(Vec<i64>),
    /// INTEGER.
    Int(Vec<i32>),
    /// BOOLEAN.
    Bool(Vec<bool>),
    /// TEXT.
    Text(Vec<String>),
    /// BYTEA.
    Bytes(Vec<Vec<u8>>),
}

/// Rows of a table, by column; all columns have the same number of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The table.
    pub table: &'static str,
    /// Names and values.
    pub columns: Vec<(&'static str, Column)>,
}

impl Column {
    const fn postgres(&self) -> &'static str {
        match self {
            Self::Long(_) => "bigint",
            Self::Int(_) => "integer",
            Self::Bool(_) => "boolean",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytea",
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Long(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Bytes(values) => values.len(),
        }
    }

    fn add_all(self, arguments: &mut PgArguments) -> Result<(), sqlx::error::BoxDynError> {
        match self {
            Self::Long(values) => arguments.add(values),
            Self::Int(values) => arguments.add(values),
            Self::Bool(values) => arguments.add(values),
            Self::Text(values) => arguments.add(values),
            Self::Bytes(values) => arguments.add(values),
        }
    }
}

impl Rows {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn head(&self, text: &mut String) {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        let _ = write!(text, "INSERT INTO {} ({}) ", self.table, names.join(", "));
    }

    /// The statement that inserts one row, its values as `?`.
    pub(crate) fn insertion(&self) -> String {
        let mut text = String::new();
        self.head(&mut text);
        let _ = write!(text, "VALUES ({})", vec!["?"; self.columns.len()].join(", "));
        text
    }
}

fn broken(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

impl Db {
    /// Inserts the rows of all tables in one transaction: all of them, or none. On SQLite the thread itself writes
    /// and waits for the disk, so who does it often has a thread for it.
    ///
    /// # Errors
    /// When the database is away or refuses a row.
    pub async fn insert(&self, tables: Vec<Rows>) -> Result<(), DbErr> {
        let tables: Vec<Rows> = tables.into_iter().filter(|rows| !rows.is_empty()).collect();
        if tables.is_empty() {
            return Ok(());
        }
        match &self.address {
            Address::Sqlite(_) => {
                let _turn = self.turn().await?;
                self.inserter.insert(&self.address, &tables)
            }
            Address::Postgres(_) => insert_postgres(&self.writer, tables).await.map_err(broken),
        }
    }
}

async fn insert_postgres(pool: &DatabaseConnection, tables: Vec<Rows>) -> Result<(), sqlx::Error> {
    let mut text = String::new();
    let mut arguments = PgArguments::default();
    let (mut number, last) = (0, tables.len() - 1);
    for (at, rows) in tables.into_iter().enumerate() {
        if at < last {
            let _ = write!(text, "{} w{at} AS (", if at == 0 { "WITH" } else { "," });
        }
        rows.head(&mut text);
        text.push_str("SELECT * FROM UNNEST(");
        for (place, (_, column)) in rows.columns.into_iter().enumerate() {
            number += 1;
            let _ = write!(text, "{}${number}::{}[]", if place == 0 { "" } else { ", " }, column.postgres());
            column.add_all(&mut arguments).map_err(sqlx::Error::Encode)?;
        }
        text.push_str(if at < last { ")) " } else { ")" });
    }
    sqlx::query_with(AssertSqlSafe(text), arguments)
        .execute(pool.get_postgres_connection_pool())
        .await
        .map(|_| ())
}
