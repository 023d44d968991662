//! What texts are about: the words people write, and how often those who write them are discontent.
//!
//! The newest texts are read, a bounded number of them. What was counted is kept for a minute, and no longer: a text
//! that was removed is gone from here then.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::text::search_text;
use otklik_kernel::{CivilDay, Id, Instant};
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

/// How long what was counted is shown.
const KEPT_FOR: i64 = 60 * Instant::SECOND;
/// How many answers are kept at most.
const KEPT: usize = 100;

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

/// A word's forms, and the texts that have it.
#[derive(Clone, Debug, Default)]
struct Found {
    forms: HashMap<Arc<str>, u64>,
    /// Texts that have it in lower case.
    lower: u64,
    negative: u64,
    /// The days of all texts that have it.
    days: Vec<CivilDay>,
}

/// Whose texts were read: the bodies of the scope, the filter, the criterion.
type Asked = (Vec<Id>, Filter, Option<char>);

/// What was asked for, when it was read, what came out.
type Answer = (Asked, Instant, Arc<Topics>);

/// What texts are about, kept for a minute; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct KeptTopics(Arc<Mutex<Vec<Answer>>>);

impl KeptTopics {
    /// What [`Topics::read`] gives, or gave within the last minute.
    ///
    /// # Errors
    /// When the database is away or a row is broken.
    pub async fn read<C: ConnectionTrait>(
        &self,
        conn: &C,
        scope: &Scope,
        filter: &Filter,
        about: Option<char>,
        now: Instant,
    ) -> Result<Arc<Topics>, DbErr> {
        let asked: Asked = (scope.tops().to_vec(), filter.clone(), about);
        if let Some(topics) = self.known(&asked, now) {
            return Ok(topics);
        }
        let topics = Arc::new(Topics::read(conn, scope, filter, about).await?);
        self.keep(asked, now, &topics);
        Ok(topics)
    }

    fn known(&self, asked: &Asked, now: Instant) -> Option<Arc<Topics>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, read, _)| now.since(*read) < KEPT_FOR);
        kept.iter().find(|(known, _, _)| known == asked).map(|(_, _, topics)| Arc::clone(topics))
    }

    fn keep(&self, asked: Asked, read: Instant, topics: &Arc<Topics>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((asked, read, Arc::clone(topics)));
    }
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
        let mut forms = Forms::default();
        let mut found: Vec<Found> = Vec::new();
        for text in texts {
            let is_negative = match about.map(|key| text.marks.get(key)) {
                None => text.marks.is_negative(),
                Some(Some(mark)) => mark == Mark::Sad,
                Some(None) => continue,
            };
            topics.all += 1;
            topics.negative += u64::from(is_negative);
            *topics.by_day.entry(text.day).or_default() += 1;
            for word in forms.words(&text.comment) {
                if found.len() <= word.stem {
                    found.resize_with(word.stem + 1, Found::default);
                }
                let found = &mut found[word.stem];
                *found.forms.entry(word.form).or_default() += 1;
                found.lower += u64::from(word.is_lower);
                found.negative += u64::from(is_negative);
                found.days.push(text.day);
            }
        }
        let of = |(stem, number): (String, usize)| Some((stem, std::mem::take(found.get_mut(number)?)));
        topics.words = forms.stems.into_iter().filter_map(of).collect();
        topics
    }

    /// The words that may be shown, so many at most: those of most texts first.
    #[must_use]
    pub fn words(&self, most: usize) -> Vec<Word> {
        let shown = self.words.iter().filter(|(_, found)| found.lower >= FEWEST);
        let mut words: Vec<_> =
            shown.map(|(stem, found)| (found.days.len(), found.written(), stem, found)).collect();
        words.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(other.1)));
        words.truncate(most);
        words.into_iter().map(|(_, written, stem, found)| found.word(written, stem)).collect()
    }

    /// How many texts have a word of this stem.
    #[must_use]
    pub fn with(&self, stem: &str) -> u64 {
        self.words.get(stem).map_or(0, |found| found.days.len() as u64)
    }
}

impl Found {
    /// The form written most often.
    fn written(&self) -> &str {
        let usual =
            self.forms.iter().max_by(|one, other| one.1.cmp(other.1).then_with(|| other.0.cmp(one.0)));
        usual.map_or("", |(form, _)| form)
    }

    fn word(&self, written: &str, stem: &str) -> Word {
        let mut by_day = BTreeMap::new();
        for day in &self.days {
            *by_day.entry(*day).or_default() += 1;
        }
        Word {
            written: written.to_owned(),
            stem: stem.to_owned(),
            all: self.days.len() as u64,
            negative: self.negative,
            by_day,
        }
    }
}

/// A word of a text.
#[derive(Clone)]
struct Said {
    /// The number of its stem.
    stem: usize,
    form: Arc<str>,
    /// Whether it stands there in lower case.
    is_lower: bool,
}

/// Words as they were written, and what became of them: most are written again and again.
struct Forms {
    stemmer: Stemmer,
    common: HashSet<&'static str>,
    known: HashMap<String, Option<Said>>,
    stems: HashMap<String, usize>,
}

impl Default for Forms {
    fn default() -> Self {
        Self {
            stemmer: Stemmer::create(Algorithm::Russian),
            common: COMMON.split_whitespace().collect(),
            known: HashMap::new(),
            stems: HashMap::new(),
        }
    }
}

impl Forms {
    /// The words of a text, each stem once with its first form and whether it stands there in lower case. Nothing
    /// that has a digit or an @ is a word, and neither is what isn't Russian.
    fn words(&mut self, text: &str) -> Vec<Said> {
        let mut found: Vec<Said> = Vec::new();
        let is_word = |part: &&str| !part.contains(|c: char| c.is_numeric() || c == '@' || c == '/');
        let parts = text.split_whitespace().filter(is_word);
        for part in parts.flat_map(|part| part.split(|c: char| !c.is_alphabetic() && c != '-')) {
            let Some(said) = self.said(part.trim_matches('-')) else { continue };
            match found.iter_mut().find(|one| one.stem == said.stem) {
                Some(one) => one.is_lower |= said.is_lower,
                None => found.push(said),
            }
        }
        found
    }

    fn said(&mut self, part: &str) -> Option<Said> {
        if let Some(known) = self.known.get(part) {
            return known.clone();
        }
        let said = self.read(part);
        self.known.insert(part.to_owned(), said.clone());
        said
    }

    fn read(&mut self, part: &str) -> Option<Said> {
        let form = search_text(part);
        let is_russian = form.chars().all(|c| matches!(c, 'а'..='я' | '-'));
        if !is_russian || form.chars().count() < SHORTEST || self.common.contains(form.as_str()) {
            return None;
        }
        let stem = self.stemmer.stem(&form).into_owned();
        if stem.chars().count() < SHORTEST {
            return None;
        }
        let next = self.stems.len();
        let stem = match self.stems.entry(stem) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(next),
        };
        let is_lower = part.chars().all(|c| !c.is_uppercase());
        Some(Said { stem, form: form.into(), is_lower })
    }
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
        let words = counted.words(usize::MAX);
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
        assert!(counted.words(usize::MAX).iter().all(|word| (word.all, word.negative) == (5, 2)));
    }

    #[test]
    fn qr13_few_numbers_addresses_and_names_are_not_shown() {
        let text = "Меня принимала Иванова, мой номер 8-900-123-45-67 и паспорт4510, пишите на почта@россия.рф, https://мой.рф/ссылка";
        let counted = topics(&[("a0", text); 9], None);
        let mut shown: Vec<String> = counted.words(usize::MAX).into_iter().map(|word| word.written).collect();
        shown.sort();
        assert_eq!(shown, ["номер", "пишите", "принимала"]);
        assert_eq!(topics(&[("a0", text); 4], None).words(9), []);
    }

    #[test]
    fn qr13_what_was_counted_is_kept_for_a_minute_and_for_those_who_asked() {
        let kept = KeptTopics::default();
        let (asked, other): (Asked, Asked) =
            ((vec![1], Filter::default(), None), (vec![2], Filter::default(), None));
        let counted = Arc::new(topics(&[("a0", "долгая очередь")], None));
        let read = Instant(1);
        kept.keep(asked.clone(), read, &counted);
        let last = read.plus(KEPT_FOR - 1);
        assert!(kept.known(&asked, last).is_some_and(|known| Arc::ptr_eq(&known, &counted)));
        assert!(kept.known(&other, last).is_none());
        assert!(kept.known(&asked, read.plus(KEPT_FOR)).is_none());
        for place in 0..2 * KEPT as Id {
            kept.keep((vec![place], Filter::default(), None), read, &counted);
        }
        assert_eq!(kept.0.lock().unwrap().len(), KEPT);
    }

    #[test]
    fn every_stem_is_the_beginning_of_its_forms_so_that_the_search_finds_them() {
        let forms =
            "длинные ожидания вежливость вежливые временный временно инспекторами объясненный помощь ждали";
        let mut read = Forms::default();
        let said = read.words(forms);
        assert!(said.len() > 5);
        for (stem, number) in &read.stems {
            for one in said.iter().filter(|one| one.stem == *number) {
                assert!(one.form.starts_with(stem), "{}: {stem}", one.form);
            }
        }
    }
}
