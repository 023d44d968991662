//! The page with an office's link and QR code.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_ui::{Page, Section};
use otklik_web::{Fail, Who, html};

use crate::texts::L;
use crate::{Materials, office};

/// What of the page was asked for.
#[derive(serde::Deserialize)]
pub struct Asked {
    /// Present once «Создать QR-код» was pressed.
    code: Option<String>,
}

#[derive(Template)]
#[template(path = "materials/page.html")]
struct MaterialsView {
    page: Page,
    l: L,
    here: String,
    link: String,
    is_closed: bool,
    /// The code as SVG: ours, so it stands in the page as it is.
    code: Option<String>,
}

/// Shows the link and, once the button was pressed, the code with its downloads. QR-9
pub async fn show(
    State(materials): State<Materials>,
    who: Who,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let ctx = &materials.ctx;
    let body = office::find(ctx, &who, &id).await?;
    let is_closed = body.closed_at.is_some();
    let code = match asked.code {
        Some(_) if !is_closed => Some(office::code(ctx, &body)?.svg()),
        _ => None,
    };
    let l = L(who.viewer.lang);
    let here = format!("/admin/bodies/{}", body.id);
    let page = who
        .page(Section::Bodies, l.materials_of(body.fields.short_name.clone()))
        .crumb(Section::Bodies.text(otklik_ui::L(who.viewer.lang)), Section::Bodies.href())
        .crumb(body.fields.short_name.clone(), here.clone())
        .here(l.materials_title());
    let link = office::link(&ctx.settings.public_url, &body);
    Ok(html(StatusCode::OK, &MaterialsView { page, l, here, link, is_closed, code }))
}
