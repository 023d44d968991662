//! What the public pages show: plain structs that askama turns into HTML. No I/O, no rules.
//!
//! Every page is one response without a script or a second request. The only style sheet is [`STYLE`], the
//! same to a byte on every page, so the content policy can name its digest. A page with a name and an address
//! of 150 letters each stays under 8 KB.

use askama::Template;

pub use crate::texts::L;

/// What stands between `<style>` and `</style>` on every page; the digest in the content policy is of this.
pub const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/page.css"));

/// A face chosen for one criterion (QR-2) `[1 §4.5]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The happy face, «Хорошо», sent as `1`.
    Happy,
    /// The sad face, «Плохо», sent as `0`.
    Sad,
}

/// One criterion of the questionnaire.
#[derive(Clone, Copy, Debug)]
pub struct CriterionView<'a> {
    /// Name of the form's field, and the element's id that [`ProblemView::anchor`] may name: `a`, `b`, …
    pub field: &'a str,
    /// The letter before the wording: «а».
    pub letter: &'a str,
    /// The wording.
    pub text: &'a str,
    /// The chosen face; none is «Не оцениваю», sent as an empty value.
    pub choice: Option<Mark>,
    /// What is wrong with the mark as it was sent.
    pub error: Option<&'a str>,
}

impl CriterionView<'_> {
    fn is(&self, mark: Mark) -> bool {
        self.choice == Some(mark)
    }
}

/// One line of the summary of mistakes.
#[derive(Clone, Debug)]
pub struct ProblemView<'a> {
    /// Id of the element the line leads to: a [`CriterionView::field`] or `comment`.
    pub anchor: &'a str,
    /// What is wrong and what to do.
    pub message: &'a str,
}

/// The questionnaire of an office, empty or given back with what was typed (QR-1…QR-3).
#[derive(Clone, Debug, Template)]
#[template(path = "survey/questionnaire.html")]
pub struct QuestionnairePage<'a> {
    /// Texts.
    pub l: L,
    /// Full name of the office.
    pub office_name: &'a str,
    /// Its address.
    pub office_address: Option<&'a str>,
    /// Where the form is sent: `/qr/<code>/`.
    pub action: &'a str,
    /// The form token, sent back in the hidden field `token`.
    pub token: &'a str,
    /// The criteria in their order.
    pub criteria: &'a [CriterionView<'a>],
    /// What was typed in the field `comment`.
    pub comment: &'a str,
    /// The hint under the comment's label; [`comment_hint`] makes it, once.
    pub comment_hint: &'a str,
    /// What is wrong with the comment.
    pub comment_error: Option<&'a str>,
    /// The summary of mistakes; it takes the focus.
    pub problems: Vec<ProblemView<'a>>,
    /// Said above the form when nothing is wrong with the answer: [`L::notice_unavailable`], [`L::notice_stale`].
    pub notice: Option<&'a str>,
    /// High contrast was switched on (field `contrast`, sent as `1`).
    pub contrast: bool,
}

/// The hint under the comment: the limit and the request to leave personal data out.
///
/// Formatting costs more than the rest of the page, so it is made once and lent to every page.
#[must_use]
pub fn comment_hint(l: L, max_chars: u32) -> String {
    l.comment_hint(thousands(max_chars))
}

/// Thanks for an accepted response, with its receipt (CASE-5).
#[derive(Clone, Debug, Template)]
#[template(path = "survey/thanks.html")]
pub struct ThanksPage<'a> {
    /// Texts.
    pub l: L,
    /// Full name of the office.
    pub office_name: &'a str,
    /// The receipt as people read it: `XXXX-XXXX-XXXX-XXXX`.
    pub receipt: &'a str,
    /// Address of the receipt's page.
    pub receipt_url: &'a str,
    /// High contrast is on.
    pub contrast: bool,
}

/// A moment in the office's local time.
#[derive(Clone, Copy, Debug)]
pub struct MomentView<'a> {
    /// As people read it: «3 июня 2024 года, 14:05».
    pub shown: &'a str,
    /// With date, time and offset as HTML's `datetime` wants it: `2024-06-03T14:05:09+10:00`.
    pub exact: &'a str,
}

/// What was done about a response.
#[derive(Clone, Copy, Debug)]
pub struct OutcomeView<'a> {
    /// When it was written down.
    pub when: MomentView<'a>,
    /// What was done; its line breaks are kept.
    pub text: &'a str,
}

/// What became of a response; never the response itself (CASE-5).
#[derive(Clone, Debug, Template)]
#[template(path = "survey/receipt.html")]
pub struct ReceiptPage<'a> {
    /// Texts.
    pub l: L,
    /// The receipt as people read it.
    pub receipt: &'a str,
    /// Full name of the office.
    pub office_name: &'a str,
    /// When the response was received.
    pub received: MomentView<'a>,
    /// When an official looked it through.
    pub looked: Option<MomentView<'a>>,
    /// What was done.
    pub outcome: Option<OutcomeView<'a>>,
    /// High contrast is on.
    pub contrast: bool,
}

/// Asks for a receipt: sends `code` to `/r/`.
#[derive(Clone, Debug, Template)]
#[template(path = "survey/receipt-form.html")]
pub struct ReceiptFormPage {
    /// Texts.
    pub l: L,
    /// High contrast is on.
    pub contrast: bool,
}

/// No response has this receipt: says so and asks again with what was typed.
#[derive(Clone, Debug, Template)]
#[template(path = "survey/receipt-unknown.html")]
pub struct ReceiptUnknownPage<'a> {
    /// Texts.
    pub l: L,
    /// What was typed.
    pub typed: &'a str,
    /// High contrast is on.
    pub contrast: bool,
}

/// Why a page can't be shown.
#[derive(Clone, Copy, Debug)]
pub enum HelpKind<'a> {
    /// No code was given; the page asks for it and sends `code` to `/qr/`.
    NoCode,
    /// No office has this code; the page asks for it again.
    UnknownOffice,
    /// The office takes no more responses.
    ClosedOffice {
        /// Full name of the office.
        name: &'a str,
        /// Name and address of the office that works instead.
        other: Option<(&'a str, &'a str)>,
    },
    /// The service can't answer now.
    Unavailable,
    /// The form sent is larger than is read.
    TooLarge,
    /// Nothing is at this address.
    NotFound,
    /// The form sent can't be read.
    BadRequest,
}

impl HelpKind<'_> {
    fn asks_for_code(&self) -> bool {
        matches!(self, Self::NoCode | Self::UnknownOffice)
    }
}

/// What happened, what is kept, what to do.
#[derive(Clone, Debug, Template)]
#[template(path = "survey/help.html")]
pub struct HelpPage<'a> {
    /// Texts.
    pub l: L,
    /// What happened.
    pub kind: HelpKind<'a>,
    /// The office's code as it was typed, offered for correction.
    pub code: &'a str,
    /// High contrast is on.
    pub contrast: bool,
}

impl HelpPage<'_> {
    fn title(&self) -> &'static str {
        match self.kind {
            HelpKind::NoCode => self.l.help_no_code_title(),
            HelpKind::UnknownOffice => self.l.help_unknown_office_title(),
            HelpKind::ClosedOffice { .. } => self.l.help_closed_title(),
            HelpKind::Unavailable => self.l.help_unavailable_title(),
            HelpKind::TooLarge => self.l.help_too_large_title(),
            HelpKind::NotFound => self.l.help_not_found_title(),
            HelpKind::BadRequest => self.l.help_bad_request_title(),
        }
    }
}

/// A number with a no-break space between thousands: «4 000».
#[must_use]
pub fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A receipt cut after its second hyphen; whole if it has none.
fn halves(receipt: &str) -> (&str, &str) {
    receipt.match_indices('-').nth(1).map_or((receipt, ""), |(at, _)| receipt.split_at(at + 1))
}

#[cfg(test)]
mod tests;
