//! Pages of officials that stand open while people answer: each listens to the server's stream, and may ask for
//! itself again when it is told that something has changed, as the script of the admin zone does.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{anyhow, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::talk::{Official, get, live_since};
use crate::clock::now;
use crate::load::Line;

/// So many are opened at once: officials come one by one.
const AT_ONCE: usize = 8;
/// How long opening all of them may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the open pages did.
#[derive(Debug, Default)]
struct Counters {
    open: AtomicUsize,
    told: AtomicU64,
    asked: AtomicU64,
    troubles: AtomicU64,
    is_over: AtomicBool,
}

/// Open pages; closed by [`Pages::close`].
pub struct Pages {
    counters: Arc<Counters>,
    thread: Option<JoinHandle<()>>,
}

/// What open pages did in their time.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Messages that something had changed.
    pub told: u64,
    /// Pages asked for again.
    pub asked: u64,
    /// Streams or pages that failed.
    pub troubles: u64,
}

/// A page that stands open: its address and who looks at it.
#[derive(Debug, Clone)]
pub struct Open {
    /// The address.
    pub path: String,
    /// Who.
    pub official: Official,
}

impl Pages {
    /// Opens so many pages, round and round these, and waits until all listen.
    ///
    /// # Errors
    /// They can't all be opened.
    pub fn open(address: SocketAddr, pages: &[Open], count: usize, asks_again: bool) -> anyhow::Result<Self> {
        let counters = Arc::<Counters>::default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (shared, pages) = (Arc::clone(&counters), pages.to_vec());
        let thread = std::thread::Builder::new().name("live".into()).spawn(move || {
            runtime.block_on(async move {
                let doors = Arc::new(Semaphore::new(AT_ONCE));
                for number in 0..count {
                    let page = pages[number % pages.len()].clone();
                    let door = Arc::clone(&doors).acquire_owned();
                    tokio::spawn(stand_open(address, page, asks_again, door, Arc::clone(&shared)));
                }
                while !shared.is_over.load(Ordering::Relaxed) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        })?;
        let opened = Self { counters, thread: Some(thread) };
        let begun = now();
        while opened.counters.open.load(Ordering::Relaxed) < count {
            ensure!(begun.elapsed() < PATIENCE, "not all live pages could be opened: {:?}", opened.seen());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(opened)
    }

    /// What they have done so far.
    pub fn seen(&self) -> Seen {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Counters { told, asked, troubles, .. } = &*self.counters;
        Seen { told: read(told), asked: read(asked), troubles: read(troubles) }
    }

    /// Closes them.
    pub fn close(mut self) -> Seen {
        let seen = self.seen();
        self.end();
        seen
    }

    fn end(&mut self) {
        self.counters.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.end();
    }
}

async fn stand_open(
    address: SocketAddr,
    page: Open,
    asks_again: bool,
    door: impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>>,
    counters: Arc<Counters>,
) {
    let door = door.await.ok();
    if listen(address, &page, asks_again, door, &counters).await.is_err() {
        counters.troubles.fetch_add(1, Ordering::Relaxed);
    }
}

async fn listen(
    address: SocketAddr,
    page: &Open,
    asks_again: bool,
    door: Option<OwnedSemaphorePermit>,
    counters: &Counters,
) -> anyhow::Result<()> {
    let request = get(address, &page.path, &page.official);
    let again = request.replacen("\r\n", "\r\nx-live: 1\r\n", 1);
    let mut line = Line::new(address);
    let head = line.ask(request.as_bytes()).await.map_err(|trouble| anyhow!(trouble))?;
    ensure!(head.status == 200, "status {}", head.status);
    let since =
        live_since(line.answer(head)).ok_or_else(|| anyhow!("a page without live updates"))?.to_owned();

    let mut stream = TcpStream::connect(address).await?;
    let live = get(address, &format!("/admin/live?since={since}"), &page.official);
    stream.write_all(live.as_bytes()).await?;
    let mut buffer = vec![0; 4096];
    let mut door = Some(door);
    loop {
        let count = stream.read(&mut buffer).await?;
        ensure!(count > 0, "the stream ended");
        if door.take().is_some() {
            ensure!(buffer.starts_with(b"HTTP/1.1 200"), "no stream");
            counters.open.fetch_add(1, Ordering::Relaxed);
        }
        let told = memchr::memmem::find_iter(&buffer[..count], b"event: changed").count();
        if told == 0 {
            continue;
        }
        counters.told.fetch_add(told as u64, Ordering::Relaxed);
        if asks_again {
            let head = line.ask(again.as_bytes()).await.map_err(|trouble| anyhow!(trouble))?;
            ensure!(head.status == 200, "status {}", head.status);
            counters.asked.fetch_add(1, Ordering::Relaxed);
        }
    }
}
