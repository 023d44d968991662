//! The list of people of the scope.

use std::collections::HashMap;

use otklik_access::{Role, Scope};
use otklik_db::{DbErr, Value, sql};
use otklik_kernel::{Id, text};
use sea_orm::ConnectionTrait;

use crate::people::Person;
use crate::people::store::{COLUMNS, person};

/// What to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of the name, login, position or e-mail.
    pub text: String,
    /// Only people with this role on a body of the scope.
    pub role: Option<Role>,
    /// Only people of this body and those under it.
    pub body: Option<Id>,
    /// Only people of this unit.
    pub unit: Option<Id>,
}

/// A row of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The person.
    pub person: Person,
    /// The short name of their body.
    pub body: String,
    /// Their roles on bodies of the scope, each once.
    pub roles: Vec<Role>,
}

impl Filter {
    fn sql(&self, scope: &Scope) -> (String, Vec<Value>) {
        let mut text = format!("WHERE {}", scope.sql("p.body_id"));
        let mut values: Vec<Value> = Vec::new();
        if !text::is_blank(&self.text) {
            text.push_str(" AND p.search_text LIKE ? ESCAPE '\\'");
            values.push(text::like_pattern(&self.text).into());
        }
        if let Some(role) = self.role {
            let within = scope.sql("g.body_id");
            text.push_str(" AND EXISTS (SELECT 1 FROM organisations_grants g WHERE g.person_id = p.id AND g.role = ? AND ");
            text.push_str(&format!("{within})"));
            values.push(role.code().into());
        }
        if let Some(body) = self.body {
            text.push_str(" AND p.body_id IN (SELECT body FROM access_closure WHERE ancestor = ?)");
            values.push(body.into());
        }
        if let Some(unit) = self.unit {
            text.push_str(" AND p.unit_id = ?");
            values.push(unit.into());
        }
        (text, values)
    }
}

/// How many people of the scope fit.
///
/// # Errors
/// When the database is away.
pub async fn count<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: &Filter) -> Result<u64, DbErr> {
    let (filter, values) = filter.sql(scope);
    let text = format!("SELECT COUNT(*) AS n FROM organisations_people p {filter}");
    let row = conn.query_one_raw(sql(conn, &text, values)).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get::<i64>("", "n")?.unsigned_abs()))
}

/// The people of the scope who fit, in the order of names; from the given one, at most so many.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
    from: u64,
    most: u64,
) -> Result<Vec<Row>, DbErr> {
    let (filter, values) = filter.sql(scope);
    let text = format!(
        "SELECT {COLUMNS}, b.short_name FROM organisations_people p
        JOIN organisations_bodies b ON b.id = p.body_id {filter}
        ORDER BY p.sort_key, p.id LIMIT {most} OFFSET {from}"
    );
    let mut rows = Vec::new();
    for row in &conn.query_all_raw(sql(conn, &text, values)).await? {
        rows.push(Row { person: person(row)?, body: row.try_get("", "short_name")?, roles: Vec::new() });
    }
    let mut roles = roles(conn, scope, rows.iter().map(|row| row.person.id)).await?;
    for row in &mut rows {
        row.roles = roles.remove(&row.person.id).unwrap_or_default();
    }
    Ok(rows)
}

async fn roles<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    people: impl Iterator<Item = Id>,
) -> Result<HashMap<Id, Vec<Role>>, DbErr> {
    let list = people.map(|id| id.to_string()).collect::<Vec<_>>().join(", ");
    let mut found: HashMap<Id, Vec<Role>> = HashMap::new();
    if list.is_empty() {
        return Ok(found);
    }
    let text = format!(
        "SELECT g.person_id, g.role FROM organisations_grants g
        WHERE g.person_id IN ({list}) AND {} ORDER BY g.granted_at, g.body_id, g.role",
        scope.sql("g.body_id")
    );
    for row in conn.query_all_raw(sql(conn, &text, [])).await? {
        let (id, role): (Id, String) = (row.try_get("", "person_id")?, row.try_get("", "role")?);
        let roles = found.entry(id).or_default();
        if let Some(role) = Role::find(&role).filter(|role| !roles.contains(role)) {
            roles.push(role);
        }
    }
    Ok(found)
}
