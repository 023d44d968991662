//! How a request of the API fails: a status, a code for machines, words for people.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use otklik_db::{DbErr, is_away};
use serde::Serialize;
use utoipa::ToSchema;

/// A request that can't be done as asked.
#[derive(Clone, Debug)]
pub struct Fault {
    status: StatusCode,
    told: Told,
}

/// What the answer says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Told {
    /// What went wrong.
    error: Problem,
}

/// What went wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Problem {
    /// A code that never changes its meaning.
    #[schema(example = "revision")]
    code: &'static str,
    /// What happened and what to do, in Russian.
    message: String,
}

impl Fault {
    /// A fault with a code and words.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, told: Told { error: Problem { code, message: message.into() } } }
    }

    /// No token, or one that nobody has.
    #[must_use]
    pub fn no_token() -> Self {
        let l = crate::texts::L::default();
        Self::new(StatusCode::UNAUTHORIZED, "token", l.api_no_token())
    }

    /// There is no such thing for this sender.
    #[must_use]
    pub fn not_found() -> Self {
        let l = crate::texts::L::default();
        Self::new(StatusCode::NOT_FOUND, "not_found", l.api_not_found())
    }

    /// An answer can't be made: too much was asked for, or not now.
    #[must_use]
    pub fn of_answer(error: &otklik_lake::Error) -> Self {
        match error {
            otklik_lake::Error::TooMuch(_) => {
                let message = crate::texts::L::default().api_too_much();
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too_much", message)
            }
            error => Self::for_now(error),
        }
    }

    /// It can't be done now.
    #[must_use]
    pub fn for_now(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request of the API failed");
        let l = crate::texts::L::default();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "for_now", l.refused_for_now())
    }
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        let mut fault = Self::for_now(&error);
        if !is_away(&error) {
            fault.status = StatusCode::INTERNAL_SERVER_ERROR;
        }
        fault
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.told)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
