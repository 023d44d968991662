//! A delivery: its state while it is being checked, what was counted, its errors.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use otklik_access::Permission;
use otklik_kernel::Id;
use otklik_ui::{Badge, Page, When, thousands};
use otklik_web::{Fail, Who, html};

use super::common::{Monitoring, Tab, flash, id, query, texts, when};
use super::deliveries::badge;
use crate::deliveries::depot::{Depot, DepotError, Part};
use crate::deliveries::report::{Finding, NOTHING};
use crate::deliveries::{Delivery, State as Stand, Way, store};
use crate::senders;
use crate::texts::L;

/// Errors shown on the page; the report has all of them.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "monitoring/delivery.html")]
struct DeliveryView {
    page: Page,
    l: L,
    here: String,
    badge: Badge,
    lead: String,
    is_open: bool,
    /// How much is checked, in percent, while it is being checked.
    checked: Option<i32>,
    /// Whether it has come just now and waits: said inside the part that refreshes itself, only while it is so.
    is_fresh: bool,
    facts: Vec<(&'static str, String)>,
    received: When,
    finished: Option<When>,
    counts: Vec<(String, String)>,
    findings: Vec<Finding>,
    more: String,
    replaced_by: Option<String>,
    others: Vec<(String, String, Badge)>,
    may_send: bool,
}

async fn found(monitoring: &Monitoring, who: &Who, path: &str) -> Result<Delivery, Fail> {
    store::find(monitoring.ctx.db.read(), &who.scope, id(path)?).await?.ok_or(Fail::NotFound)
}

/// What became of it, in a sentence.
pub(super) fn lead(l: L, delivery: &Delivery, before: i64) -> String {
    let counts = delivery.counts;
    match delivery.state {
        Stand::Queued => l.lead_queued(before),
        Stand::Checking => l.lead_checking().to_owned(),
        Stand::Accepted => l.lead_accepted(counts.applications, counts.events),
        Stand::Partly => l.lead_partly(counts.rows_read - counts.rows_taken, counts.rows_taken),
        Stand::Empty => l.lead_empty().to_owned(),
        Stand::Rejected => match delivery.problem.as_str() {
            "" => l.lead_rejected(counts.errors),
            "revision" => l.lead_rejected_revision().to_owned(),
            "unreadable" => l.lead_rejected_unreadable().to_owned(),
            other => l.lead_rejected_other(other.to_owned()),
        },
        Stand::Replaced => l.lead_replaced().to_owned(),
    }
}

fn number(n: i64) -> String {
    thousands(u64::try_from(n).unwrap_or(0))
}

/// By which way it came, and from whom where the way doesn't say it.
fn way(l: L, delivery: &Delivery) -> String {
    let by = &delivery.received_by;
    match delivery.way {
        Way::Api => format!("{}, {by}", l.way_api()),
        // A receipt that was lost comes back without who sent it by the page.
        Way::Page if by.is_empty() => l.way_page().to_owned(),
        Way::Page => format!("{}, {by}", l.way_page()),
        Way::Command => l.way_command().to_owned(),
    }
}

/// A file with its length, where that is known.
pub(super) fn file(l: L, name: &str, bytes: i64) -> String {
    match bytes {
        0 => name.to_owned(),
        _ => format!("{name} ({})", l.bytes(bytes, number(bytes))),
    }
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let delivery = found(&monitoring, &who, &path).await?;
    let conn = monitoring.ctx.db.read();
    let sender = senders::store::find(conn, &who.scope, delivery.sender).await?;
    let zone = sender.as_ref().map_or_else(|| monitoring.zone(&who.scope), |one| one.fields.zone.clone());
    let name = sender.map_or_else(|| delivery.code.clone(), |sender| sender.fields.name);
    let before = if delivery.state.is_open() { store::before(conn, &delivery).await? } else { 0 };
    let checked = match delivery.state {
        Stand::Checking => Some(store::checked(conn, delivery.id).await?),
        _ => None,
    };
    let findings = match delivery.counts.errors + delivery.counts.warnings {
        0 => None,
        _ => {
            monitoring.depot.findings(delivery.id, SHOWN).await.map_err(|e| Fail::Internal(e.to_string()))?
        }
    };
    let findings = findings.unwrap_or_default();
    let all = delivery.counts.errors + delivery.counts.warnings;
    let shown = i64::try_from(findings.len()).unwrap_or(0);
    let others = store::of_day(conn, delivery.sender, delivery.day).await?;
    let others = others.iter().filter(|one| one.id != delivery.id).map(|one| {
        let href = format!("/admin/monitoring/deliveries/{}", one.id);
        (href, l.revision(one.revision), badge(l, one.state))
    });
    let counts = delivery.counts;
    let title = l.delivery_title(delivery.day.show(), name.clone());
    let mut facts = vec![
        (l.column_sender(), name),
        (l.column_day(), delivery.day.show()),
        (l.fact_revision(), delivery.revision.to_string()),
        (l.column_receipt(), delivery.id.to_string()),
        (l.fact_way(), way(l, &delivery)),
        (l.fact_file(), file(l, &delivery.file, delivery.bytes)),
        (l.fact_digest(), delivery.digest.clone()),
    ];
    if let Some(commit) = delivery.commit {
        facts.push((l.fact_commit(), commit.to_string()));
    }
    let page = Tab::Deliveries.below(&who, title.clone()).here(title);
    let view = DeliveryView {
        page: flash(page, l, &query),
        l,
        here: format!("/admin/monitoring/deliveries/{}", delivery.id),
        badge: badge(l, delivery.state),
        lead: match checked {
            Some(100) => l.lead_writing().to_owned(),
            Some(percent) if percent > 0 => l.lead_checked(percent),
            _ => lead(l, &delivery, before),
        },
        checked: checked.filter(|percent| (1..100).contains(percent)),
        is_open: delivery.state.is_open(),
        is_fresh: query.get("done") == "received" && delivery.state.is_open(),
        facts,
        received: when(delivery.received_at, &zone),
        finished: delivery.finished_at.map(|at| when(at, &zone)),
        counts: vec![
            (number(counts.rows_read), l.count_rows_read(counts.rows_read)),
            (number(counts.rows_taken), l.count_rows_taken(counts.rows_taken)),
            (number(counts.applications), l.count_applications(counts.applications)),
            (number(counts.events), l.count_events(counts.events)),
            (number(counts.errors), l.count_errors(counts.errors)),
            (number(counts.warnings), l.count_warnings(counts.warnings)),
        ],
        more: if all > shown { l.findings_more(number(all), number(shown)) } else { String::new() },
        findings,
        replaced_by: delivery.replaced_by.map(|id| format!("/admin/monitoring/deliveries/{id}")),
        others: others.collect(),
        may_send: who.caller.may(Permission::SendMonitoring),
    };
    Ok(html(StatusCode::OK, &view))
}

/// The report of errors as a file.
pub async fn report(
    State(monitoring): State<Monitoring>,
    who: Who,
    Path(path): Path<String>,
) -> Result<Response, Fail> {
    let delivery = found(&monitoring, &who, &path).await?;
    let file = report_file(&monitoring.depot, delivery.id).await;
    let mut file = file.map_err(|error| Fail::Internal(error.to_string()))?;
    let name = format!(
        "attachment; filename=\"{}_{}_r{}_errors.csv\"",
        delivery.code, delivery.day, delivery.revision
    );
    let name = HeaderValue::try_from(name).map_err(|error| Fail::Internal(error.to_string()))?;
    file.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(file)
}

/// The whole report of a delivery, passed on as the store gives it; one without errors has a report that says nothing.
pub(crate) async fn report_file(depot: &Depot, delivery: Id) -> Result<Response, DepotError> {
    let (bytes, body) = match depot.open(Part::Report, delivery).await? {
        Some((bytes, pieces)) => (bytes, Body::from_stream(pieces)),
        None => (NOTHING.len() as u64, Body::from(NOTHING)),
    };
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
    ];
    Ok((head, body).into_response())
}
