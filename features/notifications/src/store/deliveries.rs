//! Deliveries: one letter to one recipient each.

use std::collections::HashMap;

use otklik_db::bulk::{self, Kind};
use otklik_db::many::{Many, parts};
use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{Id, Instant};
use otklik_mail::SendErrorKind;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent, or to be tried again.
    Waiting = 0,
    /// The mail server has taken the letter.
    Sent = 1,
    /// The mail server refused it for good.
    Refused = 2,
    /// It was tried for more than five days, or three times with an unknown outcome.
    GivenUp = 3,
}

impl DeliveryState {
    pub(crate) const fn code(self) -> i16 {
        self as i16
    }

    pub(crate) const fn read(code: i16) -> Self {
        match code {
            0 => Self::Waiting,
            1 => Self::Sent,
            2 => Self::Refused,
            _ => Self::GivenUp,
        }
    }
}

/// Why a letter was not sent, or why sending is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is known against it.
    None,
    /// What the mail server or the way to it said.
    Mail(SendErrorKind),
    /// The letter can't be made: its response or office can't be read.
    Letter,
}

impl Reason {
    const KINDS: [SendErrorKind; 5] = [
        SendErrorKind::Transient,
        SendErrorKind::RefusedRecipient,
        SendErrorKind::Permanent,
        SendErrorKind::Misconfigured,
        SendErrorKind::UnknownOutcome,
    ];

    pub(crate) fn code(self) -> i16 {
        match self {
            Self::None => 0,
            Self::Letter => 9,
            Self::Mail(kind) => {
                (1..).zip(Self::KINDS).find(|(_, known)| *known == kind).map_or(0, |(at, _)| at)
            }
        }
    }

    /// How many attempts of unknown outcome it stands for.
    fn unsure(self) -> i32 {
        i32::from(self == Self::Mail(SendErrorKind::UnknownOutcome))
    }

    pub(crate) fn read(code: i16) -> Self {
        let kind = usize::try_from(code - 1).ok().and_then(|at| Self::KINDS.get(at));
        match kind {
            Some(&kind) => Self::Mail(kind),
            None if code == 9 => Self::Letter,
            None => Self::None,
        }
    }
}

/// A delivery to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewDelivery<'a> {
    /// Its id.
    pub id: Id,
    /// The outbox row.
    pub outbox: Id,
    /// The office.
    pub body: Id,
    /// The recipient.
    pub address: &'a str,
    /// When it was made; it is due at once.
    pub at: Instant,
}

/// A delivery leased to this node: nobody else sends it until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Its id: the Message-ID is made of it.
    pub id: Id,
    /// The outbox row, which has the response's id.
    pub outbox: Id,
    /// The recipient.
    pub address: String,
    /// Failed attempts so far.
    pub attempts: u32,
    /// Attempts so far whose outcome is unknown.
    pub unsure: u32,
    /// Until when it is leased.
    pub until: Instant,
}

/// What becomes of a leased delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The server has taken it and said this.
    Sent(String),
    /// It is not tried again.
    Ended(DeliveryState, Reason, String),
    /// It is tried again at this moment.
    Later(Instant, Reason, String),
    /// Nothing was tried: it is due as before.
    Untried,
}

/// Inserts deliveries.
pub async fn insert(tx: &Tx, deliveries: &[NewDelivery<'_>]) -> Result<(), DbErr> {
    let columns = [
        ("id", Kind::Long),
        ("outbox_id", Kind::Long),
        ("body_id", Kind::Long),
        ("address", Kind::Text),
        ("next_at", Kind::Long),
        ("state", Kind::Int),
        ("attempts", Kind::Int),
        ("leased_until", Kind::Long),
        ("unsure", Kind::Int),
        ("reason", Kind::Int),
        ("answer", Kind::Text),
    ];
    let rows = deliveries
        .iter()
        .map(|one| json!([one.id, one.outbox, one.body, one.address, one.at.0, 0, 0, 0, 0, 0, ""]));
    bulk::insert(tx, "notifications_deliveries", &columns, rows.collect(), "").await.map(|_| ())
}

/// How often due deliveries are looked for again when another node has taken the first of them.
const LOOKS: usize = 3;

/// Leases due deliveries, the longest due first.
///
/// A delivery whose lease ran out was being sent by a node that died: it may have arrived, and is marked so.
pub async fn lease(tx: &Tx, now: Instant, until: Instant, limit: usize) -> Result<Vec<Leased>, DbErr> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT id FROM notifications_deliveries WHERE state = 0 AND next_at <= ? AND leased_until <= ?
        ORDER BY next_at, id LIMIT {limit}"
    );
    for _ in 0..LOOKS {
        let rows = tx.query_all_raw(sql(tx, &text, [now.0.into(), now.0.into()])).await?;
        let ids = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<Id>, _>>()?;
        let Some((first, others)) = ids.split_first() else { break };
        // All nodes take the longest due first: who has it may take the others, and nobody waits crosswise.
        let mut leased = lease_these(tx, now, until, &[*first]).await?;
        if leased.is_empty() {
            continue;
        }
        if !others.is_empty() {
            leased.extend(lease_these(tx, now, until, others).await?);
        }
        return Ok(leased);
    }
    Ok(Vec::new())
}

async fn lease_these(tx: &Tx, now: Instant, until: Instant, ids: &[Id]) -> Result<Vec<Leased>, DbErr> {
    let text = format!(
        "UPDATE notifications_deliveries SET
        unsure = unsure + CASE WHEN leased_until > 0 THEN 1 ELSE 0 END, leased_until = ?
        WHERE id {} AND state = 0 AND leased_until <= ? RETURNING id, outbox_id, address, attempts, unsure",
        bulk::among(tx)
    );
    let values = [until.0.into(), bulk::numbers(ids), now.0.into()];
    let rows = tx.query_all_raw(sql(tx, &text, values)).await?;
    rows.iter()
        .map(|row| {
            Ok(Leased {
                id: row.try_get_by_index(0)?,
                outbox: row.try_get_by_index(1)?,
                address: row.try_get_by_index(2)?,
                attempts: u32::try_from(row.try_get_by_index::<i32>(3)?).unwrap_or(0),
                unsure: u32::try_from(row.try_get_by_index::<i32>(4)?).unwrap_or(0),
                until,
            })
        })
        .collect()
}

/// Columns: id, lease, state, reason, answer, next_at or 0, unsure more, attempts more, finished_at or 0.
///
/// A letter that was taken is sent, whoever holds the lease by now; anything else is for the holder.
static SETTLE: Many = Many::new(
    "UPDATE notifications_deliveries SET state = given.column3,
    reason = CASE WHEN given.column8 = 0 THEN reason ELSE given.column4 END,
    answer = CASE WHEN given.column8 = 0 THEN answer ELSE given.column5 END,
    next_at = CASE WHEN given.column6 = 0 THEN next_at ELSE given.column6 END,
    unsure = unsure + given.column7, attempts = attempts + given.column8,
    finished_at = NULLIF(given.column9, 0), leased_until = 0 FROM (VALUES",
    "(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS TEXT), \
    CAST(? AS BIGINT), CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS BIGINT))",
    ") AS given WHERE id = given.column1 AND state = 0 AND (given.column3 = 1 OR leased_until = given.column2)",
);

/// Writes what became of leased deliveries.
pub async fn settle(tx: &Tx, fates: &[(Leased, Fate)], now: Instant) -> Result<(), DbErr> {
    for part in parts(fates) {
        let values = part.iter().flat_map(|(leased, fate)| {
            let waiting = DeliveryState::Waiting;
            let (state, reason, answer, next, tried, finished) = match fate {
                Fate::Sent(answer) => (DeliveryState::Sent, Reason::None, answer.as_str(), 0, 1, now.0),
                Fate::Ended(state, reason, answer) => (*state, *reason, answer.as_str(), 0, 1, now.0),
                Fate::Later(next, reason, answer) => (waiting, *reason, answer.as_str(), next.0, 1, 0),
                Fate::Untried => (waiting, Reason::None, "", 0, 0, 0),
            };
            let row: [Value; 9] = [
                leased.id.into(),
                leased.until.0.into(),
                i32::from(state.code()).into(),
                i32::from(reason.code()).into(),
                answer.into(),
                next.into(),
                reason.unsure().into(),
                tried.into(),
                finished.into(),
            ];
            row
        });
        let text = SETTLE.text(tx, part.len());
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), text, values)).await?;
    }
    Ok(())
}

/// Whether a letter is due, by a look that keeps nobody waiting.
pub async fn is_any_due<C: ConnectionTrait>(conn: &C, now: Instant) -> Result<bool, DbErr> {
    let text = "SELECT 1 AS one FROM notifications_deliveries
        WHERE state = 0 AND next_at <= ? AND leased_until <= ? LIMIT 1";
    Ok(conn.query_one_raw(sql(conn, text, [now.0.into(), now.0.into()])).await?.is_some())
}

/// How many letters wait for delivery.
pub async fn waiting<C: ConnectionTrait>(conn: &C) -> Result<i64, DbErr> {
    let text = "SELECT COUNT(*) AS n FROM notifications_deliveries WHERE state = 0";
    let row = conn.query_one_raw(sql(conn, text, [])).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}

/// A delivery that will not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Its id.
    pub id: Id,
    /// The outbox row.
    pub outbox: Id,
    /// The recipient.
    pub address: String,
    /// When it was refused or given up.
    pub at: Instant,
    /// Why.
    pub reason: Reason,
}

/// The deliveries of an office that failed for good since a moment, newest first, at most 200.
pub async fn failed<C: ConnectionTrait>(conn: &C, body: Id, since: Instant) -> Result<Vec<Failed>, DbErr> {
    let text = "SELECT id, outbox_id, address, finished_at, reason FROM notifications_deliveries
        WHERE body_id = ? AND state > 1 AND id >= ? ORDER BY id DESC LIMIT 200";
    let values = [body.into(), otklik_kernel::id::floor(since).into()];
    let rows = conn.query_all_raw(sql(conn, text, values)).await?;
    rows.iter()
        .map(|row| {
            Ok(Failed {
                id: row.try_get_by_index(0)?,
                outbox: row.try_get_by_index(1)?,
                address: row.try_get_by_index(2)?,
                at: Instant(row.try_get_by_index::<Option<i64>>(3)?.unwrap_or_default()),
                reason: Reason::read(row.try_get_by_index(4)?),
            })
        })
        .collect()
}

/// When each address of an office was last sent a letter, after a moment.
pub async fn sent_after<C: ConnectionTrait>(
    conn: &C,
    body: Id,
    after: Instant,
) -> Result<HashMap<String, Instant>, DbErr> {
    let text = "SELECT address, MAX(finished_at) FROM notifications_deliveries
        WHERE body_id = ? AND state = 1 AND finished_at > ? GROUP BY address";
    let rows = conn.query_all_raw(sql(conn, text, [body.into(), after.0.into()])).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, Instant(row.try_get_by_index(1)?)))).collect()
}

/// When a letter about an office was last sent.
pub async fn last_sent<C: ConnectionTrait>(conn: &C, body: Id) -> Result<Option<Instant>, DbErr> {
    let text = "SELECT finished_at FROM notifications_deliveries WHERE body_id = ? AND state = 1
        ORDER BY finished_at DESC LIMIT 1";
    let row = conn.query_one_raw(sql(conn, text, [body.into()])).await?;
    row.map(|row| row.try_get_by_index(0).map(Instant)).transpose()
}

/// How many other deliveries an outbox row has, and how many of them were sent.
pub async fn others<C: ConnectionTrait>(conn: &C, failed: &Failed) -> Result<(i64, i64), DbErr> {
    let text = "SELECT COUNT(*), COUNT(CASE WHEN state = 1 THEN 1 END) FROM notifications_deliveries
        WHERE outbox_id = ? AND id <> ?";
    let row = conn.query_one_raw(sql(conn, text, [failed.outbox.into(), failed.id.into()])).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
}
