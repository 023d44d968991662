//! The recipients of an office: one field with any number of addresses (QR-6, QR-8, [1 §3.4–3.6]).

mod delivery;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use otklik_db::DbErr;
use otklik_journal::Actor;
use otklik_kernel::Id;
use otklik_mail::{BadAddress, EmailAddress, parse_list};
use otklik_organisations::{Body, store};
use otklik_ui::{Errors, FlashKind, Page, Section, thousands};
use otklik_web::{Ctx, Fail, Form, Trace, Who, html};
use serde::Deserialize;

use self::delivery::Delivery;
use super::Shared;
use crate::texts::L;
use crate::{recipients, set_recipients};

/// The field of the form.
const FIELD: &str = "recipients";
/// Wrong addresses pointed out one by one at most; the others are counted.
const MOST_SHOWN: usize = 50;
/// The longest part of a wrong address that is repeated, in characters.
const LONGEST_SHOWN: usize = 80;

/// What had just been done.
#[derive(Deserialize)]
pub struct Done {
    done: Option<String>,
    merged: Option<usize>,
}

#[derive(Template)]
#[template(path = "notifications/recipients.html")]
struct RecipientsView {
    page: Page,
    l: L,
    here: String,
    hint: String,
    /// What the field holds: the saved list, or what was typed.
    value: String,
    rows: usize,
    errors: Errors,
    /// How many addresses are saved.
    saved: usize,
    delivery: Delivery,
}

impl RecipientsView {
    async fn new(ctx: &Ctx, who: &Who, body: &Body, list: &[EmailAddress]) -> Result<Self, DbErr> {
        let l = L(who.viewer.lang);
        let name = &body.fields.short_name;
        let page = who
            .page(Section::Bodies, l.recipients_of(name.clone()))
            .crumb(Section::Bodies.text(otklik_ui::L(who.viewer.lang)), Section::Bodies.href())
            .crumb(name.clone(), format!("/admin/bodies/{}", body.id))
            .here(l.recipients_title());
        let value = list.iter().map(EmailAddress::shown).collect::<Vec<_>>().join(", ");
        Ok(Self {
            page,
            l,
            here: format!("/admin/bodies/{}/recipients", body.id),
            hint: hint(l, &ctx.settings.recipient_template, body),
            rows: rows(&value),
            value,
            errors: Errors::new(),
            saved: list.len(),
            delivery: Delivery::of(ctx, body, list, l).await?,
        })
    }
}

/// How many lines the field shows.
fn rows(value: &str) -> usize {
    let lines: usize = value.lines().map(|line| 1 + line.chars().count() / 90).sum();
    lines.clamp(4, 20)
}

/// How an office's address usually looks, from the settings (QR-8), and how to write several.
fn hint(l: L, template: &str, body: &Body) -> String {
    let fields = &body.fields;
    let needs_region = template.contains("{region}") && fields.region.is_empty();
    if template.is_empty() || needs_region {
        return l.recipients_several().to_owned();
    }
    let example = template.replace("{code}", &fields.code).replace("{region}", &fields.region);
    format!("{} {}", l.recipients_example(example), l.recipients_several())
}

async fn find(ctx: &Ctx, who: &Who, id: &str) -> Result<Body, Fail> {
    let id: Id = id.parse().map_err(|_| Fail::NotFound)?;
    store::find(ctx.db.read(), &who.scope, id).await?.ok_or(Fail::NotFound)
}

/// Shows the saved list.
pub async fn show(
    State(Shared { ctx }): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, Fail> {
    let body = find(&ctx, &who, &id).await?;
    let list = recipients(ctx.db.read(), body.id).await?;
    let mut view = RecipientsView::new(&ctx, &who, &body, &list).await?;
    if done.done.as_deref() == Some("saved") {
        let text = saved(view.l, list.len(), done.merged.unwrap_or_default());
        view.page = view.page.flash(FlashKind::Done, text);
    }
    Ok(html(StatusCode::OK, &view))
}

fn saved(l: L, count: usize, merged: usize) -> String {
    let mut text = match count {
        0 => l.recipients_saved_none().to_owned(),
        count => l.recipients_saved(count, thousands(count as u64)),
    };
    if merged > 0 {
        text.push(' ');
        text.push_str(&l.recipients_merged(merged));
    }
    text
}

/// Saves the good addresses; wrong ones stay in the field and are pointed out one by one. A list without a
/// single good address changes nothing: emptying the list is leaving the field empty.
pub async fn save(
    State(Shared { ctx }): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let body = find(&ctx, &who, &id).await?;
    let typed = form.find(FIELD).ok_or(Fail::Form(otklik_web::form::FormError::Broken))?;
    let parsed = parse_list(typed);
    let is_saved = !parsed.good.is_empty() || parsed.bad.is_empty();
    if is_saved {
        let actor = Actor::Person { id: who.caller.person(), login: who.caller.login() };
        let tx = ctx.db.begin().await?;
        set_recipients(&tx, &ctx, actor, &trace.0, body.id, &parsed.good).await?;
        tx.commit().await?;
    }
    if parsed.bad.is_empty() {
        let merged = match parsed.merged {
            0 => String::new(),
            merged => format!("&merged={merged}"),
        };
        return Ok(
            Redirect::to(&format!("/admin/bodies/{}/recipients?done=saved{merged}", body.id)).into_response()
        );
    }
    let list = recipients(ctx.db.read(), body.id).await?;
    let mut view = RecipientsView::new(&ctx, &who, &body, &list).await?;
    let flash = match is_saved {
        true => {
            let text = format!("{} {}", saved(view.l, list.len(), parsed.merged), view.l.recipients_rest());
            (FlashKind::Notice, text)
        }
        false => (FlashKind::Problem, view.l.recipients_unchanged().to_owned()),
    };
    view.page = view.page.flash(flash.0, flash.1);
    view.errors = errors(view.l, &parsed.bad);
    (view.rows, view.value) = (rows(typed), typed.to_owned());
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// A mistake per wrong address.
fn errors(l: L, bad: &[BadAddress]) -> Errors {
    let mut errors = Errors::new();
    for address in bad.iter().take(MOST_SHOWN) {
        let mut shown: String = address.text.chars().take(LONGEST_SHOWN).collect();
        if shown.len() < address.text.len() {
            shown.push('…');
        }
        errors.add(FIELD, l.recipients_bad(address.error.text(l.0), address.position, shown));
    }
    if bad.len() > MOST_SHOWN {
        errors.add(FIELD, l.recipients_bad_more(bad.len() - MOST_SHOWN));
    }
    errors
}
