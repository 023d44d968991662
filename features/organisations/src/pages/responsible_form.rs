//! Adding, changing and removing a responsible employee.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_kernel::Id;
use otklik_ui::{Choice, Errors, Page};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::pages::Web;
use crate::pages::common::{body_found, body_page, id, or_mistakes, status, texts};
use crate::refusal::{Mistake, errors};
use crate::responsibles::check::Raw;
use crate::responsibles::{self, Responsible, store as register};
use crate::texts::L;
use crate::units;

#[derive(askama::Template)]
#[template(path = "organisations/responsible-form.html")]
struct FormView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    back: String,
    is_new: bool,
    raw: Raw,
    units: Vec<String>,
    people: Vec<Choice>,
}

fn read(form: &Form) -> Raw {
    let get = |name: &str| form.get(name).to_owned();
    Raw {
        unit: get("unit"),
        position: get("position"),
        name: get("name"),
        phone_code: get("phone_code"),
        phone_vts: get("phone_vts"),
        phone_number: get("phone_number"),
        email: get("email"),
        person: get("person"),
    }
}

async fn page(
    web: &Web,
    who: &Who,
    place: (Id, Option<Id>),
    raw: Raw,
    mistakes: &[Mistake],
) -> Result<Response, Fail> {
    let (l, conn, (body, row)) = (texts(who), web.ctx.db.read(), place);
    let title = if row.is_some() { l.register_edit_title() } else { l.register_new_title() };
    let back = format!("/admin/bodies/{body}/responsibles");
    let page = body_page(web, who, &who.scope, body, title).await?;
    let mut people = vec![Choice::new("", l.register_no_account(), &raw.person)];
    let accounts = register::accounts(conn, body).await?;
    people.extend(accounts.into_iter().map(|(id, name)| Choice::new(id.to_string(), name, &raw.person)));
    let units = units::store::of(conn, &who.scope, body).await?;
    let view = FormView {
        page: page.crumb(l.register_short(), back.as_str()).here(title),
        l,
        errors: errors(l, mistakes),
        here: row.map_or_else(|| format!("{back}/new"), |id| format!("{back}/{id}")),
        back,
        is_new: row.is_none(),
        units: units.into_iter().map(|unit| unit.name).collect(),
        people,
        raw,
    };
    Ok(html(status(mistakes), &view))
}

/// The form of a new row; the unit responsible for quality is filled in [1 §2.1].
pub(crate) async fn new(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
) -> Result<Response, Fail> {
    let body = body_found(&web, &who, &path).await?.id;
    let units = units::store::of(web.ctx.db.read(), &who.scope, body).await?;
    let unit = units.into_iter().find(|unit| unit.is_quality).map(|unit| unit.name).unwrap_or_default();
    page(&web, &who, (body, None), Raw { unit, ..Raw::default() }, &[]).await
}

/// Adds a row.
pub(crate) async fn add(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (body, raw) = (id(&path)?, read(&form));
    let done = responsibles::add(&web.ctx.db, &who.scope, &web.act(&who, &trace), body, &raw).await;
    match or_mistakes(done)? {
        Ok(_) => Ok(back(body, "responsible-added")),
        Err(mistakes) => page(&web, &who, (body, None), raw, &mistakes).await,
    }
}

async fn found(web: &Web, who: &Who, path: &(String, String)) -> Result<Responsible, Fail> {
    let row = register::find(web.ctx.db.read(), &who.scope, id(&path.0)?, id(&path.1)?).await?;
    row.ok_or(Fail::NotFound)
}

/// The form of a row.
pub(crate) async fn edit(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<(String, String)>,
) -> Result<Response, Fail> {
    let row = found(&web, &who, &path).await?;
    page(&web, &who, (row.body, Some(row.id)), Raw::from(&row.fields), &[]).await
}

/// Changes a row.
pub(crate) async fn save(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    let (row, raw) = (found(&web, &who, &path).await?, read(&form));
    let (act, place) = (web.act(&who, &trace), (row.body, row.id));
    match or_mistakes(responsibles::change(&web.ctx.db, &who.scope, &act, place, &raw).await)? {
        Ok(()) => Ok(back(row.body, "saved")),
        Err(mistakes) => page(&web, &who, (row.body, Some(row.id)), raw, &mistakes).await,
    }
}

/// Removes a row.
pub(crate) async fn remove(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<(String, String)>,
    _form: Form,
) -> Result<Response, Fail> {
    let (body, row) = (id(&path.0)?, id(&path.1)?);
    responsibles::remove(&web.ctx.db, &who.scope, &web.act(&who, &trace), body, row).await?;
    Ok(back(body, "responsible-removed"))
}

fn back(body: Id, done: &str) -> Response {
    Redirect::to(&format!("/admin/bodies/{body}/responsibles?done={done}")).into_response()
}
