//! The letter about many responses: a flood's digest, or the summary of a day.

use askama::Template;
use otklik_kernel::Instant;
use otklik_locale::Lang;
use otklik_mail::{inert_links, mask_personal_data};
use otklik_organisations::Office;
use otklik_questionnaires::{Mark, Marks, Questionnaire};
use otklik_responses::Response;
use otklik_ui::thousands;

use crate::letter::{Letter, one_line, shown};
use crate::store::digests::{Digest, DigestKind};
use crate::store::outbox;
use crate::texts::L;

/// Texts quoted at most.
pub const TEXTS: u64 = 5;
/// The longest part of a text that is quoted, in characters.
const LONGEST: usize = 300;

/// What a digest tells.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub digest: &'a Digest,
    /// How many responses have the same marks.
    pub by_marks: &'a [(Marks, u64)],
    /// When the first and the last of them arrived.
    pub span: (Instant, Instant),
    /// The first ones with a text.
    pub texts: &'a [Response],
}

/// A text that is quoted: masked, inert, by lines.
struct Quote {
    time: String,
    lines: Vec<String>,
    card: String,
}

struct Row<'a> {
    letter: &'a str,
    criterion: &'a str,
    sad: String,
    is_sad: bool,
}

struct Content<'a> {
    l: L,
    title: String,
    lead: String,
    note: &'static str,
    office: &'a Office,
    rows: Vec<Row<'a>>,
    quotes: Vec<Quote>,
    list: String,
    recipients: String,
}

#[derive(Template)]
#[template(path = "notifications/digest.txt")]
struct TextView<'a> {
    c: &'a Content<'a>,
}

#[derive(Template)]
#[template(path = "notifications/digest.html")]
struct HtmlView<'a> {
    c: &'a Content<'a>,
}

/// Writes the letter; `admin_url` is the base of the links, without a slash at its end.
///
/// # Errors
/// When a template fails.
pub fn write(
    told: &Told<'_>,
    row: &outbox::Told,
    office: &Office,
    questionnaire: &Questionnaire,
    admin_url: &str,
    lang: Lang,
) -> Result<Letter, askama::Error> {
    let l = L(lang);
    let count = |holds: &dyn Fn(&Marks) -> bool| -> u64 {
        told.by_marks.iter().filter(|(marks, _)| holds(marks)).map(|(_, n)| n).sum()
    };
    let all = count(&|_| true);
    let negative = count(&Marks::is_negative);
    let words = Words::of(told, office, all, negative, l);
    let rows = questionnaire.criteria.iter().map(|criterion| {
        let sad = count(&|marks| marks.get(criterion.key) == Some(Mark::Sad));
        Row { letter: &criterion.letter, criterion: &criterion.text, sad: thousands(sad), is_sad: sad > 0 }
    });
    let (first, last) = told.span;
    let (from, to) = (first.day_in(&office.zone), last.day_in(&office.zone));
    let only_negative = if negative == all { "&negative=1" } else { "" };
    let content = Content {
        l,
        title: words.title,
        lead: words.lead,
        note: words.note,
        office,
        rows: rows.collect(),
        quotes: told.texts.iter().map(|response| quote(response, office, admin_url)).collect(),
        list: format!("{admin_url}/admin/responses?body={}&from={from}&to={to}{only_negative}", office.code),
        recipients: format!("{admin_url}/admin/bodies/{}/alerts", office.id),
    };
    Ok(Letter {
        subject: one_line(&l.subject_because(office.name.clone(), content.title.clone())),
        text: TextView { c: &content }.render()?,
        html: HtmlView { c: &content }.render()?,
        trace: row.trace.clone(),
        date: row.at,
    })
}

struct Words {
    title: String,
    lead: String,
    note: &'static str,
}

impl Words {
    fn of(told: &Told<'_>, office: &Office, all: u64, negative: u64, l: L) -> Self {
        let (first, last) = told.span;
        if told.digest.kind == DigestKind::Daily {
            let day = first.day_in(&office.zone).show();
            let title = l.digest_daily(day);
            return Self { title, lead: l.digest_negative(all, thousands(all)), note: l.digest_daily_note() };
        }
        let minutes = (last.since(first) / Instant::MINUTE + 1).max(1);
        let title = match negative == all {
            true => l.digest_flood_negative(all, minutes, thousands(all)),
            false => l.digest_flood(all, minutes, thousands(all)),
        };
        let (since, until) = (first.show_in(&office.zone), last.show_in(&office.zone));
        let lead = l.digest_flood_lead(thousands(negative), since, thousands(all - negative), until);
        Self { title, lead, note: l.digest_flood_note() }
    }
}

fn quote(response: &Response, office: &Office, admin_url: &str) -> Quote {
    let safe = inert_links(&mask_personal_data(&shown(&response.comment)));
    let mut cut: String = safe.chars().take(LONGEST).collect();
    if cut.len() < safe.len() {
        cut.push('…');
    }
    Quote {
        time: response.received_at.show_in(&office.zone),
        lines: cut.lines().map(str::to_owned).collect(),
        card: format!("{admin_url}/admin/responses/{}", response.id),
    }
}

#[cfg(test)]
#[path = "digest_letter_tests.rs"]
mod tests;
