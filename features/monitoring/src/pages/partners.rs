//! Partners and what was sent to them.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use otklik_access::Permission;
use otklik_ui::{Badge, Page, Section, Tone, When};
use otklik_web::{Fail, Who, html};

use super::common::{Monitoring, Tab, TabView, flash, query, texts, when};
use super::table::{self, Column, Value};
use crate::partners::{Method, Partner, Sending, State as Stand, store};
use crate::texts::L;

/// Sendings shown.
const SHOWN: u64 = 60;
/// Sendings in a table to take along: more rows than a spreadsheet shows are of no use.
const MOST: u64 = 1_000_000;

#[derive(Template)]
#[template(path = "monitoring/partners.html")]
struct PartnersView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    may_manage: bool,
    partners: Vec<Row>,
    sendings: Vec<Sent>,
}

struct Row {
    href: Option<String>,
    name: String,
    body: String,
    method: &'static str,
    address: String,
    hour: String,
    badge: Badge,
}

struct Sent {
    href: String,
    day: String,
    partner: String,
    badge: Badge,
    file: String,
    when: Option<When>,
    attempts: i32,
}

/// A method in words.
pub(super) fn method_text(l: L, method: Method) -> &'static str {
    match method {
        Method::Folder => l.method_folder(),
        Method::Sftp => l.method_sftp(),
        Method::Https => l.method_https(),
    }
}

/// How a sending stands, in words.
pub(super) fn badge(l: L, sending: &Sending) -> Badge {
    match sending.state {
        Stand::Waiting if sending.attempts > 0 => Badge::new(l.sending_retried(), Tone::Warning),
        Stand::Waiting => Badge::new(l.sending_waiting(), Tone::Accent),
        Stand::Sent => Badge::new(l.sending_sent(), Tone::Good),
        Stand::Failed => Badge::new(l.sending_failed(), Tone::Problem),
        Stand::Nothing => Badge::new(l.sending_nothing(), Tone::Quiet),
        Stand::Replaced => Badge::new(l.sending_replaced(), Tone::Quiet),
    }
}

fn partner_name(partners: &[Partner], sending: &Sending) -> String {
    let partner = partners.iter().find(|one| one.id == sending.partner);
    partner.map_or_else(String::new, |one| one.fields.name.clone())
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let conn = monitoring.ctx.db.read();
    let partners = store::all(conn, &who.scope).await?;
    let sendings = store::sendings(conn, &who.scope, None, SHOWN).await?;
    let may_manage = who.caller.may(Permission::ManageMonitoring);
    let zone = monitoring.zone(&who.scope);
    let row = |partner: &Partner| Row {
        href: may_manage.then(|| format!("/admin/monitoring/partners/{}", partner.id)),
        name: partner.fields.name.clone(),
        body: monitoring.body_name(partner.fields.body),
        method: method_text(l, partner.fields.method),
        address: partner.fields.address.clone(),
        hour: l.partner_hour(partner.fields.hour),
        badge: match partner.fields.is_on {
            true => Badge::new(l.partner_on(), Tone::Good),
            false => Badge::new(l.partner_off(), Tone::Quiet),
        },
    };
    let sent = |sending: &Sending| Sent {
        href: format!("/admin/monitoring/sendings/{}", sending.id),
        day: sending.subject.day.show(),
        partner: partner_name(&partners, sending),
        badge: badge(l, sending),
        file: sending.file.clone(),
        when: sending.finished_at.map(|at| when(at, &zone)),
        attempts: sending.attempts,
    };
    let page = who.page(Section::Monitoring, l.partners_title());
    let page = page.crumb(l.section(), Tab::Overview.href()).here(Tab::Partners.text(l));
    let view = PartnersView {
        page: flash(page, l, &query),
        l,
        tabs: Tab::Partners.row(l),
        may_manage,
        partners: partners.iter().map(row).collect(),
        sendings: sendings.iter().map(sent).collect(),
    };
    Ok(html(StatusCode::OK, &view))
}

/// All sendings with their proofs, as a table to take along.
pub async fn export(State(monitoring): State<Monitoring>, who: Who, uri: Uri) -> Result<Response, Fail> {
    let l = texts(&who);
    let conn = monitoring.ctx.db.read();
    let partners = store::all(conn, &who.scope).await?;
    let sendings = store::sendings(conn, &who.scope, None, MOST).await?;
    let zone = monitoring.zone(&who.scope);
    let columns = [
        (l.column_day(), 12),
        (l.column_partner(), 40),
        (l.column_sender(), 16),
        (l.fact_revision(), 10),
        (l.column_state(), 24),
        (l.fact_file(), 32),
        (l.fact_digest(), 66),
        (l.column_address(), 40),
        (l.column_attempts(), 10),
        (l.column_finished(), 20),
        (l.sending_answer(), 60),
    ]
    .map(Column::wide);
    let row = |one: &Sending| {
        vec![
            Value::Day(one.subject.day),
            Value::Text(partner_name(&partners, one)),
            Value::text(&one.subject.sender),
            match one.subject.revision {
                0 => Value::Nothing,
                revision => Value::Count(revision.into()),
            },
            Value::Text(badge(l, one).text),
            Value::text(&one.file),
            Value::text(&one.digest),
            Value::text(&one.address),
            Value::Count(one.attempts.into()),
            one.finished_at.map_or(Value::Nothing, |at| Value::Moment(at, zone.clone())),
            Value::text(&one.answer),
        ]
    };
    let rows: Vec<Vec<Value>> = sendings.iter().map(row).collect();
    table::file(l, table::Kind::of(&uri), ("sendings", l.sendings_title()), &columns, rows)
}
