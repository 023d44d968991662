//! Rows of the package's files in the canonical form (MON-8): UTF-8 with its mark, `;`, CRLF, quotes where they must.

use super::cells::{END, MARK, write_field};
use crate::model::{Channel, Item, Process};

/// Between fields.
pub const DELIMITER: u8 = b';';

/// Columns of `services.csv`.
pub const SERVICES: [&str; 9] = [
    "service_id",
    "variant_id",
    "name",
    "direction",
    "norm_days",
    "norm_unit",
    "norm_from",
    "norm_to",
    "valid_from",
];
/// Columns of `applications.csv`.
pub const APPLICATIONS: [&str; 14] = [
    "request_id",
    "service_id",
    "variant_id",
    "consultation_topic",
    "channel_in",
    "channel_out",
    "interagency_mnemonic",
    "region",
    "body",
    "body_code",
    "applicant_hash",
    "sex",
    "age",
    "ogrn",
];
/// Columns of `events.csv`.
pub const EVENTS: [&str; 8] =
    ["request_id", "process", "item", "status", "own_status", "date", "time", "interagency_mnemonic"];
/// Columns of `payments.csv`.
pub const PAYMENTS: [&str; 4] = ["request_id", "event", "date", "time"];
/// Columns of `ratings.csv`.
pub const RATINGS: [&str; 6] = ["request_id", "date", "time", "mark", "criteria", "comment"];
/// Columns of `complaints.csv`.
pub const COMPLAINTS: [&str; 5] = ["request_id", "complaint_id", "event", "date", "time"];

/// Words of the events of fees, in the order of the source.
pub const PAYMENT_EVENTS: [&str; 5] = ["uin_assigned", "paid", "payment_confirmed", "form_error", "refunded"];
/// Words of the events of complaints, in the order of the source.
pub const COMPLAINT_EVENTS: [&str; 4] = ["accepted", "scheduled", "upheld", "rejected"];

/// A row of `applications.csv`.
#[derive(Clone, Copy, Debug)]
pub struct ApplicationRow<'a> {
    /// Request number.
    pub request: &'a str,
    /// Registry number of the service.
    pub service: &'a str,
    /// Registry number of the variant.
    pub variant: &'a str,
    /// Topic of a consultation.
    pub topic: &'a str,
    /// How it came.
    pub channel_in: Channel,
    /// How the result left.
    pub channel_out: Option<Channel>,
    /// Mnemonic of the interagency information.
    pub mnemonic: &'a str,
    /// Name of the region.
    pub region: &'a str,
    /// Name of the body.
    pub body: &'a str,
    /// Code of the body.
    pub body_code: &'a str,
    /// Hashed id of the applicant.
    pub applicant: &'a str,
    /// 1 for М, 2 for Ж, 0 when not given.
    pub sex: u8,
    /// Years; -1 when not given.
    pub age: i16,
    /// ОГРН; 0 when not given.
    pub ogrn: i64,
}

/// A row of `events.csv`. Moments are seconds since 1970 on the office's clock.
#[derive(Clone, Copy, Debug)]
pub struct EventRow<'a> {
    /// Request number.
    pub request: &'a str,
    /// The process.
    pub process: Process,
    /// The item, if it is known.
    pub item: Option<Item>,
    /// The status.
    pub status: i16,
    /// When, on the office's clock.
    pub local: i64,
    /// Mnemonic of this interagency request.
    pub mnemonic: &'a str,
}

/// A file that rows are written to.
#[derive(Clone, Debug)]
pub struct Rows {
    bytes: Vec<u8>,
    day: i64,
    date: [u8; 10],
    count: u64,
}

impl Rows {
    /// A file with its header.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        let mut rows = Self { bytes: MARK.to_vec(), day: i64::MIN, date: [b'0'; 10], count: 0 };
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                rows.next();
            }
            rows.text(column);
        }
        rows.bytes.extend_from_slice(END);
        rows
    }

    /// How many rows there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The file's bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The file's bytes so far.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds an application.
    pub fn application(&mut self, row: &ApplicationRow<'_>) {
        self.application_open(row);
        self.end();
    }

    /// Adds an application's fields; the row goes on.
    pub(super) fn application_open(&mut self, row: &ApplicationRow<'_>) {
        for field in [row.request, row.service, row.variant, row.topic] {
            self.field(field);
        }
        self.field(row.channel_in.code());
        self.field(row.channel_out.map_or("", Channel::code));
        for field in [row.mnemonic, row.region, row.body, row.body_code, row.applicant] {
            self.field(field);
        }
        self.field(["", "М", "Ж"].get(usize::from(row.sex)).unwrap_or(&""));
        if let Ok(age @ 0..=999) = u16::try_from(row.age) {
            let digit = |value: u16| b'0' + u8::try_from(value % 10).unwrap_or(0);
            self.bytes.extend_from_slice(&[digit(age / 100), digit(age / 10), digit(age)]);
        }
        self.next();
        if row.ogrn > 0 {
            self.number(row.ogrn);
        }
    }

    /// Adds an event of progress.
    pub fn event(&mut self, row: &EventRow<'_>) {
        self.field(row.request);
        self.bytes.extend_from_slice(row.process.code().as_bytes());
        self.next();
        if let Some(item) = row.item {
            self.number(i64::from(item.number));
            if item.letter != 0 {
                self.bytes.push(item.letter);
            }
        }
        self.next();
        self.number(i64::from(row.status));
        self.bytes.extend_from_slice(b";;");
        self.moment(row.local);
        self.next();
        self.text(row.mnemonic);
        self.end();
    }

    /// Adds an event of a fee: 1 to 5 in the order of [`PAYMENT_EVENTS`].
    pub fn payment(&mut self, request: &str, event: u8, local: i64) {
        self.field(request);
        self.field(word(&PAYMENT_EVENTS, event));
        self.moment(local);
        self.end();
    }

    /// Adds a rating.
    pub fn rating(&mut self, request: &str, local: i64, mark: i16, criteria: &str, comment: &str) {
        self.field(request);
        self.moment(local);
        self.next();
        self.number(i64::from(mark));
        self.next();
        self.field(criteria);
        self.text(comment);
        self.end();
    }

    /// Adds an event of a complaint: 1 to 4 in the order of [`COMPLAINT_EVENTS`].
    pub fn complaint(&mut self, request: &str, complaint: &str, event: u8, local: i64) {
        self.field(request);
        self.field(complaint);
        self.field(word(&COMPLAINT_EVENTS, event));
        self.moment(local);
        self.end();
    }

    /// Adds a field and what stands behind it.
    pub fn field(&mut self, text: &str) {
        self.text(text);
        self.next();
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        write_field(&mut self.bytes, DELIMITER, text);
    }

    /// Adds a whole number.
    pub fn number(&mut self, value: i64) {
        let mut digits = [0_u8; 20];
        let mut place = digits.len();
        let mut rest = value.unsigned_abs();
        loop {
            place -= 1;
            digits[place] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            self.bytes.push(b'-');
        }
        self.bytes.extend_from_slice(&digits[place..]);
    }

    /// Adds `ДД-ММ-ГГГГ`, what separates fields, `ЧЧ:ММ:СС`.
    pub fn moment(&mut self, local: i64) {
        self.date(local.div_euclid(86_400));
        self.next();
        self.time(local.rem_euclid(86_400));
    }

    /// Adds `ДД-ММ-ГГГГ ЧЧ:ММ:СС`.
    pub fn moment_in_one(&mut self, local: i64) {
        self.date(local.div_euclid(86_400));
        self.bytes.push(b' ');
        self.time(local.rem_euclid(86_400));
    }

    /// Adds `ДД-ММ-ГГГГ` of a day since 1970.
    pub fn date(&mut self, day: i64) {
        if day != self.day {
            (self.day, self.date) = (day, date(day));
        }
        self.bytes.extend_from_slice(&self.date);
    }

    fn time(&mut self, seconds: i64) {
        let two = |value: i64| {
            let value = u8::try_from(value).unwrap_or(0);
            [b'0' + value / 10, b'0' + value % 10]
        };
        let ([h, i], [m, n], [s, t]) = (two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
        self.bytes.extend_from_slice(&[h, i, b':', m, n, b':', s, t]);
    }

    /// Adds a character as it is.
    pub(super) fn raw(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Goes on to the next field.
    pub fn next(&mut self) {
        self.bytes.push(DELIMITER);
    }

    /// Ends a row.
    pub fn end(&mut self) {
        self.bytes.extend_from_slice(END);
        self.count += 1;
    }
}

fn word(words: &[&'static str], number: u8) -> &'static str {
    words.get(usize::from(number).wrapping_sub(1)).copied().unwrap_or("")
}

/// `ДД-ММ-ГГГГ` of a day since 1970, of years 0 to 9999 (by the civil calendar's 400-year cycle).
fn date(day: i64) -> [u8; 10] {
    let shifted = day + 719_468;
    let cycle = shifted.div_euclid(146_097);
    let of_cycle = shifted.rem_euclid(146_097);
    let year = (of_cycle - of_cycle / 1460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let civil_month = if month < 10 { month + 3 } else { month - 9 };
    let civil_year = cycle * 400 + year + i64::from(civil_month <= 2);
    let digit = |value: i64| b'0' + u8::try_from(value.rem_euclid(10)).unwrap_or(0);
    let years = [civil_year / 1000, civil_year / 100, civil_year / 10, civil_year].map(digit);
    let [y, e, a, r] = years;
    let (month, of_month) =
        ([civil_month / 10, civil_month].map(digit), [of_month / 10, of_month].map(digit));
    [of_month[0], of_month[1], b'-', month[0], month[1], b'-', y, e, a, r]
}

#[cfg(test)]
mod tests {
    use super::*;
    use otklik_kernel::CivilDay;

    #[test]
    fn mon8_dates_are_those_of_the_calendar() {
        let first = CivilDay::parse("1999-12-31").unwrap();
        for number in 0..40_000 {
            let day = first.plus_days(number);
            let expected = day.show().replace('.', "-");
            let since = day.start_utc().0.div_euclid(86_400_000_000);
            assert_eq!(std::str::from_utf8(&date(since)).unwrap(), expected);
        }
    }

    #[test]
    fn mon8_rows_are_canonical() {
        let mut rows = Rows::new(&RATINGS);
        rows.rating("Ж;1", 1_671_125_400, 4, "срок=3|вежливость", "Сказали: \"завтра\"\r\nи всё");
        let text = "\u{feff}request_id;date;time;mark;criteria;comment\r\n\
            \"Ж;1\";15-12-2022;17:30:00;4;срок=3|вежливость;\"Сказали: \"\"завтра\"\"\r\nи всё\"\r\n";
        assert_eq!(String::from_utf8(rows.into_bytes()).unwrap(), text);
        let mut rows = Rows::new(&APPLICATIONS);
        rows.application(&ApplicationRow {
            request: "1",
            service: "2",
            variant: "",
            topic: "",
            channel_in: Channel::Epgu,
            channel_out: Some(Channel::Mfc),
            mnemonic: "",
            region: "г. Москва",
            body: "Отдел",
            body_code: "7",
            applicant: "",
            sex: 2,
            age: 35,
            ogrn: 0,
        });
        let row = String::from_utf8(rows.into_bytes()).unwrap();
        assert!(row.ends_with("\r\n1;2;;;ЕПГУ;МФЦ;;г. Москва;Отдел;7;;Ж;035;\r\n"), "{row}");
    }
}
