//! Single requests of officials: signing in, and answers that are read whole.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use memchr::memmem;

use crate::http::{self, encode};
use crate::otklik::Otklik;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The password of the officials that the benchmark makes.
const PASSWORD: &str = "bench-official-2026";

/// An official who is signed in.
#[derive(Debug, Clone)]
pub struct Official {
    /// The line that carries the session.
    cookie: String,
}

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The whole answer with its head.
    pub bytes: Vec<u8>,
    head: usize,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes[self.head..]).into_owned()
    }
}

/// A GET on a connection that stays open.
pub fn get(address: SocketAddr, path: &str, official: &Official) -> String {
    let cookie = &official.cookie;
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nAccept: text/html\r\n\r\n")
}

/// Sends a request on a connection of its own and reads what comes to its end.
fn send(address: SocketAddr, request: &str) -> anyhow::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn exchange(address: SocketAddr, request: &str) -> anyhow::Result<Answer> {
    let bytes = send(address, request)?;
    let head = http::parse_head(&bytes).map_err(|trouble| anyhow!(trouble))?.context("no answer")?;
    Ok(Answer { status: head.status, bytes, head: head.length })
}

/// One page as an official sees it.
///
/// # Errors
/// No connection or no whole answer.
pub fn page(address: SocketAddr, path: &str, official: &Official) -> anyhow::Result<Answer> {
    let request = get(address, path, official).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    exchange(address, &request)
}

/// A table as an official takes it along, whole.
///
/// # Errors
/// No connection, or the server refuses.
pub fn table(address: SocketAddr, path: &str, official: &Official) -> anyhow::Result<Vec<u8>> {
    // Its size isn't told beforehand: by HTTP/1.0 the body comes as it is, to the end of the connection.
    let mut bytes = send(address, &get(address, path, official).replacen("HTTP/1.1", "HTTP/1.0", 1))?;
    let status = http::status(&bytes).context("no status")?;
    ensure!(status == 200, "{path} has status {status}");
    let end = memmem::find(&bytes, b"\r\n\r\n").context("no body")?;
    Ok(bytes.split_off(end + 4))
}

/// How many events the server has accepted and not handled yet; nothing when it doesn't say.
///
/// # Errors
/// No connection or no whole answer.
pub fn events_waiting(address: SocketAddr) -> anyhow::Result<Option<u64>> {
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let answer = exchange(address, &request)?;
    let meters = String::from_utf8_lossy(&answer.bytes[answer.head..]).into_owned();
    let waiting = meters.lines().find_map(|line| line.strip_prefix("otklik_events_waiting "));
    waiting.map(|number| number.trim().parse().context("otklik_events_waiting")).transpose()
}

fn post(address: SocketAddr, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
    let mut form = String::new();
    for (name, value) in fields {
        form.push_str(if form.is_empty() { "" } else { "&" });
        encode(name, &mut form);
        form.push('=');
        encode(value, &mut form);
    }
    let length = form.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: \
         application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
    );
    exchange(address, &request)
}

fn entered(answer: &Answer) -> anyhow::Result<Official> {
    ensure!(answer.status == 303, "signing in has status {}", answer.status);
    let head = String::from_utf8_lossy(&answer.bytes[..answer.head]).into_owned();
    let cookie = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next().unwrap_or_default().trim())
    });
    Ok(Official { cookie: cookie.context("no cookie")?.to_owned() })
}

/// Makes an account with a role on a body; one of an earlier run is taken as it is.
///
/// # Errors
/// The command fails.
pub fn add(otklik: &Otklik, login: &str, role: &str, body: &str) -> anyhow::Result<()> {
    let words = ["user", "add", "--login", login, "--name", login, "--body", body, "--role", role];
    match otklik.run_with(&[&words[..], &["--password-stdin"]].concat(), PASSWORD) {
        Err(error) if error.to_string().contains("уже занят") => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Signs in somebody whom [`add`] has made.
///
/// # Errors
/// It doesn't work.
pub fn sign_in(address: SocketAddr, login: &str) -> anyhow::Result<Official> {
    entered(&post(address, "/admin/login", &[("login", login), ("password", PASSWORD)])?)
}

/// Signs in somebody who exists already, by a new temporary password that is replaced at once.
///
/// # Errors
/// It doesn't work.
pub fn take_over(otklik: &Otklik, address: SocketAddr, login: &str) -> anyhow::Result<Official> {
    let said = otklik.run(&["user", "reset-password", login, "--json"])?;
    let said: serde_json::Value = serde_json::from_str(&said)?;
    let temporary = said["temporary_password"].as_str().context("no temporary password")?;
    let asked = post(address, "/admin/login", &[("login", login), ("password", temporary)])?;
    let ticket = hidden(&asked.text(), "ticket").context("no ticket to replace the password with")?;
    let fields =
        [("login", login), ("ticket", &ticket), ("new_password", PASSWORD), ("new_password_again", PASSWORD)];
    entered(&post(address, "/admin/login/password", &fields)?)
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> Option<String> {
    let start = page.find(&format!("name=\"{name}\" value=\""))?;
    page[start..].split('"').nth(3).map(str::to_owned)
}

/// The counter of live updates that a page carries.
pub fn live_since(page: &[u8]) -> Option<&str> {
    const MARK: &[u8] = b"data-live-since=\"";
    let start = memmem::find(page, MARK)? + MARK.len();
    let length = memchr::memchr(b'"', &page[start..])?;
    std::str::from_utf8(&page[start..start + length]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_page_is_found() {
        let page = r#"<body data-live-since="17"><input type="hidden" name="ticket" value="T-1">"#;
        assert_eq!(hidden(page, "ticket").as_deref(), Some("T-1"));
        assert_eq!(hidden(page, "login"), None);
        assert_eq!(live_since(page.as_bytes()), Some("17"));
        assert_eq!(live_since(b"<body>"), None);
    }

    #[test]
    fn the_session_is_in_the_cookie() {
        let bytes = b"HTTP/1.1 303 See Other\r\nset-cookie: otklik=abc; Path=/; HttpOnly\r\n\
            content-length: 0\r\n\r\n";
        let head = bytes.len();
        let official = entered(&Answer { status: 303, bytes: bytes.to_vec(), head }).unwrap();
        let address = "127.0.0.1:80".parse().unwrap();
        assert!(get(address, "/admin/", &official).contains("\r\nCookie: otklik=abc\r\n"));
        assert!(entered(&Answer { status: 422, bytes: bytes.to_vec(), head }).is_err());
    }
}
