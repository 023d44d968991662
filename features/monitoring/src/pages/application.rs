//! One application: its timeline, what was said of it, what it breaks. MON-13

mod row;
mod said;
mod way;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use otklik_ui::{Page, Section};
use otklik_web::{Fail, Who, html};

use self::said::{Changes, Fact};
use self::way::Step;
use super::analysis::{Words, broken, failed};
use super::common::{Monitoring, Tab, TabView, encode, query, texts};
use super::table;
use crate::texts::L;
use crate::visible::Visible;

pub(super) const PATH: &str = "/admin/monitoring/application";

#[derive(Template)]
#[template(path = "monitoring/application.html")]
struct ApplicationView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    request: String,
    is_asked: bool,
    facts: Vec<Fact>,
    files: Vec<(&'static str, String)>,
    findings: Vec<String>,
    steps: Vec<Step>,
    /// Whether anything but events is among the steps.
    has_beside: bool,
    changes: Option<Changes>,
}

/// The page: a search, and the application that it found.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, given) = (texts(&who), query(raw)?);
    let request = given.get("request").trim().to_owned();
    let allowed = Visible::of(&who.scope, &monitoring.offices.current()).allowed();
    let words = Words::load(&monitoring).await?;
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let trace = match (request.is_empty(), answers.commit()) {
        (true, _) | (_, 0) => None,
        _ => answers.trace(&request, &allowed).await.map_err(broken)?,
    };
    let title = if trace.is_some() {
        l.application_title(request.clone())
    } else {
        l.application_search().to_owned()
    };
    let page = who.page(Section::Monitoring, title);
    let query = format!("?{}", encode([("request", request.as_str())]));
    let steps = trace.as_ref().map_or_else(Vec::new, |trace| way::steps(l, trace, &words));
    let view = ApplicationView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(Tab::Application.text(l)),
        l,
        tabs: Tab::Application.row(l),
        is_asked: !request.is_empty(),
        files: table::files(PATH, &query),
        request,
        facts: trace.as_ref().map_or_else(Vec::new, |trace| said::facts(l, trace, &words)),
        findings: trace.as_ref().map_or_else(Vec::new, |trace| {
            trace.findings.iter().map(|finding| finding.title.clone()).collect()
        }),
        has_beside: steps.iter().any(|step| step.is_beside),
        steps,
        changes: trace.as_ref().and_then(|trace| said::changes(l, trace, &words)),
    };
    Ok(html(StatusCode::OK, &view))
}

/// All that happened to the application, and what was said of it, as a file.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    uri: Uri,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, given) = (texts(&who), query(raw)?);
    let request = given.get("request").trim();
    if request.is_empty() {
        return Ok(Redirect::to(PATH).into_response());
    }
    let allowed = Visible::of(&who.scope, &monitoring.offices.current()).allowed();
    let words = Words::load(&monitoring).await?;
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let trace = match answers.commit() {
        0 => None,
        _ => answers.trace(request, &allowed).await.map_err(broken)?,
    };
    let trace = trace.ok_or(Fail::NotFound)?;
    let title = l.application_title(request.to_owned());
    let rows = way::rows(l, &trace, &words);
    table::file(l, table::Kind::of(&uri), ("application", &title), &way::head(l), rows)
}
