//! The search for words in texts: which rows a statement goes through, and the index of texts.

use async_trait::async_trait;
use otklik_access::Scope;
use otklik_db::search::{Texts, trigrams};
use otklik_db::{Db, DbErr, Tx, Value, sql};
use otklik_jobs::{Event, Handler, HandlerError};
use otklik_kernel::text::search_text;
use sea_orm::{ConnectionTrait, DbBackend};

use crate::ACCEPTED;
use crate::store::{Filter, WORDS};

/// The texts of responses.
/// What makes the index of words on PostgreSQL where its extension came later.
pub const INDEX: &str =
    "CREATE INDEX responses_responses_trigrams ON responses_responses USING gin (search_text gin_trgm_ops)";

const TEXTS: Texts = Texts {
    table: "responses_responses",
    column: "search_text",
    trigrams: "responses_trigrams",
    index: "responses_responses_trigrams",
};

/// A scope with fewer responses is gone through by its offices: each of its rows is looked at.
const FEW: i64 = 4_000;
/// A scope with at least so many is gone through from the newest response on: most of them are within it.
const VAST: i64 = 60_000;

/// Puts the texts of accepted responses into the index: a response is found by its words within a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct WordIndex;

#[async_trait]
impl Handler for WordIndex {
    fn kinds(&self) -> &'static [&'static str] {
        &[ACCEPTED]
    }

    fn name(&self) -> &'static str {
        "responses.words"
    }

    async fn handle(&self, tx: &Tx, events: &[Event]) -> Result<(), HandlerError> {
        let ids: Vec<i64> = events.iter().filter_map(|event| event.subject).collect();
        Ok(TEXTS.add(tx, &ids).await?)
    }
}

/// Whether texts are searched by an index; without one every text of the scope is read.
///
/// # Errors
/// When the database is away.
pub async fn is_indexed(db: &Db) -> Result<bool, DbErr> {
    TEXTS.is_indexed(db).await
}

/// From where a statement takes its rows.
pub(crate) struct Source {
    pub from: &'static str,
    /// The column of the identifier by which the rows come in order.
    pub key: &'static str,
    pub condition: String,
    pub values: Vec<Value>,
}

const ROWS: &str = "responses_responses r";
const BY_WORDS: &str = "responses_trigrams w CROSS JOIN responses_responses r ON r.id = w.rowid";

impl Source {
    /// The rows of a filter within a scope. PostgreSQL chooses the way by its statistics. SQLite has none, so
    /// it is told: in a scope of few responses by the offices; else by the words, by what waits or is suspicious,
    /// or, where the scope is vast, from the newest on.
    pub async fn of<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: &Filter) -> Result<Self, DbErr> {
        let plain = |(condition, values)| Self { from: ROWS, key: "r.id", condition, values };
        let words: Vec<String> = filter.words.split_whitespace().take(WORDS).map(search_text).collect();
        let asked = trigrams(&words);
        let has_index = asked.is_some() || filter.not_looked || filter.suspicious == Some(true);
        if conn.get_database_backend() != DbBackend::Sqlite {
            return Ok(plain(filter.sql(scope, "r.body_id", "r.id")));
        }
        let within = Filter { under: filter.under, ..Filter::default() };
        let (condition, values) = within.sql(scope, "r.body_id", "r.id");
        let text = format!(
            "SELECT COUNT(*) AS n FROM (SELECT 1 FROM {ROWS} WHERE {condition} LIMIT {VAST}) AS found"
        );
        let row = conn.query_one_raw(sql(conn, &text, values)).await?;
        let size: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        if size < FEW || (size < VAST && !has_index) {
            return Ok(plain(filter.sql(scope, "r.body_id", "r.id")));
        }
        // The plus keeps SQLite from going by the offices.
        Ok(match asked {
            None => plain(filter.sql(scope, "+r.body_id", "r.id")),
            Some(asked) => {
                let (condition, mut values) = filter.sql(scope, "+r.body_id", "w.rowid");
                values.insert(0, asked.into());
                let condition = format!("responses_trigrams MATCH ? AND {condition}");
                Self { from: BY_WORDS, key: "w.rowid", condition, values }
            }
        })
    }
}
