//! Marks of days looked through (QR-12): the only place that names `responses_days`.

use std::collections::HashMap;

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, Value, bulk, sql};
use otklik_kernel::{CivilDay, Id, Instant};
use sea_orm::{ConnectionTrait, DbBackend};

use super::filter::{Filter, beyond, first};
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
    let ids = bounds(day, day);
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

/// The newest response of each day of an office of the scope: a page that shows the days says with it what it knew.
///
/// # Errors
/// When the database is away.
pub async fn newest<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
    from: CivilDay,
    to: CivilDay,
) -> Result<HashMap<CivilDay, Id>, DbErr> {
    let (these, mut values) = of_days(conn.get_database_backend(), body, from, to);
    values.extend([from.0.into(), to.0.into()]);
    // The plus: not the scope, but the one office is the way.
    let text = format!(
        "SELECT r.day, MAX(r.id) FROM responses_responses r WHERE {these} AND r.day BETWEEN ? AND ? AND {} GROUP BY r.day",
        scope.sql("+r.body_id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, values)).await?;
    rows.iter().map(|row| Ok((CivilDay(row.try_get_by_index(0)?), row.try_get_by_index(1)?))).collect()
}

/// The identifiers between which the responses of these days lie.
fn bounds(from: CivilDay, to: CivilDay) -> std::ops::Range<Id> {
    first(from)..beyond(to)
}

/// The condition of the responses `r` of an office that came about these days; SQLite finds them by its tables of
/// offices.
fn of_days(backend: DbBackend, body: Id, from: CivilDay, to: CivilDay) -> (String, Vec<Value>) {
    let ids = bounds(from, to);
    let place = || -> [Value; 3] { [body.into(), ids.start.into(), ids.end.into()] };
    if backend != DbBackend::Sqlite {
        return ("r.body_id = ? AND r.id >= ? AND r.id < ?".to_owned(), place().into());
    }
    let part = |table: &str| format!("SELECT id FROM {table} WHERE body_id = ? AND id >= ? AND id < ?");
    let text = format!("r.id IN ({} UNION ALL {})", part("responses_by_office"), part("responses_fresh"));
    (text, [place(), place()].concat())
}

/// Marks the responses of a day up to one of them as looked through, where nobody has before; says how many. All of
/// them get one moment that no other response of the day has: by it the mark is taken back.
///
/// # Errors
/// When the database refuses.
pub async fn look(
    tx: &Tx,
    body: Id,
    day: CivilDay,
    up_to: Id,
    (at, by): (Instant, &str),
) -> Result<(Instant, u64), DbErr> {
    let backend = tx.get_database_backend();
    let (these, mut values) = of_days(backend, body, day, day);
    values.extend([day.0.into(), at.0.into()]);
    let text = format!(
        "SELECT MAX(r.looked_at) FROM responses_responses r WHERE {these} AND r.day = ? AND r.looked_at >= ?"
    );
    let row = tx.query_one_raw(sql(tx, &text, values)).await?;
    let last: Option<i64> = row.map_or(Ok(None), |row| row.try_get_by_index(0))?;
    let at = last.map_or(at, |last| Instant(last).plus(1));
    let (these, place) = of_days(backend, body, day, day);
    let mut values: Vec<Value> = vec![at.0.into(), by.into()];
    values.extend(place);
    values.extend([day.0.into(), up_to.into()]);
    let text = format!(
        "UPDATE responses_responses AS r SET looked_at = ?, looked_by = ?
        WHERE {these} AND r.day = ? AND r.id <= ? AND r.looked_at IS NULL"
    );
    let looked = tx.execute_raw(sql(tx, &text, values)).await?.rows_affected();
    beside(tx, body, day).await?;
    Ok((at, looked))
}

/// Takes back what [`look`] did at a moment, but for responses to which it was written since what was done; says how
/// many.
///
/// # Errors
/// When the database refuses.
pub async fn unlook(tx: &Tx, body: Id, day: CivilDay, at: Instant) -> Result<u64, DbErr> {
    let (these, mut values) = of_days(tx.get_database_backend(), body, day, day);
    values.extend([day.0.into(), at.0.into()]);
    let text = format!(
        "UPDATE responses_responses AS r SET looked_at = NULL, looked_by = NULL
        WHERE {these} AND r.day = ? AND r.looked_at = ? AND r.outcome_at IS NULL"
    );
    let unlooked = tx.execute_raw(sql(tx, &text, values)).await?.rows_affected();
    beside(tx, body, day).await?;
    Ok(unlooked)
}

/// Brings what stands beside the office on SQLite to what the day's responses say; a response that is not in that
/// table yet comes there as it is then.
async fn beside(tx: &Tx, body: Id, day: CivilDay) -> Result<(), DbErr> {
    if tx.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let ids = bounds(day, day);
    let looked = "(SELECT r.looked_at IS NOT NULL FROM responses_responses r WHERE r.id = x.id)";
    let text = format!(
        "UPDATE responses_by_office AS x SET is_looked = {looked}
        WHERE x.body_id = ? AND x.id >= ? AND x.id < ? AND x.day = ? AND x.is_looked <> {looked}"
    );
    let values = [body.into(), ids.start.into(), ids.end.into(), day.0.into()];
    tx.execute_raw(sql(tx, &text, values)).await.map(|_| ())
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

/// Takes a person's mark off a day; gives its moment when there was one.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &Tx, body: Id, day: CivilDay, person: Id) -> Result<Option<Instant>, DbErr> {
    let text =
        "DELETE FROM responses_days WHERE day = ? AND body_id = ? AND person_id = ? RETURNING looked_at";
    let values = [day.0.into(), body.into(), person.into()];
    let row = tx.query_one_raw(sql(tx, text, values)).await?;
    changed(tx, day).await?;
    row.map(|row| row.try_get_by_index(0).map(Instant)).transpose()
}
