//! Moves SQLite's write-ahead log into the database file beside those who write: the writer whose commit fills the log
//! would else do it alone, and everybody would wait for tens of milliseconds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use sea_orm::DbErr;

use crate::{Db, inserter};

/// The log is moved when it has so many pages: earlier than [`crate::PRAGMAS`] make a writer do it.
const FULL: i32 = 12_000;

/// The shortest time between two moves: the log begins anew only when nobody reads its pages any more.
const PAUSE: Duration = Duration::from_millis(100);

/// The connection that moves, opened with the first move.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mover {
    open: Arc<Mutex<Option<Connection>>>,
    is_moving: Arc<AtomicBool>,
}

impl Mover {
    /// Hears that the log has so many pages now, and moves it when they are enough.
    pub(crate) fn heard(&self, db: &Db, pages: i32) {
        if pages < FULL || self.is_moving.swap(true, Ordering::AcqRel) {
            return;
        }
        let (mover, db) = (self.clone(), db.clone());
        tokio::spawn(async move {
            if let Err(error) = mover.move_log(&db).await {
                tracing::warn!(%error, "the write-ahead log can't be moved into the database file now");
            }
            tokio::time::sleep(PAUSE).await;
            mover.is_moving.store(false, Ordering::Release);
        });
    }

    /// Moves all that is there while others write, and what they wrote meanwhile while nobody does: a log that is moved
    /// wholly begins anew.
    async fn move_log(&self, db: &Db) -> Result<(), DbErr> {
        self.checkpoint(db).await?;
        let _turn = db.turn().await?;
        self.checkpoint(db).await
    }

    async fn checkpoint(&self, db: &Db) -> Result<(), DbErr> {
        let (open, address) = (self.open.clone(), db.address.clone());
        let checkpoint = move || {
            let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
            let connection = match &mut *open {
                Some(connection) => connection,
                none => none.insert(inserter::connect(&address)?),
            };
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        };
        let done = tokio::task::spawn_blocking(checkpoint).await;
        done.map_err(|error| DbErr::Custom(error.to_string()))?.map_err(inserter::error)
    }

    /// Closes the connection.
    pub(crate) fn close(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
