//! Is the lake sound? Every byte as it was written, and everything derived what the events say.

use otklik_lake::arrow::util::display::array_value_to_string;
use otklik_lake::{Damage, Look, Result, Session, Snapshot};
use serde::Serialize;

use super::sums;
use crate::ingest::{ImportError, Importer};
use crate::live::{TRUTH, live};
use crate::tables;

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Whether everything is sound.
    pub ok: bool,
    /// Events that hold.
    pub events: i64,
    /// Transitions that hold.
    pub transitions: i64,
    /// Applications.
    pub cases: i64,
    /// The commit that was looked at.
    pub commit: u64,
    /// Files that are not as they were written.
    pub damage: Vec<Damage>,
    /// What doesn't agree with the events.
    pub differences: Vec<String>,
}

/// Looks everything over: files against the log, receipts against rows, what is derived against the events.
///
/// # Errors
/// The lake can't be read at all; damage is part of the report.
pub async fn verify(importer: &Importer) -> std::result::Result<Verified, ImportError> {
    let report = importer.lake().verify().await?;
    let mut verified = Verified {
        ok: false,
        events: 0,
        transitions: 0,
        cases: 0,
        commit: report.commit,
        damage: report.damage,
        differences: Vec::new(),
    };
    if verified.damage.is_empty() {
        let snapshot = importer.lake().at(report.commit).await?;
        let session = live(importer.engine(), &snapshot, Look::Whole).await?;
        verified.events = one(&session, "select count(*) from live_events").await?;
        verified.transitions = one(&session, "select count(*) from live_transitions").await?;
        verified.cases = one(&session, "select count(*) from live_cases where known").await?;
        verified.differences = differences(&session, &snapshot).await?;
    }
    verified.ok = verified.damage.is_empty() && verified.differences.is_empty();
    Ok(verified)
}

/// Applications whose events are compared with their cases at a time, about: that takes memory.
const AT_ONCE: u64 = 1_000_000;

/// The part of applications with a number of so many, by the last two characters of their requests.
fn part(table: &str, number: u64, of: u64) -> String {
    let text = format!("{table}.request");
    format!("(ascii(right({text}, 1)) * 10 + ascii(right({text}, 2))) % {of} = {number}")
}

/// Counts that must agree, with what is said when they don't.
const EQUAL: [(&str, &str, &str); 1] = [(
    "transitions and cases",
    "select count(*) from live_transitions",
    "select coalesce(sum(greatest(events - 1, 0)), 0) from live_cases where known",
)];

async fn differences(session: &Session, snapshot: &Snapshot) -> Result<Vec<String>> {
    let mut differences = Vec::new();
    if snapshot.number() == 0 {
        return Ok(differences);
    }
    for table in TRUTH {
        // Rows of no delivery, and of deliveries that hold with another number of rows than their receipt says.
        let query = format!(
            "select count(*) from (select delivery, {table} as told from deliveries d where not exists (select 1 \
             from deliveries o where o.sender = d.sender and o.day = d.day and o.revision > d.revision)) d \
             full join (select delivery, count(*) as found from live_{table} group by delivery) r \
             on r.delivery = d.delivery where coalesce(d.told, -1) <> coalesce(r.found, 0)"
        );
        let wrong = one(session, &query).await?;
        if wrong != 0 {
            differences.push(format!("rows of {table} and what receipts say: {wrong} deliveries"));
        }
    }
    for (what, left, right) in EQUAL {
        let (left, right) = (one(session, left).await?, one(session, right).await?);
        if left != right {
            differences.push(format!("{what}: {left} and {right}"));
        }
    }
    // How many, the first and the last, from the events themselves. Planned moments (status 1002) are none.
    let of = snapshot.rows(tables::CASES.name()).div_ceil(AT_ONCE).max(1);
    let (mut named, mut found, mut wrong) = (0, 0, 0);
    for number in 0..of {
        let only = part("a", number, of);
        named +=
            one(session, &format!("select count(distinct request) from live_applications a where {only}"))
                .await?;
        let (events, cases) = (part("e", number, of), part("c", number, of));
        let pairs = format!(
            "(select e.request, count(*) as n, min(e.at) as first, max(e.at) as last from live_events e \
             where e.status <> 1002 and {events} group by e.request) e \
             join (select * from live_cases c where {cases}) c on c.request = e.request"
        );
        found += one(session, &format!("select coalesce(sum(e.n), 0) from {pairs}")).await?;
        let others = format!("select count(*) from {pairs} where c.began <> e.first or c.last_at <> e.last");
        wrong += one(session, &others).await?;
    }
    let known = one(session, "select count(*) from live_cases where known").await?;
    if named != known {
        differences.push(format!("applications and their cases: {named} and {known}"));
    }
    let told = one(session, "select coalesce(sum(events), 0) from live_cases").await?;
    if found != told {
        differences.push(format!("events of applications and their cases: {found} and {told}"));
    }
    if wrong != 0 {
        differences.push(format!("first or last moments of cases: {wrong}"));
    }
    let spans = one(session, "select coalesce(sum(last_at - began), 0) from live_cases where known").await?;
    let steps =
        one(session, "select coalesce(sum(cast(seconds as bigint)), 0) from live_transitions").await?;
    if spans != steps {
        differences.push(format!("seconds of transitions and cases: {steps} and {spans}"));
    }
    for (what, query) in [("durations", sums::spans()), ("figures", sums::figures())] {
        let wrong = one(session, &query).await?;
        if wrong != 0 {
            differences.push(format!("kept {what} and cases: {wrong} keys"));
        }
    }
    Ok(differences)
}

async fn one(session: &Session, query: &str) -> Result<i64> {
    let batches = session.rows(query).await?;
    let batch = batches.iter().find(|batch| batch.num_rows() > 0);
    let text = batch.map(|batch| array_value_to_string(batch.column(0), 0)).transpose()?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}
