//! `/admin/responses/export.xlsx` and `.csv`: the list with its filters as a table to take along.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use otklik_access::Scope;
use otklik_db::DbErr;
use otklik_journal::{Actor, NewEntry, append};
use otklik_kernel::{Id, Zone};
use otklik_sheet::{Format, Rows, stream};
use otklik_web::{Fail, Trace, Who};
use serde_json::{Value, json};

use super::{Pages, list};
use crate::export::{Exporter, Part};
use crate::store::Filter;
use crate::texts::L;

/// The list as XLSX.
pub async fn xlsx(pages: State<Pages>, who: Who, trace: Trace, query: RawQuery) -> Result<Response, Fail> {
    export(pages.0, who, trace, query.0, Format::Xlsx).await
}

/// The list as CSV.
pub async fn csv(pages: State<Pages>, who: Who, trace: Trace, query: RawQuery) -> Result<Response, Fail> {
    export(pages.0, who, trace, query.0, Format::Csv).await
}

/// Texts of people leave the system: who asks for which is in the journal before the first row leaves, and
/// how many rows were sent when the download has ended.
async fn export(
    pages: Pages,
    who: Who,
    trace: Trace,
    query: Option<String>,
    format: Format,
) -> Result<Response, Fail> {
    let l = L(who.viewer.lang);
    let query = query.unwrap_or_default();
    let asked = list::ask(&pages, &who, &query).await?.asked;
    // A condition that is left aside would send more than was asked for: the list says what is wrong.
    if !asked.errors.is_empty() {
        return Ok(Redirect::to(&format!("/admin/responses?{query}")).into_response());
    }
    let first = Part::read(pages.ctx.db.read(), &who.scope, &asked.filter, Id::MAX).await?;
    let address = asked.address();
    let filter = asked.filter;
    let job = Job { pages, who, trace, filter };
    let entry = json!({ "format": format.ending(), "filter": address });
    job.journal("responses.export", entry).await?;

    let questionnaire = &job.pages.questionnaires.newest().questionnaire;
    let exporter = Exporter::new(questionnaire, l);
    let name = l.export_file(job.pages.ctx.now().day_in(&Zone::utc()).to_string());
    let begun = stream(format, &exporter.table(questionnaire), &name);
    let (out, response) = begun.map_err(|error| Fail::Internal(format!("export of responses: {error}")))?;
    // Ends by itself when the reader goes away.
    tokio::spawn(job.run(exporter, first, out));
    Ok(response)
}

/// A download on its way.
struct Job {
    pages: Pages,
    who: Who,
    trace: Trace,
    filter: Filter,
}

impl Job {
    async fn run(self, exporter: Exporter, first: Part, out: Rows) {
        let mut count = 0;
        let outcome = self.write(&exporter, first, out, &mut count).await;
        if let Err(error) = &outcome {
            tracing::warn!(%error, "an export of responses was broken off");
        }
        let entry = json!({ "count": count, "whole": matches!(outcome, Ok(true)) });
        if let Err(error) = self.journal("responses.exported", entry).await {
            tracing::error!(%error, count, "the end of an export of responses can't be journaled");
        }
    }

    /// Sends all rows; false when the reader has gone.
    async fn write(
        &self,
        exporter: &Exporter,
        first: Part,
        mut out: Rows,
        count: &mut u64,
    ) -> Result<bool, DbErr> {
        let mut part = first;
        loop {
            let offices = self.pages.offices(part.bodies()).await?;
            if exporter.add(&part, &offices, &mut out).await.is_err() {
                return Ok(false);
            }
            *count += part.len();
            let Some(below) = part.next else { return Ok(out.finish().await.is_ok()) };
            part = Part::read(self.pages.ctx.db.read(), self.scope(), &self.filter, below).await?;
        }
    }

    const fn scope(&self) -> &Scope {
        &self.who.scope
    }

    async fn journal(&self, action: &'static str, after: Value) -> Result<(), DbErr> {
        let only = match self.scope().tops() {
            [only] => Some(*only),
            _ => None,
        };
        let entry = NewEntry {
            actor: Actor::Person { id: self.who.caller.person(), login: self.who.caller.login() },
            action,
            subject: None,
            body: self.filter.under.or(only),
            trace: &self.trace.0,
            before: None,
            after: Some(after),
        };
        let ctx = &self.pages.ctx;
        let tx = ctx.db.begin().await?;
        append(&tx, entry, ctx.now(), &ctx.ids, &*ctx.random).await?;
        tx.commit().await
    }
}
