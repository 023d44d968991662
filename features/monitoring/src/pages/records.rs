//! Reference data of a kind, as they hold today.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::{CivilDay, Id};
use otklik_progress::model::Process;
use otklik_ui::{Choice, Page, Section};
use otklik_web::{Fail, Form, Who, html};

use super::common::{Monitoring, Tab, TabView, encode, query, tail, texts};
use super::table::{self, Column, Value};
use crate::reference::in_force::built_in;
use crate::reference::{Content, Kind, Raw, Record, by_name, place, split_item, store};
use crate::senders::{self, Sender};
use crate::texts::L;

#[derive(Template)]
#[template(path = "monitoring/records.html")]
struct RecordsView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    kinds: Vec<(String, &'static str, bool)>,
    about: &'static str,
    is_own: bool,
    /// The kind and the sender, as addresses of the same list as a table carry them on.
    tail: String,
    senders: Vec<Choice>,
    new_href: Option<String>,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    text: String,
    /// None where the built-in record holds.
    since: Option<CivilDay>,
    is_off: bool,
}

/// A kind in words.
pub(super) fn kind_text(l: L, kind: Kind) -> &'static str {
    match kind {
        Kind::Status => l.kind_statuses(),
        Kind::Item => l.kind_items(),
        Kind::Rule => l.kind_order(),
        Kind::Norm => l.kind_norms(),
        Kind::Holiday => l.kind_holidays(),
        Kind::Region => l.kind_regions(),
        Kind::Service => l.kind_services(),
        Kind::OwnStatus => l.kind_own(),
    }
}

fn about(l: L, kind: Kind) -> &'static str {
    match kind {
        Kind::Status => l.about_statuses(),
        Kind::Item => l.about_items(),
        Kind::Rule => l.about_order(),
        Kind::Norm => l.about_norms(),
        Kind::Holiday => l.about_holidays(),
        Kind::Region => l.about_regions(),
        Kind::Service => l.about_services(),
        Kind::OwnStatus => l.about_own(),
    }
}

/// A process in words.
fn process_text(l: L, process: Process) -> &'static str {
    match process {
        Process::Authority => l.process_authority(),
        Process::Mfc => l.process_mfc(),
        Process::Epgu => l.process_epgu(),
        Process::Vis => l.process_vis(),
    }
}

/// What a record says, in a line.
pub(super) fn line(l: L, name: &str, content: &Content) -> String {
    match content {
        Content::Status(status) => {
            let items = [
                (Process::Authority, status.authority_item),
                (Process::Mfc, status.mfc_item),
                (Process::Epgu, status.epgu_item),
                (Process::Vis, status.vis_item),
            ];
            let items = items.map(|(process, item)| (process_text(l, process), item));
            let items = items.iter().filter_map(|(process, item)| Some(format!("{process} {}", (*item)?)));
            let items = items.collect::<Vec<_>>().join(", ");
            format!("{} ({items})", status.name_ru_corrected)
        }
        Content::Item(item) if item.section.is_empty() => item.text_ru.clone(),
        Content::Item(item) => format!("{} · {}", item.section, item.text_ru),
        Content::Rule(rule) => rule.title.clone(),
        Content::Norm(norm) => norm.title.clone(),
        Content::Holiday(day) => if day.works == "yes" { l.day_works() } else { l.day_off() }.to_owned(),
        Content::Region(region) => format!("{} · {}", region.name, region.zone),
        Content::Service { name: called, .. } => match term(l, name, content) {
            Some(term) => format!("{called} · {term}"),
            None => called.clone(),
        },
        Content::OwnStatus(status) => status.to_string(),
        Content::Off => l.record_off().to_owned(),
        Content::BuiltIn => l.record_built_in().to_owned(),
    }
}

/// The term that the record of a service says, in words.
pub(super) fn term(l: L, name: &str, content: &Content) -> Option<String> {
    let Content::Service { norm: Some(_), .. } = content else { return None };
    let raw = Raw::saying(Kind::Service, name, content);
    Some(norm_text(l, raw.get("amount"), raw.get("unit")))
}

/// A norm in words.
fn norm_text(l: L, amount: &str, unit: &str) -> String {
    let Ok(n) = amount.parse::<usize>() else { return format!("{amount} {}", unit_text(l, unit)) };
    match unit {
        "working" => l.norm_working(n),
        "minutes" => l.norm_minutes(n),
        _ => l.norm_calendar(n),
    }
}

/// A unit of norms in words.
pub(super) fn unit_text(l: L, unit: &str) -> &'static str {
    match unit {
        "working" => l.unit_working(),
        "minutes" => l.unit_minutes(),
        _ => l.unit_calendar(),
    }
}

/// The name of a record as people read it.
pub(super) fn shown_name(l: L, kind: Kind, name: &str) -> String {
    match kind {
        Kind::Item => match split_item(name) {
            Some((process, number, letter)) => format!("{} {number}{letter}", process_text(l, process)),
            None => name.to_owned(),
        },
        Kind::OwnStatus => name.split_once('/').map_or(name, |(_, own)| own).to_owned(),
        Kind::Norm => name.trim_end_matches('/').replace('/', " · "),
        _ => name.to_owned(),
    }
}

/// The address of a record.
pub(super) fn record_href(kind: Kind, name: &str) -> String {
    format!("/admin/monitoring/records/one?{}", encode([("kind", kind.code()), ("name", name)]))
}

/// What an address asks for: a kind, and the sender whose own statuses are meant.
struct Asked {
    kind: Kind,
    senders: Vec<Sender>,
    /// Which of the senders.
    sender: Option<Id>,
}

impl Asked {
    /// How the names of the chosen sender's statuses begin.
    fn own(&self) -> String {
        self.sender.map_or_else(String::new, |sender| format!("{sender}/"))
    }

    /// The end of addresses of the same list.
    fn tail(&self) -> String {
        let sender = self.sender.filter(|_| self.kind == Kind::OwnStatus);
        let sender = sender.map_or_else(String::new, |sender| sender.to_string());
        tail(&encode([("kind", self.kind.code()), ("sender", &sender)]))
    }
}

async fn asked(monitoring: &Monitoring, who: &Who, query: &Form) -> Result<Asked, Fail> {
    let kind = match query.get("kind") {
        "" => Kind::Status,
        code => Kind::find(code).ok_or(Fail::NotFound)?,
    };
    let senders = senders::store::all(monitoring.ctx.db.read(), &who.scope).await?;
    let sender = match query.get("sender") {
        "" => senders.first(),
        id => Some(senders.iter().find(|one| one.id.to_string() == id).ok_or(Fail::NotFound)?),
    };
    Ok(Asked { kind, sender: sender.map(|sender| sender.id), senders })
}

/// The records as they hold today, by number where they have one.
async fn rows(monitoring: &Monitoring, who: &Who, asked: &Asked) -> Result<Vec<Row>, Fail> {
    let (l, kind, own) = (texts(who), asked.kind, asked.own());
    let today = monitoring.ctx.now().day_in(&monitoring.zone(&who.scope));
    let mut histories = by_name(store::all(monitoring.ctx.db.read(), kind).await?);
    if kind == Kind::OwnStatus {
        histories.retain(|name, _| !own.is_empty() && name.starts_with(&own));
    }
    let built_in = built_in(kind);
    for name in built_in.keys() {
        histories.entry(name.clone()).or_default();
    }
    let row = |name: &String, record: Option<&Record>| {
        let base = built_in.get(name);
        let content = record.map(|record| &record.content).filter(|content| **content != Content::BuiltIn);
        let content = content.or(base)?;
        Some(Row {
            href: record_href(kind, name),
            name: shown_name(l, kind, name),
            text: line(l, name, content),
            since: record.filter(|record| record.content != Content::BuiltIn).map(|record| record.valid_from),
            is_off: *content == Content::Off,
        })
    };
    let mut rows: Vec<((u8, Option<i64>), Row)> = histories
        .iter()
        .filter_map(|(name, history)| Some((place(kind, name), row(name, history.on(today))?)))
        .collect();
    rows.sort_by_key(|(place, _)| *place);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let asked = asked(&monitoring, &who, &query).await?;
    let kind = asked.kind;
    let is_own = kind == Kind::OwnStatus;
    let may = who.caller.may(Permission::ManageMonitoring);
    let may_add = may && if is_own { asked.sender.is_some() } else { monitoring.is_over_all(&who) };
    let new_href = may_add.then(|| record_href(kind, &if is_own { asked.own() } else { String::new() }));
    let kinds = Kind::ALL.map(|one| {
        let href = format!("/admin/monitoring/records?kind={}", one.code());
        (href, kind_text(l, one), one == kind)
    });
    let current = asked.sender.map_or_else(String::new, |sender| sender.to_string());
    let choice = |one: &Sender| Choice::new(one.id.to_string(), one.fields.name.clone(), &current);
    let page = who.page(Section::Monitoring, kind_text(l, kind));
    let view = RecordsView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(Tab::Records.text(l)),
        l,
        tabs: Tab::Records.row(l),
        kinds: kinds.into(),
        about: about(l, kind),
        is_own,
        tail: asked.tail(),
        senders: asked.senders.iter().map(choice).collect(),
        new_href,
        rows: rows(&monitoring, &who, &asked).await?,
    };
    Ok(html(StatusCode::OK, &view))
}

/// The same as a table to take along.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    uri: Uri,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let asked = asked(&monitoring, &who, &query(raw)?).await?;
    let columns = [(l.column_name(), 24), (l.column_says(), 90), (l.column_since(), 16)].map(Column::wide);
    let row = |row: Row| {
        let since = row.since.map_or_else(|| Value::text(l.record_built_in_short()), Value::Day);
        vec![Value::Text(row.name), Value::Text(row.text), since]
    };
    let rows: Vec<Vec<Value>> = rows(&monitoring, &who, &asked).await?.into_iter().map(row).collect();
    let name = format!("records-{}", asked.kind.code());
    table::file(l, table::Kind::of(&uri), (&name, kind_text(l, asked.kind)), &columns, rows)
}
