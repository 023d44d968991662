//! Adding a photo to a poster, or replacing it. QR-11

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;
use otklik_organisations::act::{Act, Entry};
use serde_json::json;

use crate::model::Mistake;
use crate::photo::Photo;
use crate::refusal::Refusal;
use crate::store::{photos, placements};

/// Keeps the photo of a poster of the scope that hangs; what was taken down stays as it is.
///
/// # Errors
/// No such poster.
pub async fn attach(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    by: &str,
    (body, placement): (Id, Id),
    photo: Photo,
) -> Result<(), Refusal<Mistake>> {
    let tx = db.begin().await?;
    let before = placements::find(&tx, scope, body, placement).await?;
    let before = before.filter(|poster| poster.removed.is_none()).ok_or(Refusal::NotFound)?;
    photos::set(&tx, placement, photo, by, act.now).await?;
    let entry = Entry {
        action: "placements.photo",
        subject: Some(("placement", placement)),
        body: Some(body),
        before: Some(json!({"photo": before.photo.is_some()})),
        after: Some(json!({"photo": true})),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}
