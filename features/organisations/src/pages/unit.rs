//! Adding, changing and removing a unit.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_kernel::Id;
use otklik_ui::{Errors, Page};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::pages::Web;
use crate::pages::common::{body_found, body_page, id, or_mistakes, status, texts};
use crate::refusal::{Mistake, errors};
use crate::texts::L;
use crate::units;

#[derive(askama::Template)]
#[template(path = "organisations/unit.html")]
struct UnitView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    back: String,
    is_new: bool,
    members: u64,
    name: String,
    is_quality: bool,
}

struct Shown<'a> {
    body: Id,
    unit: Option<(Id, u64)>,
    name: &'a str,
    is_quality: bool,
}

async fn page(web: &Web, who: &Who, shown: Shown<'_>, mistakes: &[Mistake]) -> Result<Response, Fail> {
    let l = texts(who);
    let title = if shown.unit.is_some() { l.unit_title() } else { l.unit_new_title() };
    let back = format!("/admin/bodies/{}", shown.body);
    let view = UnitView {
        page: body_page(web, who, &who.scope, shown.body, title).await?.here(title),
        l,
        errors: errors(l, mistakes),
        here: match shown.unit {
            Some((unit, _)) => format!("{back}/units/{unit}"),
            None => format!("{back}/units/new"),
        },
        back,
        is_new: shown.unit.is_none(),
        members: shown.unit.map_or(0, |(_, members)| members),
        name: shown.name.to_owned(),
        is_quality: shown.is_quality,
    };
    Ok(html(status(mistakes), &view))
}

/// The form of a new unit.
pub(crate) async fn new(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
) -> Result<Response, Fail> {
    let body = body_found(&web, &who, &path).await?.id;
    page(&web, &who, Shown { body, unit: None, name: "", is_quality: false }, &[]).await
}

/// Adds a unit.
pub(crate) async fn add(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let body = id(&path)?;
    let (name, is_quality) = (form.get("unit_name"), form.is_on("quality"));
    let act = web.act(&who, &trace);
    match or_mistakes(units::add(&web.ctx.db, &who.scope, &act, body, name, is_quality).await)? {
        Ok(_) => Ok(Redirect::to(&format!("/admin/bodies/{body}?done=unit-added")).into_response()),
        Err(mistakes) => page(&web, &who, Shown { body, unit: None, name, is_quality }, &mistakes).await,
    }
}

async fn found(web: &Web, who: &Who, path: &(String, String)) -> Result<(Id, units::Unit), Fail> {
    let (body, unit) = (id(&path.0)?, id(&path.1)?);
    let unit = units::store::find(web.ctx.db.read(), &who.scope, body, unit).await?.ok_or(Fail::NotFound)?;
    Ok((body, unit))
}

/// The form of a unit.
pub(crate) async fn edit(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (body, unit) = found(&web, &who, &path).await?;
    let shown =
        Shown { body, unit: Some((unit.id, unit.members)), name: &unit.name, is_quality: unit.is_quality };
    page(&web, &who, shown, &[]).await
}

/// Changes a unit.
pub(crate) async fn save(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    let (body, unit) = found(&web, &who, &path).await?;
    let (name, is_quality) = (form.get("unit_name"), form.is_on("quality"));
    let act = web.act(&who, &trace);
    let done = units::change(&web.ctx.db, &who.scope, &act, (body, unit.id), name, is_quality).await;
    match or_mistakes(done)? {
        Ok(()) => Ok(Redirect::to(&format!("/admin/bodies/{body}?done=unit-saved")).into_response()),
        Err(mistakes) => {
            let shown = Shown { body, unit: Some((unit.id, unit.members)), name, is_quality };
            page(&web, &who, shown, &mistakes).await
        }
    }
}

/// Removes a unit.
pub(crate) async fn remove(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<(String, String)>,
    _form: Form,
) -> Result<Response, Fail> {
    let (body, unit) = found(&web, &who, &path).await?;
    let act = web.act(&who, &trace);
    match or_mistakes(units::remove(&web.ctx.db, &who.scope, &act, body, unit.id).await)? {
        Ok(()) => Ok(Redirect::to(&format!("/admin/bodies/{body}?done=unit-removed")).into_response()),
        Err(mistakes) => {
            let members = Some((unit.id, unit.members));
            let shown = Shown { body, unit: members, name: &unit.name, is_quality: unit.is_quality };
            page(&web, &who, shown, &mistakes).await
        }
    }
}
