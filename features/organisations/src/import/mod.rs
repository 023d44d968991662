//! Import of bodies from a table (ORG-1): first what would change and every mistake, then the same text
//! for good. Bodies are found by their codes; nothing is ever removed.

mod apply;
mod plan;
mod read;

use otklik_access::Scope;
use otklik_db::{Db, DbErr};

use crate::act::Act;
use crate::store;
pub use read::decode;

/// The most rows of one file.
pub const ROWS: usize = 20_000;

/// What an import does, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Bodies that are added.
    pub added: Vec<Added>,
    /// Bodies that change.
    pub changed: Vec<Changed>,
    /// How many rows say what is stored already.
    pub unchanged: usize,
    /// Every mistake; with one of them nothing is changed.
    pub errors: Vec<RowError>,
    /// Whether it was done: not a dry run, and without mistakes.
    pub is_done: bool,
}

/// A body that is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Line of the file, from 1, the header counted.
    pub row: u64,
    /// Its code.
    pub code: String,
    /// Its short name.
    pub name: String,
    /// The code of the body above it, or empty.
    pub parent: String,
}

/// A body that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Line of the file, from 1, the header counted.
    pub row: u64,
    /// Its code.
    pub code: String,
    /// Its short name.
    pub name: String,
    /// Column, before, after.
    pub columns: Vec<(&'static str, String, String)>,
}

/// A mistake in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// Line of the file, from 1, the header counted.
    pub row: u64,
    /// The column, or empty when it is the whole row.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong and how to mend it, in Russian.
    pub message: String,
}

/// Imports bodies into the scope, or only says what would be done.
///
/// Within a person's scope, a body can't be made without one above it, and a row can't touch a body outside.
///
/// # Errors
/// When the database is away; mistakes of the file are in the report.
pub async fn run(db: &Db, scope: &Scope, act: &Act<'_>, text: &str, dry_run: bool) -> Result<Report, DbErr> {
    let rows = match read::rows(text) {
        Ok(rows) => rows,
        Err(errors) => return Ok(Report { errors, ..Report::default() }),
    };
    if dry_run {
        let known = known(db.read(), scope).await?;
        return Ok(plan::plan(rows, &known).report());
    }
    let tx = db.begin().await?;
    let known = known(&tx, scope).await?;
    let plan = plan::plan(rows, &known);
    let mut report = plan.report();
    if report.errors.is_empty() {
        apply::apply(&tx, act, &plan).await?;
        tx.commit().await?;
        report.is_done = true;
    }
    Ok(report)
}

async fn known<C: sea_orm::ConnectionTrait>(conn: &C, scope: &Scope) -> Result<plan::Known, DbErr> {
    let everywhere = Scope::system("a code must be free everywhere, and a parent may be above the scope");
    let within = store::all(conn, scope).await?.into_iter().map(|body| body.id).collect();
    let is_system = scope.tops().is_empty() && !scope.is_empty();
    Ok(plan::Known { bodies: store::all(conn, &everywhere).await?, within, may_make_roots: is_system })
}
