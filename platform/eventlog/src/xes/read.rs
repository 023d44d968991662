//! Reading XES as a stream.

use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::bounded::{Allowance, Bounded};
use crate::log::{Attribute, Classifier, Extension, Global, Header, Kind, Trace};

/// What bounds the memory that a log of any size needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of XML from one trace to the next.
    pub part: u64,
    /// How deep attributes may lie in attributes.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { part: 64 << 20, depth: 32 }
    }
}

/// Why a log can't be read.
#[derive(Debug, thiserror::Error)]
pub enum XesError {
    /// It can't be read from where it lies, or a part of it is too large.
    #[error("the log can't be read: {0}")]
    Source(#[from] io::Error),
    /// It is no XML.
    #[error("byte {at}: {reason}")]
    Xml {
        /// Where.
        at: u64,
        /// What the parser says.
        reason: String,
    },
    /// It is XML, but no event log.
    #[error("byte {0}: this is no XES log")]
    NoLog(u64),
    /// Attributes lie too deep in attributes.
    #[error("byte {0}: attributes are nested too deep")]
    TooDeep(u64),
    /// It ends before it is complete.
    #[error("the log ends too early")]
    Cut,
}

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    Log,
    After,
}

/// Reads traces one after another.
pub struct XesReader<R> {
    reader: Reader<Bounded<Box<dyn BufRead>>>,
    buffer: Vec<u8>,
    left: Allowance,
    limits: Limits,
    place: Place,
    header: Header,
    loose: u64,
    source: std::marker::PhantomData<R>,
}

impl<R: Read + 'static> XesReader<R> {
    /// Begins to read; a packed log (gzip) is unpacked.
    ///
    /// # Errors
    /// It can't be read.
    pub fn new(source: R, limits: Limits) -> Result<Self, XesError> {
        let mut source = BufReader::with_capacity(1 << 16, source);
        let is_packed = source.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let source: Box<dyn BufRead> = if is_packed {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(source)))
        } else {
            Box::new(source)
        };
        let left = Rc::new(std::cell::Cell::new(limits.part));
        let reader = Reader::from_reader(Bounded::new(source, Rc::clone(&left)));
        Ok(Self {
            reader,
            buffer: Vec::new(),
            left,
            limits,
            place: Place::Before,
            header: Header::default(),
            loose: 0,
            source: std::marker::PhantomData,
        })
    }

    /// What the log said before the traces read so far.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// How many events stand outside traces; they are left out.
    #[must_use]
    pub const fn loose_events(&self) -> u64 {
        self.loose
    }

    /// The next trace.
    ///
    /// # Errors
    /// The log is broken there.
    pub fn next_trace(&mut self) -> Result<Option<Trace>, XesError> {
        self.left.set(self.limits.part);
        loop {
            match self.next()? {
                Tag::Open(name, of, is_empty) => match (self.place, name.as_str()) {
                    (Place::Before, "log") => self.place = if is_empty { Place::After } else { Place::Log },
                    (Place::Log, "trace") if is_empty => return Ok(Some(Trace::default())),
                    (Place::Log, "trace") => return self.trace().map(Some),
                    (Place::Log, "event") => {
                        self.loose += 1;
                        self.left.set(self.limits.part);
                        self.skip(is_empty)?;
                    }
                    (Place::Log, name) => self.part_of_header(name, &of, is_empty)?,
                    _ => return Err(XesError::NoLog(self.at())),
                },
                Tag::Close => self.place = Place::After,
                Tag::End => {
                    return match self.place {
                        Place::After => Ok(None),
                        Place::Log => Err(XesError::Cut),
                        Place::Before => Err(XesError::NoLog(self.at())),
                    };
                }
            }
        }
    }

    fn part_of_header(&mut self, name: &str, of: &Pairs, is_empty: bool) -> Result<(), XesError> {
        match name {
            "extension" => {
                let extension =
                    Extension { name: of.get("name"), prefix: of.get("prefix"), uri: of.get("uri") };
                self.header.extensions.push(extension);
                self.skip(is_empty)
            }
            "classifier" => {
                let classifier =
                    Classifier { name: of.get("name"), scope: of.get("scope"), keys: of.get("keys") };
                self.header.classifiers.push(classifier);
                self.skip(is_empty)
            }
            "global" => {
                let attributes = if is_empty { Vec::new() } else { self.attributes(0)? };
                self.header.globals.push(Global { scope: of.get("scope"), attributes });
                Ok(())
            }
            name => match kind(name) {
                Some(kind) => {
                    let attribute = self.attribute(kind, of, is_empty, 0)?;
                    self.header.attributes.push(attribute);
                    Ok(())
                }
                None => self.skip(is_empty),
            },
        }
    }

    /// The rest of a trace.
    fn trace(&mut self) -> Result<Trace, XesError> {
        let mut trace = Trace::default();
        loop {
            match self.next()? {
                Tag::Open(name, of, is_empty) => match (name.as_str(), kind(&name)) {
                    ("event", _) if is_empty => trace.events.push(Vec::new()),
                    ("event", _) => {
                        let attributes = self.attributes(0)?;
                        trace.events.push(attributes);
                    }
                    (_, Some(kind)) => {
                        let attribute = self.attribute(kind, &of, is_empty, 0)?;
                        trace.attributes.push(attribute);
                    }
                    _ => self.skip(is_empty)?,
                },
                Tag::Close => return Ok(trace),
                Tag::End => return Err(XesError::Cut),
            }
        }
    }

    /// Attributes up to the end of what they belong to.
    fn attributes(&mut self, depth: usize) -> Result<Vec<Attribute>, XesError> {
        let mut attributes = Vec::new();
        loop {
            match self.next()? {
                Tag::Open(name, of, is_empty) => match kind(&name) {
                    Some(kind) => attributes.push(self.attribute(kind, &of, is_empty, depth)?),
                    None => self.skip(is_empty)?,
                },
                Tag::Close => return Ok(attributes),
                Tag::End => return Err(XesError::Cut),
            }
        }
    }

    fn attribute(
        &mut self,
        kind: Kind,
        of: &Pairs,
        is_empty: bool,
        depth: usize,
    ) -> Result<Attribute, XesError> {
        if depth >= self.limits.depth {
            return Err(XesError::TooDeep(self.at()));
        }
        let mut attribute = Attribute::new(kind, of.get("key"), of.get("value"));
        if is_empty {
            return Ok(attribute);
        }
        loop {
            match self.next()? {
                Tag::Open(name, of, is_empty) => match (name.as_str(), self::kind(&name)) {
                    ("values", _) if !is_empty => attribute.values = self.attributes(depth + 1)?,
                    (_, Some(kind)) => {
                        let nested = self.attribute(kind, &of, is_empty, depth + 1)?;
                        attribute.nested.push(nested);
                    }
                    _ => self.skip(is_empty)?,
                },
                Tag::Close => return Ok(attribute),
                Tag::End => return Err(XesError::Cut),
            }
        }
    }

    /// Leaves out the rest of an element.
    fn skip(&mut self, is_empty: bool) -> Result<(), XesError> {
        let mut depth = usize::from(!is_empty);
        while depth > 0 {
            match self.next()? {
                Tag::Open(.., is_empty) => depth += usize::from(!is_empty),
                Tag::Close => depth -= 1,
                Tag::End => return Err(XesError::Cut),
            }
        }
        Ok(())
    }

    fn at(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// The next tag; everything between tags is of no meaning in XES.
    fn next(&mut self) -> Result<Tag, XesError> {
        loop {
            self.buffer.clear();
            let at = self.reader.buffer_position();
            let xml = |reason: String| XesError::Xml { at, reason };
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(quick_xml::Error::Io(error)) => {
                    return Err(io::Error::new(error.kind(), error.to_string()).into());
                }
                Err(error) => return Err(xml(error.to_string())),
            };
            let (tag, is_empty) = match &event {
                Event::Start(tag) => (tag, false),
                Event::Empty(tag) => (tag, true),
                Event::End(_) => return Ok(Tag::Close),
                Event::Eof => return Ok(Tag::End),
                _ => continue,
            };
            let name = tag.local_name().as_ref().to_owned();
            return Ok(Tag::Open(name, Pairs::of(tag).map_err(xml)?, is_empty));
        }
    }
}

enum Tag {
    Open(String, Pairs, bool),
    Close,
    End,
}

/// The XML attributes of an element.
struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn of(tag: &BytesStart<'_>) -> Result<Self, String> {
        let mut pairs = Vec::new();
        for pair in tag.attributes() {
            let pair = pair.map_err(|error| error.to_string())?;
            let value = pair.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            pairs.push((pair.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self(pairs))
    }

    fn get(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

fn kind(tag: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.tag() == tag)
}
