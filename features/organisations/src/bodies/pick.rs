//! Finding the one body that a person means by a code or a name.

use otklik_access::Scope;
use sea_orm::ConnectionTrait;

use crate::model::Body;
use crate::refusal::{Refusal, Wrong};
use crate::store;

/// How many bodies are named when several fit.
const NAMED: u32 = 5;

/// The body of the scope that a code in any case, or else a part of a name, means.
///
/// # Errors
/// Nothing typed; none fits; several fit.
pub async fn body<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    field: &'static str,
    typed: &str,
) -> Result<Body, Refusal> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Refusal::one(field, Wrong::Empty));
    }
    let code = typed.split_whitespace().next().unwrap_or_default();
    let mut found = store::find_by_any_case(conn, scope, code).await?;
    if found.is_empty() {
        found = store::search(conn, scope, typed, NAMED).await?;
    }
    match found.len() {
        0 => Err(Refusal::one(field, Wrong::NoBody)),
        1 => Ok(found.remove(0)),
        _ => {
            let named = found.into_iter().map(|body| (body.fields.code, body.fields.short_name)).collect();
            Err(Refusal::one(field, Wrong::ManyBodies(named)))
        }
    }
}
