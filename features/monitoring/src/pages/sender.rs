//! A sender: what is agreed, its token.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use otklik_kernel::{Id, Zone};
use otklik_ui::{Choice, Errors, Page, When};
use otklik_web::{Fail, Form, Trace, Who, html};

use super::common::{Monitoring, Tab, flash, id, query, status, texts, when};
use super::senders::policy_text;
use crate::refusal::{Mistake, errors, or_mistakes};
use crate::senders::{self, Agreement, Policy, Raw, Sender, Terms, store};
use crate::texts::L;

#[derive(Template)]
#[template(path = "monitoring/sender.html")]
struct SenderView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    is_new: bool,
    code: String,
    name: String,
    body: String,
    options: Vec<(String, String)>,
    policies: Vec<Choice>,
    least: String,
    most: String,
    zone: String,
    due_hours: String,
    since: String,
    until: String,
    token_at: Option<When>,
    /// Shown once, right after it was made.
    token: String,
    links: Vec<(String, &'static str)>,
    history: Vec<Past>,
}

/// What was agreed from a day on.
struct Past {
    since: String,
    said: String,
    by: Option<(String, When)>,
}

/// What a form holds.
struct Typed(Form);

impl Typed {
    fn raw(&self) -> Raw<'_> {
        Raw {
            code: self.0.get("code"),
            name: self.0.get("name"),
            body: self.0.get("body"),
            policy: self.0.get("policy"),
            least: self.0.get("least"),
            most: self.0.get("most"),
            zone: self.0.get("zone"),
            due_hours: self.0.get("due_hours"),
            since: self.0.get("since"),
            until: self.0.get("until"),
        }
    }
}

async fn view(
    monitoring: &Monitoring,
    who: &Who,
    raw: Raw<'_>,
    known: Option<&Sender>,
    mistakes: &[Mistake],
) -> Result<SenderView, Fail> {
    let l = texts(who);
    let title = known.map_or_else(|| l.sender_new().to_owned(), |known| known.fields.name.clone());
    let zone = monitoring.zone(&who.scope);
    let chosen = if raw.policy.is_empty() { Policy::Whole.code() } else { raw.policy };
    let links = known.map_or_else(Vec::new, |known| {
        vec![
            (format!("/admin/monitoring/deliveries?sender={}", known.id), l.sender_deliveries()),
            (format!("/admin/monitoring/records?kind=own&sender={}", known.id), l.sender_own()),
        ]
    });
    Ok(SenderView {
        page: Tab::Senders.below(who, title.clone()).here(title),
        l,
        errors: errors(l, mistakes),
        here: known.map_or_else(
            || "/admin/monitoring/senders/new".to_owned(),
            |known| format!("/admin/monitoring/senders/{}", known.id),
        ),
        is_new: known.is_none(),
        code: raw.code.to_owned(),
        name: raw.name.to_owned(),
        body: raw.body.to_owned(),
        options: monitoring.options(&who.scope).await?,
        policies: Policy::ALL.map(|one| Choice::new(one.code(), policy_text(l, one), chosen)).into(),
        least: raw.least.to_owned(),
        most: raw.most.to_owned(),
        zone: raw.zone.to_owned(),
        due_hours: raw.due_hours.to_owned(),
        since: raw.since.to_owned(),
        until: raw.until.to_owned(),
        token_at: known.and_then(|known| known.token_at).map(|at| when(at, &zone)),
        token: String::new(),
        links,
        history: known.map_or_else(Vec::new, |known| past(l, known, &zone)),
    })
}

/// What was agreed from day to day, the last first.
fn past(l: L, sender: &Sender, zone: &Zone) -> Vec<Past> {
    let said = |agreed: &Agreement| {
        let Terms { policy, marks: (least, most), zone, due_hours } = &agreed.terms;
        let policy = policy_text(l, *policy).to_owned();
        l.sender_terms(
            i64::from(*due_hours),
            i64::from(*least),
            i64::from(*most),
            policy,
            zone.name().to_owned(),
        )
    };
    let since = |agreed: &Agreement| match agreed.valid_from {
        Agreement::ALWAYS => l.sender_terms_first().to_owned(),
        day => l.record_from(day.show()),
    };
    let by = |agreed: &Agreement| {
        let by = (!agreed.changed_by.is_empty()).then(|| agreed.changed_by.clone());
        by.map(|by| (by, when(agreed.changed_at, zone)))
    };
    let past = |agreed: &Agreement| Past { since: since(agreed), said: said(agreed), by: by(agreed) };
    sender.history.iter().rev().map(past).collect()
}

/// The form of a new sender, with what is usual filled in.
pub async fn new(State(monitoring): State<Monitoring>, who: Who) -> Result<Response, Fail> {
    let today = monitoring.ctx.now().day_in(&monitoring.zone(&who.scope)).to_string();
    let raw = Raw { least: "1", most: "5", due_hours: "12", since: &today, ..Raw::default() };
    Ok(html(StatusCode::OK, &view(&monitoring, &who, raw, None, &[]).await?))
}

/// Adds a sender.
pub async fn add(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let typed = Typed(form);
    let act = monitoring.act(&who, &trace);
    match or_mistakes(senders::add(&monitoring.ctx.db, &who.scope, &act, &typed.raw()).await)? {
        Ok(id) => {
            Ok(Redirect::to(&format!("/admin/monitoring/senders/{id}?done=sender-added")).into_response())
        }
        Err(mistakes) => {
            let view = view(&monitoring, &who, typed.raw(), None, &mistakes).await?;
            Ok(html(status(&mistakes), &view))
        }
    }
}

async fn found(monitoring: &Monitoring, who: &Who, path: &str) -> Result<Sender, Fail> {
    store::find(monitoring.ctx.db.read(), &who.scope, id(path)?).await?.ok_or(Fail::NotFound)
}

async fn known_view(monitoring: &Monitoring, who: &Who, sender: &Sender) -> Result<SenderView, Fail> {
    let fields = &sender.fields;
    let body = monitoring.offices.current().get(fields.body).map(|office| office.code.clone());
    let (least, most) = (fields.marks.0.to_string(), fields.marks.1.to_string());
    let (hours, since) = (fields.due_hours.to_string(), fields.since.to_string());
    let until = fields.until.map_or_else(String::new, |day| day.to_string());
    let raw = Raw {
        code: &fields.code,
        name: &fields.name,
        body: body.as_deref().unwrap_or_default(),
        policy: fields.policy.code(),
        least: &least,
        most: &most,
        zone: fields.zone.name(),
        due_hours: &hours,
        since: &since,
        until: &until,
    };
    view(monitoring, who, raw, Some(sender), &[]).await
}

/// The page of a sender.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let sender = found(&monitoring, &who, &path).await?;
    let mut view = known_view(&monitoring, &who, &sender).await?;
    view.page = flash(view.page, view.l, &query(raw)?);
    Ok(html(StatusCode::OK, &view))
}

/// Changes a sender.
pub async fn save(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let sender = found(&monitoring, &who, &path).await?;
    let (typed, act) = (Typed(form), monitoring.act(&who, &trace));
    let (db, whose) = (&monitoring.ctx.db, (sender.id, who.caller.name()));
    match or_mistakes(senders::change(db, &who.scope, &act, whose, &typed.raw()).await)? {
        Ok(()) => Ok(back(sender.id, "saved")),
        Err(mistakes) => {
            let view = view(&monitoring, &who, typed.raw(), Some(&sender), &mistakes).await?;
            Ok(html(status(&mistakes), &view))
        }
    }
}

fn back(sender: Id, done: &str) -> Response {
    Redirect::to(&format!("/admin/monitoring/senders/{sender}?done={done}")).into_response()
}

/// Makes a new token and shows it: this one time, so the answer is the page itself.
pub async fn token(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let sender = found(&monitoring, &who, &path).await?;
    let act = monitoring.act(&who, &trace);
    let made = senders::renew_token(&monitoring.ctx.db, &who.scope, &act, sender.id).await;
    let Ok(token) = or_mistakes(made)? else { return Err(Fail::NotFound) };
    let sender = found(&monitoring, &who, &path).await?;
    let mut view = known_view(&monitoring, &who, &sender).await?;
    view.token = token;
    Ok(html(StatusCode::OK, &view))
}

/// Takes the token away.
pub async fn end_token(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let sender = found(&monitoring, &who, &path).await?;
    let act = monitoring.act(&who, &trace);
    match or_mistakes(senders::drop_token(&monitoring.ctx.db, &who.scope, &act, sender.id).await)? {
        Ok(()) => Ok(back(sender.id, "token-ended")),
        Err(_) => Err(Fail::NotFound),
    }
}
