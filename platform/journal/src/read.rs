//! Reading the journal within a scope.

use otklik_access::Scope;
use otklik_db::{DbErr, Value, sql};
use otklik_kernel::{Id, Instant};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value as Json;

use crate::seal::{COLUMNS, Link};

/// Rows on a page.
pub const PAGE_SIZE: u64 = 50;

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Not before this moment.
    pub from: Option<Instant>,
    /// Before this moment.
    pub to: Option<Instant>,
    /// Of this actor: a login or `system:reason`.
    pub actor: Option<String>,
    /// Of this action; with a dot at the end, of this group of actions: `bodies.`.
    pub action: Option<String>,
    /// Of this body and everything under it.
    pub body: Option<Id>,
    /// The page, from 1; a page past the end gives the last one.
    pub page: u64,
}

/// An entry as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its id.
    pub id: Id,
    /// When it was done.
    pub at: Instant,
    /// Who did it: the person's id.
    pub actor_id: Option<Id>,
    /// Who did it: a login or `system:reason`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// What it was done to: its kind, or nothing.
    pub subject_kind: String,
    /// What it was done to: its id.
    pub subject_id: Option<Id>,
    /// The body it belongs to.
    pub body: Option<Id>,
    /// The trace of the request.
    pub trace: String,
    /// Its number in the chain, once sealed.
    pub seq: Option<i64>,
    /// How it was before and is after; nothing once erased.
    pub change: Option<Change>,
}

/// How something was and is.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
pub struct Change {
    /// How it was before; null where there was nothing.
    pub before: Json,
    /// How it is afterwards; null where there is nothing.
    pub after: Json,
}

/// A page of the journal, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Entries on all pages.
    pub total: u64,
    /// This page, from 1.
    pub page: u64,
    /// Pages in all, at least 1.
    pub pages: u64,
}

/// A page of the entries of a scope, newest first.
///
/// An entry without a body (an account made, a setting changed) is shown to those whose scope reaches to
/// a root of the body tree.
///
/// # Errors
/// When the database is away.
pub async fn list<C: ConnectionTrait>(conn: &C, scope: &Scope, filter: &Filter) -> Result<Page, DbErr> {
    let (condition, values) = condition(conn, scope, filter).await?;
    let text = format!("SELECT COUNT(*) AS total FROM journal_entries e WHERE {condition}");
    let row = conn.query_one_raw(sql(conn, &text, values.clone())).await?;
    let total = row.map_or(Ok(0), |row| row.try_get::<i64>("", "total"))?.unsigned_abs();
    let pages = total.div_ceil(PAGE_SIZE).max(1);
    let page = filter.page.clamp(1, pages);
    let text = format!(
        "{} WHERE {condition} ORDER BY e.id DESC LIMIT {PAGE_SIZE} OFFSET {}",
        select(),
        (page - 1) * PAGE_SIZE
    );
    let rows = conn.query_all_raw(sql(conn, &text, values)).await?;
    Ok(Page { rows: rows.iter().map(read).collect::<Result<_, _>>()?, total, page, pages })
}

/// One entry of a scope.
///
/// # Errors
/// When the database is away.
pub async fn one<C: ConnectionTrait>(conn: &C, scope: &Scope, id: Id) -> Result<Option<Row>, DbErr> {
    let (condition, mut values) = condition(conn, scope, &Filter::default()).await?;
    values.push(id.into());
    let text = format!("{} WHERE {condition} AND e.id = ?", select());
    conn.query_one_raw(sql(conn, &text, values)).await?.as_ref().map(read).transpose()
}

fn select() -> String {
    let columns = COLUMNS.split(", ").map(|column| format!("e.{}", column.trim())).collect::<Vec<_>>();
    format!(
        "SELECT {}, p.payload FROM journal_entries e LEFT JOIN journal_payloads p ON p.entry_id = e.id",
        columns.join(", ")
    )
}

async fn condition<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
) -> Result<(String, Vec<Value>), DbErr> {
    let mut values: Vec<Value> = Vec::new();
    let mut text = if reaches_root(conn, scope).await? {
        format!("(e.body_id IS NULL OR {})", scope.sql("e.body_id"))
    } else {
        scope.sql("e.body_id")
    };
    let mut also = |part: &str, value: Value| {
        text.push_str(" AND ");
        text.push_str(part);
        values.push(value);
    };
    if let Some(from) = filter.from {
        also("e.at >= ?", from.0.into());
    }
    if let Some(to) = filter.to {
        also("e.at < ?", to.0.into());
    }
    if let Some(actor) = &filter.actor {
        also("e.actor = ?", actor.as_str().into());
    }
    match filter.action.as_deref() {
        Some(group) if group.ends_with('.') => {
            let escaped = group.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            also("e.action LIKE ? ESCAPE '\\'", format!("{escaped}%").into());
        }
        Some(action) => also("e.action = ?", action.into()),
        None => {}
    }
    if let Some(body) = filter.body {
        also("e.body_id IN (SELECT body FROM access_closure WHERE ancestor = ?)", body.into());
    }
    Ok((text, values))
}

/// Whether a scope holds a root of the body tree, or is the system's.
async fn reaches_root<C: ConnectionTrait>(conn: &C, scope: &Scope) -> Result<bool, DbErr> {
    if scope.tops().is_empty() {
        return Ok(!scope.is_empty());
    }
    let tops = scope.tops().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let text = format!(
        "SELECT 1 AS one FROM access_closure c WHERE c.depth = 0 AND c.body IN ({tops}) AND NOT EXISTS
        (SELECT 1 FROM access_closure above WHERE above.body = c.body AND above.depth > 0) LIMIT 1"
    );
    Ok(conn.query_one_raw(sql(conn, &text, [])).await?.is_some())
}

fn read(row: &QueryResult) -> Result<Row, DbErr> {
    let link = Link::read(row)?;
    let payload: Option<String> = row.try_get_by_index(12)?;
    Ok(Row {
        at: link.at(),
        id: link.id,
        actor_id: link.actor_id,
        actor: link.actor,
        action: link.action,
        subject_kind: link.subject_kind,
        subject_id: link.subject_id,
        body: link.body_id,
        trace: link.trace,
        seq: link.seq,
        change: payload.and_then(|payload| serde_json::from_str(&payload).ok()),
    })
}
