//! Deliveries in the database: the only place that names `monitoring_deliveries`.

use std::collections::BTreeSet;

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{CivilDay, Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{Counts, Delivery, State, Way};

const SELECT: &str =
    "SELECT d.id, d.sender_id, d.sender, d.body_id, d.day, d.revision, d.digest, d.state, d.way, d.file,
    d.bytes, d.received_at, d.received_by, d.started_at, d.finished_at, d.attempts, d.rows_read, d.rows_taken,
    d.errors, d.warnings, d.applications, d.events, d.commit_number, d.replaced_by, d.problem
    FROM monitoring_deliveries d";

/// States as SQL.
const OPEN: &str = "d.state IN ('queued', 'checking')";
const STANDING: &str = "d.state IN ('accepted', 'partly', 'empty')";

fn delivery(row: &QueryResult) -> Result<Delivery, DbErr> {
    let id: Id = row.try_get("", "id")?;
    let broken = |column: &str, value: &str| {
        DbErr::Custom(format!("monitoring_deliveries.{column} of {id}: {value:?}"))
    };
    let (state, way): (String, String) = (row.try_get("", "state")?, row.try_get("", "way")?);
    let moment = |column: &str| -> Result<Option<Instant>, DbErr> {
        Ok(row.try_get::<Option<i64>>("", column)?.map(Instant))
    };
    Ok(Delivery {
        id,
        sender: row.try_get("", "sender_id")?,
        code: row.try_get("", "sender")?,
        body: row.try_get("", "body_id")?,
        day: CivilDay(row.try_get("", "day")?),
        revision: row.try_get("", "revision")?,
        digest: row.try_get("", "digest")?,
        state: State::find(&state).ok_or_else(|| broken("state", &state))?,
        way: Way::find(&way).ok_or_else(|| broken("way", &way))?,
        file: row.try_get("", "file")?,
        bytes: row.try_get("", "bytes")?,
        received_at: Instant(row.try_get("", "received_at")?),
        received_by: row.try_get("", "received_by")?,
        started_at: moment("started_at")?,
        finished_at: moment("finished_at")?,
        attempts: row.try_get("", "attempts")?,
        counts: Counts {
            rows_read: row.try_get("", "rows_read")?,
            rows_taken: row.try_get("", "rows_taken")?,
            errors: row.try_get("", "errors")?,
            warnings: row.try_get("", "warnings")?,
            applications: row.try_get("", "applications")?,
            events: row.try_get("", "events")?,
        },
        commit: row.try_get("", "commit_number")?,
        replaced_by: row.try_get("", "replaced_by")?,
        problem: row.try_get("", "problem")?,
    })
}

async fn many<C: ConnectionTrait>(
    conn: &C,
    tail: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Delivery>, DbErr> {
    let text = format!("{SELECT} WHERE {tail}");
    conn.query_all_raw(sql(conn, &text, values)).await?.iter().map(delivery).collect()
}

/// Which deliveries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this sender.
    pub sender: Option<Id>,
    /// In this state.
    pub state: Option<State>,
    /// Of this day or later.
    pub from: Option<CivilDay>,
    /// Of this day or earlier.
    pub to: Option<CivilDay>,
}

impl Filter {
    fn condition(&self, scope: &Scope) -> (String, Vec<Value>) {
        let mut text = scope.sql("d.body_id");
        let mut values: Vec<Value> = Vec::new();
        let mut also = |part: &str, value: Option<Value>| {
            if let Some(value) = value {
                text.push_str(part);
                values.push(value);
            }
        };
        also(" AND d.sender_id = ?", self.sender.map(Value::from));
        also(" AND d.state = ?", self.state.map(|state| state.code().into()));
        also(" AND d.day >= ?", self.from.map(|day| day.0.into()));
        also(" AND d.day <= ?", self.to.map(|day| day.0.into()));
        (text, values)
    }
}

/// The deliveries of the scope, the last received first.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
    (limit, offset): (u64, u64),
) -> Result<Vec<Delivery>, DbErr> {
    let (condition, values) = filter.condition(scope);
    let tail = format!("{condition} ORDER BY d.received_at DESC, d.id DESC LIMIT {limit} OFFSET {offset}");
    many(conn, &tail, values).await
}

/// How many deliveries there are.
///
/// # Errors
/// When the database is away.
pub async fn count<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: &Filter) -> Result<u64, DbErr> {
    let (condition, values) = filter.condition(scope);
    let text = format!("SELECT COUNT(*) FROM monitoring_deliveries d WHERE {condition}");
    let row = conn.query_one_raw(sql(conn, &text, values)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A delivery of the scope.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Option<Delivery>, DbErr> {
    let tail = format!("d.id = ? AND {}", scope.sql("d.body_id"));
    Ok(many(conn, &tail, [id.into()]).await?.pop())
}

/// The deliveries of a sender's day, the highest revision first; the caller has checked the scope.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn of_day<C: ConnectionTrait>(conn: &C, sender: Id, day: CivilDay) -> Result<Vec<Delivery>, DbErr> {
    let tail = "d.sender_id = ? AND d.day = ? ORDER BY d.revision DESC, d.id DESC";
    many(conn, tail, [sender.into(), day.0.into()]).await
}

/// The deliveries of the scope whose data are of these days.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn between<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    from: CivilDay,
    to: CivilDay,
) -> Result<Vec<Delivery>, DbErr> {
    let tail = format!("d.day >= ? AND d.day <= ? AND {} ORDER BY d.id", scope.sql("d.body_id"));
    many(conn, &tail, [from.0.into(), to.0.into()]).await
}

/// The deliveries of some senders in the scope whose data are of some days.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn of_days<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    senders: &BTreeSet<Id>,
    days: &BTreeSet<CivilDay>,
) -> Result<Vec<Delivery>, DbErr> {
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let listed = |numbers: &mut dyn Iterator<Item = i64>| {
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
    };
    let days = listed(&mut days.iter().map(|day| day.0.into()));
    let senders = listed(&mut senders.iter().copied());
    let scope = scope.sql("d.body_id");
    many(conn, &format!("d.day IN ({days}) AND d.sender_id IN ({senders}) AND {scope} ORDER BY d.id"), [])
        .await
}

/// All deliveries, in the order of their receipts.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn all<C: ConnectionTrait>(conn: &C) -> Result<Vec<Delivery>, DbErr> {
    many(conn, "1 = 1 ORDER BY d.id", []).await
}

/// Deliveries that wait, in the order in which they came, those of one sender by day and revision.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn waiting<C: ConnectionTrait>(conn: &C, limit: u64) -> Result<Vec<Delivery>, DbErr> {
    many(conn, &format!("{OPEN} ORDER BY d.received_at, d.id LIMIT {limit}"), []).await
}

/// How many deliveries wait before one.
///
/// # Errors
/// When the database is away.
pub async fn before<C: ConnectionTrait>(conn: &C, delivery: &Delivery) -> Result<i64, DbErr> {
    let text = format!(
        "SELECT COUNT(*) FROM monitoring_deliveries d WHERE {OPEN}
        AND (d.received_at < ? OR (d.received_at = ? AND d.id < ?))"
    );
    let values = [delivery.received_at.0.into(), delivery.received_at.0.into(), delivery.id.into()];
    let row = conn.query_one_raw(sql(conn, &text, values)).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// Adds a delivery.
///
/// # Errors
/// When the database refuses; the same bytes of the same sender, day and revision are there already.
pub async fn insert(tx: &Tx, d: &Delivery) -> Result<(), DbErr> {
    let text = "INSERT INTO monitoring_deliveries (id, sender_id, sender, body_id, day, revision, digest, state, way,
        file, bytes, received_at, received_by, started_at, finished_at, attempts, rows_read, rows_taken, errors,
        warnings, applications, events, commit_number, replaced_by, problem)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values: [Value; 25] = [
        d.id.into(),
        d.sender.into(),
        d.code.as_str().into(),
        d.body.into(),
        d.day.0.into(),
        d.revision.into(),
        d.digest.as_str().into(),
        d.state.code().into(),
        d.way.code().into(),
        d.file.as_str().into(),
        d.bytes.into(),
        d.received_at.0.into(),
        d.received_by.as_str().into(),
        d.started_at.map(|at| at.0).into(),
        d.finished_at.map(|at| at.0).into(),
        d.attempts.into(),
        d.counts.rows_read.into(),
        d.counts.rows_taken.into(),
        d.counts.errors.into(),
        d.counts.warnings.into(),
        d.counts.applications.into(),
        d.counts.events.into(),
        d.commit.into(),
        d.replaced_by.into(),
        d.problem.as_str().into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Takes a delivery away, to be written anew.
///
/// # Errors
/// When the database refuses.
pub async fn delete(tx: &Tx, id: Id) -> Result<(), DbErr> {
    let text = "DELETE FROM monitoring_deliveries WHERE id = ?";
    tx.execute_raw(sql(tx, text, [id.into()])).await.map(|_| ())
}

/// Writes down that a refused delivery waits for its check once more: see [`Delivery::queued`].
///
/// # Errors
/// When the database refuses.
pub async fn set_queued(tx: &Tx, id: Id) -> Result<(), DbErr> {
    let text = "UPDATE monitoring_deliveries SET state = 'queued', started_at = NULL, finished_at = NULL, attempts = 0,
        rows_read = 0, rows_taken = 0, errors = 0, warnings = 0, applications = 0, events = 0, problem = ''
        WHERE id = ?";
    tx.execute_raw(sql(tx, text, [id.into()])).await.map(|_| ())
}

/// Writes down that the check has begun.
///
/// # Errors
/// When the database refuses.
pub async fn set_checking(tx: &Tx, id: Id, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE monitoring_deliveries SET state = 'checking', checked = 0, started_at = ?, attempts = attempts + 1
        WHERE id = ?";
    tx.execute_raw(sql(tx, text, [now.0.into(), id.into()])).await.map(|_| ())
}

/// Takes an attempt at a delivery back.
///
/// # Errors
/// When the database refuses.
pub async fn uncount(tx: &Tx, id: Id) -> Result<(), DbErr> {
    let text = "UPDATE monitoring_deliveries SET attempts = attempts - 1 WHERE id = ? AND attempts > 0";
    tx.execute_raw(sql(tx, text, [id.into()])).await.map(|_| ())
}

/// Writes down how much of a delivery is checked, in percent.
///
/// # Errors
/// When the database refuses.
pub async fn set_checked(tx: &Tx, id: Id, percent: i32) -> Result<(), DbErr> {
    let text = "UPDATE monitoring_deliveries SET checked = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, [percent.into(), id.into()])).await.map(|_| ())
}

/// How much of a delivery was checked when somebody last looked, in percent; the caller has checked the scope.
///
/// # Errors
/// When the database is away.
pub async fn checked<C: ConnectionTrait>(conn: &C, id: Id) -> Result<i32, DbErr> {
    let text = "SELECT d.checked FROM monitoring_deliveries d WHERE d.id = ?";
    let row = conn.query_one_raw(sql(conn, text, [id.into()])).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// What was decided about a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What became of it.
    pub state: State,
    /// What was counted.
    pub counts: Counts,
    /// The commit that holds it.
    pub commit: Option<i64>,
    /// Why nothing was taken, where the report doesn't say it.
    pub problem: String,
}

/// Writes down what was decided; a delivery that stands now replaces those of its day that stood.
///
/// Gives the deliveries that were replaced.
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    tx: &Tx,
    delivery: &Delivery,
    decision: &Decision,
    now: Instant,
) -> Result<Vec<Id>, DbErr> {
    let text = "UPDATE monitoring_deliveries SET state = ?, finished_at = ?, rows_read = ?, rows_taken = ?, errors = ?,
        warnings = ?, applications = ?, events = ?, commit_number = ?, problem = ? WHERE id = ?";
    let counts = decision.counts;
    let values: [Value; 11] = [
        decision.state.code().into(),
        now.0.into(),
        counts.rows_read.into(),
        counts.rows_taken.into(),
        counts.errors.into(),
        counts.warnings.into(),
        counts.applications.into(),
        counts.events.into(),
        decision.commit.into(),
        decision.problem.as_str().into(),
        delivery.id.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await?;
    if !decision.state.stands() {
        return Ok(Vec::new());
    }
    let condition = format!("d.sender_id = ? AND d.day = ? AND d.id <> ? AND d.revision < ? AND {STANDING}");
    let values =
        [delivery.sender.into(), delivery.day.0.into(), delivery.id.into(), delivery.revision.into()];
    let replaced: Vec<Id> = many(tx, &condition, values).await?.iter().map(|one| one.id).collect();
    for id in &replaced {
        let text = "UPDATE monitoring_deliveries SET state = 'replaced', replaced_by = ? WHERE id = ?";
        tx.execute_raw(sql(tx, text, [delivery.id.into(), (*id).into()])).await?;
    }
    Ok(replaced)
}
