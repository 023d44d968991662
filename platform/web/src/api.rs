//! What programs are told that call the API at an address where nothing is, or in a way that isn't its own: in the
//! shape of the API's other errors.

use axum::Json;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::texts::L;

#[derive(Serialize)]
struct Told {
    error: Problem,
}

#[derive(Serialize)]
struct Problem {
    code: &'static str,
    message: &'static str,
}

/// The answer to a call of the API that leads nowhere (404); nothing for other addresses.
#[must_use]
pub fn nothing(at: &Uri) -> Option<Response> {
    let l = L::default();
    is_of_api(at).then(|| told(StatusCode::NOT_FOUND, "not_found", l.api_nothing()))
}

/// The answer to a call of the API in another way than the address is made for (405); nothing for other addresses.
pub(crate) fn wrong_method(at: &Uri) -> Option<Response> {
    let l = L::default();
    is_of_api(at).then(|| told(StatusCode::METHOD_NOT_ALLOWED, "method", l.api_wrong_method()))
}

fn is_of_api(at: &Uri) -> bool {
    at.path().starts_with("/api/")
}

fn told(status: StatusCode, code: &'static str, message: &'static str) -> Response {
    (status, Json(Told { error: Problem { code, message } })).into_response()
}
