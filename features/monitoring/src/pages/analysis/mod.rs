//! How services run: figures over a part of the data that stands in the address; down to one application.

mod asked;
mod days;
mod figure;
mod figures;
mod words;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use otklik_ui::{Choice, Page, Section};
use otklik_web::{Fail, Who, html};

use super::common::{Monitoring, Tab, TabView, query, texts};
use crate::answers::By;
use crate::hub::HubError;
use crate::texts::L;
pub(super) use asked::Asked;
pub(super) use figure::duration;
use figure::{Figure, FigureView};
pub(super) use words::Words;

pub(super) const PATH: &str = "/admin/monitoring/analysis";

#[derive(Template)]
#[template(path = "monitoring/analysis.html")]
struct AnalysisView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    filter: FilterView,
    lead: String,
    printed: String,
    figures: Vec<FigureView>,
    map_href: String,
}

/// The filter's form, shared by the pages of answers.
pub(super) struct FilterView {
    pub path: &'static str,
    pub services: Vec<Choice>,
    pub bodies: Vec<(String, String)>,
    pub body: String,
    pub regions: Vec<Choice>,
    pub channels: Vec<Choice>,
    pub from: String,
    pub to: String,
    pub presets: Vec<(String, &'static str, bool)>,
    pub errors: otklik_ui::Errors,
}

/// The lake failed, or it has no answer yet.
pub(super) fn failed(error: HubError) -> Fail {
    match error {
        HubError::Database(error) => Fail::Database(error),
        other => Fail::Internal(other.to_string()),
    }
}

pub(super) fn broken(error: otklik_lake::Error) -> Fail {
    Fail::Internal(error.to_string())
}

/// The filter as its form shows it.
pub(super) async fn filter(
    monitoring: &Monitoring,
    who: &Who,
    asked: &Asked,
    words: &Words,
    path: &'static str,
) -> Result<FilterView, Fail> {
    let l = texts(who);
    let all = |text: &'static str, current: &str| Choice::new("", text, current);
    let service = asked.service.as_str();
    let services = words.services.iter().map(|(code, name)| Choice::new(code.clone(), name.clone(), service));
    let region = asked.region.map_or_else(String::new, |region| format!("{region:02}"));
    let regions = words.regions.iter().map(|(code, name)| Choice::new(code.clone(), name.clone(), &region));
    let channel = asked.channel.map_or("", otklik_progress::model::Channel::code);
    let channels =
        otklik_progress::model::Channel::ALL.map(|one| Choice::new(one.code(), one.code(), channel));
    Ok(FilterView {
        path,
        services: std::iter::once(all(l.all_services(), service)).chain(services).collect(),
        bodies: monitoring.options(&who.scope).await?,
        body: asked.body.clone(),
        regions: std::iter::once(all(l.all_regions(), &region)).chain(regions).collect(),
        channels: std::iter::once(all(l.all_channels(), channel)).chain(channels).collect(),
        from: asked.from.to_string(),
        to: asked.to.to_string(),
        presets: asked.presets(l, path),
        errors: asked.errors.clone(),
    })
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let given = query(raw)?;
    let words = Words::load(&monitoring).await?;
    let asked = Asked::read(&monitoring, &who, &given);
    page(&monitoring, &who, &asked, &words, StatusCode::OK).await
}

async fn page(
    monitoring: &Monitoring,
    who: &Who,
    asked: &Asked,
    words: &Words,
    status: StatusCode,
) -> Result<Response, Fail> {
    let l = texts(who);
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let mut made: Vec<Figure> = Vec::new();
    if answers.commit() > 0 {
        for code in figures::ALL {
            made.extend(figures::make(code, l, &answers, asked, words).await.map_err(broken)?);
        }
    }
    let view = |figure: Figure| FigureView {
        download: asked.address(&format!("{PATH}.csv"), &[("figure", figure.code)]),
        figure,
        l,
    };
    let person = who.viewer.person.as_ref().map_or("", |person| person.name.as_str());
    let now = monitoring.ctx.now().show_exact_in(&monitoring.zone(&who.scope));
    let title = l.analysis_title();
    let page = who.page(Section::Monitoring, title);
    let view = AnalysisView {
        page: page.crumb(l.section(), Tab::Overview.href()).here(Tab::Analysis.text(l)),
        l,
        tabs: Tab::Analysis.row(l),
        filter: filter(monitoring, who, asked, words, PATH).await?,
        lead: asked.lead(l, words),
        printed: l.printed(person.to_owned(), now),
        figures: made.into_iter().map(view).collect(),
        map_href: asked.address(super::map::PATH, &[]),
    };
    Ok(html(status, &view))
}

/// A figure's table as a file; the page with its mistakes instead when what is asked for can't be understood.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, given) = (texts(&who), query(raw)?);
    let code = match given.get("figure") {
        "" => figures::ALL[0],
        code => figures::ALL.into_iter().find(|one| *one == code).ok_or(Fail::NotFound)?,
    };
    let words = Words::load(&monitoring).await?;
    let asked = Asked::read(&monitoring, &who, &given);
    if !asked.errors.is_empty() {
        return page(&monitoring, &who, &asked, &words, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let figure = figures::make(code, l, &answers, &asked, &words).await.map_err(broken)?;
    let text = figure.map_or_else(|| "\u{feff}".to_owned(), |figure| figure.csv());
    let name = format!("attachment; filename=\"monitoring-{code}.csv\"");
    let head =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, text).into_response())
}

/// What the next step down is broken down by.
pub(super) const fn next(asked: &Asked) -> By {
    match (asked.service.is_empty(), asked.is_one_body) {
        (true, _) => By::Service,
        (false, false) => By::Body,
        (false, true) => By::Channel,
    }
}
