//! One record: its fields and what is wrong with its form.

/// What can be wrong with the form of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A quote inside a field that doesn't begin with one.
    Quote,
    /// Text behind a closing quote, or no closing quote.
    BrokenQuotes,
    /// A carriage return that no line feed follows.
    LoneReturn,
    /// The field is longer than allowed.
    FieldTooLong,
    /// The record is longer than allowed; it was skipped up to the next line end.
    RecordTooLong,
    /// Other than as many fields as the header has.
    Fields {
        /// How many the record has.
        found: u32,
        /// How many the header has.
        expected: u32,
    },
    /// Nothing stands in the line.
    Blank,
    /// Bytes that aren't text in the file's encoding.
    Encoding,
}

/// Something wrong with the form of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The field's number from 1; 0 for the record as a whole.
    pub column: u32,
    /// What is wrong.
    pub kind: Kind,
}

/// A field that lies in the record's own text, not in the block's.
pub(crate) const OWN: u32 = 1 << 31;

/// A record of a block. Fields that aren't there are empty.
#[derive(Debug)]
pub struct Record<'b> {
    pub(crate) text: &'b str,
    pub(crate) spans: Vec<(u32, u32)>,
    own: String,
    pub(crate) faults: Vec<Fault>,
    pub(crate) line: u32,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) fields: u32,
}

impl<'b> Record<'b> {
    pub(crate) fn new(text: &'b str) -> Self {
        Self {
            text,
            spans: Vec::with_capacity(32),
            own: String::new(),
            faults: Vec::new(),
            line: 0,
            from: 0,
            to: 0,
            fields: 0,
        }
    }

    /// The line where it begins, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// A field, by its number from 0.
    #[must_use]
    #[inline]
    pub fn get(&self, column: usize) -> &str {
        match self.spans.get(column) {
            Some(&(from, to)) if from & OWN == 0 => &self.text[from as usize..to as usize],
            Some(&(from, to)) => &self.own[(from & !OWN) as usize..to as usize],
            None => "",
        }
    }

    /// Where a field lies in the block's text; none when it isn't there or was in doubled quotes.
    #[must_use]
    #[inline]
    pub fn span(&self, column: usize) -> Option<(u32, u32)> {
        self.spans.get(column).copied().filter(|(from, _)| from & OWN == 0)
    }

    /// How many fields it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether it has no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// What is wrong with its form.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The record as it stands in the file.
    #[must_use]
    pub fn raw(&self) -> &'b str {
        self.text[self.from..self.to].trim_end_matches(['\r', '\n'])
    }

    pub(crate) fn clear(&mut self) {
        self.spans.clear();
        self.own.clear();
        self.faults.clear();
        self.fields = 0;
    }

    /// Adds a field with doubled quotes, made single.
    pub(crate) fn add_own(&mut self, from: usize, to: usize) {
        let start = self.own.len();
        let mut rest = &self.text[from..to];
        while let Some(quote) = rest.find("\"\"") {
            self.own.push_str(&rest[..=quote]);
            rest = &rest[quote + 2..];
        }
        self.own.push_str(rest);
        self.spans.push((small(start) | OWN, small(self.own.len())));
    }
}

pub(crate) fn small(number: usize) -> u32 {
    u32::try_from(number).expect("blocks are far below 2 GiB")
}
