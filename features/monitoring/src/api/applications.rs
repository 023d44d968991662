//! The applications behind a figure for programs, one by one.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Fault;
use super::reports::{self, Reader, csv, is_csv, said, wrong};
use crate::Monitoring;
use crate::answers::{Cell, NoList, Wanted, Which, stages};
use crate::derive::Rules;
use crate::texts::L;

/// Rows of an answer, unless said otherwise.
const ROWS: u32 = 50;
/// Rows of an answer at most.
const MOST_ROWS: u32 = 1000;

/// How many rows there are in all, beside a table that can't say it.
const TOTAL: &str = "x-total-count";

/// Which list, of which part of the data.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    /// Какие заявления: began, ended, overdue, waited, stage, rule, exchange, failed, complained, rated, step, between.
    #[param(required = true)]
    what: String,
    /// Стадия, на которой остановились (для stage): название из отчёта refusals.
    stage: Option<String>,
    /// Номер нарушенного правила (для rule): от 0 до 63, из отчёта conformance.
    rule: String,
    /// Вид сведений (для exchange), из отчёта mnemonics; пусто — запросы, вид которых не сообщили.
    mnemonic: Option<String>,
    /// Код статуса, вместе с to (для step и between).
    from: String,
    /// Код статуса, вместе с from.
    to: String,
    /// Реестровый номер услуги.
    service: String,
    /// Реестровый номер варианта услуги.
    variant: String,
    /// Код региона, две цифры.
    region: String,
    /// Код органа: он и подведомственные.
    body: String,
    /// Канал подачи: ЕПГУ, РПГУ, ВИС, ОГВ, МФЦ.
    channel: String,
    /// Дни: ГГГГ-ММ-ДД..ГГГГ-ММ-ДД, ГГГГ-ММ-ДД, ГГГГ-ММ или ГГГГ.
    period: String,
    /// Сколько строк на странице: от 1 до 1000, обычно 50.
    limit: String,
    /// Номер страницы от 1.
    page: String,
    /// json (по умолчанию) или csv.
    format: String,
}

impl Asked {
    /// The part of the data, as reports are asked about it.
    fn part(&self) -> reports::Asked {
        reports::Asked {
            service: self.service.clone(),
            variant: self.variant.clone(),
            region: self.region.clone(),
            body: self.body.clone(),
            channel: self.channel.clone(),
            period: self.period.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            ..reports::Asked::default()
        }
    }

    /// Which list; what it has no use for is wrong.
    fn which(&self, part: &reports::Asked, rules: &Rules) -> Result<Which, Fault> {
        let (what, stage) = (self.what.trim(), self.stage.as_deref().map(str::trim));
        let wanted = Wanted {
            what,
            stage: stage.filter(|stage| !stage.is_empty()),
            rule: said("rule", &self.rule, |rule| rule.parse().ok())?,
            mnemonic: self.mnemonic.as_deref().map(str::trim),
            pair: part.between(rules)?,
        };
        Which::find(&wanted).map_err(|no_list| match no_list {
            NoList::What => among("what", what, Which::WORDS),
            NoList::Stage => among("stage", stage.unwrap_or_default(), stages()),
            NoList::Needs("stage") => among("stage", "", stages()),
            NoList::Needs(field) => wrong(field, ""),
            NoList::Useless(field) => {
                parameter(L::default().api_list_useless(field.to_owned(), what.to_owned()))
            }
        })
    }

    /// Rows of a page, and its number.
    fn page(&self) -> Result<(u32, u32), Fault> {
        let limit = |value: &str| value.parse().ok().filter(|limit| (1..=MOST_ROWS).contains(limit));
        let page = |value: &str| value.parse().ok().filter(|page| *page > 0);
        Ok((said("limit", &self.limit, limit)?.unwrap_or(ROWS), said("page", &self.page, page)?.unwrap_or(1)))
    }
}

fn parameter(message: String) -> Fault {
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter", message)
}

/// A word that is none of those there are.
fn among(field: &'static str, value: &str, words: impl IntoIterator<Item = &'static str>) -> Fault {
    let words = words.into_iter().collect::<Vec<_>>().join(", ");
    parameter(L::default().api_not_among(field.to_owned(), value.to_owned(), words))
}

/// Some of the applications.
#[derive(Serialize, ToSchema)]
pub(super) struct Listing {
    /// Названия столбцов: request, service, variant, region, body, channel, began, last_status, value.
    columns: Vec<String>,
    /// Строки: тексты, числа, null. began — секунды от 1970 года по UTC; value — секунды, для rated оценка.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    rows: Vec<Vec<Cell>>,
    /// Всегда true: строки не округлены.
    is_exact: bool,
    /// Сколько строк всего, на всех страницах.
    total: u64,
    /// Номер этой страницы.
    page: u32,
    /// Сколько строк на странице.
    limit: u32,
}

/// The applications behind a figure (MON-13), as `otklik monitoring report applications` and the page list them.
#[utoipa::path(
    get,
    path = "/api/v1/monitoring/applications",
    tag = "monitoring",
    summary = "Заявления, из которых сложился показатель",
    description = "began — начатые, сначала последние; ended — завершённые, overdue — завершённые не в срок: сначала \
        самые долгие; waited — ждавшие в МФЦ; stage — остановившиеся на стадии; rule — нарушившие правило порядка; \
        exchange — ответы на межведомственные запросы одного вида, failed — ошибки запросов; complained — с жалобой; \
        rated — оценённые, сначала низкие; step — шаги от статуса сразу к другому; between — время между двумя \
        статусами. В exchange, failed, rated и step строка — то, что произошло: одно заявление может встретиться \
        несколько раз. По токену отправителя — о его органе и подведомственных; по входу на сайт — в пределах прав \
        вошедшего. Одно заявление целиком — /api/v1/monitoring/applications/{request}.",
    params(Asked),
    responses(
        (status = 200, description = "Страница списка", content((Listing), (String = "text/csv")),
            headers(("x-total-count" = u64, description = "В CSV: сколько строк всего, на всех страницах"))),
        (status = 401, description = "Нет токена отправителя и входа", body = super::fault::Told),
        (status = 403, description = "У вошедшего нет права смотреть ход услуг", body = super::fault::Told),
        (status = 422, description = "Параметр непонятен: сказано, какой и что он может значить",
            body = super::fault::Told)
    ),
    security(("token" = []))
)]
pub(super) async fn list(
    State(monitoring): State<Monitoring>,
    reader: Reader,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let Query(asked) = asked.map_err(|error| wrong("?", &error.body_text()))?;
    let (is_csv, (limit, page), part) = (is_csv(&asked.format)?, asked.page()?, asked.part());
    let rules = monitoring.hub.rules().await.map_err(|error| Fault::for_now(&error))?;
    let (which, ask) = (asked.which(&part, &rules)?, part.ask(&monitoring.offices.current())?);
    if let Which::Rule(rule) = which {
        rules.rule(rule).ok_or_else(|| wrong("rule", &rule.to_string()))?;
    }
    let answers = monitoring.hub.answers().await.map_err(|error| Fault::for_now(&error))?;
    let rows = (limit.into(), u64::from(page - 1) * u64::from(limit));
    let listed = answers.list_with_total(&ask, &reader.allowed, &which, rows).await;
    let listed = listed.map_err(|error| Fault::of_answer(&error))?;
    let (sheet, total) = (listed.sheet, listed.total);
    if is_csv {
        let mut response = csv("applications", &sheet);
        response.headers_mut().insert(TOTAL, HeaderValue::from(total));
        return Ok(response);
    }
    let (columns, rows, is_exact) = (sheet.columns, sheet.rows, sheet.is_exact);
    Ok(Json(Listing { columns, rows, is_exact, total, page, limit }).into_response())
}
