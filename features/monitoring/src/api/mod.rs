//! The API for other systems: deliveries in, their state out, reports, the description of the data.

mod application;
mod applications;
mod deliveries;
mod fault;
mod openapi;
mod reports;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use otklik_web::{Access, Part, Routes};

use crate::Monitoring;
use crate::senders::{self, Sender, token_hash};
pub use fault::Fault;

/// The routes of the API. They are open to everybody by their access: a sender is known by its token, a
/// reader of reports by that or by being signed in.
#[must_use]
pub fn routes(monitoring: &Monitoring) -> Part {
    let open = Access::Public;
    Routes::new(&monitoring.ctx, monitoring.clone())
        .get("/api/v1/openapi.json", open, openapi::show)
        .get("/api/v1/monitoring/datapackage.json", open, description)
        .post("/api/v1/monitoring/deliveries", open, deliveries::receive)
        .get("/api/v1/monitoring/deliveries/{id}", open, deliveries::show)
        .get("/api/v1/monitoring/deliveries/{id}/report.csv", open, deliveries::report)
        .get("/api/v1/monitoring/reports/{name}", open, reports::report)
        .get("/api/v1/monitoring/applications", open, applications::list)
        .get("/api/v1/monitoring/applications/{request}", open, application::show)
        .finish()
}

/// The published description of the daily data: a Frictionless Data Package (MON-9).
#[utoipa::path(
    get,
    path = "/api/v1/monitoring/datapackage.json",
    tag = "monitoring",
    summary = "Описание ежедневных данных (Frictionless Data Package)",
    responses((status = 200, description = "Таблицы, поля, перечни", content_type = "application/json"))
)]
async fn description(State(monitoring): State<Monitoring>) -> Result<Response, Fault> {
    let rules = monitoring.hub.rules().await.map_err(|error| Fault::for_now(&error))?;
    Ok(Json(otklik_progress::describe::package(rules.reference())).into_response())
}

/// The sender whose token came with a request.
pub(crate) struct Token(pub Sender);

impl FromRequestParts<Monitoring> for Token {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, monitoring: &Monitoring) -> Result<Self, Fault> {
        let given = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        let token = token.filter(|token| !token.is_empty()).ok_or(Fault::no_token())?;
        let found = senders::store::find_by_token(monitoring.ctx.db.read(), &token_hash(token)).await?;
        found.map(Self).ok_or(Fault::no_token())
    }
}
