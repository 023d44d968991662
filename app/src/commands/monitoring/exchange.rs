//! `otklik monitoring xes`, `ocel` and `compare`: applications for programs of process mining, and their logs beside ours.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use otklik_monitoring::answers::Answers;
use otklik_monitoring::exchange::{
    Comparison, Exchanged, Quantiles, Summary, compare, foreign, ocel, own, xes,
};
use serde_json::json;

use super::common::Opened;
use super::part::PartArgs;
use crate::commands::Json;
use crate::settings::Settings;

/// Variants that are told.
const VARIANTS: usize = 10;

/// Where a log is written, and of what.
#[derive(Args, Debug)]
pub struct LogArgs {
    /// The file to write; packed when its name ends in .gz
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    part: PartArgs,
    #[command(flatten)]
    json: Json,
}

/// The form of a log.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// XES, a trace for each application
    Xes,
    /// OCEL 2.0 in JSON
    Ocel,
}

/// Writes applications as a log: 0 when there are some, 1 when there are none.
pub async fn write(settings: Settings, args: LogArgs, form: Form) -> Result<ExitCode> {
    let opened = Opened::open(settings).await?;
    let answers = answers(&opened).await?;
    // The old file stays until the new one is whole.
    let unfinished = beside(&args.out)?;
    let file =
        File::create(&unfinished).with_context(|| format!("{}: файл не создаётся", unfinished.display()))?;
    let done = match fill(&opened, &answers, &args, form, file).await {
        Ok(done) => done,
        Err(error) => {
            std::fs::remove_file(&unfinished)?;
            return Err(error).with_context(|| format!("{}: не записывается", args.out.display()));
        }
    };
    std::fs::rename(&unfinished, &args.out)
        .with_context(|| format!("{}: не записывается", args.out.display()))?;
    let words = format!("{}: заявлений {}, событий {}.", args.out.display(), done.cases, done.events);
    let answer =
        json!({ "file": args.out.display().to_string(), "cases": done.cases, "events": done.events });
    args.json.print(&answer, &words)?;
    opened.close().await;
    Ok(crate::commands::exit(done.cases > 0))
}

/// Writes a log into a file, packed when its name says so.
async fn fill(
    opened: &Opened,
    answers: &Answers,
    args: &LogArgs,
    form: Form,
    file: File,
) -> Result<Exchanged> {
    let mut out = BufWriter::new(file);
    let done = if args.out.extension().is_some_and(|end| end.eq_ignore_ascii_case("gz")) {
        let mut packed = GzEncoder::new(&mut out, Compression::default());
        let done = log(opened, answers, args, form, &mut packed).await?;
        packed.finish()?;
        done
    } else {
        log(opened, answers, args, form, &mut out).await?
    };
    out.flush()?;
    Ok(done)
}

async fn log(
    opened: &Opened,
    answers: &Answers,
    args: &LogArgs,
    form: Form,
    out: impl Write,
) -> Result<Exchanged> {
    let condition = answers.applications(&args.part.ask(opened, Vec::new()).await?);
    let (session, rules) = (answers.session(), opened.hub.rules().await?);
    Ok(match form {
        Form::Xes => xes(session, &condition, rules.reference(), out).await?,
        Form::Ocel => ocel(session, &condition, rules.reference(), out).await?,
    })
}

/// The name of a file that isn't whole yet.
fn beside(out: &Path) -> Result<PathBuf> {
    let name = out.file_name().with_context(|| format!("{}: нет имени файла", out.display()))?;
    let mut name = name.to_owned();
    name.push(".part");
    Ok(out.with_file_name(name))
}

/// What is compared.
#[derive(Args, Debug)]
pub struct CompareArgs {
    /// An XES log, packed (`.gz`) or not
    #[arg(id = "file", value_name = "LOG")]
    log: PathBuf,
    #[command(flatten)]
    part: PartArgs,
    #[command(flatten)]
    json: Json,
}

/// Reads the XES log of another program and tells what it says beside what the lake says; nothing is changed.
pub async fn beside_ours(settings: Settings, args: CompareArgs) -> Result<ExitCode> {
    let name = args.log.display();
    let file = File::open(&args.log).with_context(|| format!("{name}: файл не читается"))?;
    let theirs = foreign(file).with_context(|| format!("{name}: это не целый журнал XES"))?;
    let opened = Opened::open(settings).await?;
    let ours = match opened.hub.answers().await? {
        answers if answers.commit() == 0 => Summary::default(),
        answers => {
            let condition = answers.applications(&args.part.ask(&opened, Vec::new()).await?);
            own(answers.session(), &condition, opened.hub.rules().await?.reference()).await?
        }
    };
    let found = compare(&ours, &theirs);
    let told = |summary: &Summary| {
        let (variants, count) = summary.variants(VARIANTS);
        json!({
            "cases": summary.cases(),
            "events": summary.events(),
            "variant_count": count,
            "variants": variants,
        })
    };
    let answer = json!({ "ours": told(&ours), "theirs": told(&theirs), "comparison": found });
    args.json.print(&answer, &words(&ours, &theirs, &found))?;
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}

fn words(ours: &Summary, theirs: &Summary, found: &Comparison) -> String {
    let hours = |of: Quantiles| format!("{:.1} ч, {:.1} ч", of.median / 3600.0, of.p95 / 3600.0);
    let lines = [
        ("", "у нас".to_owned(), "в файле".to_owned()),
        ("Заявлений", ours.cases().to_string(), theirs.cases().to_string()),
        ("Событий", ours.events().to_string(), theirs.events().to_string()),
        ("Путей", ours.variants(0).1.to_string(), theirs.variants(0).1.to_string()),
        ("Длительность: медиана, 95-й процентиль", hours(found.durations[0]), hours(found.durations[1])),
        (
            "Заявлений на путях, что есть в обоих",
            format!("{:.1} %", found.common_variants[0] / 10.0),
            format!("{:.1} %", found.common_variants[1] / 10.0),
        ),
    ];
    lines.iter().map(|(name, one, other)| format!("{name:<40}{one:<20}{other}\n")).collect()
}

/// Answers about what is in the lake.
pub(super) async fn answers(opened: &Opened) -> Result<Answers> {
    let answers = opened.hub.answers().await?;
    if answers.commit() == 0 {
        bail!("в озере ещё нет данных");
    }
    Ok(answers)
}
