//! People and what must hold for them.

use otklik_kernel::{Id, Instant};

use crate::lock::Lock;

/// What is said of a person when their account is made or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonFields {
    /// The login as [`fold_login`] makes it.
    pub login: String,
    /// Name as the interface shows it.
    pub name: String,
    /// Position, or empty.
    pub position: String,
    /// Telephone, or empty.
    pub phone: String,
    /// E-mail, or empty.
    pub email: String,
    /// The body where they work.
    pub body: Id,
    /// The unit of that body where they work.
    pub unit: Option<Id>,
}

/// A person as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: Id,
    /// What is said of them.
    pub fields: PersonFields,
    /// Whether the password must be changed at the next sign-in.
    pub must_change: bool,
    /// Wrong passwords so far.
    pub lock: Lock,
    /// When the account was disabled.
    pub disabled_at: Option<Instant>,
}

/// A login as it is stored and compared: lower case, no space around it.
#[must_use]
pub fn fold_login(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether a folded login can be an account's: 3 to 64 letters, digits and `. _ - @`.
#[must_use]
pub fn is_login(login: &str) -> bool {
    (3..=64).contains(&login.chars().count())
        && login.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@'))
}

/// Whether a text looks like one e-mail address; whether it is one, only a letter can tell.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    text.len() <= 254
        && !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '"' | '\\'))
        && !local.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org3_logins() {
        assert_eq!(fold_login(" Ivanov.P@Office.example "), "ivanov.p@office.example");
        for good in ["adm", "иванов_п", "5401-1"] {
            assert!(is_login(good), "{good}");
        }
        for bad in ["", "ab", "a b c", "имя\nфамилия", "<script>", &"a".repeat(65)] {
            assert!(!is_login(bad), "{bad:?}");
        }
    }

    #[test]
    fn x3_addresses_that_would_add_headers_are_refused() {
        assert!(is_email("otdel@office.example") && is_email("отдел@инспекция.пример"));
        for bad in [
            "",
            "a",
            "@b.c",
            "a@b",
            "a@b.c\r\nBcc: x@y.z",
            "a@b.c, x@y.z",
            "A <a@b.c>",
            "a@@b.c",
            "a b@c.d",
            "a@.b",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }
}
