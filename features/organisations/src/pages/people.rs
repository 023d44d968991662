//! The list of people.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use otklik_access::Role;
use otklik_kernel::Instant;
use otklik_ui::{Badge, Choice, Errors, Page, Pager, Section, Tone};
use otklik_web::{Fail, Who, html};

use crate::bodies::pick;
use crate::pages::Web;
use crate::pages::common::{encode, flash, options, query, status, texts};
use crate::people::Person;
use crate::people::list::{Filter, Row, count, list};
use crate::refusal::{Refusal, errors};
use crate::texts::L;

const PER_PAGE: u64 = 100;

#[derive(askama::Template)]
#[template(path = "organisations/people.html")]
struct ListView {
    page: Page,
    l: L,
    errors: Errors,
    q: String,
    body: String,
    options: Vec<(String, String)>,
    roles: Vec<Choice>,
    rows: Vec<RowView>,
    pager: Pager,
    is_filtered: bool,
}

struct RowView {
    href: String,
    name: String,
    login: String,
    position: String,
    body: String,
    roles: String,
    badge: Option<Badge>,
}

/// The roles to choose from, after an entry for none of them.
pub(crate) fn roles(none: &str, current: &str) -> Vec<Choice> {
    let all = Role::ALL.map(|role| Choice::new(role.code(), role.title(), current));
    std::iter::once(Choice::new("", none, current)).chain(all).collect()
}

/// What is special about an account.
pub(crate) fn badge(l: L, person: &Person, now: Instant) -> Option<Badge> {
    if person.disabled_at.is_some() {
        Some(Badge::new(l.person_is_disabled(), Tone::Quiet))
    } else if person.lock.held(now).is_some() {
        Some(Badge::new(l.person_is_locked(), Tone::Warning))
    } else if person.must_change {
        Some(Badge::new(l.person_must_change(), Tone::Accent))
    } else {
        None
    }
}

fn row_view(l: L, row: Row, now: Instant) -> RowView {
    RowView {
        href: format!("/admin/people/{}", row.person.id),
        badge: badge(l, &row.person, now),
        name: row.person.fields.name,
        login: row.person.fields.login,
        position: row.person.fields.position,
        body: row.body,
        roles: row.roles.iter().map(|role| role.title()).collect::<Vec<_>>().join(", "),
    }
}

/// The list.
pub(crate) async fn show(
    State(web): State<Web>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query) = (texts(&who), query(raw)?);
    let conn = web.ctx.db.read();
    let mut filter = Filter {
        text: query.get("q").trim().to_owned(),
        role: Role::find(query.get("role")),
        ..Filter::default()
    };
    let mut mistakes = Vec::new();
    if !query.get("body").trim().is_empty() {
        match pick::body(conn, &who.scope, "body", query.get("body")).await {
            Ok(body) => filter.body = Some(body.id),
            Err(Refusal::Wrong(found)) => mistakes = found,
            Err(other) => return Err(other.into()),
        }
    }
    let total = count(conn, &who.scope, &filter).await?;
    let base = encode(["q", "role", "body"].map(|key| (key, query.get(key))));
    let pager = Pager::new(query.get("page").parse().unwrap_or(1), PER_PAGE, total, base);
    let rows = list(conn, &who.scope, &filter, (pager.page - 1) * PER_PAGE, PER_PAGE).await?;
    let now = web.ctx.now();
    let view = ListView {
        page: flash(who.page(Section::People, l.people_title()), l, &query),
        l,
        errors: errors(l, &mistakes),
        q: filter.text.clone(),
        body: query.get("body").to_owned(),
        options: options(&web, &who.scope).await?,
        roles: roles(l.filter_all_roles(), query.get("role")),
        rows: rows.into_iter().map(|row| row_view(l, row, now)).collect(),
        pager,
        is_filtered: filter != Filter::default(),
    };
    Ok(html(status(&mistakes), &view))
}
