//! Responses in the database: the only place that names `responses_responses`.

pub mod days;
mod filter;
mod source;
mod texts;

use std::collections::HashMap;

use otklik_access::Scope;
use otklik_db::many::{Many, parts};
use otklik_db::{Column, Db, DbErr, Rows, Tx, Value, bulk, sql};
use otklik_kernel::code::hex;
use otklik_kernel::{CivilDay, Id, Instant, text};
use otklik_questionnaires::Marks;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use crate::model::{ContentHash, FormToken};
use crate::words::TEXTS;
use crate::{Receipt, Receipts, Response, Stored, Suspicion};

pub use filter::{Filter, WORDS};
use source::Source;
pub use texts::{Text, texts};

/// So many days are searched for words of one or two letters in a vast scope unless other days are asked for.
pub const SHORT_WORDS_DAYS: i32 = 14;

static TOKENS: Many =
    Many::new("SELECT form_token, content_hash, id FROM responses_responses WHERE form_token IN (", "?", ")");

/// Each token is looked for by itself: until PostgreSQL has statistics of the table, it believes a token to be in one row
/// of two hundred, and would read the whole table for a group of tokens.
const TOKENS_ONE_BY_ONE: &str = "SELECT r.form_token, r.content_hash, r.id
    FROM json_array_elements_text(CAST(? AS json)) t (token) CROSS JOIN LATERAL
        (SELECT form_token, content_hash, id FROM responses_responses WHERE form_token = decode(t.token, 'hex') OFFSET 0) r";

/// The stored responses of these tokens, by token and content.
///
/// # Errors
/// When the database is away.
pub async fn known_forms(
    db: &Db,
    tokens: &[FormToken],
) -> Result<HashMap<(FormToken, ContentHash), Id>, DbErr> {
    let mut known = HashMap::new();
    for statement in forms(db, tokens) {
        for row in db.read().query_all_raw(statement).await? {
            let (token, hash): (Vec<u8>, Vec<u8>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            if let (Ok(token), Ok(hash)) = (token.try_into(), hash.try_into()) {
                known.insert((token, hash), row.try_get_by_index(2)?);
            }
        }
    }
    Ok(known)
}

/// The statements of [`known_forms`].
fn forms(db: &Db, tokens: &[FormToken]) -> Vec<Statement> {
    let conn = db.read();
    match db.backend() {
        DbBackend::Postgres => {
            let tokens: serde_json::Value = tokens.iter().map(|token| hex(token)).collect();
            vec![sql(conn, TOKENS_ONE_BY_ONE, [tokens.to_string().into()])]
        }
        backend => parts(tokens)
            .map(|part| {
                let values = part.iter().map(|token| Value::from(token.to_vec()));
                Statement::from_sql_and_values(backend, TOKENS.text(conn, part.len()), values)
            })
            .collect(),
    }
}

/// Accepted responses as rows to insert, with those by which SQLite finds them by office.
#[must_use]
pub fn rows(db: &Db, fresh: &[Stored]) -> Vec<Rows> {
    let long = |value: fn(&Stored) -> i64| Column::Long(fresh.iter().map(value).collect());
    let int = |value: fn(&Stored) -> i32| Column::Int(fresh.iter().map(value).collect());
    let text = |value: fn(&Stored) -> String| Column::Text(fresh.iter().map(value).collect());
    let bytes = |value: fn(&Stored) -> Vec<u8>| Column::Bytes(fresh.iter().map(value).collect());
    let place = vec![("id", long(|stored| stored.id)), ("body_id", long(|stored| stored.response.body))];
    let mut tables = vec![Rows {
        table: "responses_responses",
        columns: vec![
            ("id", long(|stored| stored.id)),
            ("body_id", long(|stored| stored.response.body)),
            ("questionnaire", int(|stored| stored.response.questionnaire)),
            ("received_at", long(|stored| stored.response.received_at.0)),
            ("day", int(|stored| stored.response.day.0)),
            ("marks", text(|stored| stored.response.marks.to_string())),
            (
                "is_negative",
                Column::Bool(fresh.iter().map(|stored| stored.response.marks.is_negative()).collect()),
            ),
            ("comment", text(|stored| stored.response.comment.clone())),
            ("search_text", text(|stored| text::search_text(&stored.response.comment))),
            ("suspicion", int(|stored| stored.response.suspicion.0)),
            ("form_token", bytes(|stored| stored.response.token.to_vec())),
            ("content_hash", bytes(|stored| stored.response.content().to_vec())),
            ("device_mark", bytes(|stored| stored.response.device.to_vec())),
            ("trace", text(|stored| stored.response.trace.clone())),
        ],
    }];
    if db.backend() == DbBackend::Sqlite {
        tables.push(Rows { table: "responses_fresh", columns: place });
    }
    tables
}

const COLUMNS: &str = "r.id, r.body_id, r.questionnaire, r.received_at, r.day, r.marks, r.comment, r.suspicion, \
    r.trace, r.looked_at, r.looked_by, r.outcome, r.outcome_at, r.text_removed_at";

fn response(row: &QueryResult) -> Result<Response, DbErr> {
    let id: Id = row.try_get("", "id")?;
    let marks: String = row.try_get("", "marks")?;
    let moment = |column: &str| row.try_get::<Option<i64>>("", column).map(|at| at.map(Instant));
    let looked_by: Option<String> = row.try_get("", "looked_by")?;
    let outcome: Option<String> = row.try_get("", "outcome")?;
    Ok(Response {
        id,
        body: row.try_get("", "body_id")?,
        questionnaire: row.try_get("", "questionnaire")?,
        received_at: Instant(row.try_get("", "received_at")?),
        day: CivilDay(row.try_get("", "day")?),
        marks: Marks::parse(&marks)
            .ok_or_else(|| DbErr::Custom(format!("responses_responses.marks of {id}: {marks:?}")))?,
        comment: row.try_get("", "comment")?,
        suspicion: Suspicion(row.try_get("", "suspicion")?),
        trace: row.try_get("", "trace")?,
        looked: moment("looked_at")?.zip(looked_by),
        outcome: moment("outcome_at")?.zip(outcome),
        text_removed: moment("text_removed_at")?,
    })
}

/// A page of responses of the scope, newest first.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
    limit: u64,
    offset: u64,
) -> Result<Vec<Response>, DbErr> {
    let source = Source::of(conn, scope, filter).await?;
    let (text, values) = source.newest(COLUMNS, None, limit, offset);
    conn.query_all_raw(sql(conn, &text, values)).await?.iter().map(response).collect()
}

/// A response as a row of a table to take along.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id.
    pub id: Id,
    /// The office.
    pub body: Id,
    /// When it arrived.
    pub received_at: Instant,
    /// The marks.
    pub marks: Marks,
    /// The text; empty when there is none.
    pub comment: String,
    /// What is suspicious about it.
    pub suspicion: Suspicion,
    /// When it was looked through.
    pub looked_at: Option<Instant>,
    /// What was done.
    pub outcome: Option<String>,
}

/// Responses of the scope with identifiers below this one, newest first, for tables of any length.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn lines<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
    below: Id,
    limit: u64,
) -> Result<Vec<Line>, DbErr> {
    let source = Source::of(conn, scope, filter).await?;
    let columns = "r.id, r.body_id, r.received_at, r.marks, r.comment, r.suspicion, r.looked_at, r.outcome";
    let (text, values) = source.newest(columns, Some(below), limit, 0);
    conn.query_all_raw(sql(conn, &text, values)).await?.iter().map(line).collect()
}

/// By place: names are looked for anew in every row.
fn line(row: &QueryResult) -> Result<Line, DbErr> {
    let id: Id = row.try_get_by_index(0)?;
    let marks: String = row.try_get_by_index(3)?;
    let broken = || DbErr::Custom(format!("responses_responses.marks of {id}: {marks:?}"));
    Ok(Line {
        id,
        body: row.try_get_by_index(1)?,
        received_at: Instant(row.try_get_by_index(2)?),
        marks: Marks::parse(&marks).ok_or_else(broken)?,
        comment: row.try_get_by_index(4)?,
        suspicion: Suspicion(row.try_get_by_index(5)?),
        looked_at: row.try_get_by_index::<Option<i64>>(6)?.map(Instant),
        outcome: row.try_get_by_index(7)?,
    })
}

/// Responses of the scope by their identifiers, newest first; those beyond it are not there.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn of<C: ConnectionTrait>(conn: &C, scope: &Scope, ids: &[Id]) -> Result<Vec<Response>, DbErr> {
    let text = format!(
        "SELECT {COLUMNS} FROM responses_responses r WHERE r.id {} AND {} ORDER BY r.id DESC",
        bulk::among(conn),
        scope.sql("+r.body_id")
    );
    conn.query_all_raw(sql(conn, &text, [bulk::numbers(ids)])).await?.iter().map(response).collect()
}

/// How many responses of the scope there are.
///
/// # Errors
/// When the database is away.
pub async fn count<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: &Filter) -> Result<i64, DbErr> {
    let (text, values) = Source::of(conn, scope, filter).await?.count(None);
    let row = conn.query_one_raw(sql(conn, &text, values)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}

/// How many responses a list has, and how many of them want attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub all: i64,
    /// Those with at least one sad face.
    pub negative: i64,
    /// Those not yet looked through.
    pub not_looked: i64,
}

/// The newest responses of a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many there are.
    pub counts: Counts,
    /// Their identifiers, newest first.
    pub ids: Vec<Id>,
}

impl Found {
    /// The identifiers of a page.
    #[must_use]
    pub fn page(&self, limit: u64, offset: u64) -> &[Id] {
        let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(self.ids.len());
        &self.ids[place(offset)..place(offset.saturating_add(limit))]
    }
}

/// The newest responses of the scope and how many of them want attention, among the first `limit` that are found:
/// counting all of a country's would keep the database busy for seconds.
///
/// # Errors
/// When the database is away.
pub async fn found<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<Found, DbErr> {
    read_found(conn, Source::of(conn, scope, filter).await?, limit).await
}

async fn read_found<C: ConnectionTrait>(conn: &C, source: Source, limit: i64) -> Result<Found, DbErr> {
    let (text, values) = source.marks(limit);
    let mut found = Found::default();
    for row in conn.query_all_raw(sql(conn, &text, values)).await? {
        found.ids.push(row.try_get_by_index(0)?);
        found.counts.all += 1;
        found.counts.negative += i64::from(row.try_get_by_index::<bool>(1)?);
        found.counts.not_looked += i64::from(row.try_get_by_index::<bool>(2)?);
    }
    Ok(found)
}

/// How many responses of the scope there are, counted no further than `limit`.
///
/// # Errors
/// When the database is away.
pub async fn count_up_to<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<i64, DbErr> {
    let (text, values) = Source::of(conn, scope, filter).await?.count(Some(limit));
    let row = conn.query_one_raw(sql(conn, &text, values)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}

/// From which day on such a search goes when it isn't bounded otherwise: words of one or two letters are in no index,
/// and to read all the texts of a country takes half a second. Nothing when it needs no bound.
///
/// # Errors
/// When the database is away.
pub async fn bound<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
    today: CivilDay,
) -> Result<Option<CivilDay>, DbErr> {
    let last = filter.to.map_or(today, |to| to.min(today));
    Ok(source::reads_every_text(conn, scope, filter).await?.then(|| last.plus_days(-SHORT_WORDS_DAYS)))
}

/// The bodies of a scope, at most `limit`, in no order.
///
/// # Errors
/// When the database is away.
pub async fn bodies<C: ConnectionTrait>(conn: &C, scope: &Scope, limit: usize) -> Result<Vec<Id>, DbErr> {
    let text = format!(
        "SELECT c.body FROM access_closure c WHERE c.depth = 0 AND {} LIMIT {limit}",
        scope.sql("c.body")
    );
    conn.query_all_raw(sql(conn, &text, [])).await?.iter().map(|row| row.try_get("", "body")).collect()
}

/// The newest response of the scope older than this one that nobody has looked through.
///
/// # Errors
/// When the database is away.
pub async fn next_waiting<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Option<Id>, DbErr> {
    let waiting = Filter { not_looked: true, ..Filter::default() };
    let (text, values) = Source::of(conn, scope, &waiting).await?.newest("r.id", Some(id), 1, 0);
    conn.query_one_raw(sql(conn, &text, values)).await?.map(|row| row.try_get("", "id")).transpose()
}

/// A response of the scope.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Option<Response>, DbErr> {
    let text =
        format!("SELECT {COLUMNS} FROM responses_responses r WHERE r.id = ? AND {}", scope.sql("r.body_id"));
    conn.query_one_raw(sql(conn, &text, [id.into()])).await?.as_ref().map(response).transpose()
}

/// The response of a receipt: whoever has the receipt may see what became of it (CASE-5), so no scope.
///
/// # Errors
/// When the database is away or the row is broken.
pub async fn find_by_receipt<C: ConnectionTrait>(
    conn: &C,
    receipts: &Receipts,
    receipt: &Receipt,
) -> Result<Option<Response>, DbErr> {
    let Some(id) = receipts.open(receipt) else { return Ok(None) };
    let text = format!("SELECT {COLUMNS} FROM responses_responses r WHERE r.id = ?");
    conn.query_one_raw(sql(conn, &text, [id.into()])).await?.as_ref().map(response).transpose()
}

/// Marks a response as looked through; the first time counts.
///
/// # Errors
/// When the database refuses.
pub async fn set_looked(tx: &Tx, id: Id, at: Instant, by: &str) -> Result<bool, DbErr> {
    let text =
        "UPDATE responses_responses SET looked_at = ?, looked_by = ? WHERE id = ? AND looked_at IS NULL";
    let values = [at.0.into(), by.into(), id.into()];
    let is_first = tx.execute_raw(sql(tx, text, values)).await?.rows_affected() == 1;
    if tx.get_database_backend() == DbBackend::Sqlite {
        // One that is not in this table yet comes there as it is then.
        let text = "UPDATE responses_by_office SET is_looked = 1
            WHERE id = ? AND body_id = (SELECT r.body_id FROM responses_responses r WHERE r.id = ?)";
        tx.execute_raw(sql(tx, text, [id.into(), id.into()])).await?;
    }
    Ok(is_first)
}

/// Writes what was done; the receipt's page shows it.
///
/// # Errors
/// When the database refuses.
pub async fn set_outcome(tx: &Tx, id: Id, at: Instant, outcome: &str) -> Result<(), DbErr> {
    let text = "UPDATE responses_responses SET outcome = ?, outcome_at = ? WHERE id = ?";
    tx.execute_raw(sql(tx, text, [outcome.into(), at.0.into(), id.into()])).await.map(|_| ())
}

/// Writes what was done in the place of what was written at `seen`; false when that is not there any more.
///
/// # Errors
/// When the database refuses.
pub async fn replace_outcome(
    tx: &Tx,
    id: Id,
    seen: Option<Instant>,
    at: Instant,
    outcome: &str,
) -> Result<bool, DbErr> {
    let mut values: Vec<Value> = vec![outcome.into(), at.0.into(), id.into()];
    let same = match seen {
        None => "outcome_at IS NULL",
        Some(seen) => {
            values.push(seen.0.into());
            "outcome_at = ?"
        }
    };
    let text = format!("UPDATE responses_responses SET outcome = ?, outcome_at = ? WHERE id = ? AND {same}");
    Ok(tx.execute_raw(sql(tx, &text, values)).await?.rows_affected() == 1)
}

/// The first responses after an id and before another, up to so many: their ids, and whether they have a text.
///
/// # Errors
/// When the database is away.
pub async fn texts_between<C: ConnectionTrait>(
    conn: &C,
    after: Id,
    before: Id,
    limit: u64,
) -> Result<Vec<(Id, bool)>, DbErr> {
    let text =
        "SELECT id, comment <> '' FROM responses_responses WHERE id > ? AND id < ? ORDER BY id LIMIT ?";
    let values = [after.into(), before.into(), limit.into()];
    let rows = conn.query_all_raw(sql(conn, text, values)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// Removes the texts of responses, also from what they are searched by.
///
/// # Errors
/// When the database refuses.
pub async fn remove_texts(tx: &Tx, ids: &[Id], at: Instant) -> Result<(), DbErr> {
    TEXTS.remove(tx, ids).await?;
    let these = bulk::among(tx);
    if tx.get_database_backend() == DbBackend::Sqlite {
        let text = format!(
            "UPDATE responses_by_office SET has_text = 0
            WHERE (body_id, id) IN (SELECT r.body_id, r.id FROM responses_responses r WHERE r.id {these})"
        );
        tx.execute_raw(sql(tx, &text, [bulk::numbers(ids)])).await?;
    }
    let text = format!(
        "UPDATE responses_responses SET comment = '', search_text = '', text_removed_at = ? WHERE id {these}"
    );
    tx.execute_raw(sql(tx, &text, [at.0.into(), bulk::numbers(ids)])).await.map(|_| ())
}

/// The last response whose text has been removed, or had none.
///
/// # Errors
/// When the database is away.
pub async fn texts_kept_since<C: ConnectionTrait>(conn: &C) -> Result<Id, DbErr> {
    let row = conn.query_one_raw(sql(conn, "SELECT since FROM responses_texts_kept", [])).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// Remembers it.
///
/// # Errors
/// When the database refuses.
pub async fn keep_texts_since(tx: &Tx, id: Id) -> Result<(), DbErr> {
    tx.execute_raw(sql(tx, "UPDATE responses_texts_kept SET since = ?", [id.into()])).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use otklik_db::Migration;
    use otklik_testkit::both;

    use super::*;

    const TABLE: &[Migration] = &[Migration {
        name: "0600_only_forms",
        sql: "CREATE TABLE responses_responses
                (id BIGINT NOT NULL PRIMARY KEY, form_token BYTEA NOT NULL, content_hash BYTEA NOT NULL,
                a TEXT, b TEXT, c TEXT, d TEXT, e TEXT, f TEXT, g TEXT, h TEXT);
            CREATE UNIQUE INDEX responses_responses_form ON responses_responses (form_token, content_hash)",
    }];

    #[test]
    fn forms_are_found_by_their_index_before_the_table_is_analysed() {
        both(&[TABLE], async |t| {
            if t.db.backend() != DbBackend::Postgres {
                return;
            }
            let rows = "INSERT INTO responses_responses SELECT n, decode(md5(n::text), 'hex'), '', x, x, x, x, x, x, x, x
                FROM generate_series(1, 20000) n, repeat('x', 40) x";
            otklik_db::execute(&t.db, rows).await.unwrap();
            let tokens: Vec<FormToken> = (0..64).map(|n| [n; 16]).collect();
            for mut statement in forms(&t.db, &tokens) {
                statement.sql = format!("EXPLAIN {}", statement.sql);
                let plan = t.db.read().query_all_raw(statement).await.unwrap();
                let plan: Vec<String> = plan.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
                assert!(plan.iter().any(|line| line.contains("responses_responses_form")), "{plan:#?}");
            }
        });
    }
}
