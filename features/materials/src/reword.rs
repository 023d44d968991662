//! Setting the text of a body's posters, which holds for everything under it that sets none. QR-10

use otklik_access::Scope;
use otklik_db::{Db, DbErr, Tx};
use otklik_kernel::Id;
use otklik_organisations::act::{Act, Entry};
use otklik_organisations::store as bodies;
use otklik_print::PosterText;
use serde_json::{Value as Json, json};

use crate::refusal::Refusal;
use crate::store::texts;
use crate::wording::{Mistake, check};

/// Sets the text of a body of the scope.
///
/// # Errors
/// No such body, or what was typed is wrong.
pub async fn set(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    body: Id,
    (heading, invitation, footer): (&str, &str, &str),
) -> Result<(), Refusal<Mistake>> {
    let tx = db.begin().await?;
    bodies::find(&tx, scope, body).await?.ok_or(Refusal::NotFound)?;
    let text = check(heading, invitation, footer).map_err(Refusal::Wrong)?;
    let before = own(&tx, scope, body).await?;
    if before.as_ref() == Some(&text) {
        return Ok(());
    }
    texts::set(&tx, body, &text, act.now).await?;
    journal(&tx, act, body, before.as_ref(), Some(&text)).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the text of a body of the scope: that of the nearest body above counts again.
///
/// # Errors
/// No such body.
pub async fn inherit(db: &Db, scope: &Scope, act: &Act<'_>, body: Id) -> Result<(), Refusal<Mistake>> {
    let tx = db.begin().await?;
    bodies::find(&tx, scope, body).await?.ok_or(Refusal::NotFound)?;
    let Some(before) = own(&tx, scope, body).await? else { return Ok(()) };
    texts::unset(&tx, body).await?;
    journal(&tx, act, body, Some(&before), None).await?;
    tx.commit().await?;
    Ok(())
}

async fn own(tx: &Tx, scope: &Scope, body: Id) -> Result<Option<PosterText>, DbErr> {
    let in_force = texts::in_force(tx, scope, body).await?;
    Ok(in_force.filter(|set| set.body == body).map(|set| set.text))
}

async fn journal(
    tx: &Tx,
    act: &Act<'_>,
    body: Id,
    before: Option<&PosterText>,
    after: Option<&PosterText>,
) -> Result<(), DbErr> {
    let told = |text: &PosterText| -> Json {
        json!({"heading": text.heading, "invitation": text.invitation, "footer": text.footer.join("\n")})
    };
    let entry = Entry {
        action: if after.is_some() { "posters.set" } else { "posters.inherit" },
        subject: Some(("body", body)),
        body: Some(body),
        before: before.map(told),
        after: after.map(told),
    };
    act.journal(tx, entry).await
}
