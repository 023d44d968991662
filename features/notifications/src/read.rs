//! What others may know of recipients: where mandatory ones are missing (QR-7), and which account an address
//! belongs to (QR-12).

use std::collections::{HashMap, HashSet};

use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_kernel::Id;
use otklik_mail::EmailAddress;
use otklik_organisations::{people, store as bodies};
use sea_orm::ConnectionTrait;

use crate::mandatory::{Duty, mandatory};
use crate::store;

/// An office that lacks a mandatory recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The office.
    pub body: Id,
    /// Whether no address is marked as the deputy head's.
    pub deputy_head: bool,
    /// Whether no address is marked as the unit head's.
    pub unit_head: bool,
    /// Whether there is no address at all.
    pub everybody: bool,
}

/// The open offices of the scope where a mandatory recipient is missing (QR-7); their number is the length.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn missing<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<Vec<Missing>, DbErr> {
    let marks: HashSet<(Id, Duty)> = store::mandatory::all(conn, scope).await?.into_iter().collect();
    let reached = store::recipients::bodies(conn, scope).await?;
    let offices = bodies::open_offices(conn, scope).await?;
    let missing = offices.into_iter().map(|body| Missing {
        body,
        deputy_head: !marks.contains(&(body, Duty::DeputyHead)),
        unit_head: !marks.contains(&(body, Duty::UnitHead)),
        everybody: !reached.contains(&body),
    });
    Ok(missing.filter(|office| office.deputy_head || office.unit_head).collect())
}

/// How many open offices of the scope lack a mandatory recipient (QR-7).
///
/// # Errors
/// When the database is away.
pub async fn missing_count<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<u64, DbErr> {
    let whole = store::mandatory::whole(conn, scope).await?;
    let offices = bodies::open_offices(conn, scope).await?;
    Ok(offices.iter().filter(|body| !whole.contains(body)).count() as u64)
}

/// An official who must look an office's days through: an account with the address of a recipient (QR-12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// The account.
    pub person: Id,
    /// Its name.
    pub name: String,
}

/// Who must look through the days of the offices of the scope, by office in the order of its list; of all offices,
/// or of these. An office none of whose recipients has an account is not there.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn watchers<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    bodies: Option<&[Id]>,
) -> Result<HashMap<Id, Vec<Watcher>>, DbErr> {
    let mut accounts: HashMap<(Id, String), Watcher> = HashMap::new();
    for (body, account) in people::store::all_with_email(conn, scope, bodies).await? {
        if let Ok(address) = EmailAddress::parse(&account.email) {
            let watcher = Watcher { person: account.id, name: account.name };
            accounts.entry((body, address.key().to_owned())).or_insert(watcher);
        }
    }
    let mut all: HashMap<Id, Vec<Watcher>> = HashMap::new();
    for (body, key) in store::recipients::keys(conn, scope, bodies).await? {
        if let Some(watcher) = accounts.remove(&(body, key)) {
            all.entry(body).or_default().push(watcher);
        }
    }
    Ok(all)
}

/// A recipient of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub address: EmailAddress,
    /// Whose it is, of the two mandatory ones.
    pub duty: Option<Duty>,
    /// The enabled account of the same office that has this address.
    pub person: Option<Id>,
    /// The name of that account, or empty.
    pub name: String,
}

/// The recipients of an office of the scope, in the order of its list; none when it is outside.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn recipients<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
) -> Result<Vec<Recipient>, DbErr> {
    if !scope.contains(conn, body).await? {
        return Ok(Vec::new());
    }
    let marks = mandatory(conn, body).await?;
    let mut accounts: HashMap<String, (Id, String)> = HashMap::new();
    for account in people::store::with_email(conn, scope, body).await? {
        if let Ok(address) = EmailAddress::parse(&account.email) {
            accounts.entry(address.key().to_owned()).or_insert((account.id, account.name));
        }
    }
    let list = store::recipients::of(conn, body).await?;
    let recipient = |address: EmailAddress| {
        let account = accounts.get(address.key());
        Recipient {
            duty: marks.duty_of(&address),
            person: account.map(|(id, _)| *id),
            name: account.map(|(_, name)| name.clone()).unwrap_or_default(),
            address,
        }
    };
    Ok(list.into_iter().map(recipient).collect())
}
