//! Passwords: Argon2id by the recommendation of OWASP (m = 19 MiB, t = 2, p = 1), and which ones are taken
//! (NIST SP 800-63B: length and a list of common ones, no rules of composition).

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use otklik_kernel::{Random, code, text};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// The shortest password, in characters.
pub const SHORTEST: usize = 12;
/// The longest password, in characters.
pub const LONGEST: usize = 200;

/// Hashing takes 19 MiB and a core: two at once, the others wait for their turn.
static TURNS: Semaphore = Semaphore::const_new(2);

/// The hash of a password that nobody has, made with the same parameters: an unknown login costs the
/// same time as a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password can't be hashed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("password hashing: {0}")]
pub struct HashError(String);

impl From<HashError> for otklik_web::Fail {
    fn from(error: HashError) -> Self {
        Self::Internal(error.to_string())
    }
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
) -> Result<T, HashError> {
    let _turn = TURNS.acquire().await.map_err(|error| HashError(error.to_string()))?;
    spawn_blocking(work).await.map_err(|error| HashError(error.to_string()))?
}

/// Hashes a password into the text that is stored.
///
/// # Errors
/// When the memory for it can't be had.
pub async fn hash(password: &str, random: &dyn Random) -> Result<String, HashError> {
    let (password, salt) = (password.to_owned(), random.bytes::<16>());
    in_turn(move || {
        let hash: PasswordHash = argon2()?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|error| HashError(error.to_string()))?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether a password is the one of a stored hash; without a hash it takes as long and says no.
///
/// # Errors
/// When the memory for it can't be had.
pub async fn verify(password: &str, hash: Option<&str>) -> Result<bool, HashError> {
    let (password, is_known) = (password.to_owned(), hash.is_some());
    let hash = hash.unwrap_or(NOBODY).to_owned();
    in_turn(move || Ok(argon2()?.verify_password(password.as_bytes(), hash.as_str()).is_ok() && is_known))
        .await
}

/// A temporary password, to be told once and changed at the first sign-in: 80 random bits.
#[must_use]
pub fn temporary(random: &dyn Random) -> String {
    let text = code::base32(&random.bytes::<10>()).to_lowercase();
    let groups: Vec<&str> = (0..4).map(|at| &text[at * 4..at * 4 + 4]).collect();
    groups.join("-")
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Shorter than [`SHORTEST`].
    Short,
    /// Longer than [`LONGEST`].
    Long,
    /// It is the login, or holds little more than the login.
    Login,
    /// It is among the common ones, a repetition or a row of neighbouring keys.
    Common,
}

/// What stands at the heart of the passwords that are tried first, with ornaments and digits cut off.
const COMMON: [&str; 40] = [
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "пароль",
    "gfhjkm",
    "qwerty",
    "qwertyuiop",
    "йцукен",
    "йцукенгшщзхъ",
    "qwertyuiop[]",
    "asdfgh",
    "asdfghjkl",
    "фывапролджэ",
    "zxcvbnm",
    "ячсмитьбю",
    "qazwsx",
    "qazwsxedc",
    "1q2w3e4r5t6y",
    "1q2w3e4r",
    "1qaz2wsx3edc",
    "q1w2e3r4t5y6",
    "iloveyou",
    "letmein",
    "welcome",
    "добропожаловать",
    "admin",
    "administrator",
    "админ",
    "администратор",
    "superuser",
    "changeme",
    "secret",
    "секрет",
    "россия",
    "москва",
    "nalog",
    "налог",
    "отклик",
    "otklik",
];

/// Whether a password is taken for a login; nothing when it is.
#[must_use]
pub fn weakness(password: &str, login: &str) -> Option<Weakness> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(Weakness::Short);
    }
    if length > LONGEST {
        return Some(Weakness::Long);
    }
    let folded = text::search_text(password);
    let login = text::search_text(login);
    let name = login.split('@').next().unwrap_or_default();
    if folded == login || (name.chars().count() >= 4 && bare(&folded) == bare(name)) {
        return Some(Weakness::Login);
    }
    let heart = bare(&folded);
    let is_common = heart.is_empty() && is_row(&folded)
        || COMMON.iter().any(|&common| folded == common || repeats(heart, common))
        || is_repetition(&folded);
    is_common.then_some(Weakness::Common)
}

/// The text without digits and signs at both its ends.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphabetic())
}

fn repeats(text: &str, part: &str) -> bool {
    !text.is_empty() && text.replace(part, "").chars().all(|c| !c.is_alphabetic())
}

/// Whether the text is one to four characters over and over.
fn is_repetition(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (1..=4).any(|period| letters.iter().zip(letters.iter().skip(period)).all(|(a, b)| a == b))
}

/// Whether digits only go up or down by one, 9 and 0 being neighbours.
fn is_row(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let goes = |step: u32| digits.windows(2).all(|pair| (pair[0] + step) % 10 == pair[1]);
    goes(1) || goes(9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_testkit::SeededRandom;

    #[test]
    fn org3_common_passwords_and_the_login_are_refused() {
        let check = |password: &str| weakness(password, "ivanov.p@office.example");
        assert_eq!(check("короткий"), Some(Weakness::Short));
        assert_eq!(check(&"я".repeat(201)), Some(Weakness::Long));
        assert_eq!(check("Ivanov.P@office.example"), Some(Weakness::Login));
        assert_eq!(check("ivanov.p12345"), Some(Weakness::Login));
        for common in [
            "Password12345!",
            "qwertyuiop123",
            "Пароль2026!!!",
            "123456789012",
            "987654321098",
            "йцукенйцукен",
            "aaaaaaaaaaaa",
            "abcabcabcabcabc",
            "1q2w3e4r5t6y",
            "Администратор1",
        ] {
            assert_eq!(check(common), Some(Weakness::Common), "{common}");
        }
        for good in
            ["тёплый самовар у окна", "correct horse battery", "7413-9920-4471", "Пароль от сейфа в подвале"]
        {
            assert_eq!(check(good), None, "{good}");
        }
    }

    #[tokio::test]
    async fn org3_a_hash_is_argon2id_by_owasp_and_takes_only_its_password() {
        let random = SeededRandom::new(7);
        let stored = hash("тёплый самовар у окна", &random).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify("тёплый самовар у окна", Some(&stored)).await.unwrap());
        assert!(!verify("теплый самовар у окна", Some(&stored)).await.unwrap());
        assert_ne!(stored, hash("тёплый самовар у окна", &random).await.unwrap());
    }

    #[tokio::test]
    async fn org3_an_unknown_login_goes_through_a_whole_hash() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!((parsed.params.get_decimal("m"), parsed.params.get_decimal("t")), (Some(19_456), Some(2)));
        assert!(!verify("", None).await.unwrap());
    }

    #[test]
    fn a_temporary_password_is_taken() {
        let random = SeededRandom::new(7);
        let (one, two) = (temporary(&random), temporary(&random));
        assert_ne!(one, two);
        assert_eq!((one.len(), weakness(&one, "login")), (19, None));
    }
}
