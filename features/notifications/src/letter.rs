//! The letter about a response: the same for all recipients, without personal data.

use askama::Template;
use otklik_kernel::{Id, Instant};
use otklik_locale::Lang;
use otklik_mail::{EmailAddress, Message, inert_links, mask_personal_data};
use otklik_organisations::Office;
use otklik_questionnaires::{Criterion, Mark, Questionnaire};
use otklik_responses::{Response, Suspicion};

use crate::texts::L;

/// A letter without its recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The subject: one line.
    pub subject: String,
    /// The letter as plain text.
    pub text: String,
    /// The letter as HTML.
    pub html: String,
    /// The trace from the form.
    pub trace: String,
    /// When the response was accepted.
    pub date: Instant,
}

/// What the rules of a body say of a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules<'a> {
    /// So many negative ones within an hour, this the last of them; or 0.
    pub several: u32,
    /// The topic word of its text, or nothing.
    pub word: &'a str,
}

impl Rules<'_> {
    /// In words, such as «3 отрицательных за час, слово «очередь»»; empty when they say nothing.
    fn text(self, l: L) -> String {
        let several = (self.several > 0).then(|| l.why_several(self.several));
        let word = (!self.word.is_empty()).then(|| l.why_word(self.word.to_owned()));
        several.into_iter().chain(word).collect::<Vec<_>>().join(", ")
    }
}

/// One criterion and what was said of it.
struct Row<'a> {
    letter: &'a str,
    criterion: &'a str,
    words: &'static str,
    is_sad: bool,
    /// Readable on white; the words always stand beside it.
    colour: &'static str,
}

impl<'a> Row<'a> {
    fn new(l: L, criterion: &'a Criterion, mark: Option<Mark>) -> Self {
        let (words, colour) = match mark {
            Some(Mark::Sad) => (l.mark_sad(), "#b3261e"),
            Some(Mark::Happy) => (l.mark_happy(), "#1b6e3c"),
            None => (l.mark_none(), "#5b6470"),
        };
        let is_sad = mark == Some(Mark::Sad);
        Self { letter: &criterion.letter, criterion: &criterion.text, words, is_sad, colour }
    }
}

/// What both forms of the letter show.
struct Content<'a> {
    l: L,
    title: &'static str,
    is_negative: bool,
    office: &'a Office,
    time: String,
    rows: Vec<Row<'a>>,
    /// The text, masked and inert, by lines; none when there was no text.
    comment: Vec<String>,
    is_masked: bool,
    /// What the rules of the body say of it.
    why: &'a str,
    suspicion: Vec<&'static str>,
    card: String,
    list: String,
}

#[derive(Template)]
#[template(path = "notifications/letter.txt")]
struct TextView<'a> {
    c: &'a Content<'a>,
}

#[derive(Template)]
#[template(path = "notifications/letter.html")]
struct HtmlView<'a> {
    c: &'a Content<'a>,
}

impl Letter {
    /// Writes the letter about a response; `admin_url` is the base of the links, without a slash at its end.
    ///
    /// # Errors
    /// When a template fails.
    pub fn write(
        response: &Response,
        office: &Office,
        questionnaire: &Questionnaire,
        rules: Rules<'_>,
        admin_url: &str,
        lang: Lang,
    ) -> Result<Self, askama::Error> {
        let l = L(lang);
        let why = rules.text(l);
        let is_negative = response.marks.is_negative();
        let shown = shown(&response.comment);
        let safe = inert_links(&mask_personal_data(&shown));
        let content = Content {
            l,
            title: if is_negative { l.letter_negative() } else { l.letter_unrated() },
            is_negative,
            office,
            time: response.received_at.show_exact_in(&office.zone),
            rows: questionnaire
                .criteria
                .iter()
                .map(|criterion| Row::new(l, criterion, response.marks.get(criterion.key)))
                .collect(),
            comment: safe.lines().map(str::to_owned).collect(),
            is_masked: safe != shown,
            why: &why,
            suspicion: suspicion(l, response.suspicion),
            card: format!("{admin_url}/admin/responses/{}", response.id),
            list: format!("{admin_url}/admin/bodies/{}/recipients", response.body),
        };
        let subject = match is_negative {
            _ if !why.is_empty() => l.subject_because(office.name.clone(), why.clone()),
            true => l.subject_negative(office.name.clone()),
            false => l.subject_unrated(office.name.clone()),
        };
        Ok(Self {
            subject: one_line(&subject),
            text: TextView { c: &content }.render()?,
            html: HtmlView { c: &content }.render()?,
            trace: response.trace.clone(),
            date: response.received_at,
        })
    }

    /// The letter to one recipient. The same delivery has the same Message-ID at every attempt, so that a
    /// mail system can drop a second copy.
    pub fn to(&self, delivery: Id, from: EmailAddress, to: EmailAddress) -> Message {
        Message {
            message_id: format!("otklik.{delivery}@{}", from.domain()),
            from,
            to,
            subject: self.subject.clone(),
            text: self.text.clone(),
            html: self.html.clone(),
            trace: self.trace.clone(),
            date: self.date,
        }
    }
}

/// A header on one line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A stranger's text without characters that have no shape or turn the direction of what follows.
pub fn shown(comment: &str) -> String {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let one = |c: char| match c {
        '\n' => Some('\n'),
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        c if c.is_control() || turns(c) => None,
        c => Some(c),
    };
    comment.trim().replace("\r\n", "\n").chars().filter_map(one).collect()
}

fn suspicion(l: L, suspicion: Suspicion) -> Vec<&'static str> {
    let known = [
        (Suspicion::TOO_FAST, l.suspicion_too_fast()),
        (Suspicion::SAME_DEVICE, l.suspicion_same_device()),
        (Suspicion::BURST, l.suspicion_burst()),
        (Suspicion::TOKEN_REUSED, l.suspicion_token_reused()),
    ];
    known.into_iter().filter(|&(mark, _)| suspicion.has(mark)).map(|(_, words)| words).collect()
}

#[cfg(test)]
#[path = "letter_tests.rs"]
mod tests;
