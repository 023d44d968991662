//! FF1 of NIST SP 800-38G for numbers of 80 bits and no tweak, with AES-256. It gives what the library `fpe` gives
//! (a test compares them), in one block of AES per round and without numbers of any length: a receipt is
//! enciphered for every accepted response.

use aes::Aes256;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};

/// Bits of a half.
const HALF: u32 = 40;
const MASK: u64 = (1 << HALF) - 1;
const ROUNDS: u8 = 10;
/// The first block of every round: version, method, Feistel, radix 2, ten rounds, digits of the left half, all digits,
/// no tweak.
const FIRST: [u8; 16] = [1, 2, 1, 0, 0, 2, ROUNDS, 40, 0, 0, 0, 80, 0, 0, 0, 0];

/// The cipher under a key.
pub struct Ff1 {
    aes: Aes256,
    /// The first block, enciphered.
    first: [u8; 16],
}

impl Ff1 {
    /// The cipher under this key.
    pub fn new(key: &[u8; 32]) -> Self {
        let aes = Aes256::new(&Array::from(*key));
        let mut first = Array::from(FIRST);
        aes.encrypt_block(&mut first);
        Self { aes, first: first.into() }
    }

    /// Enciphers.
    pub fn encrypt(&self, plain: [u8; 10]) -> [u8; 10] {
        let (mut a, mut b) = halves(plain);
        for round in 0..ROUNDS {
            (a, b) = (b, a.wrapping_add(self.round(round, b)) & MASK);
        }
        joined(a, b)
    }

    /// Deciphers.
    pub fn decrypt(&self, sealed: [u8; 10]) -> [u8; 10] {
        let (mut a, mut b) = halves(sealed);
        for round in (0..ROUNDS).rev() {
            (a, b) = (b.wrapping_sub(self.round(round, a)) & MASK, a);
        }
        joined(a, b)
    }

    /// What a round adds to one half, from the other: twelve bytes of the second block's cipher as a number, of which
    /// the lowest 40 bits count.
    fn round(&self, round: u8, half: u64) -> u64 {
        let mut block = self.first;
        block[10] ^= round;
        block[11..].iter_mut().zip(&half.to_be_bytes()[3..]).for_each(|(byte, other)| *byte ^= other);
        let mut block = Array::from(block);
        self.aes.encrypt_block(&mut block);
        block[7..12].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// The halves as numbers. The digits of a byte begin with its lowest bit, those of a number with its highest.
fn halves(bytes: [u8; 10]) -> (u64, u64) {
    let half =
        |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(byte.reverse_bits()));
    (half(&bytes[..5]), half(&bytes[5..]))
}

fn joined(a: u64, b: u64) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..5].copy_from_slice(&a.to_be_bytes()[3..]);
    bytes[5..].copy_from_slice(&b.to_be_bytes()[3..]);
    bytes.map(u8::reverse_bits)
}

#[cfg(test)]
mod tests {
    use fpe::ff1::{BinaryNumeralString, FF1};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn case5_the_cipher_of_receipts_is_the_librarys(key: [u8; 32], plain: [u8; 10]) {
            let theirs = FF1::<Aes256>::new(&key, 2).unwrap();
            let sealed = theirs.encrypt(&[], &BinaryNumeralString::from_bytes_le(&plain)).unwrap().to_bytes_le();
            let ours = Ff1::new(&key);
            prop_assert_eq!(&ours.encrypt(plain)[..], &sealed[..]);
            prop_assert_eq!(ours.decrypt(ours.encrypt(plain)), plain);
        }
    }
}
