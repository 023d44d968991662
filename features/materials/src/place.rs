//! Writing down that a poster was hung up. QR-11, [1 §3.10]

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;
use otklik_organisations::Body;
use otklik_organisations::act::{Act, Entry};
use otklik_organisations::store as bodies;
use serde_json::json;

use crate::model::{Mistake, Typed, check};
use crate::photo::Photo;
use crate::refusal::Refusal;
use crate::store::{photos, placements};

/// Whether posters are hung up in a body: it receives people and is not closed.
#[must_use]
pub const fn is_open_office(body: &Body) -> bool {
    body.fields.is_office && body.closed_at.is_none()
}

/// Writes down a poster in an open office of the scope, with its photo when there is one; its id. `by` is the name
/// of the person for the register.
///
/// # Errors
/// No such office, or what was typed is wrong: a flip-stand, for instance.
pub async fn place(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    by: &str,
    body: Id,
    typed: Typed<'_>,
    photo: Option<Photo>,
) -> Result<Id, Refusal<Mistake>> {
    let tx = db.begin().await?;
    let found = bodies::find(&tx, scope, body).await?;
    let found = found.filter(is_open_office).ok_or(Refusal::NotFound)?;
    let today = act.now.day_in(&found.fields.zone);
    let fields = check(&found.fields, today, typed).map_err(Refusal::Wrong)?;
    let id = act.new_id();
    placements::insert(&tx, id, body, &fields, by, act.now).await?;
    let has_photo = photo.is_some();
    if let Some(photo) = photo {
        photos::set(&tx, id, photo, by, act.now).await?;
    }
    let after = json!({
        "place": fields.place.code(),
        "carrier": fields.carrier.code(),
        "day": fields.day.to_string(),
        "note": fields.note,
        "photo": has_photo,
    });
    let entry = Entry {
        action: "placements.add",
        subject: Some(("placement", id)),
        body: Some(body),
        before: None,
        after: Some(after),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}
