//! The gate before the mail server: shut while it is away or mail is set up wrongly, so that no letter loses
//! an attempt by it; opened a crack for one letter, and wide once that one was answered.

use otklik_db::{DbErr, Tx};
use otklik_kernel::Instant;
use otklik_mail::SendError;

use crate::backoff::look_after;
use crate::store::deliveries::Reason;
use crate::store::pause::{self, Pause};

/// Letters sent at once.
const WIDTH: usize = 4;

/// The gate during one round of sending.
#[derive(Debug)]
pub struct Gate {
    pause: Option<Pause>,
    is_shut: bool,
    is_changed: bool,
}

impl Gate {
    /// The gate as the database has it.
    pub const fn new(pause: Option<Pause>) -> Self {
        Self { pause, is_shut: false, is_changed: false }
    }

    /// Whether there was a pause and no letter has been answered since.
    pub const fn is_doubtful(&self) -> bool {
        self.pause.is_some()
    }

    /// Whether nothing more is sent in this round.
    pub const fn is_shut(&self) -> bool {
        self.is_shut
    }

    /// Whether the database has to be told.
    pub const fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// How many letters may be on their way at once.
    pub const fn width(&self) -> usize {
        match (self.is_shut, &self.pause) {
            (true, _) => 0,
            (false, Some(_)) => 1,
            (false, None) => WIDTH,
        }
    }

    /// The server answers letters.
    pub fn answered(&mut self) {
        if !self.is_shut && self.pause.take().is_some() {
            self.is_changed = true;
            tracing::info!("the mail server answers again");
        }
    }

    /// The server is away, or mail is set up wrongly; several failures of one round count once.
    pub fn shut(&mut self, error: &SendError, now: Instant) {
        if self.is_shut {
            return;
        }
        let failures = self.pause.as_ref().map_or(0, |pause| pause.failures).saturating_add(1);
        if failures.is_power_of_two() {
            tracing::warn!(failures, %error, "sending of mail is paused");
        }
        self.pause = Some(Pause {
            since: self.pause.as_ref().map_or(now, |pause| pause.since),
            until: now.plus(look_after(failures)),
            failures,
            reason: Reason::Mail(error.kind),
            error: error.detail.clone(),
        });
        (self.is_shut, self.is_changed) = (true, true);
    }

    /// Tells the database.
    pub async fn write(&self, tx: &Tx) -> Result<(), DbErr> {
        match &self.pause {
            _ if !self.is_changed => Ok(()),
            Some(pause) => pause::write(tx, pause).await,
            None => pause::clear(tx).await,
        }
    }

    /// The database was told.
    pub fn written(&mut self) {
        self.is_changed = false;
    }
}
