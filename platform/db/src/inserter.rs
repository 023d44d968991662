//! Rows into SQLite on the thread that has them, with statements that stay prepared: a group of responses is
//! handed over to nobody, and its SQL isn't read anew.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use sea_orm::{DbErr, RuntimeErr};

use crate::rows::{Column, Rows};
use crate::{Address, PRAGMAS};

/// Different statements that are kept prepared: one per table and set of columns.
const STATEMENTS: usize = 32;

/// The connection that inserts, opened with the first group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inserter(Arc<Mutex<Option<Connection>>>);

impl Inserter {
    /// Inserts the rows of all tables in one durable transaction; the thread waits for the disk.
    pub(crate) fn insert(&self, address: &Address, tables: &[Rows]) -> Result<(), DbErr> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = match &mut *open {
            Some(connection) => insert(connection, tables),
            none => connect(address).and_then(|fresh| insert(none.insert(fresh), tables)),
        };
        outcome.map_err(error)
    }

    /// Closes the connection.
    pub(crate) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

fn connect(address: &Address) -> rusqlite::Result<Connection> {
    let Address::Sqlite(path) = address else { return Err(rusqlite::Error::InvalidQuery) };
    // Only one thread at a time has it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(crate::BUSY)?;
    for (name, value) in PRAGMAS {
        connection.pragma_update(None, name, value)?;
    }
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

fn insert(connection: &mut Connection, tables: &[Rows]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for rows in tables {
        let mut statement = transaction.prepare_cached(&rows.insertion())?;
        for row in 0..rows.len() {
            for (place, (_, column)) in rows.columns.iter().enumerate() {
                match column {
                    Column::Long(values) => statement.raw_bind_parameter(place + 1, values[row]),
                    Column::Int(values) => statement.raw_bind_parameter(place + 1, values[row]),
                    Column::Bool(values) => statement.raw_bind_parameter(place + 1, values[row]),
                    Column::Text(values) => statement.raw_bind_parameter(place + 1, &*values[row]),
                    Column::Bytes(values) => statement.raw_bind_parameter(place + 1, &*values[row]),
                }?;
            }
            statement.raw_execute()?;
        }
    }
    transaction.commit()
}

/// Tells what passes by itself from what doesn't, as [`crate::is_away`] does.
fn error(error: rusqlite::Error) -> DbErr {
    use ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, SystemIoFailure};
    let text = RuntimeErr::Internal(error.to_string());
    match error.sqlite_error_code() {
        Some(CannotOpen | DatabaseBusy | DatabaseLocked | DiskFull | SystemIoFailure) => DbErr::Conn(text),
        _ => DbErr::Exec(text),
    }
}
