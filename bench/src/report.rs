//! The figures as a table for people and as JSON for machines.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use crate::clock::millis;
use crate::load::Outcome;
use crate::machine::Machine;
use crate::otklik::Memory;
use crate::rivals::Rival;

/// Everything one run found out.
#[derive(Debug, Serialize)]
pub struct Report<P> {
    /// The machine.
    pub machine: Machine,
    /// What `otklik --version` says.
    pub version: String,
    /// One part per database.
    pub databases: Vec<P>,
}

/// What was found out with one database, as a part of a report.
pub trait Part {
    /// The database with its version.
    fn database(&self) -> &str;

    /// What was checked and didn't hold.
    fn failures(&self) -> &[String];

    /// Adds its tables.
    fn write(&self, text: &mut String);
}

/// What was found out with one database.
#[derive(Debug, Default, Serialize)]
pub struct Section {
    /// The database with its version.
    pub database: String,
    /// Start-ups of the server, in milliseconds; the last one is after the kill, with all the data.
    pub starts_ms: Vec<f64>,
    /// Bytes of a questionnaire page.
    pub page_bytes: usize,
    /// Memory after the start.
    pub memory_before: Option<Memory>,
    /// Memory after all the load.
    pub memory_after: Option<Memory>,
    /// Speeds.
    pub rows: Vec<Row>,
    /// What was checked and held.
    pub held: Vec<String>,
    /// What was checked and didn't hold.
    pub failures: Vec<String>,
}

/// The kinds of work that are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Questionnaire pages.
    Page,
    /// Accepted durable responses.
    Response,
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What was asked for.
    pub work: Work,
    /// Connections.
    pub connections: usize,
    /// How many succeeded.
    pub count: u64,
    /// Per second.
    pub per_second: f64,
    /// Half of the answers took less, in milliseconds.
    pub p50_ms: f64,
    /// 99 % of the answers took less, in milliseconds.
    pub p99_ms: f64,
    /// The longest, in milliseconds.
    pub max_ms: f64,
    /// Time of processors that the server used per success, in microseconds; the database's own isn't in it.
    pub processor_us: f64,
    /// What is wanted on two cores shared with the generator; it decides nothing.
    pub wanted: String,
    /// The peers for this line.
    pub rivals: Vec<Rival>,
}

impl Row {
    /// The line of a phase.
    pub fn new(work: Work, connections: usize, outcome: &Outcome, used: Duration, wanted: String) -> Self {
        let quantile = |q| outcome.times.value_at_quantile(q) as f64 / 1000.0;
        Self {
            work,
            connections,
            count: outcome.succeeded(),
            per_second: outcome.per_second(),
            p50_ms: quantile(0.5),
            p99_ms: quantile(0.99),
            max_ms: outcome.times.max() as f64 / 1000.0,
            processor_us: used.as_secs_f64() * 1e6 / outcome.succeeded().max(1) as f64,
            wanted,
            rivals: Vec::new(),
        }
    }
}

impl Section {
    /// Notes a start-up.
    pub fn started(&mut self, time: Duration) {
        self.starts_ms.push(millis(time));
    }

    /// Notes the outcome of a check.
    pub fn check(&mut self, holds: bool, what: String) {
        eprintln!("  {}: {what}", if holds { "held" } else { "FAILURE" });
        if holds { &mut self.held } else { &mut self.failures }.push(what);
    }
}

impl<P: Part> Report<P> {
    /// Everything that was lost, doubled or failed.
    pub fn failures(&self) -> impl Iterator<Item = String> {
        self.databases.iter().flat_map(|part| {
            part.failures().iter().map(|what| format!("FAILURE ({}): {what}", part.database()))
        })
    }

    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        let mut text = self.machine.describe(&self.version);
        for part in &self.databases {
            part.write(&mut text);
        }
        for failure in self.failures() {
            let _ = writeln!(text, "\n{failure}");
        }
        text
    }
}

impl Part for Section {
    fn database(&self) -> &str {
        &self.database
    }

    fn failures(&self) -> &[String] {
        &self.failures
    }

    fn write(&self, text: &mut String) {
        let _ = writeln!(text, "\n### {}\n", self.database);
        let _ = writeln!(
            text,
            "| what | connections | per second | p50, ms | p99, ms | max, ms | CPU, µs | wanted | to the peer |"
        );
        let _ = writeln!(text, "|---|---:|---:|---:|---:|---:|---:|---|---|");
        for row in &self.rows {
            let what = match row.work {
                Work::Page => format!("page `/qr/<code>/`, {} bytes", self.page_bytes),
                Work::Response => "accepted durable responses".to_owned(),
            };
            let rivals: Vec<_> = row
                .rivals
                .iter()
                .map(|rival| {
                    let ratio = row.per_second / rival.per_second;
                    format!(
                        "{ratio:.2} of {} ({}, {})",
                        grouped(rival.per_second),
                        rival.name,
                        rival.connections
                    )
                })
                .collect();
            let _ = writeln!(
                text,
                "| {what} | {} | {} | {:.2} | {:.2} | {:.2} | {:.0} | {} | {} |",
                row.connections,
                grouped(row.per_second),
                row.p50_ms,
                row.p99_ms,
                row.max_ms,
                row.processor_us,
                row.wanted,
                rivals.join("; ")
            );
        }
        let starts: Vec<_> = self.starts_ms.iter().map(|start| format!("{start:.0}")).collect();
        let _ = writeln!(
            text,
            "\n- Start to ready, ms: {} (the last: after the kill, with all the data).",
            starts.join(", ")
        );
        if let (Some(before), Some(after)) = (self.memory_before, self.memory_after) {
            let mib = |kib: u64| kib as f64 / 1024.0;
            let _ = writeln!(
                text,
                "- Memory, MiB resident: {:.1} after the start, {:.1} after the load, {:.1} at most (wanted: ≤ 80).",
                mib(before.resident),
                mib(after.resident),
                mib(after.peak)
            );
        }
        for what in &self.held {
            let _ = writeln!(text, "- Held: {what}.");
        }
    }
}

/// A number with its thousands apart: `21 000`.
pub fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!(grouped(7.4), "7");
        assert_eq!(grouped(999.0), "999");
        assert_eq!(grouped(1_000.0), "1\u{202F}000");
        assert_eq!(grouped(1_234_567.0), "1\u{202F}234\u{202F}567");
    }
}
