//! From where a statement takes its rows. PostgreSQL chooses the way by its statistics. SQLite has none, so it is
//! told; and it has no index of responses by office, because each accepted response would write another page
//! of it: `responses_by_office` is kept in large parts (`offices.rs`), and what came since the last part stands in
//! `responses_fresh`. Both together are all responses, at every moment.

use otklik_access::Scope;
use otklik_db::search::trigrams;
use otklik_db::{DbErr, Value, sql};
use otklik_kernel::Id;
use otklik_kernel::text::search_text;
use sea_orm::{ConnectionTrait, DbBackend};

use super::filter::{Condition, Filter, WORDS};

/// A scope with fewer responses is gone through by its offices: each of its rows is looked at.
const FEW: i64 = 4_000;
/// A scope with at least so many is gone through from the newest response on: most of them are within it.
const VAST: i64 = 60_000;

const ROWS: &str = "responses_responses r";
const BY_WORDS: &str = "responses_trigrams w CROSS JOIN responses_responses r ON r.id = w.rowid";
/// SQLite's tables of offices and identifiers.
const OFFICES: [&str; 2] = ["responses_by_office", "responses_fresh"];

/// The responses of a filter within a scope.
pub(super) enum Source {
    /// From this table or join, whose rows come in the order of this identifier.
    Rows { from: &'static str, key: &'static str, condition: Condition },
    /// By SQLite's tables of offices: the place in those, and what the responses themselves are like.
    Offices { place: Condition, rows: Condition },
}

impl Source {
    /// In a scope of few responses the way leads by its offices; else by the words, by what waits or is suspicious,
    /// or, where the scope is vast, from the newest on.
    pub async fn of<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: &Filter) -> Result<Self, DbErr> {
        let is_sqlite = conn.get_database_backend() == DbBackend::Sqlite;
        let words: Vec<String> = filter.words.split_whitespace().take(WORDS).map(search_text).collect();
        let asked = trigrams(&words).filter(|_| is_sqlite);
        if is_sqlite {
            let has_index = asked.is_some() || filter.not_looked || filter.suspicious == Some(true);
            let size = size(conn, scope, filter.under).await?;
            if size < FEW || (size < VAST && !has_index) {
                return Ok(Self::by_office(scope, filter));
            }
        }
        let (from, key) = if asked.is_some() { (BY_WORDS, "w.rowid") } else { (ROWS, "r.id") };
        let mut condition = Condition::default();
        if let Some(asked) = asked {
            condition.and("responses_trigrams MATCH ?", [asked.into()]);
        }
        condition.and_all(filter.place(scope, "r.body_id", key));
        condition.and_all(filter.rows());
        Ok(Self::Rows { from, key, condition })
    }

    fn by_office(scope: &Scope, filter: &Filter) -> Self {
        Self::Offices { place: filter.place(scope, "x.body_id", "x.id"), rows: filter.rows() }
    }

    /// A statement that gives them, newest first: of those with identifiers below this one, so many beyond the first.
    pub fn newest(self, columns: &str, below: Option<Id>, limit: u64, offset: u64) -> (String, Vec<Value>) {
        let (head, tail) = (format!("SELECT {columns} FROM"), format!("DESC LIMIT {limit} OFFSET {offset}"));
        match self {
            Self::Rows { from, key, mut condition } => {
                if let Some(below) = below {
                    condition.and(&format!("{key} < ?"), [below.into()]);
                }
                let (condition, values) = condition.into_parts();
                (format!("{head} {from} WHERE {condition} ORDER BY {key} {tail}"), values)
            }
            Self::Offices { mut place, rows } => {
                if let Some(below) = below {
                    place.and("x.id < ?", [below.into()]);
                }
                if !rows.is_empty() {
                    let (rows, values) = rows.into_parts();
                    place.and(&format!("(SELECT {rows} FROM {ROWS} WHERE r.id = x.id)"), values);
                }
                // Each table gives as many as could be needed: SQLite leaves an office where older ones begin.
                let enough = limit.saturating_add(offset);
                let (ids, values) = ids(place, &format!(" ORDER BY x.id DESC LIMIT {enough}"));
                (format!("{head} {ROWS} WHERE r.id IN ({ids}) ORDER BY r.id {tail}"), values)
            }
        }
    }

    /// What stands between FROM and the end of a statement over them in no order, of which no more than so many are
    /// of interest.
    pub fn all(self, limit: Option<i64>) -> (String, Vec<Value>) {
        let (from, condition) = match self {
            Self::Rows { from, condition, .. } => (from, condition),
            Self::Offices { place, rows } => {
                let end = limit.filter(|_| rows.is_empty()).map(|limit| format!(" LIMIT {limit}"));
                let (ids, values) = ids(place, &end.unwrap_or_default());
                let mut condition = Condition::default();
                condition.and(&format!("r.id IN ({ids})"), values);
                condition.and_all(rows);
                (ROWS, condition)
            }
        };
        let (condition, values) = condition.into_parts();
        (format!("{from} WHERE {condition}"), values)
    }

    /// The responses of one office with identifiers in a range, whatever their scope.
    pub fn of_office(backend: DbBackend, body: Id, range: std::ops::Range<Id>, rows: Condition) -> Self {
        let is_sqlite = backend == DbBackend::Sqlite;
        let (column, key) = if is_sqlite { ("x.body_id", "x.id") } else { ("r.body_id", "r.id") };
        let mut place = Condition::default();
        let values = [body.into(), range.start.into(), range.end.into()];
        place.and(&format!("{column} = ? AND {key} >= ? AND {key} < ?"), values);
        if is_sqlite {
            return Self::Offices { place, rows };
        }
        place.and_all(rows);
        Self::Rows { from: ROWS, key, condition: place }
    }
}

/// How many responses a scope has, counted no further than [`VAST`]; on SQLite.
async fn size<C: ConnectionTrait>(conn: &C, scope: &Scope, under: Option<Id>) -> Result<i64, DbErr> {
    let within = Filter { under, ..Filter::default() };
    let (ids, values) = ids(within.place(scope, "x.body_id", "x.id"), "");
    let text = format!("SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM ({ids}) LIMIT {VAST})");
    let row = conn.query_one_raw(sql(conn, &text, values)).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// The identifiers of responses at a place, from each of SQLite's tables of offices with such an end.
fn ids(place: Condition, end: &str) -> (String, Vec<Value>) {
    let (condition, mut values) = place.into_parts();
    let parts =
        OFFICES.map(|table| format!("SELECT id FROM (SELECT x.id FROM {table} x WHERE {condition}{end})"));
    values.extend_from_within(..);
    (parts.join(" UNION ALL "), values)
}
