//! Dates and times as they are written, and what else is written in their place (MON-8, MON-10).

use super::code::Code;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;
/// 2000-01-01 as a day since 1970: nothing is earlier.
pub(crate) const EARLIEST: i32 = 10_957;

/// A day since 1970-01-01 of `ДД-ММ-ГГГГ` or `ДД.ММ.ГГГГ`.
#[inline]
pub(crate) fn date(text: &str) -> Result<i32, Code> {
    let bytes = text.as_bytes();
    let &[d, e, first, m, n, second, y, e2, a, r] = bytes else { return Err(other_date(text)) };
    let digits = [d, e, m, n, y, e2, a, r].map(|byte| byte.wrapping_sub(b'0'));
    if digits.iter().any(|digit| *digit > 9) || first != second || !matches!(first, b'-' | b'.') {
        return Err(other_date(text));
    }
    let [d, e, m, n, y, e2, a, r] = digits.map(i32::from);
    let (day, month, year) = (d * 10 + e, m * 10 + n, y * 1000 + e2 * 100 + a * 10 + r);
    if day == 0 || month == 0 || year == 0 {
        return Err(Code::DateImpossible);
    }
    if month > 12 {
        return Err(if day <= 12 && month <= 31 { Code::ExcelDateTurned } else { Code::DateImpossible });
    }
    if day > days_of(year, month) { Err(Code::DateImpossible) } else { Ok(day_number(year, month, day)) }
}

/// Seconds since midnight of `ЧЧ:ММ:СС`.
#[inline]
pub(crate) fn time(text: &str) -> Result<i32, Code> {
    let bytes = text.as_bytes();
    let &[h, i, b':', m, n, b':', s, t] = bytes else { return Err(other_time(text)) };
    let digits = [h, i, m, n, s, t].map(|byte| byte.wrapping_sub(b'0'));
    if digits.iter().any(|digit| *digit > 9) {
        return Err(other_time(text));
    }
    let [h, i, m, n, s, t] = digits.map(i32::from);
    let (hours, minutes, seconds) = (h * 10 + i, m * 10 + n, s * 10 + t);
    if hours > 23 || minutes > 59 || seconds > 59 {
        return Err(Code::TimeImpossible);
    }
    Ok(hours * 3600 + minutes * 60 + seconds)
}

/// What stands in a date's place.
#[cold]
fn other_date(text: &str) -> Code {
    if let Some(damage) = super::excel::damage(text) {
        return damage;
    }
    let is_number = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    // A moment of midnight is what spreadsheets make of a date.
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '.', '/']).collect();
    match parts[..] {
        [year, month, of_month]
            if is_number(year, 4..=4) && is_number(month, 1..=2) && is_number(of_month, 1..=2) =>
        {
            Code::DateIso
        }
        [first, second, year]
            if is_number(first, 1..=2)
                && is_number(second, 1..=2)
                && (is_number(year, 2..=2) || is_number(year, 4..=4)) =>
        {
            let (first, second): (u8, u8) = (first.parse().unwrap_or(0), second.parse().unwrap_or(0));
            if day.contains('/') || (second > 12 && first <= 12) {
                Code::ExcelDateTurned
            } else if day.len() < 10 {
                Code::ExcelDateShort
            } else {
                Code::DateForm
            }
        }
        // 36526 is 01-01-2000, 73050 is 31-12-2099.
        [number] if is_number(number, 5..=5) && ("36526"..="73050").contains(&number) => {
            Code::ExcelDateSerial
        }
        _ => Code::DateForm,
    }
}

/// What stands in a time's place.
#[cold]
fn other_time(text: &str) -> Code {
    if let Some(damage) = super::excel::damage(text) {
        return damage;
    }
    let is_number =
        |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split(':').collect();
    if (2..=3).contains(&parts.len()) && parts.iter().all(is_number) {
        return Code::ExcelTimeShort;
    }
    let fraction = text.strip_prefix("0,").or_else(|| text.strip_prefix("0."));
    let is_fraction =
        fraction.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if is_fraction { Code::ExcelTimeFraction } else { Code::TimeForm }
}

fn days_of(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day since 1970-01-01 by the civil calendar's 400-year cycle.
pub(crate) fn day_number(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let cycle = year.div_euclid(400);
    let of_cycle = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    cycle * 146_097 + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use otklik_kernel::CivilDay;

    use super::*;

    #[test]
    fn mon8_dates_of_both_forms_are_days_of_the_calendar() {
        let mut day = CivilDay(19_991_230);
        for number in 10_955..60_000 {
            let dotted = day.show();
            assert_eq!(date(&dotted), Ok(number), "{dotted}");
            assert_eq!(date(&dotted.replace('.', "-")), Ok(number));
            day = day.plus_days(1);
        }
        assert_eq!(date("01-01-2000"), Ok(EARLIEST));
    }

    #[test]
    fn mon10_what_is_no_date_is_named() {
        for (text, code) in [
            ("2022-12-15", Code::DateIso),
            ("2022-12-15T10:00:00", Code::DateIso),
            ("12/15/2022", Code::ExcelDateTurned),
            ("12-15-2022", Code::ExcelDateTurned),
            ("15.12.22", Code::ExcelDateShort),
            ("5.12.2022", Code::ExcelDateShort),
            ("44910", Code::ExcelDateSerial),
            ("4,49E+04", Code::ExcelNumber),
            ("31-02-2022", Code::DateImpossible),
            ("29-02-2023", Code::DateImpossible),
            ("00-01-2023", Code::DateImpossible),
            ("32-13-2023", Code::DateImpossible),
            ("15-12.2022", Code::DateForm),
            ("вчера", Code::DateForm),
            ("15-дек-2022", Code::DateForm),
        ] {
            assert_eq!(date(text), Err(code), "{text}");
        }
        assert!(date("29-02-2024").is_ok());
    }

    #[test]
    fn mon10_what_is_no_time_is_named() {
        assert_eq!((time("00:00:00"), time("23:59:59")), (Ok(0), Ok(86_399)));
        for (text, code) in [
            ("24:00:00", Code::TimeImpossible),
            ("12:60:00", Code::TimeImpossible),
            ("9:05:00", Code::ExcelTimeShort),
            ("09:05", Code::ExcelTimeShort),
            ("0,4375", Code::ExcelTimeFraction),
            ("10.00.00", Code::TimeForm),
            ("полдень", Code::TimeForm),
        ] {
            assert_eq!(time(text), Err(code), "{text}");
        }
    }
}
