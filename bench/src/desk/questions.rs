//! What officials ask for: pages with their filters, each over many offices, regions, days and words.

use otklik_kernel::{Clock as _, SystemClock, Zone};

use super::tree::{inspection, region};
use crate::http::encode;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Of the country.
    Country,
    /// Of one region.
    Region,
    /// Of one office.
    Office,
}

impl Level {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Region => "region",
            Self::Office => "office",
        }
    }
}

/// A kind of page, and the addresses by which it is asked for.
pub struct Question {
    /// What.
    pub what: &'static str,
    /// By whom.
    pub level: Level,
    /// The addresses, one after another and round again.
    pub paths: Vec<String>,
    /// p99 that is wanted, in milliseconds.
    pub wanted: f64,
}

/// Different values of a filter.
const MANY: usize = 40;
/// The region of the regional official, as a place in the list of regions.
pub const HOME: usize = 26;
/// For pages that show figures.
const DASHBOARD: f64 = 20.0;
/// For the list and the search.
const LIST: f64 = 50.0;

/// Words that few texts have: numbers of tickets.
fn tickets() -> Vec<String> {
    (0..MANY).map(|n| format!("{}{:03}", ["А", "Б", "В", "Д"][n % 4], 7 + n * 4)).collect()
}

fn list(pairs: &[(&str, &str)]) -> String {
    let mut path = String::from("/admin/responses");
    for (place, (name, value)) in pairs.iter().enumerate() {
        path.push(if place == 0 { '?' } else { '&' });
        path.push_str(name);
        path.push('=');
        encode(value, &mut path);
    }
    path
}

fn each(values: impl IntoIterator<Item = impl AsRef<str>>, name: &str, more: &[(&str, &str)]) -> Vec<String> {
    let with = |value: &str| list(&[&[(name, value)], more].concat());
    values.into_iter().map(|value| with(value.as_ref())).collect()
}

/// Everything that is asked, in the order of the table.
pub fn questions() -> Vec<Question> {
    let today = SystemClock.now().day_in(&Zone::utc());
    let mut all = Vec::new();
    let mut ask = |what, level, wanted, paths| all.push(Question { what, level, paths, wanted });
    let fixed = |path: &str| vec![path.to_owned()];
    let letters = ["a", "b", "c", "d", "e"];
    let regions: Vec<String> = (0..MANY).map(|n| region(n * 2)).collect();
    let offices: Vec<String> = (0..MANY).map(|n| inspection(n * 2 + 1, n)).collect();
    let near: Vec<String> = (0..12).map(|n| inspection(HOME, n)).collect();
    let periods = |days: i32, more: &[(&str, &str)]| -> Vec<String> {
        let period = |back: i32| {
            let to = today.plus_days(-back);
            let (from, to) = (to.plus_days(1 - days).to_string(), to.to_string());
            list(&[&[("from", from.as_str()), ("to", to.as_str())], more].concat())
        };
        (0..12).map(|n| period(1 + n * 27)).collect()
    };
    use Level::{Country, Office, Region};

    for level in [Country, Region, Office] {
        ask("«Сегодня»", level, DASHBOARD, fixed("/admin/"));
    }
    for level in [Country, Region, Office] {
        ask("analysis, 30 days", level, DASHBOARD, fixed("/admin/analysis"));
    }
    for level in [Country, Region] {
        ask("analysis, a year", level, DASHBOARD, fixed("/admin/analysis?period=365"));
    }
    let below = regions.iter().map(|code| format!("/admin/analysis?body={code}&period=90")).collect();
    ask("analysis of a region, 90 days", Country, DASHBOARD, below);
    for level in [Country, Region, Office] {
        ask("what texts are about", level, DASHBOARD, fixed("/admin/analysis/words"));
    }
    for level in [Country, Region, Office] {
        ask("daily monitoring, gaps", level, DASHBOARD, fixed("/admin/daily"));
    }
    ask("daily monitoring, all offices", Country, DASHBOARD, fixed("/admin/daily?show=all"));

    for level in [Country, Region, Office] {
        ask("list", level, LIST, fixed("/admin/responses"));
    }
    for level in [Country, Region, Office] {
        ask("list, its page 20", level, LIST, fixed("/admin/responses?page=20"));
    }
    ask("list, one office", Country, LIST, each(&offices, "body", &[]));
    ask("list, one office", Region, LIST, each(&near, "body", &[]));
    ask("list, one region", Country, LIST, each(&regions, "body", &[]));
    ask("list, one region, page 20", Country, LIST, each(&regions, "body", &[("page", "20")]));
    ask("list, a day", Country, LIST, periods(1, &[]));
    ask("list, 30 days", Country, LIST, periods(30, &[]));
    ask("list, 30 days", Region, LIST, periods(30, &[]));
    for level in [Country, Region, Office] {
        ask("list, negative", level, LIST, fixed("/admin/responses?negative=1"));
    }
    for level in [Country, Region, Office] {
        ask("list, not negative", level, LIST, fixed("/admin/responses?negative=0"));
    }
    for level in [Country, Region, Office] {
        ask("list, one criterion", level, LIST, each(letters, "sad", &[]));
    }
    ask("list, one criterion, one region", Country, LIST, each(&regions, "body", &[("sad", "e")]));
    ask("list, one criterion, 30 days", Region, LIST, periods(30, &[("sad", "d")]));
    for level in [Country, Region, Office] {
        ask("list, with a text", level, LIST, fixed("/admin/responses?text=1"));
    }
    for level in [Country, Region, Office] {
        ask("list, suspicious", level, LIST, fixed("/admin/responses?suspicious=1"));
    }
    for level in [Country, Region, Office] {
        ask("list, not looked through", level, LIST, fixed("/admin/responses?not_looked=1"));
    }
    let waiting = [("negative", "1"), ("not_looked", "1")];
    ask("list, negative not looked through, one region", Country, LIST, each(&regions, "body", &waiting));
    let several = [("negative", "1"), ("sad", "c"), ("text", "1"), ("suspicious", "0")];
    ask("list, five filters", Region, LIST, periods(90, &several));
    let rare = [("sad", "e"), ("suspicious", "1"), ("text", "1")];
    ask("list, three filters that few pass", Country, LIST, vec![list(&rare)]);
    ask("list, three filters that few pass", Region, LIST, vec![list(&rare)]);

    for level in [Country, Region] {
        ask("search, a rare word", level, LIST, each(tickets(), "q", &[]));
    }
    for level in [Country, Region, Office] {
        ask("search, a common word", level, LIST, each(["очеред", "окно", "спасибо", "документ"], "q", &[]));
    }
    ask("search, a common word, one region", Country, LIST, each(&regions, "body", &[("q", "очередь")]));
    let two = ["очередь окно", "терминал талон", "пандус дверь", "спасибо инспектор"];
    for level in [Country, Region] {
        ask("search, two words", level, LIST, each(two, "q", &[]));
    }
    let none = ["дирижабль", "синхрофазотрон", "эйяфьятлайокудль"];
    ask("search, a word that no text has", Country, LIST, each(none, "q", &[]));
    ask("search, a word of two letters", Country, LIST, each(["да", "не", "щю"], "q", &[]));
    ask("search, a common word, 30 days", Country, LIST, periods(30, &[("q", "очередь")]));
    ask(
        "search, a common word, negative, one criterion",
        Region,
        LIST,
        each(letters, "sad", &[("q", "окн")]),
    );
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_has_addresses_that_can_be_sent() {
        let all = questions();
        assert!(all.len() > 50, "{}", all.len());
        for question in &all {
            assert!(!question.paths.is_empty(), "{}", question.what);
            for path in &question.paths {
                assert!(path.starts_with("/admin/") && path.is_ascii() && !path.contains(' '), "{path}");
            }
        }
        let names: std::collections::HashSet<_> =
            all.iter().map(|question| (question.what, question.level.words())).collect();
        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn an_address_carries_its_filters() {
        assert_eq!(
            list(&[("q", "да нет"), ("text", "1")]),
            "/admin/responses?q=%D0%B4%D0%B0+%D0%BD%D0%B5%D1%82&text=1"
        );
        assert_eq!(each(["a", "b"], "sad", &[("text", "1")]).len(), 2);
    }
}
