//! Rows of `payments.csv`, `ratings.csv`, `complaints.csv` (MON-7).

use super::{Rows, Rules};
use crate::check::code::Code;
use crate::check::row::{Row, Words};
use crate::check::value;
use crate::fields::{COMPLAINT_EVENTS, PAYMENT_EVENTS};

/// The event after which a complaint's moment may lie ahead.
pub(crate) const SCHEDULED: u8 = 2;

/// The request number, in all three.
pub(crate) const REQUEST: usize = 0;

/// Events of fees of a block.
#[derive(Default)]
pub(crate) struct Payments {
    pub line: Vec<u32>,
    pub request: Words,
    pub event: Vec<u8>,
    pub local: Vec<i64>,
}

impl Payments {
    pub const EVENT: usize = 1;
    pub const DATE: usize = 2;
    pub const TIME: usize = 3;
}

impl Rows for Payments {
    fn take(&mut self, row: &mut Row<'_, '_>, _: &Rules<'_>) {
        row.required(REQUEST);
        let event = event(row, Self::EVENT, &PAYMENT_EVENTS, Code::PaymentEvent);
        let local = row.local(Self::DATE, Self::TIME);
        if row.is_bad {
            return;
        }
        self.line.push(row.record.line());
        self.request.add(row, REQUEST);
        self.event.push(event);
        self.local.push(local);
    }
}

/// Ratings of a block.
#[derive(Default)]
pub(crate) struct Ratings {
    pub line: Vec<u32>,
    pub request: Words,
    pub local: Vec<i64>,
    pub mark: Vec<i16>,
    pub criteria: Words,
    pub comment: Words,
}

impl Ratings {
    pub const DATE: usize = 1;
    pub const TIME: usize = 2;
    const MARK: usize = 3;
    const CRITERIA: usize = 4;
    const COMMENT: usize = 5;
}

impl Rows for Ratings {
    fn take(&mut self, row: &mut Row<'_, '_>, rules: &Rules<'_>) {
        row.required(REQUEST);
        let local = row.local(Self::DATE, Self::TIME);
        row.required(Self::MARK);
        let mark = rating(row, rules, Self::MARK, Self::CRITERIA, Self::COMMENT);
        if row.is_bad {
            return;
        }
        self.line.push(row.record.line());
        self.request.add(row, REQUEST);
        self.local.push(local);
        self.mark.push(mark);
        self.criteria.add(row, Self::CRITERIA);
        self.comment.add(row, Self::COMMENT);
    }
}

/// Checks what a rating says; the mark, 0 when it has none.
pub(crate) fn rating(
    row: &mut Row<'_, '_>,
    rules: &Rules<'_>,
    mark: usize,
    criteria: usize,
    comment: usize,
) -> i16 {
    let scale = &rules.sender.scale;
    row.check(criteria, |text| value::criteria(text, scale));
    row.check(comment, value::long);
    match row.get(mark) {
        "" => 0,
        text => match value::mark(text, scale) {
            Ok(mark) => mark,
            Err(fault) => {
                row.fault_with(mark, fault);
                0
            }
        },
    }
}

/// Events of complaints of a block.
#[derive(Default)]
pub(crate) struct Complaints {
    pub line: Vec<u32>,
    pub request: Words,
    pub complaint: Words,
    pub event: Vec<u8>,
    pub local: Vec<i64>,
}

impl Complaints {
    const COMPLAINT: usize = 1;
    pub const EVENT: usize = 2;
    pub const DATE: usize = 3;
    pub const TIME: usize = 4;
}

impl Rows for Complaints {
    fn take(&mut self, row: &mut Row<'_, '_>, _: &Rules<'_>) {
        row.required(REQUEST);
        row.check(Self::COMPLAINT, value::code);
        let event = event(row, Self::EVENT, &COMPLAINT_EVENTS, Code::ComplaintEvent);
        let local = row.local(Self::DATE, Self::TIME);
        if row.is_bad {
            return;
        }
        self.line.push(row.record.line());
        self.request.add(row, REQUEST);
        self.complaint.add(row, Self::COMPLAINT);
        self.event.push(event);
        self.local.push(local);
    }
}

fn event(row: &mut Row<'_, '_>, field: usize, words: &[&str], code: Code) -> u8 {
    let text = row.get(field);
    match words.iter().position(|word| *word == text) {
        Some(place) => u8::try_from(place + 1).unwrap_or(0),
        None => {
            let code = if text.is_empty() { Code::Required } else { code };
            row.fault(field, code);
            0
        }
    }
}
