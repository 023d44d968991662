//! Adding a body and changing what is said of it.

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use otklik_kernel::Id;
use otklik_ui::{Choice, Errors, Page, Section};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::bodies::check::{COLUMNS, NO, Raw, YES};
use crate::bodies::{change, create, zones};
use crate::model::{BodyKind, Level};
use crate::pages::Web;
use crate::pages::common::{body_found, body_page, id, options, or_mistakes, query, status, texts};
use crate::refusal::{Mistake, errors};
use crate::store;
use crate::texts::L;

#[derive(askama::Template)]
#[template(path = "organisations/body-form.html")]
struct FormView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    back: String,
    is_new: bool,
    raw: Raw,
    kinds: Vec<Choice>,
    levels: Vec<Choice>,
    zones: Vec<Choice>,
    options: Vec<(String, String)>,
}

fn read(form: &Form) -> Raw {
    let mut raw = Raw::default();
    for column in COLUMNS {
        raw.set(column, form.get(column));
    }
    for flag in ["queue_terminal", "office"] {
        raw.set(flag, if form.is_on(flag) { YES } else { NO });
    }
    raw
}

fn zone_choices(l: L, current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", l.choose(), current)];
    choices.extend(zones::ZONES.map(|(name, title)| Choice::new(name, title, current)));
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice::new(current, current, current));
    }
    choices
}

/// The fields as they stand in the form, where they are in another order than the columns of a table.
const FIRST: [&str; 4] = ["parent_code", "short_name", "full_name", "code"];

impl FormView {
    fn new(page: Page, l: L, raw: Raw, mistakes: &[Mistake]) -> Self {
        let mut mistakes = mistakes.to_vec();
        mistakes.sort_by_key(|one| FIRST.iter().position(|field| *field == one.field).unwrap_or(FIRST.len()));
        Self {
            page,
            l,
            errors: errors(l, &mistakes),
            here: "/admin/bodies/new".to_owned(),
            back: "/admin/bodies".to_owned(),
            is_new: true,
            kinds: BodyKind::choices(l, l.choose(), raw.get("kind")),
            levels: Level::choices(l, l.choose(), raw.get("level")),
            zones: zone_choices(l, raw.get("time_zone")),
            options: Vec::new(),
            raw,
        }
    }
}

async fn new_page(web: &Web, who: &Who, raw: Raw, mistakes: &[Mistake]) -> Result<Response, Fail> {
    let l = texts(who);
    let page = who.page(Section::Bodies, l.body_new_title()).crumb(l.bodies_title(), "/admin/bodies");
    let page = page.here(l.body_new_title());
    let view = FormView { options: options(web, &who.scope).await?, ..FormView::new(page, l, raw, mistakes) };
    Ok(html(status(mistakes), &view))
}

/// The form of a new body; what it shares with the one above it is filled in.
pub(crate) async fn new(State(web): State<Web>, who: Who, RawQuery(raw): RawQuery) -> Result<Response, Fail> {
    let query = query(raw)?;
    let mut raw = Raw::default();
    raw.set("office", YES);
    let conn = web.ctx.db.read();
    let parent = match (query.get("parent"), who.scope.tops()) {
        ("", &[top]) => store::find(conn, &who.scope, top).await?,
        (code, _) => store::find_by_code(conn, &who.scope, code).await?,
    };
    if let Some(parent) = parent {
        raw.set("parent_code", parent.fields.code);
        raw.set("region", parent.fields.region);
        raw.set("time_zone", parent.fields.zone.name());
        raw.set("site", parent.fields.site);
    }
    new_page(&web, &who, raw, &[]).await
}

/// Adds a body.
pub(crate) async fn add(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let raw = read(&form);
    match or_mistakes(create::create(&web.ctx.db, &who.scope, &web.act(&who, &trace), &raw).await)? {
        Ok(id) => Ok(web.changed(id, "added").await),
        Err(mistakes) => new_page(&web, &who, raw, &mistakes).await,
    }
}

async fn edit_page(web: &Web, who: &Who, body: Id, raw: Raw, mistakes: &[Mistake]) -> Result<Response, Fail> {
    let l = texts(who);
    let page = body_page(web, who, &who.scope, body, l.body_edit_title()).await?.here(l.change());
    let (here, back) = (format!("/admin/bodies/{body}/edit"), format!("/admin/bodies/{body}"));
    let view = FormView { here, back, is_new: false, ..FormView::new(page, l, raw, mistakes) };
    Ok(html(status(mistakes), &view))
}

/// The form of a body.
pub(crate) async fn edit(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
) -> Result<Response, Fail> {
    let body = body_found(&web, &who, &path).await?;
    edit_page(&web, &who, body.id, Raw::of(&body.fields, ""), &[]).await
}

/// Changes a body.
pub(crate) async fn save(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (id, raw) = (id(&path)?, read(&form));
    match or_mistakes(change::change(&web.ctx.db, &who.scope, &web.act(&who, &trace), id, &raw).await)? {
        Ok(_) => Ok(web.changed(id, "saved").await),
        Err(mistakes) => edit_page(&web, &who, id, raw, &mistakes).await,
    }
}
