//! `otklik monitoring report` and `trace`: answers from the lake.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};
use otklik_kernel::CivilDay;
use otklik_monitoring::answers::{Allowed, By, Cell, Sheet};
use serde_json::json;

use super::common::Opened;
use super::exchange::answers;
use super::part::PartArgs;
use crate::commands::{Json, say};
use crate::settings::Settings;

/// What can be reported.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Name {
    /// Whole durations, or with --from and --to between two statuses
    Durations,
    /// From each status to the next
    Transitions,
    /// Where the time goes
    Bottlenecks,
    /// Waiting at multifunctional centres
    Waiting,
    /// Refusals by stage
    Refusals,
    /// Interagency requests
    Interagency,
    /// Interagency requests by the kind of information
    Mnemonics,
    /// How often the allowed order is broken
    Conformance,
    /// The digital share
    Digital,
    /// Complaints
    Complaints,
    /// Ratings
    Satisfaction,
    /// All kept figures
    Overview,
    /// Which sender delivered which day
    Completeness,
}

/// What is to be reported, of which part of the data.
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// What
    name: Name,
    /// Broken down by: service, variant, region, body, channel, month (period), day; separated by commas
    #[arg(long, value_delimiter = ',', value_parser = by)]
    by: Vec<By>,
    /// From this status (durations)
    #[arg(long, requires = "to")]
    from: Option<i16>,
    /// To this status (durations)
    #[arg(long, requires = "from")]
    to: Option<i16>,
    #[command(flatten)]
    part: PartArgs,
    #[command(flatten)]
    json: Json,
    /// Print CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

fn by(word: &str) -> Result<By, String> {
    By::find(word).map_err(|_| "ожидается service, variant, region, body, channel, month или day".to_owned())
}

/// Runs the command.
pub async fn run(settings: Settings, args: ReportArgs) -> Result<ExitCode> {
    let ask = args.part.ask(args.by.clone());
    let opened = Opened::open(settings).await?;
    if let Name::Completeness = args.name {
        let sheet = completeness(&opened, args.part.days()).await?;
        return print(opened, &args, &sheet).await;
    }
    let answers = answers(&opened).await?;
    let all = Allowed::All;
    let sheet = match args.name {
        Name::Durations => match args.from.zip(args.to) {
            Some((from, to)) => answers.between(&ask, &all, from, to).await?,
            None => answers.durations(&ask, &all).await?,
        },
        Name::Transitions => answers.transitions(&ask, &all).await?,
        Name::Bottlenecks => answers.bottlenecks(&ask, &all, 100).await?,
        Name::Waiting => answers.waiting(&ask, &all).await?,
        Name::Refusals => answers.refusals(&ask, &all).await?,
        Name::Interagency => answers.interagency(&ask, &all).await?,
        Name::Mnemonics => answers.mnemonics(&ask, &all).await?,
        Name::Conformance => answers.conformance(&ask, &all).await?,
        Name::Digital => answers.digital(&ask, &all).await?,
        Name::Complaints => answers.complaints(&ask, &all).await?,
        Name::Satisfaction => answers.satisfaction(&ask, &all).await?,
        Name::Overview | Name::Completeness => answers.overview(&ask, &all).await?,
    };
    print(opened, &args, &sheet).await
}

async fn print(opened: Opened, args: &ReportArgs, sheet: &Sheet) -> Result<ExitCode> {
    match (args.json.json, args.csv) {
        (true, _) => say(&(serde_json::to_string_pretty(sheet)? + "\n"))?,
        (_, true) => say(&sheet.csv())?,
        _ => say(&table(sheet))?,
    }
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A table for a terminal.
fn table(sheet: &Sheet) -> String {
    let shown = |cell: &Cell| match cell {
        Cell::None => "—".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Whole(number) => number.to_string(),
        Cell::Real(number) => format!("{number:.3}"),
    };
    let rows: Vec<Vec<String>> = std::iter::once(sheet.columns.clone())
        .chain(sheet.rows.iter().map(|row| row.iter().map(shown).collect()))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..sheet.columns.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// The calendar as a sheet: the last thirty days when no period is given.
async fn completeness(opened: &Opened, days: Option<(CivilDay, CivilDay)>) -> Result<Sheet> {
    use otklik_monitoring::deliveries::{completeness, store};
    use otklik_monitoring::senders;
    let now = opened.ctx.now();
    let today = now.day_in(&otklik_kernel::Zone::utc());
    let days = days.unwrap_or_else(|| (today.plus_days(-30), today));
    let conn = opened.installation.db.read();
    let found = store::between(conn, &super::common::SYSTEM, days.0, days.1).await?;
    let mut sheet = Sheet {
        columns: ["sender", "day", "state", "receipt"].map(str::to_owned).into(),
        rows: Vec::new(),
        is_exact: true,
    };
    for sender in senders::store::all(conn, &super::common::SYSTEM).await? {
        for day in completeness::days(&sender, days, &found, now) {
            sheet.rows.push(vec![
                Cell::Text(sender.fields.code.clone()),
                Cell::Text(day.day.to_string()),
                Cell::Text(day.mark.code().to_owned()),
                day.delivery.map_or(Cell::None, |id| Cell::Text(id.to_string())),
            ]);
        }
    }
    Ok(sheet)
}

/// An application by its number.
#[derive(Args, Debug)]
pub struct TraceArgs {
    /// The request number
    request: String,
    #[command(flatten)]
    json: Json,
}

/// Prints all that is known of an application: 0 when it is there, 1 when it isn't.
pub async fn trace(settings: Settings, args: TraceArgs) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let answers = opened.hub.answers().await?;
    let found = match answers.commit() {
        0 => None,
        _ => answers.trace(&args.request, &Allowed::All).await?,
    };
    let code = match &found {
        Some(trace) => {
            args.json.print(trace, &format!("{}\n{}", table(&trace.case), table(&trace.events)))?;
            ExitCode::SUCCESS
        }
        None => {
            args.json.print(&json!(null), &format!("{}: такого заявления нет", args.request))?;
            ExitCode::FAILURE
        }
    };
    opened.close().await;
    Ok(code)
}
