#![doc = include_str!("../README.md")]

pub mod bulk;
mod inserter;
mod kept;
pub mod many;
mod migrate;
mod rows;
pub mod search;
mod tx;
pub mod versions;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

pub use kept::Kept;
pub use migrate::{MIGRATIONS, MigrateError, Migration, MigrationState, migrate, pending};
pub use rows::{Column, Rows};
use sea_orm::sqlx::sqlite::SqliteJournalMode;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
pub use sea_orm::{DbErr, Value};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
pub use tx::Tx;

/// Prepared statements that a connection keeps: those over many rows have a text per number of rows.
const STATEMENTS: usize = 400;

/// How long a connection to SQLite waits for another to finish writing.
const BUSY: Duration = Duration::from_secs(5);

/// How each connection to SQLite is set. The write-ahead log is moved into the database file every 64 MiB, by
/// whoever commits then: a log that is written over and over costs half of what one that grows does.
const PRAGMAS: &[(&str, &str)] = &[
    ("synchronous", "FULL"),
    ("foreign_keys", "ON"),
    ("cache_size", "-8000"),
    ("temp_store", "MEMORY"),
    ("wal_autocheckpoint", "16000"),
    ("journal_size_limit", "67108864"),
];

/// How the connections that only read are set besides: they look at the file itself, where others read each page into
/// memory of their own: the first two gigabytes, which is as much as SQLite does. A search through the texts of a region
/// takes less than half the time.
const READER_PRAGMAS: &[(&str, &str)] = &[("mmap_size", "2147418112")];

/// How connections to PostgreSQL that only read are set. A plan is made for the values of each question: one made for any
/// values takes a scope for three bodies and a period for a few rows, and reads a month of the country in seconds where
/// milliseconds are enough. Compiling a plan takes longer than any of these answers.
const READER_SETTINGS: &[(&str, &str)] = &[("plan_cache_mode", "force_custom_plan"), ("jit", "off")];

/// The oldest SQLite without the write-ahead-log defect that could lose a commit.
pub const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Which database, and where: read from `sqlite:PATH` or `postgres://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL address.
    Postgres(String),
}

/// A database address that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("адрес базы данных «{0}»: нужен вид sqlite:ПУТЬ или postgres://…")]
pub struct BadAddress(String);

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        match path {
            Some(path) if !path.is_empty() && !path.contains('?') => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(BadAddress(text.to_owned())),
        }
    }
}

/// The database: a pool to read from and a way to write.
#[derive(Clone, Debug)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    address: Address,
    /// Whose turn it is to write into SQLite, which has one writer: in the order in which they asked.
    turn: Arc<Semaphore>,
    inserter: inserter::Inserter,
}

impl Db {
    /// Opens the database; creates the SQLite file when it is missing.
    ///
    /// # Errors
    /// When the file or server can't be reached within ten seconds.
    pub async fn open(address: &Address) -> Result<Self, DbErr> {
        let (writer, reader) = match address {
            Address::Sqlite(path) => {
                let mut one = options(format!("sqlite://{}?mode=rwc", path.display()), 1);
                tune_sqlite(&mut one, &[]);
                let writer = Database::connect(one).await?;
                let mut many = options(format!("sqlite://{}?mode=rw", path.display()), 4);
                tune_sqlite(&mut many, READER_PRAGMAS);
                (writer, Database::connect(many).await?)
            }
            Address::Postgres(url) => {
                let pool = async |settings: &'static [(&str, &str)]| {
                    let mut pool = options(url.clone(), 16);
                    pool.map_sqlx_postgres_opts(|postgres| {
                        postgres.statement_cache_capacity(STATEMENTS).options(settings.iter().copied())
                    });
                    Database::connect(pool).await
                };
                (pool(&[]).await?, pool(READER_SETTINGS).await?)
            }
        };
        let turn = Arc::new(Semaphore::new(1));
        Ok(Self { writer, reader, address: address.clone(), turn, inserter: inserter::Inserter::default() })
    }

    /// The pool to read from.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a transaction that writes; on SQLite it waits for its turn, and no other process can
    /// come between its reads and its writes.
    ///
    /// # Errors
    /// When the database is away or stays locked for five seconds.
    pub async fn begin(&self) -> Result<Tx, DbErr> {
        let db = self.clone();
        // In a task of its own, which goes on when the caller is dropped (a person who leaves, a timeout): sqlx
        // forgets a BEGIN whose answer nobody waits for, and the next user of that connection would write
        // into a transaction that never ends. A transaction that arrives too late is rolled back as it is dropped.
        let begun = tokio::spawn(async move {
            let turn = db.turn().await?;
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            Ok::<_, DbErr>(Tx::new(db.writer.begin_with_options(options).await?, turn))
        });
        begun.await.map_err(|error| DbErr::Custom(format!("beginning a transaction: {error}")))?
    }

    /// Waits for the turn to write; there is none on PostgreSQL, where all may write at once.
    async fn turn(&self) -> Result<Option<OwnedSemaphorePermit>, DbErr> {
        if let Address::Postgres(_) = self.address {
            return Ok(None);
        }
        let away = || DbErr::Conn(RuntimeErr::Internal("the turn to write didn't come in time".into()));
        let turn = tokio::time::timeout(BUSY, self.turn.clone().acquire_owned()).await;
        Ok(Some(turn.map_err(|_| away())?.map_err(|_| away())?))
    }

    /// Where the database is.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// The engine's version, such as `SQLite 3.51.3`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn engine(&self) -> Result<String, DbErr> {
        let (name, query) = match self.backend() {
            DbBackend::Sqlite => ("SQLite", "SELECT sqlite_version() AS version"),
            _ => ("PostgreSQL", "SELECT current_setting('server_version') AS version"),
        };
        let row = self.reader.query_one_raw(sql(&self.reader, query, [])).await?;
        let version: String =
            row.ok_or_else(|| DbErr::RecordNotFound(query.into()))?.try_get("", "version")?;
        Ok(format!("{name} {version}"))
    }

    /// Whether the database answers; for `/readyz`.
    ///
    /// # Errors
    /// When it doesn't.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.query_one_raw(sql(&self.reader, "SELECT 1 AS one", [])).await.map(|_| ())
    }

    /// A copy of the database in a new SQLite file, consistent while others write.
    ///
    /// # Errors
    /// On PostgreSQL, where `pg_dump` does it, and when the file can't be written.
    pub async fn copy_sqlite_to(&self, path: &Path) -> Result<(), DbErr> {
        let target = path.display().to_string();
        self.reader.execute_raw(sql(&self.reader, "VACUUM INTO ?", [target.into()])).await.map(|_| ())
    }

    /// Closes both pools after their work is done.
    pub async fn close(self) {
        let _ = self.reader.close_by_ref().await;
        let _ = self.writer.close_by_ref().await;
        self.inserter.close();
    }
}

fn options(url: String, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .sqlx_logging(false);
    options
}

fn tune_sqlite(options: &mut ConnectOptions, more: &'static [(&str, &str)]) {
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(BUSY)
            .statement_cache_capacity(STATEMENTS);
        PRAGMAS.iter().chain(more).fold(sqlite, |sqlite, (name, value)| sqlite.pragma(*name, *value))
    });
}

/// A statement from SQL with `?` placeholders, for whichever database the connection is of.
pub fn sql<C: ConnectionTrait>(conn: &C, text: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    let backend = conn.get_database_backend();
    match backend {
        DbBackend::Postgres => Statement::from_sql_and_values(backend, numbered(text), values),
        _ => Statement::from_sql_and_values(backend, text, values),
    }
}

/// Replaces `?` outside quotes by `$1`, `$2`, …
fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let (mut number, mut quote) = (0, None);
    for c in text.chars() {
        match (c, quote) {
            ('?', None) => {
                number += 1;
                out.push('$');
                out.push_str(&number.to_string());
                continue;
            }
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        out.push(c);
    }
    out
}

/// Executes a statement without values outside any transaction.
///
/// # Errors
/// When the database refuses.
pub async fn execute(db: &Db, text: &str) -> Result<(), DbErr> {
    db.writer.execute_unprepared(text).await.map(|_| ())
}

/// Whether an error means that the database is away or busy, so that trying again later makes sense.
#[must_use]
pub fn is_away(error: &DbErr) -> bool {
    use sea_orm::RuntimeErr;
    use sea_orm::sqlx::Error;
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
            match &**inner {
                Error::Io(_)
                | Error::PoolTimedOut
                | Error::PoolClosed
                | Error::WorkerCrashed
                | Error::Protocol(_) => true,
                Error::Database(inner) => {
                    let code = inner.code().unwrap_or_default();
                    // SQLite: busy, locked, I/O, full, can't open. PostgreSQL: connection, resources,
                    // intervention of an operator, system.
                    let sqlite = code
                        .parse::<u32>()
                        .is_ok_and(|c| code.len() < 5 && matches!(c & 255, 5 | 6 | 8 | 10 | 13 | 14));
                    sqlite
                        || ["08", "53", "57", "58"]
                            .iter()
                            .any(|class| code.len() == 5 && code.starts_with(class))
                }
                _ => false,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_in_quotes_stay() {
        assert_eq!(numbered("a = ? AND b = '?' AND \"c?\" = ?"), "a = $1 AND b = '?' AND \"c?\" = $2");
    }

    #[test]
    fn addresses() {
        assert_eq!("sqlite:a/b.db".parse::<Address>().unwrap(), Address::Sqlite("a/b.db".into()));
        assert_eq!("sqlite:///a/b.db".parse::<Address>().unwrap(), Address::Sqlite("/a/b.db".into()));
        assert!("mysql://x".parse::<Address>().is_err());
        assert!("sqlite:".parse::<Address>().is_err());
    }

    #[tokio::test]
    async fn the_bundled_sqlite_has_no_known_loss() {
        let folder = std::env::temp_dir().join(format!("otklik-db-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let db = Db::open(&Address::Sqlite(folder.join("x.sqlite"))).await.unwrap();
        let engine = db.engine().await.unwrap();
        let numbers: Vec<u32> =
            engine.trim_start_matches("SQLite ").split('.').map(|n| n.parse().unwrap()).collect();
        assert!((numbers[0], numbers[1], numbers[2]) >= OLDEST_SQLITE, "{engine}");
        db.close().await;
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
