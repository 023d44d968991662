//! The QR code and the poster as files.

use axum::body::Body as Content;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use otklik_organisations::Body;
use otklik_print::{PdfError, Poster, PosterText, Qr, QrSheet};
use otklik_web::{Fail, Who};

use super::common::Materials;
use super::office;

/// The code for a layout: vectors.
pub async fn svg(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let (body, qr) = code(&materials, &who, &id).await?;
    Ok(file(&body, "qr", "svg", "image/svg+xml", qr.svg().into_bytes()))
}

/// The code for a document: pixels.
pub async fn png(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let (body, qr) = code(&materials, &who, &id).await?;
    Ok(file(&body, "qr", "png", "image/png", qr.png()))
}

/// The code on a sheet with the office's name and link, to print.
pub async fn pdf(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let (body, qr) = code(&materials, &who, &id).await?;
    let day = materials.ctx.now().day_in(&body.fields.zone);
    let name = office::name(&body).to_owned();
    let sheet = made(&materials, &body, move || QrSheet { name: &name, qr: &qr, day }.pdf()).await?;
    Ok(file(&body, "qr", "pdf", "application/pdf", sheet))
}

/// The poster, to print and hang up. QR-10
pub async fn poster(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let (body, qr) = code(&materials, &who, &id).await?;
    let (text, _) = office::text(&materials.ctx, &who, &body).await?;
    let name = office::name(&body).to_owned();
    let sheet = made(&materials, &body, move || Poster { name: &name, text: &text, qr: &qr }.pdf()).await?;
    Ok(file(&body, "poster", "pdf", "application/pdf", sheet))
}

/// The poster with a text, as an image to look at.
pub async fn preview(materials: &Materials, body: &Body, text: PosterText) -> Result<String, Fail> {
    let qr = office::code(&materials.ctx, body)?;
    let name = office::name(body).to_owned();
    made(materials, body, move || Poster { name: &name, text: &text, qr: &qr }.svg()).await
}

/// Makes a sheet, one at a time, beside the requests.
async fn made<T: Send + 'static>(
    materials: &Materials,
    body: &Body,
    make: impl FnOnce() -> Result<T, PdfError> + Send + 'static,
) -> Result<T, Fail> {
    let broken = |error: String| Fail::Internal(format!("sheet of body {}: {error}", body.id));
    let turn = materials.sheets.clone().acquire_owned().await.map_err(|error| broken(error.to_string()))?;
    let made = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        make()
    });
    made.await.map_err(|error| broken(error.to_string()))?.map_err(|error| broken(error.to_string()))
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

/// A download named after the office: `qr-7701.png`. Codes of bodies are letters, digits and hyphens.
fn file(body: &Body, name: &str, extension: &str, kind: &'static str, content: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{name}-{}.{extension}\"", body.fields.code);
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], Content::from(content)).into_response()
}
