//! How services run: figures over a part of the data that stands in the address; down to one application.

mod asked;
mod days;
mod facts;
mod figure;
mod figures;
mod meant;
mod words;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::response::Response;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use otklik_progress::model::Channel;
use otklik_ui::{Choice, Page, Section};
use otklik_web::{Fail, Form, Who, html};

use super::common::{Monitoring, Tab, TabView, choices, query, texts};
use super::table;
use crate::answers::By;
use crate::hub::HubError;
use crate::texts::L;
pub(super) use asked::Asked;
use asked::BodiesMeant;
use facts::{Subject, subjects};
use figure::{Figure, FigureView};
pub(super) use figure::{duration, percent};
pub(super) use figures::stage;
pub(super) use words::Words;

pub(super) const PATH: &str = "/admin/monitoring/analysis";

/// Figures that are made at once: each has parts that take one core.
pub(super) const AT_ONCE: usize = 2;

#[derive(Template)]
#[template(path = "monitoring/analysis.html")]
struct AnalysisView {
    page: Page,
    l: L,
    tabs: Vec<TabView>,
    subjects: Vec<Subject>,
    filter: FilterView,
    lead: String,
    printed: String,
    figures: Vec<FigureView>,
    map_href: String,
}

/// The filter's form, shared by the pages of answers.
pub(super) struct FilterView {
    pub path: &'static str,
    /// Fields that stay as they are.
    pub kept: Vec<(&'static str, String)>,
    pub services: Vec<Choice>,
    /// Variants of the chosen service; empty where there are none.
    pub variants: Vec<Choice>,
    pub bodies: Vec<(String, String)>,
    pub body: String,
    pub bodies_meant: BodiesMeant,
    pub regions: Vec<Choice>,
    pub channels: Vec<Choice>,
    /// By what figures are broken down; empty where nothing is.
    pub by: Vec<Choice>,
    pub from: String,
    pub to: String,
    pub presets: Vec<(String, &'static str, bool)>,
    pub errors: otklik_ui::Errors,
}

/// What an address of the pages of answers says.
pub(super) struct Question {
    pub given: Form,
    pub words: Words,
    pub asked: Asked,
}

impl Question {
    /// Reads the address within the person's scope.
    pub async fn read(monitoring: &Monitoring, who: &Who, raw: Option<String>) -> Result<Self, Fail> {
        let (given, words) = (query(raw)?, Words::load(monitoring).await?);
        let asked = Asked::read(monitoring, who, &words, &given);
        Ok(Self { given, words, asked })
    }
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
    let (l, typed) = (texts(who), &asked.typed);
    let services = words.services.iter().map(|(code, name)| (code.clone(), name.clone()));
    let regions = words.regions.iter().map(|(code, name)| (code.clone(), name.clone()));
    let region = asked.region.map_or_else(|| typed.region.clone(), |region| format!("{region:02}"));
    let channels = Channel::ALL.map(|one| (one.code().to_owned(), one.code().to_owned()));
    let variants = words.variants(&asked.service).iter().cloned();
    let by = BREAKDOWNS.map(|by| (by.word().to_owned(), by_text(l, by).to_owned()));
    Ok(FilterView {
        path,
        kept: Vec::new(),
        services: choices(l.all_services(), services, &typed.service),
        variants: match words.variants(&asked.service).is_empty() && typed.variant.is_empty() {
            true => Vec::new(),
            false => choices(l.all_variants(), variants, &typed.variant),
        },
        bodies: monitoring.options(&who.scope).await?,
        body: typed.body.clone(),
        bodies_meant: asked.bodies_meant(path, &[]),
        regions: choices(l.all_regions(), regions, &region),
        channels: choices(l.all_channels(), channels.into_iter(), &typed.channel),
        by: if path == PATH { choices(l.by_next(), by.into_iter(), &typed.by) } else { Vec::new() },
        from: asked.from.to_string(),
        to: asked.to.to_string(),
        presets: asked.presets(l, path, &[]),
        errors: asked.errors.clone(),
    })
}

/// By what figures can be broken down.
const BREAKDOWNS: [By; 7] = [By::Service, By::Variant, By::Region, By::Body, By::Channel, By::Month, By::Day];

/// What is broken down by in words.
fn by_text(l: L, by: By) -> &'static str {
    match by {
        By::Service => l.by_service(),
        By::Variant => l.by_variant(),
        By::Body => l.by_body(),
        By::Region => l.by_region(),
        By::Channel => l.by_channel(),
        By::Month => l.by_month(),
        By::Day => l.by_day(),
    }
}

/// The page.
pub async fn show(
    State(monitoring): State<Monitoring>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let Question { words, asked, .. } = Question::read(&monitoring, &who, raw).await?;
    page(&monitoring, &who, &asked, &words).await
}

async fn page(monitoring: &Monitoring, who: &Who, asked: &Asked, words: &Words) -> Result<Response, Fail> {
    let l = texts(who);
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let mut made: Vec<Figure> = Vec::new();
    if answers.commit() > 0 {
        let all = figures::ALL.map(|code| figures::make(code, l, &answers, asked, words));
        let all: Vec<Option<Figure>> =
            stream::iter(all).buffered(AT_ONCE).try_collect().await.map_err(broken)?;
        made.extend(all.into_iter().flatten());
    }
    // A figure in which something is to be chosen is there always.
    let is_empty = made.iter().all(|figure| figure.rows.is_empty());
    let view = |figure: Figure| {
        let files = table::files(PATH, &asked.address("", &[("figure", figure.code)]));
        FigureView { figure, files, l }
    };
    let person = who.viewer.person.as_ref().map_or("", |person| person.name.as_str());
    let now = monitoring.ctx.now().show_exact_in(&monitoring.zone(&who.scope));
    let subjects = subjects(monitoring, who, (asked, words), &answers).await?;
    let mut filter = filter(monitoring, who, asked, words, PATH).await?;
    filter.kept = asked.fields().into_iter().filter(|(name, _)| name.ends_with("_status")).collect();
    let view = AnalysisView {
        page: titled(who, asked, words),
        l,
        tabs: Tab::Analysis.row(l),
        subjects,
        filter,
        lead: asked.lead(l, words),
        printed: l.printed(person.to_owned(), now),
        figures: made.into_iter().filter(|_| !is_empty).map(view).collect(),
        map_href: asked.address(super::map::PATH, &[("by", "")]),
    };
    Ok(html(asked.status(), &view))
}

/// The page, named after the service and the body that it is about, if it is about one.
fn titled(who: &Who, asked: &Asked, words: &Words) -> Page {
    let (l, subject) = (texts(who), asked.subject(words));
    let tab = Tab::Analysis.text(l);
    if subject.is_empty() {
        let page = who.page(Section::Monitoring, l.analysis_title());
        return page.crumb(l.section(), Tab::Overview.href()).here(tab);
    }
    let of_all = asked.address(PATH, &[("service", ""), ("variant", ""), ("body", "")]);
    let page = who.page(Section::Monitoring, subject.clone());
    page.crumb(l.section(), Tab::Overview.href()).crumb(tab, of_all).here(subject)
}

/// A figure's table as a file; the page with its mistakes instead when what is asked for can't be understood.
pub async fn export(
    State(monitoring): State<Monitoring>,
    who: Who,
    uri: Uri,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let l = texts(&who);
    let Question { given, words, asked } = Question::read(&monitoring, &who, raw).await?;
    let code = match given.get("figure") {
        "" => figures::ALL[0],
        code => figures::ALL.into_iter().find(|one| *one == code).ok_or(Fail::NotFound)?,
    };
    if !asked.errors.is_empty() {
        return page(&monitoring, &who, &asked, &words).await;
    }
    let answers = monitoring.hub.answers().await.map_err(failed)?;
    let figure = match answers.commit() {
        0 => None,
        _ => figures::make(code, l, &answers, &asked, &words).await.map_err(broken)?,
    };
    let (title, head, rows) =
        figure.map_or_else(Default::default, |figure| (figure.title, figure.head, figure.rows));
    table::file(l, table::Kind::of(&uri), (&format!("monitoring-{code}"), &title), &head, rows)
}

/// What figures are broken down by: what is asked for, or the next step down.
pub(super) fn next(asked: &Asked) -> By {
    asked.by.unwrap_or(match (asked.service.is_empty(), asked.is_one_body) {
        (true, _) => By::Service,
        (false, false) => By::Body,
        (false, true) => By::Channel,
    })
}
