//! The generator: keep-alive connections over raw sockets, one task each, on at most a few threads that
//! share nothing but a counter.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

use crate::answers::Requests;
use crate::clock::now;
use crate::http::{self, Head};

/// How long one response may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// After so many failed requests the rest isn't sent: the outcome is a failure already.
const ENOUGH_FAILURES: usize = 100;
/// The longest time a histogram tells apart, in microseconds.
const LONGEST: u64 = 60_000_000;

/// When a phase ends.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// After this many requests.
    Count(usize),
    /// After this time.
    Time(Duration),
}

/// What is kept of a response, and what makes it a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: status 200 is enough.
    Nothing,
    /// The form token of a page with status 200.
    Token,
    /// The receipt of a page with status 200 or of a redirection with status 303.
    Receipt,
}

/// Something to do once, as soon as so many requests have succeeded (the server is killed).
pub struct Alarm {
    /// After how many.
    pub after: usize,
    /// What.
    pub act: Box<dyn Fn() + Send + Sync>,
}

/// One phase of load.
pub struct Phase {
    /// The server.
    pub address: SocketAddr,
    /// How many connections work at once.
    pub connections: usize,
    /// How many threads the generator may use.
    pub threads: usize,
    /// When it ends.
    pub limit: Limit,
    /// What is kept.
    pub keep: Keep,
    /// With an alarm the server is expected to die: a connection ends with its first unanswered request.
    pub alarm: Option<Alarm>,
}

/// What a phase showed.
#[derive(Debug)]
pub struct Outcome {
    /// From the moment all are connected to the last response.
    pub elapsed: Duration,
    /// Times from writing a request to its last byte, of successes, in microseconds.
    pub times: Histogram<u64>,
    /// What was kept, with the numbers of the requests; each connection's in its order.
    pub kept: Vec<(usize, String)>,
    /// Requests answered otherwise than expected.
    pub failed: usize,
    /// Numbers of the requests that were sent, or tried, and have no answer.
    pub unanswered: Vec<usize>,
    /// The first few failures in words.
    pub troubles: Vec<String>,
}

impl Outcome {
    /// How many requests succeeded.
    pub fn succeeded(&self) -> u64 {
        self.times.len()
    }

    /// Successes per second.
    pub fn per_second(&self) -> f64 {
        self.succeeded() as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }
}

struct Shared {
    phase: Phase,
    requests: Arc<Requests>,
    next: AtomicUsize,
    succeeded: AtomicUsize,
    failures: AtomicUsize,
    killed: AtomicBool,
    ready: Barrier,
    start: OnceLock<Instant>,
}

/// Runs a phase to its end.
///
/// # Errors
/// A runtime or a thread could not be made.
pub fn run(phase: Phase, requests: &Arc<Requests>) -> anyhow::Result<Outcome> {
    let (connections, threads) = (phase.connections, phase.threads.clamp(1, phase.connections));
    let shared = Arc::new(Shared {
        ready: Barrier::new(connections),
        phase,
        requests: Arc::clone(requests),
        next: AtomicUsize::new(0),
        succeeded: AtomicUsize::new(0),
        failures: AtomicUsize::new(0),
        killed: AtomicBool::new(false),
        start: OnceLock::new(),
    });
    let mut workers = Vec::new();
    for thread in 0..threads {
        let shared = Arc::clone(&shared);
        let own = connections / threads + usize::from(thread < connections % threads);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        workers.push(std::thread::Builder::new().name("load".into()).spawn(move || {
            runtime.block_on(async {
                let tasks: Vec<_> = (0..own).map(|_| tokio::spawn(work(Arc::clone(&shared)))).collect();
                let mut parts = Vec::new();
                for task in tasks {
                    parts.push(task.await);
                }
                parts
            })
        })?);
    }
    let mut outcome = None;
    for worker in workers {
        for part in worker.join().map_err(|_| anyhow::anyhow!("a thread of the generator panicked"))? {
            merge(&mut outcome, part??);
        }
    }
    outcome.ok_or_else(|| anyhow::anyhow!("no connections"))
}

fn merge(whole: &mut Option<Outcome>, part: Outcome) {
    let Some(whole) = whole else {
        *whole = Some(part);
        return;
    };
    whole.elapsed = whole.elapsed.max(part.elapsed);
    // All parts are made with the same bounds.
    let _ = whole.times.add(&part.times);
    whole.kept.extend(part.kept);
    whole.failed += part.failed;
    whole.unanswered.extend(part.unanswered);
    whole.troubles.extend(part.troubles);
    whole.troubles.truncate(5);
}

async fn work(shared: Arc<Shared>) -> anyhow::Result<Outcome> {
    let phase = &shared.phase;
    let mut outcome = Outcome {
        elapsed: Duration::ZERO,
        times: Histogram::new_with_bounds(1, LONGEST, 3)?,
        kept: Vec::new(),
        failed: 0,
        unanswered: Vec::new(),
        troubles: Vec::new(),
    };
    let mut line = Line::new(phase.address);
    // A failure shows again with the first request.
    let _ = line.connect().await;
    shared.ready.wait().await;
    let start = *shared.start.get_or_init(now);
    loop {
        let sent = now();
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let over = match phase.limit {
            Limit::Count(count) => number >= count,
            Limit::Time(time) => sent.duration_since(start) >= time,
        };
        if over
            || shared.failures.load(Ordering::Relaxed) >= ENOUGH_FAILURES
            || shared.killed.load(Ordering::Relaxed)
        {
            break;
        }
        let answer = match tokio::time::timeout(PATIENCE, line.ask(shared.requests.get(number))).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer in {} seconds", PATIENCE.as_secs())),
        };
        match answer.map(|head| (judge(phase.keep, head, line.answer(head)), head)) {
            Ok((Ok(kept), head)) => {
                let took = now().duration_since(sent).as_micros();
                outcome.times.saturating_record(u64::try_from(took).unwrap_or(LONGEST).max(1));
                outcome.kept.extend(kept.map(|kept| (number, kept)));
                if head.close {
                    line.stream = None;
                }
                if let Some(alarm) = &phase.alarm
                    && shared.succeeded.fetch_add(1, Ordering::Relaxed) + 1 == alarm.after
                {
                    (alarm.act)();
                    shared.killed.store(true, Ordering::Relaxed);
                }
            }
            Ok((Err(trouble), head)) => {
                outcome.failed += 1;
                shared.failures.fetch_add(1, Ordering::Relaxed);
                outcome.troubles.push(trouble);
                if head.close {
                    line.stream = None;
                }
            }
            Err(trouble) => {
                line.stream = None;
                outcome.unanswered.push(number);
                if phase.alarm.is_some() {
                    break;
                }
                shared.failures.fetch_add(1, Ordering::Relaxed);
                outcome.troubles.push(trouble);
            }
        }
    }
    outcome.elapsed = now().duration_since(start);
    outcome.troubles.truncate(5);
    Ok(outcome)
}

/// What is kept of an answer; in words, why it isn't a success.
fn judge(keep: Keep, head: Head, answer: &[u8]) -> Result<Option<String>, String> {
    let expected = head.status == 200 || (keep == Keep::Receipt && head.status == 303);
    let kept = match keep {
        Keep::Nothing => None,
        Keep::Token => http::form_token(&answer[head.length..]),
        Keep::Receipt => http::receipt(answer),
    };
    if expected && (keep == Keep::Nothing || kept.is_some()) {
        return Ok(kept.map(str::to_owned));
    }
    let missing = if !expected {
        ""
    } else if keep == Keep::Token {
        ", no form token"
    } else {
        ", no receipt"
    };
    let shown: String = String::from_utf8_lossy(&answer[head.length..]).chars().take(160).collect();
    Err(format!("status {}{missing}: {}", head.status, shown.replace(['\r', '\n'], " ")))
}

/// One keep-alive connection and the bytes of its last answer.
pub struct Line {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Line {
    /// A line to a server, connected when something is asked for.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: vec![0; 16 * 1024] }
    }

    async fn connect(&mut self) -> Result<&mut TcpStream, String> {
        let stream =
            TcpStream::connect(self.address).await.map_err(|error| format!("connecting: {error}"))?;
        stream.set_nodelay(true).map_err(|error| format!("connecting: {error}"))?;
        Ok(self.stream.insert(stream))
    }

    /// Sends a request and reads the whole answer into the buffer.
    ///
    /// # Errors
    /// In words: no connection, or no whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Head, String> {
        if self.stream.is_none() {
            self.connect().await?;
        }
        let Self { stream: Some(stream), buffer, .. } = self else {
            return Err("not connected".into());
        };
        stream.write_all(request).await.map_err(|error| format!("sending: {error}"))?;
        let mut filled = 0;
        let mut head: Option<Head> = None;
        loop {
            if filled == buffer.len() {
                buffer.resize(filled * 2, 0);
            }
            match stream.read(&mut buffer[filled..]).await {
                Ok(0) => return Err("the connection was closed without a whole answer".into()),
                Ok(count) => filled += count,
                Err(error) => return Err(format!("receiving: {error}")),
            }
            if head.is_none() {
                head = http::parse_head(&buffer[..filled])?;
            }
            if let Some(head) = head {
                let whole = head.length + head.body;
                if filled == whole {
                    return Ok(head);
                }
                if filled > whole {
                    return Err("more bytes than the content-length says".into());
                }
            }
        }
    }

    /// The bytes of the last answer with its head.
    pub fn answer(&self, head: Head) -> &[u8] {
        &self.buffer[..head.length + head.body]
    }
}

#[cfg(test)]
mod tests;
