//! What texts are about: the words people write, and how often those who write them are discontent.
//!
//! The newest texts are read each time, a bounded number of them: nothing is kept, so a text that was removed is
//! gone from here too.

use std::collections::{BTreeMap, HashMap, HashSet};

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::CivilDay;
use otklik_kernel::text::search_text;
use otklik_questionnaires::Mark;
use rust_stemmers::{Algorithm, Stemmer};
use sea_orm::ConnectionTrait;

use crate::store::{self, Filter, Text};

/// Texts read at most.
pub const MOST: u64 = 5_000;
/// A word is shown when so many responses have it in lower case: what fewer people wrote may point to one of them,
/// and names of people and places stand in capitals.
pub const FEWEST: u64 = 5;
/// Shorter words, and words whose stem is shorter, say nothing and can't be searched for.
const SHORTEST: usize = 3;

/// Words that every text has, whatever it is about.
const COMMON: &str = "без более больше будет будто будут был была были было быть вам вами вас ваш ваша ваше ваши ведь весь \
    вместо вообще вот все всего всегда всем всеми всему всех всю вся всё где даже для его ему если есть еще здесь или им \
    ими иначе итак каждый как какая какие какой когда который которая которое которые которых кого кому кроме кто куда \
    лишь меня мне много мной мною мог могла могли могу может можно мой моя мои мое моего моей моему моих нам нами нас наш \
    наша наше наши нее ней него нем нему нет нею никак никто ним ними них ничего ними однако она они оно опять очень перед \
    под пока после потом потому почему почти при про просто пусть раз разве сам сама само самый сами себе себя сейчас \
    свой своя свои своего своей своих снова совсем так такая такие такого такое такой также там твой тебя тем теперь тех \
    тоже только тот того той тому тут уже хотя хоть чего чей чем через что чтоб чтобы чуть эта эти этих это этого этой \
    этом этому этот эту этим над между ради около вокруг всякий именно поэтому зато либо нибудь весьма собой всей ваших \
    нашей нашего вашей вашего вашем нашем мои моих таких каких какого каком одна одно один одной одного раньше затем \
    которой которого котором которому";

/// A word as texts have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The form written most often, in lower case and with е for ё.
    pub written: String,
    /// How the forms begin, to be searched for.
    pub stem: String,
    /// Texts that have it.
    pub all: u64,
    /// Those of them that are negative.
    pub negative: u64,
    /// How many texts have it, by day.
    pub by_day: BTreeMap<CivilDay, u64>,
}

/// What texts are about.
#[derive(Clone, Debug, Default)]
pub struct Topics {
    /// Texts counted.
    pub all: u64,
    /// Those of them that are negative.
    pub negative: u64,
    /// Texts by day.
    pub by_day: BTreeMap<CivilDay, u64>,
    /// The first day of what was read, when there are more texts than are read.
    pub cut: Option<CivilDay>,
    words: HashMap<String, Found>,
}

#[derive(Clone, Debug, Default)]
struct Found {
    forms: HashMap<String, u64>,
    /// Texts that have it in lower case.
    lower: u64,
    all: u64,
    negative: u64,
    by_day: BTreeMap<CivilDay, u64>,
}

impl Topics {
    /// Reads the newest texts of a filter, and counts their words. With a criterion only texts that mark it count, and
    /// negative are those that mark it sad; else those with any sad face.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn read<C: ConnectionTrait>(
        conn: &C,
        scope: &Scope,
        filter: &Filter,
        about: Option<char>,
    ) -> Result<Self, DbErr> {
        let mut texts = store::texts(conn, scope, filter, MOST + 1).await?;
        let is_cut = texts.len() as u64 > MOST;
        if is_cut {
            texts.pop();
        }
        let mut topics = Self::of(&texts, about);
        topics.cut = texts.iter().map(|text| text.day).min().filter(|_| is_cut);
        Ok(topics)
    }

    fn of(texts: &[Text], about: Option<char>) -> Self {
        let mut topics = Self::default();
        let (stemmer, common) = (Stemmer::create(Algorithm::Russian), COMMON.split_whitespace().collect());
        for text in texts {
            let is_negative = match about.map(|key| text.marks.get(key)) {
                None => text.marks.is_negative(),
                Some(Some(mark)) => mark == Mark::Sad,
                Some(None) => continue,
            };
            topics.all += 1;
            topics.negative += u64::from(is_negative);
            *topics.by_day.entry(text.day).or_default() += 1;
            for (stem, (form, is_lower)) in words(&text.comment, &stemmer, &common) {
                let found = topics.words.entry(stem).or_default();
                *found.forms.entry(form).or_default() += 1;
                found.lower += u64::from(is_lower);
                found.all += 1;
                found.negative += u64::from(is_negative);
                *found.by_day.entry(text.day).or_default() += 1;
            }
        }
        topics
    }

    /// The words that may be shown, those of most texts first.
    #[must_use]
    pub fn words(&self) -> Vec<Word> {
        let shown = self.words.iter().filter(|(_, found)| found.lower >= FEWEST);
        let mut words: Vec<Word> = shown.map(|(stem, found)| found.word(stem)).collect();
        words.sort_by(|one, other| other.all.cmp(&one.all).then_with(|| one.written.cmp(&other.written)));
        words
    }

    /// How many texts have a word of this stem.
    #[must_use]
    pub fn with(&self, stem: &str) -> u64 {
        self.words.get(stem).map_or(0, |found| found.all)
    }
}

impl Found {
    fn word(&self, stem: &str) -> Word {
        let usual =
            self.forms.iter().max_by(|one, other| one.1.cmp(other.1).then_with(|| other.0.cmp(one.0)));
        Word {
            written: usual.map_or_else(String::new, |(form, _)| form.clone()),
            stem: stem.to_owned(),
            all: self.all,
            negative: self.negative,
            by_day: self.by_day.clone(),
        }
    }
}

/// The words of a text by their stems, each with its first form and whether it stands there in lower case. Nothing that
/// has a digit or an @ is a word, and neither is what isn't Russian.
fn words(text: &str, stemmer: &Stemmer, common: &HashSet<&str>) -> HashMap<String, (String, bool)> {
    let mut found: HashMap<String, (String, bool)> = HashMap::new();
    let is_word = |part: &&str| !part.contains(|c: char| c.is_numeric() || c == '@' || c == '/');
    let parts = text.split_whitespace().filter(is_word);
    for part in parts.flat_map(|part| part.split(|c: char| !c.is_alphabetic() && c != '-')) {
        let part = part.trim_matches('-');
        let form = search_text(part);
        let is_russian = form.chars().all(|c| matches!(c, 'а'..='я' | '-'));
        if !is_russian || form.chars().count() < SHORTEST || common.contains(form.as_str()) {
            continue;
        }
        let stem = stemmer.stem(&form).into_owned();
        if stem.chars().count() < SHORTEST {
            continue;
        }
        let is_lower = part.chars().all(|c| !c.is_uppercase());
        found.entry(stem).or_insert((form, false)).1 |= is_lower;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_questionnaires::Marks;

    fn topics(texts: &[(&str, &str)], about: Option<char>) -> Topics {
        let text = |(marks, comment): &(&str, &str)| Text {
            day: CivilDay(20_261_122),
            marks: Marks::parse(marks).unwrap(),
            comment: (*comment).to_owned(),
        };
        Topics::of(&texts.iter().map(text).collect::<Vec<_>>(), about)
    }

    #[test]
    fn qr13_forms_of_a_word_are_one_word_under_the_form_written_most() {
        let counted = topics(
            &[
                ("a0", "Очередь, очереди и ОЧЕРЕДЬЮ: стояли в очереди"),
                ("a0", "снова в очереди"),
                ("a0b1", "нет очереди"),
                ("b1", "долгая очередь"),
                ("", "с очередями пора что-то делать"),
            ],
            None,
        );
        assert_eq!((counted.all, counted.negative), (5, 3));
        let words = counted.words();
        assert_eq!(words.len(), 1, "{words:?}");
        let word = &words[0];
        assert_eq!(
            (word.written.as_str(), word.stem.as_str(), word.all, word.negative),
            ("очереди", "очеред", 5, 3)
        );
    }

    #[test]
    fn qr13_a_criterion_counts_only_texts_that_mark_it() {
        let text = "грубый охранник";
        let counted = topics(
            &[("a0b1", text), ("a0", text), ("b0", text), ("b1", text), ("b1", text), ("b0", text)],
            Some('b'),
        );
        assert_eq!((counted.all, counted.negative), (5, 2));
        assert!(counted.words().iter().all(|word| (word.all, word.negative) == (5, 2)));
    }

    #[test]
    fn qr13_few_numbers_addresses_and_names_are_not_shown() {
        let text = "Меня принимала Иванова, мой номер 8-900-123-45-67 и паспорт4510, пишите на почта@россия.рф, https://мой.рф/ссылка";
        let counted = topics(&[("a0", text); 9], None);
        let mut shown: Vec<String> = counted.words().into_iter().map(|word| word.written).collect();
        shown.sort();
        assert_eq!(shown, ["номер", "пишите", "принимала"]);
        assert_eq!(topics(&[("a0", text); 4], None).words(), []);
    }

    #[test]
    fn every_stem_is_the_beginning_of_its_forms_so_that_the_search_finds_them() {
        let forms =
            "длинные ожидания вежливость вежливые временный временно инспекторами объясненный помощь ждали";
        for (stem, (form, _)) in words(forms, &Stemmer::create(Algorithm::Russian), &HashSet::new()) {
            assert!(form.starts_with(&stem), "{form}: {stem}");
        }
    }
}
