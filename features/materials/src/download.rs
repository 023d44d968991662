//! The QR code as a file.

use axum::body::Body as Content;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use otklik_organisations::Body;
use otklik_print::{LONGEST_NAME, Qr, QrSheet};
use otklik_web::{Fail, Who};

use crate::{Materials, office};

/// The code for a layout: vectors.
pub async fn svg(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let (body, qr) = code(&materials, &who, &id).await?;
    Ok(file(&body, "svg", "image/svg+xml", qr.svg().into_bytes()))
}

/// The code for a document: pixels.
pub async fn png(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let (body, qr) = code(&materials, &who, &id).await?;
    Ok(file(&body, "png", "image/png", qr.png()))
}

/// The code on a sheet with the office's name and link, to print.
pub async fn pdf(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let (body, qr) = code(&materials, &who, &id).await?;
    let day = materials.ctx.now().day_in(&body.fields.zone);
    let name = name(&body).to_owned();
    let broken = |error: String| Fail::Internal(format!("sheet of body {}: {error}", body.id));
    let turn = materials.sheets.acquire_owned().await.map_err(|error| broken(error.to_string()))?;
    let made = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        QrSheet { name: &name, qr: &qr, day }.pdf()
    });
    let sheet =
        made.await.map_err(|error| broken(error.to_string()))?.map_err(|error| broken(error.to_string()))?;
    Ok(file(&body, "pdf", "application/pdf", sheet))
}

/// The office and its code; a closed office has none.
async fn code(materials: &Materials, who: &Who, id: &str) -> Result<(Body, Qr), Fail> {
    let body = office::find(&materials.ctx, who, id).await?;
    if body.closed_at.is_some() {
        return Err(Fail::NotFound);
    }
    let qr = office::code(&materials.ctx, &body)?;
    Ok((body, qr))
}

/// The name on the sheet: the full one, unless it is too long for a page.
fn name(body: &Body) -> &str {
    let full = &body.fields.full_name;
    if full.chars().count() <= LONGEST_NAME { full } else { &body.fields.short_name }
}

/// A download named after the office: `qr-7701.png`. Codes of bodies are letters, digits and hyphens.
fn file(body: &Body, extension: &str, kind: &'static str, content: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"qr-{}.{extension}\"", body.fields.code);
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], Content::from(content)).into_response()
}
