//! The recipients of an office: one field with any number of addresses (QR-6, QR-8, [1 §3.4–3.6]).

mod delivery;
mod marks;

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
use self::marks::Marks;
pub use self::marks::mark;
use super::Shared;
use crate::read::{self, Recipient};
use crate::set_recipients;
use crate::texts::L;

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
    /// How an office's address usually looks, while it isn't in the field (QR-8).
    example: Option<String>,
    /// What the field holds: the saved list, or what was typed.
    value: String,
    rows: usize,
    errors: Errors,
    /// How many addresses are saved.
    saved: usize,
    delivery: Delivery,
    marks: Marks,
}

impl RecipientsView {
    async fn new(ctx: &Ctx, who: &Who, body: &Body, list: &[Recipient]) -> Result<Self, DbErr> {
        let l = L(who.viewer.lang);
        let name = &body.fields.short_name;
        let page = who
            .page(Section::Bodies, l.recipients_of(name.clone()))
            .crumb(Section::Bodies.text(otklik_ui::L(who.viewer.lang)), Section::Bodies.href())
            .crumb(name.clone(), format!("/admin/bodies/{}", body.id))
            .here(l.recipients_title());
        let addresses: Vec<EmailAddress> = list.iter().map(|one| one.address.clone()).collect();
        let value = addresses.iter().map(EmailAddress::shown).collect::<Vec<_>>().join(", ");
        let example = example(&ctx.settings.recipient_template, body);
        Ok(Self {
            page,
            l,
            here: format!("/admin/bodies/{}/recipients", body.id),
            hint: hint(l, example.as_deref()),
            example: example.filter(|example| !has(&value, example)),
            rows: rows(&value),
            value,
            errors: Errors::new(),
            saved: list.len(),
            delivery: Delivery::of(ctx, body, &addresses, l).await?,
            marks: Marks::new(l, list, None, Errors::new()),
        })
    }

    /// Shows what was typed instead of the saved list.
    fn typed(&mut self, value: String) {
        self.rows = rows(&value);
        self.example = self.example.take().filter(|example| !has(&value, example));
        self.value = value;
    }
}

/// How many lines the field shows.
fn rows(value: &str) -> usize {
    let lines: usize = value.lines().map(|line| 1 + line.chars().count() / 90).sum();
    lines.clamp(4, 20)
}

/// How an office's address usually looks, from the settings (QR-8), with the office's own code and region.
fn example(template: &str, body: &Body) -> Option<String> {
    let fields = &body.fields;
    let needs_region = template.contains("{region}") && fields.region.is_empty();
    let is_known = !template.is_empty() && !needs_region;
    is_known.then(|| template.replace("{code}", &fields.code).replace("{region}", &fields.region))
}

/// The example, and how to write several addresses.
fn hint(l: L, example: Option<&str>) -> String {
    match example {
        Some(example) => format!("{} {}", l.recipients_example(example.to_owned()), l.recipients_several()),
        None => l.recipients_several().to_owned(),
    }
}

/// Whether an address is among those typed.
fn has(typed: &str, address: &str) -> bool {
    let Ok(address) = EmailAddress::parse(address) else { return false };
    parse_list(typed).good.iter().any(|known| known.key() == address.key())
}

async fn find(ctx: &Ctx, who: &Who, id: &str) -> Result<Body, Fail> {
    let id: Id = id.parse().map_err(|_| Fail::NotFound)?;
    store::find(ctx.db.read(), &who.scope, id).await?.ok_or(Fail::NotFound)
}

/// Shows the saved list.
pub async fn show(
    State(Shared { ctx, .. }): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, Fail> {
    let body = find(&ctx, &who, &id).await?;
    let list = read::recipients(ctx.db.read(), &who.scope, body.id).await?;
    let mut view = RecipientsView::new(&ctx, &who, &body, &list).await?;
    let text = match done.done.as_deref() {
        Some("saved") => saved(view.l, list.len(), done.merged.unwrap_or_default()),
        Some("marked") => view.l.mandatory_saved().to_owned(),
        Some("same") => view.l.mandatory_as_before().to_owned(),
        _ => return Ok(html(StatusCode::OK, &view)),
    };
    view.page = view.page.flash(FlashKind::Done, text);
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
    State(Shared { ctx, .. }): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let body = find(&ctx, &who, &id).await?;
    let typed = form.find(FIELD).ok_or(Fail::Form(otklik_web::form::FormError::Broken))?;
    if form.is_on("insert") {
        return inserted(&ctx, &who, &body, typed).await;
    }
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
    let list = read::recipients(ctx.db.read(), &who.scope, body.id).await?;
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
    view.typed(typed.to_owned());
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// The field as it was typed, with the office's usual address put at its end; nothing is saved yet (QR-8).
async fn inserted(ctx: &Ctx, who: &Who, body: &Body, typed: &str) -> Result<Response, Fail> {
    let list = read::recipients(ctx.db.read(), &who.scope, body.id).await?;
    let mut view = RecipientsView::new(ctx, who, body, &list).await?;
    let mut value = typed.trim_end().to_owned();
    if let Some(example) = example(&ctx.settings.recipient_template, body).filter(|one| !has(typed, one)) {
        if !value.is_empty() && !value.ends_with([',', ';']) {
            value.push(',');
        }
        value.push_str(if value.is_empty() { "" } else { " " });
        value.push_str(&example);
    }
    view.page = view.page.flash(FlashKind::Notice, view.l.recipients_inserted());
    view.typed(value);
    Ok(html(StatusCode::OK, &view))
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
