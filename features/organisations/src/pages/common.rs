//! What the slice's handlers share.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::{Id, Instant, Zone};
use otklik_ui::{FlashKind, Page, Section, When};
use otklik_web::{Ctx, Fail, Form, Trace, Who};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::act::Act;
use crate::model::Body;
use crate::refusal::{Mistake, Refusal};
use crate::{SharedOffices, store, texts::L};

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    pub ctx: Ctx,
    pub offices: SharedOffices,
}

impl Web {
    /// Lets the public pages of this node see a change of bodies at once; the others see it within a second.
    pub async fn refresh(&self) {
        if let Err(error) = self.offices.refresh(&self.ctx.db).await {
            tracing::warn!(%error, "the offices in memory were not refreshed");
        }
    }

    /// Back to the card of a body after a change of it, which this node sees at once.
    pub async fn changed(&self, body: Id, done: &str) -> Response {
        self.refresh().await;
        Redirect::to(&format!("/admin/bodies/{body}?done={done}")).into_response()
    }

    /// The change that a caller makes.
    pub fn act<'a>(&'a self, who: &'a Who, trace: &'a Trace) -> Act<'a> {
        Act::of(&self.ctx, &who.caller, trace)
    }
}

/// The texts in the viewer's language.
pub(crate) fn texts(who: &Who) -> L {
    L(who.viewer.lang)
}

/// An id in an address; anything else is a page that doesn't exist.
pub(crate) fn id(text: &str) -> Result<Id, Fail> {
    text.parse().map_err(|_| Fail::NotFound)
}

/// The query of an address, read as strictly as a form.
pub(crate) fn query(raw: Option<String>) -> Result<Form, Fail> {
    Ok(Form::parse(raw.unwrap_or_default().as_bytes())?)
}

/// A moment as a page shows it, to the second: HTML takes no finer fractions than thousandths.
pub(crate) fn when(at: Instant, zone: &Zone) -> When {
    When::new(at.plus(-at.0.rem_euclid(Instant::SECOND)), zone)
}

/// The fields of a filter as the query of a pager, without empty ones.
pub(crate) fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs = filled.map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    pairs.collect::<Vec<_>>().join("&")
}

/// What an operation gives, or the mistakes for its page.
pub(crate) fn or_mistakes<T>(done: Result<T, Refusal>) -> Result<Result<T, Vec<Mistake>>, Fail> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(refusal) => refusal.mistakes().map(Err),
    }
}

/// The status of a form's page.
pub(crate) const fn status(mistakes: &[Mistake]) -> StatusCode {
    if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// The body of the scope that an address names.
pub(crate) async fn body_found(web: &Web, who: &Who, path: &str) -> Result<Body, Fail> {
    store::find(web.ctx.db.read(), &who.scope, id(path)?).await?.ok_or(Fail::NotFound)
}

/// Bodies to choose from by code: all of a small scope, none of a large one, where one types.
pub(crate) async fn options(web: &Web, scope: &Scope) -> Result<Vec<(String, String)>, DbErr> {
    const MOST: u32 = 300;
    let found = store::search(web.ctx.db.read(), scope, "", MOST + 1).await?;
    let is_large = found.len() > MOST as usize;
    let few = found.into_iter().filter(|_| !is_large);
    Ok(few.map(|body| (body.fields.code, body.fields.short_name)).collect())
}

/// A page of the bodies, with the way to one of them from the top of the scope.
pub(crate) async fn body_page(
    web: &Web,
    who: &Who,
    scope: &Scope,
    body: Id,
    title: impl Into<String>,
) -> Result<Page, DbErr> {
    let mut page = who.page(Section::Bodies, title).crumb(texts(who).bodies_title(), "/admin/bodies");
    for above in store::path(web.ctx.db.read(), scope, body).await? {
        let href = format!("/admin/bodies/{}", above.id);
        page = page.crumb(above.fields.short_name, href);
    }
    Ok(page)
}

/// Says above the page what was just done, by the code after `?done=`.
pub(crate) fn flash(page: Page, l: L, query: &Form) -> Page {
    let number = |name: &str| query.get(name).parse::<u32>().unwrap_or_default();
    let text = match query.get("done") {
        "bye" => l.done_bye(),
        "saved" => l.done_saved(),
        "added" => l.done_added(),
        "moved" => l.done_moved(),
        "closed" => l.done_closed(),
        "reopened" => l.done_reopened(),
        "unit-added" => l.done_unit_added(),
        "unit-saved" => l.done_unit_saved(),
        "unit-removed" => l.done_unit_removed(),
        "responsible-added" => l.done_responsible_added(),
        "responsible-removed" => l.done_responsible_removed(),
        "granted" => l.done_granted(),
        "withdrawn" => l.done_withdrawn(),
        "disabled" => l.done_disabled(),
        "enabled" => l.done_enabled(),
        "unlocked" => l.done_unlocked(),
        "session-ended" => l.done_session_ended(),
        "sessions-ended" => l.done_sessions_ended(),
        "password" => l.done_password(),
        "imported" => {
            let text = l.done_imported(number("new"), number("other"));
            return page.flash(FlashKind::Done, text);
        }
        _ => return page,
    };
    page.flash(FlashKind::Done, text)
}
