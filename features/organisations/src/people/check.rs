//! A person as typed, and whether that can be stored.

use otklik_access::Scope;
use otklik_kernel::Id;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};

use crate::bodies::pick;
use crate::people::{PersonFields, fold_login, is_email, is_login, store};
use crate::refusal::{Mistake, Refusal, Wrong, line};
use crate::units;

/// A person as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawPerson {
    /// The login.
    pub login: String,
    /// The name.
    pub name: String,
    /// The position.
    pub position: String,
    /// The telephone.
    pub phone: String,
    /// The e-mail.
    pub email: String,
    /// Code or name of the body.
    pub body: String,
    /// Id of the unit, or empty.
    pub unit: String,
}

/// What is said of a person, with a body of the scope and a unit of that body.
///
/// # Errors
/// All mistakes, in the order of fields.
pub async fn check<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    raw: &RawPerson,
    except: Option<Id>,
) -> Result<PersonFields, Refusal> {
    let mut wrong = Vec::new();
    let name = line(&mut wrong, "name", &raw.name, true, 200);
    let login = fold_login(&raw.login);
    if login.is_empty() {
        wrong.push(Mistake { field: "login", what: Wrong::Empty });
    } else if !is_login(&login) {
        wrong.push(Mistake { field: "login", what: Wrong::Login });
    } else if store::is_login_taken(conn, &login, except).await? {
        wrong.push(Mistake { field: "login", what: Wrong::Taken });
    }
    let body = match pick::body(conn, scope, "body", &raw.body).await {
        Ok(body) => Some(body.id),
        Err(Refusal::Wrong(found)) => {
            wrong.extend(found);
            None
        }
        Err(other) => return Err(other),
    };
    let mut unit = None;
    if let (Some(body), false) = (body, raw.unit.trim().is_empty()) {
        let typed: Option<Id> = raw.unit.trim().parse().ok();
        unit = match typed {
            Some(id) => units::store::find(conn, scope, body, id).await?.map(|unit| unit.id),
            None => None,
        };
        if unit.is_none() {
            wrong.push(Mistake { field: "unit", what: Wrong::Unit });
        }
    }
    let position = line(&mut wrong, "position", &raw.position, false, 200);
    let phone = line(&mut wrong, "phone", &raw.phone, false, 100);
    let email = raw.email.trim();
    if !email.is_empty() && !is_email(email) {
        wrong.push(Mistake { field: "email", what: Wrong::Email });
    }
    match body {
        Some(body) if wrong.is_empty() => {
            Ok(PersonFields { login, name, position, phone, email: email.to_owned(), body, unit })
        }
        _ => Err(Refusal::Wrong(wrong)),
    }
}

/// For the journal.
pub(crate) fn json(fields: &PersonFields) -> Json {
    json!({
        "login": fields.login, "name": fields.name, "position": fields.position, "phone": fields.phone,
        "email": fields.email, "body": fields.body, "unit": fields.unit,
    })
}
