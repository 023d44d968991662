//! Rules of alerts of bodies.

use std::collections::HashMap;

use otklik_db::{DbErr, Tx, Value, bulk, sql};
use otklik_kernel::Id;
use otklik_mail::{EmailAddress, parse_list};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::alerts::Alerts;

const COLUMNS: &str = "a.flood_limit, a.several, a.several_to, a.words, a.words_to, a.daily_hour, a.daily_to";

/// The rules of a body itself.
pub async fn own<C: ConnectionTrait>(conn: &C, body: Id) -> Result<Option<Alerts>, DbErr> {
    let text = format!("SELECT {COLUMNS} FROM notifications_alerts a WHERE a.body_id = ?");
    conn.query_one_raw(sql(conn, &text, [body.into()])).await?.map(|row| read(&row, 0)).transpose()
}

/// The rules that hold for bodies and whose they are: those of the nearest body that has some; a body without
/// any above it is not there.
pub async fn in_force<C: ConnectionTrait>(
    conn: &C,
    bodies: &[Id],
) -> Result<HashMap<Id, (Id, Alerts)>, DbErr> {
    let text = format!(
        "SELECT c.body, c.ancestor, {COLUMNS} FROM access_closure c
        JOIN notifications_alerts a ON a.body_id = c.ancestor
        WHERE c.body {} ORDER BY c.body, c.depth",
        bulk::among(conn)
    );
    let mut found = HashMap::new();
    for row in conn.query_all_raw(sql(conn, &text, [bulk::numbers(bodies)])).await? {
        let body: Id = row.try_get_by_index(0)?;
        if let std::collections::hash_map::Entry::Vacant(free) = found.entry(body) {
            free.insert((row.try_get_by_index(1)?, read(&row, 2)?));
        }
    }
    Ok(found)
}

/// The bodies at or under which days may be summed up.
pub async fn with_daily<C: ConnectionTrait>(conn: &C) -> Result<Vec<Id>, DbErr> {
    let text = "SELECT DISTINCT c.body FROM access_closure c
        JOIN notifications_alerts a ON a.body_id = c.ancestor WHERE a.daily_hour >= 0";
    conn.query_all_raw(sql(conn, text, [])).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

fn read(row: &QueryResult, at: usize) -> Result<Alerts, DbErr> {
    let number = |place: usize| row.try_get_by_index::<i32>(at + place);
    let text = |place: usize| row.try_get_by_index::<String>(at + place);
    let list = |place: usize| text(place).map(|text| parse_list(&text).good);
    Ok(Alerts {
        flood_limit: u32::try_from(number(0)?).unwrap_or_default(),
        several: u32::try_from(number(1)?).ok().filter(|several| *several > 0),
        several_to: list(2)?,
        words: text(3)?.split_whitespace().map(str::to_owned).collect(),
        words_to: list(4)?,
        daily_hour: u8::try_from(number(5)?).ok(),
        daily_to: list(6)?,
    })
}

/// Writes the rules of a body.
pub async fn write(tx: &Tx, body: Id, alerts: &Alerts) -> Result<(), DbErr> {
    let text = "INSERT INTO notifications_alerts
        (body_id, flood_limit, several, several_to, words, words_to, daily_hour, daily_to)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (body_id) DO UPDATE SET flood_limit = excluded.flood_limit, several = excluded.several,
        several_to = excluded.several_to, words = excluded.words, words_to = excluded.words_to,
        daily_hour = excluded.daily_hour, daily_to = excluded.daily_to";
    let number = |number: u32| Value::from(i32::try_from(number).unwrap_or(i32::MAX));
    let list = |list: &[EmailAddress]| {
        Value::from(list.iter().map(EmailAddress::as_str).collect::<Vec<_>>().join("\n"))
    };
    let values = [
        body.into(),
        number(alerts.flood_limit),
        number(alerts.several.unwrap_or(0)),
        list(&alerts.several_to),
        alerts.words.join(" ").into(),
        list(&alerts.words_to),
        alerts.daily_hour.map_or(-1, i32::from).into(),
        list(&alerts.daily_to),
    ];
    tx.execute_raw(sql(tx, text, values)).await.map(|_| ())
}

/// Takes the rules of a body away.
pub async fn remove(tx: &Tx, body: Id) -> Result<(), DbErr> {
    let text = "DELETE FROM notifications_alerts WHERE body_id = ?";
    tx.execute_raw(sql(tx, text, [body.into()])).await.map(|_| ())
}
