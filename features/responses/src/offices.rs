//! Responses by office on SQLite: moved in large parts from where they stand as they come to where they are found.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use otklik_db::{Db, DbErr, sql};
use otklik_jobs::{HandlerError, Periodic, PeriodicJob};
use otklik_kernel::{Id, Instant};
use sea_orm::{ConnectionTrait, DbBackend};

/// So many fresh ones are moved one after the other: the more, the fewer pages are written per response, and the longer
/// a list looks through fresh ones.
const PART: i64 = 4_096;
/// So many of them are moved in one transaction, at least: offices that stand beside each other, so that no page is
/// written for two of them.
const SLICE: i64 = 256;
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
        while let Some(part) = Part::oldest(&self.0).await? {
            for slice in part.slices {
                let began = tokio::time::Instant::now();
                slice.moved(&self.0, part.last).await?;
                // Acceptance goes first.
                tokio::time::sleep(began.elapsed() * 4).await;
            }
        }
        Ok(())
    }
}

/// Moves every whole part at once, where nobody waits for a turn to write.
///
/// # Errors
/// When the database is away.
pub async fn settle(db: &Db) -> Result<(), DbErr> {
    if db.backend() != DbBackend::Sqlite {
        return Ok(());
    }
    while let Some(part) = Part::oldest(db).await? {
        for slice in part.slices {
            slice.moved(db, part.last).await?;
        }
    }
    Ok(())
}

/// Fresh responses up to an id, in slices of offices.
struct Part {
    last: Id,
    slices: Vec<Slice>,
}

/// Offices that stand beside each other where responses are found by office.
struct Slice {
    from: Id,
    to: Id,
}

impl Part {
    /// The oldest part when there is a whole one.
    async fn oldest(db: &Db) -> Result<Option<Self>, DbErr> {
        let text = format!("SELECT id FROM responses_fresh ORDER BY id LIMIT 1 OFFSET {}", PART - 1);
        let Some(row) = db.read().query_one_raw(sql(db.read(), &text, [])).await? else { return Ok(None) };
        let last: Id = row.try_get_by_index(0)?;
        let text =
            "SELECT body_id, count(*) FROM responses_fresh WHERE id <= ? GROUP BY body_id ORDER BY body_id";
        let (mut slices, mut rows) = (Vec::<Slice>::new(), i64::MAX);
        for row in db.read().query_all_raw(sql(db.read(), text, [last.into()])).await? {
            let (body, count): (Id, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            match slices.last_mut() {
                Some(slice) if rows < SLICE => (slice.to, rows) = (body, rows + count),
                _ => {
                    slices.push(Slice { from: body, to: body });
                    rows = count;
                }
            }
        }
        Ok(Some(Self { last, slices }))
    }
}

impl Slice {
    /// Moves its responses up to an id.
    async fn moved(&self, db: &Db, last: Id) -> Result<(), DbErr> {
        let these = || [last.into(), self.from.into(), self.to.into()];
        let tx = db.begin().await?;
        let text = "INSERT INTO responses_by_office
            (body_id, id, day, marks, is_negative, has_text, suspicion, is_looked)
            SELECT x.body_id, x.id, r.day, r.marks, r.is_negative, r.comment <> '', r.suspicion, r.looked_at IS NOT NULL
            FROM responses_fresh x CROSS JOIN responses_responses r ON r.id = x.id
            WHERE x.id <= ? AND x.body_id BETWEEN ? AND ? ORDER BY x.body_id, x.id";
        tx.execute_raw(sql(&tx, text, these())).await?;
        let text = "DELETE FROM responses_fresh WHERE id <= ? AND body_id BETWEEN ? AND ?";
        tx.execute_raw(sql(&tx, text, these())).await?;
        tx.commit().await
    }
}
