//! Keeping the lake small and sound: files put together, derived rows made anew, everything looked over.

mod compact;
mod verify;

use otklik_lake::Error;

pub use compact::{Compacted, compact, compact_by, take_gone_away};
pub use verify::{Verified, verify};

use crate::ingest::notes::form;
use crate::ingest::{ImportError, Importer};
use crate::tables::FORM;

/// Makes everything derived anew where an older programme wrote it in another form; the number of the commit if so.
///
/// # Errors
/// As of [`rebuild`]; or a newer programme wrote it.
pub async fn fit(importer: &Importer) -> Result<Option<u64>, ImportError> {
    let lake = importer.lake();
    match form(lake, lake.latest().await?.number()).await? {
        None | Some(FORM) => Ok(None),
        Some(form) if form < FORM => rebuild(importer).await.map(Some),
        Some(form) => {
            let text =
                format!("what is derived has form {form}, this programme knows {FORM}: a newer one wrote it");
            Err(Error::Invalid(text).into())
        }
    }
}

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
