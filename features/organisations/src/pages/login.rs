//! Signing in and out; a form kept by the page of an expired session is sent on after signing in again.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_db::is_away;
use otklik_kernel::{Instant, Zone, secret};
use otklik_ui::{ErrorPage, Errors, Page, Viewer};
use otklik_web::{ADMIN_POLICY, Fail, Form, Trace, cookie, csrf_token, html};

use crate::act::{Act, Entry};
use crate::pages::Web;
use crate::pages::common::{flash, query};
use crate::sign_in::{Outcome, Replaced, replace_temporary, sign_in};
use crate::{sessions, texts::L, weakness_text};

/// Where somebody goes after signing in: only a page of this admin zone.
pub(crate) fn local_path(path: &str) -> Option<&str> {
    let (bare, _) = path.split_once(['?', '#']).unwrap_or((path, ""));
    let plain = bare.starts_with("/admin/")
        && !path.contains(['\\', '\0'])
        && !path.chars().any(char::is_control)
        && path.is_ascii()
        && bare.split('/').skip(1).all(|part| {
            let part = part.to_ascii_lowercase().replace("%2e", ".");
            part != "." && part != ".." && !part.contains("%2f") && !part.contains("%5c")
        })
        && !bare.contains("//")
        && !bare.starts_with("/admin/login")
        && bare != "/admin/logout";
    plain.then_some(path)
}

/// What goes along through the steps of signing in.
#[derive(Clone, Debug, Default)]
struct Carried {
    next: String,
    resume_path: String,
    resume: Vec<(String, String)>,
    /// Fields that held a file, which has to be chosen again.
    files: Vec<String>,
}

impl Carried {
    fn read(form: &Form) -> Self {
        let resume_path = local_path(form.get("resume_path")).unwrap_or_default().to_owned();
        let resume = form
            .fields()
            .iter()
            .filter_map(|(key, value)| Some((key.strip_prefix("resume.")?.to_owned(), value.clone())))
            .filter(|(key, _)| !resume_path.is_empty() && key != "csrf");
        Self {
            next: local_path(form.get("next")).unwrap_or_default().to_owned(),
            resume: resume.collect(),
            files: form.all("resume_file").map(ToOwned::to_owned).collect(),
            resume_path,
        }
    }
}

#[derive(askama::Template)]
#[template(path = "organisations/login.html")]
struct LoginView {
    page: Page,
    l: L,
    errors: Errors,
    login: String,
    carried: Carried,
}

#[derive(askama::Template)]
#[template(path = "organisations/replace-password.html")]
struct ReplaceView {
    page: Page,
    l: L,
    errors: Errors,
    login: String,
    ticket: String,
    carried: Carried,
}

#[derive(askama::Template)]
#[template(path = "organisations/resume.html")]
struct ResumeView {
    page: Page,
    l: L,
    path: String,
    fields: Vec<(String, String)>,
    shown: Vec<(String, String)>,
    files: Vec<String>,
}

/// The page for signing in; somebody who is signed in goes on at once.
pub(crate) async fn show(State(web): State<Web>, headers: HeaderMap, RawQuery(raw): RawQuery) -> Response {
    let trace = Trace::new(&*web.ctx.random);
    let answer = async {
        let query = query(raw)?;
        let next = local_path(query.get("next")).unwrap_or_default().to_owned();
        if let Some(secret) = cookie::session(&web.ctx.settings, &headers)
            && web.ctx.authenticator.authenticate(secret).await?.is_some()
        {
            return Ok(Redirect::to(onward(&next)).into_response());
        }
        let carried = Carried { next, ..Carried::default() };
        let mut view = LoginView::new(String::new(), carried);
        view.page = flash(view.page, view.l, &query);
        Ok(html(StatusCode::OK, &view))
    };
    public(&web, &trace, answer.await)
}

impl LoginView {
    fn new(login: String, carried: Carried) -> Self {
        let l = L::default();
        let page = Page::outside(&Viewer::default(), l.login_title());
        Self { page, l, errors: Errors::new(), login, carried }
    }

    fn wrong(mut self, status: StatusCode, text: impl Into<String>) -> Response {
        self.errors.add("", text);
        html(status, &self)
    }
}

fn onward(next: &str) -> &str {
    if next.is_empty() { "/admin/" } else { next }
}

/// Signs in.
pub(crate) async fn send(State(web): State<Web>, headers: HeaderMap, form: Result<Form, Fail>) -> Response {
    let trace = Trace::new(&*web.ctx.random);
    let answer = async {
        refuse_cross_site(&headers)?;
        let form = form?;
        let view = LoginView::new(form.get("login").trim().to_owned(), Carried::read(&form));
        let l = view.l;
        if view.login.is_empty() || form.get("password").is_empty() {
            return Ok(view.wrong(StatusCode::UNPROCESSABLE_ENTITY, l.login_empty()));
        }
        let tried = sign_in(&web.ctx, &view.login, form.get("password"), agent(&headers), &trace.0);
        match tried.await {
            Ok(Outcome::In(secret)) => enter(&web, &headers, &secret, view.carried).await,
            Ok(Outcome::MustChange(ticket)) => Ok(ReplaceView::new(view, ticket).ask()),
            Ok(Outcome::Wrong) => Ok(view.wrong(StatusCode::UNPROCESSABLE_ENTITY, l.login_wrong())),
            Ok(Outcome::Locked(until, zone)) => {
                Ok(view.wrong(StatusCode::UNPROCESSABLE_ENTITY, locked_text(l, until, &zone)))
            }
            Ok(Outcome::Disabled) => Ok(view.wrong(StatusCode::UNPROCESSABLE_ENTITY, l.login_disabled())),
            Err(Fail::Database(error)) if is_away(&error) => {
                tracing::error!(trace = trace.0, %error, "sign-in without the database");
                Ok(view.wrong(StatusCode::SERVICE_UNAVAILABLE, l.login_away()))
            }
            Err(fail) => Err(fail),
        }
    };
    public(&web, &trace, answer.await)
}

fn locked_text(l: L, until: Instant, zone: &Zone) -> String {
    l.login_locked(until.show_in(zone))
}

impl ReplaceView {
    fn new(login: LoginView, ticket: String) -> Self {
        let page = Page::outside(&Viewer::default(), login.l.replace_title());
        Self { page, l: login.l, errors: Errors::new(), login: login.login, ticket, carried: login.carried }
    }

    fn ask(&self) -> Response {
        html(StatusCode::OK, self)
    }

    fn wrong(mut self, field: &str, text: impl Into<String>) -> Response {
        self.errors.add(field, text);
        html(StatusCode::UNPROCESSABLE_ENTITY, &self)
    }
}

/// Replaces a temporary password and signs in.
pub(crate) async fn replace(
    State(web): State<Web>,
    headers: HeaderMap,
    form: Result<Form, Fail>,
) -> Response {
    let trace = Trace::new(&*web.ctx.random);
    let answer = async {
        refuse_cross_site(&headers)?;
        let form = form?;
        let login = LoginView::new(form.get("login").trim().to_owned(), Carried::read(&form));
        let view = ReplaceView::new(login, form.get("ticket").to_owned());
        let l = view.l;
        let new = form.get("new_password");
        if new != form.get("new_password_again") {
            return Ok(view.wrong("new_password_again", l.password_differs()));
        }
        let given = (view.login.as_str(), view.ticket.as_str());
        match replace_temporary(&web.ctx, given, new, agent(&headers), &trace.0).await? {
            Replaced::In(secret) => enter(&web, &headers, &secret, view.carried).await,
            Replaced::Weak(weakness) => Ok(view.wrong("new_password", weakness_text(l, weakness))),
            Replaced::Same => Ok(view.wrong("new_password", l.password_same())),
            Replaced::Stale => {
                let login = LoginView::new(view.login, view.carried);
                Ok(login.wrong(StatusCode::UNPROCESSABLE_ENTITY, l.replace_stale()))
            }
        }
    };
    public(&web, &trace, answer.await)
}

/// Begins the session in the browser: on to the page asked for, or to the form that was kept.
async fn enter(web: &Web, headers: &HeaderMap, secret: &str, carried: Carried) -> Result<Response, Fail> {
    if let Some(old) = cookie::session(&web.ctx.settings, headers)
        && let Some(caller) = web.ctx.authenticator.authenticate(old).await?
    {
        let tx = web.ctx.db.begin().await?;
        sessions::end(&tx, caller.person(), caller.session()).await?;
        tx.commit().await?;
    }
    let mut response = if carried.resume_path.is_empty() {
        Redirect::to(onward(&carried.next)).into_response()
    } else {
        let l = L::default();
        let viewer = Viewer { csrf: csrf_token(&web.ctx, secret), ..Viewer::default() };
        let shown =
            carried.resume.iter().filter(|(key, value)| !key.contains("password") && !value.is_empty());
        let view = ResumeView {
            page: Page::outside(&viewer, l.resume_title()),
            l,
            path: carried.resume_path,
            shown: shown.cloned().collect(),
            fields: carried.resume,
            files: carried.files,
        };
        html(StatusCode::OK, &view)
    };
    let value = cookie::set_session(&web.ctx.settings, headers, Some(secret));
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}

/// Signs out: also when the session is over already, so it is not behind the guard.
pub(crate) async fn leave(State(web): State<Web>, headers: HeaderMap, form: Result<Form, Fail>) -> Response {
    let trace = Trace::new(&*web.ctx.random);
    let answer = async {
        refuse_cross_site(&headers)?;
        let form = form?;
        if let Some(secret) = cookie::session(&web.ctx.settings, &headers)
            && let Some(caller) = web.ctx.authenticator.authenticate(secret).await?
        {
            let token = csrf_token(&web.ctx, secret);
            if !secret::same(form.get("csrf").as_bytes(), token.as_bytes()) {
                return Err(Fail::Forged);
            }
            let act = Act::of(&web.ctx, &caller, &trace);
            let tx = web.ctx.db.begin().await?;
            sessions::end(&tx, caller.person(), caller.session()).await?;
            let subject = Some(("person", caller.person()));
            act.journal(&tx, Entry { action: "sessions.end", subject, ..Entry::default() }).await?;
            tx.commit().await?;
        }
        let mut response = Redirect::to("/admin/login?done=bye").into_response();
        let value = cookie::set_session(&web.ctx.settings, &headers, None);
        response.headers_mut().insert(header::SET_COOKIE, value);
        Ok(response)
    };
    public(&web, &trace, answer.await)
}

fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Refuses a form that a browser says was sent by another site.
fn refuse_cross_site(headers: &HeaderMap) -> Result<(), Fail> {
    match headers.get("sec-fetch-site").and_then(|value| value.to_str().ok()) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(Fail::Forged),
    }
}

/// An answer of a page that is not behind the guard, with the headers that the guard would give it.
fn public(web: &Web, trace: &Trace, answer: Result<Response, Fail>) -> Response {
    web.ctx.metrics.admin_requests.inc();
    let mut response = answer.unwrap_or_else(|fail| {
        let status = fail.status();
        if status.is_server_error() {
            tracing::error!(trace = trace.0, error = %fail, "request failed");
            web.ctx.metrics.errors.inc();
        }
        html(status, &ErrorPage::new(&Viewer::default(), status.as_u16()).trace(trace.0.clone()))
    });
    let headers = response.headers_mut();
    headers.insert("content-security-policy", HeaderValue::from_static(ADMIN_POLICY));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&trace.0) {
        headers.insert("x-trace", value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn x3_one_goes_on_only_to_pages_of_the_admin_zone() {
        for good in
            ["/admin/", "/admin/bodies/7?done=saved", "/admin/people?q=%D0%B9", "/admin/bodies?next=//x"]
        {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "/",
            "//evil.example",
            "/admin",
            "https://evil.example/admin/",
            "/admin//evil",
            "/admin/../qr/",
            "/admin/%2e%2E/qr/",
            "/admin/..%2fqr",
            "/admin/\\evil",
            "/admin/x\r\nSet-Cookie: a=b",
            "/admin/login",
            "/admin/login/password",
            "/admin/logout",
            "/admin/й",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
