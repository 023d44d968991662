//! XES out, and any XES in for comparison.

use std::io::{Read, Write};

use otklik_eventlog::Summary;
use otklik_eventlog::xes::{Limits, XesReader};
use otklik_lake::Session;
use otklik_progress::exchange::{XesOut, activity};
use otklik_progress::model::Status;
use otklik_progress::reference::Reference;

use super::cases::each;
use super::{ExchangeError, Exchanged};

/// Writes the applications that fit a condition over `live_cases` as an XES log.
///
/// # Errors
/// The lake can't be read or the log not written.
pub async fn xes<W: Write>(
    session: &Session,
    condition: &str,
    reference: &Reference,
    out: W,
) -> Result<Exchanged, ExchangeError> {
    let mut writer = XesOut::new(out, reference)?;
    let mut done = Exchanged::default();
    each(session, condition, |told| {
        done.cases += 1;
        done.events += told.steps.iter().filter(|step| Status(step.status).is_event()).count() as u64;
        writer.application(told).map_err(ExchangeError::from)
    })
    .await?;
    writer.finish()?;
    Ok(done)
}

/// What the applications that fit a condition say, to be compared with another log.
///
/// # Errors
/// The lake can't be read.
pub async fn own(
    session: &Session,
    condition: &str,
    reference: &Reference,
) -> Result<Summary, ExchangeError> {
    let mut summary = Summary::default();
    let names = |status: i16| activity(reference, status);
    each(session, condition, |told| {
        let events = told.steps.iter().filter(|step| Status(step.status).is_event());
        let named: Vec<(String, i64)> = events.map(|step| (names(step.status), step.at)).collect();
        summary.add(named.iter().map(|(name, at)| (name.as_str(), Some(*at))));
        Ok::<(), ExchangeError>(())
    })
    .await?;
    Ok(summary)
}

/// What an XES log of others says, packed or not.
///
/// # Errors
/// It is no log, or it breaks off.
pub fn foreign(source: impl Read + 'static) -> Result<Summary, ExchangeError> {
    let mut reader = XesReader::new(source, Limits::default())?;
    let mut summary = Summary::default();
    while let Some(trace) = reader.next_trace()? {
        summary.add_trace(&trace);
    }
    Ok(summary)
}
