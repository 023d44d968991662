//! Writing XES as a stream.

use std::io::{self, Write};

use crate::log::{Attribute, Header, Trace};

/// Writes traces one after another.
pub struct XesWriter<W: Write> {
    out: W,
}

impl<W: Write> XesWriter<W> {
    /// Begins a log.
    ///
    /// # Errors
    /// It can't be written.
    pub fn new(mut out: W, header: &Header) -> io::Result<Self> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        out.write_all(b"<log xes.version=\"1849.2016\" xmlns=\"http://www.xes-standard.org/\">\n")?;
        for extension in &header.extensions {
            let pairs = [("name", &extension.name), ("prefix", &extension.prefix), ("uri", &extension.uri)];
            element(&mut out, "extension", &pairs)?;
        }
        for global in &header.globals {
            writeln!(out, "<global scope=\"{}\">", escaped(&global.scope))?;
            attributes(&mut out, &global.attributes)?;
            out.write_all(b"</global>\n")?;
        }
        for classifier in &header.classifiers {
            let scope = (!classifier.scope.is_empty()).then_some(("scope", &classifier.scope));
            let pairs = [Some(("name", &classifier.name)), scope, Some(("keys", &classifier.keys))];
            element(&mut out, "classifier", &pairs.into_iter().flatten().collect::<Vec<_>>())?;
        }
        attributes(&mut out, &header.attributes)?;
        Ok(Self { out })
    }

    /// Adds a trace.
    ///
    /// # Errors
    /// It can't be written.
    pub fn trace(&mut self, trace: &Trace) -> io::Result<()> {
        self.out.write_all(b"<trace>\n")?;
        attributes(&mut self.out, &trace.attributes)?;
        for event in &trace.events {
            self.out.write_all(b"<event>\n")?;
            attributes(&mut self.out, event)?;
            self.out.write_all(b"</event>\n")?;
        }
        self.out.write_all(b"</trace>\n")
    }

    /// Ends the log.
    ///
    /// # Errors
    /// It can't be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"</log>\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn element(out: &mut impl Write, name: &str, pairs: &[(&str, &String)]) -> io::Result<()> {
    write!(out, "<{name}")?;
    for (key, value) in pairs {
        write!(out, " {key}=\"{}\"", escaped(value))?;
    }
    out.write_all(b"/>\n")
}

fn attributes(out: &mut impl Write, attributes: &[Attribute]) -> io::Result<()> {
    attributes.iter().try_for_each(|one| attribute(out, one))
}

fn attribute(out: &mut impl Write, attribute: &Attribute) -> io::Result<()> {
    let tag = attribute.kind.tag();
    write!(out, "<{tag} key=\"{}\"", escaped(&attribute.key))?;
    if attribute.kind.has_value() {
        write!(out, " value=\"{}\"", escaped(&attribute.value))?;
    }
    if attribute.nested.is_empty() && attribute.values.is_empty() {
        return out.write_all(b"/>\n");
    }
    out.write_all(b">\n")?;
    attributes(out, &attribute.nested)?;
    if !attribute.values.is_empty() {
        out.write_all(b"<values>\n")?;
        attributes(out, &attribute.values)?;
        out.write_all(b"</values>\n")?;
    }
    writeln!(out, "</{tag}>")
}

/// A value within quotes: white space as references, else a reader would take it for blanks; characters that XML
/// has no way to write become the replacement character.
fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    let is_plain =
        |c: char| !matches!(c, '<' | '>' | '&' | '"' | '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.chars().all(is_plain) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.into()
}
