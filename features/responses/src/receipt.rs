//! The receipt: what a person keeps to see later what became of the feedback (CASE-5).

use std::fmt;

use otklik_kernel::{Id, Secret, code};

use crate::ff1::Ff1;

/// A receipt: 80 bits that can't be guessed, shown as `XXXX-XXXX-XXXX-XXXX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Receipt([u8; 10]);

impl Receipt {
    /// Reads a receipt as a person types it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 40 {
            return None;
        }
        code::read_base32(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = code::base32(&self.0);
        write!(f, "{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..])
    }
}

/// The installation's cipher of receipts: a receipt is the response's id and two zero bytes, enciphered as
/// one number of 80 bits (FF1 of NIST SP 800-38G with AES-256). So it is found by the primary key, nothing
/// of it is stored, and without the installation's secret one receipt tells nothing about another.
pub struct Receipts(Ff1);

impl fmt::Debug for Receipts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipts(…)")
    }
}

impl Receipts {
    /// The cipher of an installation.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self(Ff1::new(&secret.derive("receipt").code(&[b"id"])))
    }

    /// The receipt of a response.
    #[must_use]
    pub fn seal(&self, id: Id) -> Receipt {
        let mut plain = [0; 10];
        plain[..8].copy_from_slice(&id.to_be_bytes());
        Receipt(self.0.encrypt(plain))
    }

    /// The response a receipt belongs to; nothing when this installation never gave it out.
    #[must_use]
    pub fn open(&self, receipt: &Receipt) -> Option<Id> {
        let [id @ .., 0, 0] = self.0.decrypt(receipt.0) else { return None };
        Some(Id::from_be_bytes(id))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case5_a_receipt_reads_back_in_any_writing() {
        let receipt = Receipt([7; 10]);
        let text = receipt.to_string();
        assert_eq!(text.len(), 19);
        for typed in [text.clone(), text.to_lowercase(), text.replace('-', ""), text.replace('-', " ")] {
            assert_eq!(Receipt::parse(&typed), Some(receipt), "{typed}");
        }
        for wrong in ["", "7", "привет", &"7".repeat(41), &text[..18]] {
            assert_eq!(Receipt::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn case5_a_receipt_opens_only_with_its_installations_secret(id in 0..Id::MAX) {
            let (ours, others) = (Receipts::new(&Secret::new(&[1; 32])), Receipts::new(&Secret::new(&[2; 32])));
            prop_assert_eq!(ours.open(&ours.seal(id)), Some(id));
            prop_assert_ne!(others.open(&ours.seal(id)), Some(id));
        }
    }

    #[test]
    fn case5_receipts_of_neighbours_have_nothing_in_common() {
        let receipts = Receipts::new(&Secret::new(&[1; 32]));
        let sealed: Vec<[u8; 10]> = (0..2_000).map(|id| receipts.seal(id).0).collect();
        assert_eq!(sealed.iter().collect::<HashSet<_>>().len(), 2_000);
        // Neighbours differ in about half of the 80 bits, and a bit changed leads nowhere.
        let differing = |pair: &[[u8; 10]]| -> u32 {
            pair[0].iter().zip(pair[1]).map(|(a, b)| (a ^ b).count_ones()).sum()
        };
        let mean = sealed.windows(2).map(differing).sum::<u32>() / 1_999;
        assert!((37..=43).contains(&mean), "{mean}");
        let led = (0..80).filter(|bit| {
            let mut guess = sealed[7];
            guess[bit / 8] ^= 1 << (bit % 8);
            receipts.open(&Receipt(guess)).is_some()
        });
        assert_eq!(led.count(), 0);
    }
}
