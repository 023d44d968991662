//! A throwaway PostgreSQL server for tests: its own folder, its own port, gone when dropped.
//!
//! `cargo xtask` includes this file as well (without the rest of the crate, so that it starts fast):
//! nothing but the standard library and `tempfile` is used here.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// How often a port taken by somebody else between choosing and starting is replaced by another.
const ATTEMPTS: u32 = 5;

/// The account that runs the server where tests run as root: PostgreSQL refuses to run as root.
const SERVER_ACCOUNT: &str = "postgres";

/// What the keeper does: waits until our end of its input closes, then stops the server and removes the
/// folder. Arguments: the folder, then the command that stops the server.
const KEEPER: &str =
    r#"trap '' INT TERM HUP; folder=$1; shift; cd "$folder"; read -r _; "$@"; cd /; rm -rf "$folder""#;

/// A running PostgreSQL server on 127.0.0.1, without a password, durable as in production (`fsync` on).
/// Dropping it stops the server and removes its folder; so does the end of the process that holds it,
/// however it ends (a cluster kept in a `static` is never dropped).
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    buffers: &'static str,
    as_root: bool,
    keeper: Option<Child>,
}

impl Cluster {
    /// Makes a cluster in a temporary folder and starts it on a free port.
    ///
    /// # Errors
    /// A sentence for people: PostgreSQL is not installed (with the command that installs it), or what
    /// its programs said.
    pub fn start() -> Result<Self, String> {
        Self::start_with("64MB")
    }

    /// The same with so much memory of its own (`shared_buffers`).
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn start_with(buffers: &'static str) -> Result<Self, String> {
        let programs = programs().ok_or_else(|| {
            "PostgreSQL's programs (initdb, pg_ctl) were not found. On Debian: sudo apt-get install -y postgresql"
                .to_owned()
        })?;
        let folder = tempfile::Builder::new()
            .prefix("otklik-postgres-")
            .tempdir()
            .map_err(|error| format!("no temporary folder for PostgreSQL: {error}"))?;
        let as_root = own_user_id() == Some(0);
        if as_root {
            let owner = format!("{SERVER_ACCOUNT}:");
            check(Command::new("chown").arg(owner).arg(folder.path()), "chown of the cluster's folder")?;
        }
        let mut cluster = Self { folder, programs, port: 0, buffers, as_root, keeper: None };
        cluster.initialise()?;
        cluster.keep()?;
        cluster.serve()?;
        Ok(cluster)
    }

    /// The address of a database of this server, as `postgres://postgres@127.0.0.1:PORT/DATABASE`.
    /// The database named `postgres` always exists.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn initialise(&self) -> Result<(), String> {
        let mut initdb = self.command("initdb");
        initdb
            .arg("--pgdata")
            .arg(self.data())
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .args(["--no-instructions"]);
        check(&mut initdb, "initdb")
    }

    fn serve(&mut self) -> Result<(), String> {
        let log = self.folder.path().join("server.log");
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            self.port = free_port()?;
            fs::write(self.data().join("postgresql.auto.conf"), self.settings())
                .map_err(|error| format!("PostgreSQL's settings could not be written: {error}"))?;
            let mut start = self.command("pg_ctl");
            // Output to nowhere: the server inherits pg_ctl's streams, and a
            // pipe that it holds open would never end.
            start
                .arg("--pgdata")
                .arg(self.data())
                .arg("--log")
                .arg(&log)
                .args(["--wait", "--timeout=60", "start"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let status = start.status().map_err(|error| format!("pg_ctl could not be run: {error}"))?;
            if status.success() {
                return Ok(());
            }
            said = fs::read_to_string(&log).unwrap_or_default();
        }
        Err(format!("PostgreSQL did not start:\n{said}"))
    }

    /// Starts the process that outlives us by the moment it takes to clean up.
    fn keep(&mut self) -> Result<(), String> {
        let mut stop = self.command("pg_ctl");
        stop.arg("--pgdata").arg(self.data()).args(["--mode=immediate", "--wait", "stop"]);
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(self.folder.path());
        keeper.arg(stop.get_program()).args(stop.get_args());
        // Its own process group: Ctrl+C in a terminal is for the tests, not for who cleans up after them.
        keeper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.keeper = Some(keeper.spawn().map_err(|error| format!("sh could not be run: {error}"))?);
        Ok(())
    }

    fn settings(&self) -> String {
        let mut settings = String::new();
        for (name, value) in [
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("port", self.port.to_string()),
            ("unix_socket_directories", self.folder.path().display().to_string()),
            // Every test has its own database and a small pool.
            ("max_connections", "400".to_owned()),
            ("shared_buffers", self.buffers.to_owned()),
            ("timezone", "UTC".to_owned()),
        ] {
            let _ = writeln!(settings, "{name} = '{value}'");
        }
        settings
    }

    /// One of PostgreSQL's programs, run by the server's account where we are root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", SERVER_ACCOUNT, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The account may not be allowed into the caller's folder, and the caller's own PostgreSQL
        // settings are none of the cluster's.
        command.current_dir(self.folder.path());
        for name in ["PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGOPTIONS"] {
            command.env_remove(name);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            // It has nothing to say that anybody could act upon.
            let _ = keeper.wait();
        }
    }
}

/// The folder of `initdb` and `pg_ctl`: Debian keeps them out of the search path, newest version first.
fn programs() -> Option<PathBuf> {
    let complete = |folder: &Path| folder.join("initdb").exists() && folder.join("pg_ctl").exists();
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| complete(folder))
        .collect();
    versions.sort();
    if let Some((_, folder)) = versions.pop() {
        return Some(folder);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| complete(folder))
}

/// The user that runs this process, where the system shows it (Linux).
fn own_user_id() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().next()?.parse().ok())
}

fn free_port() -> Result<u16, String> {
    let listener =
        TcpListener::bind(("127.0.0.1", 0)).map_err(|error| format!("no free port on 127.0.0.1: {error}"))?;
    listener.local_addr().map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}

fn check(command: &mut Command, what: &str) -> Result<(), String> {
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{what} could not be run: {error}"))?;
    if status.success() {
        return Ok(());
    }
    let said = [stdout, stderr].concat();
    Err(format!("{what} failed ({status}):\n{}", String::from_utf8_lossy(&said)))
}
