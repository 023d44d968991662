//! Showing the questionnaire, and the headers that every public page carries.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use otklik_organisations::Office;
use otklik_questionnaires::Version;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Survey;
use crate::view::{CriterionView, HelpKind, HelpPage, L, Mark, ProblemView, QuestionnairePage, STYLE};

/// The headers of every public page: the strict content policy first of all.
#[derive(Debug)]
pub struct Headers([(HeaderName, HeaderValue); 5]);

impl Headers {
    pub fn new() -> Self {
        let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self([
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ])
    }
}

impl Survey {
    /// A page as an answer.
    pub fn page(&self, status: StatusCode, view: &impl Template) -> Response {
        let mut text = String::with_capacity(8192);
        let mut response = match view.render_into(&mut text) {
            Ok(()) => Response::new(Body::from(text)),
            Err(error) => {
                tracing::error!(%error, "a public page can't be made");
                self.ctx.metrics.errors.inc();
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        *response.status_mut() = status;
        response.headers_mut().extend(self.headers.0.clone());
        response
    }

    /// A page that says what happened and what to do.
    pub fn help(&self, status: StatusCode, kind: HelpKind<'_>, code: &str, contrast: bool) -> Response {
        self.page(status, &HelpPage { l: L::default(), kind, code, contrast })
    }

    /// The open office of a code, or the page that helps instead.
    pub fn office(&self, code: &str) -> Result<Arc<Office>, Box<Response>> {
        let offices = self.offices.current();
        match offices.find(code.trim()) {
            Some(office) if !office.is_closed => Ok(office.clone()),
            Some(closed) => {
                let above =
                    closed.parent.and_then(|parent| offices.get(parent)).filter(|office| !office.is_closed);
                let address = above.map(|office| (office.name.clone(), format!("/qr/{}/", office.code)));
                let other = address.as_ref().map(|(name, address)| (name.as_str(), address.as_str()));
                let kind = HelpKind::ClosedOffice { name: &closed.name, other };
                Err(Box::new(self.help(StatusCode::GONE, kind, code, false)))
            }
            None => Err(Box::new(self.help(StatusCode::NOT_FOUND, HelpKind::UnknownOffice, code, false))),
        }
    }

    /// The questionnaire with what was typed, a mark for each criterion, and what is to be mended.
    pub fn form(
        &self,
        status: StatusCode,
        office: &Office,
        version: &Version,
        typed: &Typed<'_>,
    ) -> Response {
        let now = self.ctx.now();
        let token = match &typed.token {
            Some(token) => Cow::Borrowed(*token),
            None => Cow::Owned(self.tokens.issue(now, &*self.ctx.random, office.id, version.version)),
        };
        let questions = &version.questionnaire.criteria;
        let mut keys = [[0; 4]; 32];
        let fields: Vec<&str> = questions
            .iter()
            .zip(&mut keys)
            .map(|(criterion, buffer)| &*criterion.key.encode_utf8(buffer))
            .collect();
        let criteria: Vec<CriterionView<'_>> = questions
            .iter()
            .zip(&fields)
            .map(|(criterion, &field)| CriterionView {
                field,
                letter: &criterion.letter,
                text: &criterion.text,
                choice: (typed.choice)(field),
                error: None,
            })
            .collect();
        let action = format!("/qr/{}/", office.code);
        let view = QuestionnairePage {
            l: L::default(),
            office_name: &office.name,
            office_address: Some(office.address.as_str()).filter(|address| !address.is_empty()),
            action: &action,
            token: &token,
            criteria: &criteria,
            comment: typed.comment,
            comment_hint: &self.hint,
            comment_error: typed.comment_error,
            problems: typed
                .problems
                .iter()
                .map(|&(anchor, message)| ProblemView { anchor, message })
                .collect(),
            notice: typed.notice,
            contrast: typed.contrast,
        };
        self.page(status, &view)
    }
}

/// What a person typed, to be given back.
pub struct Typed<'a> {
    /// The mark chosen for a field.
    pub choice: &'a dyn Fn(&str) -> Option<Mark>,
    /// The text.
    pub comment: &'a str,
    /// What is wrong with the text.
    pub comment_error: Option<&'a str>,
    /// The summary: anchor and message.
    pub problems: &'a [(&'a str, &'a str)],
    /// What is said above the form.
    pub notice: Option<&'a str>,
    /// Whether high contrast is on.
    pub contrast: bool,
    /// The token of the form that was sent, when sending it once more must count once.
    pub token: Option<&'a str>,
}

impl Default for Typed<'_> {
    fn default() -> Self {
        Self {
            choice: &|_| None,
            comment: "",
            comment_error: None,
            problems: &[],
            notice: None,
            contrast: false,
            token: None,
        }
    }
}

/// What stands in the address; bytes that are no text are the code of nothing.
pub fn segment(path: Result<Path<String>, PathRejection>) -> String {
    path.map(|Path(text)| text).unwrap_or_default()
}

/// `GET /qr/<code>/`: the questionnaire.
pub async fn questionnaire(
    State(survey): State<Arc<Survey>>,
    code: Result<Path<String>, PathRejection>,
) -> Response {
    survey.ctx.metrics.pages.inc();
    let code = segment(code);
    match survey.office(&code) {
        Ok(office) => survey.form(StatusCode::OK, &office, survey.questionnaires.newest(), &Typed::default()),
        Err(help) => *help,
    }
}

/// A code typed into a form.
#[derive(Debug, Default, Deserialize)]
pub struct Code {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub contrast: String,
}

/// `GET /`: the page where the code of an office can be typed.
pub async fn home() -> Redirect {
    Redirect::to("/qr/")
}

/// Any address where nothing is.
pub async fn nothing(State(survey): State<Arc<Survey>>, at: Uri) -> Response {
    let help = || survey.help(StatusCode::NOT_FOUND, HelpKind::NotFound, "", false);
    otklik_web::api::nothing(&at).unwrap_or_else(help)
}

/// An address that is called in another way than it is made for.
pub fn otherwise(survey: &Survey) -> Response {
    survey.help(StatusCode::METHOD_NOT_ALLOWED, HelpKind::NotFound, "", false)
}

/// `GET /qr/?code=…`: asks for the code of an office, or leads to its questionnaire.
pub async fn find_office(
    State(survey): State<Arc<Survey>>,
    query: Result<Query<Code>, QueryRejection>,
) -> Response {
    let code = query.map(|Query(query)| query.code).unwrap_or_default();
    if code.trim().is_empty() {
        return survey.help(StatusCode::OK, HelpKind::NoCode, "", false);
    }
    let offices = survey.offices.current();
    match offices.find(code.trim()) {
        Some(office) => Redirect::to(&format!("/qr/{}/", office.code)).into_response(),
        None => survey.help(StatusCode::NOT_FOUND, HelpKind::UnknownOffice, &code, false),
    }
}
