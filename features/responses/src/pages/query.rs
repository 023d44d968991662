//! The filters of the list as they stand in its address.

use std::sync::Arc;

use otklik_kernel::{CivilDay, Id, text};
use otklik_organisations::Office;
use otklik_ui::Errors;
use otklik_web::Form;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::store::{Filter, WORDS};
use crate::texts::L;

/// The first day that is not taken for a date of responses.
const FAR: CivilDay = CivilDay(20_900_101);

/// What the address asks for; what is wrong in it is pointed out and left aside.
#[derive(Debug, Default)]
pub struct Asked {
    pub filter: Filter,
    /// The page, from 1.
    pub page: u64,
    /// Whose card stands beside the list.
    pub card: Option<Id>,
    pub errors: Errors,
    /// The fields as they were given.
    pub given: Form,
}

impl Asked {
    /// Reads the fields; `office` is the body that the field `body` names, or nothing when there is none
    /// such in the scope, and `keys` are the criteria that may be asked for.
    pub fn read(given: Form, office: Option<&Arc<Office>>, keys: &[char], l: L) -> Self {
        let mut errors = Errors::new();
        let mut filter = Filter { under: office.map(|office| office.id), ..Filter::default() };
        if office.is_none() && !text::is_blank(given.get("body")) {
            errors.add("body", l.list_bad_office(given.get("body").trim().to_owned()));
        }
        filter.from = date(&given, "from", &mut errors, l);
        filter.to = date(&given, "to", &mut errors, l);
        if filter.from.zip(filter.to).is_some_and(|(from, to)| from > to) {
            (filter.from, filter.to) = (None, None);
            errors.add("from", l.list_bad_dates());
        }
        let mut yes_no = |name: &str| match given.get(name) {
            "" => None,
            "1" => Some(true),
            "0" => Some(false),
            other => {
                errors.add(name, l.list_bad_value(other.to_owned()));
                None
            }
        };
        filter.negative = yes_no("negative");
        filter.suspicious = yes_no("suspicious");
        filter.with_text = yes_no("text") == Some(true);
        filter.not_looked = yes_no("not_looked") == Some(true);
        let sad = given.get("sad");
        filter.sad_about = keys.iter().copied().find(|key| sad.chars().eq([*key]));
        if filter.sad_about.is_none() && !sad.is_empty() {
            errors.add("sad", l.list_bad_value(sad.to_owned()));
        }
        let mut words = given.get("q").split_whitespace();
        filter.words = words.by_ref().take(WORDS).collect::<Vec<_>>().join(" ");
        if words.next().is_some() {
            errors.add("q", l.list_bad_words());
        }
        let page = match given.get("page") {
            "" => 1,
            number => number.parse().ok().filter(|&page| page > 0).unwrap_or_else(|| {
                errors.add("", l.list_bad_page(number.to_owned()));
                1
            }),
        };
        let card = match given.get("card") {
            "" => None,
            id => id.parse().ok().or_else(|| {
                errors.add("", l.list_bad_card());
                None
            }),
        };
        Self { filter, page, card, errors, given }
    }

    /// The address of this list, with its page and without a card.
    pub fn here(&self) -> String {
        let page = (self.page > 1).then(|| format!("page={}", self.page));
        let parts = [Some(self.address()).filter(|it| !it.is_empty()), page];
        parts.into_iter().flatten().collect::<Vec<_>>().join("&")
    }

    /// The filters that are applied, percent-encoded: the address of this list without its page.
    pub fn address(&self) -> String {
        let day = |day: Option<CivilDay>| day.map(|day| day.to_string()).unwrap_or_default();
        let flag = |on: Option<bool>| on.map_or("", |on| if on { "1" } else { "0" }).to_owned();
        let filter = &self.filter;
        let body = if filter.under.is_some() { self.given.get("body").trim() } else { "" };
        let pairs = [
            ("q", filter.words.clone()),
            ("body", body.to_owned()),
            ("from", day(filter.from)),
            ("to", day(filter.to)),
            ("negative", flag(filter.negative)),
            ("sad", filter.sad_about.map(String::from).unwrap_or_default()),
            ("text", flag(filter.with_text.then_some(true))),
            ("suspicious", flag(filter.suspicious)),
            ("not_looked", flag(filter.not_looked.then_some(true))),
        ];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        let encoded =
            given.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        encoded.collect::<Vec<_>>().join("&")
    }
}

fn date(given: &Form, name: &str, errors: &mut Errors, l: L) -> Option<CivilDay> {
    let typed = given.get(name).trim();
    if typed.is_empty() {
        return None;
    }
    let day = CivilDay::parse(typed).filter(|&day| day < FAR);
    if day.is_none() {
        errors.add(name, l.list_bad_date(typed.to_owned()));
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(query: &str) -> Asked {
        let office = Arc::new(Office {
            id: 7,
            code: "2724".into(),
            name: "ИФНС".into(),
            address: String::new(),
            zone: otklik_kernel::Zone::utc(),
            is_closed: false,
            parent: None,
        });
        let given = Form::parse(query.as_bytes()).unwrap();
        let found = (given.get("body") == "2724").then_some(&office);
        Asked::read(given, found, &['a', 'b'], L::default())
    }

    #[test]
    fn wrong_values_are_pointed_out_and_left_aside() {
        for (query, field) in [
            ("body=9999", "body"),
            ("from=22.11.2026", "from"),
            ("to=2026-02-30", "to"),
            ("to=9999-12-31", "to"),
            ("from=2026-11-23&to=2026-11-22", "from"),
            ("negative=2", "negative"),
            ("suspicious=да", "suspicious"),
            ("text=on", "text"),
            ("not_looked=x", "not_looked"),
            ("sad=z", "sad"),
            ("sad=ab", "sad"),
            ("page=0", ""),
            ("page=-1", ""),
            ("page=99999999999999999999", ""),
            ("card=x", ""),
            ("card=99999999999999999999", ""),
        ] {
            let asked = read(query);
            let fields: Vec<_> = asked.errors.0.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(fields, [field], "{query}");
            assert_eq!((asked.filter, asked.page), (Filter::default(), 1), "{query}");
        }
        let many = read("q=1+2+3+4+5+6+7+8+9");
        assert_eq!((many.filter.words.as_str(), many.errors.of("q").is_empty()), ("1 2 3 4 5 6 7 8", false));
    }

    #[test]
    fn an_address_without_filters_asks_for_everything() {
        for query in ["", "q=&body=&from=&to=&negative=&sad=&text=&suspicious=&not_looked=", "unknown=1&q=+"]
        {
            let asked = read(query);
            assert_eq!((asked.filter.clone(), asked.errors.is_empty()), (Filter::default(), true));
            assert_eq!(asked.address(), "");
        }
    }

    proptest! {
        #[test]
        fn the_address_of_a_list_asks_for_the_same_list(
            parts in prop::collection::vec(prop::sample::select(vec![
                "q=%D0%BE%D0%BA%D0%BD%D0%BE+100%25", "body=2724", "from=2026-11-01", "to=2026-11-22", "negative=1",
                "negative=0", "sad=b", "text=1", "suspicious=0", "suspicious=1", "not_looked=1", "page=3", "sad=z",
                "card=7",
            ]), 0..9),
        ) {
            let asked = read(&parts.join("&"));
            let again = read(&asked.address());
            prop_assert!(again.errors.is_empty());
            prop_assert_eq!(again.filter.clone(), asked.filter.clone());
            prop_assert_eq!(again.address(), asked.address());
            let here = read(&asked.here());
            prop_assert_eq!((here.filter, here.page, here.card), (asked.filter, asked.page, None));
        }

        #[test]
        fn any_address_is_read(query in "[a-z_]{0,6}=[^\u{0}&%]{0,12}(&(q|from|to|page|body|sad)=[^\u{0}&%]{0,12}){0,4}") {
            let _ = read(&query).address();
        }
    }
}
