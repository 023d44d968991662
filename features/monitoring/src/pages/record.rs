//! One thing of the reference data: its history and the form of a new record.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use otklik_access::Permission;
use otklik_kernel::{CivilDay, Id};
use otklik_ui::{Choice, Errors, Page, When};
use otklik_web::{Fail, Form, Trace, Who, html};

use super::common::{Monitoring, Tab, flash, query, status, texts, when};
use super::records::{kind_text, line, record_href, shown_name, unit_text};
use crate::derive::Waiting;
use crate::reference::in_force::built_in;
use crate::reference::{Content, FIELDS, History, Kind, Person, Raw, leave, set, store};
use crate::refusal::{Mistake, Wrong, errors, or_mistakes};
use crate::senders;
use crate::texts::L;

#[derive(Template)]
#[template(path = "monitoring/record.html")]
struct RecordView {
    page: Page,
    l: L,
    errors: Errors,
    kind: &'static str,
    name: String,
    is_new: bool,
    may_change: bool,
    has_built_in: bool,
    /// Why the statuses of a norm can't be changed; empty where they can.
    fixed: &'static str,
    /// What a change changes, and what it leaves.
    effect: &'static str,
    now: String,
    raw: Raw,
    rule_kinds: Vec<Choice>,
    scopes: Vec<Choice>,
    units: Vec<Choice>,
    works: Vec<Choice>,
    history: Vec<Past>,
}

struct Past {
    since: String,
    text: String,
    reason: String,
    by: String,
    when: When,
}

/// The kind and the name that an address or a form gives, with the body of the sender whose own status it is;
/// outside the scope there is no such thing.
async fn asked(monitoring: &Monitoring, who: &Who, form: &Form) -> Result<(Kind, String, Option<Id>), Fail> {
    let kind = match (form.find("kind_of"), form.find("kind")) {
        (None, None) => Kind::Status,
        (own, other) => own.or(other).and_then(Kind::find).ok_or(Fail::NotFound)?,
    };
    let name = form.get("name").to_owned();
    if kind != Kind::OwnStatus {
        return Ok((kind, name, None));
    }
    let sender = name.split_once('/').and_then(|(sender, _)| sender.parse().ok()).ok_or(Fail::NotFound)?;
    let sender = senders::store::find(monitoring.ctx.db.read(), &who.scope, sender).await?;
    Ok((kind, name, Some(sender.ok_or(Fail::NotFound)?.fields.body)))
}

fn rule_kinds(l: L, chosen: &str) -> Vec<Choice> {
    let all = [
        ("requires", l.rule_requires()),
        ("forbids", l.rule_forbids()),
        ("excludes", l.rule_excludes()),
        ("once", l.rule_once()),
        ("pairs", l.rule_pairs()),
        ("forbids-while", l.rule_forbids_while()),
    ];
    all.map(|(code, text)| Choice::new(code, text, chosen)).into()
}

/// What a change of a kind changes, and what it leaves as it is.
fn effect(l: L, kind: Kind) -> &'static str {
    match kind {
        Kind::Status => l.effect_statuses(),
        Kind::Item => l.effect_items(),
        Kind::Rule => l.effect_order(),
        Kind::Norm => l.effect_norms(),
        Kind::Holiday => l.effect_holidays(),
        Kind::Region => l.effect_regions(),
        Kind::Service => l.effect_services(),
        Kind::OwnStatus => l.effect_own(),
    }
}

/// The code of what is said above the page: what was taken in is derived by these kinds, and stays as it was.
const fn done(kind: Kind) -> &'static str {
    match kind {
        Kind::Rule | Kind::Norm | Kind::Holiday | Kind::Service => "record-derived",
        Kind::Status | Kind::Item | Kind::Region | Kind::OwnStatus => "record",
    }
}

async fn view(
    monitoring: &Monitoring,
    who: &Who,
    (kind, name, body): (Kind, &str, Option<Id>),
    typed: Option<Raw>,
    mistakes: &[Mistake],
) -> Result<RecordView, Fail> {
    let l = texts(who);
    let history = History(store::of(monitoring.ctx.db.read(), kind, name).await?);
    let today = monitoring.ctx.now().day_in(&monitoring.zone(&who.scope));
    let base = built_in(kind).remove(name);
    let is_new = base.is_none() && history.0.is_empty();
    let held = history.on(today).map(|record| record.content.clone());
    let held = held.filter(|content| *content != Content::BuiltIn).or_else(|| base.clone());
    let mut raw = typed.unwrap_or_else(|| match &held {
        Some(content) => Raw::saying(kind, name, content),
        None => Raw::named(kind, name),
    });
    if raw.get("valid_from").is_empty() {
        raw.0.insert("valid_from", today.to_string());
    }
    let may = who.caller.may(Permission::ManageMonitoring);
    let title = match is_new {
        true => l.record_new(kind_text(l, kind).to_owned()),
        false => format!("{}: {}", kind_text(l, kind), shown_name(l, kind, name)),
    };
    let past = |record: &crate::reference::Record| Past {
        since: record.valid_from.show(),
        text: line(l, name, &record.content),
        reason: match record.delivery {
            Some(_) => l.record_by_delivery().to_owned(),
            None => record.reason.clone(),
        },
        by: record.changed_by.clone(),
        when: when(record.changed_at, &monitoring.zone(&who.scope)),
    };
    let units = ["working", "calendar", "minutes"];
    let scopes = [("process", l.scope_process()), ("application", l.scope_application())];
    let works = [("no", l.day_off()), ("yes", l.day_works())];
    let page = Tab::Records.below(who, title.clone());
    Ok(RecordView {
        page: page
            .crumb(kind_text(l, kind), format!("/admin/monitoring/records?kind={}", kind.code()))
            .here(if is_new { l.record_add().to_owned() } else { shown_name(l, kind, name) }),
        l,
        errors: errors(l, mistakes),
        kind: kind.code(),
        name: name.to_owned(),
        is_new,
        may_change: may && (body.is_some() || monitoring.is_over_all(who)),
        has_built_in: base.is_some(),
        fixed: if kind == Kind::Norm && raw.get("code") == Waiting::NAME { l.norm_fixed() } else { "" },
        effect: effect(l, kind),
        now: held.as_ref().map_or_else(String::new, |content| line(l, name, content)),
        rule_kinds: rule_kinds(l, raw.get("kind")),
        scopes: scopes.map(|(code, text)| Choice::new(code, text, raw.get("scope"))).into(),
        units: units
            .into_iter()
            .filter(|unit| kind == Kind::Norm || *unit != "minutes")
            .map(|unit| Choice::new(unit, unit_text(l, unit), raw.get("unit")))
            .collect(),
        works: works.map(|(code, text)| Choice::new(code, text, raw.get("kind"))).into(),
        history: history.0.iter().rev().map(past).collect(),
        raw,
    })
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let query = query(raw)?;
    let (kind, name, body) = asked(&monitoring, &who, &query).await?;
    let mut view = view(&monitoring, &who, (kind, &name, body), None, &[]).await?;
    view.page = flash(view.page, view.l, &query);
    Ok(html(StatusCode::OK, &view))
}

/// Adds a record, or takes the thing out of use.
pub async fn save(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let (kind, name, body) = asked(&monitoring, &who, &form).await?;
    let mut raw = Raw::default();
    for field in FIELDS {
        raw.0.insert(field, form.get(field).to_owned());
    }
    if kind == Kind::OwnStatus {
        let sender = name.split_once('/').map_or("", |(sender, _)| sender);
        raw.0.insert("code", sender.to_owned());
    }
    let changed = if body.is_none() && !monitoring.is_over_all(&who) {
        Err(vec![("", Wrong::NotOverAll)])
    } else {
        let person = Person { name: who.caller.name(), body };
        let act = monitoring.act(&who, &trace);
        let content = match form.get("do") {
            "off" => Some(Content::Off),
            "built_in" => Some(Content::BuiltIn),
            _ => None,
        };
        let db = &monitoring.ctx.db;
        match content {
            None => or_mistakes(set(db, &act, person, kind, &raw).await)?,
            Some(content) => match CivilDay::parse(raw.get("valid_from")) {
                None => Err(vec![("valid_from", Wrong::NoDay)]),
                Some(_) if raw.get("reason").is_empty() => Err(vec![("reason", Wrong::Empty)]),
                Some(day) => {
                    let when = (day, raw.get("reason").to_owned());
                    or_mistakes(leave(db, &act, person, (kind, &name), content, when).await)?
                }
            },
        }
    };
    match changed {
        Ok(()) => {
            let saved = crate::reference::check(kind, &raw).map_or(name, |(name, ..)| name);
            let href = format!("{}&done={}", record_href(kind, &saved), done(kind));
            Ok(Redirect::to(&href).into_response())
        }
        Err(mistakes) => {
            let view = view(&monitoring, &who, (kind, &name, body), Some(raw), &mistakes).await?;
            Ok(html(status(&mistakes), &view))
        }
    }
}
