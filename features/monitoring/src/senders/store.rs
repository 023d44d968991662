//! Senders in the database: the only place that names `monitoring_senders` and `monitoring_sender_terms`.

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{CivilDay, Id, Instant, Zone, text};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{Agreement, Fields, Policy, Sender, Terms};

const SELECT: &str =
    "SELECT s.id, s.code, s.name, s.body_id, s.policy, s.least_mark, s.most_mark, s.time_zone,
    s.due_hours, s.since, s.until, s.token_at FROM monitoring_senders s";

/// The terms of a row of either table, of a sender.
fn terms(row: &QueryResult, id: Id) -> Result<Terms, DbErr> {
    let broken = |column: &str, value: &str| DbErr::Custom(format!("{column} of sender {id}: {value:?}"));
    let (policy, zone): (String, String) = (row.try_get("", "policy")?, row.try_get("", "time_zone")?);
    let mark = |column: &str| -> Result<i16, DbErr> {
        let value: i32 = row.try_get("", column)?;
        i16::try_from(value).map_err(|_| broken(column, &value.to_string()))
    };
    Ok(Terms {
        policy: Policy::find(&policy).ok_or_else(|| broken("policy", &policy))?,
        marks: (mark("least_mark")?, mark("most_mark")?),
        zone: Zone::find(&zone).ok_or_else(|| broken("time_zone", &zone))?,
        due_hours: row.try_get("", "due_hours")?,
    })
}

fn sender(row: &QueryResult) -> Result<Sender, DbErr> {
    let id: Id = row.try_get("", "id")?;
    let Terms { policy, marks, zone, due_hours } = terms(row, id)?;
    Ok(Sender {
        id,
        fields: Fields {
            code: row.try_get("", "code")?,
            name: row.try_get("", "name")?,
            body: row.try_get("", "body_id")?,
            policy,
            marks,
            zone,
            due_hours,
            since: CivilDay(row.try_get("", "since")?),
            until: row.try_get::<Option<i32>>("", "until")?.map(CivilDay),
        },
        history: Vec::new(),
        token_at: row.try_get::<Option<i64>>("", "token_at")?.map(Instant),
    })
}

fn agreement(row: &QueryResult) -> Result<(Id, Agreement), DbErr> {
    let id: Id = row.try_get("", "sender_id")?;
    let agreement = Agreement {
        valid_from: CivilDay(row.try_get("", "valid_from")?),
        terms: terms(row, id)?,
        changed_by: row.try_get("", "changed_by")?,
        changed_at: Instant(row.try_get("", "changed_at")?),
    };
    Ok((id, agreement))
}

/// Senders with what was agreed with them from day to day: of one of them, or of any number.
async fn with_history<C: ConnectionTrait>(conn: &C, mut senders: Vec<Sender>) -> Result<Vec<Sender>, DbErr> {
    let (only, values) = match senders.as_slice() {
        [] => return Ok(senders),
        [one] => ("WHERE t.sender_id = ?", vec![Value::from(one.id)]),
        _ => ("", Vec::new()),
    };
    let text = format!("SELECT t.* FROM monitoring_sender_terms t {only} ORDER BY t.valid_from");
    for row in conn.query_all_raw(sql(conn, &text, values)).await? {
        let (id, agreement) = agreement(&row)?;
        if let Some(sender) = senders.iter_mut().find(|sender| sender.id == id) {
            sender.history.push(agreement);
        }
    }
    Ok(senders)
}

/// The senders of the scope, in the order of names.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn all<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<Sender>, DbErr> {
    let text = format!("{SELECT} WHERE {} ORDER BY s.sort_key, s.id", scope.sql("s.body_id"));
    let found = conn.query_all_raw(sql(conn, &text, [])).await?;
    with_history(conn, found.iter().map(sender).collect::<Result<_, _>>()?).await
}

async fn one<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    condition: &str,
    value: Value,
) -> Result<Option<Sender>, DbErr> {
    let text = format!("{SELECT} WHERE {condition} AND {}", scope.sql("s.body_id"));
    let found = conn.query_one_raw(sql(conn, &text, [value])).await?;
    let found: Option<Sender> = found.as_ref().map(sender).transpose()?;
    Ok(with_history(conn, found.into_iter().collect()).await?.pop())
}

/// A sender of the scope by its id.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Option<Sender>, DbErr> {
    one(conn, scope, "s.id = ?", id.into()).await
}

/// A sender of the scope by its code.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find_by_code<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    code: &str,
) -> Result<Option<Sender>, DbErr> {
    one(conn, scope, "s.code = ?", code.into()).await
}

/// The sender whose token has this digest.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find_by_token<C: ConnectionTrait>(conn: &C, hash: &str) -> Result<Option<Sender>, DbErr> {
    one(conn, &Scope::system("a token stands for its sender"), "s.token_hash = ?", hash.into()).await
}

fn values(fields: &Fields) -> [Value; 11] {
    [
        fields.code.as_str().into(),
        fields.name.as_str().into(),
        fields.body.into(),
        fields.policy.code().into(),
        i32::from(fields.marks.0).into(),
        i32::from(fields.marks.1).into(),
        fields.zone.name().into(),
        fields.due_hours.into(),
        fields.since.0.into(),
        fields.until.map(|day| day.0).into(),
        text::sort_key(&fields.name).into(),
    ]
}

/// Adds a sender; the caller has checked the fields.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, id: Id, fields: &Fields, now: Instant) -> Result<(), DbErr> {
    let text =
        "INSERT INTO monitoring_senders (id, created_at, code, name, body_id, policy, least_mark, most_mark,
        time_zone, due_hours, since, until, sort_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let head = [Value::from(id), now.0.into()];
    tx.execute_raw(sql(tx, text, head.into_iter().chain(values(fields)))).await.map(|_| ())
}

/// Changes a sender; the caller has checked the fields and the scope.
///
/// # Errors
/// When the database refuses.
pub async fn update(tx: &Tx, id: Id, fields: &Fields) -> Result<(), DbErr> {
    let text = "UPDATE monitoring_senders SET code = ?, name = ?, body_id = ?, policy = ?, least_mark = ?,
        most_mark = ?, time_zone = ?, due_hours = ?, since = ?, until = ?, sort_key = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, values(fields).into_iter().chain([id.into()]))).await.map(|_| ())
}

/// Writes down what is agreed with a sender from a day on; what was agreed from the same day holds no longer.
///
/// # Errors
/// When the database refuses.
pub async fn set_terms(tx: &Tx, sender: Id, agreed: &Agreement) -> Result<(), DbErr> {
    let text = "INSERT INTO monitoring_sender_terms (sender_id, valid_from, policy, least_mark, most_mark, time_zone,
        due_hours, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (sender_id, valid_from) DO UPDATE SET policy = excluded.policy,
        least_mark = excluded.least_mark, most_mark = excluded.most_mark, time_zone = excluded.time_zone,
        due_hours = excluded.due_hours, changed_by = excluded.changed_by, changed_at = excluded.changed_at";
    let terms = &agreed.terms;
    let values: [Value; 9] = [
        sender.into(),
        agreed.valid_from.0.into(),
        terms.policy.code().into(),
        i32::from(terms.marks.0).into(),
        i32::from(terms.marks.1).into(),
        terms.zone.name().into(),
        terms.due_hours.into(),
        agreed.changed_by.as_str().into(),
        agreed.changed_at.0.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Sets or takes away the token; the caller has checked the scope.
///
/// # Errors
/// When the database refuses.
pub async fn set_token(tx: &Tx, id: Id, token: Option<(&str, Instant)>) -> Result<(), DbErr> {
    let text = "UPDATE monitoring_senders SET token_hash = ?, token_at = ? WHERE id = ?";
    let values = [token.map(|(hash, _)| hash.to_owned()).into(), token.map(|(_, at)| at.0).into(), id.into()];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}
