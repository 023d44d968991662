//! A mail server for tests: it listens on a free port of 127.0.0.1, speaks SMTP over real connections,
//! keeps what it accepted, and fails when told to.
//!
//! It needs a tokio runtime and ends with its value. Failures told by [`SmtpSink::answer_data_with`] and
//! [`SmtpSink::drop_after_data`] happen once each, in the order told; the others last until taken back.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

/// A message the server has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The address of `MAIL FROM`.
    pub from: String,
    /// The addresses of `RCPT TO` that were not refused.
    pub to: Vec<String>,
    /// What was said after the address of `MAIL FROM`, such as `BODY=8BITMIME`; usually empty.
    pub parameters: String,
    /// The message as sent, dots taken back, without the final dot.
    pub data: Vec<u8>,
}

/// What happens after the final dot.
#[derive(Clone, Copy, Debug)]
enum AfterData {
    Answer(u16),
    Drop,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Received>,
    commands: Vec<String>,
    connections: usize,
    refused: HashMap<String, u16>,
    sender_refused: Option<u16>,
    greeting: Option<u16>,
    login: Option<String>,
    after_data: VecDeque<AfterData>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    arrived: Notify,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server; see the module.
#[derive(Debug)]
pub struct SmtpSink {
    shared: Arc<Shared>,
    address: SocketAddr,
    /// Keeps the port ours while the server is down: bound, but not listening.
    _port: TcpSocket,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl SmtpSink {
    /// Starts a server on a free port.
    ///
    /// # Panics
    /// When no port can be opened on 127.0.0.1.
    #[expect(clippy::unused_async, reason = "only callable inside a runtime, which it needs")]
    pub async fn start() -> Self {
        let port = bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port on 127.0.0.1");
        let address = port.local_addr().expect("a bound socket has an address");
        let sink = Self { shared: Arc::default(), address, _port: port, task: Mutex::new(None) };
        sink.listen();
        sink
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The transport setting that leads here, unencrypted.
    #[must_use]
    pub fn setting(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    /// The messages taken so far, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.state().received.clone()
    }

    /// How many messages were taken so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shared.state().received.len()
    }

    /// Waits until at least `count` messages are taken and returns all of them.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        loop {
            let arrived = self.shared.arrived.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            arrived.await;
        }
    }

    /// The command lines heard so far, in order, from all connections.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        self.shared.state().commands.clone()
    }

    /// How many connections were accepted so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// Answers `RCPT TO` of this address (case ignored) with a code, until [`Self::accept_all`].
    pub fn refuse_rcpt(&self, address: &str, code: u16) {
        self.shared.state().refused.insert(address.to_ascii_lowercase(), code);
    }

    /// Answers every `MAIL FROM` with a code, until [`Self::accept_all`].
    pub fn refuse_sender(&self, code: u16) {
        self.shared.state().sender_refused = Some(code);
    }

    /// Greets new connections with a code such as 554 or 421 and closes them, until [`Self::accept_all`].
    pub fn greet_with(&self, code: u16) {
        self.shared.state().greeting = Some(code);
    }

    /// Asks for `AUTH PLAIN` with this base 64 answer before anything is taken, until [`Self::accept_all`].
    pub fn require_login(&self, plain: &str) {
        self.shared.state().login = Some(plain.to_owned());
    }

    /// Answers the next message with a code instead of taking it.
    pub fn answer_data_with(&self, code: u16) {
        self.shared.state().after_data.push_back(AfterData::Answer(code));
    }

    /// Takes the next message, then loses the connection before the answer.
    pub fn drop_after_data(&self) {
        self.shared.state().after_data.push_back(AfterData::Drop);
    }

    /// Forgets every refusal and failure told so far.
    pub fn accept_all(&self) {
        let mut state = self.shared.state();
        state.refused.clear();
        state.after_data.clear();
        (state.sender_refused, state.greeting, state.login) = (None, None, None);
    }

    /// Ends every connection and refuses new ones; returns when that is so.
    pub async fn down(&self) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }

    /// Listens again, on the same port.
    #[expect(clippy::unused_async, reason = "only callable inside a runtime, which it needs")]
    pub async fn up(&self) {
        self.listen();
    }

    fn listen(&self) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.is_some() {
            return;
        }
        let listener = bind(self.address).and_then(|socket| socket.listen(64)).expect("the port is ours");
        let shared = Arc::clone(&self.shared);
        *task = Some(tokio::spawn(async move {
            // Connections end with this task, because their set does.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                shared.state().connections += 1;
                let shared = Arc::clone(&shared);
                connections.spawn(async move {
                    let _ = converse(stream, &shared).await;
                });
                while connections.try_join_next().is_some() {}
            }
        }));
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        if let Some(task) = self.task.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
    parameters: String,
}

async fn converse(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut read = BufReader::new(read);
    let greeting = shared.state().greeting;
    if let Some(code) = greeting {
        return write.write_all(format!("{code} not now\r\n").as_bytes()).await;
    }
    write.write_all(b"220 sink.test ESMTP\r\n").await?;
    let (mut envelope, mut signed_in, mut line) = (Envelope::default(), false, Vec::new());
    loop {
        line.clear();
        if read.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let command = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
        shared.state().commands.push(command.clone());
        let verb = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => hello(shared),
            "HELO" | "NOOP" => "250 fine".to_owned(),
            "AUTH" => {
                signed_in = shared.state().login.as_deref() == command.strip_prefix("AUTH PLAIN ");
                if signed_in { "235 welcome" } else { "535 5.7.8 wrong name or password" }.to_owned()
            }
            "MAIL" => mail(&command, signed_in, &mut envelope, shared),
            "RCPT" => recipient(&command, &mut envelope, shared),
            "RSET" => {
                envelope = Envelope::default();
                "250 forgotten".to_owned()
            }
            "DATA" if envelope.to.is_empty() => "503 no recipient".to_owned(),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let Some(data) = data(&mut read).await? else { return Ok(()) };
                match take(std::mem::take(&mut envelope), data, shared) {
                    Some(answer) => answer,
                    None => return Ok(()),
                }
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "502 unknown command".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

fn hello(shared: &Shared) -> String {
    let login = if shared.state().login.is_some() { "250-AUTH PLAIN\r\n" } else { "" };
    format!("250-sink.test\r\n250-8BITMIME\r\n250-PIPELINING\r\n{login}250 SMTPUTF8")
}

fn mail(command: &str, signed_in: bool, envelope: &mut Envelope, shared: &Shared) -> String {
    let state = shared.state();
    if state.login.is_some() && !signed_in {
        return "530 5.7.0 authentication required".to_owned();
    }
    if let Some(code) = state.sender_refused {
        return format!("{code} sender refused");
    }
    match path(command) {
        Some((from, parameters)) => {
            let parameters = parameters.to_owned();
            *envelope = Envelope { from: Some(from.to_owned()), to: Vec::new(), parameters };
            "250 fine".to_owned()
        }
        None => "501 no address".to_owned(),
    }
}

fn recipient(command: &str, envelope: &mut Envelope, shared: &Shared) -> String {
    let Some((to, _)) = path(command) else { return "501 no address".to_owned() };
    if envelope.from.is_none() {
        return "503 no sender".to_owned();
    }
    if let Some(code) = shared.state().refused.get(&to.to_ascii_lowercase()) {
        return format!("{code} no such recipient");
    }
    envelope.to.push(to.to_owned());
    "250 fine".to_owned()
}

/// The address between the angle brackets and what follows them.
fn path(command: &str) -> Option<(&str, &str)> {
    let (_, rest) = command.split_once('<')?;
    let (address, rest) = rest.split_once('>')?;
    Some((address, rest.trim()))
}

/// Reads up to the line with a single dot; none when the connection ends before it.
async fn data(read: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let (mut data, mut line) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if read.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(data));
        }
        data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// Keeps or refuses a message; none when the connection is to be lost.
fn take(envelope: Envelope, data: Vec<u8>, shared: &Shared) -> Option<String> {
    let mut state = shared.state();
    let after = state.after_data.pop_front();
    if let Some(AfterData::Answer(code)) = after {
        return Some(format!("{code} told to say so"));
    }
    let Envelope { from, to, parameters } = envelope;
    state.received.push(Received { from: from.unwrap_or_default(), to, parameters, data });
    let number = state.received.len();
    drop(state);
    shared.arrived.notify_waiters();
    match after {
        Some(AfterData::Drop) => None,
        _ => Some(format!("250 taken as {number}")),
    }
}
