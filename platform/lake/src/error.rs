//! What can go wrong, told apart by what a caller can do about it.

use datafusion::error::DataFusionError;
use parquet::errors::ParquetError;

/// The outcome of an operation on a lake.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation on a lake failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else committed under this number first: take the latest snapshot and decide anew.
    #[error("commit {0} was made by somebody else first")]
    Conflict(u64),
    /// The store did not say whether the commit was written, and still doesn't: it may appear later.
    #[error("whether commit {number} was written is not known: {source}")]
    Uncertain {
        /// The commit's number.
        number: u64,
        /// The store's last word.
        source: object_store::Error,
    },
    /// There is no such commit.
    #[error("there is no commit {0}")]
    NoCommit(u64),
    /// The log or a file is not what was written.
    #[error("damaged: {0}")]
    Damaged(String),
    /// What was asked for makes no sense; nothing was changed.
    #[error("{0}")]
    Invalid(String),
    /// What was asked for would take more memory than there is for it.
    #[error("too much at once: {0}")]
    TooMuch(String),
    /// The store failed.
    #[error("storage: {0}")]
    Store(#[from] object_store::Error),
    /// A local file failed.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// Parquet could not be written or read.
    #[error("Parquet: {0}")]
    Parquet(#[from] ParquetError),
    /// A query failed.
    #[error("query: {0}")]
    Query(#[from] DataFusionError),
}

impl From<arrow::error::ArrowError> for Error {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::Query(error.into())
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::File(std::io::Error::other(error))
    }
}
