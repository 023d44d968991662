//! `otklik monitoring report`: answers from the lake.

use std::process::ExitCode;
use std::sync::LazyLock;

use anyhow::Result;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use otklik_monitoring::answers::{Allowed, Between, By, Cell, Further, MOST_EXAMPLES, Report, Sheet};
use otklik_monitoring::deliveries::completeness;
use otklik_organisations::SharedOffices;

use super::applications::{self, ListArgs};
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
    /// The applications behind a figure
    Applications,
    /// Which sender delivered which day
    Completeness,
}

impl Name {
    /// Whether two statuses may be said.
    fn is_between(self) -> bool {
        match self {
            Self::Of(report) => report.is_between(),
            Self::Applications => true,
            Self::Completeness => false,
        }
    }
}

impl ValueEnum for Name {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Name>> = LazyLock::new(|| {
            let more = [Name::Applications, Name::Completeness];
            Report::ALL.into_iter().map(Name::Of).chain(more).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Applications => ("applications", "The applications behind a figure, as --what says"),
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
                    Report::Criteria => "What was rated, criterion by criterion",
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
    /// From this status: durations between the two, transitions from one straight to the other, lists of either
    #[arg(long, requires = "to")]
    from: Option<i16>,
    /// To this status
    #[arg(long, requires = "from")]
    to: Option<i16>,
    /// How many requests to name for each broken rule (conformance); 5 unless said
    #[arg(long, value_parser = clap::value_parser!(u8).range(..=i64::from(MOST_EXAMPLES)))]
    examples: Option<u8>,
    #[command(flatten)]
    list: ListArgs,
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
        (name, Some((from, to))) if name.is_between() => match Between::of(from, to) {
            Ok(between) => Some(between),
            Err(code) => return no_event(code),
        },
        _ => {
            return wrong(
                "--from и --to — статусы отчётов durations, transitions и applications; дни задаёт --period",
            );
        }
    };
    if let Some(twice) = By::repeated(&args.by) {
        return wrong(&format!("разрез {} указан дважды", twice.word()));
    }
    let usual = Further::default();
    let examples = match (args.name, args.examples) {
        (_, None) => usual.examples,
        (Name::Of(Report::Conformance), Some(examples)) => examples,
        _ => return wrong("--examples — примеры нарушений из отчёта conformance"),
    };
    let report = match args.name {
        Name::Applications if !args.by.is_empty() => {
            return wrong("список applications на части не делится: --by — для других отчётов");
        }
        Name::Applications => {
            let shape = Shape::of(&args);
            return applications::run(settings, (&args.list, &args.part, between), shape).await;
        }
        _ if args.list.is_of_some() => {
            return wrong("--what, --stage, --rule, --mnemonic и --limit — о списке applications");
        }
        Name::Of(report) => report,
        Name::Completeness if args.part.is_of_some() => {
            return wrong("отчёт completeness отбирает только по --period: он о днях отправителей");
        }
        Name::Completeness if args.by.iter().any(|by| !completeness::BY.contains(by)) => {
            return wrong("разрезы отчёта completeness — body, month (period) и day: он о днях отправителей");
        }
        Name::Completeness if completeness::is_too_long(args.part.period()) => {
            return wrong("отчёт completeness — не больше чем о трёх годах сразу");
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
    if let Some(code) = unknown(&opened, between).await? {
        opened.close().await;
        return no_event(code);
    }
    let answers = answers(&opened).await?;
    let ask = args.part.ask(&opened, args.by.clone()).await?;
    let sheet = report.make(&answers, &ask, &Allowed::All, Further { between, examples }).await?;
    print(opened, &args, &sheet).await
}

/// The status, of two, of which there is none.
pub(super) async fn unknown(opened: &Opened, between: Option<Between>) -> Result<Option<i16>> {
    let Some(between) = between else { return Ok(None) };
    Ok(between.known(&*opened.hub.rules().await?).err())
}

/// No event can have a status.
pub(super) fn no_event(code: i16) -> Result<ExitCode> {
    wrong(&format!("события со статусом {code} нет: такого кода нет или это назначенное время (1002)"))
}

/// What is typed makes no sense.
pub(super) fn wrong(what: &str) -> Result<ExitCode> {
    eprintln!("otklik: {what}");
    Ok(ExitCode::from(2))
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Json,
    Csv,
    Words,
}

impl Shape {
    fn of(args: &ReportArgs) -> Self {
        match (args.json.json, args.csv) {
            (true, _) => Self::Json,
            (_, true) => Self::Csv,
            _ => Self::Words,
        }
    }
}

async fn print(opened: Opened, args: &ReportArgs, sheet: &Sheet) -> Result<ExitCode> {
    match Shape::of(args) {
        Shape::Json => say(&(serde_json::to_string_pretty(sheet)? + "\n"))?,
        Shape::Csv => say(&sheet.csv())?,
        Shape::Words => say(&table(sheet))?,
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
