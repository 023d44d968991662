//! What the node stands on: database, schema, queue of events, version, time since the start.

use otklik_db::{Address, Db, DbErr, Migration, MigrationState};
use otklik_kernel::Instant;
use otklik_web::Ctx;

/// The database and the schema as the operator sees them.
#[derive(Clone, Debug)]
pub struct Database {
    /// The engine with its version.
    pub engine: String,
    /// Where it is, without a password.
    pub address: String,
    /// Steps of the schema: done, still to do, and those of a newer version, as after an update of another
    /// node.
    pub steps: MigrationState,
}

/// Reads the state of the database.
///
/// # Errors
/// When the database is away.
pub async fn database(db: &Db, steps: &[Migration]) -> Result<Database, DbErr> {
    let steps = otklik_db::pending(db, steps).await?;
    Ok(Database { engine: db.engine().await?, address: without_password(db.address()), steps })
}

/// Brings the meters that are read from the database up to date.
///
/// # Errors
/// When the database is away; the meters keep what they had.
pub async fn measure(ctx: &Ctx) -> Result<(), DbErr> {
    let conn = ctx.db.read();
    let events = otklik_jobs::queue_stats(conn).await?.waiting;
    let mail = otklik_notifications::queue::waiting(conn).await?;
    let unsealed = otklik_journal::unsealed(conn).await?;
    ctx.metrics.events_waiting.set(events);
    ctx.metrics.mail_waiting.set(mail);
    ctx.metrics.journal_unsealed.set(unsealed);
    Ok(())
}

/// The address of a database, fit to be shown: no password, no parameters.
#[must_use]
pub fn without_password(address: &Address) -> String {
    let text = match address {
        Address::Sqlite(path) => return format!("sqlite:{}", path.display()),
        Address::Postgres(text) => text,
    };
    let (scheme, rest) = text.split_once("://").unwrap_or(("postgres", text));
    // Whatever may belong to a password goes: it may hold signs that ought to have been encoded.
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let place = place.split_once('?').map_or(place, |(place, _)| place);
    let user = match rest.rsplit_once('@') {
        Some((user, _)) => format!("{}@", user.split_once(':').map_or(user, |(user, _)| user)),
        None => String::new(),
    };
    format!("{scheme}://{user}{place}")
}

/// Whole days, hours and minutes between two moments.
#[must_use]
pub fn time_since(start: Instant, now: Instant) -> (i64, i64, i64) {
    let minutes = now.since(start).max(0) / Instant::MINUTE;
    (minutes / 1440, minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qr14_an_address_is_shown_without_its_password() {
        let check = |address: &str, expected: &str| {
            assert_eq!(without_password(&address.parse().unwrap()), expected);
        };
        check("sqlite:/var/lib/otklik/otklik.sqlite", "sqlite:/var/lib/otklik/otklik.sqlite");
        check("postgres://otklik:secret@db.example:5433/otklik", "postgres://otklik@db.example:5433/otklik");
        check("postgres://otklik:se/c@r:et@db/otklik?sslmode=verify-full", "postgres://otklik@db/otklik");
        check("postgres://db/otklik?user=otklik&password=secret", "postgres://db/otklik");
        check("postgresql://otklik@db/otklik", "postgresql://otklik@db/otklik");
    }

    #[test]
    fn time_is_told_in_whole_units() {
        let start = Instant(0);
        assert_eq!(
            time_since(start, Instant(2 * Instant::DAY + 3 * Instant::HOUR + 61 * Instant::SECOND)),
            (2, 3, 1)
        );
        assert_eq!(time_since(Instant(5), start), (0, 0, 0));
    }
}
