//! How fast letters leave for a mail server on the same machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde::Serialize;

use crate::answers;
use crate::clock::now;
use crate::load::{self, Keep, Phase};
use crate::otklik::Otklik;
use crate::report::Section;
use crate::run::{MANY, Plan, blame, phase};
use crate::smtp::SmtpSink;

/// Recipients of each office, as `otklik responses invent` makes them.
pub const RECIPIENTS: usize = 3;
/// How long the server may take without a letter.
const SILENCE: Duration = Duration::from_secs(30);

/// What the mail server got.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Drain {
    /// Letters.
    pub letters: usize,
    /// Letters that were to come.
    pub expected: usize,
    /// From the first letter to the last, in seconds.
    pub seconds: f64,
}

impl Drain {
    /// Letters per second.
    pub fn per_second(&self) -> f64 {
        self.letters as f64 / self.seconds.max(1e-9)
    }
}

/// Sends a bad response about each of the offices, and watches the letters to their recipients arrive.
///
/// # Errors
/// The server can't be run or refuses responses.
pub fn drain(
    plan: &Plan,
    otklik: &Otklik,
    offices: &[String],
    section: &mut Section,
) -> anyhow::Result<(Drain, u64)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let sink = runtime.block_on(SmtpSink::start());
    let otklik = Otklik { mail: Some(sink.setting()), ..otklik.clone() };
    let server = otklik.serve(None)?;

    let pages = Arc::new(answers::page_requests(server.address, offices));
    let asked: Phase = phase(plan, server.address, MANY, &pages, Keep::Token);
    let tokens = load::run(asked, &pages)?;
    blame(&tokens, "pages with a form token", section);
    ensure!(!tokens.kept.is_empty(), "no page has a form token");
    let angry = Arc::new(answers::angry_requests(server.address, offices, &tokens.kept));
    let sent = load::run(phase(plan, server.address, MANY, &angry, Keep::Receipt), &angry)?;
    blame(&sent, "responses to be mailed", section);

    let expected = tokens.kept.len() * RECIPIENTS;
    let (mut letters, mut first, mut last) = (0, None::<Instant>, now());
    let begun = now();
    while letters < expected && now().duration_since(if letters == 0 { begun } else { last }) < SILENCE {
        std::thread::sleep(Duration::from_millis(5));
        let count = sink.count();
        if count > letters {
            last = now();
            first.get_or_insert(last);
            letters = count;
        }
    }
    let seconds = first.map_or(0.0, |first| last.duration_since(first).as_secs_f64());
    section.check(letters == expected, format!("{letters} letters of {expected} came to the mail server"));
    let status = server.stop()?;
    ensure!(status.success(), "the server ended with {status}");
    runtime.shutdown_background();
    Ok((Drain { letters, expected, seconds }, sent.succeeded()))
}
