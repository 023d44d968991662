//! Commands other than serving.

pub mod backup;
pub mod bodies;
pub mod doctor;
pub mod journal;
pub mod migrate;
pub mod monitoring;
pub mod responses;
pub mod user;

use std::io::{self, Write as _};
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
}

/// Prints text. Whoever reads it may have had enough (`… | head`).
pub fn say(text: &str) -> anyhow::Result<()> {
    match write!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// 0 when all is well, 1 when not.
#[must_use]
pub fn exit(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
