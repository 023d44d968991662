//! The rules of alerts that a body adds for itself and for everything under it (QR-5): checking and changing
//! them, with an entry in the journal.

use otklik_db::{DbErr, Tx};
use otklik_journal::{Actor, NewEntry};
use otklik_kernel::Id;
use otklik_kernel::text::search_text;
use otklik_mail::{BadAddress, EmailAddress, parse_list};
use otklik_web::Context;
use serde_json::{Value as Json, json};

use crate::store::alerts as store;

/// The action in the journal.
const CHANGED: &str = "alerts.change";
/// The most letters about an office in ten minutes that can be allowed.
pub const MOST_LETTERS: u32 = 1000;
/// The most negative responses within an hour that can be asked for.
pub const MOST_SEVERAL: u32 = 1000;
/// Topic words at most.
pub const MOST_WORDS: usize = 50;
/// The longest topic word, and the shortest, in characters.
pub const LONGEST_WORD: usize = 40;
const SHORTEST_WORD: usize = 3;

/// Rules of alerts; none of them can speak of a response with good marks only, see [`crate::rule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alerts {
    /// Letters about an office in ten minutes; what comes above it goes into digests.
    pub flood_limit: u32,
    /// How many negative responses within an hour are told of.
    pub several: Option<u32>,
    /// Who is told of them beside the office's recipients.
    pub several_to: Vec<EmailAddress>,
    /// Topic words, folded as for search: the beginnings of words of a text.
    pub words: Vec<String>,
    /// Who gets a letter with a topic word beside the office's recipients.
    pub words_to: Vec<EmailAddress>,
    /// The hour of the office at which the day before is summed up.
    pub daily_hour: Option<u8>,
    /// Who gets the summary beside the office's recipients.
    pub daily_to: Vec<EmailAddress>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            flood_limit: 20,
            several: None,
            several_to: Vec::new(),
            words: Vec::new(),
            words_to: Vec::new(),
            daily_hour: None,
            daily_to: Vec::new(),
        }
    }
}

/// What is wrong with a field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Not a whole number from 1 to this.
    Number(u32),
    /// Not an hour of the day.
    Hour,
    /// A topic word that is too short or too long.
    Word(String),
    /// Too many topic words.
    ManyWords,
    /// An address.
    Address(BadAddress),
}

/// The fields of the form as they were typed, by their names.
pub trait Typed {
    /// What was typed into a field; empty when nothing was.
    fn field(&self, name: &str) -> &str;
}

/// Reads a form; with every mistake by its field when there are any.
///
/// # Errors
/// The mistakes.
pub fn check(form: &dyn Typed) -> Result<Alerts, Vec<(&'static str, Wrong)>> {
    let mut wrong = Vec::new();
    let flood_limit = number(form, "flood_limit", MOST_LETTERS, &mut wrong);
    if flood_limit.is_none() && form.field("flood_limit").trim().is_empty() {
        wrong.push(("flood_limit", Wrong::Number(MOST_LETTERS)));
    }
    let several = number(form, "several", MOST_SEVERAL, &mut wrong);
    let several_to = addresses(form, "several_to", &mut wrong);
    let words = words(form.field("words"), &mut wrong);
    let words_to = addresses(form, "words_to", &mut wrong);
    let hour = form.field("daily_hour").trim();
    let daily_hour = hour.parse().ok().filter(|hour| *hour < 24);
    if daily_hour.is_none() && !hour.is_empty() {
        wrong.push(("daily_hour", Wrong::Hour));
    }
    let daily_to = addresses(form, "daily_to", &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let flood_limit = flood_limit.unwrap_or(Alerts::default().flood_limit);
    Ok(Alerts { flood_limit, several, several_to, words, words_to, daily_hour, daily_to })
}

fn number(
    form: &dyn Typed,
    field: &'static str,
    most: u32,
    wrong: &mut Vec<(&'static str, Wrong)>,
) -> Option<u32> {
    let typed = form.field(field).trim();
    let number = typed.parse().ok().filter(|number| (1..=most).contains(number));
    if number.is_none() && !typed.is_empty() {
        wrong.push((field, Wrong::Number(most)));
    }
    number
}

fn addresses(
    form: &dyn Typed,
    field: &'static str,
    wrong: &mut Vec<(&'static str, Wrong)>,
) -> Vec<EmailAddress> {
    let parsed = parse_list(form.field(field));
    wrong.extend(parsed.bad.into_iter().map(|bad| (field, Wrong::Address(bad))));
    parsed.good
}

fn words(typed: &str, wrong: &mut Vec<(&'static str, Wrong)>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let folded = search_text(typed);
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !(SHORTEST_WORD..=LONGEST_WORD).contains(&word.chars().count()) {
            wrong.push(("words", Wrong::Word(word.chars().take(LONGEST_WORD).collect())));
        } else if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    if words.len() > MOST_WORDS {
        wrong.push(("words", Wrong::ManyWords));
    }
    words
}

/// Gives a body rules of its own, or takes them away so that those above hold; the journal keeps both. The
/// caller has checked the scope. False when nothing changed.
///
/// # Errors
/// When the database refuses.
pub async fn set_alerts(
    tx: &Tx,
    ctx: &Context,
    actor: Actor<'_>,
    trace: &str,
    body: Id,
    alerts: Option<&Alerts>,
) -> Result<bool, DbErr> {
    let before = store::own(tx, body).await?;
    if before.as_ref() == alerts {
        return Ok(false);
    }
    match alerts {
        Some(alerts) => store::write(tx, body, alerts).await?,
        None => store::remove(tx, body).await?,
    }
    let entry = NewEntry {
        actor,
        action: CHANGED,
        subject: Some(("body", body)),
        body: Some(body),
        trace,
        before: before.as_ref().map(told),
        after: alerts.map(told),
    };
    otklik_journal::append(tx, entry, ctx.now(), &ctx.ids, &*ctx.random).await?;
    Ok(true)
}

/// Rules as the journal keeps them.
fn told(alerts: &Alerts) -> Json {
    let list = |list: &[EmailAddress]| list.iter().map(|one| one.as_str().to_owned()).collect::<Vec<_>>();
    json!({
        "flood_limit": alerts.flood_limit,
        "several": alerts.several,
        "several_to": list(&alerts.several_to),
        "words": alerts.words,
        "words_to": list(&alerts.words_to),
        "daily_hour": alerts.daily_hour,
        "daily_to": list(&alerts.daily_to),
    })
}
