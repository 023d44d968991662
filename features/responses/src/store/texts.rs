//! The texts of a filter, for what they are about.

use otklik_access::Scope;
use otklik_db::{DbErr, sql};
use otklik_kernel::CivilDay;
use otklik_questionnaires::Marks;
use sea_orm::ConnectionTrait;

use super::filter::Filter;
use super::source::Source;

/// What somebody wrote, and how they marked.
#[derive(Clone, Debug)]
pub struct Text {
    /// The civil day of the office.
    pub day: CivilDay,
    /// The marks.
    pub marks: Marks,
    /// The text.
    pub comment: String,
}

/// The newest responses of the scope with a text, so many at most.
///
/// # Errors
/// When the database is away or a row is broken.
pub async fn texts<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Text>, DbErr> {
    let filter = Filter { with_text: true, ..filter.clone() };
    let source = Source::of(conn, scope, &filter).await?;
    let (text, values) = source.newest("r.day, r.marks, r.comment", None, limit, 0);
    let rows = conn.query_all_raw(sql(conn, &text, values)).await?;
    rows.iter()
        .map(|row| {
            let marks: String = row.try_get_by_index(1)?;
            let broken = || DbErr::Custom(format!("responses_responses.marks: {marks:?}"));
            Ok(Text {
                day: CivilDay(row.try_get_by_index(0)?),
                marks: Marks::parse(&marks).ok_or_else(broken)?,
                comment: row.try_get_by_index(2)?,
            })
        })
        .collect()
}
