//! Live updates (QR-4): open pages are told that something has changed, never what; each then asks for itself
//! again, within its own scope.
//!
//! Whoever changes what pages show raises one counter in its transaction ([`changed`]). Every node looks at
//! the counter twice a second, so changes of all nodes arrive, and nothing is lost when a connection is:
//! the next look sees the latest number. See `docs/adr/0007-live-updates.md`.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, OptionFuture};
use futures_util::stream::unfold;
use otklik_db::{Db, DbErr, Tx, versions};
use serde::Deserialize;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::{Ctx, cookie};

/// The counter's name.
const COUNTER: &str = "live";
/// How often a node looks at the counter.
const LOOK: Duration = Duration::from_millis(500);
/// How often a stream makes sure that its person is still signed in.
const SESSION: Duration = Duration::from_secs(5);
/// The shortest time between two messages to one page.
const PACE: Duration = Duration::from_secs(1);
/// The time between two messages of a node: its pages ask for themselves at most 25 times a second, one after another
/// and not all at once.
const TURN: Duration = Duration::from_millis(40);

/// Says, in the transaction of the change, that what pages show changes with it.
///
/// # Errors
/// When the database refuses.
pub async fn changed(tx: &Tx) -> Result<(), DbErr> {
    versions::bump(tx, COUNTER).await
}

/// What this node knows of the counter, and the pages that listen; copies are the same one.
#[derive(Clone, Debug, Default)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    version: watch::Sender<i64>,
    open: AtomicUsize,
    /// When the last message went out; who waits for it waits in a queue, and leaves the queue with its page.
    turn: Mutex<Instant>,
    ending: CancellationToken,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            version: watch::Sender::new(0),
            open: AtomicUsize::new(0),
            turn: Mutex::new(Instant::now()),
            ending: CancellationToken::new(),
        }
    }
}

impl Live {
    /// The counter as this node last saw it: a page carries it, so that its stream begins where it stands.
    #[must_use]
    pub fn version(&self) -> i64 {
        *self.0.version.borrow()
    }

    /// How many pages listen on this node.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    /// Looks at the counter until told to shut down; then every stream ends.
    pub async fn run(self, db: Db, shutdown: CancellationToken) {
        let _ended = self.0.ending.clone().drop_guard();
        while timeout(LOOK, shutdown.cancelled()).await.is_err() {
            // A database that is away is reported by those who need it; the next look sees everything.
            if let Ok(version) = versions::current(db.read(), COUNTER).await {
                self.0.version.send_if_modified(|known| std::mem::replace(known, version) != version);
            }
        }
    }

    /// Waits for the turn to send a message.
    async fn turn(self) {
        let mut last = self.0.turn.lock().await;
        sleep_until(*last + TURN).await;
        *last = Instant::now();
    }
}

/// Where a page stands.
#[derive(Debug, Default, Deserialize)]
pub struct Since {
    #[serde(default)]
    since: i64,
}

/// `GET /admin/live?since=<version>`: the stream of one page.
///
/// `changed` says that the page is out of date, `ended` that its person is no longer signed in; after that,
/// and when the node shuts down, the stream ends.
pub async fn stream(State(ctx): State<Ctx>, headers: HeaderMap, Query(since): Query<Since>) -> Response {
    let secret = cookie::session(&ctx.settings, &headers).unwrap_or_default().to_owned();
    ctx.live.0.open.fetch_add(1, Ordering::Relaxed);
    let listener = Listener {
        version: ctx.live.0.version.subscribe(),
        ctx,
        secret,
        seen: since.since,
        next: Instant::now(),
        turn: None,
        checked: Instant::now(),
        is_over: false,
    };
    let events = unfold(listener, |mut listener| async move {
        let name = listener.next().await?;
        Some((Ok::<_, Infallible>(Event::default().event(name).data(listener.seen.to_string())), listener))
    });
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    // A proxy that gathers answers would hold the messages back.
    response.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    response
}

struct Listener {
    ctx: Ctx,
    secret: String,
    version: watch::Receiver<i64>,
    /// The version that the page has been told of.
    seen: i64,
    /// Not before this may it ask for a turn.
    next: Instant,
    /// Its place in the queue of those who have a message to send.
    turn: Option<BoxFuture<'static, ()>>,
    checked: Instant,
    is_over: bool,
}

impl Listener {
    /// The next message; nothing when the stream ends.
    async fn next(&mut self) -> Option<&'static str> {
        let ending = self.ctx.live.0.ending.clone();
        while !self.is_over {
            let is_behind = *self.version.borrow_and_update() != self.seen;
            tokio::select! {
                () = ending.cancelled() => return None,
                () = sleep_until(self.next), if is_behind && self.turn.is_none() => {
                    self.turn = Some(self.ctx.live.clone().turn().boxed());
                }
                () = OptionFuture::from(self.turn.as_mut()).map(|_| ()), if self.turn.is_some() => {
                    self.turn = None;
                    self.next = Instant::now() + PACE;
                    self.seen = *self.version.borrow_and_update();
                    return Some("changed");
                }
                changed = self.version.changed(), if !is_behind => changed.ok()?,
                () = sleep_until(self.checked + SESSION) => {
                    self.checked = Instant::now();
                    // While the database is away nobody knows; the page can't be asked for then either.
                    if let Ok(None) = self.ctx.authenticator.authenticate(&self.secret).await {
                        self.is_over = true;
                        return Some("ended");
                    }
                }
            }
        }
        None
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.ctx.live.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pages_that_are_closed_leave_the_queue() {
        let live = Live::default();
        let mut waiting: Vec<_> = (0..500).map(|_| live.clone().turn().boxed()).collect();
        for turn in &mut waiting {
            let _ = turn.now_or_never();
        }
        let begun = Instant::now();
        drop(waiting);
        // They would have taken twenty seconds.
        live.clone().turn().await;
        live.turn().await;
        assert!(begun.elapsed() >= TURN && begun.elapsed() < TURN * 250, "{:?}", begun.elapsed());
    }
}
