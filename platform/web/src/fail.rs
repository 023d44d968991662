//! How a request of the admin zone fails, in words: what happened, what is kept, what to do.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use otklik_db::DbErr;

use crate::form::FormError;

/// A request that can't be done as asked.
#[derive(Debug, thiserror::Error)]
pub enum Fail {
    /// There is no such thing, or it is outside the caller's scope: the answer is the same (404).
    #[error("not found")]
    NotFound,
    /// The caller has no role for it (403).
    #[error("forbidden")]
    Forbidden,
    /// The form's token is missing or of another session: the page was open too long, or it was forged (403).
    #[error("the form's token is wrong")]
    Forged,
    /// What was sent can't be read (400, 413, 415).
    #[error("bad request: {0}")]
    Form(#[from] FormError),
    /// The database failed: away is 503, anything else 500.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A page can't be made (500).
    #[error("page: {0}")]
    Page(#[from] askama::Error),
    /// Something that should not happen, with its place (500).
    #[error("{0}")]
    Internal(String),
}

/// Left with the answer for the guard, which makes the page: it knows who is looking.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub(crate) status: StatusCode,
    pub(crate) is_forged: bool,
}

impl Fail {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Forged => StatusCode::FORBIDDEN,
            Self::Form(FormError::TooLong) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Form(FormError::ContentType) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::Database(error) if otklik_db::is_away(error) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) | Self::Page(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = %self, "request failed");
        }
        let mut response = (status, self.to_string()).into_response();
        response.extensions_mut().insert(Failed { status, is_forged: matches!(self, Self::Forged) });
        response
    }
}
