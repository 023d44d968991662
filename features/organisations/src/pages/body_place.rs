//! Moving a body, closing it and opening it again.

use axum::extract::{Path, State};
use axum::response::Response;
use otklik_ui::{Errors, Page};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::bodies::check::code_of;
use crate::bodies::{close, relocate};
use crate::model::Body;
use crate::pages::Web;
use crate::pages::common::{body_found, body_page, id, options, or_mistakes, status, texts};
use crate::refusal::{Mistake, errors};
use crate::store;
use crate::texts::L;

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
    let body = body_found(&web, &who, &path).await?;
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
    let body = body_found(&web, &who, &path).await?;
    let (id, parent) = (body.id, form.get("parent_code"));
    let act = web.act(&who, &trace);
    match or_mistakes(relocate::relocate(&web.ctx.db, &who.scope, &act, id, parent).await)? {
        Ok(()) => Ok(web.changed(id, "moved").await),
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
    let body = body_found(&web, &who, &path).await?;
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
    let body = body_found(&web, &who, &path).await?;
    let (id, reason) = (body.id, form.get("reason"));
    let act = web.act(&who, &trace);
    match or_mistakes(close::close(&web.ctx.db, &who.scope, &act, id, reason).await)? {
        Ok(()) => Ok(web.changed(id, "closed").await),
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
    Ok(web.changed(id, "reopened").await)
}
