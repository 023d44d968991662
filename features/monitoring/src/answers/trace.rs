//! One application: all that is known of it.

use otklik_kernel::CivilDay;
use otklik_lake::Result;
use serde::Serialize;

use super::ask::quoted;
use super::{Allowed, Answers, Ask, Sheet};

/// One application.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// Its row of cases: what was said of it and what follows from its events.
    pub case: Sheet,
    /// Its events in order of time, with who told them.
    pub events: Sheet,
    /// What was told of it each time, in order: the last row holds. Of the applicant no hash.
    pub told: Sheet,
    /// Events of fees.
    pub payments: Sheet,
    /// Ratings.
    pub ratings: Sheet,
    /// Events of complaints.
    pub complaints: Sheet,
    /// Rules of the allowed order it breaks.
    pub findings: Vec<Told>,
}

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The rule's number.
    pub rule: u8,
    /// The rule in words.
    pub title: String,
}

const CASE: &str = "request, service, variant, channel_in as channel, channel_out, mnemonic, region, body, body_name, \
    sex, age, ogrn, began, began_day, ended, ended_day, outcome, events, last_at, last_status, total, paused, is_paused, \
    is_open_ended, asked, answered, failed, findings, norm, spent, is_within, waited, called";

impl Answers {
    /// An application by its request number; `None` when there is none that may be seen.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn trace(&self, request: &str, allowed: &Allowed) -> Result<Option<Trace>> {
        let request = quoted(request);
        let seen = Ask::default().condition(allowed, "began_day");
        let case = self
            .picked(&format!("select {CASE} from live_cases where known and request = {request} and {seen}"))
            .await?;
        if case.rows.is_empty() {
            return Ok(None);
        }
        let of = |table: &str, columns: &str, order: &str| {
            format!(
                "select {columns}, d.sender, d.day, d.revision from {table} e join deliveries d on d.delivery = e.delivery \
                 where e.request = {request} order by {order}"
            )
        };
        let by_line = "e.at, d.day, d.sender, e.line";
        let events = "e.at, e.offset, e.process, e.item, e.status, e.mnemonic";
        let told = "e.line, e.service, e.variant, e.topic, e.channel_in as channel, e.channel_out, e.mnemonic, \
            e.region, e.body_name, e.body_code, e.sex, e.age, e.ogrn";
        let findings = case.get(0, "findings").and_then(super::Cell::whole).unwrap_or(0).cast_unsigned();
        let began = case.whole(0, "began_day").and_then(|day| i32::try_from(day).ok()).unwrap_or(0);
        let rules = &self.rules.order_on(CivilDay(began)).record().rules;
        let broken = rules.iter().filter(|rule| findings & 1 << rule.number != 0);
        Ok(Some(Trace {
            events: self.picked(&of("live_events", events, "e.at, d.day, d.sender, e.seq")).await?,
            told: self.picked(&of("live_applications", told, "d.day, d.sender, e.line")).await?,
            payments: self.picked(&of("live_payments", "e.at, e.offset, e.event", by_line)).await?,
            ratings: self
                .picked(&of(
                    "live_ratings",
                    "e.at, e.offset, e.mark, e.criteria, e.comment, e.mark_least, e.mark_most",
                    by_line,
                ))
                .await?,
            complaints: self
                .picked(&of("live_complaints", "e.at, e.offset, e.complaint, e.event", by_line))
                .await?,
            findings: broken.map(|rule| Told { rule: rule.number, title: rule.title.clone() }).collect(),
            case,
        }))
    }
}
