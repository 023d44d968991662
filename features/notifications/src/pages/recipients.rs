//! The recipients of an office (QR-6, QR-8).

use axum::extract::{Path, State};
use axum::response::Response;
use otklik_web::{Fail, Form, Who};

use super::State as Shared;

/// Shows the list.
pub async fn show(State(_s): State<Shared>, _who: Who, Path(_id): Path<String>) -> Result<Response, Fail> {
    Err(Fail::NotFound)
}

/// Saves the list.
pub async fn save(State(_s): State<Shared>, _who: Who, Path(_id): Path<String>, _f: Form) -> Result<Response, Fail> {
    Err(Fail::NotFound)
}
