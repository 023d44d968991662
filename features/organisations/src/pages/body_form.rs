//! Adding and changing a body, moving and closing it.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use otklik_kernel::Id;
use otklik_ui::{Choice, Errors, Page, Section};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::bodies::check::{COLUMNS, NO, Raw, YES, code_of};
use crate::bodies::{change, close, create, relocate, zones};
use crate::model::{Body, BodyKind, Level};
use crate::pages::Web;
use crate::pages::common::{body_page, id, options, or_mistakes, query, texts};
use crate::refusal::{Mistake, errors};
use crate::store;
use crate::texts::L;

#[derive(askama::Template)]
#[template(path = "organisations/body-form.html")]
struct FormView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    back: String,
    is_new: bool,
    raw: Raw,
    kinds: Vec<Choice>,
    levels: Vec<Choice>,
    zones: Vec<Choice>,
    options: Vec<(String, String)>,
}

fn read(form: &Form) -> Raw {
    let mut raw = Raw::default();
    for column in COLUMNS {
        raw.set(column, form.get(column));
    }
    for flag in ["queue_terminal", "office"] {
        raw.set(flag, if form.is_on(flag) { YES } else { NO });
    }
    raw
}

fn zone_choices(l: L, current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", l.choose(), current)];
    choices.extend(zones::ZONES.map(|(name, title)| Choice::new(name, title, current)));
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice::new(current, current, current));
    }
    choices
}

/// The fields as they stand in the form, where they are in another order than the columns of a table.
const FIRST: [&str; 4] = ["parent_code", "short_name", "full_name", "code"];

impl FormView {
    fn new(page: Page, l: L, raw: Raw, mistakes: &[Mistake]) -> Self {
        let mut mistakes = mistakes.to_vec();
        mistakes.sort_by_key(|one| FIRST.iter().position(|field| *field == one.field).unwrap_or(FIRST.len()));
        Self {
            page,
            l,
            errors: errors(l, &mistakes),
            here: "/admin/bodies/new".to_owned(),
            back: "/admin/bodies".to_owned(),
            is_new: true,
            kinds: BodyKind::choices(l, l.choose(), raw.get("kind")),
            levels: Level::choices(l, l.choose(), raw.get("level")),
            zones: zone_choices(l, raw.get("time_zone")),
            options: Vec::new(),
            raw,
        }
    }
}

async fn new_page(web: &Web, who: &Who, raw: Raw, mistakes: &[Mistake]) -> Result<Response, Fail> {
    let l = texts(who);
    let page = who.page(Section::Bodies, l.body_new_title()).crumb(l.bodies_title(), "/admin/bodies");
    let page = page.here(l.body_new_title());
    let view = FormView { options: options(web, &who.scope).await?, ..FormView::new(page, l, raw, mistakes) };
    Ok(html(status(mistakes), &view))
}

fn status(mistakes: &[Mistake]) -> StatusCode {
    if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// The form of a new body; what it shares with the one above it is filled in.
pub(crate) async fn new(State(web): State<Web>, who: Who, RawQuery(raw): RawQuery) -> Result<Response, Fail> {
    let query = query(raw)?;
    let mut raw = Raw::default();
    raw.set("office", YES);
    let conn = web.ctx.db.read();
    let parent = match (query.get("parent"), who.scope.tops()) {
        ("", &[top]) => store::find(conn, &who.scope, top).await?,
        (code, _) => store::find_by_code(conn, &who.scope, code).await?,
    };
    if let Some(parent) = parent {
        raw.set("parent_code", parent.fields.code);
        raw.set("region", parent.fields.region);
        raw.set("time_zone", parent.fields.zone.name());
        raw.set("site", parent.fields.site);
    }
    new_page(&web, &who, raw, &[]).await
}

/// Adds a body.
pub(crate) async fn add(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let raw = read(&form);
    match or_mistakes(create::create(&web.ctx.db, &who.scope, &web.act(&who, &trace), &raw).await)? {
        Ok(id) => {
            web.refresh().await;
            Ok(Redirect::to(&format!("/admin/bodies/{id}?done=added")).into_response())
        }
        Err(mistakes) => new_page(&web, &who, raw, &mistakes).await,
    }
}

async fn found(web: &Web, who: &Who, path: &str) -> Result<Body, Fail> {
    store::find(web.ctx.db.read(), &who.scope, id(path)?).await?.ok_or(Fail::NotFound)
}

async fn edit_page(web: &Web, who: &Who, body: Id, raw: Raw, mistakes: &[Mistake]) -> Result<Response, Fail> {
    let l = texts(who);
    let page = body_page(web, who, &who.scope, body, l.body_edit_title()).await?.here(l.change());
    let (here, back) = (format!("/admin/bodies/{body}/edit"), format!("/admin/bodies/{body}"));
    let view = FormView { here, back, is_new: false, ..FormView::new(page, l, raw, mistakes) };
    Ok(html(status(mistakes), &view))
}

/// The form of a body.
pub(crate) async fn edit(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
) -> Result<Response, Fail> {
    let body = found(&web, &who, &path).await?;
    edit_page(&web, &who, body.id, Raw::of(&body.fields, ""), &[]).await
}

/// Changes a body.
pub(crate) async fn save(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (id, raw) = (id(&path)?, read(&form));
    match or_mistakes(change::change(&web.ctx.db, &who.scope, &web.act(&who, &trace), id, &raw).await)? {
        Ok(_) => {
            web.refresh().await;
            Ok(Redirect::to(&format!("/admin/bodies/{id}?done=saved")).into_response())
        }
        Err(mistakes) => edit_page(&web, &who, id, raw, &mistakes).await,
    }
}

#[derive(askama::Template)]
#[template(path = "organisations/body-move.html")]
struct MoveView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    back: String,
    below: i64,
    parent: String,
    options: Vec<(String, String)>,
}

async fn move_page(
    web: &Web,
    who: &Who,
    body: Body,
    parent: String,
    mistakes: &[Mistake],
) -> Result<Response, Fail> {
    let l = texts(who);
    let title = l.body_move_title(body.fields.short_name.clone());
    let page = body_page(web, who, &who.scope, body.id, title).await?.here(l.body_move());
    let options = options(web, &who.scope).await?;
    let view = MoveView {
        page,
        l,
        errors: errors(l, mistakes),
        here: format!("/admin/bodies/{}/move", body.id),
        back: format!("/admin/bodies/{}", body.id),
        below: store::open_below(web.ctx.db.read(), &who.scope, body.id).await?,
        parent,
        options: options.into_iter().filter(|(code, _)| *code != body.fields.code).collect(),
    };
    Ok(html(status(mistakes), &view))
}

/// The form for moving a body.
pub(crate) async fn move_form(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
) -> Result<Response, Fail> {
    let body = found(&web, &who, &path).await?;
    let within = match body.parent {
        Some(parent) if who.scope.contains(web.ctx.db.read(), parent).await? => Some(parent),
        _ => None,
    };
    let parent = code_of(web.ctx.db.read(), within).await?;
    move_page(&web, &who, body, parent, &[]).await
}

/// Moves a body.
pub(crate) async fn move_to(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let body = found(&web, &who, &path).await?;
    let (id, parent) = (body.id, form.get("parent_code"));
    let act = web.act(&who, &trace);
    match or_mistakes(relocate::relocate(&web.ctx.db, &who.scope, &act, id, parent).await)? {
        Ok(()) => {
            web.refresh().await;
            Ok(Redirect::to(&format!("/admin/bodies/{id}?done=moved")).into_response())
        }
        Err(mistakes) => move_page(&web, &who, body, parent.to_owned(), &mistakes).await,
    }
}

#[derive(askama::Template)]
#[template(path = "organisations/body-close.html")]
struct CloseView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    back: String,
    below: i64,
    is_office: bool,
    reason: String,
}

async fn close_page(
    web: &Web,
    who: &Who,
    body: Body,
    reason: String,
    mistakes: &[Mistake],
) -> Result<Response, Fail> {
    let l = texts(who);
    let title = l.body_close_title(body.fields.short_name.clone());
    let view = CloseView {
        page: body_page(web, who, &who.scope, body.id, title).await?.here(l.body_close()),
        l,
        errors: errors(l, mistakes),
        here: format!("/admin/bodies/{}/close", body.id),
        back: format!("/admin/bodies/{}", body.id),
        below: store::open_below(web.ctx.db.read(), &who.scope, body.id).await?,
        is_office: body.fields.is_office,
        reason,
    };
    Ok(html(status(mistakes), &view))
}

/// The form for closing a body.
pub(crate) async fn close_form(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
) -> Result<Response, Fail> {
    let body = found(&web, &who, &path).await?;
    close_page(&web, &who, body, String::new(), &[]).await
}

/// Closes a body.
pub(crate) async fn close_now(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let body = found(&web, &who, &path).await?;
    let (id, reason) = (body.id, form.get("reason"));
    let act = web.act(&who, &trace);
    match or_mistakes(close::close(&web.ctx.db, &who.scope, &act, id, reason).await)? {
        Ok(()) => {
            web.refresh().await;
            Ok(Redirect::to(&format!("/admin/bodies/{id}?done=closed")).into_response())
        }
        Err(mistakes) => close_page(&web, &who, body, reason.to_owned(), &mistakes).await,
    }
}

/// Opens a closed body again.
pub(crate) async fn reopen(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let id = id(&path)?;
    let done = close::reopen(&web.ctx.db, &who.scope, &web.act(&who, &trace), id).await;
    done.map_err(Fail::from)?;
    web.refresh().await;
    Ok(Redirect::to(&format!("/admin/bodies/{id}?done=reopened")).into_response())
}
