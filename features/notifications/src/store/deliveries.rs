//! Deliveries: one letter to one recipient each.

use std::collections::HashMap;

use otklik_db::bulk::{self, Kind};
use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{Id, Instant};
use otklik_mail::SendErrorKind;
use sea_orm::ConnectionTrait;
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

/// Leases due deliveries, the longest due first.
///
/// A delivery whose lease ran out was being sent by a node that died: it may have arrived, and is marked so.
pub async fn lease(tx: &Tx, now: Instant, until: Instant, limit: usize) -> Result<Vec<Leased>, DbErr> {
    let text = format!(
        "SELECT id FROM notifications_deliveries WHERE state = 0 AND next_at <= ? AND leased_until <= ?
        ORDER BY next_at, id LIMIT {limit}"
    );
    let rows = tx.query_all_raw(sql(tx, &text, [now.0.into(), now.0.into()])).await?;
    let mut ids = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<Id>, _>>()?;
    // In one order on all nodes, so that two never wait for each other.
    ids.sort_unstable();
    let mut leased = Vec::with_capacity(ids.len());
    for id in ids {
        // Another node may have been sooner: then there is no row.
        let text = "UPDATE notifications_deliveries SET
            unsure = unsure + CASE WHEN leased_until > 0 THEN 1 ELSE 0 END, leased_until = ?
            WHERE id = ? AND state = 0 AND leased_until <= ? RETURNING outbox_id, address, attempts, unsure";
        let values = [until.0.into(), id.into(), now.0.into()];
        if let Some(row) = tx.query_one_raw(sql(tx, text, values)).await? {
            leased.push(Leased {
                id,
                outbox: row.try_get_by_index(0)?,
                address: row.try_get_by_index(1)?,
                attempts: u32::try_from(row.try_get_by_index::<i32>(2)?).unwrap_or(0),
                unsure: u32::try_from(row.try_get_by_index::<i32>(3)?).unwrap_or(0),
                until,
            });
        }
    }
    Ok(leased)
}

/// Writes what became of a leased delivery.
pub async fn settle(tx: &Tx, leased: &Leased, fate: &Fate, now: Instant) -> Result<(), DbErr> {
    const TRIED: &str = "attempts = attempts + 1, leased_until = 0";
    // A letter that was taken is sent, whoever holds the lease by now; anything else is for the holder.
    let (set, lease, mut values): (String, i64, Vec<Value>) = match fate {
        Fate::Sent(answer) => (
            format!("state = ?, reason = ?, answer = ?, finished_at = ?, {TRIED}"),
            0,
            vec![
                DeliveryState::Sent.code().into(),
                Reason::None.code().into(),
                answer.as_str().into(),
                now.0.into(),
            ],
        ),
        Fate::Ended(state, reason, answer) => (
            format!("state = ?, reason = ?, answer = ?, finished_at = ?, unsure = unsure + ?, {TRIED}"),
            leased.until.0,
            vec![
                state.code().into(),
                reason.code().into(),
                answer.as_str().into(),
                now.0.into(),
                reason.unsure().into(),
            ],
        ),
        Fate::Later(next, reason, answer) => (
            format!("reason = ?, answer = ?, next_at = ?, unsure = unsure + ?, {TRIED}"),
            leased.until.0,
            vec![reason.code().into(), answer.as_str().into(), next.0.into(), reason.unsure().into()],
        ),
        Fate::Untried => ("leased_until = 0".to_owned(), leased.until.0, vec![]),
    };
    values.extend([leased.id.into(), lease.into(), lease.into()]);
    let text = format!(
        "UPDATE notifications_deliveries SET {set}
        WHERE id = ? AND state = 0 AND (leased_until = ? OR CAST(? AS BIGINT) = 0)"
    );
    tx.execute_raw(sql(tx, &text, values)).await.map(|_| ())
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
