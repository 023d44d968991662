//! Live updates (QR-4): open pages are told that something within their person's scope has changed, never what; each
//! then asks for itself again.
//!
//! Whoever changes what pages show notes the body in its transaction ([`changed`]). Every node looks twice a second
//! at what was noted, so changes of all nodes arrive, and nothing is lost when a connection is: the next look sees the
//! latest numbers. See `docs/adr/0007-live-updates.md`.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, OptionFuture};
use futures_util::stream::unfold;
use otklik_access::{Caller, changes};
use otklik_db::{Db, DbErr, Tx};
use otklik_kernel::Id;
use serde::Deserialize;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::{Ctx, Who, cookie};

/// The header by which a page says that it asks for itself again.
pub(crate) const AGAIN: &str = "x-live";

/// How often a node looks at the counter.
const LOOK: Duration = Duration::from_millis(500);
/// How often a stream makes sure that its person is still signed in.
const SESSION: Duration = Duration::from_secs(5);
/// The shortest time between two messages to one page.
const PACE: Duration = Duration::from_secs(1);
/// The shortest time between two messages of a node: its pages ask for themselves one after another and not all at
/// once.
const TURN: Duration = Duration::from_millis(40);
/// The longest: one page that hangs doesn't hold up the others.
const LONGEST_TURN: Duration = Duration::from_secs(1);
/// Pages that ask again take at most this part of the machine's time: one of so many.
const SHARE: u32 = 20;

/// Says, in the transaction of the change, that what pages show of these bodies changes with it.
///
/// # Errors
/// When the database refuses.
pub async fn changed(tx: &Tx, bodies: &[Id]) -> Result<(), DbErr> {
    changes::note(tx, bodies).await
}

/// What this node knows of changes, and the pages that listen; copies are the same one.
#[derive(Clone, Debug, Default)]
pub struct Live(Arc<Inner>);

/// Changes as a node last saw them.
#[derive(Debug, Default)]
struct Known {
    /// The number of the latest.
    version: i64,
    /// The number of the latest within each body.
    within: HashMap<Id, i64>,
}

#[derive(Debug)]
struct Inner {
    known: watch::Sender<Known>,
    open: AtomicUsize,
    /// How long making a page that asks again takes here, in microseconds: a mean of the latest.
    took: AtomicU64,
    /// When the last message went out; who waits for it waits in a queue, and leaves the queue with its page.
    turn: Mutex<Instant>,
    ending: CancellationToken,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            known: watch::Sender::default(),
            open: AtomicUsize::new(0),
            took: AtomicU64::new(0),
            turn: Mutex::new(Instant::now()),
            ending: CancellationToken::new(),
        }
    }
}

impl Live {
    /// The number of the latest change that this node knows: a page carries it, so that its stream begins where it
    /// stands.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.0.known.borrow().version
    }

    /// How many pages listen on this node.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::Relaxed)
    }

    /// Takes note of how long a page that asked for itself again was made.
    pub(crate) fn took(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        // Of two at once one may be lost: it is a mean.
        let mean = self.0.took.load(Ordering::Relaxed);
        self.0.took.store(mean - mean / 8 + time / 8, Ordering::Relaxed);
    }

    /// The time from one message to the next: what a page takes is so small a part of it as is granted to pages.
    fn pause(&self) -> Duration {
        let cores = std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(1));
        let took = Duration::from_micros(self.0.took.load(Ordering::Relaxed));
        (took * SHARE / cores).clamp(TURN, LONGEST_TURN)
    }

    /// Looks at the changes until told to shut down; then every stream ends.
    pub async fn run(self, db: Db, shutdown: CancellationToken) {
        let _ended = self.0.ending.clone().drop_guard();
        while timeout(LOOK, shutdown.cancelled()).await.is_err() {
            // A database that is away is reported by those who need it; the next look sees everything.
            let Ok(version) = changes::latest(db.read()).await else { continue };
            let known = self.version();
            if version == known {
                continue;
            }
            let Ok(within) = changes::since(db.read(), known).await else { continue };
            self.0.known.send_modify(|known| {
                if version < known.version {
                    // The database was put back to an older state.
                    known.within.clear();
                }
                known.version = version;
                known.within.extend(within);
            });
        }
    }

    /// Waits for the turn to send a message.
    async fn turn(self) {
        let mut last = self.0.turn.lock().await;
        sleep_until(*last + self.pause()).await;
        *last = Instant::now();
    }
}

impl Known {
    /// Whether a page of these bodies that has been told of a change is out of date.
    fn is_after(&self, seen: i64, bodies: &[Id]) -> bool {
        bodies.iter().filter_map(|body| self.within.get(body)).any(|&at| at > seen)
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
pub async fn stream(
    State(ctx): State<Ctx>,
    who: Who,
    headers: HeaderMap,
    Query(since): Query<Since>,
) -> Response {
    let secret = cookie::session(&ctx.settings, &headers).unwrap_or_default().to_owned();
    ctx.live.0.open.fetch_add(1, Ordering::Relaxed);
    let listener = Listener {
        known: ctx.live.0.known.subscribe(),
        // A page of another node may be ahead of this one; one of before the database was put back stays so.
        seen: since.since.min(ctx.live.version()),
        ctx,
        secret,
        bodies: bodies(&who.caller),
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

/// The bodies of a person's roles: whatever they see lies there or below.
fn bodies(caller: &Caller) -> Vec<Id> {
    caller.grants().iter().map(|grant| grant.body).collect()
}

struct Listener {
    ctx: Ctx,
    secret: String,
    bodies: Vec<Id>,
    known: watch::Receiver<Known>,
    /// The change up to which the page has been told.
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
            let is_behind = self.known.borrow_and_update().is_after(self.seen, &self.bodies);
            tokio::select! {
                () = ending.cancelled() => return None,
                () = sleep_until(self.next), if is_behind && self.turn.is_none() => {
                    self.turn = Some(self.ctx.live.clone().turn().boxed());
                }
                () = OptionFuture::from(self.turn.as_mut()).map(|_| ()), if self.turn.is_some() => {
                    self.turn = None;
                    self.next = Instant::now() + PACE;
                    self.seen = self.known.borrow_and_update().version;
                    return Some("changed");
                }
                changed = self.known.changed(), if !is_behind => changed.ok()?,
                () = sleep_until(self.checked + SESSION) => {
                    self.checked = Instant::now();
                    // While the database is away nobody knows; the page can't be asked for then either.
                    match self.ctx.authenticator.authenticate(&self.secret).await {
                        Ok(Some(caller)) => self.bodies = bodies(&caller),
                        Ok(None) => {
                            self.is_over = true;
                            return Some("ended");
                        }
                        Err(_) => {}
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

    #[test]
    fn qr4_a_page_is_out_of_date_only_by_what_lies_within_its_bodies() {
        let known = Known { version: 9, within: HashMap::from([(1, 9), (2, 9), (3, 5)]) };
        assert!(known.is_after(8, &[2]) && known.is_after(4, &[3]) && known.is_after(8, &[3, 1]));
        assert!(!known.is_after(5, &[3]) && !known.is_after(9, &[1, 2, 3]));
        assert!(!known.is_after(0, &[4]) && !known.is_after(0, &[]));
    }

    #[test]
    fn pages_that_take_long_are_told_rarely() {
        let live = Live::default();
        assert_eq!(live.pause(), TURN);
        (0..100).for_each(|_| live.took(Duration::from_secs(5)));
        assert_eq!(live.pause(), LONGEST_TURN);
        (0..200).for_each(|_| live.took(Duration::from_micros(100)));
        assert_eq!(live.pause(), TURN);
    }

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
