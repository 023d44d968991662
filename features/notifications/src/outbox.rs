//! The outbox row of an accepted response, written in the transaction that accepts it.

use otklik_db::{DbErr, Rows};
use otklik_jobs::Waker;
use otklik_responses::{OnAcceptance, Stored};

use crate::rule::must_mail;
use crate::store::outbox;

/// Writes an outbox row for each response that the rule says to mail.
#[derive(Clone, Debug)]
pub struct Outbox {
    mailer: Waker,
}

impl Outbox {
    /// An outbox that wakes the mailer after each commit.
    #[must_use]
    pub const fn new(mailer: Waker) -> Self {
        Self { mailer }
    }
}

impl OnAcceptance for Outbox {
    fn rows(&self, stored: &[Stored]) -> Result<Rows, DbErr> {
        let mailed: Vec<&Stored> = stored
            .iter()
            .filter(|Stored { response, .. }| must_mail(&response.marks, &response.comment))
            .collect();
        Ok(outbox::rows(&mailed))
    }

    fn committed(&self) {
        self.mailer.wake();
    }
}
