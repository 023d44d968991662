//! The named peers that our figures are compared to, measured in the same run on the same disk: what the
//! database itself reaches with one durable row per transaction, without HTTP, forms or checks.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use serde::Serialize;

use crate::otklik::output;

/// The text of a row, about as long as an answer.
const TEXT: &str = "1;0;1;;1;The queue moved slowly, the hall was stuffy, the ticket machine printed nothing, and \
                    two windows gave two different replies to one and the same question about a refund.";

/// What a peer reached.
#[derive(Debug, Serialize)]
pub struct Rival {
    /// What it is.
    pub name: String,
    /// Connections.
    pub connections: usize,
    /// Rows or pages per second.
    pub per_second: f64,
}

/// The raw server of `otklik-bench peer`, ended when dropped.
pub struct RawServer {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl RawServer {
    /// Starts it as a process of its own.
    ///
    /// # Errors
    /// It can't be run.
    pub fn start(folder: &Path, answer: &[u8]) -> anyhow::Result<Self> {
        let file = folder.join("page.http");
        fs::write(&file, answer)?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg("peer")
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim().parse().context("the peer said no address");
        if address.is_err() {
            let _ = child.kill();
        }
        Ok(Self { child, address: address? })
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        // Its input ends with this, and with its input the server.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Rows per second of a plain loop in Python's `sqlite3` (WAL, `synchronous = FULL`).
///
/// # Errors
/// No Python, or the script fails.
pub fn sqlite_rows(folder: &Path, seconds: f64) -> anyhow::Result<Rival> {
    let database = folder.join("rows.db");
    let seconds = seconds.min(3.0).to_string();
    let said = output(
        Command::new("python3")
            .args(["-c", include_str!("sqlite_rows.py")])
            .arg(&database)
            .args([seconds.as_str(), TEXT]),
    )?;
    let value: serde_json::Value = serde_json::from_str(&said)?;
    let version = value["version"].as_str().unwrap_or("?");
    let name = format!("one row per durable transaction in a loop, Python's sqlite3 ({version})");
    Ok(Rival { name, connections: 1, per_second: value["per_second"].as_f64().context("no number")? })
}

/// Rows per second of `pgbench` with one durable row per transaction.
///
/// # Errors
/// No `pgbench`, or it fails.
pub fn postgres_rows(folder: &Path, url: &str, connections: usize, seconds: f64) -> anyhow::Result<Rival> {
    let script = folder.join("rows.sql");
    fs::write(
        &script,
        format!("INSERT INTO answer (token, body) VALUES (gen_random_uuid()::text, '{TEXT}');\n"),
    )?;
    psql(
        url,
        "DROP TABLE IF EXISTS answer; CREATE TABLE answer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
         token text NOT NULL UNIQUE, body text NOT NULL)",
    )?;
    let threads = connections.min(2).to_string();
    let seconds = seconds.ceil().max(1.0).to_string();
    let said = output(
        Command::new(program("pgbench"))
            .args(["--no-vacuum", "--protocol=prepared", "--time", &seconds, "--jobs", &threads])
            .args(["--client", &connections.to_string(), "--file"])
            .arg(&script)
            .arg(url),
    )?;
    let per_second = tps(&said).with_context(|| format!("no tps in what pgbench said:\n{said}"))?;
    Ok(Rival { name: "pgbench, one row per durable transaction".into(), connections, per_second })
}

fn tps(said: &str) -> Option<f64> {
    said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok())
}

/// What an SQL command gives, without ornament.
///
/// # Errors
/// No `psql`, or it fails.
pub fn psql(url: &str, sql: &str) -> anyhow::Result<String> {
    let mut psql = Command::new(program("psql"));
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
    Ok(output(psql.args(["--dbname", url, "--command", sql]))?.trim().to_owned())
}

/// A programme of PostgreSQL: Debian keeps some out of the search path.
fn program(name: &str) -> PathBuf {
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .map(|(version, folder)| (version, folder.join("bin").join(name)))
        .filter(|(_, path)| path.exists())
        .collect();
    versions.sort();
    versions.pop().map_or_else(|| name.into(), |(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_read_from_what_pgbench_says() {
        let said =
            "scaling factor: 1\nlatency average = 0.5 ms\ntps = 1987.25 (without initial connection time)\n";
        assert_eq!(tps(said), Some(1987.25));
        assert_eq!(tps("pgbench: error"), None);
    }

    #[test]
    fn the_loop_of_rows_stores_rows() {
        let folder = tempfile::tempdir().unwrap();
        let rival = sqlite_rows(folder.path(), 0.05).unwrap();
        assert!(rival.per_second > 0.0);
        assert!(fs::metadata(folder.path().join("rows.db")).unwrap().len() > 0);
    }
}
