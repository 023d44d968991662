//! Changing the recipients of an office, with its entry in the journal (QR-6).

use std::collections::HashSet;

use otklik_db::{DbErr, Tx};
use otklik_journal::{Actor, NewEntry};
use otklik_kernel::Id;
use otklik_mail::EmailAddress;
use otklik_web::Context;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::mandatory;
use crate::store::recipients as store;

/// The action in the journal.
const CHANGED: &str = "recipients.change";

/// What a change of recipients did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Addresses that were not there before.
    pub added: usize,
    /// Addresses that are there no more.
    pub removed: usize,
}

/// The recipients of an office in the order they were typed; the caller has checked the scope.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn recipients<C: ConnectionTrait>(conn: &C, body: Id) -> Result<Vec<EmailAddress>, DbErr> {
    store::of(conn, body).await
}

/// Replaces the recipients of an office and writes into the journal who was added and removed; nothing is
/// written when the list is the same. An address that is removed loses its mark (QR-7).
/// The caller has checked the scope.
///
/// # Errors
/// When the database refuses.
pub async fn set_recipients(
    tx: &Tx,
    ctx: &Context,
    actor: Actor<'_>,
    trace: &str,
    body: Id,
    addresses: &[EmailAddress],
) -> Result<Change, DbErr> {
    let before = store::of(tx, body).await?;
    let texts = |list: &[EmailAddress]| list.iter().map(|a| a.as_str().to_owned()).collect::<Vec<_>>();
    let (old, new) = (texts(&before), texts(addresses));
    if old == new {
        return Ok(Change::default());
    }
    let missing_in = |list: &[EmailAddress], other: &[EmailAddress]| {
        let known: HashSet<&str> = other.iter().map(EmailAddress::key).collect();
        list.iter()
            .filter(|address| !known.contains(address.key()))
            .map(|address| address.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    let (added, removed) = (missing_in(addresses, &before), missing_in(&before, addresses));
    let change = Change { added: added.len(), removed: removed.len() };
    let marks = mandatory::mandatory(tx, body).await?;
    store::replace(tx, body, addresses).await?;
    let entry = NewEntry {
        actor,
        action: CHANGED,
        subject: Some(("body", body)),
        body: Some(body),
        trace,
        before: Some(json!({ "recipients": old })),
        after: Some(json!({ "recipients": new, "added": added, "removed": removed })),
    };
    otklik_journal::append(tx, entry, ctx.now(), &ctx.ids, &*ctx.random).await?;
    mandatory::keep(tx, ctx, actor, trace, body, &marks).await?;
    Ok(change)
}
