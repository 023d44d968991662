//! A partner: what is agreed with them.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use otklik_access::Scope;
use otklik_ui::{Choice, Errors, Page};
use otklik_web::{Fail, Form, Trace, Who, html};

use super::common::{Monitoring, Tab, choices, flash, id, query, status, texts};
use super::partners::method_text;
use crate::partners::{self, Layout, Method, Partner, Raw, store};
use crate::refusal::{Mistake, errors, or_mistakes};
use crate::senders;
use crate::texts::L;

#[derive(Template)]
#[template(path = "monitoring/partner.html")]
struct PartnerView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    is_new: bool,
    body: String,
    name: String,
    methods: Vec<Choice>,
    address: String,
    address_hint: String,
    login: String,
    secret_hint: &'static str,
    server_key: String,
    layouts: Vec<Choice>,
    senders: Vec<Choice>,
    hour: String,
    is_on: bool,
    since: String,
    options: Vec<(String, String)>,
}

const SYSTEM: Scope = Scope::system("the sender that was agreed on");

struct Typed(Form);

impl Typed {
    fn raw(&self) -> Raw<'_> {
        Raw {
            body: self.0.get("body"),
            name: self.0.get("name"),
            method: self.0.get("method"),
            address: self.0.get("address"),
            login: self.0.get("login"),
            secret: self.0.get("secret"),
            server_key: self.0.get("server_key"),
            layout: self.0.get("layout"),
            sender: self.0.get("sender"),
            hour: self.0.get("hour"),
            is_on: self.0.is_on("is_on"),
            since: self.0.get("since"),
        }
    }
}

async fn view(
    monitoring: &Monitoring,
    who: &Who,
    raw: Raw<'_>,
    known: Option<&Partner>,
    mistakes: &[Mistake],
) -> Result<PartnerView, Fail> {
    let l = texts(who);
    let title = known.map_or_else(|| l.partner_new().to_owned(), |known| known.fields.name.clone());
    let all = senders::store::all(monitoring.ctx.db.read(), &who.scope).await?;
    let some = all.into_iter().map(|one| (one.fields.code, one.fields.name));
    let layouts = [(Layout::Package, l.layout_package()), (Layout::Wide, l.layout_wide())];
    let method = if raw.method.is_empty() { Method::Folder.code() } else { raw.method };
    let layout = if raw.layout.is_empty() { Layout::Package.code() } else { raw.layout };
    Ok(PartnerView {
        page: Tab::Partners.below(who, title.clone()).here(title),
        l,
        errors: errors(l, mistakes),
        here: known.map_or_else(
            || "/admin/monitoring/partners/new".to_owned(),
            |known| format!("/admin/monitoring/partners/{}", known.id),
        ),
        is_new: known.is_none(),
        body: raw.body.to_owned(),
        name: raw.name.to_owned(),
        methods: Method::ALL.map(|one| Choice::new(one.code(), method_text(l, one), method)).into(),
        address: raw.address.to_owned(),
        address_hint: l.partner_address_hint(monitoring.folders.to_string()),
        login: raw.login.to_owned(),
        secret_hint: match known {
            Some(known) if !known.fields.secret.is_empty() => l.partner_secret_kept(),
            _ => l.partner_secret_hint(),
        },
        server_key: raw.server_key.to_owned(),
        layouts: layouts.map(|(one, text)| Choice::new(one.code(), text, layout)).into(),
        senders: choices(l.partner_all_senders(), some, raw.sender),
        hour: raw.hour.to_owned(),
        is_on: raw.is_on,
        since: raw.since.to_owned(),
        options: monitoring.options(&who.scope).await?,
    })
}

/// The form of a new partner.
pub async fn new(State(monitoring): State<Monitoring>, who: Who) -> Result<Response, Fail> {
    let today = monitoring.ctx.now().day_in(&monitoring.zone(&who.scope)).to_string();
    let raw = Raw { hour: "6", since: &today, is_on: true, ..Raw::default() };
    Ok(html(StatusCode::OK, &view(&monitoring, &who, raw, None, &[]).await?))
}

/// Adds a partner.
pub async fn add(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let (typed, act, ctx) = (Typed(form), monitoring.act(&who, &trace), &monitoring.ctx);
    let (roots, raw) = (&monitoring.folders, typed.raw());
    match or_mistakes(partners::add(&ctx.db, &who.scope, &act, &ctx.secret, roots, &raw).await)? {
        Ok(_) => {
            monitoring.to_send.wake();
            Ok(Redirect::to("/admin/monitoring/partners?done=partner-added").into_response())
        }
        Err(mistakes) => {
            let view = view(&monitoring, &who, typed.raw(), None, &mistakes).await?;
            Ok(html(status(&mistakes), &view))
        }
    }
}

async fn found(monitoring: &Monitoring, who: &Who, path: &str) -> Result<Partner, Fail> {
    store::find(monitoring.ctx.db.read(), &who.scope, id(path)?).await?.ok_or(Fail::NotFound)
}

/// The form of a partner.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let partner = found(&monitoring, &who, &path).await?;
    let fields = &partner.fields;
    let body = monitoring.offices.current().get(fields.body).map(|office| office.code.clone());
    let sender = match fields.sender {
        // One that has left the scope stays chosen: all the others would be sent in its place.
        Some(id) => senders::store::find(monitoring.ctx.db.read(), &SYSTEM, id).await?,
        None => None,
    };
    let sender = sender.map_or_else(String::new, |sender| sender.fields.code);
    let (hour, since) = (fields.hour.to_string(), fields.since.to_string());
    let shown = Raw {
        body: body.as_deref().unwrap_or_default(),
        name: &fields.name,
        method: fields.method.code(),
        address: &fields.address,
        login: &fields.login,
        secret: "",
        server_key: &fields.server_key,
        layout: fields.layout.code(),
        sender: &sender,
        hour: &hour,
        is_on: fields.is_on,
        since: &since,
    };
    let mut view = view(&monitoring, &who, shown, Some(&partner), &[]).await?;
    view.page = flash(view.page, view.l, &query(raw)?);
    Ok(html(StatusCode::OK, &view))
}

/// Changes a partner.
pub async fn save(
    State(monitoring): State<Monitoring>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let partner = found(&monitoring, &who, &path).await?;
    let (typed, act, ctx) = (Typed(form), monitoring.act(&who, &trace), &monitoring.ctx);
    let (roots, raw) = (&monitoring.folders, typed.raw());
    let done = partners::change(&ctx.db, &who.scope, &act, &ctx.secret, roots, partner.id, &raw).await;
    match or_mistakes(done)? {
        Ok(()) => {
            monitoring.to_send.wake();
            let href = format!("/admin/monitoring/partners/{}?done=saved", partner.id);
            Ok(Redirect::to(&href).into_response())
        }
        Err(mistakes) => {
            let view = view(&monitoring, &who, typed.raw(), Some(&partner), &mistakes).await?;
            Ok(html(status(&mistakes), &view))
        }
    }
}
