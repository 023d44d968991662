//! The journal's own schedules.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use otklik_db::Db;
use otklik_jobs::{HandlerError, Periodic, PeriodicJob};
use otklik_kernel::Instant;

use crate::{ExportError, SigningKey, export_head, seal};

/// How often committed entries are chained [invariant 9: within a second].
const SEALING: Duration = Duration::from_millis(500);
/// How often the day's head is looked for; it is written once a day.
const EXPORTING: Duration = Duration::from_secs(3600);

/// The journal's schedules: sealing, and the day's signed head in the folder.
///
/// Every day (UTC) has its head from the first hour after midnight on; a node that was off then writes it
/// when it is back.
#[must_use]
pub fn schedules(db: &Db, key: Arc<SigningKey>, folder: PathBuf) -> Vec<Periodic> {
    vec![
        Periodic::new("journal.seal", SEALING, Arc::new(Sealing(db.clone()))),
        Periodic::new("journal.export", EXPORTING, Arc::new(Exporting { db: db.clone(), key, folder })),
    ]
}

struct Sealing(Db);

#[async_trait]
impl PeriodicJob for Sealing {
    async fn run(&self, _now: Instant) -> Result<(), HandlerError> {
        seal(&self.0).await?;
        Ok(())
    }
}

struct Exporting {
    db: Db,
    key: Arc<SigningKey>,
    folder: PathBuf,
}

#[async_trait]
impl PeriodicJob for Exporting {
    async fn run(&self, now: Instant) -> Result<(), HandlerError> {
        seal(&self.db).await?;
        match export_head(&self.db, &self.key, &self.folder, now).await {
            Ok(_) => Ok(()),
            Err(ExportError::Database(error)) => Err(error.into()),
            Err(error) => Err(HandlerError::Later(error.to_string())),
        }
    }
}
