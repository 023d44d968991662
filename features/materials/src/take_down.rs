//! Writing down that a poster was taken down; the register keeps it. QR-11

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;
use otklik_organisations::act::{Act, Entry};
use serde_json::json;

use crate::model::{Mistake, Removed, check_reason};
use crate::refusal::Refusal;
use crate::store::placements;

/// Writes down that a poster of the scope was taken down and why; one that was taken down stays as it is.
///
/// # Errors
/// No such poster, no reason given.
pub async fn take_down(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    by: &str,
    (body, placement): (Id, Id),
    reason: &str,
) -> Result<(), Refusal<Mistake>> {
    let tx = db.begin().await?;
    let found = placements::find(&tx, scope, body, placement).await?.ok_or(Refusal::NotFound)?;
    if found.removed.is_some() {
        return Ok(());
    }
    let reason = check_reason(reason).map_err(|mistake| Refusal::Wrong(vec![mistake]))?;
    let removed = Removed { at: act.now, by: by.to_owned(), reason };
    placements::remove(&tx, placement, &removed).await?;
    let entry = Entry {
        action: "placements.remove",
        subject: Some(("placement", placement)),
        body: Some(body),
        before: Some(json!({"place": found.fields.place.code(), "day": found.fields.day.to_string()})),
        after: Some(json!({"reason": removed.reason})),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}
