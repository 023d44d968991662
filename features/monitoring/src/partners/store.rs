//! Partners and sendings in the database: the only place that names `monitoring_partners` and
//! `monitoring_sendings`.

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{CivilDay, Id, Instant, Zone, text};
use sea_orm::{ConnectionTrait, QueryResult};

use super::{Fields, Layout, Method, Partner, Sending, State, Subject};

const PARTNER: &str =
    "SELECT p.id, p.body_id, p.name, p.way, p.address, p.login, p.secret, p.server_key, p.layout,
    p.sender_id, p.hour, p.time_zone, p.is_on, p.since FROM monitoring_partners p";

fn partner(row: &QueryResult) -> Result<Partner, DbErr> {
    let id: Id = row.try_get("", "id")?;
    let broken =
        |column: &str, value: &str| DbErr::Custom(format!("monitoring_partners.{column} of {id}: {value:?}"));
    let (method, layout): (String, String) = (row.try_get("", "way")?, row.try_get("", "layout")?);
    let zone: String = row.try_get("", "time_zone")?;
    let fields = Fields {
        body: row.try_get("", "body_id")?,
        name: row.try_get("", "name")?,
        method: Method::find(&method).ok_or_else(|| broken("way", &method))?,
        address: row.try_get("", "address")?,
        login: row.try_get("", "login")?,
        secret: row.try_get("", "secret")?,
        server_key: row.try_get("", "server_key")?,
        layout: Layout::find(&layout).ok_or_else(|| broken("layout", &layout))?,
        sender: row.try_get("", "sender_id")?,
        hour: row.try_get("", "hour")?,
        zone: Zone::find(&zone).ok_or_else(|| broken("time_zone", &zone))?,
        is_on: row.try_get("", "is_on")?,
        since: CivilDay(row.try_get("", "since")?),
    };
    Ok(Partner { id, fields })
}

/// The partners of the scope, in the order of names.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn all<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<Partner>, DbErr> {
    let text = format!("{PARTNER} WHERE {} ORDER BY p.sort_key, p.id", scope.sql("p.body_id"));
    conn.query_all_raw(sql(conn, &text, [])).await?.iter().map(partner).collect()
}

/// A partner of the scope.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Option<Partner>, DbErr> {
    let text = format!("{PARTNER} WHERE p.id = ? AND {}", scope.sql("p.body_id"));
    conn.query_one_raw(sql(conn, &text, [id.into()])).await?.as_ref().map(partner).transpose()
}

fn values(fields: &Fields) -> [Value; 14] {
    [
        fields.body.into(),
        fields.name.as_str().into(),
        fields.method.code().into(),
        fields.address.as_str().into(),
        fields.login.as_str().into(),
        fields.secret.as_str().into(),
        fields.server_key.as_str().into(),
        fields.layout.code().into(),
        fields.sender.into(),
        fields.hour.into(),
        fields.zone.name().into(),
        fields.is_on.into(),
        fields.since.0.into(),
        text::sort_key(&fields.name).into(),
    ]
}

/// Adds a partner; the caller has checked the fields.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, id: Id, fields: &Fields, now: Instant) -> Result<(), DbErr> {
    let text = "INSERT INTO monitoring_partners (id, created_at, body_id, name, way, address, login, secret, server_key,
        layout, sender_id, hour, time_zone, is_on, since, sort_key)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let head = [Value::from(id), now.0.into()];
    tx.execute_raw(sql(tx, text, head.into_iter().chain(values(fields)))).await.map(|_| ())
}

/// Changes a partner; the caller has checked the fields and the scope.
///
/// # Errors
/// When the database refuses.
pub async fn update(tx: &Tx, id: Id, fields: &Fields) -> Result<(), DbErr> {
    let text =
        "UPDATE monitoring_partners SET body_id = ?, name = ?, way = ?, address = ?, login = ?, secret = ?,
        server_key = ?, layout = ?, sender_id = ?, hour = ?, time_zone = ?, is_on = ?, since = ?, sort_key = ?
        WHERE id = ?";
    tx.execute_raw(sql(tx, text, values(fields).into_iter().chain([id.into()]))).await.map(|_| ())
}

const SENDING: &str =
    "SELECT s.id, s.partner_id, s.body_id, s.day, s.sender, s.revision, s.state, s.attempts, s.next_at, s.file,
    s.bytes, s.digest, s.address, s.answer, s.created_at, s.finished_at FROM monitoring_sendings s";

fn subject(row: &QueryResult) -> Result<Subject, DbErr> {
    let (revision, sender): (i32, String) = (row.try_get("", "revision")?, row.try_get("", "sender")?);
    Ok(Subject { day: CivilDay(row.try_get("", "day")?), sender, revision: revision.cast_unsigned() })
}

fn state(row: &QueryResult) -> Result<State, DbErr> {
    let (id, state): (Id, String) = (row.try_get("", "id")?, row.try_get("", "state")?);
    State::find(&state).ok_or_else(|| DbErr::Custom(format!("monitoring_sendings.state of {id}: {state:?}")))
}

fn sending(row: &QueryResult) -> Result<Sending, DbErr> {
    Ok(Sending {
        id: row.try_get("", "id")?,
        partner: row.try_get("", "partner_id")?,
        body: row.try_get("", "body_id")?,
        subject: subject(row)?,
        state: state(row)?,
        attempts: row.try_get("", "attempts")?,
        next_at: Instant(row.try_get("", "next_at")?),
        file: row.try_get("", "file")?,
        bytes: row.try_get("", "bytes")?,
        digest: row.try_get("", "digest")?,
        address: row.try_get("", "address")?,
        answer: row.try_get("", "answer")?,
        created_at: Instant(row.try_get("", "created_at")?),
        finished_at: row.try_get::<Option<i64>>("", "finished_at")?.map(Instant),
    })
}

/// Sendings of the scope to a partner, or to all of them; the last day first.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn sendings<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    partner: Option<Id>,
    limit: u64,
) -> Result<Vec<Sending>, DbErr> {
    let of = if partner.is_some() { "AND s.partner_id = ?" } else { "" };
    let text = format!(
        "{SENDING} WHERE {} {of} ORDER BY s.day DESC, s.sender, s.revision DESC, s.id DESC LIMIT {limit}",
        scope.sql("s.body_id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, partner.map(Value::from))).await?;
    rows.iter().map(sending).collect()
}

/// A sending of the scope.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find_sending<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    id: Id,
) -> Result<Option<Sending>, DbErr> {
    let text = format!("{SENDING} WHERE s.id = ? AND {}", scope.sql("s.body_id"));
    conn.query_one_raw(sql(conn, &text, [id.into()])).await?.as_ref().map(sending).transpose()
}

/// What is written down of a partner already, and how it stands, from a day on.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn known<C: ConnectionTrait>(
    conn: &C,
    partner: Id,
    from: CivilDay,
) -> Result<Vec<(Subject, State)>, DbErr> {
    let text = "SELECT s.id, s.day, s.sender, s.revision, s.state FROM monitoring_sendings s
        WHERE s.partner_id = ? AND s.day >= ?";
    let rows = conn.query_all_raw(sql(conn, text, [partner.into(), from.0.into()])).await?;
    rows.iter().map(|row| Ok((subject(row)?, state(row)?))).collect()
}

/// Whether a higher revision of what a sending is of is written down too.
///
/// # Errors
/// When the database is away.
pub async fn is_corrected<C: ConnectionTrait>(conn: &C, sending: &Sending) -> Result<bool, DbErr> {
    let text = "SELECT s.id FROM monitoring_sendings s
        WHERE s.partner_id = ? AND s.day = ? AND s.sender = ? AND s.revision > ? LIMIT 1";
    let subject = &sending.subject;
    let values: [Value; 4] = [
        sending.partner.into(),
        subject.day.0.into(),
        subject.sender.as_str().into(),
        subject.revision.cast_signed().into(),
    ];
    Ok(conn.query_one_raw(sql(conn, text, values)).await?.is_some())
}

/// Sendings that wait and whose time has come, what waits longest first; not of partners to whom nothing is sent now.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn waiting<C: ConnectionTrait>(conn: &C, now: Instant, limit: u64) -> Result<Vec<Sending>, DbErr> {
    let text = format!(
        "{SENDING} JOIN monitoring_partners p ON p.id = s.partner_id AND p.is_on
        WHERE s.state = 'waiting' AND s.next_at <= ? ORDER BY s.next_at, s.day, s.sender, s.revision LIMIT {limit}"
    );
    conn.query_all_raw(sql(conn, &text, [now.0.into()])).await?.iter().map(sending).collect()
}

/// Lets a partner's sendings wait up to a moment.
///
/// # Errors
/// When the database refuses.
pub async fn hold(tx: &Tx, partner: Id, until: Instant) -> Result<(), DbErr> {
    let text = "UPDATE monitoring_sendings SET next_at = ? WHERE partner_id = ? AND state = 'waiting' AND next_at < ?";
    tx.execute_raw(sql(tx, text, [until.0.into(), partner.into(), until.0.into()])).await.map(|_| ())
}

/// Writes a sending down, one per partner and subject; that there was nothing to send of the day holds no longer.
///
/// # Errors
/// When the database refuses.
pub async fn insert_sending(
    tx: &Tx,
    id: Id,
    partner: &Partner,
    subject: &Subject,
    now: Instant,
) -> Result<(), DbErr> {
    let (state, finished) = match subject.is_nothing() {
        true => (State::Nothing, Some(now.0)),
        false => (State::Waiting, None),
    };
    if state == State::Waiting {
        let text = "DELETE FROM monitoring_sendings WHERE partner_id = ? AND day = ? AND state = 'nothing'";
        tx.execute_raw(sql(tx, text, [partner.id.into(), subject.day.0.into()])).await?;
    }
    let text =
        "INSERT INTO monitoring_sendings (id, partner_id, body_id, day, sender, revision, state, attempts,
        next_at, file, bytes, digest, address, answer, created_at, finished_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, '', 0, '', '', '', ?, ?)
        ON CONFLICT (partner_id, day, sender, revision) DO NOTHING";
    let values: [Value; 10] = [
        id.into(),
        partner.id.into(),
        partner.fields.body.into(),
        subject.day.0.into(),
        subject.sender.as_str().into(),
        subject.revision.cast_signed().into(),
        state.code().into(),
        now.0.into(),
        now.0.into(),
        finished.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Writes down how a sending stands now.
///
/// # Errors
/// When the database refuses.
pub async fn update_sending(tx: &Tx, sending: &Sending) -> Result<(), DbErr> {
    let text = "UPDATE monitoring_sendings SET state = ?, attempts = ?, next_at = ?, file = ?, bytes = ?, digest = ?,
        address = ?, answer = ?, finished_at = ? WHERE id = ?";
    let values: [Value; 10] = [
        sending.state.code().into(),
        sending.attempts.into(),
        sending.next_at.0.into(),
        sending.file.as_str().into(),
        sending.bytes.into(),
        sending.digest.as_str().into(),
        sending.address.as_str().into(),
        sending.answer.as_str().into(),
        sending.finished_at.map(|at| at.0).into(),
        sending.id.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}
