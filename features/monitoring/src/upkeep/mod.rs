//! Keeping the lake small and sound: files put together, derived rows made anew, everything looked over.

mod compact;
mod verify;

use otklik_lake::Error;

pub use compact::{Compacted, compact, compact_by, take_gone_away};
pub use verify::{Verified, verify};

use crate::ingest::notes::{form, unfit};
use crate::ingest::{ImportError, Importer};
use crate::tables::FORM;

/// How often something is tried that others' commits come before.
const ATTEMPTS: usize = 5;

/// Makes everything derived anew where an older programme wrote it in another form; the number of the commit if so.
///
/// # Errors
/// As of [`rebuild`]; or a newer programme wrote it.
pub async fn fit(importer: &Importer) -> Result<Option<u64>, ImportError> {
    let lake = importer.lake();
    let mut last = 0;
    for _ in 0..ATTEMPTS {
        match form(lake, lake.latest().await?.number()).await? {
            None | Some(FORM) => return Ok(None),
            Some(form) if form > FORM => return Err(unfit(form).into()),
            Some(_) => {}
        }
        match anew(importer).await {
            // Somebody else did it perhaps.
            Err(ImportError::Lake(Error::Conflict(number))) => last = number,
            done => return done.map(Some),
        }
    }
    Err(Error::Conflict(last).into())
}

/// Makes everything derived anew from what was delivered: after reference data were edited. The number of the
/// commit.
///
/// # Errors
/// The lake fails, or somebody else committed meanwhile again and again.
pub async fn rebuild(importer: &Importer) -> Result<u64, ImportError> {
    let mut last = 0;
    for _ in 0..ATTEMPTS {
        match anew(importer).await {
            Err(ImportError::Lake(Error::Conflict(number))) => last = number,
            done => return done,
        }
    }
    Err(Error::Conflict(last).into())
}

/// Tries it once.
async fn anew(importer: &Importer) -> Result<u64, ImportError> {
    let base = importer.lake().latest().await?;
    let change = crate::ingest::rebuild(importer, &base).await?;
    Ok(importer.lake().commit(&base, change).await?.number())
}
