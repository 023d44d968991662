//! A response, before and after it is stored.

use otklik_kernel::secret::digest;
use otklik_kernel::{CivilDay, Id, Instant};
use otklik_questionnaires::Marks;
use serde::{Deserialize, Serialize};

/// Why a response looks suspicious: kept with it, never a reason to refuse it (SURV-4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Suspicion(pub i32);

impl Suspicion {
    /// Sent sooner after the page was opened than a person can answer.
    pub const TOO_FAST: Self = Self(1);
    /// The same device has answered about this office today.
    pub const SAME_DEVICE: Self = Self(2);
    /// Many responses about this office within a minute.
    pub const BURST: Self = Self(4);
    /// The same form was sent before with other content.
    pub const TOKEN_REUSED: Self = Self(8);
    /// Every mark.
    pub const ALL: [Self; 4] = [Self::TOO_FAST, Self::SAME_DEVICE, Self::BURST, Self::TOKEN_REUSED];

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether this includes the other.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing is suspicious.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The secret part of a form: made when the page is shown, sent back with the answer. It begins with the
/// moment it was made, so that rows come to their index in order.
pub type FormToken = [u8; 16];

/// A digest of what a form was filled in with.
pub type ContentHash = [u8; 16];

/// A checked answer on its way into the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResponse {
    /// The office.
    pub body: Id,
    /// The version of the questionnaire that was shown.
    pub questionnaire: i32,
    /// When it arrived.
    pub received_at: Instant,
    /// The office's civil day of that moment.
    pub day: CivilDay,
    /// The marks.
    pub marks: Marks,
    /// The text; empty when there is none.
    pub comment: String,
    /// What is suspicious about it so far.
    pub suspicion: Suspicion,
    /// The form's token.
    pub token: FormToken,
    /// The device's mark of the day.
    pub device: [u8; 16],
    /// The trace of the request.
    pub trace: String,
}

impl NewResponse {
    /// What tells this content from another of the same form: a form sent again has the same token and the
    /// same content. The token goes in, so that equal contents of two people can't be matched.
    #[must_use]
    pub fn content(&self) -> ContentHash {
        let mut hash = [0; 16];
        let whole = digest(&[
            &self.token,
            &self.body.to_le_bytes(),
            &self.questionnaire.to_le_bytes(),
            self.marks.to_string().as_bytes(),
            self.comment.as_bytes(),
        ]);
        hash.copy_from_slice(&whole[..16]);
        hash
    }
}

/// A response that this transaction stores, as those who write along with it see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: Id,
    /// What it is.
    pub response: NewResponse,
}

/// The payload of the event [`crate::ACCEPTED`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The office's civil day.
    pub day: i32,
    /// The marks, as stored.
    pub marks: String,
    /// Whether there is a text.
    pub text: bool,
}

/// A stored response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Its id.
    pub id: Id,
    /// The office.
    pub body: Id,
    /// The version of the questionnaire.
    pub questionnaire: i32,
    /// When it arrived.
    pub received_at: Instant,
    /// The office's civil day of that moment.
    pub day: CivilDay,
    /// The marks.
    pub marks: Marks,
    /// The text; empty when there is none.
    pub comment: String,
    /// What is suspicious about it.
    pub suspicion: Suspicion,
    /// The trace of the request.
    pub trace: String,
    /// When it was looked through, and by whom.
    pub looked: Option<(Instant, String)>,
    /// When it was written what was done, and what.
    pub outcome: Option<(Instant, String)>,
    /// When its text was removed, because its time was over.
    pub text_removed: Option<Instant>,
}
