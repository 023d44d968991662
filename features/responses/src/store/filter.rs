//! Which responses a list shows, as conditions.

use otklik_access::Scope;
use otklik_db::Value;
use otklik_kernel::{CivilDay, Id, Instant, text};

/// How many words of a search count.
pub const WORDS: usize = 8;
/// The first day whose moments are beyond every identifier.
const BEYOND: CivilDay = CivilDay(20_950_101);

/// How many hours a day of the easternmost zone begins before that of UTC, and one of the westernmost ends after it; with
/// an hour to spare, since an identifier may be some seconds later than its moment.
const ZONES: [i64; 2] = [14 + 1, 12 + 1];

/// The lowest identifier of a day of any zone, or a later one.
pub(super) fn first(day: CivilDay) -> Id {
    bound(day, -ZONES[0])
}

/// The lowest identifier that is beyond a day of every zone.
pub(super) fn beyond(day: CivilDay) -> Id {
    bound(day.plus_days(1), ZONES[1])
}

fn bound(day: CivilDay, hours: i64) -> Id {
    let moment = Instant(day.start_utc().0 + hours * 60 * Instant::MINUTE);
    if day >= BEYOND { Id::MAX } else { otklik_kernel::id::floor(moment) }
}

/// Which responses a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this body and everything under it.
    pub under: Option<Id>,
    /// Only this civil day of the office and later ones.
    pub from: Option<CivilDay>,
    /// Only this civil day of the office and earlier ones.
    pub to: Option<CivilDay>,
    /// Only with at least one sad face, or only without any.
    pub negative: Option<bool>,
    /// Only with a sad face for this criterion.
    pub sad_about: Option<char>,
    /// Only with a text.
    pub with_text: bool,
    /// Only suspicious ones, or only those that are not.
    pub suspicious: Option<bool>,
    /// Only not yet looked through.
    pub not_looked: bool,
    /// Only with these words in the text.
    pub words: String,
}

/// Conditions that all hold, with their values.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    text: String,
    values: Vec<Value>,
}

impl Condition {
    pub(super) fn and(&mut self, part: &str, values: impl IntoIterator<Item = Value>) {
        if !self.text.is_empty() {
            self.text.push_str(" AND ");
        }
        self.text.push_str(part);
        self.values.extend(values);
    }

    pub(super) fn and_all(&mut self, other: Self) {
        if !other.text.is_empty() {
            self.and(&other.text, other.values);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn into_parts(self) -> (String, Vec<Value>) {
        (self.text, self.values)
    }
}

impl Filter {
    /// Where the responses are: of which offices, and between which identifiers. Given are the columns that hold
    /// the office and the identifier.
    pub(super) fn place(&self, scope: &Scope, body: &str, key: &str) -> Condition {
        let mut place = Condition::default();
        match self.under {
            None => place.and(&scope.sql(body), []),
            Some(under) => {
                let part = format!("{body} IN (SELECT body FROM access_closure WHERE ancestor = ?)");
                place.and(&part, [under.into()]);
                // The plus: the way leads by the body that is asked for, not by the scope, which is wider.
                place.and(&scope.sql(&format!("+{body}")), []);
            }
        }
        // The search on the key is bounded, too.
        if let Some(from) = self.from {
            place.and(&format!("{key} >= ?"), [first(from).into()]);
        }
        if let Some(to) = self.to {
            place.and(&format!("{key} < ?"), [beyond(to).into()]);
        }
        place
    }

    /// What the responses themselves are like; nothing when all are meant.
    pub(super) fn rows(&self) -> Condition {
        let mut rows = self.traits("r", "looked_at IS NULL");
        rows.and_all(self.texts("r.search_text"));
        rows
    }

    /// What responses are like beside their words, in a table of this name with this condition of waiting.
    pub(super) fn traits(&self, table: &str, waits: &str) -> Condition {
        let mut rows = Condition::default();
        let mut and = |part: &str, value: Option<Value>| rows.and(&format!("{table}.{part}"), value);
        if let Some(from) = self.from {
            and("day >= ?", Some(from.0.into()));
        }
        if let Some(to) = self.to {
            and("day <= ?", Some(to.0.into()));
        }
        if let Some(negative) = self.negative {
            and("is_negative = ?", Some(negative.into()));
        }
        if let Some(key) = self.sad_about {
            and("marks LIKE ?", Some(format!("%{key}0%").into()));
        }
        if self.with_text {
            and("has_text", None);
        }
        match self.suspicious {
            Some(true) => and("suspicion <> 0", None),
            Some(false) => and("suspicion = 0", None),
            None => {}
        }
        if self.not_looked {
            and(waits, None);
        }
        rows
    }

    /// The words that the texts have; given is the column that holds those.
    pub(super) fn texts(&self, column: &str) -> Condition {
        let mut rows = Condition::default();
        for word in self.words.split_whitespace().take(WORDS) {
            rows.and(&format!("{column} LIKE ? ESCAPE '\\'"), [text::like_pattern(word).into()]);
        }
        rows
    }
}
