//! Sessions: the only place that names `organisations_sessions`. The secret is in the cookie and nowhere
//! else; its hash is stored.

use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{Id, Instant, code, secret};
use sea_orm::ConnectionTrait;

use crate::act::Act;

/// The longest a session lasts, in microseconds.
pub const LONGEST: i64 = 12 * Instant::HOUR;
/// How long it lasts without a request, in microseconds.
pub const IDLE: i64 = 2 * Instant::HOUR;
/// How often the last request is written down at most, in microseconds.
pub const SEEN_EVERY: i64 = Instant::MINUTE;
/// The longest description of a browser that is kept, in characters.
const AGENT: usize = 300;

/// Whether a session is over.
#[must_use]
pub const fn is_over(created_at: Instant, seen_at: Instant, now: Instant) -> bool {
    now.since(created_at) >= LONGEST || now.since(seen_at) >= IDLE
}

/// A session as its owner and administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: Id,
    /// When it began.
    pub created_at: Instant,
    /// The last request, to a minute.
    pub seen_at: Instant,
    /// What the browser says of itself.
    pub agent: String,
}

/// What is stored of a secret.
pub(crate) fn secret_hash(session_secret: &str) -> String {
    code::hex(&secret::digest(&[session_secret.as_bytes()]))
}

/// Begins a session of a person and gives the secret for the cookie.
///
/// # Errors
/// When the database refuses.
pub async fn begin(tx: &Tx, act: &Act<'_>, person: Id, agent: &str) -> Result<String, DbErr> {
    let session_secret = code::base32(&act.random.bytes::<32>());
    let agent: String = agent.chars().filter(|c| !c.is_control()).take(AGENT).collect();
    let text = "INSERT INTO organisations_sessions (id, secret_hash, person_id, created_at, seen_at, agent)
        VALUES (?, ?, ?, ?, ?, ?)";
    let values: [Value; 6] = [
        act.new_id().into(),
        secret_hash(&session_secret).into(),
        person.into(),
        act.now.0.into(),
        act.now.0.into(),
        agent.into(),
    ];
    tx.execute_raw(sql(tx, text, values)).await?;
    Ok(session_secret)
}

/// The sessions of a person that are not over, the latest first.
///
/// # Errors
/// When the database is away.
pub async fn of<C: ConnectionTrait>(conn: &C, person: Id, now: Instant) -> Result<Vec<Session>, DbErr> {
    let text = "SELECT id, created_at, seen_at, agent FROM organisations_sessions
        WHERE person_id = ? AND seen_at > ? AND created_at > ? ORDER BY seen_at DESC, id DESC";
    let since = [person.into(), now.plus(-IDLE).0.into(), now.plus(-LONGEST).0.into()];
    let rows = conn.query_all_raw(sql(conn, text, since)).await?;
    rows.iter()
        .map(|row| {
            Ok(Session {
                id: row.try_get("", "id")?,
                created_at: Instant(row.try_get("", "created_at")?),
                seen_at: Instant(row.try_get("", "seen_at")?),
                agent: row.try_get("", "agent")?,
            })
        })
        .collect()
}

/// Ends one session of a person; says whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn end(tx: &Tx, person: Id, session: Id) -> Result<bool, DbErr> {
    let text = "DELETE FROM organisations_sessions WHERE person_id = ? AND id = ?";
    Ok(tx.execute_raw(sql(tx, text, [person.into(), session.into()])).await?.rows_affected() > 0)
}

/// Ends all sessions of a person, except one when it is given; says how many.
///
/// # Errors
/// When the database refuses.
pub async fn end_all(tx: &Tx, person: Id, except: Option<Id>) -> Result<u64, DbErr> {
    let text = "DELETE FROM organisations_sessions WHERE person_id = ? AND id <> ?";
    let except = except.unwrap_or_default();
    Ok(tx.execute_raw(sql(tx, text, [person.into(), except.into()])).await?.rows_affected())
}

/// Removes a person's sessions that are over: done at each sign-in, so that none are left lying.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(tx: &Tx, person: Id, now: Instant) -> Result<(), DbErr> {
    let text = "DELETE FROM organisations_sessions WHERE person_id = ? AND (seen_at <= ? OR created_at <= ?)";
    let since = [person.into(), now.plus(-IDLE).0.into(), now.plus(-LONGEST).0.into()];
    tx.execute_raw(sql(tx, text, since)).await.map(|_| ())
}

/// Writes down that a session was used.
///
/// # Errors
/// When the database refuses.
pub async fn seen(tx: &Tx, session: Id, now: Instant) -> Result<(), DbErr> {
    let text = "UPDATE organisations_sessions SET seen_at = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, [now.0.into(), session.into()])).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org3_a_session_ends_after_two_idle_hours_and_after_twelve_hours_at_all() {
        let begun = Instant(0);
        let hours = |hours: i64| Instant(hours * Instant::HOUR);
        assert!(!is_over(begun, begun, hours(2).plus(-1)));
        assert!(is_over(begun, begun, hours(2)));
        assert!(!is_over(begun, hours(11), hours(12).plus(-1)));
        assert!(is_over(begun, hours(12).plus(-1), hours(12)));
    }
}
