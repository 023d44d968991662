//! Rules of single values, each with its code.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::code::Code;
use super::excel;

/// The most characters of a number or code.
pub(crate) const CODE: usize = 100;
/// The most characters of a name.
pub(crate) const NAME: usize = 1000;

/// A number or code of someone's register.
pub(crate) fn code(text: &str) -> Result<(), (Code, String)> {
    plain(text, CODE)?;
    match excel::damage(text) {
        Some(damage) => Err((damage, String::new())),
        None if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) => {
            Err((Code::BlankEnds, String::new()))
        }
        None => Ok(()),
    }
}

/// A text of one line.
pub(crate) fn plain(text: &str, most: usize) -> Result<(), (Code, String)> {
    if text.len() > most && text.chars().count() > most {
        return Err((Code::TooLong, most.to_string()));
    }
    if text.chars().any(char::is_control) { Err((Code::ControlCharacter, String::new())) } else { Ok(()) }
}

/// A text of many lines.
pub(crate) fn long(text: &str) -> Result<(), (Code, String)> {
    let is_bad = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    if text.chars().any(is_bad) { Err((Code::ControlCharacter, String::new())) } else { Ok(()) }
}

/// The age, three digits [5 app.2 fn.3].
pub(crate) fn age(text: &str) -> Result<i16, Code> {
    match text.as_bytes() {
        [a, b, c] if [a, b, c].iter().all(|byte| byte.is_ascii_digit()) => {
            text.parse().map_err(|_| Code::Age)
        }
        [a] if a.is_ascii_digit() => Err(Code::ExcelZeros),
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => Err(Code::ExcelZeros),
        _ => Err(excel::damage(text).unwrap_or(Code::Age)),
    }
}

/// ОГРН: thirteen digits, of which the last checks the others (MON-4).
pub(crate) fn ogrn(text: &str) -> Result<i64, (Code, String)> {
    if let Some(damage) = excel::damage(text) {
        return Err((damage, String::new()));
    }
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(number) = text.parse::<i64>().ok().filter(|_| text.len() == 13 && is_digits) else {
        return Err((Code::OgrnLength, text.chars().count().to_string()));
    };
    if number / 10 % 11 % 10 == number % 10 { Ok(number) } else { Err((Code::OgrnDigit, String::new())) }
}

/// Standard or for addresses, padded or not.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const FOR_ADDRESSES: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A hash of at least 16 bytes, hexadecimal or base 64, and no СНИЛС or ИНН as they are.
pub(crate) fn hash(text: &str) -> Result<(), Code> {
    if let Some(damage) = excel::damage(text) {
        return Err(damage);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let others = text.bytes().any(|byte| !byte.is_ascii_digit() && !matches!(byte, b'-' | b' '));
    if !others && (10..=12).contains(&digits) {
        return Err(Code::HashPlain);
    }
    if text.len() > 200 {
        return Err(Code::HashForm);
    }
    let is_hex =
        text.len() >= 32 && text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_long = |engine: &GeneralPurpose| engine.decode(text).is_ok_and(|bytes| bytes.len() >= 16);
    if is_hex || is_long(&STANDARD) || is_long(&FOR_ADDRESSES) { Ok(()) } else { Err(Code::HashForm) }
}

/// A mark on the sender's scale.
pub(crate) fn mark(text: &str, scale: &RangeInclusive<i16>) -> Result<i16, (Code, String)> {
    if let Some(damage) = excel::damage(text) {
        return Err((damage, String::new()));
    }
    let is_number = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<i16>() {
        Ok(mark) if is_number && scale.contains(&mark) => Ok(mark),
        Ok(_) if is_number => Err((Code::MarkScale, format!("{}…{}", scale.start(), scale.end()))),
        _ => Err((Code::MarkForm, String::new())),
    }
}

/// Criteria: `criterion` or `criterion=mark`, separated by `|`.
pub(crate) fn criteria(text: &str, scale: &RangeInclusive<i16>) -> Result<(), (Code, String)> {
    plain(text, NAME)?;
    let mut seen = Vec::new();
    for part in text.split('|') {
        let (name, given) = part.split_once('=').map_or((part, None), |(name, given)| (name, Some(given)));
        if name.trim().is_empty() || seen.contains(&name) {
            return Err((Code::CriteriaForm, String::new()));
        }
        seen.push(name);
        if let Some(given) = given {
            mark(given, scale).map_err(|(code, detail)| match code {
                Code::MarkScale => (code, detail),
                _ => (Code::CriteriaForm, String::new()),
            })?;
        }
    }
    Ok(())
}

/// A whole number of at most five digits.
pub(crate) fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon4_ages_are_three_digits_and_ogrn_checks_itself() {
        assert_eq!((age("035"), age("100")), (Ok(35), Ok(100)));
        assert_eq!(
            (age("35"), age("7"), age("0035"), age("лет")),
            (Err(Code::ExcelZeros), Err(Code::ExcelZeros), Err(Code::Age), Err(Code::Age))
        );
        assert_eq!(ogrn("1027700132195"), Ok(1_027_700_132_195));
        assert_eq!(ogrn("1027700132196").unwrap_err().0, Code::OgrnDigit);
        for (text, code) in [
            ("102770013219", Code::OgrnLength),
            ("304500116000157", Code::OgrnLength),
            ("+027700132195", Code::OgrnLength),
            ("1,02E+12", Code::ExcelNumber),
        ] {
            assert_eq!(ogrn(text).unwrap_err().0, code, "{text}");
        }
    }

    #[test]
    fn mon4_a_hash_is_long_and_no_number_of_a_person() {
        for good in [
            "9f86d081884c7d659a2feaa0c55ad015",
            "9F86D081884C7D659A2FEAA0C55AD015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg=",
            "n4bQgYhMfWWaL+qgxVrQFQ",
        ] {
            assert_eq!(hash(good), Ok(()), "{good}");
        }
        for (bad, code) in [
            ("112-233-445 95", Code::HashPlain),
            ("11223344595", Code::HashPlain),
            ("7707083893", Code::HashPlain),
            ("500100732259", Code::HashPlain),
            ("9f86d081884c7d65", Code::HashForm),
            ("не хеш", Code::HashForm),
        ] {
            assert_eq!(hash(bad), Err(code), "{bad}");
        }
    }

    #[test]
    fn mon7_marks_and_criteria_keep_to_the_scale() {
        assert_eq!(mark("5", &(1..=5)), Ok(5));
        assert_eq!(mark("6", &(1..=5)).unwrap_err(), (Code::MarkScale, "1…5".to_owned()));
        assert_eq!(mark("10", &(0..=10)), Ok(10));
        assert_eq!(mark("4,5", &(1..=5)).unwrap_err().0, Code::MarkForm);
        assert_eq!(mark("+5", &(1..=5)).unwrap_err().0, Code::MarkForm);
        assert_eq!(criteria("срок=3|вежливость", &(1..=5)), Ok(()));
        for bad in ["срок=", "|срок", "срок|срок", "срок=пять"] {
            assert_eq!(criteria(bad, &(1..=5)).unwrap_err().0, Code::CriteriaForm, "{bad}");
        }
        assert_eq!(criteria("срок=6", &(1..=5)).unwrap_err().0, Code::MarkScale);
    }
}
