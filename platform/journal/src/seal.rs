//! Chaining entries in the order of their commits.

use otklik_db::{Db, DbErr, Tx, Value, sql, versions};
use otklik_kernel::code::hex;
use otklik_kernel::secret::digest;
use otklik_kernel::{Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};

/// The columns of a [`Link`].
pub(crate) const COLUMNS: &str = "id, at, actor_id, actor, action, subject_kind, subject_id, body_id, trace, \
     commitment, seq, chain";

/// The chain before its first entry.
pub(crate) const BEGINNING: &str = "";

/// Entries per transaction.
const BATCH: u64 = 500;

/// An entry as the chain sees it.
pub(crate) struct Link {
    pub id: Id,
    pub at: i64,
    pub actor_id: Option<Id>,
    pub actor: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Option<Id>,
    pub body_id: Option<Id>,
    pub trace: String,
    pub commitment: String,
    pub seq: Option<i64>,
    pub chain: Option<String>,
}

impl Link {
    /// Reads the columns of a link, which stand first in a row.
    pub(crate) fn read(row: &QueryResult) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get_by_index(0)?,
            at: row.try_get_by_index(1)?,
            actor_id: row.try_get_by_index(2)?,
            actor: row.try_get_by_index(3)?,
            action: row.try_get_by_index(4)?,
            subject_kind: row.try_get_by_index(5)?,
            subject_id: row.try_get_by_index(6)?,
            body_id: row.try_get_by_index(7)?,
            trace: row.try_get_by_index(8)?,
            commitment: row.try_get_by_index(9)?,
            seq: row.try_get_by_index(10)?,
            chain: row.try_get_by_index(11)?,
        })
    }

    pub(crate) const fn at(&self) -> Instant {
        Instant(self.at)
    }

    /// The chain at this entry: see the README for the exact bytes.
    pub(crate) fn chain_after(&self, previous: &str, seq: i64) -> String {
        let number = |value: Option<i64>| value.map(|n| n.to_string()).unwrap_or_default();
        let parts = [
            previous,
            &seq.to_string(),
            &self.id.to_string(),
            &self.at.to_string(),
            &number(self.actor_id),
            &self.actor,
            &self.action,
            &self.subject_kind,
            &number(self.subject_id),
            &number(self.body_id),
            &self.trace,
            &self.commitment,
        ];
        hex(&digest(&parts.map(str::as_bytes)))
    }
}

/// Chains every entry committed so far and gives their number; costs one read when there is none.
///
/// Any number of nodes may call it at once: they take turns.
///
/// # Errors
/// When the database is away; what was sealed before stays sealed.
pub async fn seal(db: &Db) -> Result<u64, DbErr> {
    let mut sealed = 0;
    loop {
        let text = "SELECT 1 AS one FROM journal_entries WHERE seq IS NULL LIMIT 1";
        if db.read().query_one_raw(sql(db.read(), text, [])).await?.is_none() {
            return Ok(sealed);
        }
        let tx = db.begin().await?;
        sealed += seal_batch(&tx).await?;
        tx.commit().await?;
    }
}

/// How many entries are not in the chain yet; a meter: normally those of the last second.
///
/// # Errors
/// When the database is away.
pub async fn unsealed<C: ConnectionTrait>(conn: &C) -> Result<i64, DbErr> {
    let text = "SELECT COUNT(*) AS n FROM journal_entries WHERE seq IS NULL";
    let row = conn.query_one_raw(sql(conn, text, [])).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}

async fn seal_batch(tx: &Tx) -> Result<u64, DbErr> {
    // Writing this row first makes sealers wait for each other on either database, and what is read
    // afterwards includes all that the one before has sealed.
    versions::bump(tx, "journal.sealed").await?;
    let (mut seq, mut chain) = last(tx).await?.unwrap_or((0, BEGINNING.to_owned()));
    let text = format!("SELECT {COLUMNS} FROM journal_entries WHERE seq IS NULL ORDER BY id LIMIT {BATCH}");
    let rows = tx.query_all_raw(sql(tx, &text, [])).await?;
    for row in &rows {
        let link = Link::read(row)?;
        seq += 1;
        chain = link.chain_after(&chain, seq);
        let text = "UPDATE journal_entries SET seq = ?, chain = ? WHERE id = ?";
        let values: [Value; 3] = [seq.into(), chain.as_str().into(), link.id.into()];
        tx.execute_raw(sql(tx, text, values)).await?;
    }
    Ok(rows.len() as u64)
}

/// The number and chain of the last sealed entry.
pub(crate) async fn last<C: ConnectionTrait>(conn: &C) -> Result<Option<(i64, String)>, DbErr> {
    let text = "SELECT seq, chain FROM journal_entries WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
    let Some(row) = conn.query_one_raw(sql(conn, text, [])).await? else { return Ok(None) };
    Ok(Some((row.try_get("", "seq")?, row.try_get::<Option<String>>("", "chain")?.unwrap_or_default())))
}
