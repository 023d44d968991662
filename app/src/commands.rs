//! Commands other than serving.

pub mod backup;
pub mod bodies;
pub mod doctor;
pub mod journal;
pub mod migrate;
pub mod monitoring;
pub mod responses;
pub mod user;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

/// Whether a machine reads the answer.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Json {
    /// Print JSON for a machine
    #[arg(long)]
    pub json: bool,
}

impl Json {
    /// Prints an answer: as JSON, or in words.
    pub fn print(self, answer: &impl Serialize, words: &str) -> anyhow::Result<()> {
        let text =
            if self.json { serde_json::to_string_pretty(answer)? } else { words.trim_end().to_owned() };
        say(&(text + "\n"))
    }

    /// Prints an answer as it is made: it may be larger than memory.
    pub fn stream(
        self,
        answer: &impl Serialize,
        words: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let mut out = BufWriter::new(io::stdout().lock());
        let said = match self.json {
            true => {
                let printed = serde_json::to_writer_pretty(&mut out, answer);
                printed.map_err(io::Error::from).and_then(|()| out.write_all(b"\n"))
            }
            false => words(&mut out),
        };
        heard(said.and_then(|()| out.flush()))
    }
}

/// Prints text.
pub fn say(text: &str) -> anyhow::Result<()> {
    heard(write!(io::stdout(), "{text}"))
}

/// Whether printing went well. Whoever reads it may have had enough (`… | head`).
fn heard(said: io::Result<()>) -> anyhow::Result<()> {
    match said {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// 0 when all is well, 1 when not.
#[must_use]
pub fn exit(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
