//! What was answered, and what was asked: answers about a snapshot are kept, and questions asked anew about the next.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use otklik_kernel::Instant;
use tokio::sync::OnceCell;

use super::Sheet;
use super::percentiles::Spread;

/// Rows of answers that are kept, all together.
const ROWS: usize = 200_000;

/// Bytes of a question that take as much room as a row.
const BYTES_OF_ROW: usize = 100;

/// Questions that are remembered.
const MOST: usize = 200;

/// How long a question is asked anew after somebody asked it: a day and some, so that pages of yesterday are answered in
/// the morning.
const LONG: i64 = 30 * 60 * 60 * 1_000_000;

/// Answers by their queries: a snapshot never changes, and who may see what stands in the query.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Sheets>);

#[derive(Debug, Default)]
struct Sheets {
    sheets: HashMap<String, Arc<OnceCell<Sheet>>>,
    rows: usize,
}

impl Kept {
    /// The place of an answer: whoever comes first fills it, others wait for that.
    pub fn place(&self, query: &str) -> Arc<OnceCell<Sheet>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kept.sheets.entry(query.to_owned()).or_default())
    }

    /// Whether there is an answer.
    pub fn has(&self, query: &str) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.sheets.get(query).is_some_and(|place| place.initialized())
    }

    /// Keeps an answer that came along with another.
    pub fn keep(&self, query: &str, sheet: Sheet) {
        let place = self.place(query);
        if place.set(sheet).is_ok()
            && let Some(sheet) = place.get()
        {
            self.count(query, sheet);
        }
    }

    /// Forgets the place of an answer that didn't come and that nobody else waits for.
    pub fn forget(&self, query: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The map has one, whoever forgets it the other.
        if kept.sheets.get(query).is_some_and(|place| !place.initialized() && Arc::strong_count(place) <= 2) {
            kept.sheets.remove(query);
        }
    }

    /// Makes room for an answer that has come.
    pub fn count(&self, query: &str, sheet: &Sheet) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Others may have made room meanwhile.
        if !kept.sheets.contains_key(query) {
            return;
        }
        // An answer of one row takes room too, and so does a question that names many bodies.
        let rows = sheet.rows.len() + 10 + query.len() / BYTES_OF_ROW;
        if rows > ROWS / 10 {
            kept.sheets.remove(query);
            return;
        }
        if kept.rows + rows > ROWS {
            let own = kept.sheets.remove(query);
            *kept = Sheets::default();
            kept.sheets.extend(own.map(|own| (query.to_owned(), own)));
        }
        kept.rows += rows;
    }
}

/// How rows become an answer.
#[derive(Clone, Debug)]
pub(super) enum How {
    /// As they are.
    Rows,
    /// As they are; all columns but the first add up to the answer to another question, about everything together.
    Sums {
        /// What it is broken down by: so many columns.
        keys: usize,
        /// The other question.
        whole: String,
    },
    /// They become percentiles.
    Spread(Spread),
}

/// A question as it was asked.
#[derive(Clone, Debug)]
pub struct Question {
    pub(super) query: String,
    pub(super) how: How,
}

/// Questions that were asked, of this snapshot and those before.
#[derive(Debug, Default)]
pub(super) struct Past(Mutex<Questions>);

#[derive(Debug, Default)]
struct Questions {
    turn: u64,
    asked: HashMap<String, Asked>,
}

#[derive(Debug)]
struct Asked {
    how: How,
    turn: u64,
    /// When questions were asked anew for the first time after somebody had asked it.
    since: Option<Instant>,
}

impl Past {
    /// Remembers a question.
    pub fn ask(&self, query: &str, how: &How) {
        let mut past = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        past.turn += 1;
        let turn = past.turn;
        if let Some(known) = past.asked.get_mut(query) {
            (known.turn, known.since) = (turn, None);
            return;
        }
        past.asked.insert(query.to_owned(), Asked { how: how.clone(), turn, since: None });
        if past.asked.len() > MOST {
            let oldest =
                past.asked.iter().min_by_key(|(_, asked)| asked.turn).map(|(query, _)| query.clone());
            oldest.map(|query| past.asked.remove(&query));
        }
    }

    /// The questions to ask anew now, those asked last first.
    pub fn again(&self, now: Instant) -> Vec<Question> {
        let mut past = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        past.asked.retain(|_, asked| now.0 - asked.since.get_or_insert(now).0 < LONG);
        let question = |(query, asked): (&String, &Asked)| {
            (asked.turn, Question { query: query.clone(), how: asked.how.clone() })
        };
        let mut all: Vec<(u64, Question)> = past.asked.iter().map(question).collect();
        all.sort_unstable_by_key(|(turn, _)| Reverse(*turn));
        all.into_iter().map(|(_, question)| question).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_questions_are_remembered_as_long_as_somebody_asks_them() {
        let past = Past::default();
        for number in 0..MOST + 5 {
            past.ask(&number.to_string(), &How::Rows);
        }
        past.ask("7", &How::Rows);
        let again = |now| -> Vec<String> {
            past.again(Instant(now)).into_iter().map(|question| question.query).collect()
        };
        let asked = again(0);
        assert_eq!(asked.len(), MOST);
        assert_eq!(asked[..2], ["7".to_owned(), (MOST + 4).to_string()]);
        assert!(!asked.contains(&"4".to_owned()), "the oldest are forgotten");
        past.ask("9", &How::Rows);
        assert_eq!(again(LONG - 1).len(), MOST);
        assert_eq!(again(LONG), ["9"]);
    }

    #[test]
    fn mon13_large_answers_are_not_kept_and_many_make_room() {
        let kept = Kept::default();
        let keep = |query: &str, rows: usize| {
            let sheet = Sheet { rows: vec![Vec::new(); rows], ..Sheet::default() };
            kept.place(query).set(sheet.clone()).unwrap();
            kept.count(query, &sheet);
        };
        keep("large", ROWS / 10);
        assert!(!kept.has("large"));
        for number in 0..10 {
            keep(&number.to_string(), ROWS / 10 - 10);
        }
        assert!(kept.has("0") && kept.has("9"));
        keep("one more", 1);
        assert!(!kept.has("0") && kept.has("one more"));
        keep("0", 1);
        assert!(kept.has("0"));
        // Of what didn't come nothing stays, unless somebody waits for it.
        let (place, waits) = (kept.place("failed"), kept.place("failed"));
        kept.forget("failed");
        assert!(kept.0.lock().unwrap().sheets.contains_key("failed"));
        drop(waits);
        kept.forget("failed");
        kept.forget("0");
        assert!(!kept.0.lock().unwrap().sheets.contains_key("failed") && kept.has("0"));
        drop(place);
    }
}
