//! From where a statement takes its rows. PostgreSQL chooses the way by its statistics, but knows neither how many bodies
//! a scope has nor that its newest responses are mostly within a vast one, so it is told that. SQLite has no statistics
//! and is told everything; and it has no index of responses by office, because each accepted response would write
//! another page of it: `responses_by_office` is kept in large parts (`offices.rs`), and what came since the last part
//! stands in `responses_fresh`. Both together are all responses, at every moment. The first has beside the office what lists
//! are filtered by, so that those of a region are counted without a look at the responses themselves.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use otklik_access::Scope;
use otklik_db::search::trigrams;
use otklik_db::{DbErr, Value, sql};
use otklik_kernel::Id;
use otklik_kernel::text::search_text;
use sea_orm::{ConnectionTrait, DbBackend};
use tokio::time::Instant;

use super::filter::{Condition, Filter, WORDS};

/// A scope with fewer responses is gone through by its offices: each of its rows is looked at.
const FEW: i64 = 4_000;
/// Words that fewer texts have are the way in a larger scope.
const RARE: i64 = 2_000;
/// A scope with at least so many is gone through from the newest response on: most of them are within it.
const VAST: i64 = 60_000;

const ROWS: &str = "responses_responses r";
/// The order of responses by which PostgreSQL does not go from the newest on: after a flood elsewhere it would go through
/// all of that before it comes to those of a near scope.
const NEAR_KEY: &str = "(r.id + 0)";
const BY_WORDS: &str = "responses_trigrams w CROSS JOIN responses_responses r ON r.id = w.rowid";

/// What is known of a response in the table of offices, and of one that has come since.
const SETTLED: &str = "x.is_negative, NOT x.is_looked AS waits";
const FRESH: &str = "(SELECT r.is_negative FROM responses_responses r WHERE r.id = x.id), \
    (SELECT r.looked_at IS NULL FROM responses_responses r WHERE r.id = x.id)";

/// The sizes of scopes by their bodies, and when they were counted.
type Sizes = BTreeMap<(Vec<Id>, Option<Id>), (i64, Instant)>;

/// Sizes that are known: a page asks for several parts of one scope. They only choose the way.
static SIZES: Mutex<Sizes> = Mutex::new(BTreeMap::new());
/// How many of them are kept.
const KNOWN: usize = 1_000;
/// A scope is counted again after this time; a vast one stays vast.
const OLD: Duration = Duration::from_secs(60);

/// A scope with fewer responses is searched for words on PostgreSQL by looking at each text of its own: by words it
/// would read all the texts of the country that have them, once for each office.
const NEAR: i64 = 30_000;

/// Whether such a search would read every text of a vast scope: no word of it is long enough for the trigrams, and
/// no day bounds it.
pub(super) async fn reads_every_text<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
) -> Result<bool, DbErr> {
    let words = words(filter);
    let is_unbounded = !words.is_empty() && filter.from.is_none() && trigrams(&words).is_none();
    Ok(is_unbounded && size(conn, scope, filter.under).await? >= VAST)
}

/// The folded words that count.
fn words(filter: &Filter) -> Vec<String> {
    filter.words.split_whitespace().take(WORDS).map(search_text).collect()
}

/// The responses of a filter within a scope.
pub(super) enum Source {
    /// From this table or join, whose rows are ordered by this identifier.
    Rows { from: &'static str, key: &'static str, condition: Condition },
    /// From an index of PostgreSQL by office.
    Near(Condition),
    /// By SQLite's tables of offices.
    Offices(Offices),
}

/// The way by SQLite's tables of offices.
pub(super) struct Offices {
    /// The place in those tables.
    place: Condition,
    /// What the responses are like, by what stands beside the office.
    traits: Condition,
    /// What their texts are like.
    texts: Condition,
    /// Both of the responses themselves: of those that have come since.
    rows: Condition,
}

impl Source {
    /// In a scope of few responses the way leads by its offices; else by the words, by what waits or is suspicious,
    /// or, where the scope is vast, from the newest on.
    pub async fn of<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: &Filter) -> Result<Self, DbErr> {
        let is_sqlite = conn.get_database_backend() == DbBackend::Sqlite;
        let words = words(filter);
        let size = size(conn, scope, filter.under).await?;
        if !is_sqlite {
            return Ok(Self::on_postgres(scope, filter, size));
        }
        let asked = trigrams(&words);
        let is_near = match &asked {
            // Where the words are rare, few texts are looked at on their way; else those of the scope are.
            Some(asked) => size < FEW || (size < VAST && !are_rare(conn, asked).await?),
            None => size < VAST,
        };
        if is_near {
            return Ok(Self::Offices(Offices::of(scope, filter)));
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

    /// The same on PostgreSQL, in a scope of so many responses.
    fn on_postgres(scope: &Scope, filter: &Filter, size: i64) -> Self {
        if size >= VAST {
            // The plus: the index by office is not a way, its newest responses are.
            let mut condition = filter.place(scope, "(r.body_id + 0)", "r.id");
            condition.and_all(filter.rows());
            return Self::Rows { from: ROWS, key: "r.id", condition };
        }
        let mut condition = Condition::default();
        let texts = filter.texts("search_text");
        if !texts.is_empty() && size < NEAR {
            let mut place = filter.place(scope, "x.body_id", "x.id");
            place.and_all(filter.traits("x", "looked_at IS NULL"));
            place.and("x.has_text", []);
            let ((place, values), (texts, words)) = (place.into_parts(), texts.into_parts());
            // Its texts are taken first, by office, and looked at as they are: the index of words is not a way.
            let near = format!("SELECT x.id, x.search_text FROM responses_responses x WHERE {place}");
            let near = format!("WITH near AS MATERIALIZED ({near}) SELECT id FROM near WHERE {texts}");
            condition.and(&format!("r.id IN ({near})"), values.into_iter().chain(words));
        } else {
            condition.and_all(filter.place(scope, "r.body_id", "r.id"));
            condition.and_all(filter.rows());
        }
        Self::Near(condition)
    }

    /// The responses of one office of a scope with identifiers in a range.
    pub fn of_office(
        backend: DbBackend,
        scope: &Scope,
        body: Id,
        range: std::ops::Range<Id>,
        filter: &Filter,
    ) -> Self {
        let is_sqlite = backend == DbBackend::Sqlite;
        let (column, key) = if is_sqlite { ("x.body_id", "x.id") } else { ("r.body_id", "r.id") };
        let mut place = Condition::default();
        let values = [body.into(), range.start.into(), range.end.into()];
        place.and(&format!("{column} = ? AND {key} >= ? AND {key} < ?"), values);
        // The plus: not the scope, but the one office is the way.
        place.and(&scope.sql(&format!("+{column}")), []);
        if is_sqlite {
            return Self::Offices(Offices { place, ..Offices::of(scope, filter) });
        }
        place.and_all(filter.rows());
        Self::Rows { from: ROWS, key, condition: place }
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
            Self::Near(mut condition) => {
                if let Some(below) = below {
                    condition.and("r.id < ?", [below.into()]);
                }
                let (condition, values) = condition.into_parts();
                // Which they are is known from the index alone; then those are looked at.
                let ids = format!("SELECT r.id FROM {ROWS} WHERE {condition} ORDER BY {NEAR_KEY} {tail}");
                let ids = format!("WITH newest AS MATERIALIZED ({ids}) SELECT id FROM newest");
                (format!("{head} {ROWS} WHERE r.id IN ({ids}) ORDER BY r.id DESC"), values)
            }
            Self::Offices(mut offices) => {
                if let Some(below) = below {
                    offices.place.and("x.id < ?", [below.into()]);
                }
                // Each table gives as many as could be needed: SQLite leaves an office where older ones begin.
                let end = format!(" ORDER BY x.id DESC LIMIT {}", limit.saturating_add(offset));
                let (ids, values) = offices.found("x.id", "x.id", &end);
                (format!("{head} {ROWS} WHERE r.id IN ({ids}) ORDER BY r.id {tail}"), values)
            }
        }
    }

    /// A statement that gives the newest of them, so many at most: identifier, whether it is negative, whether it waits.
    pub fn marks(self, limit: i64) -> (String, Vec<Value>) {
        let rows = |from: &str, key: &str, order: &str, condition: Condition| {
            let (condition, values) = condition.into_parts();
            let columns = format!("{key} AS id, r.is_negative, r.looked_at IS NULL AS waits");
            let order = format!("ORDER BY {order} DESC LIMIT {limit}");
            (format!("SELECT {columns} FROM {from} WHERE {condition} {order}"), values)
        };
        match self {
            Self::Rows { from, key, condition } => rows(from, key, key, condition),
            Self::Near(condition) => rows(ROWS, "r.id", NEAR_KEY, condition),
            Self::Offices(offices) => {
                let end = format!(" ORDER BY x.id DESC LIMIT {limit}");
                let (found, values) =
                    offices.found(&format!("x.id AS id, {SETTLED}"), &format!("x.id, {FRESH}"), &end);
                (format!("SELECT * FROM ({found}) ORDER BY id DESC LIMIT {limit}"), values)
            }
        }
    }

    /// A statement that counts them, no further than the limit if there is one.
    pub fn count(self, limit: Option<i64>) -> (String, Vec<Value>) {
        let end = limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
        let rows = |from: &str, condition: Condition| {
            let (condition, values) = condition.into_parts();
            (format!("SELECT 1 AS one FROM {from} WHERE {condition}{end}"), values)
        };
        let (found, values) = match self {
            Self::Rows { from, condition, .. } => rows(from, condition),
            Self::Near(condition) => rows(ROWS, condition),
            Self::Offices(offices) => {
                let (found, values) = offices.found("1 AS one", "1", &end);
                (format!("SELECT * FROM ({found}){end}"), values)
            }
        };
        (format!("SELECT COUNT(*) AS n FROM ({found}) AS found"), values)
    }
}

impl Offices {
    fn of(scope: &Scope, filter: &Filter) -> Self {
        let mut traits = filter.traits("x", "is_looked = 0");
        let texts = filter.texts("r.search_text");
        if !texts.is_empty() {
            traits.and("x.has_text", []);
        }
        Self { place: filter.place(scope, "x.body_id", "x.id"), traits, texts, rows: filter.rows() }
    }

    /// Columns of what is found in the table of offices, and the same of what has come since, each with such an end.
    fn found(self, settled: &str, fresh: &str, end: &str) -> (String, Vec<Value>) {
        let Self { place, traits, texts, rows } = self;
        let of_response = |condition: Condition| {
            let mut whole = Condition::default();
            if !condition.is_empty() {
                let (text, values) = condition.into_parts();
                whole.and(&format!("(SELECT {text} FROM {ROWS} WHERE r.id = x.id)"), values);
            }
            whole
        };
        let mut values = Vec::new();
        let mut part = |columns: &str, table: &str, more: [Condition; 2]| {
            let mut condition = place.clone();
            more.into_iter().for_each(|more| condition.and_all(more));
            let (condition, given) = condition.into_parts();
            values.extend(given);
            format!("SELECT * FROM (SELECT {columns} FROM {table} x WHERE {condition}{end})")
        };
        let settled = part(settled, "responses_by_office", [traits, of_response(texts)]);
        let fresh = part(fresh, "responses_fresh", [of_response(rows), Condition::default()]);
        (format!("{settled} UNION ALL {fresh}"), values)
    }
}

/// How many responses a scope has, or had within the last minute, counted no further than [`VAST`].
async fn size<C: ConnectionTrait>(conn: &C, scope: &Scope, under: Option<Id>) -> Result<i64, DbErr> {
    let known = || SIZES.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (scope.tops().to_vec(), under);
    let last = known().get(&key).copied();
    if let Some((size, _)) = last.filter(|(size, counted)| *size >= VAST || counted.elapsed() < OLD) {
        return Ok(size);
    }
    let within = Filter { under, ..Filter::default() };
    let (found, values) = match conn.get_database_backend() {
        DbBackend::Sqlite => Offices::of(scope, &within).found("1 AS one", "1", ""),
        _ => {
            let (place, values) = within.place(scope, "r.body_id", "r.id").into_parts();
            (format!("SELECT 1 AS one FROM {ROWS} WHERE {place}"), values)
        }
    };
    let text =
        format!("SELECT COUNT(*) AS n FROM (SELECT * FROM ({found}) AS found LIMIT {VAST}) AS counted");
    let row = conn.query_one_raw(sql(conn, &text, values)).await?;
    let size = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    let mut known = known();
    if known.len() >= KNOWN {
        known.clear();
    }
    known.insert(key, (size, Instant::now()));
    Ok(size)
}

/// Whether fewer than [`RARE`] texts have all of these trigrams; on SQLite.
async fn are_rare<C: ConnectionTrait>(conn: &C, asked: &str) -> Result<bool, DbErr> {
    let text = format!(
        "SELECT COUNT(*) AS n FROM \
         (SELECT 1 AS one FROM responses_trigrams WHERE responses_trigrams MATCH ? LIMIT {RARE})"
    );
    let row = conn.query_one_raw(sql(conn, &text, [asked.into()])).await?;
    let n: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(n < RARE)
}
