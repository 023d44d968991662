//! Marks of days looked through (QR-12): the only place that names `responses_days`.

use std::collections::HashMap;

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, Value, bulk, sql};
use otklik_kernel::{CivilDay, Id, Instant};
use sea_orm::ConnectionTrait;

use super::filter::{Filter, floor};
use super::source::Source;
use crate::days::{Day, Mark};

/// The days of offices of the scope that have responses, with who has looked them through, the newest first; of all
/// offices, or of these. From the kept figures: not raw answers.
///
/// # Errors
/// When the database is away.
pub async fn received<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    bodies: Option<&[Id]>,
    from: CivilDay,
    to: CivilDay,
) -> Result<Vec<Day>, DbErr> {
    let values = || [Value::from(from.0), to.0.into()].into_iter().chain(bodies.map(bulk::numbers));
    let among = |column: &str| match bodies {
        Some(_) => format!("{} AND {column} {}", scope.sql(column), bulk::among(conn)),
        None => scope.sql(column),
    };
    let text = format!(
        "SELECT d.day, d.body_id, d.person_id, d.looked_at, d.negative FROM responses_days d
        WHERE d.day BETWEEN ? AND ? AND {} ORDER BY d.looked_at, d.person_id",
        among("d.body_id")
    );
    let mut marks: HashMap<(i32, Id), Vec<Mark>> = HashMap::new();
    for row in conn.query_all_raw(sql(conn, &text, values())).await? {
        let key = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        marks.entry(key).or_default().push(Mark {
            person: row.try_get_by_index(2)?,
            at: Instant(row.try_get_by_index(3)?),
            negative: row.try_get_by_index(4)?,
        });
    }
    let text = format!(
        "SELECT f.day, f.body_id, f.n, COALESCE(g.n, 0) AS negative FROM responses_figures f
        LEFT JOIN responses_figures g ON g.body_id = f.body_id AND g.day = f.day AND g.figure = 'negative'
        WHERE f.figure = 'all' AND f.day BETWEEN ? AND ? AND {} ORDER BY f.day DESC, f.body_id",
        among("f.body_id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, values())).await?;
    rows.iter()
        .map(|row| {
            let (day, body): (i32, Id) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            Ok(Day {
                body,
                day: CivilDay(day),
                all: row.try_get_by_index(2)?,
                negative: row.try_get_by_index(3)?,
                marks: marks.remove(&(day, body)).unwrap_or_default(),
            })
        })
        .collect()
}

/// A day of an office of the scope, counted from the answers themselves.
///
/// # Errors
/// When the database is away.
pub async fn of_office<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
    day: CivilDay,
) -> Result<Day, DbErr> {
    // Zones differ from UTC by less than a day.
    let ids = floor(day.plus_days(-1))..floor(day.plus_days(2));
    let filter = Filter { from: Some(day), to: Some(day), ..Filter::default() };
    let source = Source::of_office(conn.get_database_backend(), scope, body, ids, &filter);
    let counts = super::read_found(conn, source, i64::MAX).await?.counts;
    let text = format!(
        "SELECT d.person_id, d.looked_at, d.negative FROM responses_days d
        WHERE d.day = ? AND d.body_id = ? AND {} ORDER BY d.looked_at, d.person_id",
        scope.sql("d.body_id")
    );
    let marks = conn.query_all_raw(sql(conn, &text, [day.0.into(), body.into()])).await?;
    let mark = |row: &sea_orm::QueryResult| {
        Ok(Mark {
            person: row.try_get_by_index(0)?,
            at: Instant(row.try_get_by_index(1)?),
            negative: row.try_get_by_index(2)?,
        })
    };
    Ok(Day {
        body,
        day,
        all: counts.all,
        negative: counts.negative,
        marks: marks.iter().map(mark).collect::<Result<_, DbErr>>()?,
    })
}

/// How often the marks of each of these days were changed; a day without responses is not there.
///
/// # Errors
/// When the database is away.
pub async fn versions<C: ConnectionTrait>(
    conn: &C,
    from: CivilDay,
    to: CivilDay,
) -> Result<Vec<(i32, i64)>, DbErr> {
    let text = "SELECT day, looks FROM responses_figure_days WHERE day BETWEEN ? AND ?";
    let rows = conn.query_all_raw(sql(conn, text, [from.0.into(), to.0.into()])).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// The marks of all offices on these days, the earliest first: day, office, mark. For [`crate::Board`], which shows each caller those of
/// their scope.
///
/// # Errors
/// When the database is away.
pub async fn marks<C: ConnectionTrait>(
    conn: &C,
    from: CivilDay,
    to: CivilDay,
) -> Result<Vec<(i32, Id, Mark)>, DbErr> {
    let text = "SELECT d.day, d.body_id, d.person_id, d.looked_at, d.negative FROM responses_days d
        WHERE d.day BETWEEN ? AND ? ORDER BY d.looked_at, d.person_id";
    let rows = conn.query_all_raw(sql(conn, text, [from.0.into(), to.0.into()])).await?;
    rows.iter()
        .map(|row| {
            let mark = Mark {
                person: row.try_get_by_index(2)?,
                at: Instant(row.try_get_by_index(3)?),
                negative: row.try_get_by_index(4)?,
            };
            Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, mark))
        })
        .collect()
}

/// Says, in the transaction of the change, that the marks of a day have changed.
async fn changed(tx: &Tx, day: CivilDay) -> Result<(), DbErr> {
    let text = "INSERT INTO responses_figure_days (day, version, looks) VALUES (?, 0, 1)
        ON CONFLICT (day) DO UPDATE SET looks = responses_figure_days.looks + 1";
    tx.execute_raw(sql(tx, text, [day.0.into()])).await.map(|_| ())
}

/// Marks a day as looked through by a person, also again; the caller has checked who and where.
///
/// # Errors
/// When the database refuses.
pub async fn set(tx: &Tx, body: Id, day: CivilDay, mark: Mark) -> Result<(), DbErr> {
    let text =
        "INSERT INTO responses_days (day, body_id, person_id, looked_at, negative) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (day, body_id, person_id) DO UPDATE
        SET looked_at = excluded.looked_at, negative = excluded.negative";
    let values = [day.0.into(), body.into(), mark.person.into(), mark.at.0.into(), mark.negative.into()];
    tx.execute_raw(sql(tx, text, values)).await?;
    changed(tx, day).await
}

/// Takes a person's mark off a day; says whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &Tx, body: Id, day: CivilDay, person: Id) -> Result<bool, DbErr> {
    let text = "DELETE FROM responses_days WHERE day = ? AND body_id = ? AND person_id = ?";
    let values = [day.0.into(), body.into(), person.into()];
    let is_removed = tx.execute_raw(sql(tx, text, values)).await?.rows_affected() > 0;
    changed(tx, day).await?;
    Ok(is_removed)
}
