//! Importing bodies from a table: first a look at what would change, then the same text for good.

use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_kernel::secret;
use otklik_ui::{Errors, Page, Section, thousands};
use otklik_web::form::{FormError, LIMIT};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::bodies::check::COLUMNS;
use crate::import::{Report, RowError, decode, run};
use crate::pages::Web;
use crate::pages::common::texts;
use crate::texts::L;
use crate::words;

/// The most rows of each kind that a look shows.
const SHOWN: usize = 200;

#[derive(askama::Template)]
#[template(path = "organisations/import.html")]
struct ImportView {
    page: Page,
    l: L,
    errors: Errors,
    text: String,
    columns: Vec<(&'static str, &'static str)>,
    look: Option<Look>,
}

/// What a table would do.
struct Look {
    added: String,
    changed: String,
    unchanged: String,
    wrong: String,
    wrong_count: usize,
    errors: Vec<ErrorView>,
    report: Report,
    left_out: usize,
    /// Whether there is something to do and nothing wrong.
    may_go: bool,
    /// Whether the text is too long for the ordinary form.
    is_multipart: bool,
}

struct ErrorView {
    row: u64,
    column: String,
    name: &'static str,
    value: String,
    message: String,
}

/// What was sent: the table, and whether it is to be done.
#[derive(Debug, Default)]
struct Sent {
    text: String,
    is_confirmed: bool,
}

fn view(who: &Who, text: String, look: Option<Look>) -> ImportView {
    let l = texts(who);
    let page = who.page(Section::Bodies, l.import_title()).crumb(l.bodies_title(), "/admin/bodies");
    ImportView {
        page: page.here(l.import_title()),
        l,
        errors: Errors::new(),
        text,
        columns: COLUMNS.map(|column| (column, words::column(l, column))).into(),
        look,
    }
}

/// The page for a table.
pub(crate) async fn show(who: Who) -> Response {
    html(StatusCode::OK, &view(&who, String::new(), None))
}

/// Looks at a table, or does what was looked at.
pub(crate) async fn send(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    request: Request,
) -> Result<Response, Fail> {
    let sent = read(&who, request).await?;
    if sent.text.trim().is_empty() {
        let mut view = view(&who, String::new(), None);
        view.errors.add("text", view.l.import_nothing());
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    let act = web.act(&who, &trace);
    let report = run(&web.ctx.db, &who.scope, &act, &sent.text, !sent.is_confirmed).await?;
    if report.is_done {
        web.refresh().await;
        let (added, changed) = (report.added.len(), report.changed.len());
        let to = format!("/admin/bodies?done=imported&new={added}&other={changed}");
        return Ok(Redirect::to(&to).into_response());
    }
    let status = if report.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let look = look(texts(&who), report, &sent.text);
    Ok(html(status, &view(&who, sent.text, Some(look))))
}

fn look(l: L, mut report: Report, text: &str) -> Look {
    let count = |many: usize| thousands(many as u64);
    let total = report.added.len() + report.changed.len();
    let (added, changed, wrong) = (report.added.len(), report.changed.len(), report.errors.len());
    let errors = report.errors.iter().take(SHOWN).map(|error| error_view(l, error)).collect();
    report.added.truncate(SHOWN);
    report.changed.truncate(SHOWN);
    let encoded: usize = text.bytes().map(|b| if b.is_ascii_alphanumeric() { 1 } else { 3 }).sum();
    Look {
        added: count(added),
        changed: count(changed),
        unchanged: count(report.unchanged),
        wrong: count(wrong),
        wrong_count: wrong,
        errors,
        left_out: total - report.added.len() - report.changed.len() + wrong.saturating_sub(SHOWN),
        may_go: wrong == 0 && total > 0,
        is_multipart: encoded + 4096 > LIMIT,
        report,
    }
}

fn error_view(l: L, error: &RowError) -> ErrorView {
    const LONGEST: usize = 80;
    let mut value: String = error.value.chars().take(LONGEST).collect();
    if value.len() < error.value.len() {
        value.push('…');
    }
    ErrorView {
        row: error.row,
        column: error.column.clone(),
        name: words::column(l, &error.column),
        value,
        message: error.message.clone(),
    }
}

/// Reads the ordinary form, or the one with a file; both carry the token.
async fn read(who: &Who, request: Request) -> Result<Sent, Fail> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let form = Form::from_request(request, &()).await?;
        return Ok(Sent { text: form.get("text").to_owned(), is_confirmed: form.is_on("confirm") });
    }
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| FormError::Broken)?;
    let (mut sent, mut csrf, mut file) = (Sent::default(), String::new(), None);
    let failed = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => FormError::TooLong,
        _ => FormError::Broken,
    };
    while let Some(part) = parts.next_field().await.map_err(failed)? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(failed)?;
        if name == "file" {
            file = Some(decode(&bytes)).filter(|text| !text.trim().is_empty());
            continue;
        }
        let text = String::from_utf8(bytes.into()).map_err(|_| FormError::NotUtf8)?;
        if text.contains('\0') {
            return Err(FormError::Nul.into());
        }
        match name.as_str() {
            "csrf" => csrf = text,
            "text" => sent.text = text,
            "confirm" => sent.is_confirmed = !text.is_empty(),
            _ => {}
        }
    }
    if !secret::same(csrf.as_bytes(), who.csrf.as_bytes()) {
        return Err(Fail::Forged);
    }
    sent.text = file.unwrap_or(sent.text);
    Ok(sent)
}
