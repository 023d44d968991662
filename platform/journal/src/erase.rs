//! Erasing personal data from an entry.

use otklik_db::{DbErr, Tx, sql};
use otklik_kernel::{Id, Ids, Instant, Random};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::{Actor, NewEntry, append};

/// The action of an entry that says that another's payload was erased.
pub(crate) const ACTION: &str = "journal.erase";
/// The kind of its subject.
pub(crate) const SUBJECT: &str = "journal";

/// Why a payload wasn't erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is no such entry, or its payload is erased already.
    #[error("в журнале нет такой записи или её данные уже удалены")]
    Nothing,
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Erases the payload of an entry for good, and adds the entry that says so; gives the new entry's id.
///
/// The commitment stays, so the chain still holds. The reason must not repeat the personal data.
///
/// # Errors
/// When there is nothing to erase, or the database refuses.
#[expect(clippy::too_many_arguments, reason = "what is erased and why, then the same as for any entry")]
pub async fn erase(
    tx: &Tx,
    entry: Id,
    reason: &str,
    actor: Actor<'_>,
    trace: &str,
    now: Instant,
    ids: &Ids,
    random: &dyn Random,
) -> Result<Id, EraseError> {
    let text = "SELECT body_id FROM journal_entries WHERE id = ?";
    let row = tx.query_one_raw(sql(tx, text, [entry.into()])).await?.ok_or(EraseError::Nothing)?;
    let body = row.try_get("", "body_id")?;
    let text = "DELETE FROM journal_payloads WHERE entry_id = ?";
    if tx.execute_raw(sql(tx, text, [entry.into()])).await?.rows_affected() == 0 {
        return Err(EraseError::Nothing);
    }
    let erased = NewEntry {
        actor,
        action: ACTION,
        subject: Some((SUBJECT, entry)),
        body,
        trace,
        before: None,
        after: Some(json!({ "reason": reason })),
    };
    Ok(append(tx, erased, now, ids, random).await?)
}
