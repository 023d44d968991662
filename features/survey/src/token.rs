//! The form's token: made with the page, checked with the answer.

use otklik_kernel::secret::same;
use otklik_kernel::{Id, Instant, Random, Secret, code};
use otklik_responses::model::FormToken;

/// Length of the keyed code, in bytes.
const CODE: usize = 8;

/// Makes and checks tokens.
#[derive(Debug)]
pub struct Tokens(Secret);

impl Tokens {
    /// Tokens under the installation's secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self(secret.derive("form-token"))
    }

    /// A new token for a page of an office that shows a version of the questionnaire.
    #[must_use]
    pub fn issue(&self, now: Instant, random: &dyn Random, office: Id, version: i32) -> String {
        let mut token: FormToken = [0; 16];
        token[..7].copy_from_slice(&now.0.to_be_bytes()[1..]);
        random.fill(&mut token[7..]);
        let mut bytes = Vec::with_capacity(20 + CODE);
        bytes.extend(token);
        bytes.extend(version.to_be_bytes());
        let code = self.code(&bytes, office);
        bytes.extend(code);
        code::base32(&bytes)
    }

    /// The token and the version of a form; nothing when it was not made here for this office.
    #[must_use]
    pub fn check(&self, text: &str, office: Id) -> Option<(FormToken, i32)> {
        if text.len() != 45 {
            return None;
        }
        let bytes = code::read_base32(text)?;
        let (signed, code) = bytes.split_at_checked(20)?;
        if !same(code, &self.code(signed, office)) {
            return None;
        }
        let (token, version) = signed.split_at(16);
        Some((token.try_into().ok()?, i32::from_be_bytes(version.try_into().ok()?)))
    }

    fn code(&self, signed: &[u8], office: Id) -> [u8; CODE] {
        let mut code = [0; CODE];
        code.copy_from_slice(&self.0.code(&[signed, &office.to_le_bytes()])[..CODE]);
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_kernel::SystemRandom;
    use otklik_responses::suspicion::shown_at;

    #[test]
    fn a_token_is_good_for_its_office_only_and_no_character_of_it_can_be_changed() {
        let tokens = Tokens::new(&Secret::new(&[1; 32]));
        let now = Instant(1_795_338_000_123_456);
        let text = tokens.issue(now, &SystemRandom, 7, 3);
        let (token, version) = tokens.check(&text, 7).unwrap();
        assert_eq!((shown_at(&token), version), (now, 3));
        assert_eq!(tokens.check(&text, 8), None);
        assert_eq!(Tokens::new(&Secret::new(&[2; 32])).check(&text, 7), None);
        for at in 0..text.len() - 1 {
            let other = if &text[at..=at] == "0" { "1" } else { "0" };
            assert_eq!(tokens.check(&format!("{}{other}{}", &text[..at], &text[at + 1..]), 7), None, "{at}");
        }
        for wrong in ["", "0", &text[1..], &format!("{text}0"), &"ё".repeat(45)] {
            assert_eq!(tokens.check(wrong, 7), None);
        }
        assert_ne!(tokens.issue(now, &SystemRandom, 7, 3), text);
    }
}
