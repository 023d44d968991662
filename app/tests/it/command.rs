//! The binary as it is installed: running a command, and a server that ends with its value.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// How long a command or an answer is waited for: far longer than any takes.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// What was said as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otklik"));
    // Settings of whoever runs the tests are none of theirs.
    command.env_clear().current_dir(folder).args(args).arg("--data-dir").arg(folder.join("data"));
    command
}

/// Runs a command on the data folder within `folder`.
pub fn run(folder: &Path, args: &[&str]) -> Said {
    run_with(folder, args, "")
}

/// The same, with a text on its standard input.
pub fn run_with(folder: &Path, args: &[&str], input: &str) -> Said {
    let mut child = command(folder, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that doesn't read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    said(child)
}

/// Runs a command whose output nobody reads.
pub fn unread(folder: &Path, args: &[&str]) -> Said {
    let mut child = command(folder, args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    said(child)
}

fn said(mut child: Child) -> Said {
    let (out, err) = (text(child.stdout.take()), text(child.stderr.take()));
    let (pause, mut waited) = (Duration::from_millis(5), Duration::ZERO);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if waited > PATIENCE {
            let _ = child.kill();
            panic!("the command doesn't end: {}{}", out.join().unwrap(), err.join().unwrap());
        }
        thread::sleep(pause);
        waited += pause;
    };
    Said { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() }
}

/// Reads what a command says while it says it.
fn text(from: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut from) = from {
            from.read_to_string(&mut text).unwrap();
        }
        text
    })
}

/// A running server.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts `serve` or `demo` on a free port and waits until it says that it serves.
    pub fn start(folder: &Path, args: &[&str]) -> Self {
        let mut child = command(folder, args)
            .args(["--listen", "127.0.0.1:0", "--log-format", "json"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (lines, read) = mpsc::channel();
        // The log is read to its end, so that the server never waits for it.
        thread::spawn(move || log.lines().map_while(Result::ok).for_each(|line| drop(lines.send(line))));
        let mut seen = String::new();
        let address = loop {
            let Ok(line) = read.recv_timeout(PATIENCE) else {
                let _ = child.kill();
                panic!("the server ended or doesn't begin: {seen}");
            };
            seen.push_str(&line);
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            if entry["message"] == "serving" {
                break entry["address"].as_str().unwrap().parse().unwrap();
            }
        };
        Self { child, address }
    }

    /// Kills it as a loss of power would: nothing is finished.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn get(&self, path: &str) -> Page {
        self.call("GET", path, "", "").expect("the server answers")
    }

    pub fn post(&self, path: &str, body: &str) -> Page {
        self.call("POST", path, "", body).expect("the server answers")
    }

    /// One request over a connection of its own; nothing when the server went away before it had answered.
    pub fn call(&self, method: &str, path: &str, cookie: &str, body: &str) -> Option<Page> {
        call(self.address, method, path, cookie, body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer that arrived whole.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub head: String,
    pub text: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

/// One request over a connection of its own; nothing when no whole answer came.
pub fn call(address: SocketAddr, method: &str, path: &str, cookie: &str, body: &str) -> Option<Page> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (head, text) = text.split_once("\r\n\r\n")?;
    let page = Page { status: head.split(' ').nth(1)?.parse().ok()?, head: head.into(), text: text.into() };
    let is_whole = page.header("content-length").parse() == Ok(page.text.len());
    is_whole.then_some(page)
}

/// The value of the first hidden field of a name.
pub fn hidden<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let rest = page.split_once(&format!("name=\"{name}\" value=\""))?.1;
    Some(rest.split_once('"')?.0)
}

/// Answers a questionnaire; gives the receipt once the answer arrived whole.
pub fn respond(address: SocketAddr, code: &str, comment: &str) -> Option<String> {
    let path = format!("/qr/{code}/");
    let page = call(address, "GET", &path, "", "")?;
    let token = hidden(&page.text, "token")?;
    let body = crate::world::form(&[("token", token), ("a", "1"), ("b", "0"), ("comment", comment)]);
    let thanks = call(address, "POST", &path, "", &body)?;
    if thanks.status != 200 {
        return None;
    }
    Some(thanks.text.split_once("href=\"/r/")?.1.split('"').next()?.to_owned())
}
