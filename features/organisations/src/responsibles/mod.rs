//! The register of responsible employees of a body or of a supporting organisation (ORG-5) [1 §2.1–2.2].

pub mod check;
pub mod register;
pub mod store;

use otklik_access::Scope;
use otklik_db::Db;
use otklik_kernel::Id;

use crate::act::{Act, Entry};
use crate::refusal::Refusal;
use check::{Raw, check};

/// What the register says of a responsible employee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// Structural unit.
    pub unit: String,
    /// Position.
    pub position: String,
    /// Full name.
    pub name: String,
    /// Dialling code of the town, or empty.
    pub phone_code: String,
    /// Number of the departmental telephone network (ВТС), or empty.
    pub phone_vts: String,
    /// Telephone number, or empty.
    pub phone_number: String,
    /// E-mail, or empty.
    pub email: String,
    /// Their account, one of the same body.
    pub person: Option<Id>,
}

impl Fields {
    /// The telephone as the column of [1 §2.2] has it: code/ВТС/number, a dash for what is missing; empty
    /// when nothing is known.
    #[must_use]
    pub fn phone(&self) -> String {
        let parts = [&self.phone_code, &self.phone_vts, &self.phone_number];
        if parts.iter().all(|part| part.is_empty()) {
            return String::new();
        }
        parts.map(|part| if part.is_empty() { "—" } else { part.as_str() }).join("/")
    }
}

/// A row of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsible {
    /// Its id; rows stand in the order in which they were added.
    pub id: Id,
    /// The body.
    pub body: Id,
    /// What is said.
    pub fields: Fields,
}

/// Adds a responsible employee to a body of the scope.
///
/// # Errors
/// No such body; mistakes in the fields.
pub async fn add(db: &Db, scope: &Scope, act: &Act<'_>, body: Id, raw: &Raw) -> Result<Id, Refusal> {
    let tx = db.begin().await?;
    if !scope.contains(&tx, body).await? {
        return Err(Refusal::NotFound);
    }
    let fields = check(&tx, body, raw).await?;
    let id = act.new_id();
    store::insert(&tx, id, body, &fields, act.now).await?;
    let after = Some(check::json(&fields));
    let subject = Some(("responsible", id));
    let entry = Entry { action: "responsibles.create", subject, body: Some(body), before: None, after };
    act.journal(&tx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes what is said of a responsible employee of a body of the scope.
///
/// # Errors
/// No such body or row; mistakes in the fields.
pub async fn change(
    db: &Db,
    scope: &Scope,
    act: &Act<'_>,
    place: (Id, Id),
    raw: &Raw,
) -> Result<(), Refusal> {
    let (body, id) = place;
    let tx = db.begin().await?;
    let known = store::find(&tx, scope, body, id).await?.ok_or(Refusal::NotFound)?;
    let fields = check(&tx, body, raw).await?;
    if fields == known.fields {
        return Ok(());
    }
    store::update(&tx, id, &fields).await?;
    let (before, after) = (Some(check::json(&known.fields)), Some(check::json(&fields)));
    let subject = Some(("responsible", id));
    let entry = Entry { action: "responsibles.change", subject, body: Some(body), before, after };
    act.journal(&tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Removes a row from the register of a body of the scope.
///
/// # Errors
/// No such body or row.
pub async fn remove(db: &Db, scope: &Scope, act: &Act<'_>, body: Id, id: Id) -> Result<(), Refusal> {
    let tx = db.begin().await?;
    let known = store::find(&tx, scope, body, id).await?.ok_or(Refusal::NotFound)?;
    store::delete(&tx, id).await?;
    let before = Some(check::json(&known.fields));
    let subject = Some(("responsible", id));
    let entry = Entry { action: "responsibles.remove", subject, body: Some(body), before, after: None };
    act.journal(&tx, entry).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org5_a_telephone_is_written_as_the_column_says() {
        let with = |code: &str, vts: &str, number: &str| {
            let (phone_code, phone_vts, phone_number) = (code.into(), vts.into(), number.into());
            Fields { phone_code, phone_vts, phone_number, ..Fields::default() }.phone()
        };
        assert_eq!(with("4212", "27-101", "30-00-01"), "4212/27-101/30-00-01");
        assert_eq!(with("4212", "", "30-00-01"), "4212/—/30-00-01");
        assert_eq!(with("", "", ""), "");
    }
}
