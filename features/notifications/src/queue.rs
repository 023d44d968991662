//! Mail on its way, for the page of those who operate the service: no content, and no address in full.

use otklik_access::Scope;
use otklik_db::{DbErr, Tx, Value, sql};
use otklik_kernel::{Id, Instant};
use otklik_locale::Lang;
use otklik_mail::mask_personal_data;
use sea_orm::{ConnectionTrait, QueryResult};

pub use crate::store::deliveries::Reason;
pub use crate::store::pause::Pause;
use crate::store::{deliveries, deliveries::DeliveryState, pause as pauses};
use crate::texts::L;

/// How many rows are counted at most: a page further back is of no use to anybody.
pub const MOST_COUNTED: u64 = 10_000;

/// How a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Just written: its deliveries are not made yet.
    Fresh,
    /// The office had no recipients, so nobody gets it.
    Nobody,
    /// It is told in a digest, because there were too many letters.
    Gathered,
    /// To be sent, or to be tried again.
    Waiting,
    /// The mail server has taken it.
    Sent,
    /// The mail server refused it for good.
    Refused,
    /// It was tried for more than five days, or three times with an unknown outcome.
    GivenUp,
}

impl Status {
    /// Every status, in the order of a filter.
    pub const ALL: [Self; 7] =
        [Self::Waiting, Self::Refused, Self::GivenUp, Self::Nobody, Self::Sent, Self::Gathered, Self::Fresh];

    /// Its name in addresses of pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Nobody => "nobody",
            Self::Gathered => "gathered",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
        }
    }

    /// Finds a status by its name in addresses of pages.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Its words for people.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        let l = L(lang);
        match self {
            Self::Fresh => l.status_fresh(),
            Self::Nobody => l.status_nobody(),
            Self::Gathered => l.status_gathered(),
            Self::Waiting => l.status_waiting(),
            Self::Sent => l.status_sent(),
            Self::Refused => l.status_refused(),
            Self::GivenUp => l.status_given_up(),
        }
    }

    /// Whether trying again can be asked for.
    #[must_use]
    pub const fn can_retry(self) -> bool {
        matches!(self, Self::Waiting | Self::Refused | Self::GivenUp)
    }

    /// The condition on the joined tables.
    const fn sql(self) -> &'static str {
        match self {
            Self::Fresh => "o.state = 0",
            Self::Nobody => "o.state = 2",
            Self::Gathered => "o.state = 3",
            Self::Waiting => "d.state = 0",
            Self::Sent => "d.state = 1",
            Self::Refused => "d.state = 2",
            Self::GivenUp => "d.state = 3",
        }
    }
}

impl Reason {
    /// What is wrong, in words for people; empty when nothing is.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::None => "",
            Self::Mail(kind) => kind.text(lang),
            Self::Letter => L(lang).reason_letter(),
        }
    }
}

/// A letter to one recipient, or one that nobody gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The outbox row, which has the id of the response, or of a digest.
    pub outbox: Id,
    /// The delivery, once there is one.
    pub delivery: Option<Id>,
    /// The office.
    pub body: Id,
    /// When the response was accepted.
    pub created_at: Instant,
    /// The trace from the form to the letter.
    pub trace: String,
    /// How it stands.
    pub status: Status,
    /// The recipient as `i***@host`; empty when there is none.
    pub address: String,
    /// Attempts so far.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next_at: Option<Instant>,
    /// When it was sent, refused or given up.
    pub finished_at: Option<Instant>,
    /// Whether the connection was lost, or the programme ended, while it was being handed over: it may have
    /// arrived twice, with one Message-ID.
    pub is_unsure: bool,
    /// What was wrong at the last attempt.
    pub reason: Reason,
    /// The server's last words, addresses masked.
    pub answer: String,
}

/// Which rows are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only with this status.
    pub status: Option<Status>,
    /// Only of this office.
    pub body: Option<Id>,
}

impl Filter {
    fn sql(self, scope: &Scope) -> (String, Vec<Value>) {
        let joined = match self.status {
            None | Some(Status::Fresh | Status::Nobody | Status::Gathered) => "LEFT JOIN",
            Some(_) => "JOIN",
        };
        let mut text = format!(
            "FROM notifications_outbox o {joined} notifications_deliveries d ON d.outbox_id = o.id WHERE {}",
            scope.sql("o.body_id")
        );
        let mut values = Vec::new();
        if let Some(status) = self.status {
            text.push_str(" AND ");
            text.push_str(status.sql());
        }
        if let Some(body) = self.body {
            text.push_str(" AND o.body_id = ?");
            values.push(body.into());
        }
        (text, values)
    }
}

/// A page of rows of the scope, newest first.
///
/// # Errors
/// When the database is away.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: Filter,
    limit: u64,
    offset: u64,
) -> Result<Vec<Row>, DbErr> {
    let (condition, values) = filter.sql(scope);
    let text = format!(
        "SELECT o.id, o.body_id, o.created_at, o.trace, o.state, d.id, d.address, d.state, d.attempts, d.next_at,
        d.finished_at, d.unsure, d.reason, d.answer {condition}
        ORDER BY o.id DESC, d.id DESC LIMIT {limit} OFFSET {offset}"
    );
    conn.query_all_raw(sql(conn, &text, values)).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Row, DbErr> {
    let delivery: Option<Id> = row.try_get_by_index(5)?;
    let outbox = Row {
        outbox: row.try_get_by_index(0)?,
        delivery,
        body: row.try_get_by_index(1)?,
        created_at: Instant(row.try_get_by_index(2)?),
        trace: row.try_get_by_index(3)?,
        status: match row.try_get_by_index::<i16>(4)? {
            0 => Status::Fresh,
            3 => Status::Gathered,
            _ => Status::Nobody,
        },
        address: String::new(),
        attempts: 0,
        next_at: None,
        finished_at: None,
        is_unsure: false,
        reason: Reason::None,
        answer: String::new(),
    };
    if delivery.is_none() {
        return Ok(outbox);
    }
    let address: String = row.try_get_by_index(6)?;
    let status = match DeliveryState::read(row.try_get_by_index(7)?) {
        DeliveryState::Waiting => Status::Waiting,
        DeliveryState::Sent => Status::Sent,
        DeliveryState::Refused => Status::Refused,
        DeliveryState::GivenUp => Status::GivenUp,
    };
    let next = Instant(row.try_get_by_index(9)?);
    let answer: String = row.try_get_by_index(13)?;
    Ok(Row {
        status,
        attempts: u32::try_from(row.try_get_by_index::<i32>(8)?).unwrap_or(0),
        next_at: (status == Status::Waiting).then_some(next),
        finished_at: row.try_get_by_index::<Option<i64>>(10)?.map(Instant),
        is_unsure: row.try_get_by_index::<i32>(11)? > 0,
        reason: Reason::read(row.try_get_by_index(12)?),
        answer: mask_personal_data(&answer.replace(&address, &masked(&address))),
        address: masked(&address),
        ..outbox
    })
}

/// An address that tells the recipient to nobody who doesn't know it: `i***@host`.
#[must_use]
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first = local.chars().next().map(String::from).unwrap_or_default();
    format!("{first}***@{domain}")
}

/// How many rows of the scope there are, up to [`MOST_COUNTED`].
///
/// # Errors
/// When the database is away.
pub async fn count<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: Filter) -> Result<u64, DbErr> {
    let (condition, values) = filter.sql(scope);
    let text =
        format!("SELECT COUNT(*) AS n FROM (SELECT 1 AS one {condition} LIMIT {MOST_COUNTED}) counted");
    let row = conn.query_one_raw(sql(conn, &text, values)).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get::<i64>("", "n"))?.unsigned_abs())
}

/// How many rows of the scope have each status, up to [`MOST_COUNTED`] of each.
///
/// # Errors
/// When the database is away.
pub async fn counts<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<(Status, u64)>, DbErr> {
    let mut counts = Vec::with_capacity(Status::ALL.len());
    for status in Status::ALL {
        counts.push((status, count(conn, scope, Filter { status: Some(status), body: None }).await?));
    }
    Ok(counts)
}

/// How many letters to one recipient each wait for delivery, in all bodies; a meter.
///
/// # Errors
/// When the database is away.
pub async fn waiting<C: ConnectionTrait>(conn: &C) -> Result<i64, DbErr> {
    deliveries::waiting(conn).await
}

/// The pause of all sending, while the mail server is away or mail is set up wrongly.
///
/// # Errors
/// When the database is away.
pub async fn pause<C: ConnectionTrait>(conn: &C) -> Result<Option<Pause>, DbErr> {
    pauses::read(conn).await
}

/// Makes the next look at the mail server due now; wake the mailer after the commit.
///
/// # Errors
/// When the database refuses.
pub async fn look_now(tx: &Tx, now: Instant) -> Result<(), DbErr> {
    pauses::look_now(tx, now).await
}

/// Makes a delivery of the scope due now, with all its attempts before it; false when there is none such or
/// it was sent.
///
/// # Errors
/// When the database refuses.
pub async fn retry(tx: &Tx, scope: &Scope, delivery: Id, now: Instant) -> Result<bool, DbErr> {
    let text = format!(
        "UPDATE notifications_deliveries SET state = 0, attempts = 0, next_at = ?, finished_at = NULL
        WHERE id = ? AND state <> 1 AND {}",
        scope.sql("body_id")
    );
    Ok(tx.execute_raw(sql(tx, &text, [now.0.into(), delivery.into()])).await?.rows_affected() == 1)
}

/// Makes every delivery of the scope that was given up due now; gives how many.
///
/// # Errors
/// When the database refuses.
pub async fn retry_all_given_up(tx: &Tx, scope: &Scope, now: Instant) -> Result<u64, DbErr> {
    let text = format!(
        "UPDATE notifications_deliveries SET state = 0, attempts = 0, next_at = ?, finished_at = NULL
        WHERE state = 3 AND {}",
        scope.sql("body_id")
    );
    Ok(tx.execute_raw(sql(tx, &text, [now.0.into()])).await?.rows_affected())
}
