//! Changing what is said of a person.

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;

use crate::act::{Act, Entry};
use crate::people::check::{self, RawPerson};
use crate::people::{account_of, store};
use crate::refusal::Refusal;

/// Changes a person within the scope.
///
/// # Errors
/// No such person, roles outside the scope, mistakes in the fields.
pub async fn change(db: &Db, scope: &Scope, act: &Act<'_>, id: Id, raw: &RawPerson) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let (person, _) = account_of(&tx, scope, id).await?;
    let fields = check::check(&tx, scope, raw, Some(id)).await?;
    if fields == person.fields {
        return Ok(());
    }
    store::update(&tx, id, &fields).await.map_err(|error| Refusal::or_taken(error, "login"))?;
    let entry = Entry {
        action: "people.change",
        subject: Some(("person", id)),
        body: Some(fields.body),
        before: Some(check::json(&person.fields)),
        after: Some(check::json(&fields)),
    };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(())
}
