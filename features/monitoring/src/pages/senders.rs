//! The list of senders.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::{CivilDay, Id};
use otklik_ui::{Page, Section};
use otklik_web::{Fail, Who, html};

use super::common::{Monitoring, Tab, TabView, texts};
use super::table::{self, Column, Value};
use crate::deliveries::store as deliveries;
use crate::senders::{Policy, Sender, store};
use crate::texts::L;

#[derive(Template)]
#[template(path = "monitoring/senders.html")]
struct SendersView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    may_manage: bool,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    code: String,
    body: String,
    policy: &'static str,
    token: &'static str,
    last: Option<CivilDay>,
}

/// A policy in words.
pub(super) fn policy_text(l: L, policy: Policy) -> &'static str {
    match policy {
        Policy::Whole => l.policy_whole(),
        Policy::GoodRows => l.policy_good_rows(),
    }
}

/// The last day that stands, by sender.
async fn last_days(monitoring: &Monitoring, who: &Who) -> Result<HashMap<Id, CivilDay>, Fail> {
    let since = monitoring.ctx.now().day_in(&monitoring.zone(&who.scope)).plus_days(-92);
    let found =
        deliveries::between(monitoring.ctx.db.read(), &who.scope, since, CivilDay(20_991_231)).await?;
    let mut last: HashMap<Id, CivilDay> = HashMap::new();
    for delivery in found.iter().filter(|one| one.state.stands()) {
        let day = last.entry(delivery.sender).or_insert(delivery.day);
        *day = (*day).max(delivery.day);
    }
    Ok(last)
}

async fn rows(monitoring: &Monitoring, who: &Who) -> Result<Vec<Row>, Fail> {
    let l = texts(who);
    let all = store::all(monitoring.ctx.db.read(), &who.scope).await?;
    let last = last_days(monitoring, who).await?;
    let may_manage = who.caller.may(Permission::ManageMonitoring);
    let row = |sender: Sender| Row {
        href: match may_manage {
            true => format!("/admin/monitoring/senders/{}", sender.id),
            false => format!("/admin/monitoring/deliveries?sender={}", sender.id),
        },
        body: monitoring.body_name(sender.fields.body),
        policy: policy_text(l, sender.fields.policy),
        token: if sender.token_at.is_some() { l.token_is() } else { l.token_none() },
        last: last.get(&sender.id).copied(),
        name: sender.fields.name,
        code: sender.fields.code,
    };
    Ok(all.into_iter().map(row).collect())
}

/// The list.
pub async fn show(State(monitoring): State<Monitoring>, who: Who) -> Result<Response, Fail> {
    let l = texts(&who);
    let page = who.page(Section::Monitoring, l.senders_title());
    let view = SendersView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(l.senders_title()),
        l,
        tabs: Tab::Senders.row(l),
        may_manage: who.caller.may(Permission::ManageMonitoring),
        rows: rows(&monitoring, &who).await?,
    };
    Ok(html(StatusCode::OK, &view))
}

/// The same as a table to take along.
pub async fn export(State(monitoring): State<Monitoring>, who: Who, uri: Uri) -> Result<Response, Fail> {
    let l = texts(&who);
    let columns = [
        (l.column_sender(), 40),
        (l.column_code(), 14),
        (l.column_body(), 40),
        (l.column_policy(), 40),
        (l.column_last_day(), 16),
        (l.column_api(), 14),
    ]
    .map(Column::wide);
    let row = |row: Row| {
        vec![
            Value::Text(row.name),
            Value::Text(row.code),
            Value::Text(row.body),
            Value::text(row.policy),
            row.last.map_or(Value::Nothing, Value::Day),
            Value::text(row.token),
        ]
    };
    let rows: Vec<Vec<Value>> = rows(&monitoring, &who).await?.into_iter().map(row).collect();
    table::file(l, table::Kind::of(&uri), ("senders", l.senders_title()), &columns, rows)
}
