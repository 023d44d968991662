//! A file that is coming: written to the disk of this machine piece by piece, with its digest, within a limit.

use std::io;

use otklik_kernel::secret::Sum;
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt as _;

/// The longest file that is taken, in bytes.
pub const LONGEST: u64 = 4 * 1024 * 1024 * 1024;

/// A file that is coming.
#[derive(Debug)]
pub struct Spool {
    file: tokio::fs::File,
    path: TempPath,
    sum: Sum,
    bytes: u64,
    limit: u64,
}

/// A file that has come: it is removed with this value.
#[derive(Debug)]
pub struct Spooled {
    /// Where it lies.
    pub path: TempPath,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Its length.
    pub bytes: u64,
}

/// Why a file isn't taken.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// It is longer than the limit.
    #[error("the file is too long")]
    TooLong,
    /// The disk failed.
    #[error("file: {0}")]
    File(#[from] io::Error),
}

impl Spool {
    /// Begins a file of at most `limit` bytes.
    ///
    /// # Errors
    /// The file can't be made.
    pub fn begin(limit: u64) -> Result<Self, SpoolError> {
        let (file, path) = NamedTempFile::new()?.into_parts();
        Ok(Self { file: tokio::fs::File::from_std(file), path, sum: Sum::default(), bytes: 0, limit })
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// It becomes too long, or the disk fails.
    pub async fn add(&mut self, piece: &[u8]) -> Result<(), SpoolError> {
        self.bytes += piece.len() as u64;
        if self.bytes > self.limit {
            return Err(SpoolError::TooLong);
        }
        self.sum.add(piece);
        Ok(self.file.write_all(piece).await?)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The disk fails.
    pub async fn end(mut self) -> Result<Spooled, SpoolError> {
        self.file.flush().await?;
        Ok(Spooled { path: self.path, digest: self.sum.finish(), bytes: self.bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn mon11_the_digest_is_that_of_the_bytes_and_the_limit_holds() {
        let mut spool = Spool::begin(6).unwrap();
        spool.add(b"abc").await.unwrap();
        spool.add(b"def").await.unwrap();
        let done = spool.end().await.unwrap();
        assert_eq!(std::fs::read(&done.path).unwrap(), b"abcdef");
        let digest = otklik_kernel::code::hex(&done.digest);
        assert_eq!(digest, "bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721");
        let mut spool = Spool::begin(2).unwrap();
        assert!(matches!(spool.add(b"abc").await, Err(SpoolError::TooLong)));
    }
}
