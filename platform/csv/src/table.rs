//! A file as blocks of whole records, in bounded memory.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use memchr::{memchr, memchr_iter, memrchr};

use crate::block::{Block, Ends};
use crate::decode::{Decoder, Encoding};
use crate::header;
use crate::record::{Kind, small};
use crate::scan::{Nothing, Shape, Step};

/// What bounds memory, whatever comes: a file is held in a few blocks of at most `block` + `record` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest field, in bytes of UTF-8.
    pub field: usize,
    /// The longest record, in bytes of UTF-8, and the farthest that a closing quote may lie.
    pub record: usize,
    /// The most fields in a record.
    pub columns: usize,
    /// How much is read and handed on at once.
    pub block: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { field: 64 << 10, record: 256 << 10, columns: 1024, block: 1 << 20 }
    }
}

/// Why a file can't be read as a table at all.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It can't be read from where it lies.
    #[error("the file can't be read")]
    Source(#[from] io::Error),
    /// There is no header.
    #[error("the file is empty")]
    Empty,
    /// The header is broken.
    #[error("the header is broken: {0:?}")]
    Header(Kind),
    /// It is in UTF-16.
    #[error("the file is in UTF-16")]
    Utf16,
    /// It is a workbook or an archive.
    #[error("the file is a workbook or an archive, not a table of text")]
    Workbook,
}

/// What is known of a file when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// How it is written.
    pub encoding: Encoding,
    /// What separates fields.
    pub delimiter: u8,
    /// Records that end with CR LF.
    pub crlf: u64,
    /// Records that end with LF alone.
    pub lf: u64,
}

impl Facts {
    /// Whether both kinds of line ends occur.
    #[must_use]
    pub const fn is_mixed(&self) -> bool {
        self.crlf > 0 && self.lf > 0
    }
}

/// A file being read.
pub struct Table<R> {
    decoder: Decoder<R>,
    buffer: Vec<u8>,
    bad: Vec<u32>,
    line: u32,
    header: Vec<String>,
    shape: Shape,
    ends: Arc<Ends>,
    /// The rest of a record that is too long is skipped; it began in this line.
    skipping: Option<u32>,
}

impl<R: Read> Table<R> {
    /// Reads the header. `score` says how many of the names are known: the delimiter is chosen by it.
    ///
    /// # Errors
    /// The file can't be read as a table at all.
    pub fn open(source: R, limits: Limits, score: &dyn Fn(&[String]) -> usize) -> Result<Self, Refused> {
        let mut decoder = Decoder::new(source)?;
        match decoder.first() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => return Err(Refused::Utf16),
            first if first.starts_with(b"PK\x03\x04") || first.starts_with(b"\xd0\xcf\x11\xe0") => {
                return Err(Refused::Workbook);
            }
            _ => {}
        }
        let (mut buffer, mut bad) = (Vec::new(), Vec::new());
        while buffer.len() <= limits.record && !decoder.is_end() {
            decoder.fill(&mut buffer, &mut bad, limits.record)?;
        }
        let text = simdutf8::basic::from_utf8(&buffer).expect("the decoder gives text");
        let header::Header { names, delimiter, end } = header::read(text, decoder.is_end(), limits, score)?;
        let head = &buffer[..end];
        let ends = Arc::new(Ends::default());
        if head.ends_with(b"\r\n") {
            ends.crlf.store(1, Ordering::Relaxed);
        } else if head.ends_with(b"\n") {
            ends.lf.store(1, Ordering::Relaxed);
        }
        let line = 1 + small(memchr_iter(b'\n', head).count());
        buffer.drain(..end);
        let bad = bad.into_iter().filter_map(|at| at.checked_sub(small(end))).collect();
        let shape = Shape { delimiter, limits };
        Ok(Self { decoder, buffer, bad, line, header: names, shape, ends, skipping: None })
    }

    /// The fields of the header.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// What is known so far; complete when all blocks' records were read.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            encoding: self.decoder.encoding(),
            delimiter: self.shape.delimiter,
            crlf: self.ends.crlf.load(Ordering::Relaxed),
            lf: self.ends.lf.load(Ordering::Relaxed),
        }
    }

    /// The next block; none at the end.
    ///
    /// # Errors
    /// The source fails.
    pub fn block(&mut self) -> io::Result<Option<Block>> {
        let limits = self.shape.limits;
        let mut want = limits.block.max(1);
        loop {
            if let Some(block) = self.skip() {
                return Ok(Some(block));
            }
            if self.buffer.len() < want && !self.decoder.is_end() {
                let more = want - self.buffer.len();
                self.decoder.fill(&mut self.buffer, &mut self.bad, more)?;
                continue;
            }
            if self.buffer.is_empty() {
                return Ok(None);
            }
            match self.boundary() {
                Boundary::At(end) => return Ok(Some(self.cut(end))),
                Boundary::TooLong => {
                    // The rest is skipped as it comes, so that a line of any length costs no memory.
                    self.skipping = Some(self.line);
                }
                Boundary::Beyond => want = self.buffer.len() + limits.record,
            }
        }
    }

    /// Where the last record of the buffer ends.
    fn boundary(&self) -> Boundary {
        let bytes = &self.buffer[..];
        let is_end = self.decoder.is_end();
        let mut at = 0;
        loop {
            // Up to the line of the next quote, every line end is the end of a record.
            let quote = memchr(b'"', &bytes[at..]).map(|quote| at + quote);
            let lines = &bytes[at..quote.unwrap_or(bytes.len())];
            at += memrchr(b'\n', lines).map_or(0, |end| end + 1);
            if quote.is_none() {
                return match at {
                    _ if is_end => Boundary::At(bytes.len()),
                    0 if bytes.len() > self.shape.limits.record => Boundary::TooLong,
                    0 => Boundary::Beyond,
                    at => Boundary::At(at),
                };
            }
            match self.shape.record(bytes, at, is_end, &mut Nothing) {
                Step::Done(end) if end == bytes.len() => return Boundary::At(end),
                Step::Done(end) => at = end,
                Step::TooLong if at == 0 => return Boundary::TooLong,
                Step::More if at == 0 => return Boundary::Beyond,
                Step::More | Step::TooLong => return Boundary::At(at),
            }
        }
    }

    /// Cuts a block off the buffer.
    fn cut(&mut self, end: usize) -> Block {
        let mut rest = Vec::with_capacity(self.shape.limits.block.min(self.buffer.len()));
        rest.extend_from_slice(&self.buffer[end..]);
        let mut bytes = std::mem::replace(&mut self.buffer, rest);
        bytes.truncate(end);
        let end = small(end);
        let cut = self.bad.partition_point(|at| *at < end);
        let rest = self.bad[cut..].iter().map(|at| at - end).collect();
        let mut bad = std::mem::replace(&mut self.bad, rest);
        bad.truncate(cut);
        let line = self.line;
        self.line = line.saturating_add(small(memchr_iter(b'\n', &bytes).count()));
        self.piece(bytes, bad, line, false)
    }

    /// Skips the rest of a record that is too long; gives the block that tells of it when its end is found.
    fn skip(&mut self) -> Option<Block> {
        let line = self.skipping?;
        let found = memchr(b'\n', &self.buffer);
        let end = found.map_or(self.buffer.len(), |end| end + 1);
        self.buffer.drain(..end);
        self.bad = self.bad.iter().filter_map(|at| at.checked_sub(small(end))).collect();
        if found.is_none() && !self.decoder.is_end() {
            return None;
        }
        self.skipping = None;
        self.line = line.saturating_add(1);
        Some(self.piece(Vec::new(), Vec::new(), line, true))
    }

    fn piece(&self, bytes: Vec<u8>, bad: Vec<u32>, line: u32, is_too_long: bool) -> Block {
        Block {
            bytes,
            bad,
            line,
            shape: self.shape,
            columns: small(self.header.len()),
            ends: Arc::clone(&self.ends),
            is_too_long,
        }
    }
}

enum Boundary {
    /// Behind the last whole record.
    At(usize),
    /// The first record is longer than allowed.
    TooLong,
    /// More must be read to see where the first record ends.
    Beyond,
}
