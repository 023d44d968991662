//! The figures of the desk as tables for people and as JSON for machines.

use std::fmt::Write as _;

use serde::Serialize;

use super::export::Export;
use super::live::Seen;
use super::mail::Drain;
use super::questions::Question;
use crate::load::Outcome;
use crate::otklik::Memory;
use crate::report::{Part, grouped};

/// What was found out with one database.
#[derive(Debug, Default, Serialize)]
pub struct Desk {
    /// The database with its version.
    pub database: String,
    /// Responses stored at first.
    pub rows: u64,
    /// Offices.
    pub offices: usize,
    /// How long making them took, in seconds; nothing when an earlier run had.
    pub filled: Option<f64>,
    /// How long the first analysis of a year took after the start, in seconds.
    pub figures_loaded: Option<f64>,
    /// Memory after the start.
    pub memory_before: Option<Memory>,
    /// Memory at the end.
    pub memory_after: Option<Memory>,
    /// Pages.
    pub pages: Vec<PageRow>,
    /// Tables taken along.
    pub exports: Vec<Export>,
    /// Acceptance with live pages.
    pub live: Vec<LiveRow>,
    /// Letters.
    pub mail: Option<Drain>,
    /// What was checked and held.
    pub held: Vec<String>,
    /// What was checked and didn't hold.
    pub failures: Vec<String>,
}

/// How fast pages of one kind come.
#[derive(Debug, Serialize)]
pub struct PageRow {
    /// What was asked for.
    pub what: &'static str,
    /// By an official of what.
    pub level: &'static str,
    /// Different addresses.
    pub addresses: usize,
    /// Requests.
    pub count: u64,
    /// Bytes of one of the pages.
    pub bytes: usize,
    /// Half of the answers took less, in milliseconds.
    pub p50_ms: f64,
    /// 99 % of the answers took less, in milliseconds.
    pub p99_ms: f64,
    /// The longest, in milliseconds.
    pub max_ms: f64,
    /// The p99 that is wanted, in milliseconds; it decides nothing.
    pub wanted_ms: f64,
}

impl PageRow {
    /// The row of a question.
    pub fn new(question: &Question, outcome: &Outcome, bytes: usize) -> Self {
        let quantile = |q| outcome.times.value_at_quantile(q) as f64 / 1000.0;
        Self {
            what: question.what,
            level: question.level.words(),
            addresses: question.paths.len(),
            count: outcome.succeeded(),
            bytes,
            p50_ms: quantile(0.5),
            p99_ms: quantile(0.99),
            max_ms: outcome.times.max() as f64 / 1000.0,
            wanted_ms: question.wanted,
        }
    }

    /// What, and by whom.
    pub fn title(&self) -> String {
        format!("{} ({})", self.what, self.level)
    }

    fn is_reached(&self) -> bool {
        self.p99_ms <= self.wanted_ms
    }
}

/// What the open pages do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// There are none.
    None,
    /// They listen.
    Listening,
    /// They listen, and ask for themselves again when something has changed.
    Asking,
}

impl Stand {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Listening, Self::Asking];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Listening => "500 that listen",
            Self::Asking => "500 that listen and ask for themselves again",
        }
    }
}

/// Acceptance while pages stand open.
#[derive(Debug, Serialize)]
pub struct LiveRow {
    /// What they do.
    pub stand: Stand,
    /// Responses per second in each turn.
    pub per_second: Vec<f64>,
    /// Messages to pages.
    pub told: u64,
    /// Pages asked for again.
    pub asked: u64,
    /// How long the turns took, in seconds.
    pub seconds: f64,
}

impl LiveRow {
    /// A row without turns yet.
    pub const fn new(stand: Stand) -> Self {
        Self { stand, per_second: Vec::new(), told: 0, asked: 0, seconds: 0.0 }
    }

    /// Adds a turn.
    pub fn add(&mut self, outcome: &Outcome, seen: Option<Seen>) {
        self.per_second.push(outcome.per_second());
        self.seconds += outcome.elapsed.as_secs_f64();
        if let Some(seen) = seen {
            self.told += seen.told;
            self.asked += seen.asked;
        }
    }

    fn mean(&self) -> f64 {
        self.per_second.iter().sum::<f64>() / (self.per_second.len() as f64).max(1.0)
    }
}

/// «yes», or the miss so that it is seen.
const fn reached(is_reached: bool) -> &'static str {
    if is_reached { "yes" } else { "**no**" }
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

impl Part for Desk {
    fn database(&self) -> &str {
        &self.database
    }

    fn failures(&self) -> &[String] {
        &self.failures
    }

    fn write(&self, text: &mut String) {
        let _ = writeln!(text, "\n### {}\n", self.database);
        let made = self.filled.map(|seconds| format!(", made in {seconds:.0} s")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{} responses of a year from {} offices{made}.",
            grouped(self.rows as f64),
            grouped(self.offices as f64)
        );
        self.write_pages(text);
        self.write_exports(text);
        self.write_live(text);
        let _ = writeln!(text);
        if let Some(seconds) = self.figures_loaded {
            let _ = writeln!(text, "- A year of figures was in memory {seconds:.1} s after the start.");
        }
        if let Some(mail) = &self.mail {
            let _ = writeln!(
                text,
                "- Mail: {} letters in {:.1} s, {} per second (wanted: ≥ 200): {}.",
                grouped(mail.letters as f64),
                mail.seconds,
                grouped(mail.per_second()),
                reached(mail.per_second() >= 200.0)
            );
        }
        if let (Some(before), Some(after)) = (self.memory_before, self.memory_after) {
            let _ = writeln!(
                text,
                "- Memory, MiB resident: {:.1} after the start, {:.1} at the end.",
                mib(before.resident),
                mib(after.resident)
            );
        }
        for what in &self.held {
            let _ = writeln!(text, "- Held: {what}.");
        }
    }
}

impl Desk {
    fn write_pages(&self, text: &mut String) {
        if self.pages.is_empty() {
            return;
        }
        let _ = writeln!(
            text,
            "\n| page | official of | requests | p50, ms | p99, ms | max, ms | wanted p99 | reached |"
        );
        let _ = writeln!(text, "|---|---|---:|---:|---:|---:|---:|---|");
        for row in &self.pages {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {:.1} | {:.1} | {:.1} | ≤ {:.0} | {} |",
                row.what,
                row.level,
                row.count,
                row.p50_ms,
                row.p99_ms,
                row.max_ms,
                row.wanted_ms,
                reached(row.is_reached())
            );
        }
    }

    fn write_exports(&self, text: &mut String) {
        if self.exports.is_empty() {
            return;
        }
        let _ = writeln!(
            text,
            "\n| table | rows | MiB | rows per second | allocated before, MiB | at most, MiB | wanted | reached |"
        );
        let _ = writeln!(text, "|---|---:|---:|---:|---:|---:|---|---|");
        for export in &self.exports {
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {} | {:.0} | {:.0} | ≥ 50 000 | {} |",
                export.what,
                grouped(export.rows as f64),
                export.bytes as f64 / 1_048_576.0,
                grouped(export.per_second()),
                mib(export.before),
                mib(export.peak),
                reached(export.per_second() >= 50_000.0)
            );
        }
    }

    fn write_live(&self, text: &mut String) {
        let Some(without) = self.live.first().map(LiveRow::mean) else { return };
        let _ = writeln!(
            text,
            "\n| open live pages | accepted per second, 64 connections | of none | told | asked again | wanted | reached |"
        );
        let _ = writeln!(text, "|---|---:|---:|---:|---:|---|---|");
        for row in &self.live {
            let share = row.mean() / without.max(1e-9);
            let turns: Vec<_> = row.per_second.iter().map(|speed| grouped(*speed)).collect();
            let is_none = row.stand == Stand::None;
            let _ = writeln!(
                text,
                "| {} | {} ({}) | {share:.2} | {} | {} | {} | {} |",
                row.stand.words(),
                grouped(row.mean()),
                turns.join("; "),
                row.told,
                row.asked,
                if is_none { "" } else { "≥ 0.90" },
                if is_none { "" } else { reached(share >= 0.9) }
            );
        }
    }
}
