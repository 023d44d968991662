//! Taking deliveries in, and telling what became of them.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use otklik_access::Scope;
use otklik_journal::Actor;
use otklik_kernel::Id;
use otklik_organisations::act::Act;
use otklik_web::Trace;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Fault, Token};
use crate::Monitoring;
use crate::deliveries::head::Said;
use crate::deliveries::receive::{Arrived, NotReceived, receive as take};
use crate::deliveries::report::Finding;
use crate::deliveries::spool::{LONGEST, Spool, SpoolError};
use crate::deliveries::{Delivery, Way, store};
use crate::texts::L;

/// Errors in an answer; the report has all of them.
const SHOWN: usize = 1000;

const SENDERS: Scope = Scope::system("a sender asks for its own deliveries");

/// What is said beside the file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// День, за который данные, ГГГГ-ММ-ДД; если он не записан в пакете или имени файла.
    #[serde(default)]
    day: String,
    /// Ревизия, от 1; если она не записана в пакете или имени файла.
    #[serde(default)]
    revision: String,
    /// Имя файла.
    #[serde(default)]
    name: String,
}

/// A delivery as the API tells of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Told {
    /// Квитанция.
    #[schema(example = "7351234567890123")]
    id: String,
    /// Код отправителя.
    sender: String,
    /// День, за который данные.
    #[schema(example = "2026-11-21")]
    day: String,
    /// Ревизия.
    revision: i32,
    /// queued, checking, accepted, partly, empty, rejected, replaced.
    state: &'static str,
    /// SHA-256 полученных байтов.
    digest: String,
    /// Когда получена, UTC.
    received_at: String,
    /// Когда решено, UTC.
    finished_at: Option<String>,
    /// Что посчитано.
    counts: Counts,
    /// Код причины, если её нет в отчёте об ошибках: revision, unreadable.
    #[serde(skip_serializing_if = "String::is_empty")]
    problem: String,
    /// Квитанция поставки, которая заменила эту.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
    /// Первые ошибки, не больше 1000; все — в отчёте.
    errors: Vec<Error>,
    /// Где отчёт об ошибках.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<String>,
}

/// What was counted.
#[derive(Debug, Serialize, ToSchema)]
struct Counts {
    rows_read: i64,
    rows_taken: i64,
    errors: i64,
    warnings: i64,
    applications: i64,
    events: i64,
}

/// An error at its place.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Error {
    /// Файл пакета или присланный файл.
    file: String,
    /// Строка, от 1; 0 — о файле целиком.
    line: u64,
    /// Столбец, от 1; 0 — о строке целиком.
    column: u64,
    /// Поле.
    field: String,
    /// Код.
    code: String,
    /// Предупреждение: строка принята.
    is_warning: bool,
    /// Что не так.
    message: String,
    /// Значение.
    value: String,
}

impl From<Finding> for Error {
    fn from(one: Finding) -> Self {
        Self {
            file: one.file,
            line: one.line,
            column: one.column,
            field: one.field,
            code: one.code,
            is_warning: one.is_warning,
            message: one.message,
            value: one.value,
        }
    }
}

fn href(id: Id) -> String {
    format!("/api/v1/monitoring/deliveries/{id}")
}

async fn told(monitoring: &Monitoring, delivery: &Delivery) -> Result<Told, Fault> {
    let counts = delivery.counts;
    let findings = match counts.errors + counts.warnings {
        0 => None,
        _ => monitoring.depot.findings(delivery.id, SHOWN).await.map_err(|error| Fault::for_now(&error))?,
    };
    let report = findings.is_some().then(|| format!("{}/report.csv", href(delivery.id)));
    Ok(Told {
        id: delivery.id.to_string(),
        sender: delivery.code.clone(),
        day: delivery.day.to_string(),
        revision: delivery.revision,
        state: delivery.state.code(),
        digest: delivery.digest.clone(),
        received_at: delivery.received_at.html(),
        finished_at: delivery.finished_at.map(|at| at.html()),
        counts: Counts {
            rows_read: counts.rows_read,
            rows_taken: counts.rows_taken,
            errors: counts.errors,
            warnings: counts.warnings,
            applications: counts.applications,
            events: counts.events,
        },
        problem: delivery.problem.clone(),
        replaced_by: delivery.replaced_by.map(|id| id.to_string()),
        errors: findings.unwrap_or_default().into_iter().map(Error::from).collect(),
        report,
    })
}

/// The file's name: said, or what fits the content.
fn name(asked: &Asked, headers: &HeaderMap) -> String {
    if !asked.name.is_empty() {
        return asked.name.clone();
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.contains("zip") { "delivery.zip" } else { "delivery.csv" }.to_owned()
}

/// Takes a ZIP or a CSV in, to be checked by and by.
#[utoipa::path(
    post,
    path = "/api/v1/monitoring/deliveries",
    tag = "monitoring",
    summary = "Прислать данные за день",
    description = "Тело запроса — ZIP-пакет или широкий CSV. Те же байты ещё раз дают ту же квитанцию; если прежде они были отклонены, их проверят снова.",
    params(Asked),
    request_body(content(("application/zip"), ("text/csv")), description = "Файл, до 4 ГБ"),
    responses(
        (status = 202, description = "Принято на проверку", body = Told),
        (status = 200, description = "Эти байты уже были: их квитанция", body = Told),
        (status = 401, description = "Нет токена отправителя", body = super::fault::Told),
        (status = 409, description = "За день уже есть такая же или более высокая ревизия", body = super::fault::Told),
        (status = 413, description = "Файл слишком велик", body = super::fault::Told),
        (status = 422, description = "Непонятно, за какой день данные, или файл не читается", body = super::fault::Told),
        (status = 503, description = "Сейчас принять не удалось: повторите", body = super::fault::Told)
    ),
    security(("token" = []))
)]
pub(super) async fn receive(
    State(monitoring): State<Monitoring>,
    Token(sender): Token,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let l = L::default();
    let too_long = || Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "too_long", l.upload_too_long());
    let mut spool = Spool::begin(LONGEST).map_err(|error| Fault::for_now(&error))?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let broken = |_| Fault::new(StatusCode::BAD_REQUEST, "broken", l.api_broken());
        spool.add(&piece.map_err(broken)?).await.map_err(|error| match error {
            SpoolError::TooLong => too_long(),
            SpoolError::File(error) => Fault::for_now(&error),
        })?;
    }
    let spooled = spool.end().await.map_err(|error| Fault::for_now(&error))?;
    if spooled.bytes == 0 {
        return Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "no_file", l.api_no_file()));
    }
    let name = name(&asked, &headers);
    let trace = Trace::new(&*monitoring.ctx.random);
    let act = Act::by(&monitoring.ctx, Actor::System("api"), &trace.0);
    let arrived = Arrived {
        path: &spooled.path,
        name: &name,
        digest: spooled.digest,
        bytes: spooled.bytes,
        way: Way::Api,
        by: &sender.fields.code,
    };
    let said = Said { sender: String::new(), day: asked.day, revision: asked.revision };
    let done =
        take(&monitoring.ctx.db, &monitoring.depot, &SENDERS, &act, &arrived, &said, Some(&sender)).await;
    let receipt = done.map_err(|refused| refusal(l, refused, &name))?;
    monitoring.received.wake();
    let status = if receipt.is_to_check { StatusCode::ACCEPTED } else { StatusCode::OK };
    let mut answer = (status, Json(told(&monitoring, &receipt.delivery).await?)).into_response();
    if let Ok(value) = HeaderValue::from_str(&href(receipt.delivery.id)) {
        answer.headers_mut().insert(header::LOCATION, value);
    }
    Ok(answer)
}

fn refusal(l: L, refused: NotReceived, file: &str) -> Fault {
    let (_, words) = crate::pages::refusal(l, &refused, file);
    let wrong = |code| Fault::new(StatusCode::UNPROCESSABLE_ENTITY, code, words.clone());
    match refused {
        NotReceived::Head(error) => wrong(error.code()),
        NotReceived::NoSender => wrong("no_sender"),
        NotReceived::DayAhead => wrong("day_ahead"),
        NotReceived::Revision { .. } => Fault::new(StatusCode::CONFLICT, "revision", words),
        NotReceived::Database(error) => error.into(),
        NotReceived::Depot(error) => Fault::for_now(&error),
    }
}

async fn found(monitoring: &Monitoring, sender: Id, id: &str) -> Result<Delivery, Fault> {
    let id: Id = id.parse().map_err(|_| Fault::not_found())?;
    let found = store::find(monitoring.ctx.db.read(), &SENDERS, id).await?;
    found.filter(|delivery| delivery.sender == sender).ok_or(Fault::not_found())
}

/// What became of a delivery.
#[utoipa::path(
    get,
    path = "/api/v1/monitoring/deliveries/{id}",
    tag = "monitoring",
    summary = "Что стало с поставкой",
    params(("id" = String, Path, description = "Квитанция")),
    responses(
        (status = 200, description = "Состояние, счётчики, первые ошибки", body = Told),
        (status = 401, description = "Нет токена отправителя", body = super::fault::Told),
        (status = 404, description = "У этого отправителя такой поставки нет", body = super::fault::Told)
    ),
    security(("token" = []))
)]
pub(super) async fn show(
    State(monitoring): State<Monitoring>,
    Token(sender): Token,
    Path(id): Path<String>,
) -> Result<Json<Told>, Fault> {
    let delivery = found(&monitoring, sender.id, &id).await?;
    Ok(Json(told(&monitoring, &delivery).await?))
}

/// The report of a delivery's errors.
#[utoipa::path(
    get,
    path = "/api/v1/monitoring/deliveries/{id}/report.csv",
    tag = "monitoring",
    summary = "Отчёт об ошибках поставки",
    params(("id" = String, Path, description = "Квитанция")),
    responses(
        (status = 200, description = "Все ошибки и предупреждения", content_type = "text/csv"),
        (status = 401, description = "Нет токена отправителя", body = super::fault::Told),
        (status = 404, description = "У этого отправителя такой поставки нет", body = super::fault::Told)
    ),
    security(("token" = []))
)]
pub(super) async fn report(
    State(monitoring): State<Monitoring>,
    Token(sender): Token,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let delivery = found(&monitoring, sender.id, &id).await?;
    crate::pages::report_file(&monitoring.depot, delivery.id).await.map_err(|error| Fault::for_now(&error))
}
