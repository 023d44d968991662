//! People who work with the system: accounts, and their roles on bodies.

pub mod account;
pub mod change;
pub mod check;
pub mod create;
pub mod disable;
pub mod grants;
pub mod list;
mod model;
pub mod own;
pub mod reset;
pub mod store;

use otklik_access::Scope;
use otklik_kernel::Id;
use sea_orm::ConnectionTrait;

use crate::refusal::{Refusal, Wrong};
pub use model::{Person, PersonFields, fold_login, is_email, is_login};
pub use store::{SeenGrant, add, grant, set_password};

/// A person whose account may be changed within the scope: their body is within it, and so are all their
/// roles. Otherwise somebody of a region could set the password of an administrator of the whole service
/// who works in the region, and sign in with more rights than their own.
///
/// # Errors
/// No such person within the scope, or they have roles outside it.
async fn account_of<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    id: Id,
) -> Result<(Person, Vec<SeenGrant>), Refusal> {
    let person = store::find(conn, scope, id).await?.ok_or(Refusal::NotFound)?;
    let grants = store::grants(conn, scope, id).await?;
    if grants.iter().any(|grant| !grant.is_within) {
        return Err(Refusal::one("", Wrong::BeyondScope));
    }
    Ok((person, grants))
}
