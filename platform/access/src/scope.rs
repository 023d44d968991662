//! The sealed scope: the part of the body tree that a read may touch.

use otklik_db::{Value, sql};
use otklik_kernel::Id;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoColumnRef, Query};
use sea_orm::{ConnectionTrait, DbErr};

/// The bodies that a read may touch: those under the given ones, or all for a job of the system.
///
/// There is no public constructor for people's scopes: `Caller::scope` makes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope(Inner);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Inner {
    System,
    Under(Vec<Id>),
}

impl Scope {
    /// The scope of a job that works for everybody; the reason is for the reader of the code.
    #[must_use]
    pub const fn system(_reason: &'static str) -> Self {
        Self(Inner::System)
    }

    /// The scope that holds nothing: for routes that read no body's data.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self(Inner::Under(Vec::new()))
    }

    pub(crate) const fn under(bodies: Vec<Id>) -> Self {
        Self(Inner::Under(bodies))
    }

    /// Whether nothing is within it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Inner::Under(bodies) if bodies.is_empty())
    }

    /// The bodies at its top; empty for the system.
    #[must_use]
    pub fn tops(&self) -> &[Id] {
        match &self.0 {
            Inner::System => &[],
            Inner::Under(bodies) => bodies,
        }
    }

    /// The scope as a condition on a column that holds a body's id.
    #[must_use]
    pub fn filter(&self, column: impl IntoColumnRef) -> Condition {
        match &self.0 {
            Inner::System => Condition::all(),
            Inner::Under(tops) => {
                let mut within = Query::select();
                within
                    .column(Alias::new("body"))
                    .from(Alias::new("access_closure"))
                    .and_where(Expr::col(Alias::new("ancestor")).is_in(tops.iter().copied()));
                Condition::all().add(Expr::col(column).in_subquery(within.take()))
            }
        }
    }

    /// The scope as SQL on a column that holds a body's id, for statements written by hand.
    ///
    /// Identifiers are numbers of ours, so they stand in the text itself.
    #[must_use]
    pub fn sql(&self, column: &str) -> String {
        match &self.0 {
            Inner::System => "1 = 1".to_owned(),
            Inner::Under(tops) if tops.is_empty() => "1 = 0".to_owned(),
            Inner::Under(tops) => {
                let list = tops.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                format!("{column} IN (SELECT body FROM access_closure WHERE ancestor IN ({list}))")
            }
        }
    }

    /// Whether a body is within it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn contains<C: ConnectionTrait>(&self, conn: &C, body: Id) -> Result<bool, DbErr> {
        if let Inner::System = self.0 {
            return Ok(true);
        }
        let text =
            format!("SELECT 1 AS one FROM access_closure c WHERE c.body = ? AND {}", self.sql("c.body"));
        Ok(conn.query_one_raw(sql(conn, &text, [Value::from(body)])).await?.is_some())
    }
}
