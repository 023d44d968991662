//! Applications as process-mining programs read them (MON-17): XES and OCEL 2.0, one application at a time.
//!
//! Planned moments (1002) are no events and are left out, applicants too: nothing tells who asked.

mod ocel;
mod xes;

pub use ocel::{Fee, OcelOut, complaint_event, fee_event};
pub use xes::{XesOut, header};

use crate::model::{Channel, Process, Status};
use crate::reference::{Reference, Role};

/// An event of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The process.
    pub process: Process,
    /// The status.
    pub status: i16,
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// Minutes east of UTC.
    pub offset: i16,
    /// Mnemonic of the interagency request.
    pub mnemonic: &'a str,
}

/// An application with its events in the order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// Request number.
    pub request: &'a str,
    /// Registry number of the service.
    pub service: &'a str,
    /// Registry number of the variant.
    pub variant: &'a str,
    /// The region's code.
    pub region: u16,
    /// The body's code, or its name where it has none.
    pub body: &'a str,
    /// How it came.
    pub channel_in: Option<Channel>,
    /// How the result left.
    pub channel_out: Option<Channel>,
    /// Its events.
    pub steps: Vec<Step<'a>>,
}

impl Told<'_> {
    /// The events that are no planned moments.
    fn events(&self) -> impl Iterator<Item = &Step<'_>> {
        self.steps.iter().filter(|step| Status(step.status).is_event())
    }
}

/// A status's name; with its code where the source gives one name to several.
#[must_use]
pub fn activity(reference: &Reference, status: i16) -> String {
    let name = reference.statuses.name(Status(status));
    match (name, reference.statuses.named(name, None).len()) {
        ("", _) => status.to_string(),
        (name, 1) => name.to_owned(),
        (name, _) => format!("{name} ({status})"),
    }
}

/// Which interagency request each event belongs to, counted from 1 within the application: an answer or an error to
/// the earliest open one of its mnemonic, else to the earliest open one, else to one that wasn't told of.
fn asks<'s>(
    reference: &Reference,
    steps: impl Iterator<Item = &'s Step<'s>>,
) -> (Vec<Option<usize>>, Vec<&'s str>) {
    let is = |status, role| reference.roles.is(status, role);
    let mut mnemonics: Vec<&str> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut of = Vec::new();
    for step in steps {
        if is(step.status, Role::Asked) {
            mnemonics.push(step.mnemonic);
            open.push(mnemonics.len());
            of.push(Some(mnemonics.len()));
        } else if is(step.status, Role::Answered) || is(step.status, Role::AskFailed) {
            let same = open.iter().position(|number| mnemonics[number - 1] == step.mnemonic);
            let number = if open.is_empty() {
                mnemonics.push(step.mnemonic);
                mnemonics.len()
            } else {
                open.remove(same.unwrap_or(0))
            };
            of.push(Some(number));
        } else {
            of.push(None);
        }
    }
    (of, mnemonics)
}

#[cfg(test)]
mod tests;
