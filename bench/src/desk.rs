//! `otklik-bench desk`: what officials do all day, over a year of responses of a whole country's offices.

mod export;
mod live;
mod mail;
mod questions;
mod report;
pub mod talk;
pub mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};

use self::live::{Open, Pages};
use self::questions::{HOME, Level, questions};
use self::report::{Desk, LiveRow, PageRow, Stand};
use self::talk::Official;
use crate::answers::Requests;
use crate::clock::now;
use crate::load::{self, Keep, Limit, Phase};
use crate::otklik::{Otklik, Server};
use crate::postgres::Cluster;
use crate::report::{Report, Section};
use crate::run::{self, Kind, MANY, Plan, blame, fill_in, phase};
use crate::{Database, machine, rivals};

/// PostgreSQL's own memory, what the manual of operation advises for so many responses.
const MEMORY: &str = "512MB";
/// Live pages that stand open at once.
const OPEN: usize = 500;
/// Offices that get the responses of the phase with live pages: they have no recipients, so nothing is mailed.
const FRESH: usize = 200;

/// How long handling what was accepted in one turn may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Letters into a mail server.
    Mail,
    /// Pages of officials.
    Pages,
    /// Tables to take along.
    Exports,
    /// Acceptance with open live pages.
    Live,
}

/// Options of `desk`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The binary to measure; without it, `cargo build --release -p otklik` makes it.
    #[arg(long, value_name = "PATH")]
    otklik: Option<PathBuf>,
    /// Responses of the year.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    rows: usize,
    /// A short run: fewer requests of each kind; with fewer rows it takes seconds.
    #[arg(long)]
    quick: bool,
    /// Time of each kind of page and each turn with live pages, in seconds [default: 3, with --quick 1].
    #[arg(long, value_name = "N")]
    seconds: Option<f64>,
    /// Only this database.
    #[arg(long)]
    only: Option<Database>,
    /// Only these parts.
    #[arg(long, value_enum, value_delimiter = ',')]
    parts: Vec<Part>,
    /// Pages that are asked for at once.
    #[arg(long, value_name = "N", default_value_t = 1)]
    connections: usize,
    /// Where to put the data: a disk whose speed is to be measured [default: the temporary folder].
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Keeps SQLite's data in this folder, and takes what an earlier run has left there.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// An empty database of a running PostgreSQL, or one that an earlier run has filled, instead of a throwaway server.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Writes the figures to a file as well; `-` prints them instead of the table.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Arguments {
    fn has(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }
}

/// Measures and reports; whether nothing was lost or failed.
///
/// # Errors
/// Something can't be measured at all.
pub fn measure(arguments: &Arguments) -> anyhow::Result<bool> {
    let plan = Plan {
        binary: crate::binary(arguments.otklik.as_deref())?,
        seconds: arguments.seconds.unwrap_or(if arguments.quick { 1.0 } else { 3.0 }),
        starts: 1,
        count: None,
        threads: 1,
        offices: (0..FRESH).map(|number| format!("new-{number}")).collect(),
    };
    let place = arguments.dir.clone().unwrap_or_else(std::env::temp_dir);
    let folder = || tempfile::Builder::new().prefix("otklik-bench-").tempdir_in(&place);
    let machine = machine::describe(folder()?.path(), if arguments.quick { 50 } else { 200 })?;
    let otklik = Otklik { binary: plan.binary.clone(), data: place.clone(), database: None, mail: None };
    let version = otklik.version().unwrap_or_else(|| plan.binary.display().to_string());
    let mut report = Report { machine, version, databases: Vec::new() };
    for kind in Database::kinds(arguments.only) {
        report.databases.push(database(arguments, &plan, *kind, folder()?.path())?);
    }
    crate::publish(&report, &report.markdown(), arguments.json.as_deref())?;
    Ok(report.failures().next().is_none())
}

fn database(arguments: &Arguments, plan: &Plan, kind: Kind, folder: &Path) -> anyhow::Result<Desk> {
    let (cluster, url) = match (kind, &arguments.database_url) {
        (Kind::Sqlite, _) => (None, None),
        (Kind::Postgres, Some(url)) => (None, Some(url.clone())),
        (Kind::Postgres, None) => {
            let cluster = Cluster::start_with(MEMORY).map_err(anyhow::Error::msg)?;
            rivals::psql(&cluster.url("postgres"), "CREATE DATABASE otklik")?;
            let url = cluster.url("otklik");
            (Some(cluster), Some(url))
        }
    };
    let data = match (&arguments.data, kind) {
        (Some(data), Kind::Sqlite) => data.clone(),
        _ => folder.join("data"),
    };
    fs::create_dir_all(&data)?;
    let otklik = Otklik { binary: plan.binary.clone(), data, database: url.clone(), mail: None };
    let mut section = Section::default();
    let mut desk = Desk { database: String::new(), ..fill(arguments, &otklik, folder)? };
    desk.database = run::name(kind, &otklik)?;
    eprintln!("{}: {} responses", desk.database, desk.rows);
    if let Some(url) = &url {
        // What autovacuum does within minutes in an installation that grows by itself.
        rivals::psql(url, "VACUUM (ANALYZE)")?;
    }

    let mut expected = desk.rows;
    if arguments.has(Part::Mail) {
        let offices = tree::tree().offices;
        let (drain, accepted) = mail::drain(plan, &otklik, &offices, &mut section)?;
        eprintln!("  mail: {} letters, {:.0} per second", drain.letters, drain.per_second());
        desk.mail = Some(drain);
        expected += accepted;
    }
    let server = otklik.serve(None)?;
    let country = talk::sign_in(server.address, "country")?;
    let region = talk::sign_in(server.address, "region")?;
    // The office's own deputy head, whose address is among the recipients, so that days are theirs to look through.
    let office = talk::take_over(&otklik, server.address, &format!("zam.{}", tree::inspection(HOME, 0)))?;
    let cast = [country, region, office];
    desk.memory_before = Some(server.memory()?);
    if arguments.has(Part::Pages) {
        pages(arguments, plan, &server, &cast, &mut desk, &mut section)?;
    }
    if arguments.has(Part::Exports) {
        exports(&otklik, &server, &cast, &mut desk)?;
    }
    if arguments.has(Part::Live) {
        expected += live_pages(arguments, plan, &server, &cast, &mut desk, &mut section)?;
    }
    desk.memory_after = Some(server.memory()?);
    let stored = otklik.stored()?;
    section.check(stored == expected, format!("{stored} stored = {expected} invented and accepted"));
    let status = server.stop()?;
    section.check(status.success(), format!("after SIGTERM the server ended by itself ({status})"));
    (desk.held, desk.failures) = (section.held, section.failures);
    drop(cluster);
    Ok(desk)
}

/// Makes the bodies, the officials and the year of responses, unless an earlier run has.
fn fill(arguments: &Arguments, otklik: &Otklik, folder: &Path) -> anyhow::Result<Desk> {
    let begun = now();
    let tree = tree::tree();
    otklik.run(&["migrate"])?;
    let mut rows = otklik.stored()?;
    let mut filled = None;
    if rows == 0 {
        let import = |name: &str, csv: &str| {
            let file = folder.join(name);
            fs::write(&file, csv)?;
            otklik.run(&["bodies", "import", &file.to_string_lossy()])
        };
        import("bodies.csv", &tree.csv)?;
        let count = arguments.rows.to_string();
        otklik.run(&["responses", "invent", "--count", &count]).context("the year of responses")?;
        import("fresh.csv", &tree::fresh(FRESH))?;
        talk::add(otklik, "country", "quality_group", tree::ROOT)?;
        talk::add(otklik, "region", "quality_group", &tree::region(HOME))?;
        rows = otklik.stored()?;
        ensure!(rows == arguments.rows as u64, "{rows} responses are stored after {count} were invented");
        filled = Some(begun.elapsed().as_secs_f64());
    }
    Ok(Desk { rows, offices: tree.offices.len() + FRESH, filled, ..Desk::default() })
}

fn pages(
    arguments: &Arguments,
    plan: &Plan,
    server: &Server,
    cast: &[Official; 3],
    desk: &mut Desk,
    section: &mut Section,
) -> anyhow::Result<()> {
    // After its start the server loads a year of figures into memory; this page waits for them.
    let begun = now();
    let year = talk::page(server.address, "/admin/analysis?period=365", &cast[0])?;
    ensure!(year.status == 200, "the analysis of a year has status {}", year.status);
    desk.figures_loaded = Some(begun.elapsed().as_secs_f64());
    for question in questions() {
        let official = &cast[question.level as usize];
        let first = talk::page(server.address, &question.paths[0], official)?;
        let text = first.text();
        if first.status != 200 || text.contains("class=\"summary\" role=\"alert\"") {
            section.check(
                false,
                format!("{}: status {} or a filter left aside", question.paths[0], first.status),
            );
            continue;
        }
        let mut requests = Requests::default();
        for path in &question.paths {
            requests.push(talk::get(server.address, path, official).as_bytes());
        }
        let requests = Arc::new(requests);
        let connections = arguments.connections.max(1);
        let ask = |count: usize| {
            let limit = Limit::Count(count);
            load::run(
                Phase { limit, ..phase(plan, server.address, connections, &requests, Keep::Nothing) },
                &requests,
            )
        };
        // Each address once, so that nothing is read from the disk for the first time; it says how many fit the time.
        let once = ask(requests.len().max(5))?;
        // A kind of page that is slow is asked for a hundred times all the same: p99 means nothing of a few.
        let fitting = (once.per_second() * plan.seconds) as usize;
        let outcome = ask(fitting.clamp(if arguments.quick { 20 } else { 100 }, 1_000))?;
        blame(&outcome, question.what, section);
        let row = PageRow::new(&question, &outcome, text.len());
        eprintln!("  {}: p50 {:.1}, p99 {:.1} ms", row.title(), row.p50_ms, row.p99_ms);
        desk.pages.push(row);
    }
    Ok(())
}

fn exports(otklik: &Otklik, server: &Server, cast: &[Official; 3], desk: &mut Desk) -> anyhow::Result<()> {
    let address = |ending: &str, query: &str| format!("/admin/responses/export.{ending}{query}");
    let stored = otklik.stored()?;
    // A region's table first: were memory not flat, the country's would take far more.
    let region = export::take(server, &cast[1], "CSV, one region", &address("csv", ""), None)?;
    let in_region = region.rows;
    desk.exports.push(region);
    for (what, who, ending, known) in [
        ("XLSX, one region", 1, "xlsx", Some(in_region)),
        ("CSV, the country", 0, "csv", None),
        ("XLSX, the country", 0, "xlsx", Some(stored)),
    ] {
        let export = export::take(server, &cast[who], what, &address(ending, ""), known)?;
        eprintln!("  {what}: {} rows, {:.0} per second", export.rows, export.per_second());
        ensure!(who == 1 || export.rows == stored, "{} rows of {stored} in {what}", export.rows);
        desk.exports.push(export);
    }
    Ok(())
}

/// Waits until the server has handled what it has accepted, so that a turn doesn't pay for the one before.
fn rest(server: &Server) -> anyhow::Result<()> {
    let begun = now();
    while talk::events_waiting(server.address)?.is_some_and(|events| events > 0) {
        ensure!(begun.elapsed() < PATIENCE, "accepted responses are not handled in {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Acceptance without and with open pages, in turns, to and fro, so that what grows or is worn out is shared equally.
fn live_pages(
    arguments: &Arguments,
    plan: &Plan,
    server: &Server,
    cast: &[Official; 3],
    desk: &mut Desk,
    section: &mut Section,
) -> anyhow::Result<u64> {
    // Of ten pages one is of the country, two are of a region, the others of an office.
    let open: Vec<Open> = (0..10)
        .map(|number| Open {
            official: cast[[0, 1, 1].get(number).copied().unwrap_or(2)].clone(),
            path: if number % 2 == 0 { "/admin/" } else { "/admin/responses" }.to_owned(),
        })
        .collect();
    let mut rows = Stand::ALL.map(LiveRow::new);
    let mut accepted = 0;
    let probe = fill_in(plan, server, if arguments.quick { 300 } else { 2_000 }, section)?;
    let outcome = load::run(phase(plan, server.address, MANY, &probe, Keep::Receipt), &probe)?;
    accepted += outcome.succeeded();
    let count = (outcome.per_second() * plan.seconds) as usize;
    blame(&outcome, "responses before live pages", section);
    for round in 0..if arguments.quick { 2 } else { 4 } {
        let mut order = [0, 1, 2];
        if round % 2 == 1 {
            order.reverse();
        }
        for place in order {
            let requests = fill_in(plan, server, count.max(MANY), section)?;
            rest(server)?;
            let stand = rows[place].stand;
            let pages = match stand {
                Stand::None => None,
                _ => Some(Pages::open(server.address, &open, OPEN, stand == Stand::Asking)?),
            };
            let outcome = load::run(phase(plan, server.address, MANY, &requests, Keep::Receipt), &requests)?;
            blame(&outcome, "responses with live pages", section);
            accepted += outcome.succeeded();
            let seen = pages.map(Pages::close);
            if let Some(seen) = seen.filter(|seen| seen.troubles > 0) {
                section.check(false, format!("{} of {OPEN} live pages failed", seen.troubles));
            }
            rows[place].add(&outcome, seen);
            eprintln!("  live pages {}: {:.0} responses per second", stand.words(), outcome.per_second());
        }
    }
    desk.live = rows.into();
    Ok(accepted)
}

const _: () = assert!(Level::Country as usize == 0 && Level::Office as usize == 2);
