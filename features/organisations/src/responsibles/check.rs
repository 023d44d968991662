//! A responsible employee as typed, and whether that can be stored.

use otklik_kernel::Id;
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value as Json};

use super::{Fields, store};
use crate::people::is_email;
use crate::refusal::{Mistake, Refusal, Wrong, line};

/// A responsible employee as typed, by the names of the form's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw {
    /// Structural unit.
    pub unit: String,
    /// Position.
    pub position: String,
    /// Full name.
    pub name: String,
    /// Dialling code.
    pub phone_code: String,
    /// Number of the departmental network.
    pub phone_vts: String,
    /// Telephone number.
    pub phone_number: String,
    /// E-mail.
    pub email: String,
    /// Id of the account, or empty.
    pub person: String,
}

impl From<&Fields> for Raw {
    fn from(fields: &Fields) -> Self {
        let Fields { unit, position, name, phone_code, phone_vts, phone_number, email, person } =
            fields.clone();
        let person = person.map(|id| id.to_string()).unwrap_or_default();
        Self { unit, position, name, phone_code, phone_vts, phone_number, email, person }
    }
}

/// Checks what was typed for a body: unit, position and name are there, and a way to reach the person; an
/// account is one of the body.
///
/// # Errors
/// All mistakes, in the order of fields.
pub async fn check<C: ConnectionTrait>(conn: &C, body: Id, raw: &Raw) -> Result<Fields, Refusal> {
    let mut wrong = Vec::new();
    let mut fields = Fields {
        name: line(&mut wrong, "name", &raw.name, true, 200),
        position: line(&mut wrong, "position", &raw.position, true, 200),
        unit: line(&mut wrong, "unit", &raw.unit, true, 200),
        phone_code: line(&mut wrong, "phone_code", &raw.phone_code, false, 20),
        phone_vts: line(&mut wrong, "phone_vts", &raw.phone_vts, false, 40),
        phone_number: line(&mut wrong, "phone_number", &raw.phone_number, false, 60),
        email: raw.email.trim().to_owned(),
        person: None,
    };
    if fields.phone_number.is_empty() && fields.phone_vts.is_empty() && fields.email.is_empty() {
        wrong.push(Mistake { field: "phone_number", what: Wrong::NoContact });
    }
    if !fields.email.is_empty() && !is_email(&fields.email) {
        wrong.push(Mistake { field: "email", what: Wrong::Email });
    }
    if !raw.person.is_empty() {
        let accounts = store::accounts(conn, body).await?;
        fields.person = raw.person.parse().ok().filter(|id| accounts.iter().any(|(known, _)| known == id));
        if fields.person.is_none() {
            wrong.push(Mistake { field: "person", what: Wrong::Account });
        }
    }
    if wrong.is_empty() { Ok(fields) } else { Err(Refusal::Wrong(wrong)) }
}

/// For the journal: what is filled in.
pub(super) fn json(fields: &Fields) -> Json {
    let raw = Raw::from(fields);
    let all = [
        ("unit", raw.unit),
        ("position", raw.position),
        ("name", raw.name),
        ("phone", fields.phone()),
        ("email", raw.email),
        ("person", raw.person),
    ];
    let filled = all.into_iter().filter(|(_, value)| !value.is_empty());
    Json::Object(filled.map(|(name, value)| (name.to_owned(), value.into())).collect::<Map<_, _>>())
}
