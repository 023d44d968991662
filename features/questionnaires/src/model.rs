//! A questionnaire, and the marks given in it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A mark: a happy or a sad face [1 §4.5].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// A sad face, «Плохо».
    Sad,
    /// A happy face, «Хорошо».
    Happy,
}

impl Mark {
    /// The digit it is sent and stored as.
    #[must_use]
    pub const fn digit(self) -> char {
        match self {
            Self::Sad => '0',
            Self::Happy => '1',
        }
    }
}

/// One criterion to be rated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// The name of its field: one lower-case Latin letter.
    pub key: char,
    /// Its letter in the official list.
    pub letter: String,
    /// Its official wording.
    pub text: String,
    /// One word for tables.
    pub short: String,
}

/// The field for a free text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentField {
    /// Its label.
    pub label: String,
    /// The longest text, in characters.
    pub limit: usize,
}

/// What a version of a questionnaire asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questionnaire {
    /// The title.
    pub title: String,
    /// The criteria in their order.
    pub criteria: Vec<Criterion>,
    /// The field for a free text.
    pub comment: CommentField,
}

impl Questionnaire {
    /// The built-in questionnaire of an office [1 §4.5–4.7].
    ///
    /// # Panics
    /// Never: the file is part of the programme and is read by a test.
    #[must_use]
    pub fn built_in() -> Self {
        serde_json::from_str(include_str!("../built-in.json"))
            .expect("the built-in questionnaire is well-formed")
    }
}

/// A published version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The code of the questionnaire.
    pub code: String,
    /// The number of the version, from 1.
    pub version: i32,
    /// What it asks.
    pub questionnaire: Questionnaire,
}

/// Marks by criterion, stored as `a0c1`: the criterion's key and the mark's digit, in the order of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(Vec<(char, Mark)>);

impl Marks {
    /// Marks from pairs; the last one counts when a key stands twice.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (char, Mark)>) -> Self {
        let map: std::collections::BTreeMap<char, Mark> = pairs.into_iter().collect();
        Self(map.into_iter().collect())
    }

    /// Reads the stored form; nothing when it is broken.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut marks = Vec::new();
        let mut letters = text.chars();
        while let Some(key) = letters.next() {
            let mark = match letters.next()? {
                '0' => Mark::Sad,
                '1' => Mark::Happy,
                _ => return None,
            };
            marks.push((key, mark));
        }
        Some(Self::new(marks))
    }

    /// The mark of a criterion.
    #[must_use]
    pub fn get(&self, key: char) -> Option<Mark> {
        self.0.iter().find(|(known, _)| *known == key).map(|&(_, mark)| mark)
    }

    /// The marks in the order of keys.
    pub fn iter(&self) -> impl Iterator<Item = (char, Mark)> {
        self.0.iter().copied()
    }

    /// How many criteria got this mark.
    #[must_use]
    pub fn count(&self, mark: Mark) -> usize {
        self.0.iter().filter(|(_, given)| *given == mark).count()
    }

    /// Whether nothing was rated.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether at least one criterion is rated badly [1 §4.10].
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.count(Mark::Sad) > 0
    }
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(key, mark)| write!(f, "{key}{}", mark.digit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn qr2_the_official_wording_word_for_word() {
        let texts: Vec<String> =
            Questionnaire::built_in().criteria.iter().map(|c| format!("{}) {}", c.letter, c.text)).collect();
        assert_eq!(
            texts,
            [
                "а) доступность информации о получении услуги",
                "б) комфортность условий в инспекции",
                "в) длительность ожидания в очереди",
                "г) длительность обслуживания",
                "д) вежливость и компетентность сотрудников",
            ]
        );
    }

    proptest! {
        #[test]
        fn marks_read_what_they_write(pairs in prop::collection::vec((prop::char::range('a', 'e'), any::<bool>()), 0..8)) {
            let marks = Marks::new(pairs.into_iter().map(|(key, happy)| (key, if happy { Mark::Happy } else { Mark::Sad })));
            prop_assert_eq!(Marks::parse(&marks.to_string()), Some(marks));
        }
    }

    #[test]
    fn broken_marks_are_refused() {
        for broken in ["a", "a2", "a0b"] {
            assert_eq!(Marks::parse(broken), None, "{broken}");
        }
    }
}
