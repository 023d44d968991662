//! People in the database: the only place that names `organisations_people` and `organisations_grants`,
//! besides the authenticator's one query.

use otklik_access::{Grant, Role, Scope};
use otklik_db::{DbErr, Tx, Value, bulk, sql, versions};
use otklik_kernel::{Id, Instant, text};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::lock::Lock;
use crate::people::{Person, PersonFields};

pub(crate) const COLUMNS: &str = "p.id, p.body_id, p.unit_id, p.login, p.name, p.position, p.phone, p.email, \
    p.must_change, p.failures, p.locked_until, p.disabled_at";

pub(crate) fn person(row: &QueryResult) -> Result<Person, DbErr> {
    Ok(Person {
        id: row.try_get("", "id")?,
        fields: PersonFields {
            login: row.try_get("", "login")?,
            name: row.try_get("", "name")?,
            position: row.try_get("", "position")?,
            phone: row.try_get("", "phone")?,
            email: row.try_get("", "email")?,
            body: row.try_get("", "body_id")?,
            unit: row.try_get("", "unit_id")?,
        },
        must_change: row.try_get("", "must_change")?,
        lock: Lock {
            failures: row.try_get("", "failures")?,
            until: row.try_get::<Option<i64>>("", "locked_until")?.map(Instant),
        },
        disabled_at: row.try_get::<Option<i64>>("", "disabled_at")?.map(Instant),
    })
}

/// A person whose body is within the scope.
///
/// # Errors
/// When the database is away.
pub async fn find<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Option<Person>, DbErr> {
    let text =
        format!("SELECT {COLUMNS} FROM organisations_people p WHERE p.id = ? AND {}", scope.sql("p.body_id"));
    conn.query_one_raw(sql(conn, &text, [id.into()])).await?.as_ref().map(person).transpose()
}

/// The counter that is raised when an account comes, changes, is disabled or enabled.
pub const EMAILS: &str = "organisations_people";

/// An enabled account with an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithEmail {
    /// Whose it is.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// The address as it was typed.
    pub email: String,
}

/// The enabled accounts of a body of the scope that have an e-mail address, in the order they were made.
///
/// # Errors
/// When the database is away.
pub async fn with_email<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    body: Id,
) -> Result<Vec<WithEmail>, DbErr> {
    let text = format!(
        "SELECT p.id, p.name, p.email FROM organisations_people p
        WHERE p.body_id = ? AND p.email <> '' AND p.disabled_at IS NULL AND {} ORDER BY p.id",
        scope.sql("p.body_id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, [body.into()])).await?;
    let one = |row: &QueryResult| {
        Ok(WithEmail {
            id: row.try_get("", "id")?,
            name: row.try_get("", "name")?,
            email: row.try_get("", "email")?,
        })
    };
    rows.iter().map(one).collect()
}

/// The enabled accounts of the scope that have an e-mail address, each with its body, in the order they were made;
/// of all bodies, or of these.
///
/// # Errors
/// When the database is away.
pub async fn all_with_email<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    bodies: Option<&[Id]>,
) -> Result<Vec<(Id, WithEmail)>, DbErr> {
    let mut text = format!(
        "SELECT p.id, p.name, p.email, p.body_id FROM organisations_people p
        WHERE p.email <> '' AND p.disabled_at IS NULL AND {}",
        scope.sql("p.body_id")
    );
    if bodies.is_some() {
        text.push_str(" AND p.body_id ");
        text.push_str(bulk::among(conn));
    }
    text.push_str(" ORDER BY p.id");
    let rows = conn.query_all_raw(sql(conn, &text, bodies.map(bulk::numbers))).await?;
    let one = |row: &QueryResult| {
        let account = WithEmail {
            id: row.try_get_by_index(0)?,
            name: row.try_get_by_index(1)?,
            email: row.try_get_by_index(2)?,
        };
        Ok((row.try_get_by_index(3)?, account))
    };
    rows.iter().map(one).collect()
}

/// A person by their folded login, with the stored hash: for signing in.
///
/// # Errors
/// When the database is away.
pub async fn find_by_login<C: ConnectionTrait>(
    conn: &C,
    login: &str,
) -> Result<Option<(Person, String)>, DbErr> {
    let text = format!("SELECT {COLUMNS}, p.password_hash FROM organisations_people p WHERE p.login = ?");
    let row = conn.query_one_raw(sql(conn, &text, [login.into()])).await?;
    row.map(|row| Ok((person(&row)?, row.try_get("", "password_hash")?))).transpose()
}

/// The stored hash of a person's password.
///
/// # Errors
/// When the database is away.
pub async fn password_hash<C: ConnectionTrait>(conn: &C, id: Id) -> Result<Option<String>, DbErr> {
    let text = "SELECT password_hash FROM organisations_people WHERE id = ?";
    let row = conn.query_one_raw(sql(conn, text, [id.into()])).await?;
    row.map(|row| row.try_get("", "password_hash")).transpose()
}

fn values(fields: &PersonFields) -> [Value; 9] {
    let search =
        text::search_text(&format!("{} {} {} {}", fields.name, fields.login, fields.position, fields.email));
    [
        fields.body.into(),
        fields.unit.into(),
        fields.login.as_str().into(),
        fields.name.as_str().into(),
        fields.position.as_str().into(),
        fields.phone.as_str().into(),
        fields.email.as_str().into(),
        search.into(),
        text::sort_key(&fields.name).into(),
    ]
}

/// Adds a person; the caller has checked the fields.
///
/// # Errors
/// When the database refuses, also for a login that exists.
pub async fn add(
    tx: &Tx,
    id: Id,
    fields: &PersonFields,
    password_hash: &str,
    must_change: bool,
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO organisations_people (id, password_hash, must_change, failures, created_at,
        body_id, unit_id, login, name, position, phone, email, search_text, sort_key)
        VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let head = [Value::from(id), password_hash.into(), must_change.into(), now.0.into()];
    tx.execute_raw(sql(tx, text, head.into_iter().chain(values(fields)))).await?;
    versions::bump(tx, EMAILS).await
}

/// Changes what is said of a person; the caller has checked the fields.
///
/// # Errors
/// When the database refuses, also for a login that exists.
pub async fn update(tx: &Tx, id: Id, fields: &PersonFields) -> Result<(), DbErr> {
    let text = "UPDATE organisations_people SET body_id = ?, unit_id = ?, login = ?, name = ?, position = ?,
        phone = ?, email = ?, search_text = ?, sort_key = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, values(fields).into_iter().chain([id.into()]))).await?;
    versions::bump(tx, EMAILS).await
}

/// Sets a password by its hash; the lock is taken off.
///
/// # Errors
/// When the database refuses.
pub async fn set_password(tx: &Tx, id: Id, password_hash: &str, must_change: bool) -> Result<(), DbErr> {
    let text = "UPDATE organisations_people
        SET password_hash = ?, must_change = ?, failures = 0, locked_until = NULL WHERE id = ?";
    let values = [password_hash.into(), must_change.into(), id.into()];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Writes down the wrong passwords so far.
///
/// # Errors
/// When the database refuses.
pub async fn set_lock(tx: &Tx, id: Id, lock: Lock) -> Result<(), DbErr> {
    let text = "UPDATE organisations_people SET failures = ?, locked_until = ? WHERE id = ?";
    let values = [lock.failures.into(), lock.until.map(|at| at.0).into(), id.into()];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Holds a person's row for this transaction, so that two passwords are counted one after the other.
///
/// # Errors
/// When the database refuses.
pub async fn hold(tx: &Tx, id: Id) -> Result<(), DbErr> {
    let text = "UPDATE organisations_people SET failures = failures WHERE id = ?";
    tx.execute_raw(sql(tx, text, [id.into()])).await.map(|_| ())
}

/// Disables an account, or enables it again.
///
/// # Errors
/// When the database refuses.
pub async fn set_disabled(tx: &Tx, id: Id, disabled_at: Option<Instant>) -> Result<(), DbErr> {
    let text = "UPDATE organisations_people SET disabled_at = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, [disabled_at.map(|at| at.0).into(), id.into()])).await?;
    versions::bump(tx, EMAILS).await
}

/// Gives a role on a body; says whether it is new.
///
/// # Errors
/// When the database refuses.
pub async fn grant(tx: &Tx, person: Id, body: Id, role: Role, now: Instant) -> Result<bool, DbErr> {
    let text = "INSERT INTO organisations_grants (person_id, body_id, role, granted_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (person_id, body_id, role) DO NOTHING";
    let values = [person.into(), body.into(), role.code().into(), now.0.into()];
    Ok(tx.execute_raw(sql(tx, text, values)).await?.rows_affected() > 0)
}

/// Withdraws a role on a body; says whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw(tx: &Tx, person: Id, body: Id, role: Role) -> Result<bool, DbErr> {
    let text = "DELETE FROM organisations_grants WHERE person_id = ? AND body_id = ? AND role = ?";
    let values = [person.into(), body.into(), role.code().into()];
    Ok(tx.execute_raw(sql(tx, text, values)).await?.rows_affected() > 0)
}

/// A role on a body, and whether the body is within the scope of who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenGrant {
    /// The role on a body.
    pub grant: Grant,
    /// Whether the body is within the scope.
    pub is_within: bool,
}

/// All roles of a person, in the order they were given.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn grants<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    person: Id,
) -> Result<Vec<SeenGrant>, DbErr> {
    let text = format!(
        "SELECT g.role, g.body_id, CASE WHEN {} THEN 1 ELSE 0 END AS is_within
        FROM organisations_grants g WHERE g.person_id = ? ORDER BY g.granted_at, g.body_id, g.role",
        scope.sql("g.body_id")
    );
    let rows = conn.query_all_raw(sql(conn, &text, [person.into()])).await?;
    rows.iter()
        .map(|row| {
            let (role, body): (String, Id) = (row.try_get("", "role")?, row.try_get("", "body_id")?);
            let role = Role::find(&role)
                .ok_or_else(|| DbErr::Custom(format!("organisations_grants.role of {person}: {role:?}")))?;
            let is_within = row.try_get::<i32>("", "is_within")? != 0;
            Ok(SeenGrant { grant: Grant { role, body }, is_within })
        })
        .collect()
}

/// Whether a folded login is another person's.
///
/// # Errors
/// When the database is away.
pub async fn is_login_taken<C: ConnectionTrait>(
    conn: &C,
    login: &str,
    except: Option<Id>,
) -> Result<bool, DbErr> {
    let text = "SELECT id FROM organisations_people WHERE login = ? AND id <> ?";
    let values = [login.into(), except.unwrap_or_default().into()];
    Ok(conn.query_one_raw(sql(conn, text, values)).await?.is_some())
}
