//! Rows of `services.csv` (MON-3, MON-14).

use otklik_kernel::CivilDay;

use super::{Rows, Rules};
use crate::check::code::Code;
use crate::check::moment;
use crate::check::row::Row;
use crate::check::value;
use crate::delivery::{Norm, Service};

const SERVICE: usize = 0;
const VARIANT: usize = 1;
const NAME: usize = 2;
const DIRECTION: usize = 3;
const NORM_DAYS: usize = 4;
const NORM_UNIT: usize = 5;
const NORM_FROM: usize = 6;
const NORM_TO: usize = 7;
const VALID_FROM: usize = 8;

/// The most days of a norm.
const MOST_DAYS: u32 = 3650;

/// Services of a block, with their lines; a missing first day is 0.
#[derive(Default)]
pub(crate) struct Services {
    pub rows: Vec<(u32, Service)>,
}

impl Rows for Services {
    fn take(&mut self, row: &mut Row<'_, '_>, rules: &Rules<'_>) {
        if row.required(SERVICE) {
            row.check(SERVICE, value::code);
        }
        row.check(VARIANT, value::code);
        for field in [NAME, DIRECTION] {
            row.check(field, |text| value::plain(text, value::NAME));
        }
        let norm = norm(row, rules);
        let valid_from = match row.get(VALID_FROM) {
            "" => CivilDay(0),
            text => match moment::date(text) {
                Ok(_) => civil(text),
                Err(code) => {
                    row.fault(VALID_FROM, code);
                    CivilDay(0)
                }
            },
        };
        if row.is_bad {
            return;
        }
        let text = |field| row.get(field).to_owned();
        let service = Service {
            service: text(SERVICE),
            variant: text(VARIANT),
            name: text(NAME),
            direction: text(DIRECTION),
            norm,
            valid_from,
        };
        self.rows.push((row.record.line(), service));
    }
}

/// The day of a date that was checked.
fn civil(text: &str) -> CivilDay {
    let part =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i32>().ok()).unwrap_or(0);
    CivilDay(part(6, 10) * 10_000 + part(3, 5) * 100 + part(0, 2))
}

fn norm(row: &mut Row<'_, '_>, rules: &Rules<'_>) -> Option<Norm> {
    let fields = [NORM_DAYS, NORM_UNIT, NORM_FROM, NORM_TO];
    let missing: Vec<usize> = fields.into_iter().filter(|field| row.get(*field).is_empty()).collect();
    if missing.len() == fields.len() {
        return None;
    }
    if let Some(field) = missing.first() {
        row.fault(*field, Code::NormPartial);
    }
    let days = match value::number(row.get(NORM_DAYS)) {
        Some(days) if (1..=MOST_DAYS).contains(&days) => u16::try_from(days).ok(),
        _ => None,
    };
    if days.is_none() && !row.get(NORM_DAYS).is_empty() {
        row.fault(NORM_DAYS, Code::NormDays);
    }
    let is_working = match row.get(NORM_UNIT) {
        "working" => Some(true),
        "calendar" => Some(false),
        _ => None,
    };
    if is_working.is_none() && !row.get(NORM_UNIT).is_empty() {
        row.fault(NORM_UNIT, Code::NormUnit);
    }
    let (from, to) = (status(row, rules, NORM_FROM), status(row, rules, NORM_TO));
    Some(Norm { days: days?, is_working: is_working?, from: from?, to: to? })
}

fn status(row: &mut Row<'_, '_>, rules: &Rules<'_>, field: usize) -> Option<i16> {
    if row.get(field).is_empty() {
        return None;
    }
    match rules.places.status(row.get(field), None) {
        Ok(code) => Some(code),
        Err(fault) => {
            row.fault_with(field, fault);
            None
        }
    }
}
