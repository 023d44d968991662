//! The page with an office's link, QR code and poster.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_print::{PosterText, shown_link};
use otklik_ui::Page;
use otklik_web::{Fail, Who, html};

use super::common::{Materials, body_page, texts};
use super::office::{self, Source};
use crate::texts::L;

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
    is_office: bool,
    may_reword: bool,
    /// The code as SVG: ours, so it stands in the page as it is.
    code: Option<String>,
    text: PosterText,
    source: String,
}

/// Shows the link and, once the button was pressed, the code with its downloads. QR-9, QR-10
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
    let l = texts(&who);
    let (text, source) = office::text(ctx, &who, &body).await?;
    let view = MaterialsView {
        page: body_page(&who, &body, l.materials_of(body.fields.short_name.clone()))
            .here(l.materials_title()),
        l,
        here: format!("/admin/bodies/{}", body.id),
        link: shown_link(&office::link(&ctx.settings.public_url, &body)),
        is_closed,
        is_office: body.fields.is_office,
        may_reword: materials.may(&who, Permission::ManageBodies, body.id).await?,
        code,
        text,
        source: source_text(l, source),
    };
    Ok(html(StatusCode::OK, &view))
}

/// Where a text comes from, in words.
pub fn source_text(l: L, source: Source) -> String {
    match source {
        Source::Own => l.source_own().to_owned(),
        Source::Above(Some(name)) => l.source_above(name),
        Source::Above(None) => l.source_above_hidden().to_owned(),
        Source::Usual => l.source_usual().to_owned(),
    }
}
