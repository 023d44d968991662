//! Rows into SQLite from a thread of its own, with statements that stay prepared: a group of responses costs
//! one message to the thread and one back, and its SQL isn't read anew.

use std::sync::{Arc, OnceLock};

use rusqlite::{Connection, ErrorCode};
use sea_orm::{DbErr, RuntimeErr};
use tokio::sync::{mpsc, oneshot};

use crate::rows::{Column, Rows};
use crate::{Address, PRAGMAS};

/// Different statements that are kept prepared: one per table and set of columns.
const STATEMENTS: usize = 32;

type Outcome = Result<(), DbErr>;
type Group = (Vec<Rows>, oneshot::Sender<Outcome>);

/// The way to the thread, which begins with the first group and ends with the last copy of this.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inserter(Arc<OnceLock<mpsc::UnboundedSender<Group>>>);

impl Inserter {
    /// Inserts the rows of all tables in one durable transaction.
    pub(crate) async fn insert(&self, address: &Address, tables: Vec<Rows>) -> Outcome {
        let thread = self.0.get_or_init(|| start(address.clone()));
        let (answer, answered) = oneshot::channel();
        let ended = || away("the thread that inserts has ended".into());
        thread.send((tables, answer)).map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

fn start(address: Address) -> mpsc::UnboundedSender<Group> {
    let (sender, mut groups) = mpsc::unbounded_channel::<Group>();
    let work = move || {
        let mut open = None;
        while let Some((tables, answer)) = groups.blocking_recv() {
            let outcome = match &mut open {
                Some(connection) => insert(connection, &tables),
                None => connect(&address).and_then(|fresh| insert(open.insert(fresh), &tables)),
            };
            let _ = answer.send(outcome.map_err(error));
        }
    };
    if let Err(error) = std::thread::Builder::new().name("inserter".into()).spawn(work) {
        tracing::error!(%error, "the thread that inserts can't be started");
    }
    sender
}

fn connect(address: &Address) -> rusqlite::Result<Connection> {
    let Address::Sqlite(path) = address else { return Err(rusqlite::Error::InvalidQuery) };
    let connection = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE)?;
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
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(CannotOpen | DatabaseBusy | DatabaseLocked | DiskFull | SystemIoFailure) => away(text),
        _ => DbErr::Exec(RuntimeErr::Internal(text)),
    }
}

fn away(text: String) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(text))
}
