//! Personal data in a stranger's text, hidden before the text leaves by mail. A pure function.
//!
//! Hidden: e-mail addresses, phones, СНИЛС, ИНН, passports, bank cards, any unbroken run of ten digits or
//! more, and numbers that stand right after «тел.», «паспорт», «СНИЛС» or «ИНН». Of a number the first digit
//! and the last two stay, so that an official who knows the person can match it: «+7 *** ***-**-12».
//!
//! Not hidden, because a complaint is made of them: rooms, minutes, times, dates, forms, sums with spaces.
//! The rules look at how the digits are grouped, not at words, except for the four named above.

mod digits;

use digits::{Group, Run};

/// The text with personal data hidden; doing it twice changes nothing more.
#[must_use]
pub fn mask_personal_data(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    mask_addresses(&mut chars);
    // What is left of one number may complete its neighbour, so it is looked at again; each turn takes
    // digits away.
    while mask_numbers(&mut chars) {}
    chars.into_iter().collect()
}

/// `ivanov@mail.example.ru` → `i***@***.ru`.
fn mask_addresses(chars: &mut Vec<char>) {
    let is_local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%' | '\'');
    let is_domain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut masked = Vec::with_capacity(chars.len());
    let mut at = 0;
    // How much of `masked` has been looked at, so that a row of @ doesn't make the search long.
    let mut done = 0;
    while at < chars.len() {
        let c = chars[at];
        at += 1;
        if c != '@' {
            masked.push(c);
            continue;
        }
        let local = masked[done..].iter().rev().take_while(|&&c| is_local(c)).count();
        let mut domain = chars[at..].iter().take_while(|&&c| is_domain(c)).count();
        while domain > 0 && !chars[at + domain - 1].is_alphanumeric() {
            domain -= 1;
        }
        if local == 0 || domain == 0 {
            masked.push(c);
            done = masked.len();
            continue;
        }
        let start = masked.len() - local;
        masked.truncate(start + 1);
        masked.extend("***@***".chars());
        // What is left of the domain may be the beginning of the next address.
        done = masked.len();
        let name = &chars[at..at + domain];
        if let Some(dot) = name.iter().rposition(|&c| c == '.') {
            masked.extend(&name[dot..]);
        }
        at += domain;
    }
    *chars = masked;
}

/// Hides what is found in one pass; whether anything was.
fn mask_numbers(chars: &mut [char]) -> bool {
    let mut found = false;
    let mut from = 0;
    while let Some(run) = Run::find(chars, from) {
        from = run.end();
        let mut first = 0;
        while first < run.groups.len() {
            let length = digits::personal(&run, first, chars);
            if length > 0 {
                hide(&run.groups[first..first + length], chars);
                found = true;
            }
            first += length.max(1);
        }
    }
    found
}

/// Leaves the first digit and the last two; of fewer than ten digits, the last one.
fn hide(groups: &[Group], chars: &mut [char]) {
    let places: Vec<usize> = groups.iter().flat_map(|group| group.start..group.end).collect();
    let last = if places.len() < 10 { 1 } else { 2 };
    for &place in &places[1..places.len() - last] {
        chars[place] = '*';
    }
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
