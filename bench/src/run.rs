//! The measurements with one database, in their order.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::answers::{self, Requests};
use crate::http;
use crate::kill::{self, Accepted};
use crate::load::{self, Keep, Limit, Outcome, Phase};
use crate::machine;
use crate::otklik::{Otklik, Server, ask_once};
use crate::postgres::Cluster;
use crate::report::{Row, Section, Work};
use crate::rivals;

/// The most responses of one phase: their requests wait in memory.
const MOST: usize = 300_000;
/// Connections of the page phase, of fetching tokens and of the killed phase.
pub const MANY: usize = 64;

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The binary.
    pub binary: PathBuf,
    /// Time of each phase.
    pub seconds: f64,
    /// Start-ups to measure before the load.
    pub starts: usize,
    /// A fixed number of requests per phase instead of time.
    pub count: Option<usize>,
    /// Threads of the generator.
    pub threads: usize,
    /// Codes of the offices that people answer about.
    pub offices: Vec<String>,
}

/// A database system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SQLite in a folder.
    Sqlite,
    /// A throwaway PostgreSQL server.
    Postgres,
}

/// Measures with one database; the folder is for its data.
///
/// # Errors
/// What keeps it from being measured at all; lost or doubled responses are in the section's failures.
pub fn database(plan: &Plan, kind: Kind, folder: &Path) -> anyhow::Result<Section> {
    let cluster = match kind {
        Kind::Sqlite => None,
        Kind::Postgres => Some(Cluster::start().map_err(anyhow::Error::msg)?),
    };
    let url = match &cluster {
        None => None,
        Some(cluster) => {
            for name in ["otklik", "rows"] {
                rivals::psql(&cluster.url("postgres"), &format!("CREATE DATABASE {name}"))?;
            }
            Some(cluster.url("otklik"))
        }
    };
    let data = folder.join("data");
    std::fs::create_dir_all(&data)?;
    let otklik = Otklik { binary: plan.binary.clone(), data, database: url, mail: None };
    prepare(&otklik, folder)?;
    let mut section = Section { database: name(kind, &otklik)?, ..Section::default() };
    eprintln!("{}", section.database);

    for _ in 1..plan.starts {
        let server = otklik.serve(None)?;
        section.started(server.start);
        server.stop()?;
    }
    let server = otklik.serve(None)?;
    section.started(server.start);
    section.memory_before = Some(server.memory()?);

    pages(plan, &server, folder, &mut section)?;
    let mut accepted = Accepted::default();
    for connections in [1, 16, MANY] {
        responses(plan, kind, connections, &server, &mut accepted, &mut section)?;
    }
    section.memory_after = Some(server.memory()?);
    accepted.compare(&otklik, &mut section)?;
    let server = kill::survive(plan, &otklik, server, accepted, &mut section)?;
    let status = server.stop()?;
    section.check(status.success(), format!("after SIGTERM the server ended by itself ({status})"));

    // With the server gone, the peer has the machine for itself.
    for row in section.rows.iter_mut().filter(|row| row.work == Work::Response) {
        match &cluster {
            Some(cluster) if row.connections != 16 => {
                let url = cluster.url("rows");
                row.rivals.push(rivals::postgres_rows(folder, &url, row.connections, plan.seconds)?);
            }
            _ => {}
        }
    }
    if kind == Kind::Sqlite {
        let rival = rivals::sqlite_rows(folder, plan.seconds)?;
        for row in section.rows.iter_mut().filter(|row| row.work == Work::Response && row.connections != 16) {
            row.rivals.push(rivals::Rival { name: rival.name.clone(), ..rival });
        }
    }
    Ok(section)
}

fn prepare(otklik: &Otklik, folder: &Path) -> anyhow::Result<()> {
    otklik.run(&["migrate"])?;
    let file = folder.join("bodies.csv");
    std::fs::write(&file, answers::bodies())?;
    otklik.run(&["bodies", "import", &file.to_string_lossy()])?;
    Ok(())
}

/// The database with its version and settings.
///
/// # Errors
/// It can't be asked.
pub fn name(kind: Kind, otklik: &Otklik) -> anyhow::Result<String> {
    match (kind, &otklik.database) {
        (Kind::Postgres, Some(url)) => {
            let show = |setting: &str| rivals::psql(url, &format!("SHOW {setting}"));
            Ok(format!(
                "PostgreSQL {} (fsync {}, synchronous_commit {}, shared_buffers {})",
                show("server_version")?,
                show("fsync")?,
                show("synchronous_commit")?,
                show("shared_buffers")?
            ))
        }
        _ => Ok(format!("SQLite {}", machine::sqlite_version(&otklik.data).unwrap_or_default())
            .trim()
            .to_owned()),
    }
}

fn pages(plan: &Plan, server: &Server, folder: &Path, section: &mut Section) -> anyhow::Result<()> {
    let (status, answer) = ask_once(server.address, &format!("/qr/{}/", answers::code(0)))?;
    let head = http::parse_head(&answer).map_err(anyhow::Error::msg)?.context("no page")?;
    ensure!(status == 200, "the questionnaire's page has status {status}");
    let token = http::form_token(&answer[head.length..]);
    ensure!(token.is_some(), "the questionnaire's page has no form token");
    section.page_bytes = head.body;

    let limit = match plan.count {
        Some(count) => Limit::Count(count),
        None => Limit::Time(Duration::from_secs_f64(plan.seconds)),
    };
    let requests = Arc::new(answers::page_requests(server.address, &plan.offices));
    let fetch = |address| Phase { limit, ..phase(plan, address, MANY, &requests, Keep::Nothing) };
    // Once around, so that no office is seen for the first time.
    load::run(phase(plan, server.address, MANY, &requests, Keep::Nothing), &requests)?;
    let before = server.processor_time()?;
    let outcome = load::run(fetch(server.address), &requests)?;
    let used = server.processor_time()? - before;
    tell("pages", MANY, &outcome);
    blame(&outcome, "pages", section);
    let mut row = Row::new(Work::Page, MANY, &outcome, used, "≥ 40 000, p99 ≤ 5 ms".into());

    // The very bytes of our own answer, from a server that doesn't have to think; on one connection that
    // stays open.
    let bytes = String::from_utf8_lossy(&answer).replace("connection: close\r\n", "").into_bytes();
    let peer = rivals::RawServer::start(folder, &bytes)?;
    let outcome = load::run(fetch(peer.address), &requests)?;
    tell("pages of the peer", MANY, &outcome);
    ensure!(outcome.failed == 0 && outcome.unanswered.is_empty(), "the peer failed: {:?}", outcome.troubles);
    let name = "raw server of the same bytes".into();
    row.rivals.push(rivals::Rival { name, connections: MANY, per_second: outcome.per_second() });
    section.rows.push(row);
    Ok(())
}

fn responses(
    plan: &Plan,
    kind: Kind,
    connections: usize,
    server: &Server,
    accepted: &mut Accepted,
    section: &mut Section,
) -> anyhow::Result<()> {
    let mut send = |count: usize, section: &mut Section| {
        let requests = fill_in(plan, server, count.clamp(connections, MOST), section)?;
        let before = server.processor_time()?;
        let outcome =
            load::run(phase(plan, server.address, connections, &requests, Keep::Receipt), &requests)?;
        let used = server.processor_time()? - before;
        blame(&outcome, "responses", section);
        accepted.take(&outcome);
        anyhow::Ok((outcome, used))
    };
    let count = match plan.count {
        Some(count) => count,
        // A short phase says how many fit into the time.
        None => (send(250 * connections.min(16), section)?.0.per_second() * plan.seconds) as usize,
    };
    let (outcome, used) = send(count, section)?;
    tell("responses", connections, &outcome);
    let wanted = match (kind, connections) {
        (Kind::Sqlite, 1) => "≥ 2 000",
        (Kind::Sqlite, MANY) => "≥ 15 000, p99 ≤ 12 ms",
        (Kind::Postgres, 1) => "≥ 1 000",
        (Kind::Postgres, MANY) => "≥ 7 000",
        _ => "",
    };
    section.rows.push(Row::new(Work::Response, connections, &outcome, used, wanted.into()));
    Ok(())
}

/// A phase that sends each of the requests once.
pub fn phase(plan: &Plan, address: SocketAddr, connections: usize, requests: &Requests, keep: Keep) -> Phase {
    let limit = Limit::Count(requests.len());
    Phase { address, connections, threads: plan.threads, limit, keep, alarm: None }
}

/// Fetches a page per response for its form token, and fills in the forms.
///
/// # Errors
/// Not one page has a token.
pub fn fill_in(
    plan: &Plan,
    server: &Server,
    count: usize,
    section: &mut Section,
) -> anyhow::Result<Arc<Requests>> {
    let pages = Arc::new(answers::page_requests(server.address, &plan.offices));
    let fetch =
        Phase { limit: Limit::Count(count), ..phase(plan, server.address, MANY, &pages, Keep::Token) };
    let mut outcome = load::run(fetch, &pages)?;
    blame(&outcome, "pages with a form token", section);
    // Forms come back in about the order in which they were shown, not by the connection they went over.
    outcome.kept.sort_by_key(|(number, _)| *number);
    ensure!(!outcome.kept.is_empty(), "no page has a form token");
    let distinct: HashSet<_> = outcome.kept.iter().map(|(_, token)| token.as_str()).collect();
    if distinct.len() < outcome.kept.len() {
        let pages = outcome.kept.len();
        section.check(false, format!("{pages} pages gave only {} different form tokens", distinct.len()));
    }
    Ok(Arc::new(answers::response_requests(server.address, &plan.offices, &outcome.kept)))
}

/// Notes failed requests.
pub fn blame(outcome: &Outcome, what: &str, section: &mut Section) {
    let (failed, silent) = (outcome.failed, outcome.unanswered.len());
    if failed + silent > 0 {
        let troubles = outcome.troubles.join(" | ");
        section.check(false, format!("{what}: {failed} answered wrongly, {silent} not at all: {troubles}"));
    }
}

/// Says how it goes while the run lasts.
fn tell(what: &str, connections: usize, outcome: &Outcome) {
    let (count, speed) = (outcome.succeeded(), outcome.per_second());
    eprintln!("  {what}: {count} on {connections} connections, {speed:.0} per second");
}
