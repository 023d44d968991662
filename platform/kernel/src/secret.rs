//! Keyed codes: HMAC-SHA-256 under the installation's secret, one derived key per purpose.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A secret key of 32 bytes; never printed.
#[derive(Clone)]
pub struct Secret {
    state: Hmac<Sha256>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A secret from its bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let mut block = [0_u8; 64];
        block[..32].copy_from_slice(key);
        Self { state: Hmac::new(&block.into()) }
    }

    /// The key for one purpose, so that a code made for one can't be used for another.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self::new(&self.code(&[purpose.as_bytes()]))
    }

    /// The code of several parts; each part's length is included, so parts can't run together.
    #[must_use]
    pub fn code(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut state = self.state.clone();
        for part in parts {
            state.update(&(part.len() as u64).to_le_bytes());
            state.update(part);
        }
        state.finalize().into_bytes().into()
    }
}

/// SHA-256 of several parts, each with its length.
#[must_use]
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut state = Sha256::new();
    for part in parts {
        state.update((part.len() as u64).to_le_bytes());
        state.update(part);
    }
    state.finalize().into()
}

/// Compares in a time that doesn't depend on where the difference is.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// SHA-256 of something read in pieces: the plain digest that `sha256sum` prints.
#[derive(Clone, Debug, Default)]
pub struct Sum(Sha256);

impl Sum {
    /// Adds a piece.
    pub fn add(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
