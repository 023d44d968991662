//! The page of analysis, its fragments and its tables.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use otklik_db::DbErr;
use otklik_kernel::{Id, Instant};
use otklik_questionnaires::{Questionnaires, published};
use otklik_responses::figures::Cube;
use otklik_responses::store::Filter;
use otklik_responses::topics::KeptTopics;
use otklik_ui::charts::Break;
use otklik_ui::{Choice, Errors, Page, Section, When, thousands};
use otklik_web::{Ctx, Fail, Form, Who, html};

use crate::charts::{Made, PATH, WORDS, Words};
use crate::figure::{Drawing, Figure, Part};
use crate::numbers::Numbers;
use crate::period::{Cut, Period, Preset};
use crate::query::{Against, Asked, Units, zone};
use crate::sums::Kept;
use crate::texts::L;
use crate::tree::{SharedTree, Tree};

/// Up to so many bodies are offered for choice; beyond it a body is asked for by its code or name.
const OFFERED: usize = 300;
/// Up to so many offices closed within the period are marked; more would cover the chart.
const CLOSED: usize = 3;

/// What the handlers share.
#[derive(Clone)]
pub struct Pages {
    pub ctx: Ctx,
    pub questionnaires: Arc<Questionnaires>,
    pub cube: Cube,
    pub tree: SharedTree,
    pub sums: Kept,
    pub topics: KeptTopics,
}

/// What was asked for, with its numbers.
struct Answer {
    asked: Asked,
    numbers: Numbers,
    words: Words,
    tree: Arc<Tree>,
    tops: Vec<Id>,
    breaks: Vec<Break>,
    now: Instant,
    l: L,
}

#[derive(Template)]
#[template(path = "dashboards/figure.html")]
struct FigureView {
    figure: Figure,
    part_href: String,
    download: String,
    at: When,
    l: L,
}

struct PresetView {
    text: &'static str,
    href: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "dashboards/analysis.html")]
struct AnalysisView {
    page: Page,
    l: L,
    path: &'static str,
    /// The other page of the same: of words, or of marks.
    other: String,
    /// Whether it is put up to date by itself.
    is_live: bool,
    errors: Errors,
    has_bodies: bool,
    body: String,
    offered: Vec<(String, String)>,
    period: &'static str,
    from: String,
    to: String,
    about: Vec<Choice>,
    cut: Vec<Choice>,
    units: Vec<Choice>,
    against: Vec<Choice>,
    /// Whether one of the rarer filters is set.
    has_more: bool,
    presets: Vec<PresetView>,
    lead: String,
    responses: String,
    printed: String,
    year: String,
    figures: Vec<FigureView>,
}

/// `/admin/analysis`: all figures, or with `part` the fragment of one, to be put into the page again.
pub async fn show(State(pages): State<Pages>, who: Who, RawQuery(query): RawQuery) -> Result<Response, Fail> {
    let mut answer = answer(&pages, &who, query.as_deref()).await?;
    let part = answer.part()?;
    answer.read_words(&pages, &who, part).await?;
    let made = answer.made(&pages, &who);
    match part {
        None => Ok(html(StatusCode::OK, &page(&pages, &who, &answer, &made, PATH))),
        Some(part) => Ok(html(StatusCode::OK, &answer.view(&made, part))),
    }
}

/// `/admin/analysis/words`: what people write about.
pub async fn words(
    State(pages): State<Pages>,
    who: Who,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let mut answer = answer(&pages, &who, query.as_deref()).await?;
    answer.read_words(&pages, &who, Some(Part::Words)).await?;
    let made = answer.made(&pages, &who);
    Ok(html(StatusCode::OK, &page(&pages, &who, &answer, &made, WORDS)))
}

/// `/admin/analysis/export.csv`: the table of the figure `part`, of the dynamics when none is named.
pub async fn export(
    State(pages): State<Pages>,
    who: Who,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let mut answer = answer(&pages, &who, query.as_deref()).await?;
    let part = answer.part()?.unwrap_or(Part::Dynamics);
    answer.read_words(&pages, &who, Some(part)).await?;
    let table = answer.made(&pages, &who).figure(part).table;
    let internal =
        |error: &dyn std::fmt::Display| Fail::Internal(format!("table of {}: {error}", part.code()));
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(&table.head).map_err(|error| internal(&error))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(crate::figure::Cell::plain)).map_err(|error| internal(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.csv\"", part.code())),
    ];
    Ok((headers, bytes).into_response())
}

async fn answer(pages: &Pages, who: &Who, query: Option<&str>) -> Result<Answer, Fail> {
    let (db, l, now) = (&pages.ctx.db, L(who.viewer.lang), pages.ctx.now());
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let is_readable = form.is_ok();
    let tree = pages.tree.current(db).await?;
    let newest = &pages.questionnaires.newest().questionnaire;
    let keys: Vec<char> = newest.criteria.iter().map(|criterion| criterion.key).collect();
    let mut asked = Asked::read(db, &who.scope, &tree, form.unwrap_or_default(), &keys, now, l).await?;
    if !is_readable {
        asked.errors.add("", l.bad_address());
    }
    let numbers = Numbers::gather(&pages.sums, &pages.cube, db, &who.scope, &tree, &asked).await?;
    let tops = tree.tops(&who.scope).iter().map(|node| node.id).collect();
    let words = Words::default();
    let mut answer = Answer { asked, numbers, words, tree, tops, breaks: Vec::new(), now, l };
    answer.breaks = answer.breaks(pages).await?;
    Ok(answer)
}

impl Answer {
    fn made<'a>(&'a self, pages: &'a Pages, who: &Who) -> Made<'a> {
        Made {
            numbers: &self.numbers,
            words: &self.words,
            asked: &self.asked,
            tree: &self.tree,
            tops: self.tops.clone(),
            version: pages.questionnaires.newest(),
            breaks: self.breaks.clone(),
            l: self.l,
            page_l: otklik_ui::L(who.viewer.lang),
        }
    }

    /// The figure that is asked for alone.
    fn part(&self) -> Result<Option<Part>, Fail> {
        match self.asked.given.get("part") {
            "" => Ok(None),
            code => Part::find(code).map(Some).ok_or(Fail::NotFound),
        }
    }

    /// Reads what people wrote, where a figure is made of it.
    async fn read_words(&mut self, pages: &Pages, who: &Who, part: Option<Part>) -> Result<(), DbErr> {
        if !part.is_some_and(|part| Part::WORDS.contains(&part)) {
            return Ok(());
        }
        let asked = &self.asked;
        let read = async |period: Period| {
            let filter = Filter {
                under: asked.body,
                from: Some(period.from),
                to: Some(period.to),
                ..Filter::default()
            };
            let conn = pages.ctx.db.read();
            pages.topics.read(conn, &who.scope, &filter, asked.about, self.now).await
        };
        self.words = Words { now: read(asked.period).await?, before: read(asked.other_period()).await? };
        Ok(())
    }

    /// What happened within the period: a new version of the questionnaire, after which marks may mean
    /// something else, and the closing of the body or of one right below it.
    async fn breaks(&self, pages: &Pages) -> Result<Vec<Break>, DbErr> {
        let nodes: Vec<_> = self.tops.iter().filter_map(|&top| self.tree.get(top)).collect();
        let zone = zone(&self.tree, &nodes, self.asked.body);
        let steps = &self.numbers.steps;
        let step = |at: Instant| {
            let day = at.day_in(&zone);
            let at = steps.iter().position(|(step, _)| day <= step.to);
            at.filter(|_| day > self.asked.period.from)
        };
        let mut breaks = Vec::new();
        for (version, at) in published(&pages.ctx.db).await? {
            let before = step(at).filter(|_| version > 1);
            let text = self.l.break_version(version);
            breaks.extend(before.map(|before| Break { before, text, parts: true }));
        }
        let Some(body) = self.asked.body.and_then(|body| self.tree.get(body)) else { return Ok(breaks) };
        let near = std::iter::once(body).chain(body.children.iter().filter_map(|&id| self.tree.get(id)));
        let closed: Vec<_> = near.filter_map(|node| Some((step(node.closed_at?)?, node))).collect();
        if closed.len() <= CLOSED {
            breaks.extend(closed.into_iter().map(|(before, node)| {
                let is_here = node.id == body.id;
                let text = if is_here {
                    self.l.break_here().to_owned()
                } else {
                    self.l.break_closed(node.name.clone())
                };
                Break { before, text, parts: false }
            }));
        }
        breaks.sort_by_key(|one| one.before);
        Ok(breaks)
    }

    fn view(&self, made: &Made<'_>, part: Part) -> FigureView {
        let nodes: Vec<_> = self.tops.iter().filter_map(|&top| self.tree.get(top)).collect();
        let one = [("part", part.code())];
        FigureView {
            figure: made.figure(part),
            part_href: self.asked.address(PATH, &one),
            download: self.asked.address("/admin/analysis/export.csv", &one),
            at: When::new(self.now, &zone(&self.tree, &nodes, self.asked.body)),
            l: self.l,
        }
    }

    /// The name of what is shown.
    fn name(&self) -> String {
        let node = self.asked.body.and_then(|body| self.tree.get(body));
        node.map_or_else(|| self.l.all_bodies().to_owned(), |node| node.name.clone())
    }

    /// The way down the tree to what is shown.
    fn trail(&self, mut page: Page, path: &str) -> Page {
        let Some(body) = self.asked.body else { return page.here(self.l.all_bodies()) };
        let is_within = |id: Id| self.tops.iter().any(|&top| self.tree.is_under(id, top));
        let mut way: Vec<_> = self.tree.upwards(body).filter(|node| is_within(node.id)).collect();
        way.reverse();
        if self.tops.len() > 1 {
            page = page.crumb(self.l.tree_root(), self.asked.address(path, &[("body", "")]));
        }
        for node in way {
            page = match node.id == body {
                true => page.here(node.name.clone()),
                false => page.crumb(node.name.clone(), self.asked.address(path, &[("body", &node.code)])),
            };
        }
        page
    }
}

fn preset_text(l: L, preset: Preset) -> &'static str {
    match preset {
        Preset::Week => l.preset_7(),
        Preset::Days30 => l.preset_30(),
        Preset::Days90 => l.preset_90(),
        Preset::Days365 => l.preset_365(),
        Preset::Month => l.preset_month(),
        Preset::Year => l.preset_year(),
    }
}

fn page(pages: &Pages, who: &Who, answer: &Answer, made: &Made<'_>, path: &'static str) -> AnalysisView {
    let is_words = path == WORDS;
    let (asked, l) = (&answer.asked, answer.l);
    let criteria = &pages.questionnaires.newest().questionnaire.criteria;
    let preset_href =
        |preset: Preset| asked.address(path, &[("period", preset.code()), ("from", ""), ("to", "")]);
    let presets = Preset::ALL.map(|preset| PresetView {
        text: preset_text(l, preset),
        href: preset_href(preset),
        is_current: asked.preset == Some(preset),
    });
    let about = asked.about.and_then(|key| criteria.iter().find(|one| one.key == key));
    let mut lead = l.lead(answer.name(), asked.period.days(), asked.period.show());
    if let Some(criterion) = about {
        lead = format!("{lead} {}", l.lead_about(criterion.text.clone()));
    }
    let total = answer.numbers.total.all;
    let below = answer.tops.iter().flat_map(|&top| answer.tree.below(top));
    let mut offered: Vec<_> = below.take(OFFERED + 1).collect();
    let has_bodies = offered.len() > 1;
    if offered.len() > OFFERED {
        offered.clear();
    }
    offered.sort_by(|one, other| one.code.cmp(&other.code));
    let key = asked.about.map(String::from).unwrap_or_default();
    let about = std::iter::once(Choice::new("", l.about_all(), &key))
        .chain(criteria.iter().map(|one| Choice::new(one.key, one.short.clone(), &key)));
    let cut = [("", l.cut_auto()), ("day", l.cut_day()), ("week", l.cut_week()), ("month", l.cut_month())];
    let cut_now = asked.cut.map_or("", Cut::code);
    let units_now = if asked.units == Units::Offices { "offices" } else { "" };
    let against_now = if asked.against == Against::Year { "year" } else { "" };
    let choices = |all: &[(&str, &str)], now: &str| -> Vec<Choice> {
        all.iter().map(|&(value, text)| Choice::new(value, text, now)).collect()
    };
    let typed = asked.given.get("body");
    let code = asked.body.and_then(|body| answer.tree.get(body)).map_or("", |node| node.code.as_str());
    let nodes: Vec<_> = answer.tops.iter().filter_map(|&top| answer.tree.get(top)).collect();
    let when = When::new(answer.now, &zone(&answer.tree, &nodes, asked.body));
    let person = who.viewer.person.as_ref().map_or("", |person| person.name.as_str());
    let shown = |part: &Part| *part != Part::Map || answer.numbers.regions.len() > 1;
    AnalysisView {
        page: answer
            .trail(who.page(Section::Analysis, if is_words { l.words_page() } else { l.title() }), path),
        l,
        path,
        other: asked.address(if is_words { PATH } else { WORDS }, &[]),
        is_live: !is_words,
        has_bodies,
        body: if asked.errors.of("body").is_empty() { code.to_owned() } else { typed.to_owned() },
        offered: offered.into_iter().map(|node| (node.code.clone(), node.name.clone())).collect(),
        period: asked.preset.map_or("", Preset::code),
        from: asked.period.from.to_string(),
        to: asked.period.to.to_string(),
        about: about.collect(),
        cut: choices(&cut, cut_now),
        units: choices(&[("", l.units_below()), ("offices", l.units_offices())], units_now),
        against: choices(&[("", l.against_before()), ("year", l.against_year())], against_now),
        has_more: ["cut", "units", "against"].iter().any(|name| !asked.given.get(name).is_empty()),
        presets: presets.into(),
        lead,
        responses: l.responses(total, thousands(total)),
        printed: l.printed(person.to_owned(), when.exact),
        year: preset_href(Preset::Days365),
        figures: match total {
            0 => Vec::new(),
            _ if is_words => Part::WORDS.map(|part| answer.view(made, part)).into(),
            _ => Part::ALL.into_iter().filter(shown).map(|part| answer.view(made, part)).collect(),
        },
        errors: asked.errors.clone(),
    }
}
