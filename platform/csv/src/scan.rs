//! The automaton of RFC 4180: one record at a time, strict, and always going on.
//!
//! A quote opens a field only at its beginning. Where quotes are broken (text behind a closing quote, or no
//! closing quote within the longest allowed record), the record ends with its first line, and the next line
//! is read by itself: one lost quote costs one line. The outcome depends on no more than the record's own
//! bytes, never on how a file was cut into blocks.

use memchr::{memchr, memchr3};

use crate::record::Kind;
use crate::table::Limits;

/// Takes what the automaton finds.
pub(crate) trait Found {
    /// A field's bytes, without its quotes; `doubled` when it has doubled quotes to make single.
    fn field(&mut self, from: usize, to: usize, doubled: bool);
    /// A fault in the field that comes next.
    fn fault(&mut self, kind: Kind);
    /// Forgets the fields of a record that can't be read to its end: only its first line counts.
    fn broken(&mut self, kind: Kind);
}

/// Finds nothing but ends.
pub(crate) struct Nothing;

impl Found for Nothing {
    fn field(&mut self, _: usize, _: usize, _: bool) {}
    fn fault(&mut self, _: Kind) {}
    fn broken(&mut self, _: Kind) {}
}

/// How reading a record went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It ended; the next one begins here.
    Done(usize),
    /// It goes on behind the bytes that are here.
    More,
    /// It is longer than allowed: the next record begins behind the next line end, which may not be here.
    TooLong,
}

/// What the automaton needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub delimiter: u8,
    pub limits: Limits,
}

impl Shape {
    /// Reads the record that begins at `at`; `is_end` when no bytes follow these.
    pub fn record(&self, bytes: &[u8], at: usize, is_end: bool, found: &mut impl Found) -> Step {
        let reach = bytes.len().min(at + self.limits.record);
        let window = &bytes[..reach];
        let is_cut = reach < bytes.len();
        let mut from = at;
        loop {
            let next = if window.get(from) == Some(&b'"') {
                match self.quoted(window, from, is_end && !is_cut, found) {
                    Next::Broken => return self.broken(Kind::BrokenQuotes, bytes, at, is_end, found),
                    Next::Cut if is_cut || is_end => {
                        return self.broken(Kind::BrokenQuotes, bytes, at, is_end, found);
                    }
                    next => next,
                }
            } else {
                self.plain(window, from, is_end && !is_cut, found)
            };
            match next {
                Next::Field(next) => from = next,
                Next::End(end) => return Step::Done(end),
                Next::Cut if is_cut => return self.broken(Kind::RecordTooLong, bytes, at, is_end, found),
                Next::Cut | Next::Broken => return Step::More,
            }
        }
    }

    /// A field without quotes around it.
    fn plain(&self, bytes: &[u8], from: usize, is_end: bool, found: &mut impl Found) -> Next {
        let mut at = from;
        loop {
            let Some(stop) = find(self.delimiter, &bytes[at..]).map(|found| at + found) else {
                if !is_end {
                    return Next::Cut;
                }
                found.field(from, bytes.len(), false);
                return Next::End(bytes.len());
            };
            match bytes[stop] {
                b'\n' => {
                    let to = if stop > from && bytes[stop - 1] == b'\r' { stop - 1 } else { stop };
                    found.field(from, to, false);
                    return Next::End(stop + 1);
                }
                b'"' => found.fault(Kind::Quote),
                b'\r' => match bytes.get(stop + 1) {
                    Some(b'\n') => {}
                    None if !is_end => return Next::Cut,
                    _ => found.fault(Kind::LoneReturn),
                },
                _ => {
                    found.field(from, stop, false);
                    return Next::Field(stop + 1);
                }
            }
            at = stop + 1;
        }
    }

    /// A field in quotes.
    fn quoted(&self, bytes: &[u8], from: usize, is_end: bool, found: &mut impl Found) -> Next {
        let mut doubled = false;
        let mut at = from + 1;
        loop {
            let Some(quote) = memchr(b'"', &bytes[at..]).map(|found| at + found) else { return Next::Cut };
            let next = match (bytes.get(quote + 1), bytes.get(quote + 2)) {
                (Some(b'"'), _) => {
                    doubled = true;
                    at = quote + 2;
                    continue;
                }
                (Some(byte), _) if *byte == self.delimiter => Next::Field(quote + 2),
                (Some(b'\n'), _) => Next::End(quote + 2),
                (Some(b'\r'), Some(b'\n')) => Next::End(quote + 3),
                (None, _) if is_end => Next::End(quote + 1),
                (None, _) | (Some(b'\r'), None) if !is_end => return Next::Cut,
                _ => return Next::Broken,
            };
            found.field(from + 1, quote, doubled);
            return next;
        }
    }

    /// The record can't be read to its end: it ends with its first line.
    fn broken(&self, kind: Kind, bytes: &[u8], at: usize, is_end: bool, found: &mut impl Found) -> Step {
        match memchr(b'\n', &bytes[at..bytes.len().min(at + self.limits.record)]) {
            Some(end) => {
                found.broken(kind);
                Step::Done(at + end + 1)
            }
            None if bytes.len() > at + self.limits.record => Step::TooLong,
            None if is_end => {
                found.broken(kind);
                Step::Done(bytes.len())
            }
            None => Step::More,
        }
    }
}

/// What follows a field.
enum Next {
    /// Another field.
    Field(usize),
    /// The next record.
    End(usize),
    /// The end of the bytes that may be looked at.
    Cut,
    /// Text behind a closing quote.
    Broken,
}

/// The next delimiter, line end, quote or carriage return.
fn find(delimiter: u8, bytes: &[u8]) -> Option<usize> {
    let mut within = bytes;
    if let Some(end) = memchr3(delimiter, b'\n', b'"', within) {
        within = &within[..end];
        return Some(memchr(b'\r', within).unwrap_or(end));
    }
    memchr(b'\r', within)
}
