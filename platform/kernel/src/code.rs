//! Bytes written for people and addresses: Crockford's base 32 (no I, L, O, U, so that 0 and O can't be
//! mixed up on a photograph) and lower-case hexadecimal.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Writes bytes in base 32, the most significant bit first; the last digit is padded with zero bits.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut buffer, mut bits) = (0_u32, 0);
    for &byte in bytes {
        buffer = (buffer << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(buffer >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(buffer << (5 - bits)) as usize & 31]));
    }
    text
}

/// Reads base 32 as a person types it: any case, hyphens and spaces skipped, O for 0, I and L for 1.
#[must_use]
pub fn read_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut buffer, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let letter = match letter.to_ascii_uppercase() {
            b'-' | b' ' => continue,
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let digit = ALPHABET.iter().position(|&known| known == letter)?;
        buffer = (buffer << 5) | u32::try_from(digit).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 255).ok()?);
        }
    }
    Some(bytes)
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads lower- or upper-case hexadecimal.
#[must_use]
pub fn read_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case5_a_receipt_is_read_back_however_it_is_typed() {
        let bytes = [0, 255, 17, 4, 99, 200, 1, 2, 3, 250];
        let text = base32(&bytes);
        assert_eq!(text.len(), 16);
        assert_eq!(read_base32(&text).unwrap(), bytes);
        let typed = text.to_lowercase().replace('0', "o").replace('1', "l");
        assert_eq!(read_base32(&format!("{}-{}", &typed[..4], &typed[4..])).unwrap(), bytes);
        assert_eq!(read_base32("Ю"), None);
    }

    #[test]
    fn hexadecimal_reads_what_it_writes() {
        assert_eq!(read_hex(&hex(&[0, 1, 254])).unwrap(), [0, 1, 254]);
        assert_eq!(read_hex("0"), None);
        assert_eq!(read_hex("zz"), None);
    }
}
