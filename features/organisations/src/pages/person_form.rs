//! Adding a person and changing what is said of them.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_kernel::Id;
use otklik_ui::{Choice, Errors, Page, Section};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::bodies::check::code_of;
use crate::bodies::pick;
use crate::pages::Web;
use crate::pages::common::{id, options, or_mistakes, query, status, texts};
use crate::pages::people::roles;
use crate::pages::person;
use crate::people::check::RawPerson;
use crate::people::{change, create, store as people};
use crate::refusal::{Mistake, errors};
use crate::texts::L;
use crate::{store, units};

#[derive(askama::Template)]
#[template(path = "organisations/person-form.html")]
struct FormView {
    page: Page,
    l: L,
    errors: Errors,
    here: String,
    back: String,
    is_new: bool,
    raw: RawPerson,
    roles: Vec<Choice>,
    units: Vec<Choice>,
    options: Vec<(String, String)>,
}

fn read(form: &Form) -> RawPerson {
    RawPerson {
        login: form.get("login").to_owned(),
        name: form.get("name").to_owned(),
        position: form.get("position").to_owned(),
        phone: form.get("phone").to_owned(),
        email: form.get("email").to_owned(),
        body: form.get("body").to_owned(),
        unit: form.get("unit").to_owned(),
    }
}

/// The units of the body that is typed; none while it isn't clear which one is meant.
async fn unit_choices(web: &Web, who: &Who, raw: &RawPerson) -> Result<Vec<Choice>, Fail> {
    let conn = web.ctx.db.read();
    let mut choices = Vec::new();
    if let Ok(body) = pick::body(conn, &who.scope, "body", &raw.body).await {
        let units = units::store::of(conn, &who.scope, body.id).await?;
        choices
            .extend(units.iter().map(|unit| Choice::new(unit.id.to_string(), unit.name.as_str(), &raw.unit)));
    }
    if !choices.is_empty() {
        choices.insert(0, Choice::new("", texts(who).person_no_unit(), &raw.unit));
    }
    Ok(choices)
}

async fn form_page(
    web: &Web,
    who: &Who,
    person: Option<Id>,
    raw: RawPerson,
    role: &str,
    mistakes: &[Mistake],
) -> Result<Response, Fail> {
    let l = texts(who);
    let mut page = who
        .page(Section::People, if person.is_some() { l.person_edit_title() } else { l.person_new_title() })
        .crumb(l.people_title(), "/admin/people");
    let mut back = "/admin/people".to_owned();
    let mut here = "/admin/people/new".to_owned();
    if let Some(id) = person {
        let found = people::find(web.ctx.db.read(), &who.scope, id).await?.ok_or(Fail::NotFound)?;
        back = format!("/admin/people/{id}");
        here = format!("{back}/edit");
        page = page.crumb(found.fields.name, back.as_str());
    }
    let title = page.title.clone();
    let view = FormView {
        page: page.here(title),
        l,
        errors: errors(l, mistakes),
        here,
        back,
        is_new: person.is_none(),
        units: unit_choices(web, who, &raw).await?,
        roles: roles(l.person_role_later(), role),
        options: options(web, &who.scope).await?,
        raw,
    };
    Ok(html(status(mistakes), &view))
}

/// The form of a new person.
pub(crate) async fn new(State(web): State<Web>, who: Who, RawQuery(raw): RawQuery) -> Result<Response, Fail> {
    let query = query(raw)?;
    let mut raw = RawPerson { body: query.get("body").to_owned(), ..RawPerson::default() };
    if let ("", &[top]) = (query.get("body"), who.scope.tops())
        && let Some(top) = store::find(web.ctx.db.read(), &who.scope, top).await?
    {
        raw.body = top.fields.code;
    }
    form_page(&web, &who, None, raw, "", &[]).await
}

/// Adds a person and shows the temporary password.
pub(crate) async fn add(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let (raw, role) = (read(&form), form.get("role"));
    let done = create::create(&web.ctx.db, &who.scope, &web.act(&who, &trace), &raw, role).await?;
    match or_mistakes(done)? {
        Ok(created) => person::with_password(&web, &who, created.id, created.password).await,
        Err(mistakes) => form_page(&web, &who, None, raw, role, &mistakes).await,
    }
}

/// The form of a person.
pub(crate) async fn edit(
    State(web): State<Web>,
    who: Who,
    Path(path): Path<String>,
) -> Result<Response, Fail> {
    let id = id(&path)?;
    let found = people::find(web.ctx.db.read(), &who.scope, id).await?.ok_or(Fail::NotFound)?;
    let raw = RawPerson {
        body: code_of(web.ctx.db.read(), Some(found.fields.body)).await?,
        unit: found.fields.unit.map(|unit| unit.to_string()).unwrap_or_default(),
        login: found.fields.login,
        name: found.fields.name,
        position: found.fields.position,
        phone: found.fields.phone,
        email: found.fields.email,
    };
    form_page(&web, &who, Some(id), raw, "", &[]).await
}

/// Changes a person.
pub(crate) async fn save(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    Path(path): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (id, raw) = (id(&path)?, read(&form));
    let done = change::change(&web.ctx.db, &who.scope, &web.act(&who, &trace), id, &raw).await;
    match or_mistakes(done)? {
        Ok(()) => Ok(Redirect::to(&format!("/admin/people/{id}?done=saved")).into_response()),
        Err(mistakes) => form_page(&web, &who, Some(id), raw, "", &mistakes).await,
    }
}
