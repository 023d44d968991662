//! The header and, by it, the delimiter.

use crate::record::{Kind, Record};
use crate::scan::{Found, Shape, Step};
use crate::table::{Limits, Refused};

/// What may separate fields, in order of preference.
const DELIMITERS: [u8; 3] = [b';', b',', b'\t'];

/// A header as it was read.
pub(crate) struct Header {
    pub names: Vec<String>,
    pub delimiter: u8,
    pub end: usize,
}

/// Reads the header with the delimiter under which the caller knows most names; among equals, with the one
/// that gives most fields.
pub(crate) fn read(
    text: &str,
    is_end: bool,
    limits: Limits,
    score: &dyn Fn(&[String]) -> usize,
) -> Result<Header, Refused> {
    let mut best: Option<(usize, usize, Header)> = None;
    let mut refused = None;
    for delimiter in DELIMITERS {
        let mut names = Names { record: Record::new(text), limits, fault: None };
        let header = match (Shape { delimiter, limits }).record(text.as_bytes(), 0, is_end, &mut names) {
            Step::Done(end) if names.fault.is_none() => {
                let record = &names.record;
                let names = (0..record.len()).map(|field| record.get(field).to_owned()).collect();
                Header { names, delimiter, end }
            }
            Step::Done(_) => {
                refused = refused.or(Some(Refused::Header(names.fault.unwrap_or(Kind::BrokenQuotes))));
                continue;
            }
            Step::More | Step::TooLong => {
                refused = refused.or(Some(Refused::Header(Kind::RecordTooLong)));
                continue;
            }
        };
        let (known, fields) = (score(&header.names), header.names.len());
        if best.as_ref().is_none_or(|(most, count, _)| (known, fields) > (*most, *count)) {
            best = Some((known, fields, header));
        }
    }
    let Some((_, _, header)) = best else { return Err(refused.unwrap_or(Refused::Empty)) };
    if header.names.iter().all(|name| name.trim().is_empty()) {
        return Err(Refused::Empty);
    }
    if header.names.len() > limits.columns {
        return Err(Refused::Header(Kind::RecordTooLong));
    }
    Ok(header)
}

struct Names<'b> {
    record: Record<'b>,
    limits: Limits,
    fault: Option<Kind>,
}

impl Found for Names<'_> {
    fn field(&mut self, from: usize, to: usize, doubled: bool) {
        if self.record.len() > self.limits.columns {
        } else if doubled {
            self.record.add_own(from, to);
        } else {
            self.record.spans.push((crate::record::small(from), crate::record::small(to)));
        }
    }

    fn fault(&mut self, kind: Kind) {
        self.fault.get_or_insert(kind);
    }

    fn broken(&mut self, kind: Kind) {
        self.fault.get_or_insert(kind);
    }
}
