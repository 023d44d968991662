//! A response as a row of a table.

use otklik_kernel::{Id, Zone};
use otklik_organisations::Offices;
use otklik_questionnaires::{Mark, Questionnaires};
use otklik_ui::{Badge, Tone, When};

use crate::suspicion::{BURST, TOO_FAST};
use crate::texts::L;
use crate::{Response, Suspicion};

/// The longest text in a row, in characters; the card shows it whole.
const SHORT: usize = 160;

/// A row.
pub struct Row {
    pub id: Id,
    /// The card's own page.
    pub href: String,
    /// The list with this card beside it, for screens that have room.
    pub beside: Option<String>,
    /// Whether this row's card is the one beside the list.
    pub is_open: bool,
    pub when: When,
    /// «UTC+10»; empty unless the table has rows of several zones.
    pub offset: String,
    pub office: String,
    /// The criteria rated badly, each by one word and in full.
    pub sad: Vec<(String, String)>,
    /// How many criteria are rated well, and which, in full.
    pub happy: Option<(usize, String)>,
    pub comment: String,
    pub states: Vec<Badge>,
}

impl Row {
    /// Rows for a table. Times are those of the offices, so where they differ from UTC by different hours
    /// each row says by how many.
    pub fn all(
        responses: &[Response],
        offices: &Offices,
        questionnaires: &Questionnaires,
        l: L,
    ) -> Vec<Self> {
        let mut rows: Vec<Self> =
            responses.iter().map(|response| Self::new(response, offices, questionnaires, l)).collect();
        if rows.windows(2).all(|pair| pair[0].offset == pair[1].offset) {
            rows.iter_mut().for_each(|row| row.offset.clear());
        }
        rows
    }

    fn new(response: &Response, offices: &Offices, questionnaires: &Questionnaires, l: L) -> Self {
        let (office, zone) = office(offices, response.body);
        let mut sad = Vec::new();
        let mut happy = Vec::new();
        for (key, mark) in response.marks.iter() {
            let (short, full) = criterion(questionnaires, response.questionnaire, key);
            match mark {
                Mark::Sad => sad.push((short, l.mark_words(full, l.mark_sad()))),
                Mark::Happy => happy.push(full),
            }
        }
        let happy =
            (!happy.is_empty()).then(|| (happy.len(), l.mark_words(happy.join(", "), l.mark_happy())));
        let when = When::new(response.received_at, &zone);
        let offset = when.exact.rsplit_once('(').map_or("", |(_, offset)| offset.trim_end_matches(')'));
        Self {
            id: response.id,
            href: format!("/admin/responses/{}", response.id),
            beside: None,
            is_open: false,
            offset: offset.to_owned(),
            when,
            // A number stays on the line of its sign.
            office: office.replace("№ ", "№\u{a0}"),
            sad,
            happy,
            comment: shortened(&response.comment),
            states: states(response, l),
        }
    }
}

/// The name and the zone of an office; its number in UTC when it isn't known on this node yet.
pub fn office(offices: &Offices, body: Id) -> (String, Zone) {
    offices.get(body).map_or_else(
        || (format!("№ {body}"), Zone::utc()),
        |office| (office.name.clone(), office.zone.clone()),
    )
}

/// A criterion by one word and in its official wording; its key when its version isn't known.
fn criterion(questionnaires: &Questionnaires, version: i32, key: char) -> (String, String) {
    let version = questionnaires.get(version);
    let found = version.and_then(|version| version.questionnaire.criteria.iter().find(|c| c.key == key));
    found.map_or_else(|| (key.to_string(), key.to_string()), |c| (c.short.clone(), c.text.clone()))
}

fn shortened(comment: &str) -> String {
    match comment.char_indices().nth(SHORT) {
        None => comment.to_owned(),
        Some((end, _)) => format!("{}…", comment[..end].trim_end()),
    }
}

/// What became of the response, and what is suspicious about it.
fn states(response: &Response, l: L) -> Vec<Badge> {
    let state = match (&response.outcome, &response.looked) {
        (Some(_), _) => Badge::new(l.state_answered(), Tone::Good),
        (None, Some(_)) => Badge::new(l.state_looked(), Tone::Quiet),
        (None, None) => Badge::new(l.state_waiting(), Tone::Accent),
    };
    let reasons = suspicions(response.suspicion, l).into_iter();
    std::iter::once(state).chain(reasons.map(|(short, _)| Badge::new(short, Tone::Warning))).collect()
}

/// What is suspicious about a response: in two words and in a sentence.
pub fn suspicions(suspicion: Suspicion, l: L) -> Vec<(&'static str, String)> {
    let seconds = TOO_FAST / otklik_kernel::Instant::SECOND;
    [
        (Suspicion::TOO_FAST, l.suspicion_too_fast(), l.suspicion_too_fast_long(seconds)),
        (Suspicion::SAME_DEVICE, l.suspicion_same_device(), l.suspicion_same_device_long().to_owned()),
        (Suspicion::BURST, l.suspicion_burst(), l.suspicion_burst_long(BURST)),
        (Suspicion::TOKEN_REUSED, l.suspicion_token_reused(), l.suspicion_token_reused_long().to_owned()),
    ]
    .into_iter()
    .filter(|(reason, ..)| suspicion.has(*reason))
    .map(|(_, short, long)| (short, long))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(shortened("ё"), "ё");
        assert_eq!(shortened(&"ё".repeat(SHORT)).chars().count(), SHORT);
        let cut = shortened(&format!("{} {}", "ё".repeat(SHORT - 1), "хвост"));
        assert_eq!(cut, format!("{}…", "ё".repeat(SHORT - 1)));
    }

    #[test]
    fn surv4_every_mark_of_suspicion_has_words() {
        let l = L::default();
        let all = Suspicion::ALL.into_iter().fold(Suspicion::default(), Suspicion::with);
        assert_eq!(suspicions(all, l).len(), Suspicion::ALL.len());
        for one in Suspicion::ALL {
            assert_eq!(suspicions(one, l).len(), 1);
        }
        assert!(suspicions(Suspicion::default(), l).is_empty());
    }
}
