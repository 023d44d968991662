//! Disabling an account, which ends its sessions at once, and enabling it again.

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;

use crate::act::{Act, Entry};
use crate::people::{account_of, store};
use crate::refusal::{Refusal, Wrong};
use crate::sessions;

/// Disables or enables an account of the scope.
///
/// # Errors
/// No such person, roles outside the scope, one's own account.
pub async fn set_disabled(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    id: Id,
    is_disabled: bool,
) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let (person, _) = account_of(&tx, scope, id).await?;
    if is_disabled && act.actor.id() == Some(id) {
        return Err(Refusal::one("", Wrong::DisableSelf));
    }
    if person.disabled_at.is_some() == is_disabled {
        return Ok(());
    }
    store::set_disabled(&tx, id, is_disabled.then_some(act.now)).await?;
    if is_disabled {
        sessions::end_all(&tx, id, None).await?;
    }
    let action = if is_disabled { "people.disable" } else { "people.enable" };
    let subject = Some(("person", id));
    act.journal(&tx, Entry { action, subject, body: Some(person.fields.body), ..Entry::default() }).await?;
    tx.commit().await?;
    Ok(())
}
