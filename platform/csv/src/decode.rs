//! Bytes of a file to text: UTF-8 with or without its mark, or windows-1251, decided once per file.

use std::io::{self, Read};

use encoding_rs::WINDOWS_1251;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8; also a file of nothing but ASCII.
    Utf8,
    /// UTF-8 with the byte order mark.
    Utf8Marked,
    /// Windows-1251.
    Windows1251,
}

impl Encoding {
    /// The name for reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Marked => "UTF-8 BOM",
            Self::Windows1251 => "windows-1251",
        }
    }
}

/// How much from the first letter beyond ASCII on decides.
const SAMPLE: usize = 4096;
/// What stands for bytes that aren't text.
const UNREADABLE: &str = "\u{fffd}";

/// Reads text.
pub(crate) struct Decoder<R> {
    source: R,
    raw: Vec<u8>,
    encoding: Option<Encoding>,
    /// Nothing more comes from the source.
    is_read: bool,
}

impl<R: Read> Decoder<R> {
    /// Reads the first bytes and the mark.
    pub fn new(mut source: R) -> io::Result<Self> {
        let mut raw = Vec::new();
        let got = (&mut source).take(SAMPLE as u64).read_to_end(&mut raw)?;
        let mut encoding = None;
        if raw.starts_with(b"\xef\xbb\xbf") {
            raw.drain(..3);
            encoding = Some(Encoding::Utf8Marked);
        }
        Ok(Self { source, raw, encoding, is_read: got < SAMPLE })
    }

    /// The first bytes, before anything was taken.
    pub fn first(&self) -> &[u8] {
        &self.raw
    }

    /// What was decided so far; ASCII reads as UTF-8.
    pub fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Utf8)
    }

    /// Whether all text was taken.
    pub fn is_end(&self) -> bool {
        self.is_read && self.raw.is_empty()
    }

    /// Appends about `want` bytes of text, more than none unless the end is reached, and where in `text` bytes
    /// stood that aren't text.
    pub fn fill(&mut self, text: &mut Vec<u8>, bad: &mut Vec<u32>, want: usize) -> io::Result<()> {
        let before = text.len();
        while text.len() == before && !self.is_end() {
            if !self.is_read {
                let got = (&mut self.source).take(want as u64).read_to_end(&mut self.raw)?;
                self.is_read = got < want;
            }
            self.decode(text, bad);
        }
        Ok(())
    }

    fn decode(&mut self, text: &mut Vec<u8>, bad: &mut Vec<u32>) {
        if self.encoding.is_none() {
            let ascii = self.raw.iter().position(|byte| !byte.is_ascii()).unwrap_or(self.raw.len());
            text.extend_from_slice(&self.raw[..ascii]);
            self.raw.drain(..ascii);
            if self.raw.is_empty() || (self.raw.len() < SAMPLE && !self.is_read) {
                return;
            }
            self.encoding = Some(decide(&self.raw[..self.raw.len().min(SAMPLE)]));
        }
        if self.encoding == Some(Encoding::Windows1251) {
            self.windows(text, bad)
        } else {
            self.utf8(text, bad)
        }
    }

    fn utf8(&mut self, text: &mut Vec<u8>, bad: &mut Vec<u32>) {
        let mut from = 0;
        loop {
            let rest = &self.raw[from..];
            let Err(error) = simdutf8::compat::from_utf8(rest) else {
                text.extend_from_slice(rest);
                self.raw.clear();
                return;
            };
            text.extend_from_slice(&rest[..error.valid_up_to()]);
            from += error.valid_up_to();
            match error.error_len() {
                None if !self.is_read => {
                    self.raw.drain(..from);
                    return;
                }
                length => {
                    bad.push(crate::record::small(text.len()));
                    text.extend_from_slice(UNREADABLE.as_bytes());
                    from += length.unwrap_or(self.raw.len() - from);
                }
            }
        }
    }

    fn windows(&mut self, text: &mut Vec<u8>, bad: &mut Vec<u32>) {
        // The one byte that means nothing in windows-1251.
        for (number, part) in self.raw.split(|byte| *byte == 0x98).enumerate() {
            if number > 0 {
                bad.push(crate::record::small(text.len()));
                text.extend_from_slice(UNREADABLE.as_bytes());
            }
            text.extend_from_slice(WINDOWS_1251.decode_without_bom_handling(part).0.as_bytes());
        }
        self.raw.clear();
    }
}

/// UTF-8 when at least as many of the letters beyond ASCII are well formed as not.
fn decide(sample: &[u8]) -> Encoding {
    let (mut good, mut broken) = (0_usize, 0_usize);
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if good > 0 && good >= broken { Encoding::Utf8 } else { Encoding::Windows1251 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], want: usize) -> (String, Vec<u32>, Encoding) {
        let mut decoder = Decoder::new(bytes).unwrap();
        let (mut text, mut bad) = (Vec::new(), Vec::new());
        while !decoder.is_end() {
            decoder.fill(&mut text, &mut bad, want).unwrap();
        }
        (String::from_utf8(text).unwrap(), bad, decoder.encoding())
    }

    #[test]
    fn mon8_the_encoding_is_decided_once_and_never_by_the_size_of_a_read() {
        let long = format!("{}Услуга № 5; «Ёлка»;{}", "a".repeat(5000), "я".repeat(3000));
        let windows = WINDOWS_1251.encode(&long).0.into_owned();
        let marked = [b"\xef\xbb\xbf", long.as_bytes()].concat();
        for want in [1, 2, 7, 4096, 1 << 20] {
            assert_eq!(read(long.as_bytes(), want), (long.clone(), vec![], Encoding::Utf8));
            assert_eq!(read(&windows, want), (long.clone(), vec![], Encoding::Windows1251));
            assert_eq!(read(&marked, want), (long.clone(), vec![], Encoding::Utf8Marked));
            assert_eq!(read(b"id;a", want).2, Encoding::Utf8);
        }
    }

    #[test]
    fn mon10_a_broken_letter_is_one_fault_and_changes_no_other() {
        let mut bytes = "да;нет;может быть".as_bytes().to_vec();
        bytes[5] = 0xff;
        for want in [1, 3, 100] {
            let (text, bad, encoding) = read(&bytes, want);
            assert_eq!((text.as_str(), encoding), ("да;\u{fffd}\u{fffd}ет;может быть", Encoding::Utf8));
            assert_eq!(bad, [5, 8]);
        }
        let (text, bad, encoding) = read(b"\xc4\xe0;\x98", 10);
        assert_eq!((text.as_str(), bad, encoding), ("Да;\u{fffd}", vec![5], Encoding::Windows1251));
        // A mark decides by itself.
        assert_eq!(read(b"\xef\xbb\xbf\xc4\xe0", 10).2, Encoding::Utf8Marked);
    }
}
