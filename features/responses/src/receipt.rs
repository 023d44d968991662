//! The receipt: what a person keeps to see later what became of the feedback (CASE-5).

use std::fmt;

use otklik_kernel::code;
use otklik_kernel::secret::digest;

/// A receipt: 80 bits that can't be guessed, shown as `XXXX-XXXX-XXXX-XXXX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Receipt([u8; 10]);

impl Receipt {
    /// A receipt from a keyed code.
    #[must_use]
    pub fn from_code(code: &[u8; 32]) -> Self {
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&code[..10]);
        Self(bytes)
    }

    /// Reads a receipt as a person types it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 40 {
            return None;
        }
        code::read_base32(text)?.try_into().ok().map(Self)
    }

    /// What is stored: the receipt can't be found out from it.
    #[must_use]
    pub fn hash(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest(&[b"receipt", &self.0])[..16]);
        bytes
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = code::base32(&self.0);
        write!(f, "{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..])
    }
}

#[cfg(test)]
mod tests {
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
}
