//! Guarded routes: who may call a route is said where the route is made, and can be listed.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, on};
use otklik_access::{Caller, Permission, Scope};
use otklik_db::DbErr;
use otklik_kernel::code;
use otklik_ui::{Page, Person, Section, Viewer};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::fail::Failed;
use crate::kept::{self, Kept};
use crate::{Ctx, Fail, Trace, api, cookie, live};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody, without signing in.
    Public,
    /// Everybody who is signed in.
    SignedIn,
    /// Those who have the permission on some body; the handler gets the scope where they have it.
    Needs(Permission),
}

impl Access {
    /// The name in the checked-in list of routes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::SignedIn => "signed_in",
            Self::Needs(permission) => permission.code(),
        }
    }
}

/// A route as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path with its parameters.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
}

/// Routes being collected by a slice; `S` is what its handlers share.
#[derive(Debug)]
pub struct Routes<S> {
    ctx: Ctx,
    state: S,
    part: Part,
}

/// A slice's routes, ready to be joined with the others.
#[derive(Debug, Default)]
pub struct Part {
    /// The router.
    pub router: Router,
    /// What is in it.
    pub list: Vec<Route>,
}

impl Part {
    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    #[must_use]
    pub fn new(ctx: &Ctx, state: S) -> Self {
        Self { ctx: ctx.clone(), state, part: Part::default() }
    }

    /// A route for reading.
    #[must_use]
    pub fn get<H: Handler<T, S>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::GET, MethodFilter::GET, path, access, handler)
    }

    /// A route for changing.
    #[must_use]
    pub fn post<H: Handler<T, S>, T: 'static>(self, path: &'static str, access: Access, handler: H) -> Self {
        self.add(Method::POST, MethodFilter::POST, path, access, handler)
    }

    fn add<H: Handler<T, S>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        let mut service = on(filter, handler).with_state(self.state.clone());
        if access != Access::Public {
            service = service.route_layer(from_fn_with_state((self.ctx.clone(), access), guard));
        }
        self.part.router = self.part.router.route(path, service);
        self.part.list.push(Route { method, path, access });
        self
    }

    /// The routes, ready to be joined.
    #[must_use]
    pub fn finish(self) -> Part {
        self.part
    }
}

/// The caller of a guarded route, with the scope where they have the permission the route needs.
#[derive(Clone, Debug)]
pub struct Who {
    /// The person.
    pub caller: Caller,
    /// Where they have the route's permission; nowhere on a route that needs only signing in.
    pub scope: Scope,
    /// The token that their forms must carry.
    pub csrf: String,
    /// The person as pages show them.
    pub viewer: Viewer,
}

impl Who {
    /// A page of a section as this person sees it.
    #[must_use]
    pub fn page(&self, section: Section, title: impl Into<String>) -> Page {
        Page::new(&self.viewer, section, title)
    }
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fail> {
        let who = parts.extensions.get::<Self>().cloned();
        who.ok_or_else(|| Fail::Internal(format!("{}: the route has no guard", parts.uri.path())))
    }
}

/// The token that the forms of a session carry.
#[must_use]
pub fn csrf_token(ctx: &Ctx, session_secret: &str) -> String {
    code::base32(&ctx.secret.derive("csrf").code(&[session_secret.as_bytes()])[..20])
}

/// The sections that a person may open.
fn sections(caller: &Caller) -> Vec<Section> {
    let needed = [
        (Section::Responses, Permission::ReadResponses),
        (Section::Analysis, Permission::ReadResponses),
        (Section::Monitoring, Permission::ReadMonitoring),
        (Section::Bodies, Permission::ReadBodies),
        (Section::People, Permission::ManagePeople),
        (Section::Journal, Permission::ReadJournal),
        (Section::Outbox, Permission::Operate),
    ];
    let open = needed.into_iter().filter(|&(_, permission)| caller.may(permission));
    [Section::Today, Section::Account].into_iter().chain(open.map(|(section, _)| section)).collect()
}

fn viewer(caller: &Caller, csrf: &str, live: i64) -> Viewer {
    let role = caller.grants().first().map_or("", |grant| grant.role.title());
    Viewer {
        person: Some(Person { name: caller.name().to_owned(), role: role.to_owned() }),
        csrf: csrf.to_owned(),
        sections: sections(caller),
        live,
        ..Viewer::default()
    }
}

/// Officials' pages that a node makes at once; others wait for their turn here, where they hold nothing. If all of them
/// waited for a connection to the database at each step, a morning when everybody's browser opens at once would be one of
/// refusals.
const AT_ONCE: usize = 16;

/// The turns to make a page.
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

async fn guard(State((ctx, access)): State<(Ctx, Access)>, mut request: Request, next: Next) -> Response {
    ctx.metrics.admin_requests.inc();
    let trace = Trace::new(&*ctx.random);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(trace.clone());
    let secret = cookie::session(&ctx.settings, request.headers()).map(ToOwned::to_owned);
    // What somebody sends may take its time to arrive, so it takes no turn.
    let _turn = if method == Method::GET { TURNS.acquire().await.ok() } else { None };
    let asked_again = request.headers().contains_key(live::AGAIN).then(Instant::now);
    let mut seen = Viewer::default();
    let mut person = None;
    let mut response = match caller(&ctx, secret.as_deref()).await {
        Err(error) => Fail::from(error).into_response(),
        Ok(_) if is_cross_site(&request) => Fail::Forged.into_response(),
        Ok(None) => sign_in(&method, request).await,
        Ok(Some(caller)) => {
            person = Some(caller.person());
            let csrf = csrf_token(&ctx, secret.as_deref().unwrap_or_default());
            seen = viewer(&caller, &csrf, ctx.live.version());
            let scope = match access {
                Access::Needs(permission) if !caller.may(permission) => None,
                Access::Needs(permission) => Some(caller.scope(permission)),
                Access::Public | Access::SignedIn => Some(Scope::nowhere()),
            };
            match scope {
                None => Fail::Forbidden.into_response(),
                Some(scope) => {
                    request.extensions_mut().insert(Who { caller, scope, csrf, viewer: seen.clone() });
                    next.run(request).await
                }
            }
        }
    };
    if let Some(began) = asked_again {
        ctx.live.took(began.elapsed());
    }
    if let Some(failed) = response.extensions_mut().remove::<Failed>() {
        response = error_page(&seen, &failed, &trace);
        if failed.status.is_server_error() {
            ctx.metrics.errors.inc();
        }
    }
    tracing::info!(trace = %trace.0, %method, path, status = response.status().as_u16(), person, "admin request");
    let headers = response.headers_mut();
    protect(headers);
    if let Ok(value) = HeaderValue::from_str(&trace.0) {
        headers.insert("x-trace", value);
    }
    response
}

async fn caller(ctx: &Ctx, secret: Option<&str>) -> Result<Option<Caller>, DbErr> {
    match secret {
        Some(secret) => ctx.authenticator.authenticate(secret).await,
        None => Ok(None),
    }
}

/// Whether a browser says that another site made this request to change something.
fn is_cross_site(request: &Request) -> bool {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    request.method() != Method::GET && site.is_some_and(|site| site != "same-origin" && site != "none")
}

/// A page for somebody who is not signed in: a reader is sent to the sign-in page and back; what a sender
/// typed is kept in the page until they have signed in again.
async fn sign_in(method: &Method, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/admin/", |path| path.as_str()).to_owned();
    if method == Method::GET {
        let next: String =
            percent_encoding::utf8_percent_encode(&path, percent_encoding::NON_ALPHANUMERIC).collect();
        return Redirect::to(&format!("/admin/login?next={next}")).into_response();
    }
    let kept = kept::read(request).await;
    let page = Page::outside(&Viewer::default(), crate::texts::L::default().expired_title());
    html(StatusCode::UNAUTHORIZED, &ExpiredView { page, l: crate::texts::L::default(), path, kept })
}

#[derive(askama::Template)]
#[template(path = "web/expired.html")]
struct ExpiredView {
    page: Page,
    l: crate::texts::L,
    path: String,
    kept: Kept,
}

fn error_page(viewer: &Viewer, failed: &Failed, trace: &Trace) -> Response {
    let l = crate::texts::L::default();
    let mut page = otklik_ui::ErrorPage::new(viewer, failed.status.as_u16()).trace(trace.0.clone());
    let words = match failed.status {
        _ if failed.is_forged => Some((l.forged_what(), l.forged_kept(), l.forged_advice())),
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Some((l.unreadable_what(), l.unreadable_kept(), l.unreadable_advice()))
        }
        StatusCode::PAYLOAD_TOO_LARGE => Some((l.too_long_what(), l.too_long_kept(), l.too_long_advice())),
        _ => None,
    };
    if let Some((what, kept, advice)) = words {
        page.page.title = what.to_owned();
        page.kept = kept.to_owned();
        page.advice = advice.to_owned();
    }
    html(failed.status, &page)
}

/// The page of an address that is called in another way than it is made for: most often one to which a form was sent,
/// opened by itself (405).
pub async fn wrong_method(at: Uri) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let page = || html(status, &otklik_ui::ErrorPage::new(&Viewer::default(), status.as_u16()));
    let mut response = api::wrong_method(&at).unwrap_or_else(page);
    protect(response.headers_mut());
    response
}

/// What every page of the admin zone says to the browser about itself.
fn protect(headers: &mut HeaderMap) {
    headers.insert("content-security-policy", HeaderValue::from_static(crate::ADMIN_POLICY));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// A page as an answer with a status.
pub fn html(status: StatusCode, view: &impl askama::Template) -> Response {
    match view.render() {
        Ok(text) => {
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            (status, [kind], Body::from(text)).into_response()
        }
        Err(error) => Fail::Page(error).into_response(),
    }
}
