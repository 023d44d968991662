//! Recipients of offices (QR-6).

use std::collections::{HashMap, HashSet};

use otklik_access::Scope;
use otklik_db::many::{Many, parts};
use otklik_db::{DbErr, Tx, Value, bulk, sql, versions};
use otklik_kernel::Id;
use otklik_mail::EmailAddress;
use sea_orm::{ConnectionTrait, Statement};

static INSERT: Many = Many::new(
    "INSERT INTO notifications_recipients (body_id, address, address_key, position) VALUES",
    "(?, ?, ?, ?)",
    " ON CONFLICT (body_id, address_key) DO UPDATE SET address = excluded.address, position = excluded.position",
);

/// The addresses of an office in the order they were typed.
pub async fn of<C: ConnectionTrait>(conn: &C, body: Id) -> Result<Vec<EmailAddress>, DbErr> {
    let text =
        "SELECT address FROM notifications_recipients WHERE body_id = ? ORDER BY position, address_key";
    let rows = conn.query_all_raw(sql(conn, text, [body.into()])).await?;
    rows.iter().map(|row| read(body, &row.try_get_by_index::<String>(0)?)).collect()
}

/// The addresses of several offices, each in the order they were typed; an office without any is not there.
pub async fn of_all<C: ConnectionTrait>(
    conn: &C,
    bodies: &[Id],
) -> Result<HashMap<Id, Vec<EmailAddress>>, DbErr> {
    let text = format!(
        "SELECT body_id, address FROM notifications_recipients WHERE body_id {} \
        ORDER BY body_id, position, address_key",
        bulk::among(conn)
    );
    let mut lists: HashMap<Id, Vec<EmailAddress>> = HashMap::new();
    for row in conn.query_all_raw(sql(conn, &text, [bulk::numbers(bodies)])).await? {
        let (body, address): (Id, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        lists.entry(body).or_default().push(read(body, &address)?);
    }
    Ok(lists)
}

/// The keys of the addresses of the scope with their offices, each office's in the order they were typed; of all
/// offices, or of these.
pub async fn keys<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    bodies: Option<&[Id]>,
) -> Result<Vec<(Id, String)>, DbErr> {
    let mut text = format!(
        "SELECT r.body_id, r.address_key FROM notifications_recipients r WHERE {}",
        scope.sql("r.body_id")
    );
    if bodies.is_some() {
        text.push_str(" AND r.body_id ");
        text.push_str(bulk::among(conn));
    }
    text.push_str(" ORDER BY r.body_id, r.position, r.address_key");
    let rows = conn.query_all_raw(sql(conn, &text, bodies.map(bulk::numbers))).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

fn read(body: Id, address: &str) -> Result<EmailAddress, DbErr> {
    EmailAddress::parse(address)
        .map_err(|e| DbErr::Custom(format!("notifications_recipients.address of {body}: {address:?}: {e}")))
}

/// The bodies of the scope that have an address.
pub async fn bodies<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<HashSet<Id>, DbErr> {
    let text =
        format!("SELECT DISTINCT r.body_id FROM notifications_recipients r WHERE {}", scope.sql("r.body_id"));
    let rows = conn.query_all_raw(sql(conn, &text, [])).await?;
    rows.iter().map(|row| row.try_get("", "body_id")).collect()
}

/// The counter that is raised when a list has changed, or who of it is one of the two mandatory ones.
pub const VERSION: &str = "notifications_recipients";

/// Replaces the addresses of an office.
pub async fn replace(tx: &Tx, body: Id, addresses: &[EmailAddress]) -> Result<(), DbErr> {
    versions::bump(tx, VERSION).await?;
    let text = "DELETE FROM notifications_recipients WHERE body_id = ?";
    tx.execute_raw(sql(tx, text, [body.into()])).await?;
    let numbered: Vec<(i32, &EmailAddress)> = (0..).zip(addresses).collect();
    for part in parts(&numbered) {
        let mut values: Vec<Value> = Vec::with_capacity(part.len() * 4);
        for (position, address) in part {
            values.extend([body.into(), address.as_str().into(), address.key().into(), (*position).into()]);
        }
        let text = INSERT.text(tx, part.len());
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), text, values)).await?;
    }
    Ok(())
}
