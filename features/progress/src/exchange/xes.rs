//! Applications as traces of XES.

use std::io::{self, Write};

use otklik_eventlog::xes::XesWriter;
use otklik_eventlog::{Attribute, Classifier, Extension, Global, Header, Kind, Trace, show};

use super::{Told, activity};
use crate::model::Channel;
use crate::reference::Reference;

/// What our logs say before their traces.
#[must_use]
pub fn header() -> Header {
    let extension = |name: &str, prefix: &str| Extension {
        name: name.to_owned(),
        prefix: prefix.to_owned(),
        uri: format!("http://www.xes-standard.org/{prefix}.xesext"),
    };
    let text = |key: &str, value: &str| Attribute::new(Kind::String, key, value);
    let moment = Attribute::new(Kind::Date, "time:timestamp", "1970-01-01T00:00:00.000+00:00");
    let classifier = |name: &str, keys: &str| Classifier {
        name: name.to_owned(),
        scope: String::new(),
        keys: keys.to_owned(),
    };
    Header {
        extensions: vec![
            extension("Concept", "concept"),
            extension("Time", "time"),
            extension("Organizational", "org"),
        ],
        globals: vec![
            Global { scope: "trace".to_owned(), attributes: vec![text("concept:name", "")] },
            Global { scope: "event".to_owned(), attributes: vec![text("concept:name", ""), moment] },
        ],
        classifiers: vec![
            classifier("Статус", "concept:name"),
            classifier("Статус и процесс", "concept:name org:group"),
        ],
        attributes: vec![text("concept:name", "Ход заявлений")],
    }
}

/// Writes applications.
pub struct XesOut<'r, W: Write> {
    writer: XesWriter<W>,
    reference: &'r Reference,
}

impl<'r, W: Write> XesOut<'r, W> {
    /// Begins a log.
    ///
    /// # Errors
    /// It can't be written.
    pub fn new(out: W, reference: &'r Reference) -> io::Result<Self> {
        Ok(Self { writer: XesWriter::new(out, &header())?, reference })
    }

    /// Adds an application.
    ///
    /// # Errors
    /// It can't be written.
    pub fn application(&mut self, told: &Told<'_>) -> io::Result<()> {
        self.writer.trace(&trace(self.reference, told))
    }

    /// Ends the log.
    ///
    /// # Errors
    /// It can't be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.finish()
    }
}

/// An application as a trace.
pub(super) fn trace(reference: &Reference, told: &Told<'_>) -> Trace {
    let text = |key: &str, value: &str| Attribute::new(Kind::String, key, value);
    let region = format!("{:02}", told.region);
    let mut attributes = vec![text("concept:name", told.request)];
    let more = [
        ("otklik:service", told.service),
        ("otklik:variant", told.variant),
        ("otklik:region", if told.region == 0 { "" } else { &region }),
        ("otklik:body", told.body),
        ("otklik:channel_in", told.channel_in.map_or("", Channel::code)),
        ("otklik:channel_out", told.channel_out.map_or("", Channel::code)),
    ];
    attributes
        .extend(more.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| text(key, value)));
    let event = |step: &super::Step<'_>| {
        let mut event = vec![
            text("concept:name", &activity(reference, step.status)),
            Attribute::new(Kind::Date, "time:timestamp", show(step.at, step.offset)),
            text("org:group", step.process.title()),
            Attribute::new(Kind::Int, "otklik:status", step.status.to_string()),
        ];
        if !step.mnemonic.is_empty() {
            event.push(text("otklik:mnemonic", step.mnemonic));
        }
        event
    };
    Trace { attributes, events: told.events().map(event).collect() }
}
