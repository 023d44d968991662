//! Responses by office on SQLite: moved in large parts from where they stand as they come to where they are found.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use otklik_db::{Db, DbErr, sql};
use otklik_jobs::{HandlerError, Periodic, PeriodicJob};
use otklik_kernel::Instant;
use sea_orm::{ConnectionTrait, DbBackend};

/// So many fresh ones are moved at once: the more, the fewer pages are written per response, and the longer others
/// wait for their turn to write, and a list looks through fresh ones.
const PART: i64 = 4_096;
/// How often it is looked whether there is a part.
const EVERY: Duration = Duration::from_secs(2);

/// The schedule that moves responses to their offices; none on PostgreSQL, which keeps an index by itself.
#[must_use]
pub fn schedules(db: &Db) -> Vec<Periodic> {
    match db.backend() {
        DbBackend::Sqlite => vec![Periodic::new("responses.offices", EVERY, Arc::new(Move(db.clone())))],
        _ => Vec::new(),
    }
}

struct Move(Db);

#[async_trait]
impl PeriodicJob for Move {
    async fn run(&self, _now: Instant) -> Result<(), HandlerError> {
        loop {
            let began = tokio::time::Instant::now();
            if !part(&self.0).await? {
                return Ok(());
            }
            // Acceptance goes first.
            tokio::time::sleep(began.elapsed() * 4).await;
        }
    }
}

/// Moves every whole part at once, where nobody waits for a turn to write.
///
/// # Errors
/// When the database is away.
pub async fn settle(db: &Db) -> Result<(), DbErr> {
    while db.backend() == DbBackend::Sqlite && part(db).await? {}
    Ok(())
}

/// Moves the oldest part when there is a whole one; false when there is none.
///
/// # Errors
/// When the database is away.
pub async fn part(db: &Db) -> Result<bool, DbErr> {
    let text = format!("SELECT id FROM responses_fresh ORDER BY id LIMIT 1 OFFSET {}", PART - 1);
    let Some(row) = db.read().query_one_raw(sql(db.read(), &text, [])).await? else { return Ok(false) };
    let last: i64 = row.try_get_by_index(0)?;
    let tx = db.begin().await?;
    let text = "INSERT INTO responses_by_office
        (body_id, id, day, marks, is_negative, has_text, suspicion, is_looked)
        SELECT x.body_id, x.id, r.day, r.marks, r.is_negative, r.comment <> '', r.suspicion, r.looked_at IS NOT NULL
        FROM responses_fresh x CROSS JOIN responses_responses r ON r.id = x.id
        WHERE x.id <= ? ORDER BY x.body_id, x.id";
    tx.execute_raw(sql(&tx, text, [last.into()])).await?;
    tx.execute_raw(sql(&tx, "DELETE FROM responses_fresh WHERE id <= ?", [last.into()])).await?;
    tx.commit().await?;
    Ok(true)
}
