//! Keeping the lake small and sound: files put together, derived rows made anew, everything looked over.

mod compact;
mod verify;

use otklik_lake::Error;

pub use compact::{Compacted, compact, compact_by, take_gone_away};
pub use verify::{Verified, verify};

use crate::ingest::{ImportError, Importer};

/// Makes everything derived anew from what was delivered: after reference data were edited. The number of the
/// commit.
///
/// # Errors
/// The lake fails, or somebody else committed meanwhile again and again.
pub async fn rebuild(importer: &Importer) -> Result<u64, ImportError> {
    let mut last = 0;
    for _ in 0..5 {
        let base = importer.lake().latest().await?;
        let change = crate::ingest::rebuild(importer, &base).await?;
        match importer.lake().commit(&base, change).await {
            Ok(snapshot) => return Ok(snapshot.number()),
            Err(Error::Conflict(number)) => last = number,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict(last).into())
}
