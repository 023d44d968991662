//! The card of a person: what is said of them, roles, account, sessions.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_access::Scope;
use otklik_kernel::{Id, Zone};
use otklik_ui::{Badge, Choice, Errors, Page, Section, When};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::agent;
use crate::pages::Web;
use crate::pages::common::{flash, id, options, or_mistakes, query, status, texts, when};
use crate::pages::people::{badge, roles};
use crate::people::store::SeenGrant;
use crate::people::{Person, account, disable, grants, reset, store as people};
use crate::refusal::{Mistake, Refusal, errors};
use crate::sessions::{self, Session};
use crate::texts::L;
use crate::{store, units};

#[derive(askama::Template)]
#[template(path = "organisations/person.html")]
struct PersonView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    person: Person,
    body: String,
    body_href: String,
    unit: String,
    badge: Option<Badge>,
    locked_until: Option<When>,
    grants: Vec<GrantView>,
    beyond: usize,
    roles: Vec<Choice>,
    role_body: String,
    options: Vec<(String, String)>,
    sessions: Vec<SessionView>,
    is_self: bool,
    password: Option<String>,
}

struct GrantView {
    role: &'static str,
    code: &'static str,
    body: Id,
    body_name: String,
    body_href: String,
}

/// A session as a page shows it.
pub(crate) struct SessionView {
    pub id: Id,
    pub agent: String,
    pub created: When,
    pub seen: When,
    pub is_this: bool,
}

impl SessionView {
    pub fn new(l: L, session: &Session, zone: &Zone, this: Option<Id>) -> Self {
        Self {
            id: session.id,
            agent: agent::words(l, &session.agent),
            created: when(session.created_at, zone),
            seen: when(session.seen_at, zone),
            is_this: this == Some(session.id),
        }
    }
}

/// What a form on the card sent, and what came of it.
#[derive(Default)]
struct After<'a> {
    mistakes: &'a [Mistake],
    role: &'a str,
    role_body: &'a str,
    password: Option<String>,
    done: Form,
}

async fn page(web: &Web, who: &Who, id: Id, after: After<'_>) -> Result<Response, Fail> {
    let (l, conn, now) = (texts(who), web.ctx.db.read(), web.ctx.now());
    let person = people::find(conn, &who.scope, id).await?.ok_or(Fail::NotFound)?;
    let body = store::find(conn, &who.scope, person.fields.body).await?.ok_or(Fail::NotFound)?;
    let seen = people::grants(conn, &who.scope, id).await?;
    let unit = match person.fields.unit {
        Some(unit) => units::store::find(conn, &who.scope, body.id, unit).await?.map(|unit| unit.name),
        None => None,
    };
    let sessions = sessions::of(conn, id, now).await?;
    let own = (who.caller.person() == id).then(|| who.caller.session());
    let title = person.fields.name.clone();
    let page = who.page(Section::People, title.as_str()).crumb(l.people_title(), "/admin/people").here(title);
    let view = PersonView {
        page: flash(page, l, &after.done),
        l,
        errors: errors(l, after.mistakes),
        here: format!("/admin/people/{id}"),
        badge: badge(l, &person, now),
        locked_until: person.lock.held(now).map(|until| when(until, &body.fields.zone)),
        beyond: seen.iter().filter(|grant| !grant.is_within).count(),
        grants: grant_views(web, &who.scope, &seen).await?,
        roles: roles(l.choose(), after.role),
        role_body: if after.role_body.is_empty() { body.fields.code } else { after.role_body.to_owned() },
        options: options(web, &who.scope).await?,
        sessions: sessions.iter().map(|one| SessionView::new(l, one, &body.fields.zone, own)).collect(),
        is_self: own.is_some(),
        password: after.password,
        body: body.fields.short_name,
        body_href: format!("/admin/bodies/{}", body.id),
        unit: unit.unwrap_or_default(),
        person,
    };
    Ok(html(status(after.mistakes), &view))
}

async fn grant_views(web: &Web, scope: &Scope, seen: &[SeenGrant]) -> Result<Vec<GrantView>, Fail> {
    let mut views = Vec::new();
    for grant in seen.iter().filter(|grant| grant.is_within).map(|seen| seen.grant) {
        let body = store::find(web.ctx.db.read(), scope, grant.body).await?;
        views.push(GrantView {
            role: grant.role.title(),
            code: grant.role.code(),
            body: grant.body,
            body_name: body.map(|body| body.fields.short_name).unwrap_or_default(),
            body_href: format!("/admin/bodies/{}", grant.body),
        });
    }
    Ok(views)
}

/// The card.
pub(crate) async fn show(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    page(&web, &who, id(&path)?, After { done: query(raw)?, ..After::default() }).await
}

/// The card with a temporary password, shown this once.
pub(crate) async fn with_password(web: &Web, who: &Who, id: Id, password: String) -> Result<Response, Fail> {
    page(web, who, id, After { password: Some(password), ..After::default() }).await
}

/// Back to the card after a change, or the card with what is wrong.
async fn after(
    web: &Web,
    who: &Who,
    id: Id,
    done: Result<(), Refusal>,
    code: &str,
) -> Result<Response, Fail> {
    match or_mistakes(done)? {
        Ok(()) => Ok(Redirect::to(&format!("/admin/people/{id}?done={code}")).into_response()),
        Err(mistakes) => page(web, who, id, After { mistakes: &mistakes, ..After::default() }).await,
    }
}

/// Gives a role.
pub(crate) async fn grant(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (id, role, role_body) = (id(&path)?, form.get("role"), form.get("role_body"));
    let act = web.act(&who, &trace);
    match or_mistakes(grants::grant(&web.ctx.db, &who.scope, &act, id, role, role_body).await)? {
        Ok(()) => Ok(Redirect::to(&format!("/admin/people/{id}?done=granted")).into_response()),
        Err(mistakes) => {
            page(&web, &who, id, After { mistakes: &mistakes, role, role_body, ..After::default() }).await
        }
    }
}

/// Withdraws a role.
pub(crate) async fn withdraw(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (person, body) = (id(&path)?, id(form.get("body"))?);
    let act = web.act(&who, &trace);
    let done = grants::withdraw(&web.ctx.db, &who.scope, &act, person, form.get("role"), body).await;
    after(&web, &who, person, done, "withdrawn").await
}

/// Disables the account.
pub(crate) async fn disable(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    set_disabled(&web, &who, &trace, &path, true).await
}

/// Enables the account.
pub(crate) async fn enable(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    set_disabled(&web, &who, &trace, &path, false).await
}

async fn set_disabled(
    web: &Web,
    who: &Who,
    trace: &Trace,
    path: &str,
    is_disabled: bool,
) -> Result<Response, Fail> {
    let id = id(path)?;
    let done = disable::set_disabled(&web.ctx.db, &who.scope, &web.act(who, trace), id, is_disabled).await;
    after(web, who, id, done, if is_disabled { "disabled" } else { "enabled" }).await
}

/// Takes off the lock.
pub(crate) async fn unlock(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let id = id(&path)?;
    let done = reset::unlock(&web.ctx.db, &who.scope, &web.act(&who, &trace), id).await;
    after(&web, &who, id, done, "unlocked").await
}

/// Sets a temporary password and shows it this once.
pub(crate) async fn reset(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    _form: Form,
) -> Result<Response, Fail> {
    let id = id(&path)?;
    let done = reset::reset(&web.ctx.db, &who.scope, &web.act(&who, &trace), id).await?;
    match or_mistakes(done)? {
        Ok(password) => with_password(&web, &who, id, password).await,
        Err(mistakes) => page(&web, &who, id, After { mistakes: &mistakes, ..After::default() }).await,
    }
}

/// Ends one session of the person, or all of them.
pub(crate) async fn end(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let person = id(&path)?;
    let session = form.find("session").map(id).transpose()?;
    let act = web.act(&who, &trace);
    let done = account::end_of(&web.ctx.db, &who.scope, &act, person, session).await;
    let code = if session.is_some() { "session-ended" } else { "sessions-ended" };
    after(&web, &who, person, done, code).await
}
