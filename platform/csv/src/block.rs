//! A piece of a file that ends with a record, and its records.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::{memchr, memchr_iter, memchr2_iter};

use crate::record::{Fault, Kind, OWN, Record, small};
use crate::scan::{Found, Shape, Step};

/// Line ends counted by whoever reads blocks.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    pub crlf: AtomicU64,
    pub lf: AtomicU64,
}

/// A piece of a file, whole records.
#[derive(Debug)]
pub struct Block {
    pub(crate) bytes: Vec<u8>,
    /// Where bytes stood that weren't text, in order.
    pub(crate) bad: Vec<u32>,
    pub(crate) line: u32,
    pub(crate) shape: Shape,
    pub(crate) columns: u32,
    pub(crate) ends: Arc<Ends>,
    /// The line of a record that is too long to be here; the block is empty then.
    pub(crate) is_too_long: bool,
}

impl Block {
    /// The text of the block.
    ///
    /// # Panics
    /// Never: it was checked when it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        simdutf8::basic::from_utf8(&self.bytes).expect("a block is text")
    }

    /// How many bytes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it has none: it tells of a record that was too long.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The records, in order.
    #[must_use]
    pub fn records(&self) -> Records<'_> {
        let text = self.text();
        let bytes = text.as_bytes();
        let is_plain = self.bad.is_empty()
            && memchr(b'"', bytes).is_none()
            && memchr_iter(b'\r', bytes).all(|at| bytes.get(at + 1) == Some(&b'\n'));
        Records {
            block: self,
            stops: is_plain.then(|| memchr2_iter(self.shape.delimiter, b'\n', bytes)),
            record: Record::new(text),
            at: 0,
            line: self.line,
            bad: 0,
            crlf: 0,
            lf: 0,
            is_reported: !self.is_too_long,
        }
    }
}

/// The records of a block, one after another.
pub struct Records<'b> {
    block: &'b Block,
    stops: Option<memchr::Memchr2<'b>>,
    record: Record<'b>,
    at: usize,
    line: u32,
    bad: usize,
    crlf: u64,
    lf: u64,
    is_reported: bool,
}

impl<'b> Records<'b> {
    /// The next record; it is overwritten by the one after it.
    #[expect(clippy::should_implement_trait, reason = "a record lends from its reader")]
    #[inline]
    pub fn next(&mut self) -> Option<&Record<'b>> {
        if self.at >= self.record.text.len() {
            return self.last();
        }
        self.record.clear();
        self.record.line = self.line;
        self.record.from = self.at;
        if self.stops.is_some() {
            self.plain()
        } else {
            self.careful()
        }
        self.record.to = self.at;
        let bytes = self.record.text.as_bytes();
        if bytes[self.at - 1] == b'\n' {
            if self.at >= 2 && bytes[self.at - 2] == b'\r' { self.crlf += 1 } else { self.lf += 1 }
        }
        self.judge();
        Some(&self.record)
    }

    /// A block without quotes: fields end at delimiters, records at line ends.
    #[inline]
    fn plain(&mut self) {
        let bytes = self.record.text.as_bytes();
        let stops = self.stops.as_mut().expect("asked for a plain block");
        let mut from = self.at;
        let limit = self.block.shape.limits.columns;
        loop {
            let stop = stops.next().unwrap_or(bytes.len());
            let is_field = bytes.get(stop).is_some_and(|byte| *byte != b'\n');
            let to = if !is_field && stop > from && bytes[stop - 1] == b'\r' { stop - 1 } else { stop };
            self.record.fields += 1;
            if self.record.spans.len() < limit {
                self.record.spans.push((small(from), small(to)));
            }
            from = stop + 1;
            if !is_field {
                break;
            }
        }
        self.at = from.min(bytes.len());
        self.line += 1;
    }

    /// Any block.
    fn careful(&mut self) {
        let bytes = self.record.text.as_bytes();
        let from = self.at;
        match self.block.shape.record(bytes, from, true, &mut Taking(&mut self.record, &self.block.shape)) {
            Step::Done(end) => self.at = end,
            // What is too long goes on to the next line end.
            Step::TooLong | Step::More => {
                self.at = memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |end| from + end + 1);
            }
        }
        self.line += small(memchr_iter(b'\n', &bytes[from..self.at]).count());
        self.undecoded(from);
    }

    /// Faults for bytes of this record that weren't text.
    fn undecoded(&mut self, from: usize) {
        let bad = &self.block.bad;
        while let Some(&at) = bad.get(self.bad).filter(|at| (**at as usize) < self.at) {
            self.bad += 1;
            if (at as usize) < from {
                continue;
            }
            let spans = &self.record.spans;
            let column = spans
                .iter()
                .position(|(from, to)| from & OWN == 0 && at < *to)
                .map_or(0, |column| small(column) + 1);
            let fault = Fault { column, kind: Kind::Encoding };
            if !self.record.faults.contains(&fault) {
                self.record.faults.push(fault);
            }
        }
    }

    /// What is wrong with the record as a whole.
    #[inline]
    fn judge(&mut self) {
        let limits = &self.block.shape.limits;
        let record = &mut self.record;
        let length = self.at - record.from;
        if length > limits.record {
            record.faults.clear();
            record.spans.clear();
            record.faults.push(Fault { column: 0, kind: Kind::RecordTooLong });
            return;
        }
        if length > limits.field {
            for (column, (from, to)) in record.spans.iter().enumerate() {
                if ((to - (from & !OWN)) as usize) > limits.field {
                    record.faults.push(Fault { column: small(column) + 1, kind: Kind::FieldTooLong });
                }
            }
        }
        if record.fields != self.block.columns {
            if record
                .faults
                .iter()
                .any(|fault| matches!(fault.kind, Kind::BrokenQuotes | Kind::RecordTooLong))
            {
                return;
            }
            let is_blank = record.fields == 1 && record.get(0).is_empty() && length <= 2;
            let kind = if is_blank {
                Kind::Blank
            } else {
                Kind::Fields { found: record.fields, expected: self.block.columns }
            };
            record.faults.push(Fault { column: 0, kind });
        }
    }

    fn last(&mut self) -> Option<&Record<'b>> {
        if self.is_reported {
            self.block.ends.crlf.fetch_add(std::mem::take(&mut self.crlf), Ordering::Relaxed);
            self.block.ends.lf.fetch_add(std::mem::take(&mut self.lf), Ordering::Relaxed);
            return None;
        }
        self.is_reported = true;
        self.record.clear();
        self.record.line = self.line;
        self.record.faults.push(Fault { column: 0, kind: Kind::RecordTooLong });
        Some(&self.record)
    }
}

/// Puts what the automaton finds into a record.
struct Taking<'a, 'b>(&'a mut Record<'b>, &'a Shape);

impl Found for Taking<'_, '_> {
    fn field(&mut self, from: usize, to: usize, doubled: bool) {
        self.0.fields += 1;
        if self.0.spans.len() >= self.1.limits.columns {
            return;
        }
        if doubled {
            self.0.add_own(from, to);
        } else {
            self.0.spans.push((small(from), small(to)));
        }
    }

    fn fault(&mut self, kind: Kind) {
        let fault = Fault { column: self.0.fields + 1, kind };
        if self.0.faults.last() != Some(&fault) && self.0.faults.len() < self.1.limits.columns {
            self.0.faults.push(fault);
        }
    }

    fn broken(&mut self, kind: Kind) {
        let column = self.0.fields + 1;
        self.0.clear();
        self.0.faults.push(Fault { column, kind });
    }
}
