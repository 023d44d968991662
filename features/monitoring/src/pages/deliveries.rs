//! The list of deliveries.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::{CivilDay, Zone};
use otklik_ui::{Badge, Choice, Page, Pager, Section, Tone, When, thousands};
use otklik_web::{Fail, Who, html};

use super::common::{Monitoring, Tab, TabView, encode, query, texts, when};
use crate::deliveries::store::{Filter, count, list};
use crate::deliveries::{Delivery, State as Stand};
use crate::senders;
use crate::texts::L;

const PER_PAGE: u64 = 50;

#[derive(Template)]
#[template(path = "monitoring/deliveries.html")]
struct DeliveriesView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    may_send: bool,
    senders: Vec<Choice>,
    states: Vec<Choice>,
    from: String,
    to: String,
    rows: Vec<Row>,
    pager: Pager,
    is_filtered: bool,
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

pub(super) fn row(l: L, zone: &Zone, names: &[senders::Sender], delivery: &Delivery) -> Row {
    let sender = names.iter().find(|sender| sender.id == delivery.sender);
    Row {
        href: format!("/admin/monitoring/deliveries/{}", delivery.id),
        name: sender.map_or_else(|| delivery.code.clone(), |sender| sender.fields.name.clone()),
        day: delivery.day.show(),
        revision: delivery.revision,
        badge: badge(l, delivery.state),
        received: when(delivery.received_at, zone),
        events: thousands(u64::try_from(delivery.counts.events).unwrap_or(0)),
        errors: delivery.counts.errors,
    }
}

/// The list.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let conn = monitoring.ctx.db.read();
    let all = senders::store::all(conn, &who.scope).await?;
    let filter = Filter {
        sender: query.get("sender").parse().ok(),
        state: Stand::find(query.get("state")),
        from: CivilDay::parse(query.get("from")),
        to: CivilDay::parse(query.get("to")),
    };
    let total = count(conn, &who.scope, &filter).await?;
    let base = encode(["sender", "state", "from", "to"].map(|name| (name, query.get(name))));
    let is_filtered = !base.is_empty();
    let pager = Pager::new(query.get("page").parse().unwrap_or(1), PER_PAGE, total, base);
    let found = list(conn, &who.scope, &filter, (PER_PAGE, (pager.page - 1) * PER_PAGE)).await?;
    let zone = monitoring.zone(&who.scope);
    let names = all
        .iter()
        .map(|sender| Choice::new(sender.id.to_string(), sender.fields.name.clone(), query.get("sender")));
    let states = Stand::ALL.map(|state| Choice::new(state.code(), badge(l, state).text, query.get("state")));
    let page = who.page(Section::Monitoring, l.deliveries_title());
    let view = DeliveriesView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(l.deliveries_title()),
        l,
        tabs: Tab::Deliveries.row(l),
        may_send: who.caller.may(Permission::SendMonitoring),
        senders: std::iter::once(Choice::new("", l.all_senders(), query.get("sender")))
            .chain(names)
            .collect(),
        states: std::iter::once(Choice::new("", l.all_states(), query.get("state"))).chain(states).collect(),
        from: query.get("from").to_owned(),
        to: query.get("to").to_owned(),
        rows: found.iter().map(|delivery| row(l, &zone, &all, delivery)).collect(),
        pager,
        is_filtered,
    };
    Ok(html(StatusCode::OK, &view))
}
