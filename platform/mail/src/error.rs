//! How sending fails, in the terms an outbox decides by.

use otklik_locale::Lang;

use crate::message::MessageError;
use crate::texts::L;

/// What a failure means for the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendErrorKind {
    /// The server is away or asks to come back later (4xx): try again.
    Transient,
    /// The server refused this recipient (5xx to `RCPT TO`): trying again won't help.
    RefusedRecipient,
    /// The server refused this letter (5xx elsewhere), or it can't be built: trying again won't help.
    Permanent,
    /// Sign-in, sender, certificate or setting is wrong: no letter is to blame, the operator must act.
    Misconfigured,
    /// The letter was given away, but the answer was lost: it may or may not have been accepted.
    UnknownOutcome,
}

impl SendErrorKind {
    /// What the failure means, in words for people.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        let l = L(lang);
        match self {
            Self::Transient => l.send_transient(),
            Self::RefusedRecipient => l.send_refused_recipient(),
            Self::Permanent => l.send_permanent(),
            Self::Misconfigured => l.send_misconfigured(),
            Self::UnknownOutcome => l.send_unknown_outcome(),
        }
    }
}

/// A failure to send.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SendError {
    /// What it means for the letter.
    pub kind: SendErrorKind,
    /// The step and the server's or the system's own words: one line of at most 500 characters, no secrets.
    pub detail: String,
}

impl SendError {
    pub(crate) fn new(kind: SendErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: one_line(&detail.into()) }
    }
}

impl From<MessageError> for SendError {
    fn from(error: MessageError) -> Self {
        Self::new(SendErrorKind::Permanent, error.to_string())
    }
}

/// Somebody else's words as one line of at most 500 characters.
pub(crate) fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect()
}
