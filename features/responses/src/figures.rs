//! Kept figures: how many responses an office got on a day, by mark and by hour. Pages read these, not raw
//! answers.

mod cube;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use otklik_access::Scope;
use otklik_db::bulk::{self, Kind};
use otklik_db::{DbErr, Tx, sql};
use otklik_jobs::{Event, Handler, HandlerError};
use otklik_kernel::{CivilDay, Id, Instant};
use otklik_questionnaires::{Mark, Marks};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::ACCEPTED;
use crate::model::Accepted;

pub use cube::{Cube, Hours, Slice, Tally, weekday};

/// The figure of all responses.
pub const ALL: &str = "all";
/// The figure of responses with at least one sad face.
pub const NEGATIVE: &str = "negative";
/// The figure of responses with a text.
pub const TEXT: &str = "text";

/// Before the hour in figures by hour: `@14` is how many came between 14:00 and 15:00 UTC, `@14-` how many of
/// them are negative. In UTC, so that they stay true when an office's time zone is put right.
const HOUR: char = '@';

const ADD: &str = "ON CONFLICT (body_id, day, figure) DO UPDATE SET n = responses_figures.n + excluded.n";
const TOUCH: &str = "ON CONFLICT (day) DO UPDATE SET version = responses_figure_days.version + 1";

/// Counts accepted responses; in one transaction with the removal of their events, so each counts once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures;

/// The figures that a response adds one to: a mark's figure is its criterion and digit, such as `c0`.
fn figures_of(accepted: &Accepted, at: Instant) -> Option<Vec<String>> {
    let marks = Marks::parse(&accepted.marks)?;
    let hour = at.0.div_euclid(Instant::HOUR) % 24;
    let mut figures = vec![ALL.to_owned(), format!("{HOUR}{hour}")];
    if marks.is_negative() {
        figures.push(NEGATIVE.to_owned());
        figures.push(format!("{HOUR}{hour}-"));
    }
    if accepted.text {
        figures.push(TEXT.to_owned());
    }
    figures.extend(marks.iter().map(|(key, mark): (char, Mark)| format!("{key}{}", mark.digit())));
    Some(figures)
}

#[async_trait]
impl Handler for Figures {
    fn kinds(&self) -> &'static [&'static str] {
        &[ACCEPTED]
    }

    fn name(&self) -> &'static str {
        "responses.figures"
    }

    async fn handle(&self, tx: &Tx, events: &[Event]) -> Result<(), HandlerError> {
        let mut sums: BTreeMap<(Id, i32, String), i64> = BTreeMap::new();
        for event in events {
            let broken = || HandlerError::Never(format!("event {}: payload {:?}", event.id, event.payload));
            let accepted: Accepted = serde_json::from_str(&event.payload).map_err(|_| broken())?;
            let body = event.body.ok_or_else(broken)?;
            for figure in figures_of(&accepted, event.at).ok_or_else(broken)? {
                *sums.entry((body, accepted.day, figure)).or_default() += 1;
            }
        }
        // In the order of keys, so that two nodes never wait for each other.
        let rows = sums.iter().map(|((body, day, figure), n)| json!([body, day, figure, n])).collect();
        let columns =
            [("body_id", Kind::Long), ("day", Kind::Int), ("figure", Kind::Text), ("n", Kind::Long)];
        bulk::insert(tx, "responses_figures", &columns, rows, ADD).await?;
        // Last: who reads a day's version and then its figures sees at least what made that version.
        let days: BTreeSet<i32> = sums.keys().map(|&(_, day, _)| day).collect();
        let rows = days.iter().map(|day| json!([day, 1])).collect();
        let columns = [("day", Kind::Int), ("version", Kind::Long)];
        bulk::insert(tx, "responses_figure_days", &columns, rows, TOUCH).await?;
        let mut bodies: Vec<Id> = sums.keys().map(|&(body, ..)| body).collect();
        bodies.dedup();
        otklik_web::live::changed(tx, &bodies).await?;
        Ok(())
    }
}

/// The sum of a figure over the scope and days.
///
/// # Errors
/// When the database is away.
pub async fn sum<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    figure: &str,
    from: CivilDay,
    to: CivilDay,
) -> Result<i64, DbErr> {
    let text = format!(
        "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM responses_figures f \
         WHERE f.figure = ? AND f.day BETWEEN ? AND ? AND {}",
        scope.sql("f.body_id")
    );
    let row = conn.query_one_raw(sql(conn, &text, [figure.into(), from.0.into(), to.0.into()])).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}

/// A figure by day over the scope; days without responses are not in it.
///
/// # Errors
/// When the database is away.
pub async fn by_day<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    figure: &str,
    from: CivilDay,
    to: CivilDay,
) -> Result<BTreeMap<CivilDay, i64>, DbErr> {
    let text = format!(
        "SELECT f.day, CAST(SUM(f.n) AS BIGINT) AS n FROM responses_figures f \
         WHERE f.figure = ? AND f.day BETWEEN ? AND ? AND {} GROUP BY f.day",
        scope.sql("f.body_id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, [figure.into(), from.0.into(), to.0.into()])).await?;
    rows.iter().map(|row| Ok((CivilDay(row.try_get("", "day")?), row.try_get("", "n")?))).collect()
}
