//! The recipients field: any number of addresses in one text (QR-6, [1 §3.4, §3.6]). A pure function.

use std::collections::HashSet;

use crate::address::{AddressError, EmailAddress, is_invisible, trim};

/// What was read from the recipients field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedList {
    /// The addresses in the order typed, each once.
    pub good: Vec<EmailAddress>,
    /// What could not be read, in the order typed.
    pub bad: Vec<BadAddress>,
    /// How many addresses were repeated and dropped.
    pub merged: usize,
}

impl ParsedList {
    /// The good addresses as the field shows them: through commas, domains in their own alphabet.
    #[must_use]
    pub fn shown(&self) -> String {
        self.good.iter().map(EmailAddress::shown).collect::<Vec<_>>().join(", ")
    }
}

/// A part of the list that is not an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAddress {
    /// The part as typed, without the white space around it.
    pub text: String,
    /// Which part of the list it is, from 1; empty parts aren't counted.
    pub position: usize,
    /// What is wrong with it.
    pub error: AddressError,
}

/// Reads a list of addresses separated by commas, semicolons or new lines (QR-6).
///
/// Several separators together and at the edges are fine. `Имя <адрес>` gives the address; a comma within
/// a name in quotation marks, as mail programs copy it, doesn't separate. Takes time in proportion to the
/// text.
#[must_use]
pub fn parse_list(text: &str) -> ParsedList {
    let mut list = ParsedList::default();
    let mut known = HashSet::new();
    for (index, part) in parts(text).enumerate() {
        match parse_part(part) {
            Ok(address) if known.insert(address.key().to_owned()) => list.good.push(address),
            Ok(_) => list.merged += 1,
            Err(error) => list.bad.push(BadAddress { text: part.to_owned(), position: index + 1, error }),
        }
    }
    list
}

const fn is_separator(c: char) -> bool {
    matches!(c, ',' | ';' | '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// The parts of a list that aren't empty, trimmed.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let now = rest?;
        let start = now.len() - now.trim_start_matches([' ', '\t']).len();
        let start = start + quoted_name(&now[start..]);
        let end = now[start..].find(is_separator).map(|at| start + at);
        rest = end.map(|end| &now[end + now[end..].chars().next().map_or(1, char::len_utf8)..]);
        Some(&now[..end.unwrap_or(now.len())])
    })
    .map(trim)
    .filter(|part| !part.is_empty())
}

/// The length of a name in quotation marks that stands before `<` on the same line; otherwise nothing, so
/// that a stray quotation mark spoils one part only.
fn quoted_name(text: &str) -> usize {
    let Some(inside) = text.strip_prefix('"') else { return 0 };
    let Some(end) = inside.find(['"', '\n', '\r']) else { return 0 };
    let after = inside[end..].strip_prefix('"').map(|after| after.trim_start_matches([' ', '\t']));
    if after.is_some_and(|after| after.starts_with('<')) { end + 2 } else { 0 }
}

fn parse_part(part: &str) -> Result<EmailAddress, AddressError> {
    let Some((name, address)) = part.strip_suffix('>').and_then(|part| part.rsplit_once('<')) else {
        return EmailAddress::parse(part);
    };
    if let Some(bracket) = name.chars().find(|c| matches!(c, '<' | '>')) {
        return Err(AddressError::Character(bracket));
    }
    let name = trim(name).trim_matches(['"', '\'']);
    if name.chars().any(|c| is_invisible(c) && c != '\t') {
        return Err(AddressError::Invisible);
    }
    let address = EmailAddress::parse(address)?;
    // A name that is another address: which of the two was meant is not for us to guess.
    if name.contains('@') && EmailAddress::parse(name).as_ref() != Ok(&address) {
        return Err(AddressError::SeveralAt);
    }
    Ok(address)
}

#[cfg(test)]
#[path = "recipients_tests.rs"]
mod tests;
