//! The lake as it is to be read: without rows that no longer hold.

use otklik_lake::{Engine, Look, Result, Session, Snapshot};

use crate::ingest::{Book, without};
use crate::tables;

/// Tables that tell what was delivered.
pub(crate) const TRUTH: [&str; 6] =
    ["services", "applications", "events", "payments", "ratings", "complaints"];

/// Tables whose rows a later version of an application takes away, with the table that says so.
const VERSIONED: [(&str, &str); 3] =
    [("cases", "cases_gone"), ("transitions", "steps_gone"), ("exchanges", "steps_gone")];

/// A session over a snapshot with a view `live_<table>` of each table: plain where nothing is gone.
///
/// # Errors
/// The lake can't be read.
pub async fn live(engine: &Engine, snapshot: &Snapshot, look: Look) -> Result<Session> {
    let session = engine.session(snapshot, &tables::all(), look)?;
    let book = Book::read(engine, snapshot).await?;
    for table in TRUTH {
        let query = format!("select * from {table} where {}", without(&book.dead()));
        session.view(&format!("live_{table}"), &query).await?;
    }
    for (table, gone) in VERSIONED {
        session.view(&format!("live_{table}"), &versioned(snapshot, table, gone, "true", "true")).await?;
    }
    Ok(session)
}

/// The rows of a table that hold, of those that fit a condition; of those that name what is gone, `theirs` must hold
/// for what matters to such rows.
pub(crate) fn versioned(snapshot: &Snapshot, table: &str, gone: &str, only: &str, theirs: &str) -> String {
    match snapshot.rows(gone) {
        0 => format!("select * from {table} t where {only}"),
        _ => format!("select * from {}", joined("anti", table, gone, only, theirs)),
    }
}

/// The rows of a table, of those that fit a condition, that are named as gone (`semi`) or are not (`anti`). What
/// names them stands first: that is the side which a join keeps in memory.
pub(crate) fn joined(how: &str, table: &str, gone: &str, only: &str, theirs: &str) -> String {
    format!(
        "(select request_key, version from {gone} g where {theirs}) g \
         right {how} join (select * from {table} t where {only}) t \
         on g.request_key = t.request_key and g.version > t.version"
    )
}
