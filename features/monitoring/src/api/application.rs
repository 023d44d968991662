//! One application for programs: all that is known of it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Fault;
use super::reports::{Reader, Table};
use crate::Monitoring;
use crate::texts::L;

/// All that is known of an application. Moments are seconds since 1970 in UTC, offsets minutes.
#[derive(Serialize, ToSchema)]
pub(super) struct Told {
    /// Что о заявлении известно и что следует из событий: одна строка.
    case: Table,
    /// События по времени и кто о них сообщил.
    events: Table,
    /// Что о заявлении сообщали каждый раз, по порядку: действует последняя строка.
    told: Table,
    /// События пошлины.
    payments: Table,
    /// Оценки: как поставлены, со шкалой отправителя, критериями и словами заявителя.
    ratings: Table,
    /// События жалоб с их номерами.
    complaints: Table,
    /// Нарушенные правила порядка.
    findings: Vec<Finding>,
}

/// A rule that was broken.
#[derive(Serialize, ToSchema)]
struct Finding {
    /// Номер правила.
    rule: u8,
    /// Правило словами.
    title: String,
}

/// One application, as `otklik monitoring trace --json` tells it (MON-13).
#[utoipa::path(
    get,
    path = "/api/v1/monitoring/applications/{request}",
    tag = "monitoring",
    summary = "Одно заявление: весь его путь",
    description = "По токену отправителя — заявления его органа и подведомственных; по входу на сайт — в пределах прав \
        вошедшего.",
    params(("request" = String, Path, description = "Уникальный номер заявления")),
    responses(
        (status = 200, description = "Заявление", body = Told),
        (status = 401, description = "Нет токена отправителя и входа", body = super::fault::Told),
        (status = 403, description = "У вошедшего нет права смотреть ход услуг", body = super::fault::Told),
        (status = 404, description = "Такого заявления нет", body = super::fault::Told)
    ),
    security(("token" = []))
)]
pub(super) async fn show(
    State(monitoring): State<Monitoring>,
    reader: Reader,
    Path(request): Path<String>,
) -> Result<Response, Fault> {
    let answers = monitoring.hub.answers().await.map_err(|error| Fault::for_now(&error))?;
    let trace = match answers.commit() {
        0 => None,
        _ => answers.trace(&request, &reader.allowed).await.map_err(|error| Fault::for_now(&error))?,
    };
    let none = || Fault::new(StatusCode::NOT_FOUND, "not_found", L::default().api_no_application());
    Ok(Json(trace.ok_or_else(none)?).into_response())
}
