//! The list of senders.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::{CivilDay, Id};
use otklik_ui::{Page, Section};
use otklik_web::{Fail, Who, html};

use super::common::{Monitoring, Tab, TabView, texts};
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
    has_token: bool,
    last: String,
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

/// The list.
pub async fn show(State(monitoring): State<Monitoring>, who: Who) -> Result<Response, Fail> {
    let l = texts(&who);
    let all = store::all(monitoring.ctx.db.read(), &who.scope).await?;
    let last = last_days(&monitoring, &who).await?;
    let may_manage = who.caller.may(Permission::ManageMonitoring);
    let row = |sender: Sender| Row {
        href: match may_manage {
            true => format!("/admin/monitoring/senders/{}", sender.id),
            false => format!("/admin/monitoring/deliveries?sender={}", sender.id),
        },
        body: monitoring.body_name(sender.fields.body),
        policy: policy_text(l, sender.fields.policy),
        has_token: sender.token_at.is_some(),
        last: last.get(&sender.id).map_or_else(String::new, |day| day.show()),
        name: sender.fields.name,
        code: sender.fields.code,
    };
    let page = who.page(Section::Monitoring, l.senders_title());
    let view = SendersView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(l.senders_title()),
        l,
        tabs: Tab::Senders.row(l),
        may_manage,
        rows: all.into_iter().map(row).collect(),
    };
    Ok(html(StatusCode::OK, &view))
}
