//! The list of deliveries.

use std::collections::HashSet;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::{Id, Zone};
use otklik_ui::{Badge, Choice, Errors, Page, Pager, Section, Tone, When, thousands};
use otklik_web::{Fail, Form, Who, html};

use super::common::{Monitoring, Tab, TabView, choices, day, encode, query, tail, texts, when};
use super::table::{self, Column, Value};
use crate::deliveries::completeness::late;
use crate::deliveries::store::{Filter, count, list};
use crate::deliveries::{Delivery, State as Stand};
use crate::senders;
use crate::texts::L;

const PER_PAGE: u64 = 50;
/// Deliveries in a table to take along: more rows than a spreadsheet shows are of no use.
const MOST: u64 = 1_000_000;
/// Fields of the filter, as they stand in the address.
const FIELDS: [&str; 4] = ["sender", "state", "from", "to"];

#[derive(Template)]
#[template(path = "monitoring/deliveries.html")]
struct DeliveriesView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    errors: Errors,
    may_send: bool,
    senders: Vec<Choice>,
    states: Vec<Choice>,
    from: String,
    to: String,
    rows: Vec<Row>,
    pager: Pager,
    is_filtered: bool,
    /// The filter, as addresses of the same list as a table carry it on.
    tail: String,
}

impl DeliveriesView {
    /// What was typed and is no day stays where it can be corrected: a field of days would drop it.
    fn day_field(&self, name: &str) -> &'static str {
        if self.errors.of(name).is_empty() { "date" } else { "text" }
    }
}

pub(super) struct Row {
    pub href: String,
    pub name: String,
    pub day: String,
    pub revision: i32,
    pub badge: Badge,
    pub received: When,
    pub events: String,
    pub errors: i64,
    pub is_late: bool,
}

/// A state in words.
pub(super) fn badge(l: L, state: Stand) -> Badge {
    match state {
        Stand::Queued => Badge::new(l.state_queued(), Tone::Accent),
        Stand::Checking => Badge::new(l.state_checking(), Tone::Accent),
        Stand::Accepted => Badge::new(l.state_accepted(), Tone::Good),
        Stand::Partly => Badge::new(l.state_partly(), Tone::Warning),
        Stand::Empty => Badge::new(l.state_empty(), Tone::Good),
        Stand::Rejected => Badge::new(l.state_rejected(), Tone::Problem),
        Stand::Replaced => Badge::new(l.state_replaced(), Tone::Quiet),
    }
}

/// The name of a delivery's sender, or the code that it had then.
fn sender_name(names: &[senders::Sender], delivery: &Delivery) -> String {
    let sender = names.iter().find(|sender| sender.id == delivery.sender);
    sender.map_or_else(|| delivery.code.clone(), |sender| sender.fields.name.clone())
}

pub(super) fn row(
    l: L,
    zone: &Zone,
    names: &[senders::Sender],
    late: &HashSet<Id>,
    delivery: &Delivery,
) -> Row {
    Row {
        href: format!("/admin/monitoring/deliveries/{}", delivery.id),
        name: sender_name(names, delivery),
        day: delivery.day.show(),
        revision: delivery.revision,
        badge: badge(l, delivery.state),
        received: when(delivery.received_at, zone),
        events: thousands(u64::try_from(delivery.counts.events).unwrap_or(0)),
        errors: delivery.counts.errors,
        is_late: late.contains(&delivery.id),
    }
}

/// Which deliveries an address asks for, and what is wrong in it.
struct Asked {
    filter: Filter,
    errors: Errors,
}

fn asked(l: L, senders: &[senders::Sender], query: &Form) -> Asked {
    let sender = senders.iter().map(|one| one.id).find(|id| id.to_string() == query.get("sender"));
    let filter = Filter {
        sender,
        state: Stand::find(query.get("state")),
        from: day(query.get("from")),
        to: day(query.get("to")),
    };
    let mut errors = Errors::new();
    for (name, is_known, wrong) in [
        ("sender", filter.sender.is_some(), l.wrong_no_sender()),
        ("state", filter.state.is_some(), l.wrong_no_state()),
        ("from", filter.from.is_some(), l.wrong_no_day()),
        ("to", filter.to.is_some(), l.wrong_no_day()),
    ] {
        if !is_known && !query.get(name).is_empty() {
            errors.add(name, wrong);
        }
    }
    if filter.from.zip(filter.to).is_some_and(|(from, to)| from > to) {
        errors.add("to", l.wrong_days_turned());
    }
    Asked { filter, errors }
}

/// The list; a filter that can't be understood is pointed out, and nothing is shown.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let conn = monitoring.ctx.db.read();
    let all = senders::store::all(conn, &who.scope).await?;
    let Asked { filter, errors } = asked(l, &all, &query);
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let total = if errors.is_empty() { count(conn, &who.scope, &filter).await? } else { 0 };
    let base = encode(FIELDS.map(|name| (name, query.get(name))));
    let (is_filtered, tail) = (!base.is_empty(), tail(&base));
    let pager = Pager::new(query.get("page").parse().unwrap_or(1), PER_PAGE, total, base);
    let found = match total {
        0 => Vec::new(),
        _ => list(conn, &who.scope, &filter, (PER_PAGE, (pager.page - 1) * PER_PAGE)).await?,
    };
    let late = late(conn, &who.scope, &all, &found).await?;
    let zone = monitoring.zone(&who.scope);
    let names = all.iter().map(|sender| (sender.id.to_string(), sender.fields.name.clone()));
    let states = Stand::ALL.into_iter().map(|state| (state.code().to_owned(), badge(l, state).text));
    let page = who.page(Section::Monitoring, l.deliveries_title());
    let view = DeliveriesView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(l.deliveries_title()),
        l,
        tabs: Tab::Deliveries.row(l),
        errors,
        may_send: who.caller.may(Permission::SendMonitoring),
        senders: choices(l.all_senders(), names, query.get("sender")),
        states: choices(l.all_states(), states, query.get("state")),
        from: query.get("from").to_owned(),
        to: query.get("to").to_owned(),
        rows: found.iter().map(|delivery| row(l, &zone, &all, &late, delivery)).collect(),
        pager,
        is_filtered,
        tail,
    };
    Ok(html(status, &view))
}

/// All that the filter lets through as a table; with a filter that can't be understood the page that says so.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    uri: Uri,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let conn = monitoring.ctx.db.read();
    let all = senders::store::all(conn, &who.scope).await?;
    let Asked { filter, errors } = asked(l, &all, &query(raw.clone())?);
    if !errors.is_empty() {
        return show(State(monitoring), who, RawQuery(raw)).await;
    }
    let found = list(conn, &who.scope, &filter, (MOST, 0)).await?;
    let late = late(conn, &who.scope, &all, &found).await?;
    let zone = monitoring.zone(&who.scope);
    let columns = [
        (l.column_sender(), 40),
        (l.column_code(), 14),
        (l.column_day(), 12),
        (l.fact_revision(), 10),
        (l.column_state(), 20),
        (l.column_late(), 16),
        (l.column_applications(), 12),
        (l.column_events(), 12),
        (l.column_errors(), 10),
        (l.column_received(), 20),
        (l.column_receipt(), 22),
    ]
    .map(Column::wide);
    let row = |one: &Delivery| {
        vec![
            Value::Text(sender_name(&all, one)),
            Value::text(&one.code),
            Value::Day(one.day),
            Value::Count(one.revision.into()),
            Value::Text(badge(l, one.state).text),
            if late.contains(&one.id) { Value::text(l.mark_late()) } else { Value::Nothing },
            Value::Count(one.counts.applications),
            Value::Count(one.counts.events),
            Value::Count(one.counts.errors),
            Value::Moment(one.received_at, zone.clone()),
            Value::Text(one.id.to_string()),
        ]
    };
    let rows: Vec<Vec<Value>> = found.iter().map(row).collect();
    table::file(l, table::Kind::of(&uri), ("deliveries", l.deliveries_title()), &columns, rows)
}
