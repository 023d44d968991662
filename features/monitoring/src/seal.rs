//! Passwords of partners as they lie in the database: sealed with a key of the installation's secret.

use otklik_kernel::{Random, Secret, code};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// A sealed text can't be opened: it was changed, or sealed under another secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed can't be opened: was the installation's secret changed?")]
pub struct Broken;

fn key(secret: &Secret) -> Result<LessSafeKey, Broken> {
    let bytes = secret.derive("monitoring partners").code(&[b"password"]);
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| Broken)?))
}

/// Seals a text for one place, named by `about`: it can't be opened at another.
///
/// # Errors
/// Never with a secret of the right length.
pub fn seal(secret: &Secret, random: &dyn Random, about: &str, text: &str) -> Result<String, Broken> {
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce);
    let mut bytes = text.as_bytes().to_vec();
    key(secret)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(about.as_bytes()),
            &mut bytes,
        )
        .map_err(|_| Broken)?;
    Ok(format!("{}{}", code::hex(&nonce), code::hex(&bytes)))
}

/// Opens a sealed text.
///
/// # Errors
/// [`Broken`].
pub fn open(secret: &Secret, about: &str, sealed: &str) -> Result<String, Broken> {
    let bytes = code::read_hex(sealed).ok_or(Broken)?;
    let (nonce, rest) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(Broken)?;
    let mut rest = rest.to_vec();
    let opened = key(secret)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(about.as_bytes()), &mut rest)
        .map_err(|_| Broken)?;
    String::from_utf8(opened.to_vec()).map_err(|_| Broken)
}

#[cfg(test)]
mod tests {
    use otklik_testkit::SeededRandom;

    use super::*;

    #[test]
    fn mon18_a_password_is_opened_only_where_it_was_sealed() {
        let (secret, random) = (Secret::new(&[7; 32]), SeededRandom::new(1));
        let sealed = seal(&secret, &random, "partner 1", "пароль").unwrap();
        assert!(!sealed.contains("пароль"));
        assert_eq!(open(&secret, "partner 1", &sealed).unwrap(), "пароль");
        assert_eq!(open(&secret, "partner 2", &sealed), Err(Broken));
        assert_eq!(open(&Secret::new(&[8; 32]), "partner 1", &sealed), Err(Broken));
        assert_eq!(open(&secret, "partner 1", &sealed[2..]), Err(Broken));
        assert_ne!(sealed, seal(&secret, &random, "partner 1", "пароль").unwrap());
    }
}
