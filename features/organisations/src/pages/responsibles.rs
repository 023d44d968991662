//! The register of responsible employees: on a page, in print, and to take along (ORG-5).

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use otklik_access::Permission;
use otklik_kernel::Instant;
use otklik_sheet::{Format, stream};
use otklik_ui::{Page, Pager, thousands};
use otklik_web::{Fail, Trace, Who, html};
use serde_json::json;

use crate::act::Entry;
use crate::model::Body;
use crate::pages::Web;
use crate::pages::bodies::may;
use crate::pages::common::{body_found, body_page, flash, query, texts};
use crate::responsibles::register::{Row, register, table, write};
use crate::store;
use crate::texts::L;

const PER_PAGE: u64 = 100;

#[derive(askama::Template)]
#[template(path = "organisations/responsibles.html")]
struct RegisterView {
    page: Page,
    l: L,
    here: String,
    add: String,
    rows: Vec<Row>,
    /// Whether the bodies under this one are shown too.
    with_below: bool,
    /// Whether there are any.
    has_below: bool,
    /// `?below=1`, or nothing: what downloads and print carry on.
    tail: &'static str,
    pager: Pager,
    may_manage: bool,
    may_people: bool,
}

/// Which register is asked for.
struct Asked {
    body: Body,
    with_below: bool,
    rows: Vec<Row>,
}

async fn asked(web: &Web, who: &Who, path: &str, with_below: bool) -> Result<Asked, Fail> {
    let body = body_found(web, who, path).await?;
    let rows = register(web.ctx.db.read(), &who.scope, &body, with_below).await?;
    Ok(Asked { body, with_below, rows })
}

const fn tail(with_below: bool) -> &'static str {
    if with_below { "?below=1" } else { "" }
}

/// The register on a page.
pub(crate) async fn show(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let Asked { body, with_below, rows } = asked(&web, &who, &path, query.is_on("below")).await?;
    let title = l.register_title(body.fields.short_name.clone());
    let page = body_page(&web, &who, &who.scope, body.id, title).await?.here(l.register_short());
    let base = if with_below { "below=1" } else { "" };
    let pager = Pager::new(query.get("page").parse().unwrap_or(1), PER_PAGE, rows.len() as u64, base);
    let from = usize::try_from((pager.page - 1) * PER_PAGE).unwrap_or_default();
    let shown = rows.into_iter().skip(from).take(usize::try_from(PER_PAGE).unwrap_or_default());
    let view = RegisterView {
        page: flash(page, l, &query),
        l,
        add: format!("/admin/bodies/{}/responsibles/new", body.id),
        here: format!("/admin/bodies/{}/responsibles", body.id),
        rows: shown.collect(),
        with_below,
        has_below: !store::children(web.ctx.db.read(), &who.scope, body.id).await?.is_empty(),
        tail: tail(with_below),
        pager,
        may_manage: may(&web, &who, Permission::ManageRecipients, body.id).await?,
        may_people: may(&web, &who, Permission::ManagePeople, body.id).await?,
    };
    Ok(html(StatusCode::OK, &view))
}

#[derive(askama::Template)]
#[template(path = "organisations/responsibles-print.html")]
struct PrintView {
    page: Page,
    l: L,
    back: String,
    body: String,
    with_below: bool,
    moment: String,
    printed_by: String,
    count: String,
    /// The titles of the columns, in lines: they are long and the sheet is narrow.
    heads: Vec<Vec<String>>,
    rows: Vec<Row>,
}

/// The register as a sheet to print: what it is about, of which moment, and who printed it.
pub(crate) async fn print(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let asked = asked(&web, &who, &path, query(raw)?.is_on("below")).await?;
    let fields = &asked.body.fields;
    let role = who.viewer.person.as_ref().map(|person| person.role.clone()).unwrap_or_default();
    let view = PrintView {
        page: body_page(&web, &who, &who.scope, asked.body.id, l.register_sheet_title()).await?,
        l,
        back: format!("/admin/bodies/{}/responsibles{}", asked.body.id, tail(asked.with_below)),
        body: fields.full_name.clone(),
        with_below: asked.with_below,
        moment: web.ctx.now().plus(-web.ctx.now().0.rem_euclid(Instant::SECOND)).show_exact_in(&fields.zone),
        printed_by: [who.caller.name().to_owned(), role]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        count: thousands(asked.rows.len() as u64),
        heads: table(l).columns.iter().map(|column| lines(&column.title)).collect(),
        rows: asked.rows,
    };
    Ok(html(StatusCode::OK, &view))
}

/// A title in lines of about so many characters as a narrow column has.
fn lines(title: &str) -> Vec<String> {
    const MOST: usize = 16;
    let mut lines: Vec<String> = Vec::new();
    for word in title.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < MOST => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The register as XLSX.
pub(crate) async fn xlsx(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    export(&web, &who, &trace, &path, raw, Format::Xlsx).await
}

/// The register as CSV.
pub(crate) async fn csv(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    export(&web, &who, &trace, &path, raw, Format::Csv).await
}

/// Personal data leave the system: who took them is in the journal.
async fn export(
    web: &Web,
    who: &Who,
    trace: &Trace,
    path: &str,
    raw: Option<String>,
    format: Format,
) -> Result<Response, Fail> {
    let l = texts(who);
    let Asked { body, with_below, rows } = asked(web, who, path, query(raw)?.is_on("below")).await?;
    let act = web.act(who, trace);
    let tx = web.ctx.db.begin().await?;
    let entry = Entry {
        action: "responsibles.export",
        subject: Some(("body", body.id)),
        body: Some(body.id),
        before: None,
        after: Some(json!({"count": rows.len(), "format": format.ending(), "below": with_below})),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    let day = act.now.day_in(&body.fields.zone);
    let name = l.register_file(body.fields.code, day.to_string());
    let internal = |error| Fail::Internal(format!("export of the register: {error}"));
    let (out, response) = stream(format, &table(l), &name).map_err(internal)?;
    // Ends by itself when the reader goes away.
    tokio::spawn(async move { write(&rows, out).await });
    Ok(response)
}
