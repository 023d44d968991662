//! OCEL 2.0 in its JSON form, as a stream: objects and events one by one.

use std::io::{self, Write};

use serde::Serialize;

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AttributeType {
    /// Text.
    String,
    /// A moment.
    Time,
    /// A whole number.
    Integer,
    /// Another number.
    Float,
    /// `true` or `false`.
    Boolean,
}

/// A type of objects or events with the names and types of its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeOf {
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attributes: Vec<(String, AttributeType)>,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Text or a moment.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
}

/// A value that an object has from a moment on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectAttribute {
    /// Its name.
    pub name: String,
    /// Since when; `1970-01-01T00:00:00Z` for what never changes.
    pub time: String,
    /// The value.
    pub value: Value,
}

/// How something has to do with an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relation {
    /// The object.
    #[serde(rename = "objectId")]
    pub object: String,
    /// In which way.
    pub qualifier: String,
}

#[derive(Serialize)]
struct Object<'a> {
    id: &'a str,
    r#type: &'a str,
    attributes: &'a [ObjectAttribute],
    relationships: &'a [Relation],
}

#[derive(Serialize)]
struct EventOut<'a> {
    id: &'a str,
    r#type: &'a str,
    time: &'a str,
    attributes: Vec<NameValue<'a>>,
    relationships: &'a [Relation],
}

#[derive(Serialize)]
struct NameValue<'a> {
    name: &'a str,
    value: &'a Value,
}

/// Writes a log: first all objects, then all events.
pub struct OcelWriter<W: Write> {
    out: W,
    in_events: bool,
    is_first: bool,
}

impl<W: Write> OcelWriter<W> {
    /// Begins a log.
    ///
    /// # Errors
    /// It can't be written.
    pub fn new(mut out: W, objects: &[TypeOf], events: &[TypeOf]) -> io::Result<Self> {
        out.write_all(b"{\"objectTypes\":")?;
        types(&mut out, objects)?;
        out.write_all(b",\n\"eventTypes\":")?;
        types(&mut out, events)?;
        out.write_all(b",\n\"objects\":[\n")?;
        Ok(Self { out, in_events: false, is_first: true })
    }

    /// Adds an object.
    ///
    /// # Errors
    /// It can't be written, or events were added already.
    pub fn object(
        &mut self,
        id: &str,
        r#type: &str,
        attributes: &[ObjectAttribute],
        relationships: &[Relation],
    ) -> io::Result<()> {
        if self.in_events {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "an object after events"));
        }
        self.separate()?;
        serde_json::to_writer(&mut self.out, &Object { id, r#type, attributes, relationships })?;
        Ok(())
    }

    /// Adds an event.
    ///
    /// # Errors
    /// It can't be written.
    pub fn event(
        &mut self,
        id: &str,
        r#type: &str,
        time: &str,
        attributes: &[(String, Value)],
        relationships: &[Relation],
    ) -> io::Result<()> {
        self.begin_events()?;
        self.separate()?;
        let attributes = attributes.iter().map(|(name, value)| NameValue { name, value }).collect();
        serde_json::to_writer(&mut self.out, &EventOut { id, r#type, time, attributes, relationships })?;
        Ok(())
    }

    /// Ends the log.
    ///
    /// # Errors
    /// It can't be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.begin_events()?;
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn begin_events(&mut self) -> io::Result<()> {
        if !self.in_events {
            self.out.write_all(b"\n],\n\"events\":[\n")?;
            (self.in_events, self.is_first) = (true, true);
        }
        Ok(())
    }

    fn separate(&mut self) -> io::Result<()> {
        if !self.is_first {
            self.out.write_all(b",\n")?;
        }
        self.is_first = false;
        Ok(())
    }
}

fn types(out: &mut impl Write, types: &[TypeOf]) -> io::Result<()> {
    #[derive(Serialize)]
    struct NameType<'a> {
        name: &'a str,
        r#type: AttributeType,
    }
    #[derive(Serialize)]
    struct Out<'a> {
        name: &'a str,
        attributes: Vec<NameType<'a>>,
    }
    let mut shown = Vec::new();
    for TypeOf { name, attributes } in types {
        let attributes = attributes.iter().map(|(name, r#type)| NameType { name, r#type: *r#type }).collect();
        shown.push(Out { name, attributes });
    }
    Ok(serde_json::to_writer(out, &shown)?)
}
