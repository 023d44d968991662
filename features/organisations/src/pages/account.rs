//! One's own account: roles, sessions, password.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use otklik_access::Scope;
use otklik_ui::{Errors, Page, Section};
use otklik_web::{Fail, Form, Trace, Who, html};

use crate::pages::Web;
use crate::pages::common::{flash, id, or_mistakes, query, status, texts};
use crate::pages::person::SessionView;
use crate::people::{Person, account, own, store as people};
use crate::refusal::{Mistake, errors};
use crate::texts::L;
use crate::{sessions, store};

#[derive(askama::Template)]
#[template(path = "organisations/account.html")]
struct AccountView {
    page: Page,
    l: L,
    here: &'static str,
    person: Person,
    body: String,
    roles: Vec<(&'static str, String)>,
    sessions: Vec<SessionView>,
}

#[derive(askama::Template)]
#[template(path = "organisations/password.html")]
struct PasswordView {
    page: Page,
    l: L,
    errors: Errors,
    login: String,
}

/// One's own page.
pub(crate) async fn show(
    State(web): State<Web>,
    who: Who,
    RawQuery(raw): RawQuery,
) -> Result<Response, Fail> {
    let (l, query, conn) = (texts(&who), query(raw)?, web.ctx.db.read());
    let everywhere = Scope::system("one's own account, body and roles, wherever they are");
    let id = who.caller.person();
    let person = people::find(conn, &everywhere, id).await?.ok_or(Fail::NotFound)?;
    let body = store::find(conn, &everywhere, person.fields.body).await?.ok_or(Fail::NotFound)?;
    let mut roles = Vec::new();
    for grant in who.caller.grants() {
        let on = store::find(conn, &everywhere, grant.body).await?;
        roles.push((grant.role.title(), on.map(|body| body.fields.short_name).unwrap_or_default()));
    }
    let this = Some(who.caller.session());
    let sessions = sessions::of(conn, id, web.ctx.now()).await?;
    let view = AccountView {
        page: flash(who.page(Section::Account, l.account_title()), l, &query),
        l,
        here: "/admin/account",
        sessions: sessions.iter().map(|one| SessionView::new(l, one, &body.fields.zone, this)).collect(),
        body: body.fields.short_name,
        person,
        roles,
    };
    Ok(html(StatusCode::OK, &view))
}

/// Ends one of one's own sessions, or all the others.
pub(crate) async fn end(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let act = web.act(&who, &trace);
    let code = match form.find("session") {
        Some(session) => {
            account::end_own(&web.ctx.db, &act, &who.caller, id(session)?).await?;
            "session-ended"
        }
        None => {
            account::end_others(&web.ctx.db, &act, &who.caller).await?;
            "sessions-ended"
        }
    };
    Ok(Redirect::to(&format!("/admin/account?done={code}")).into_response())
}

fn password_page(who: &Who, mistakes: &[Mistake]) -> Response {
    let l = texts(who);
    let title = l.account_password_title();
    let view = PasswordView {
        page: who.page(Section::Account, title).crumb(l.account_title(), "/admin/account").here(title),
        l,
        errors: errors(l, mistakes),
        login: who.caller.login().to_owned(),
    };
    html(status(mistakes), &view)
}

/// The form for a new password.
pub(crate) async fn password(who: Who) -> Response {
    password_page(&who, &[])
}

/// Changes one's own password.
pub(crate) async fn change_password(
    State(web): State<Web>,
    who: Who,
    trace: Trace,
    form: Form,
) -> Result<Response, Fail> {
    let new = (form.get("new_password"), form.get("new_password_again"));
    let act = web.act(&who, &trace);
    let done = own::change_password(&web.ctx.db, &act, &who.caller, form.get("password"), new).await?;
    match or_mistakes(done)? {
        Ok(()) => Ok(Redirect::to("/admin/account?done=password").into_response()),
        Err(mistakes) => Ok(password_page(&who, &mistakes)),
    }
}
