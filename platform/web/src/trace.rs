//! One trace id from a form to the mail it causes.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use otklik_kernel::{Random, code};

/// The id of one request, written into logs, events, the journal and mail: 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace(pub String);

impl Trace {
    /// A new id.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self(code::hex(&random.bytes::<8>()))
    }
}

impl<S: Sync> FromRequestParts<S> for Trace {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self(String::new())))
    }
}
