//! Rows of `applications.csv`, and the first fields of the wide file (MON-2, MON-4).

use super::{Rows, Rules};
use crate::check::code::Code;
use crate::check::excel;
use crate::check::problem::shown;
use crate::check::row::{Row, Words};
use crate::check::value;
use crate::model::Channel;

/// Fields, in the order of the list in `fields.rs`.
pub(crate) const REQUEST: usize = 0;
pub(crate) const SERVICE: usize = 1;
pub(crate) const VARIANT: usize = 2;
pub(crate) const TOPIC: usize = 3;
pub(crate) const CHANNEL_IN: usize = 4;
pub(crate) const CHANNEL_OUT: usize = 5;
pub(crate) const MNEMONIC: usize = 6;
pub(crate) const REGION: usize = 7;
pub(crate) const BODY: usize = 8;
pub(crate) const BODY_CODE: usize = 9;
pub(crate) const HASH: usize = 10;
pub(crate) const SEX: usize = 11;
pub(crate) const AGE: usize = 12;
pub(crate) const OGRN: usize = 13;

/// Applications of a block.
#[derive(Default)]
pub(crate) struct Applications {
    pub line: Vec<u32>,
    pub request: Words,
    pub service: Words,
    pub variant: Words,
    pub topic: Words,
    pub channel_in: Vec<u8>,
    pub channel_out: Vec<u8>,
    pub mnemonic: Words,
    pub region: Vec<u16>,
    pub body: Words,
    pub body_code: Words,
    pub hash: Words,
    pub sex: Vec<u8>,
    pub age: Vec<i16>,
    pub ogrn: Vec<i64>,
    /// Regions seen, as they are written: a block has few.
    regions: Vec<(String, Option<u16>)>,
}

impl Rows for Applications {
    const REQUEST: Option<usize> = Some(REQUEST);

    fn take(&mut self, row: &mut Row<'_, '_>, rules: &Rules<'_>) {
        let read = self.read(row, rules);
        if !row.is_bad {
            self.push(row, read);
        }
    }
}

/// What isn't text.
#[derive(Clone, Copy)]
pub(crate) struct Read {
    channel_in: u8,
    channel_out: u8,
    region: u16,
    sex: u8,
    age: i16,
    ogrn: i64,
}

impl Applications {
    /// Checks the fields of an application.
    pub fn read(&mut self, row: &mut Row<'_, '_>, rules: &Rules<'_>) -> Read {
        for field in [REQUEST, SERVICE] {
            if row.required(field) {
                row.check(field, value::code);
            }
        }
        for field in [VARIANT, BODY_CODE] {
            row.check(field, value::code);
        }
        for field in [TOPIC, MNEMONIC] {
            row.check(field, |text| value::plain(text, value::NAME));
        }
        if row.required(BODY) {
            row.check(BODY, |text| value::plain(text, value::NAME));
        }
        let channel_in = if row.required(CHANNEL_IN) { channel(row, CHANNEL_IN) } else { 0 };
        let channel_out = if row.get(CHANNEL_OUT).is_empty() { 0 } else { channel(row, CHANNEL_OUT) };
        let region = if row.required(REGION) { self.region(row, rules) } else { 0 };
        hash(row);
        let (sex, age, ogrn) = applicant(row);
        Read { channel_in, channel_out, region, sex, age, ogrn }
    }

    fn region(&mut self, row: &mut Row<'_, '_>, rules: &Rules<'_>) -> u16 {
        let text = row.get(REGION);
        let known = self.regions.iter().find(|(name, _)| name == text).map(|(_, region)| *region);
        let region = known.unwrap_or_else(|| {
            let found = rules.register.reference.regions.find(text).map(|region| region.code);
            if self.regions.len() < 200 {
                self.regions.push((text.to_owned(), found));
            }
            found
        });
        let Some(region) = region else {
            let is_digit = text.len() == 1 && text.as_bytes()[0].is_ascii_digit();
            let code =
                if is_digit { Code::ExcelZeros } else { excel::damage(text).unwrap_or(Code::RegionUnknown) };
            row.fault(REGION, code);
            return 0;
        };
        region
    }

    /// Takes a good row.
    pub fn push(&mut self, row: &Row<'_, '_>, read: Read) {
        self.line.push(row.record.line());
        self.request.add(row, REQUEST);
        self.service.add(row, SERVICE);
        self.variant.add(row, VARIANT);
        self.topic.add(row, TOPIC);
        self.channel_in.push(read.channel_in);
        self.channel_out.push(read.channel_out);
        self.mnemonic.add(row, MNEMONIC);
        self.region.push(read.region);
        self.body.add(row, BODY);
        self.body_code.add(row, BODY_CODE);
        self.hash.add(row, HASH);
        self.sex.push(read.sex);
        self.age.push(read.age);
        self.ogrn.push(read.ogrn);
    }
}

/// The hashed id of the applicant. A number of a person in its place is not repeated in the report.
fn hash(row: &mut Row<'_, '_>) {
    let text = row.get(HASH);
    match value::hash(text) {
        _ if text.is_empty() => {}
        Ok(()) => {}
        Err(code) => {
            let value = if code == Code::HashPlain {
                text.chars().take(3).chain(['…']).collect()
            } else {
                shown(text)
            };
            row.fault_of(HASH, code, String::new(), value);
        }
    }
}

fn channel(row: &mut Row<'_, '_>, field: usize) -> u8 {
    let text = row.get(field);
    match Channel::find(text) {
        Some(channel) => channel as u8,
        None => {
            let code = excel::damage(text).unwrap_or(Code::Channel);
            row.fault(field, code);
            0
        }
    }
}

/// Sex, age and ОГРН: a person has no ОГРН, a legal entity neither sex nor age.
fn applicant(row: &mut Row<'_, '_>) -> (u8, i16, i64) {
    let sex = match row.get(SEX) {
        "" => 0,
        "М" => 1,
        "Ж" => 2,
        _ => {
            row.fault(SEX, Code::Sex);
            0
        }
    };
    let age = match row.get(AGE) {
        "" => -1,
        text => match value::age(text) {
            Ok(age) => age,
            Err(code) => {
                row.fault(AGE, code);
                -1
            }
        },
    };
    let ogrn = match row.get(OGRN) {
        "" => 0,
        text => match value::ogrn(text) {
            Ok(ogrn) => ogrn,
            Err(fault) => {
                row.fault_with(OGRN, fault);
                0
            }
        },
    };
    let is_person = !row.get(SEX).is_empty() || !row.get(AGE).is_empty();
    if is_person && !row.get(OGRN).is_empty() {
        row.fault(OGRN, Code::PersonOrEntity);
    }
    (sex, age, ogrn)
}
