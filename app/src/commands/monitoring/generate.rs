//! `otklik monitoring generate`: believable data for a demonstration, a trial or a measurement. It needs no
//! installation.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use otklik_kernel::CivilDay;
use otklik_progress::generate::{Plan, write};
use serde_json::json;

use crate::commands::{Json, exit};

/// What is to be generated.
#[derive(Args, Debug)]
pub struct GenerateArgs {
    /// How many applications
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=2_000_000_000))]
    applications: u32,
    /// Over how many days they begin
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,
    /// Another number gives other data, the same number the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The first day
    #[arg(long, default_value = "2026-01-12", value_parser = day)]
    from: CivilDay,
    /// How many regions; as many as suit the number of applications when not given
    #[arg(long, default_value_t = 0)]
    regions: u16,
    /// Put mistakes in, each told in faults.json
    #[arg(long)]
    faults: bool,
    /// The folder to write to
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    json: Json,
}

fn day(text: &str) -> Result<CivilDay, String> {
    CivilDay::parse(text).ok_or_else(|| "ожидается ГГГГ-ММ-ДД".to_owned())
}

/// Runs the command.
pub async fn run(args: GenerateArgs) -> anyhow::Result<ExitCode> {
    let GenerateArgs { applications, days, seed, from, regions, faults, out, json } = args;
    let plan = Plan { from, regions, faults, ..Plan::new(applications, days, seed) };
    let folder = out.clone();
    let written = tokio::task::spawn_blocking(move || write(&plan, &folder)).await?;
    let written = written.with_context(|| format!("{}: не записывается", out.display()))?;
    let answer = json!({
        "packages": written.packages,
        "applications": written.applications,
        "events": written.events,
        "bytes": written.bytes,
        "faults": written.faults,
    });
    let words = format!(
        "Записано пакетов: {}, событий: {}, строк о заявлениях: {}, намеренных ошибок: {}.",
        written.packages, written.events, written.applications, written.faults
    );
    json.print(&answer, &words)?;
    Ok(exit(true))
}
