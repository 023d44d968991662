//! One e-mail address: strict about what mail programs and servers disagree on, open to domains in any
//! alphabet.

use std::fmt;
use std::hash::{Hash, Hasher};

use otklik_locale::Lang;

use crate::texts::L;

/// The most bytes an address may have (RFC 5321, 4.5.3.1.3).
pub const MAX_ADDRESS: usize = 254;
/// The most bytes the part before @ may have (RFC 5321, 4.5.3.1.1).
pub const MAX_LOCAL: usize = 64;

/// An e-mail address that can be sent to.
///
/// The part before @ is kept as typed; the domain is in lower case and in its ASCII form. Two addresses are
/// equal when they differ in letter case only: no mail system in use tells such recipients apart.
#[derive(Clone)]
pub struct EmailAddress {
    address: lettre::Address,
    key: String,
}

impl EmailAddress {
    /// Reads one address; white space and invisible characters around it are dropped.
    ///
    /// A domain of one label (`user@rel27`) is accepted: intranets have them. A domain in another alphabet is
    /// turned into its ASCII form (`налог.рф` into `xn--…`), so no server needs SMTPUTF8. Quoted parts,
    /// comments and addresses of machines in brackets are refused.
    ///
    /// # Errors
    /// [`AddressError`] says what is wrong, in words through [`AddressError::text`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = trim(text);
        check_characters(text)?;
        let (local, domain) = text.split_once('@').ok_or(AddressError::NoAt)?;
        if domain.contains('@') {
            return Err(AddressError::SeveralAt);
        }
        check_local(local)?;
        let domain = ascii_domain(domain)?;
        if local.len() + 1 + domain.len() > MAX_ADDRESS {
            return Err(AddressError::TooLong);
        }
        let address = lettre::Address::new(local, domain).map_err(|_| AddressError::Domain)?;
        let key = AsRef::<str>::as_ref(&address).to_ascii_lowercase();
        Ok(Self { address, key })
    }

    /// The address as it is sent: an ASCII string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.address.as_ref()
    }

    /// The form by which duplicates are found: all in lower case.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The part before @, as typed.
    #[must_use]
    pub fn local(&self) -> &str {
        self.address.user()
    }

    /// The domain in its ASCII form.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address.domain()
    }

    /// The address for people: the domain in its own alphabet. Reading it gives the same address.
    #[must_use]
    pub fn shown(&self) -> String {
        let (domain, read) = idna::domain_to_unicode(self.domain());
        let domain = if read.is_ok() { domain } else { self.domain().to_owned() };
        format!("{}@{domain}", self.local())
    }

    pub(crate) fn lettre(&self) -> lettre::Address {
        self.address.clone()
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for EmailAddress {}

impl Hash for EmailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.as_str())
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// Longer than [`MAX_ADDRESS`] bytes.
    #[error("longer than {MAX_ADDRESS} bytes")]
    TooLong,
    /// The part before @ is longer than [`MAX_LOCAL`] bytes.
    #[error("more than {MAX_LOCAL} bytes before @")]
    LocalTooLong,
    /// There is no @.
    #[error("no @")]
    NoAt,
    /// There are two @ or more, perhaps two addresses without a comma.
    #[error("several @")]
    SeveralAt,
    /// Nothing stands before @.
    #[error("nothing before @")]
    NoLocal,
    /// Nothing stands after @.
    #[error("nothing after @")]
    NoDomain,
    /// A space inside.
    #[error("a space inside")]
    Space,
    /// A control character, a line break or a character without a shape inside.
    #[error("an invisible character inside")]
    Invisible,
    /// A character that addresses don't have, such as a bracket or a quotation mark.
    #[error("the character {0:?}")]
    Character(char),
    /// Cyrillic letters before @.
    #[error("Cyrillic letters before @")]
    CyrillicLocal,
    /// A dot at an edge, beside @ or beside another dot.
    #[error("a misplaced dot")]
    Dots,
    /// A part of the domain that mixes Cyrillic and Latin letters.
    #[error("Cyrillic and Latin letters in {0:?}")]
    MixedDomain(String),
    /// Not a name of a domain.
    #[error("not a domain")]
    Domain,
}

impl AddressError {
    /// What is wrong, in words for the person who typed it.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let l = L(lang);
        match self {
            Self::Empty => l.address_empty(),
            Self::TooLong => l.address_too_long(),
            Self::LocalTooLong => l.address_local_too_long(),
            Self::NoAt => l.address_no_at(),
            Self::SeveralAt => l.address_several_at(),
            Self::NoLocal => l.address_no_local(),
            Self::NoDomain => l.address_no_domain(),
            Self::Space => l.address_space(),
            Self::Invisible => l.address_invisible(),
            Self::CyrillicLocal => l.address_cyrillic_local(),
            Self::Dots => l.address_dots(),
            Self::Domain => l.address_domain(),
            Self::Character(character) => return l.address_character(character.to_string()),
            Self::MixedDomain(label) => return l.address_mixed_domain(label.clone()),
        }
        .to_owned()
    }
}

/// Drops white space and invisible characters around a text.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Whether a character has no shape: controls, line breaks, joiners, marks of direction.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}')
}

/// Whether a letter is Cyrillic.
pub(crate) const fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}')
}

fn check_characters(text: &str) -> Result<(), AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    if text.len() > MAX_ADDRESS {
        return Err(AddressError::TooLong);
    }
    if text.chars().any(is_invisible) {
        return Err(AddressError::Invisible);
    }
    if text.chars().any(char::is_whitespace) {
        let several = text.matches('@').count() > 1;
        return Err(if several { AddressError::SeveralAt } else { AddressError::Space });
    }
    match text.chars().find(|&c| is_foreign(c)) {
        Some(c) => Err(AddressError::Character(c)),
        None => Ok(()),
    }
}

/// ASCII characters that stand in no address unquoted, and quotation marks of any kind but the apostrophe.
const fn is_foreign(c: char) -> bool {
    matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']' | '\\' | ',' | ';' | ':')
        || matches!(
            c,
            '«' | '»' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{ff02}' | '\u{ff07}'
        )
}

fn check_local(local: &str) -> Result<(), AddressError> {
    if local.is_empty() {
        return Err(AddressError::NoLocal);
    }
    if local.chars().any(is_cyrillic) {
        return Err(AddressError::CyrillicLocal);
    }
    if let Some(c) = local.chars().find(|&c| !is_atom(c) && c != '.') {
        return Err(AddressError::Character(c));
    }
    if local.len() > MAX_LOCAL {
        return Err(AddressError::LocalTooLong);
    }
    if local.split('.').any(str::is_empty) {
        return Err(AddressError::Dots);
    }
    Ok(())
}

/// The characters of an atom (RFC 5322, 3.2.3).
const fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '_' | '`'
        )
        || matches!(c, '{' | '|' | '}' | '~')
}

fn ascii_domain(domain: &str) -> Result<String, AddressError> {
    if domain.is_empty() {
        return Err(AddressError::NoDomain);
    }
    if domain.split('.').any(str::is_empty) {
        return Err(AddressError::Dots);
    }
    check_alphabets(domain)?;
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| AddressError::Domain)?;
    let (unicode, read) = idna::domain_to_unicode(&ascii);
    read.map_err(|_| AddressError::Domain)?;
    check_alphabets(&unicode)?;
    // A name typed in the wrong layout has no dots; a machine's number is not a name.
    let lone = !ascii.contains('.') && !unicode.is_ascii();
    let number = ascii.rsplit('.').next().is_none_or(|top| top.bytes().all(|b| b.is_ascii_digit()));
    if lone || number {
        return Err(AddressError::Domain);
    }
    Ok(ascii)
}

fn check_alphabets(domain: &str) -> Result<(), AddressError> {
    match domain.split('.').find(|l| l.chars().any(is_cyrillic) && l.chars().any(|c| c.is_ascii_alphabetic()))
    {
        Some(label) => Err(AddressError::MixedDomain(label.to_owned())),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
