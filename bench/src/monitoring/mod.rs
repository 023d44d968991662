//! Monitoring data beside DuckDB: strict import, sizes, answers, growth, in one run on the same files.

mod alike;
mod duckdb;
mod ours;
mod table;
mod watch;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use self::alike::{Alike, groups};
use self::duckdb::{Answer, DuckDb};
use self::ours::Ours;
use self::table::{Line, Wanted, markdown};
use crate::machine::{self, Machine};
use crate::otklik::Otklik;

/// Options of `monitoring`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The binary to measure; without it, `cargo build --release -p otklik` makes it.
    #[arg(long, value_name = "PATH")]
    otklik: Option<PathBuf>,
    /// Applications; each has six or seven events [default: 1 500 000, with --quick 75 000].
    #[arg(long, value_name = "N")]
    applications: Option<u32>,
    /// A small run, to see that it works.
    #[arg(long)]
    quick: bool,
    /// Also a tenth and five times as many, and a day on top of the most.
    #[arg(long)]
    growth: bool,
    /// Where to put the data: 1.5 GB for a million and a half applications [default: the temporary folder].
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// A folder that keeps DuckDB for the next run [default: beside the data].
    #[arg(long, value_name = "FOLDER")]
    peer: Option<PathBuf>,
    /// Writes the figures to a file as well; `-` prints them instead of the tables.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Days over which applications of the main run begin.
const DAYS: u16 = 20;
/// The first of them.
const FROM: &str = "2026-01-12";
/// The first day of what comes on top.
const BEFORE: &str = "2025-06-02";
/// How often a question is asked; the median counts.
const TIMES: usize = 3;
/// Pages that are asked for, of the whole country.
const PAGES: [(&str, &str); 3] = [
    ("analysis, 30 days", "/admin/monitoring/analysis?from=2026-01-12&to=2026-02-10"),
    ("analysis, a year", "/admin/monitoring/analysis?from=2025-06-01&to=2026-05-31"),
    ("map of the process, 30 days", "/admin/monitoring/map?from=2026-01-12&to=2026-02-10"),
];
/// How often each.
const PAGE_TIMES: usize = 100;

/// Everything one run found out.
#[derive(Debug, Serialize)]
struct Figures {
    machine: Machine,
    version: String,
    peer: String,
    sizes: Vec<Size>,
}

/// What was found out at one size.
#[derive(Debug, Serialize)]
struct Size {
    heading: String,
    lines: Vec<Line>,
    answers: Vec<Alike>,
}

/// Measures and prints; whether both gave the same answers.
///
/// # Errors
/// What keeps it from being measured: the programme or the peer fails, or the lake holds another number of events than
/// was generated.
pub fn measure(arguments: &Arguments) -> anyhow::Result<bool> {
    let binary = &crate::binary(arguments.otklik.as_deref())?;
    let place = arguments.dir.clone().unwrap_or_else(std::env::temp_dir);
    let folder = tempfile::Builder::new().prefix("otklik-monitoring-").tempdir_in(&place)?;
    let own = folder.path().join("peer");
    let duck = DuckDb::install(arguments.peer.as_deref().unwrap_or(&own))?;
    let applications = arguments.applications.unwrap_or(if arguments.quick { 75_000 } else { 1_500_000 });
    let mut run = Run { binary, folder: folder.path(), duck, peer: String::new(), sizes: Vec::new() };
    if arguments.growth {
        run.size(applications / 10, false)?;
    }
    run.size(applications, false)?;
    if arguments.growth {
        run.size(applications * 5, true)?;
    }
    let otklik = Otklik { binary: binary.clone(), data: place, database: None, mail: None };
    let version = otklik.version().unwrap_or_else(|| binary.display().to_string());
    let machine = machine::describe(folder.path(), 50)?;
    let figures = Figures { machine, version, peer: run.peer, sizes: run.sizes };
    let mut text = figures.machine.describe(&figures.version);
    text += &format!("The peer: {}.\n", figures.peer);
    for size in &figures.sizes {
        text += &markdown(&size.heading, &size.lines);
        text.push('\n');
        text.extend(size.answers.iter().map(Alike::line));
    }
    crate::publish(&figures, &text, arguments.json.as_deref())?;
    Ok(figures.sizes.iter().flat_map(|size| &size.answers).all(Alike::is_well))
}

struct Run<'a> {
    binary: &'a Path,
    folder: &'a Path,
    duck: DuckDb,
    peer: String,
    sizes: Vec<Size>,
}

impl Run<'_> {
    /// Everything at one size; its files are gone afterwards.
    fn size(&mut self, applications: u32, on_top: bool) -> anyhow::Result<()> {
        let folder = self.folder.join(format!("of-{applications}"));
        let (data, parquet) = (folder.join("data"), folder.join("peer"));
        std::fs::create_dir_all(&folder)?;
        eprintln!("{applications} applications: generating");
        let made = Ours::generate(self.binary, applications, FROM, DAYS, &data)?;
        let events = made["events"].as_u64().context("the generator tells no number of events")?;

        let ours = Ours::new(self.binary, folder.join("ours"))?;
        eprintln!("  {events} events: importing");
        let cost = ours.import(&data)?;
        eprintln!("  {:.1} s; the peer's turn", cost.seconds);
        let theirs = self.duck.import(&data, &parquet)?;
        self.peer = format!("DuckDB {} (Python package, 2 threads)", theirs.version);
        eprintln!("  {:.1} s", theirs.seconds);
        let held = ours.verify()?;
        anyhow::ensure!(held.events == events, "{} events of {events} are in the lake", held.events);
        let mut lines = vec![
            line("strict import, all tables", cost.seconds, Some(theirs.seconds), "s", Wanted::Times(2.5)),
            line(
                "… its peak of memory",
                cost.peak_mib,
                Some(mib(theirs.peak_kib)),
                "MiB",
                Wanted::AtMost(2048.0),
            ),
        ];
        let sizes = ours.bytes()?;
        let their_events = theirs.tables.get("events").context("the peer has no events")?;
        let per_event = |bytes: u64| bytes as f64 / events as f64;
        lines.push(line(
            "events table, per event",
            per_event(sizes.get("events").copied().unwrap_or(0)),
            Some(per_event(their_events.bytes)),
            "bytes",
            Wanted::Times(1.1),
        ));
        let theirs_all = theirs.tables.values().map(|table| table.bytes).sum();
        for (what, bytes) in [("the file of its events", their_events.bytes), ("all its files", theirs_all)] {
            lines.push(line(
                &format!("all tables, per event; the peer: {what}"),
                per_event(sizes.values().sum()),
                Some(per_event(bytes)),
                "bytes",
                Wanted::Times(2.5),
            ));
        }
        let answers = self.answers(&ours, &parquet, &mut lines)?;
        if on_top {
            self.day(&ours, &folder, &mut lines)?;
        }
        let heading = format!("{applications} applications, {events} events, {} cases", held.cases);
        self.sizes.push(Size { heading, lines, answers });
        std::fs::remove_dir_all(&folder)?;
        Ok(())
    }

    /// The same questions to both.
    fn answers(&self, ours: &Ours, parquet: &Path, lines: &mut Vec<Line>) -> anyhow::Result<Vec<Alike>> {
        eprintln!("  answers");
        let theirs = self.duck.ask(parquet, &ours.lake(), TIMES)?;
        let their =
            |name: &str| -> anyhow::Result<&Answer> { theirs.get(name).context("no answer of the peer") };
        let mut add = |what: &str, ours: f64, peer: &Answer, wanted| {
            lines.push(line(what, ours, Some(peer.seconds), "s", wanted));
        };
        let (windows, of_ours) = (their("steps of its own")?, their("steps of ours")?);
        let (steps, sheet) = ours.report(&["transitions", "--by", "service"], TIMES)?;
        let what = "median and p95 of each transition by service";
        add(&format!("{what}; the peer: windows over its own files"), steps, windows, Wanted::Times(0.05));
        add(&format!("{what}; the peer: over our files"), steps, of_ours, Wanted::Times(1.5));
        let found = groups(&sheet, &["service", "from_status", "to_status"])?;
        let mut alike = vec![
            Alike::shown("transitions, the peer from its own events", &found, &windows.groups),
            Alike::wanted("transitions, the peer over our files", &found, &of_ours.groups),
        ];
        let (events, of_ours) = (their("totals of its own")?, their("totals of ours")?);
        let (totals, sheet) = ours.report(&["durations", "--by", "service,region"], TIMES)?;
        let what = "percentiles of the whole duration by service and region";
        add(&format!("{what}; the peer: from its events"), totals, events, Wanted::Times(0.5));
        add(&format!("{what}; the peer: over our files"), totals, of_ours, Wanted::Shown);
        let found = groups(&sheet, &["service", "region"])?;
        alike.push(Alike::wanted("whole durations, the peer over our files", &found, &of_ours.groups));
        let (overview, _) = ours.report(&["overview", "--by", "day"], TIMES)?;
        let (start, _) = ours.report(&["completeness"], TIMES)?;
        let what = "the start, with a small answer from the database: it is in every command's time";
        lines.push(line(what, start * 1000.0, None, "ms", Wanted::Shown));
        let what = "figures of each day, the whole command";
        lines.push(line(what, overview * 1000.0, None, "ms", Wanted::Shown));
        let pages = ours.pages(&PAGES.map(|(_, path)| path), PAGE_TIMES)?;
        for ((what, _), [p50, p99]) in PAGES.into_iter().zip(pages) {
            lines.push(line(&format!("page: {what}, p50"), p50, None, "ms", Wanted::Shown));
            lines.push(line(&format!("page: {what}, p99"), p99, None, "ms", Wanted::AtMost(50.0)));
        }
        Ok(alike)
    }

    /// A day of its own on top of everything, and into an empty lake.
    fn day(&self, ours: &Ours, folder: &Path, lines: &mut Vec<Line>) -> anyhow::Result<()> {
        eprintln!("  a day on top");
        let day = folder.join("day");
        let made = Ours::generate(self.binary, 75_000, BEFORE, 3, &day)?;
        let empty = Ours::new(self.binary, folder.join("empty"))?.import(&day)?;
        let on_top = ours.import(&day)?;
        lines.push(line(
            &format!("{} events more on top; the peer: our own empty lake", made["events"]),
            on_top.seconds,
            Some(empty.seconds),
            "s",
            Wanted::Times(2.0),
        ));
        lines.push(line("… its peak of memory", on_top.peak_mib, None, "MiB", Wanted::AtMost(2048.0)));
        Ok(())
    }
}

fn line(what: &str, ours: f64, peer: Option<f64>, unit: &'static str, wanted: Wanted) -> Line {
    Line { what: what.to_owned(), ours, peer, unit, wanted }
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
