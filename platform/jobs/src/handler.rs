//! What is done about events.

use async_trait::async_trait;
use otklik_db::{DbErr, Tx, is_away};

use crate::Event;

/// Does something about events of some kinds.
#[async_trait]
pub trait Handler: Send + Sync {
    /// The kinds it handles.
    fn kinds(&self) -> &'static [&'static str];

    /// Its name in logs and in the error of a failed event.
    fn name(&self) -> &'static str;

    /// Handles events of one kind, oldest first.
    ///
    /// Everything written through `tx` is committed together with the removal of the events, or not at
    /// all. When it fails the events are given again in smaller groups, down to one by one, so what it
    /// does elsewhere must bear being done twice.
    ///
    /// # Errors
    /// When the events can't be handled now, or never.
    async fn handle(&self, tx: &Tx, events: &[Event]) -> Result<(), HandlerError>;
}

/// Why something wasn't done.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// The database refused or is away; tried again later.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// Something that may be different later: tried again with growing pauses.
    #[error("{0}")]
    Later(String),
    /// Something that trying again doesn't change: the event is kept with the error, for a person.
    #[error("{0}")]
    Never(String),
}

impl HandlerError {
    /// Whether trying again makes sense.
    #[must_use]
    pub const fn retry(&self) -> bool {
        !matches!(self, Self::Never(_))
    }

    /// The database's error when the database is away: nobody's fault, and no attempt is counted.
    pub(crate) fn away(self) -> Result<DbErr, Self> {
        match self {
            Self::Database(error) if is_away(&error) => Ok(error),
            other => Err(other),
        }
    }
}
