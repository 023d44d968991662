//! The rules of alerts: whether officials get a letter about a response (QR-5, [1 §4.9–4.11]), and what the
//! rules that a body adds say of it.
//!
//! Rules of one's own take an [`Alerting`], which a response with good marks only never becomes: so no such
//! rule can mail one.

use otklik_kernel::Instant;
use otklik_kernel::text::{is_blank, search_text};
use otklik_questionnaires::Marks;

/// Whether a response is mailed to the recipients of its office.
///
/// It is when at least one criterion is rated badly, with a text or without; and when a text is written and
/// nothing is rated. It is not when there are only good marks, whatever the text [1 §4.10, §4.11]. A text of
/// blanks counts as none.
#[must_use]
pub fn must_mail(marks: &Marks, comment: &str) -> bool {
    Alerting::of(marks, comment).is_some()
}

/// A response that officials are told of; there is no other way to get one than by the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alerting {
    is_negative: bool,
    has_text: bool,
}

impl Alerting {
    /// A response, if officials are told of it.
    #[must_use]
    pub fn of(marks: &Marks, comment: &str) -> Option<Self> {
        Self::read(marks, !is_blank(comment))
    }

    /// The same of a stored row.
    #[must_use]
    pub fn read(marks: &Marks, has_text: bool) -> Option<Self> {
        let is_negative = marks.is_negative();
        (is_negative || marks.is_empty() && has_text).then_some(Self { is_negative, has_text })
    }

    /// Whether a text is written.
    #[must_use]
    pub const fn has_text(&self) -> bool {
        self.has_text
    }

    /// The first of the topic words with which a word of the text begins; words folded as for search.
    #[must_use]
    pub fn topic<'w>(&self, comment: &str, words: &'w [String]) -> Option<&'w str> {
        if !self.has_text || words.is_empty() {
            return None;
        }
        let text = search_text(comment);
        let in_text: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let stands = |word: &&String| in_text.iter().any(|one| one.starts_with(word.as_str()));
        words.iter().find(stands).map(String::as_str)
    }
}

/// The negative responses of the last hour that have not been told together yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hour(Vec<Instant>);

impl Hour {
    /// Counts a response; true when it makes the hour's negative ones as many as `several`: they are told
    /// together then, and counting begins anew.
    pub fn note(&mut self, response: &Alerting, at: Instant, several: u32) -> bool {
        if !response.is_negative {
            return false;
        }
        self.0.retain(|earlier| at.since(*earlier) < Instant::HOUR);
        self.0.push(at);
        let is_full = several > 0 && self.0.len() >= several as usize;
        if is_full {
            self.told();
        }
        is_full
    }

    /// Counts a negative response that was counted before, perhaps by another node.
    pub fn earlier(&mut self, at: Instant, is_told: bool) {
        self.0.push(at);
        if is_told {
            self.told();
        }
    }

    fn told(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
