//! The two mandatory recipients of an office (QR-7) [1 §3.6]: which address is whose.

use otklik_db::{DbErr, Tx};
use otklik_journal::{Actor, NewEntry};
use otklik_kernel::Id;
use otklik_mail::EmailAddress;
use otklik_web::Context;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};

use crate::store::mandatory as store;

/// The action in the journal.
const MARKED: &str = "recipients.mark";

/// An official whose address must be among the recipients [1 §3.6].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Заместитель руководителя, курирующий мониторинг качества.
    DeputyHead,
    /// Начальник (исполняющий обязанности) структурного подразделения, ответственного за контроль качества.
    UnitHead,
}

impl Duty {
    /// Both.
    pub const ALL: [Self; 2] = [Self::DeputyHead, Self::UnitHead];

    /// The name it is stored under, also the field's in the form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DeputyHead => "deputy_head",
            Self::UnitHead => "unit_head",
        }
    }

    /// Finds a duty by the name it is stored under.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.code() == code)
    }
}

/// The mandatory recipients of an office, each by the key of an address of its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mandatory {
    /// The deputy head's address.
    pub deputy_head: Option<String>,
    /// The unit head's address.
    pub unit_head: Option<String>,
}

impl Mandatory {
    /// The key of an official's address.
    #[must_use]
    pub fn get(&self, duty: Duty) -> Option<&str> {
        match duty {
            Duty::DeputyHead => self.deputy_head.as_deref(),
            Duty::UnitHead => self.unit_head.as_deref(),
        }
    }

    /// Says whose address it is.
    pub fn set(&mut self, duty: Duty, key: Option<String>) {
        match duty {
            Duty::DeputyHead => self.deputy_head = key,
            Duty::UnitHead => self.unit_head = key,
        }
    }

    /// Whose address it is.
    #[must_use]
    pub fn duty_of(&self, address: &EmailAddress) -> Option<Duty> {
        Duty::ALL.into_iter().find(|&duty| self.get(duty) == Some(address.key()))
    }

    fn json(&self) -> Json {
        json!({ "deputy_head": self.deputy_head, "unit_head": self.unit_head })
    }
}

/// The mandatory recipients of an office; the caller has checked the scope.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn mandatory<C: ConnectionTrait>(conn: &C, body: Id) -> Result<Mandatory, DbErr> {
    let mut marks = Mandatory::default();
    for (duty, key) in store::of(conn, body).await? {
        marks.set(duty, Some(key));
    }
    Ok(marks)
}

/// Marks the mandatory recipients of an office and writes it into the journal; nothing is written when they
/// are the same. The caller has checked the scope, and that both addresses are of the list and differ.
///
/// # Errors
/// When the database refuses.
pub async fn set_mandatory(
    tx: &Tx,
    ctx: &Context,
    actor: Actor<'_>,
    trace: &str,
    body: Id,
    marks: &Mandatory,
) -> Result<(), DbErr> {
    let before = mandatory(tx, body).await?;
    replace(tx, ctx, actor, trace, body, (&before, marks)).await
}

/// Keeps the marks of addresses that are still in the list, after the list has changed.
pub(crate) async fn keep(
    tx: &Tx,
    ctx: &Context,
    actor: Actor<'_>,
    trace: &str,
    body: Id,
    before: &Mandatory,
) -> Result<(), DbErr> {
    let after = mandatory(tx, body).await?;
    replace(tx, ctx, actor, trace, body, (before, &after)).await
}

async fn replace(
    tx: &Tx,
    ctx: &Context,
    actor: Actor<'_>,
    trace: &str,
    body: Id,
    (before, after): (&Mandatory, &Mandatory),
) -> Result<(), DbErr> {
    if before == after {
        return Ok(());
    }
    for duty in Duty::ALL {
        store::set(tx, body, duty, after.get(duty)).await?;
    }
    let entry = NewEntry {
        actor,
        action: MARKED,
        subject: Some(("body", body)),
        body: Some(body),
        trace,
        before: Some(before.json()),
        after: Some(after.json()),
    };
    otklik_journal::append(tx, entry, ctx.now(), &ctx.ids, &*ctx.random).await.map(|_| ())
}
