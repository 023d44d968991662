//! Reports for programs: of a sender by its token, of a person who is signed in.

use axum::Json;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use otklik_access::{Permission, Scope};
use otklik_kernel::Id;
use otklik_organisations::Offices;
use otklik_progress::model::Channel;
use otklik_web::cookie;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Fault, Token};
use crate::Monitoring;
use crate::answers::{Allowed, Ask, Between, By, Further, MOST_EXAMPLES, Period, Report, Sheet};
use crate::deliveries::completeness;
use crate::derive::Rules;
use crate::texts::L;
use crate::visible::{Visible, below, with_below};

const SENDERS: Scope = Scope::system("a sender asks for its own days");

/// The report that is about days of senders instead of applications.
const COMPLETENESS: &str = "completeness";

/// Who asks, and so what may be told.
pub(super) struct Reader {
    pub allowed: Allowed,
    /// Whose senders' days may be told, and of which sender alone.
    senders: (Scope, Option<Id>),
}

impl FromRequestParts<Monitoring> for Reader {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, monitoring: &Monitoring) -> Result<Self, Fault> {
        let offices = monitoring.offices.current();
        if parts.headers.contains_key(header::AUTHORIZATION) {
            let Token(sender) = Token::from_request_parts(parts, monitoring).await?;
            let allowed = Allowed::Bodies(below(&[sender.fields.body], &offices));
            return Ok(Self { allowed, senders: (SENDERS, Some(sender.id)) });
        }
        let secret = cookie::session(&monitoring.ctx.settings, &parts.headers).ok_or(Fault::no_token())?;
        let caller = monitoring.ctx.authenticator.authenticate(secret).await?.ok_or(Fault::no_token())?;
        if !caller.may(Permission::ReadMonitoring) {
            return Err(Fault::new(StatusCode::FORBIDDEN, "forbidden", L::default().api_forbidden()));
        }
        let scope = caller.scope(Permission::ReadMonitoring);
        Ok(Self { allowed: Visible::of(&scope, &offices).allowed(), senders: (scope, None) })
    }
}

/// Which part of the data, broken down by what.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    /// Разрезы через запятую: service, variant, region, body, channel, month (он же period), day.
    pub by: String,
    /// Реестровый номер услуги.
    pub service: String,
    /// Реестровый номер варианта услуги.
    pub variant: String,
    /// Код региона, две цифры.
    pub region: String,
    /// Код органа: он и подведомственные.
    pub body: String,
    /// Канал подачи: ЕПГУ, РПГУ, ВИС, ОГВ, МФЦ.
    pub channel: String,
    /// Дни: ГГГГ-ММ-ДД..ГГГГ-ММ-ДД, ГГГГ-ММ-ДД, ГГГГ-ММ или ГГГГ.
    pub period: String,
    /// Код статуса, вместе с to: в durations от него считается срок, в transitions остаются шаги от него.
    pub from: String,
    /// Код статуса: до него считается срок, остаются шаги к нему.
    pub to: String,
    /// Сколько номеров заявлений назвать к каждому нарушенному правилу (только conformance): от 0 до 100, обычно 5.
    pub examples: String,
    /// json (по умолчанию) или csv.
    pub format: String,
}

/// A table.
#[derive(Serialize, ToSchema)]
pub(super) struct Table {
    /// Названия столбцов. Сроки — в секундах.
    columns: Vec<String>,
    /// Строки: тексты, числа, null; в столбце examples — списки номеров заявлений.
    rows: Vec<Vec<serde_json::Value>>,
    /// Точны ли перцентили; иначе погрешность до 1 %.
    is_exact: bool,
}

/// A parameter that makes no sense.
pub(super) fn wrong(field: &'static str, value: &str) -> Fault {
    let message = L::default().api_wrong_value(field.to_owned(), value.to_owned());
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter", message)
}

/// A value that is said, if any.
pub(super) fn said<'a, T>(
    field: &'static str,
    value: &'a str,
    read: impl FnOnce(&'a str) -> Option<T>,
) -> Result<Option<T>, Fault> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    read(value).map(Some).ok_or_else(|| wrong(field, value))
}

impl Asked {
    pub fn ask(&self, offices: &Offices) -> Result<Ask, Fault> {
        let by = self.by.split(',').map(str::trim).filter(|word| !word.is_empty());
        let by = by.map(|word| By::find(word).map_err(|_| wrong("by", word)));
        let by = by.collect::<Result<Vec<_>, _>>()?;
        if let Some(twice) = By::repeated(&by) {
            return Err(wrong("by", twice.word()));
        }
        let period = self.period()?;
        let text = |value: &str| said("", value, |value| Some(value.to_owned()));
        Ok(Ask {
            by,
            services: text(&self.service)?.into_iter().collect(),
            variants: text(&self.variant)?.into_iter().collect(),
            regions: said("region", &self.region, |value| value.parse().ok())?.into_iter().collect(),
            bodies: text(&self.body)?.map_or_else(Vec::new, |code| with_below(&code, offices)),
            channels: said("channel", &self.channel, Channel::find)?.into_iter().collect(),
            from: period.map(|period| period.from),
            to: period.map(|period| period.to),
        })
    }

    fn period(&self) -> Result<Option<Period>, Fault> {
        said("period", &self.period, Period::parse)
    }

    /// What a report is told besides; what it has no use for is wrong.
    fn further(&self, report: Option<Report>, rules: &Rules) -> Result<Further, Fault> {
        let usual = Further::default();
        let most = |value: &str| value.parse::<u8>().ok().filter(|most| *most <= MOST_EXAMPLES);
        let (between, examples) = (self.between(rules)?, said("examples", &self.examples, most)?);
        if between.is_some() && !report.is_some_and(Report::is_between) {
            return Err(wrong("from", &self.from));
        }
        if examples.is_some() && report != Some(Report::Conformance) {
            return Err(wrong("examples", &self.examples));
        }
        Ok(Further { between, examples: examples.unwrap_or(usual.examples) })
    }

    /// The two statuses, where they are said.
    pub fn between(&self, rules: &Rules) -> Result<Option<Between>, Fault> {
        let code = |field, value| said(field, value, |value| value.parse::<i16>().ok());
        match (code("from", &self.from)?, code("to", &self.to)?) {
            (None, None) => Ok(None),
            (Some(_), None) => Err(wrong("to", "")),
            (None, Some(_)) => Err(wrong("from", "")),
            (Some(from), Some(to)) => {
                let pair = Between::of(from, to).and_then(|pair| pair.known(rules));
                pair.map(Some).map_err(|unknown| {
                    let field = if unknown == from { "from" } else { "to" };
                    wrong(field, &unknown.to_string())
                })
            }
        }
    }
}

/// A report (MON-13), as the command of the same name gives it; of the days of senders (MON-12) too.
#[utoipa::path(
    get,
    path = "/api/v1/monitoring/reports/{name}",
    tag = "monitoring",
    summary = "Отчёт о том, как идут услуги",
    description = "durations, transitions, bottlenecks, waiting, refusals, interagency, mnemonics, conformance, \
        digital, complaints, satisfaction, criteria, overview — о заявлениях; completeness — какой отправитель за какой день \
        прислал данные (знает period; by — body, month, day: сколько дней в каком состоянии). По токену отправителя — о его органе и подведомственных; по входу на \
        сайт — в пределах прав вошедшего.",
    params(("name" = String, Path, description = "Название отчёта"), Asked),
    responses(
        (status = 200, description = "Таблица", content((Table), (String = "text/csv"))),
        (status = 401, description = "Нет токена отправителя и входа", body = super::fault::Told),
        (status = 403, description = "У вошедшего нет права смотреть ход услуг", body = super::fault::Told),
        (status = 404, description = "Такого отчёта нет", body = super::fault::Told),
        (status = 422, description = "Параметр непонятен или ответ слишком подробен", body = super::fault::Told)
    ),
    security(("token" = []))
)]
pub(super) async fn report(
    State(monitoring): State<Monitoring>,
    reader: Reader,
    Path(name): Path<String>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Fault> {
    let Query(asked) = asked.map_err(|error| wrong("?", &error.body_text()))?;
    let is_csv = is_csv(&asked.format)?;
    let offices = monitoring.offices.current();
    let found = Report::find(&name);
    if found.is_none() && name != COMPLETENESS {
        return Err(Fault::new(StatusCode::NOT_FOUND, "not_found", L::default().api_no_report()));
    }
    let rules = monitoring.hub.rules().await.map_err(|error| Fault::for_now(&error))?;
    let (ask, further, period) = (asked.ask(&offices)?, asked.further(found, &rules)?, asked.period()?);
    let sheet = match found {
        Some(report) => {
            let answers = monitoring.hub.answers().await.map_err(|error| Fault::for_now(&error))?;
            let made = report.make(&answers, &ask, &reader.allowed, further).await;
            made.map_err(|error| Fault::of_answer(&error))?
        }
        None => {
            let known = Ask { by: ask.by.clone(), from: ask.from, to: ask.to, ..Ask::default() };
            if ask != known {
                return Err(wrong("?", COMPLETENESS));
            }
            if let Some(by) = ask.by.iter().find(|by| !completeness::BY.contains(by)) {
                return Err(wrong("by", by.word()));
            }
            if completeness::is_too_long(period) {
                return Err(wrong("period", &asked.period));
            }
            let (scope, only) = &reader.senders;
            let (conn, now) = (monitoring.ctx.db.read(), monitoring.ctx.now());
            let stood = completeness::stood(conn, scope, *only, period, now).await?;
            completeness::sheet(&stood, &ask.by, &offices)
        }
    };
    if !is_csv {
        return Ok(Json(sheet).into_response());
    }
    Ok(csv(&name, &sheet))
}

/// Whether the answer is to be CSV instead of JSON.
pub(super) fn is_csv(format: &str) -> Result<bool, Fault> {
    match format.trim() {
        "" | "json" => Ok(false),
        "csv" => Ok(true),
        other => Err(wrong("format", other)),
    }
}

/// A table as CSV in a file.
pub(super) fn csv(name: &str, sheet: &Sheet) -> Response {
    let name = format!("attachment; filename=\"{name}.csv\"");
    let head =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (head, sheet.csv()).into_response()
}
