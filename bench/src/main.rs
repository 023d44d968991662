//! The load generator of Отклик: one command measures the server on SQLite and on PostgreSQL, and checks that
//! what was accepted is stored. See `bench/README.md`.

mod answers;
mod clock;
mod desk;
mod http;
mod kill;
mod load;
mod machine;
mod monitoring;
mod otklik;
mod peer;
#[path = "../../platform/testkit/src/postgres.rs"]
mod postgres;
mod report;
mod rivals;
mod run;
#[expect(dead_code, reason = "a part of what tests need of a mail server")]
#[path = "../../platform/testkit/src/smtp.rs"]
mod smtp;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand, ValueEnum};
use serde::Serialize;

use crate::otklik::Otklik;
use crate::report::Report;
use crate::run::{Kind, Plan};

/// Measures a release build of otklik on this machine. Ends with 1 if a request failed or a response was
/// lost or doubled, with 2 if something could not be measured; never because of a speed.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Subcommands>,
    /// The binary to measure; without it, `cargo build --release -p otklik` makes it.
    #[arg(long, value_name = "PATH")]
    otklik: Option<PathBuf>,
    /// A short run: one second per phase.
    #[arg(long)]
    quick: bool,
    /// Only this database.
    #[arg(long)]
    only: Option<Database>,
    /// Time of each phase, in seconds [default: 5, with --quick 1].
    #[arg(long, value_name = "N")]
    seconds: Option<f64>,
    /// A fixed number of requests per phase instead of time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// Threads of the generator.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    threads: u8,
    /// Where to put the data: a disk whose speed is to be measured [default: the temporary folder].
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Writes the figures to a file as well; `-` prints them instead of the table.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Answers the bytes of a file to every request (the peer for pages) until the input ends.
    Peer {
        /// A whole HTTP response.
        answer: PathBuf,
    },
    /// Measures the pages of officials, tables, live pages and mail over a year of responses.
    Desk(desk::Arguments),
    /// Measures how daily data of applications come in and are answered from, beside DuckDB.
    Monitoring(monitoring::Arguments),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// What is measured: this one, or both.
    const fn kinds(only: Option<Self>) -> &'static [Kind] {
        match only {
            None => &[Kind::Sqlite, Kind::Postgres],
            Some(Self::Sqlite) => &[Kind::Sqlite],
            Some(Self::Postgres) => &[Kind::Postgres],
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Some(Subcommands::Peer { answer }) => peer::main(answer).map(|()| true),
        Some(Subcommands::Desk(desk)) => desk::measure(desk),
        Some(Subcommands::Monitoring(monitoring)) => monitoring::measure(monitoring),
        None => measure(&arguments),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("could not be measured: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Measures and reports; whether nothing was lost, doubled or failed.
fn measure(arguments: &Arguments) -> anyhow::Result<bool> {
    let seconds = arguments.seconds.unwrap_or(if arguments.quick { 1.0 } else { 5.0 });
    if !(0.1..=600.0).contains(&seconds) {
        bail!("--seconds takes a number from 0.1 to 600");
    }
    let plan = Plan {
        binary: binary(arguments.otklik.as_deref())?,
        seconds,
        starts: if arguments.quick { 1 } else { 3 },
        count: arguments.count.map(|count| count as usize),
        threads: arguments.threads.into(),
        offices: answers::codes(),
    };
    let kinds = Database::kinds(arguments.only);
    let place = arguments.dir.clone().unwrap_or_else(std::env::temp_dir);
    let folder = || tempfile::Builder::new().prefix("otklik-bench-").tempdir_in(&place);

    let machine = machine::describe(folder()?.path(), if arguments.quick { 50 } else { 200 })?;
    let otklik = Otklik { binary: plan.binary.clone(), data: place.clone(), database: None, mail: None };
    let version = otklik.version().unwrap_or_else(|| plan.binary.display().to_string());
    let mut report = Report { machine, version, databases: Vec::new() };
    for kind in kinds {
        report.databases.push(run::database(&plan, *kind, folder()?.path())?);
    }
    publish(&report, &report.markdown(), arguments.json.as_deref())?;
    Ok(report.failures().next().is_none())
}

/// Writes the figures to a file if one is asked for, and the table, or with `-` the figures, to the output.
fn publish(report: &impl Serialize, table: &str, json: Option<&Path>) -> anyhow::Result<()> {
    let figures = serde_json::to_string_pretty(report)?;
    match json {
        Some(file) if file.as_os_str() == "-" => {
            println!("{figures}");
            table
                .lines()
                .filter(|line| line.starts_with("FAILURE"))
                .for_each(|failure| eprintln!("{failure}"));
            return Ok(());
        }
        Some(file) => {
            std::fs::write(file, figures).with_context(|| format!("writing {}", file.display()))?;
        }
        None => {}
    }
    print!("{table}");
    Ok(())
}

/// The binary to measure: this one, or the release build.
fn binary(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    match given {
        Some(path) => path.canonicalize().with_context(|| format!("{}", path.display())),
        None => build(),
    }
}

/// Builds the release binary and says where it is.
fn build() -> anyhow::Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--package", "otklik", "--message-format=json-render-diagnostics"]);
    let output = cargo.stderr(Stdio::inherit()).output().context("running cargo")?;
    if !output.status.success() {
        bail!("cargo build: {}", output.status);
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "otklik")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo didn't say where the binary is")
}
