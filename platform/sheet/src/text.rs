//! Texts as tables can hold them.

use std::borrow::Cow;

/// The most UTF-16 units of a cell.
const MOST_UNITS: usize = 32_767;

/// Whether a character has no place in XML 1.0, nor in a table: control characters but tab and line break,
/// and the two that are no characters.
const fn is_impossible(c: char) -> bool {
    matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// A text without what tables can't hold: impossible characters are U+FFFD, every line break is one LF, and
/// what is longer than a cell ends in «…».
pub fn clean(text: &str) -> Cow<'_, str> {
    let is_plain = text.len() <= MOST_UNITS
        && text.bytes().all(|b| (b >= b' ' || b == b'\n' || b == b'\t') && b != 0xef);
    if is_plain {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    let (mut cleaned, mut units, mut last) = (String::with_capacity(text.len()), 0, 0);
    for c in text.chars() {
        let c = match c {
            '\r' => '\n',
            c if is_impossible(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        };
        units += c.len_utf16();
        if units > MOST_UNITS {
            cleaned.truncate(last);
            cleaned.push('…');
            break;
        }
        // Where to cut so that «…» still has a place.
        if units < MOST_UNITS {
            last = cleaned.len() + c.len_utf8();
        }
        cleaned.push(c);
    }
    Cow::Owned(cleaned)
}

/// A text that no spreadsheet takes for a formula when it opens a CSV file: one `'` more before a text that
/// begins with `=`, `+`, `-` or `@`, also after blanks or apostrophes.
pub fn disarmed(text: &str) -> Cow<'_, str> {
    let rest = text.trim_start_matches(|c: char| c == '\'' || c.is_whitespace());
    match rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// Adds a text as XML. `_x0041_` stands for a character in spreadsheets: where it is meant as it is, its first
/// character is written that way itself.
pub fn escape(out: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|b| matches!(b, b'&' | b'<' | b'>' | b'_')) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'_' if is_coded(&bytes[at..]) => out.extend_from_slice(b"_x005F_"),
            byte => out.push(byte),
        }
    }
}

/// Whether a text begins with `_xHHHH_`.
fn is_coded(bytes: &[u8]) -> bool {
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn x4_what_looks_like_a_formula_is_disarmed_and_can_be_armed_again() {
        for text in ["=1+1", "+7 (4212) 30-00-00", "-", "@a", "\t=1", " =1", "'=1", "''@", "＝1", "\u{a0}-1"]
        {
            assert_eq!(disarmed(text), format!("'{text}"));
        }
        for text in ["", "a=b", "Приём с 9-18", "'кавычки'", "1-2"] {
            assert_eq!(disarmed(text), text);
        }
    }

    #[test]
    fn a_text_longer_than_a_cell_ends_in_dots() {
        let long = "я".repeat(MOST_UNITS);
        assert_eq!(clean(&long), long);
        let cut = clean(&format!("{long}я")).into_owned();
        assert_eq!((cut.chars().count(), cut.chars().last()), (MOST_UNITS, Some('…')));
        let pairs = clean(&"😀".repeat(20_000)).into_owned();
        assert!(pairs.encode_utf16().count() <= MOST_UNITS && pairs.ends_with("😀…"));
    }

    proptest! {
        #[test]
        fn x3_no_impossible_character_is_left_and_cleaning_twice_is_once(text in any::<String>()) {
            let cleaned = clean(&text).into_owned();
            prop_assert!(!cleaned.chars().any(|c| is_impossible(c) || c == '\r'));
            prop_assert_eq!(clean(&cleaned).into_owned(), cleaned);
        }
    }
}
