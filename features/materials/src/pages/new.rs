//! The form of a poster that was hung up. QR-11

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use otklik_organisations::Body;
use otklik_ui::{Choice, Errors, Page};
use otklik_web::{Fail, Trace, Who, html};

use super::common::{Materials, bad_photo, body_page, carrier_text, errors, place_text, texts};
use super::office;
use crate::model::{Carrier, Place, Typed, check, prescribed};
use crate::place::{is_open_office, place};
use crate::refusal::or_mistakes;
use crate::texts::L;
use crate::upload::{self, File};

#[derive(Template)]
#[template(path = "materials/new.html")]
struct NewView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    places: Vec<Choice>,
    carriers: Vec<Choice>,
    day: String,
    today: String,
    note: String,
}

fn view(materials: &Materials, who: &Who, body: &Body, typed: Typed<'_>, errors: Errors) -> NewView {
    let l = texts(who);
    let fields = &body.fields;
    let here = format!("/admin/bodies/{}/placements", body.id);
    let places = prescribed(fields).into_iter().chain([Place::Other]);
    NewView {
        page: body_page(who, body, l.new_title())
            .crumb(l.placements_title(), here.clone())
            .here(l.new_title()),
        errors,
        here,
        places: places.map(|place| Choice::new(place.code(), place_text(l, place), typed.place)).collect(),
        carriers: Carrier::ALL
            .map(|carrier| Choice::new(carrier.code(), carrier_text(l, carrier), typed.carrier))
            .into(),
        day: typed.day.to_owned(),
        today: materials.ctx.now().day_in(&fields.zone).to_string(),
        note: typed.note.to_owned(),
        l,
    }
}

/// An office that posters are hung up in.
async fn open_office(materials: &Materials, who: &Who, id: &str) -> Result<Body, Fail> {
    let body = office::find(&materials.ctx, who, id).await?;
    if is_open_office(&body) { Ok(body) } else { Err(Fail::NotFound) }
}

/// The form, with today's day in it.
pub async fn show(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let body = open_office(&materials, &who, &id).await?;
    let today = materials.ctx.now().day_in(&body.fields.zone).to_string();
    let typed = Typed { day: &today, ..Typed::default() };
    Ok(html(StatusCode::OK, &view(&materials, &who, &body, typed, Errors::new())))
}

/// Writes a poster down.
pub async fn add(
    State(materials): State<Materials>,
    who: Who,
    trace: Trace,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fail> {
    let body = open_office(&materials, &who, &id).await;
    // The token is checked before it is told whether there is such an office.
    let mut sent = upload::read(&who, request).await?;
    let file = std::mem::take(&mut sent.photo);
    let (body, l) = (body?, texts(&who));
    let typed = Typed {
        place: sent.get("place"),
        carrier: sent.get("carrier"),
        day: sent.get("day"),
        note: sent.get("note"),
    };
    let today = materials.ctx.now().day_in(&body.fields.zone);
    let mut found = errors(l, &check(&body.fields, today, typed).err().unwrap_or_default());
    let mut photo = None;
    match file {
        File::None => {}
        File::TooLong => found.add("photo", l.photo_too_long()),
        // A browser doesn't keep the file of a form that comes back.
        File::Read(_) if !found.is_empty() => found.add("photo", l.photo_again()),
        File::Read(file) => match materials.photo(file).await? {
            Ok(made) => photo = Some(made),
            Err(bad) => found.add("photo", bad_photo(l, bad)),
        },
    }
    if !found.is_empty() {
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view(&materials, &who, &body, typed, found)));
    }
    let act = materials.act(&who, &trace);
    let by = who.caller.name();
    match or_mistakes(place(&materials.ctx.db, &who.scope, &act, by, body.id, typed, photo).await)? {
        Ok(_) => {
            Ok(Redirect::to(&format!("/admin/bodies/{}/placements?done=placed", body.id)).into_response())
        }
        Err(mistakes) => {
            let view = view(&materials, &who, &body, typed, errors(l, &mistakes));
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
    }
}
