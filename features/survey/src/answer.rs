//! `POST /qr/<code>/`: an answer arrives.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use otklik_organisations::Office;
use otklik_questionnaires::{Problem, Version, check};
use otklik_responses::suspicion::{is_too_fast, shown_at};
use otklik_responses::{AcceptError, NewResponse, Suspicion};
use otklik_web::form::FormError;
use otklik_web::{Form, Trace, client};

use crate::Survey;
use crate::pages::{Typed, segment};
use crate::view::{HelpKind, L, Mark, ThanksPage, thousands};

/// The longest form that is read, in bytes: a text of four thousand characters takes at most 48,000, and a
/// longer one should come back with a message rather than be lost.
const LIMIT: usize = 512 * 1024;

/// Accepts an answer, or gives the form back with everything that was typed.
pub async fn answer(
    State(survey): State<Arc<Survey>>,
    code: Result<Path<String>, PathRejection>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let code = segment(code);
    let form = match Form::read(&headers, body, LIMIT).await {
        Ok(form) => form,
        Err(error) => {
            survey.ctx.metrics.refused.inc();
            let (status, kind) = match error {
                FormError::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, HelpKind::TooLarge),
                _ => (StatusCode::BAD_REQUEST, HelpKind::BadRequest),
            };
            return survey.help(status, kind, &code, false);
        }
    };
    let office = match survey.office(&code) {
        Ok(office) => office,
        Err(help) => return *help,
    };
    let l = L::default();
    let known = survey.tokens.check(form.get("token"), office.id);
    let Some((token, version)) = known.and_then(|(token, v)| Some((token, survey.questionnaires.get(v)?)))
    else {
        survey.ctx.metrics.refused.inc();
        return give_back(
            &survey,
            &office,
            survey.questionnaires.newest(),
            &form,
            Vec::new(),
            Some(l.notice_stale()),
        );
    };
    let asked = form.fields().iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let asked = asked.filter(|(name, _)| !matches!(*name, "token" | "comment" | "contrast"));
    match check(&version.questionnaire, asked, form.get("comment")) {
        Ok(checked) => {
            let trace = Trace::new(&*survey.ctx.random);
            let now = survey.ctx.now();
            let day = now.day_in(&office.zone);
            let address = client::address(peer, &headers, &survey.ctx.settings.trusted_proxies);
            let browser =
                headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let device = match survey.devices.mark(day, address, browser).await {
                Ok(device) => device,
                Err(error) => return unavailable(&survey, &office, version, &form, &error.to_string()),
            };
            let suspicion =
                if is_too_fast(shown_at(&token), now) { Suspicion::TOO_FAST } else { Suspicion::default() };
            let response = NewResponse {
                body: office.id,
                questionnaire: version.version,
                received_at: now,
                day,
                marks: checked.marks,
                comment: checked.comment,
                suspicion,
                token,
                device,
                trace: trace.0,
            };
            store(&survey, &office, version, &form, response).await
        }
        Err(problems) => {
            survey.ctx.metrics.refused.inc();
            give_back(&survey, &office, version, &form, problems, None)
        }
    }
}

async fn store(
    survey: &Survey,
    office: &Office,
    version: &Version,
    form: &Form,
    response: NewResponse,
) -> Response {
    let trace = response.trace.clone();
    match survey.acceptor.accept(response).await {
        Ok(acceptance) => {
            tracing::debug!(%trace, office = office.code, repeated = acceptance.is_repeated, "response accepted");
            let receipt = acceptance.receipt.to_string();
            let contrast = form.is_on("contrast");
            let receipt_url = format!("/r/{receipt}{}", if contrast { "?contrast=1" } else { "" });
            let view = ThanksPage {
                l: L::default(),
                office_name: &office.name,
                receipt: &receipt,
                receipt_url: &receipt_url,
                contrast,
            };
            survey.page(StatusCode::OK, &view)
        }
        Err(AcceptError::Away(error)) => unavailable(survey, office, version, form, &error),
        Err(AcceptError::Refused(error)) => {
            tracing::error!(%trace, office = office.code, %error, "a response can't be stored");
            survey.ctx.metrics.errors.inc();
            unavailable(survey, office, version, form, &error)
        }
    }
}

/// The answer can't be stored now: the same form with the same token, so that sending it again counts once.
fn unavailable(survey: &Survey, office: &Office, version: &Version, form: &Form, error: &str) -> Response {
    tracing::warn!(office = office.code, error, "a response could not be stored and was given back");
    let typed = Typed {
        notice: Some(L::default().notice_unavailable()),
        token: Some(form.get("token")),
        ..typed(form)
    };
    let choice = choice(form);
    let mut response =
        survey.form(StatusCode::SERVICE_UNAVAILABLE, office, version, &Typed { choice: &choice, ..typed });
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
    response
}

/// The form with everything typed and what is to be mended.
fn give_back(
    survey: &Survey,
    office: &Office,
    version: &Version,
    form: &Form,
    problems: Vec<Problem>,
    notice: Option<&str>,
) -> Response {
    let l = L::default();
    let mut comment_error = None;
    let mut summary = Vec::new();
    let mut notice = notice;
    for problem in problems {
        match problem {
            Problem::Empty => summary.push(("comment", l.problem_empty().to_owned())),
            Problem::TooLong { length, limit } => {
                let number = |n: usize| thousands(u32::try_from(n).unwrap_or(u32::MAX));
                let message = l.problem_comment_long(number(limit), number(length));
                comment_error = Some(message.clone());
                summary.push(("comment", message));
            }
            Problem::WrongQuestion => notice = Some(l.notice_stale()),
        }
    }
    let summary: Vec<(&str, &str)> =
        summary.iter().map(|(anchor, message)| (*anchor, message.as_str())).collect();
    let choice = choice(form);
    let typed = Typed {
        choice: &choice,
        comment_error: comment_error.as_deref(),
        problems: &summary,
        notice,
        ..typed(form)
    };
    survey.form(StatusCode::UNPROCESSABLE_ENTITY, office, version, &typed)
}

fn typed(form: &Form) -> Typed<'_> {
    Typed { comment: form.get("comment"), contrast: form.is_on("contrast"), ..Typed::default() }
}

fn choice(form: &Form) -> impl Fn(&str) -> Option<Mark> {
    |field| match form.get(field) {
        "1" => Some(Mark::Happy),
        "0" => Some(Mark::Sad),
        _ => None,
    }
}
