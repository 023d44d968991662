//! What spreadsheets make of numbers and codes, recognised by name (MON-10).

use super::code::Code;

/// The damage that a value bears, if it bears one.
#[must_use]
pub(crate) fn damage(value: &str) -> Option<Code> {
    let bytes = value.as_bytes();
    match bytes.first()? {
        b'=' => Some(Code::ExcelFormula),
        b'#' if is_error(value) => Some(Code::ExcelError),
        b'0'..=b'9' if is_power(bytes) => Some(Code::ExcelNumber),
        _ => None,
    }
}

/// `1,02E+12`, `1.02E+12`, `1E+15`.
fn is_power(bytes: &[u8]) -> bool {
    let Some(e) = bytes.iter().position(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (mantissa, power) = (&bytes[..e], &bytes[e + 1..]);
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let mut parts = mantissa.splitn(2, |byte| matches!(byte, b',' | b'.'));
    parts.all(digits) && matches!(power.first(), Some(b'+' | b'-')) && digits(&power[1..])
}

fn is_error(value: &str) -> bool {
    const ERRORS: [&str; 14] = [
        "#Н/Д",
        "#ИМЯ?",
        "#ЗНАЧ!",
        "#ССЫЛКА!",
        "#ДЕЛ/0!",
        "#ЧИСЛО!",
        "#ПУСТО!",
        "#N/A",
        "#NAME?",
        "#VALUE!",
        "#REF!",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
    ];
    ERRORS.contains(&value) || (value.len() > 3 && value.bytes().all(|byte| byte == b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon10_damage_is_recognised_by_name() {
        for (value, code) in [
            ("=\"035\"", Some(Code::ExcelFormula)),
            ("1,02E+12", Some(Code::ExcelNumber)),
            ("1.0277E+12", Some(Code::ExcelNumber)),
            ("1E+15", Some(Code::ExcelNumber)),
            ("########", Some(Code::ExcelError)),
            ("#Н/Д", Some(Code::ExcelError)),
            ("1027700132195", None),
            ("12E5", None),
            ("1E+", None),
            ("#5", None),
            ("", None),
        ] {
            assert_eq!(damage(value), code, "{value}");
        }
    }
}
