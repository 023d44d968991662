//! One letter to one person: values in, bytes out, the same bytes for the same values.

use std::time::{Duration, SystemTime};

use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MessageId, Subject,
};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use otklik_kernel::Instant;

use crate::address::EmailAddress;

/// The longest Message-ID, in bytes: it must fit a file name with its ending.
pub const MAX_MESSAGE_ID: usize = 200;
/// The longest trace id, in bytes.
pub const MAX_TRACE: usize = 100;
/// Stands in neither part: both are in base 64, which has no underscore.
const BOUNDARY: &str = "=_otklik_alternative";
/// 9999-12-31T23:59:59Z, the last second the `Date` header can hold.
const LAST_SECOND: u64 = 253_402_300_799;

/// A letter to one recipient; recipients of the same news don't see each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `unique@domain`, without angle brackets; the same outbox row must give the same one, so that a
    /// receiver can drop a second copy. Latin letters, digits and `.-_+=`, at most [`MAX_MESSAGE_ID`].
    pub message_id: String,
    /// The sender.
    pub from: EmailAddress,
    /// The recipient.
    pub to: EmailAddress,
    /// The subject: one line.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// The letter as HTML; whoever writes it has escaped what strangers wrote.
    pub html: String,
    /// The trace id from the form to the mail, sent as `X-Otklik-Trace`.
    pub trace: String,
    /// When the letter was made; sent in UTC.
    pub date: Instant,
}

/// Why a message can't be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// A header's value holds a line break or another control character: an attempt at header injection.
    #[error("a line break or control character in {0}")]
    HeaderInjection(&'static str),
    /// A part of the letter holds U+0000.
    #[error("U+0000 in {0}")]
    Nul(&'static str),
    /// The Message-ID has another form than `unique@domain`.
    #[error("the Message-ID has another form than unique@domain")]
    MessageId,
    /// The trace id is too long or not ASCII.
    #[error("the trace id is too long or not ASCII")]
    Trace,
    /// The message could not be put together.
    #[error("{0}")]
    Build(String),
}

impl Message {
    /// The message as it goes over the wire: ASCII only, lines ended by CR LF.
    ///
    /// # Errors
    /// [`MessageError`] when a value could break out of its header, or holds U+0000.
    pub fn build(&self) -> Result<Vec<u8>, MessageError> {
        self.check()?;
        let second = u64::try_from(self.date.0 / Instant::SECOND).unwrap_or_default().min(LAST_SECOND);
        let raw = |name, value: &str| HeaderValue::new(name, value.to_owned());
        let message = lettre::Message::builder()
            .header(MessageId::from(format!("<{}>", self.message_id)))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(second))
            .from(Mailbox::new(None, self.from.lettre()))
            .to(Mailbox::new(None, self.to.lettre()))
            .header(Subject::from(self.subject.clone()))
            .raw_header(raw(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"))
            .raw_header(raw(HeaderName::new_from_ascii_str("X-Otklik-Trace"), &self.trace))
            .multipart(
                MultiPart::alternative()
                    .boundary(BOUNDARY)
                    .singlepart(part(ContentType::TEXT_PLAIN, &self.text)?)
                    .singlepart(part(ContentType::TEXT_HTML, &self.html)?),
            )
            .map_err(|error| MessageError::Build(error.to_string()))?;
        Ok(message.formatted())
    }

    pub(crate) fn check(&self) -> Result<(), MessageError> {
        for (name, value) in
            [("Message-ID", &self.message_id), ("Subject", &self.subject), ("X-Otklik-Trace", &self.trace)]
        {
            if value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
                return Err(MessageError::HeaderInjection(name));
            }
        }
        for (name, value) in [("text", &self.text), ("html", &self.html)] {
            if value.contains('\0') {
                return Err(MessageError::Nul(name));
            }
        }
        if self.trace.len() > MAX_TRACE || !self.trace.is_ascii() {
            return Err(MessageError::Trace);
        }
        if is_message_id(&self.message_id) { Ok(()) } else { Err(MessageError::MessageId) }
    }
}

/// `unique@domain` of dot-separated words; so it is a file name, too, and never a path.
fn is_message_id(id: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'='))
    };
    id.len() <= MAX_MESSAGE_ID
        && id
            .split_once('@')
            .is_some_and(|(unique, domain)| unique.split('.').all(word) && domain.split('.').all(word))
}

fn part(kind: ContentType, text: &str) -> Result<SinglePart, MessageError> {
    // Line ends as mail has them, whatever the text was written with.
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    let body = Body::new_with_encoding(text, ContentTransferEncoding::Base64)
        .map_err(|_| MessageError::Build("a part can't be encoded".to_owned()))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
