//! The search for words in texts: the index of texts.

use async_trait::async_trait;
use otklik_db::search::Texts;
use otklik_db::{Db, DbErr, Tx};
use otklik_jobs::{Event, Handler, HandlerError};

use crate::ACCEPTED;

/// What makes the index of words on PostgreSQL where its extension came later.
pub const INDEX: &str =
    "CREATE INDEX responses_responses_trigrams ON responses_responses USING gin (search_text gin_trgm_ops)";

/// The texts of responses.
pub(crate) const TEXTS: Texts = Texts {
    table: "responses_responses",
    column: "search_text",
    trigrams: "responses_trigrams",
    index: "responses_responses_trigrams",
};

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
