//! A poster of the register: its photo, and taking it down. QR-11

use askama::Template;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_access::Permission;
use otklik_organisations::Body;
use otklik_ui::{Errors, Page, When};
use otklik_web::{Fail, Form, Trace, Who, html};

use super::common::{
    Materials, bad_photo, body_page, carrier_text, errors, flash, id, place_text, query, texts, when,
};
use super::office;
use crate::attach::attach as keep_photo;
use crate::model::Placement;
use crate::refusal::or_mistakes;
use crate::store::{photos, placements};
use crate::take_down::take_down;
use crate::texts::L;
use crate::upload::{self, File};

#[derive(Template)]
#[template(path = "materials/placement.html")]
struct PlacementView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    place: &'static str,
    carrier: &'static str,
    day: String,
    note: String,
    by: String,
    created: When,
    photo: Option<(u32, u32)>,
    alt: String,
    /// When, by whom and why it was taken down.
    removed: Option<(When, String, String)>,
    may_change: bool,
    reason: String,
}

async fn found(
    materials: &Materials,
    who: &Who,
    (body, placement): &(String, String),
) -> Result<(Body, Placement), Fail> {
    let body = office::find(&materials.ctx, who, body).await?;
    let placement = placements::find(materials.ctx.db.read(), &who.scope, body.id, id(placement)?).await?;
    Ok((body, placement.ok_or(Fail::NotFound)?))
}

async fn view(
    materials: &Materials,
    who: &Who,
    (body, placement): (Body, Placement),
    reason: &str,
    errors: Errors,
) -> Result<PlacementView, Fail> {
    let l = texts(who);
    let list = format!("/admin/bodies/{}/placements", body.id);
    let (fields, zone) = (placement.fields, &body.fields.zone);
    let place = place_text(l, fields.place);
    Ok(PlacementView {
        page: body_page(who, &body, l.placement_of(body.fields.short_name.clone()))
            .crumb(l.placements_title(), list.clone())
            .here(place),
        l,
        errors,
        here: format!("{list}/{}", placement.id),
        place,
        carrier: carrier_text(l, fields.carrier),
        day: fields.day.show(),
        alt: l.photo_alt(place),
        note: fields.note,
        by: placement.placed_by,
        created: when(placement.created_at, zone),
        photo: placement.photo,
        removed: placement.removed.map(|removed| (when(removed.at, zone), removed.by, removed.reason)),
        may_change: materials.may(who, Permission::MakeMaterials, body.id).await?,
        reason: reason.to_owned(),
    })
}

/// The page of a poster.
pub async fn show(
    State(materials): State<Materials>,
    who: Who,
    Path(path): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let query = query(raw)?;
    let found = found(&materials, &who, &path).await?;
    let mut view = view(&materials, &who, found, "", Errors::new()).await?;
    view.page = flash(view.page, view.l, &query);
    Ok(html(StatusCode::OK, &view))
}

/// The photo itself.
pub async fn photo(
    State(materials): State<Materials>,
    who: Who,
    Path((body, placement)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (body, placement) = (id(&body)?, id(&placement)?);
    let photo = photos::find(materials.ctx.db.read(), &who.scope, body, placement).await?;
    let name = format!("inline; filename=\"photo-{placement}.jpg\"");
    let headers = [(CONTENT_TYPE, "image/jpeg".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, photo.ok_or(Fail::NotFound)?).into_response())
}

/// Keeps a photo that was sent.
pub async fn attach(
    State(materials): State<Materials>,
    who: Who,
    trace: Trace,
    Path(path): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fail> {
    let found = found(&materials, &who, &path).await;
    // The token is checked before it is told whether there is such a poster.
    let sent = upload::read(&who, request).await?;
    let (found, l) = (found?, texts(&who));
    let made = match sent.photo {
        File::None => Err(l.photo_none()),
        File::TooLong => Err(l.photo_too_long()),
        File::Read(file) => materials.photo(file).await?.map_err(|bad| bad_photo(l, bad)),
    };
    match made {
        Ok(photo) => {
            let to = format!("/admin/bodies/{}/placements/{}?done=photo", found.0.id, found.1.id);
            let (act, by) = (materials.act(&who, &trace), who.caller.name());
            let what = (found.0.id, found.1.id);
            let done = keep_photo(&materials.ctx.db, &who.scope, &act, by, what, photo).await;
            or_mistakes(done)?.map_err(|_| Fail::NotFound)?;
            Ok(Redirect::to(&to).into_response())
        }
        Err(text) => {
            let mut errors = Errors::new();
            errors.add("photo", text);
            let view = view(&materials, &who, found, "", errors).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
    }
}

/// Writes down that it was taken down.
pub async fn remove(
    State(materials): State<Materials>,
    who: Who,
    trace: Trace,
    Path(path): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    let found = found(&materials, &who, &path).await?;
    let (act, by, reason) = (materials.act(&who, &trace), who.caller.name(), form.get("reason"));
    let what = (found.0.id, found.1.id);
    match or_mistakes(take_down(&materials.ctx.db, &who.scope, &act, by, what, reason).await)? {
        Ok(()) => {
            let to = format!("/admin/bodies/{}/placements?done=removed", found.0.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(mistakes) => {
            let errors = errors(texts(&who), &mistakes);
            let view = view(&materials, &who, found, reason, errors).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
    }
}
