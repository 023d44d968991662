//! `otklik monitoring report`: answers from the lake.

use std::process::ExitCode;
use std::sync::LazyLock;

use anyhow::Result;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use otklik_monitoring::answers::{Allowed, Between, By, Cell, Further, MOST_EXAMPLES, Report, Sheet};
use otklik_monitoring::deliveries::completeness;
use otklik_organisations::SharedOffices;

use super::common::{Opened, SYSTEM};
use super::exchange::answers;
use super::part::PartArgs;
use crate::commands::{Json, say};
use crate::settings::Settings;

/// What can be reported.
#[derive(Clone, Copy, Debug)]
enum Name {
    /// Something about applications
    Of(Report),
    /// Which sender delivered which day
    Completeness,
}

impl ValueEnum for Name {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Name>> =
            LazyLock::new(|| Report::ALL.into_iter().map(Name::Of).chain([Name::Completeness]).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Completeness => ("completeness", "Which sender delivered which day"),
            Self::Of(report) => {
                let help = match report {
                    Report::Durations => "Whole durations, or with --from and --to between two statuses",
                    Report::Transitions => {
                        "From each status to the next, or with --from and --to of two statuses"
                    }
                    Report::Bottlenecks => "Where the time goes",
                    Report::Waiting => "Waiting at multifunctional centres",
                    Report::Refusals => "Refusals by stage",
                    Report::Interagency => "Interagency requests",
                    Report::Mnemonics => "Interagency requests by the kind of information",
                    Report::Conformance => "How often the allowed order is broken, with examples",
                    Report::Digital => "The digital share",
                    Report::Complaints => "Complaints",
                    Report::Satisfaction => "Ratings",
                    Report::Overview => "All kept figures",
                };
                (report.word(), help)
            }
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// What is to be reported, of which part of the data.
#[derive(Args, Debug)]
pub struct ReportArgs {
    /// What
    name: Name,
    /// Broken down by: service, variant, region, body, channel, month (period), day; separated by commas
    #[arg(long, value_delimiter = ',', value_parser = by)]
    by: Vec<By>,
    /// From this status: durations between the two, transitions from one straight to the other
    #[arg(long, requires = "to")]
    from: Option<i16>,
    /// To this status
    #[arg(long, requires = "from")]
    to: Option<i16>,
    /// How many requests to name for each broken rule (conformance); 5 unless said
    #[arg(long, value_parser = clap::value_parser!(u8).range(..=i64::from(MOST_EXAMPLES)))]
    examples: Option<u8>,
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

/// Runs the command: 2 when what is asked for makes no sense.
pub async fn run(settings: Settings, args: ReportArgs) -> Result<ExitCode> {
    let between = match (args.name, args.from.zip(args.to)) {
        (_, None) => None,
        (Name::Of(report), Some((from, to))) if report.is_between() => match Between::of(from, to) {
            Ok(between) => Some(between),
            Err(code) => {
                return wrong(&format!(
                    "события со статусом {code} нет: такого кода нет или это назначенное время (1002)"
                ));
            }
        },
        _ => {
            return wrong(
                "--from и --to — статусы отчётов durations и transitions; дни отчёта задаёт --period",
            );
        }
    };
    let usual = Further::default();
    let examples = match (args.name, args.examples) {
        (_, None) => usual.examples,
        (Name::Of(Report::Conformance), Some(examples)) => examples,
        _ => return wrong("--examples — примеры нарушений из отчёта conformance"),
    };
    let report = match args.name {
        Name::Of(report) => report,
        Name::Completeness if args.part.is_of_some() => {
            return wrong("отчёт completeness отбирает только по --period: он о днях отправителей");
        }
        Name::Completeness if args.by.iter().any(|by| !completeness::BY.contains(by)) => {
            return wrong("разрезы отчёта completeness — body, month (period) и day: он о днях отправителей");
        }
        Name::Completeness => {
            let opened = Opened::open(settings).await?;
            let (conn, now) = (opened.installation.db.read(), opened.ctx.now());
            let stood = completeness::stood(conn, &SYSTEM, None, args.part.period(), now).await?;
            let offices = SharedOffices::open(&opened.ctx.db).await?.current();
            let sheet = completeness::sheet(&stood, &args.by, &offices);
            return print(opened, &args, &sheet).await;
        }
    };
    let opened = Opened::open(settings).await?;
    let answers = answers(&opened).await?;
    let ask = args.part.ask(&opened, args.by.clone()).await?;
    let sheet = report.make(&answers, &ask, &Allowed::All, Further { between, examples }).await?;
    print(opened, &args, &sheet).await
}

fn wrong(what: &str) -> Result<ExitCode> {
    eprintln!("otklik: {what}");
    Ok(ExitCode::from(2))
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
pub(super) fn table(sheet: &Sheet) -> String {
    let shown = |cell: &Cell| match cell {
        Cell::None => "—".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Whole(number) => number.to_string(),
        Cell::Real(number) => format!("{number:.3}"),
        Cell::List(texts) => texts.join(", "),
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
