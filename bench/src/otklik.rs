//! The programme under test: its commands, and its server as a process that can be measured and killed.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use serde::Serialize;

use crate::clock::now;
use crate::http;

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The programme with its data.
#[derive(Debug, Clone)]
pub struct Otklik {
    /// The binary.
    pub binary: PathBuf,
    /// Its folder.
    pub data: PathBuf,
    /// The database; without it the folder's own SQLite.
    pub database: Option<String>,
    /// How mail is sent; without it into a folder beside the data.
    pub mail: Option<String>,
}

impl Otklik {
    /// A command over its folder and database.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(words).arg("--data-dir").arg(&self.data);
        if let Some(url) = &self.database {
            command.args(["--database-url", url]);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end and gives its standard output.
    ///
    /// # Errors
    /// It can't be run or doesn't succeed; with what it said.
    pub fn run(&self, words: &[&str]) -> anyhow::Result<String> {
        output(&mut self.command(words))
    }

    /// Runs a command to its end with a text as its input, and gives its standard output.
    ///
    /// # Errors
    /// It can't be run or doesn't succeed; with what it said.
    pub fn run_with(&self, words: &[&str], input: &str) -> anyhow::Result<String> {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("running {}", self.binary.display()))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!(
                "{}: {}\n{said}{}",
                words.join(" "),
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(said)
    }

    /// What `--version` says.
    pub fn version(&self) -> Option<String> {
        output(Command::new(&self.binary).arg("--version")).ok().map(|text| text.trim().to_owned())
    }

    /// How many responses are stored.
    ///
    /// # Errors
    /// The command fails or doesn't say a number.
    pub fn stored(&self) -> anyhow::Result<u64> {
        let said = self.run(&["responses", "count", "--json"])?;
        let value: serde_json::Value = serde_json::from_str(&said).with_context(|| said.clone())?;
        value["responses"].as_u64().with_context(|| format!("no number of responses in {said}"))
    }

    /// Starts the server at an address, or else on a free port, and waits until `/readyz` answers 200.
    ///
    /// # Errors
    /// It ends or isn't ready in half a minute; with the end of its log.
    pub fn serve(&self, address: Option<SocketAddr>) -> anyhow::Result<Server> {
        let address = address.map_or_else(free_address, Ok)?;
        let log_path = self.data.with_extension("serve.log");
        let log = File::options().create(true).append(true).open(&log_path)?;
        let folder = || format!("file:{}", self.data.join("mail").display());
        let mail = self.mail.clone().unwrap_or_else(folder);
        let mut command = self.command(&["serve"]);
        command.args(["--listen", &address.to_string(), "--mail", &mail]);
        command.stdout(log.try_clone()?).stderr(log);
        let begun = now();
        let child = command.spawn().with_context(|| format!("running {}", self.binary.display()))?;
        let mut server =
            Server { address, pid: child.id(), start: Duration::ZERO, child: Arc::new(Mutex::new(child)) };
        while begun.elapsed() < PATIENCE {
            if ready(address) {
                server.start = begun.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.ended()? {
                bail!("the server ended with {status}:\n{}", tail(&log_path));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bail!("the server wasn't ready in {} seconds:\n{}", PATIENCE.as_secs(), tail(&log_path));
    }
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of its process to its first answer that it is ready.
    pub start: Duration,
    pid: u32,
    child: Arc<Mutex<Child>>,
}

/// Memory of a process, in KiB.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Memory {
    /// Resident now.
    pub resident: u64,
    /// The most that was resident at once.
    pub peak: u64,
}

impl Server {
    /// Its memory.
    ///
    /// # Errors
    /// The process is gone, or the system doesn't show it (not Linux).
    pub fn memory(&self) -> anyhow::Result<Memory> {
        let value = self.status()?;
        let (resident, peak) = (value("VmRSS"), value("VmHWM"));
        Ok(Memory { resident: resident.context("no VmRSS")?, peak: peak.context("no VmHWM")? })
    }

    /// The numbers that the system shows of it, by their names.
    fn status(&self) -> anyhow::Result<impl Fn(&str) -> Option<u64>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        Ok(move |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            line.split_whitespace().next()?.parse().ok()
        })
    }

    /// The time of processors it has used so far, of the programme and of the system for it.
    ///
    /// # Errors
    /// The process is gone, or the system doesn't show it (not Linux).
    pub fn processor_time(&self) -> anyhow::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The name in brackets may hold anything. After it, from the third field on: fields 14 and 15, in hundredths
        // of a second on every Linux.
        let fields = stat.rsplit_once(')').context("no name in the state of the process")?.1;
        let ticks =
            fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * 10))
    }

    /// What it has allocated and is resident now, in KiB: without the pages of files, which the system takes back when
    /// it needs them.
    ///
    /// # Errors
    /// The process is gone, or the system doesn't show it (not Linux).
    pub fn allocated(&self) -> anyhow::Result<u64> {
        self.status()?("RssAnon").context("no RssAnon")
    }

    /// A function that kills it at once, as `kill -9` does.
    pub fn killer(&self) -> Box<dyn Fn() + Send + Sync> {
        let child = Arc::clone(&self.child);
        Box::new(move || kill(&child))
    }

    /// Asks it to end, waits until it has, and says how.
    ///
    /// # Errors
    /// It doesn't end in half a minute.
    pub fn stop(self) -> anyhow::Result<ExitStatus> {
        output(Command::new("kill").args(["-TERM", &self.pid.to_string()]))?;
        let begun = now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the server didn't end in {} seconds after SIGTERM", PATIENCE.as_secs())
    }

    fn ended(&self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        kill(&self.child);
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait();
    }
}

fn kill(child: &Mutex<Child>) {
    // A process that has ended already is what is wanted.
    let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
}

/// One request on a connection of its own: the status and the whole answer.
///
/// # Errors
/// No connection, or no whole answer in half a minute.
pub fn ask_once(address: SocketAddr, path: &str) -> anyhow::Result<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes(),
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let head = http::parse_head(&answer).map_err(|trouble| anyhow!(trouble))?.context("no answer")?;
    Ok((head.status, answer))
}

fn ready(address: SocketAddr) -> bool {
    ask_once(address, "/readyz").is_ok_and(|(status, _)| status == 200)
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

/// Runs a command to its end and gives its standard output.
///
/// # Errors
/// It can't be run or doesn't succeed; with what it said.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("running {name}"))?;
    if !output.status.success() {
        let arguments: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        let said = [output.stdout, output.stderr].concat();
        bail!("{name} {}: {}\n{}", arguments.join(" "), output.status, String::from_utf8_lossy(&said));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
