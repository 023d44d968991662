//! Files from files: what compaction and clean rewriting are made of. Each ends in an ordinary commit.

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::SchemaRef;
use futures_util::TryStreamExt as _;
use tokio::sync::mpsc;

use crate::Result;
use crate::lake::Lake;
use crate::session::{Engine, Look, Session};
use crate::snapshot::Snapshot;
use crate::table::Table;
use crate::write::{TableWriter, Written};

/// Batches under way between a query and the writer of its rows.
const UNDER_WAY: usize = 4;

/// What becomes of some files of a table.
#[derive(Clone, Debug)]
pub struct Rewrite<'a> {
    /// The table.
    pub table: &'a Table,
    /// Paths of the files to be read.
    pub files: Vec<String>,
    /// Which rows stay, as a condition in SQL; all of them without.
    pub only: Option<String>,
}

impl Session {
    /// Writes the rows of an answer as a file of a table, as they come: its columns by name, in its types. No rows,
    /// no file. Order them by the table's sort columns.
    ///
    /// # Errors
    /// The query fails, a column is missing, or the disk refuses.
    pub async fn write(&self, lake: &Lake, table: &Table, query: &str) -> Result<Option<Written>> {
        let mut rows = self.stream(query).await?;
        let (send, mut receive) = mpsc::channel::<RecordBatch>(UNDER_WAY);
        let mut writer = TableWriter::new(lake, table)?;
        let schema = table.schema().clone();
        // Packing takes a thread of its own beside those of the query.
        let written = tokio::task::spawn_blocking(move || {
            while let Some(batch) = receive.blocking_recv() {
                writer.write(&fit(&batch, &schema)?)?;
            }
            if writer.rows() == 0 { Ok(None) } else { writer.finish().map(Some) }
        });
        let mut failed = None;
        loop {
            match rows.try_next().await {
                Ok(Some(batch)) => {
                    if send.send(batch).await.is_err() {
                        // Nobody receives any more: the writer failed and says why.
                        break;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        drop(send);
        let written = written.await?;
        match failed {
            Some(error) => Err(error.into()),
            None => written,
        }
    }
}

impl Engine {
    /// One sorted file of the rows of several; `None` when no row stays.
    ///
    /// # Errors
    /// A file can't be read or the new one not written.
    pub async fn rewrite(
        &self,
        lake: &Lake,
        snapshot: &Snapshot,
        rewrite: &Rewrite<'_>,
    ) -> Result<Option<Written>> {
        let session = self.session_of(snapshot, &[(rewrite.table, &rewrite.files)], Look::Rewrite)?;
        let quoted = |column: &String| format!("\"{column}\"");
        let mut query = format!("select * from {}", rewrite.table.name());
        if let Some(only) = &rewrite.only {
            query.push_str(" where ");
            query.push_str(only);
        }
        if !rewrite.table.sort().is_empty() {
            query.push_str(" order by ");
            query.push_str(&rewrite.table.sort().iter().map(quoted).collect::<Vec<_>>().join(", "));
        }
        session.write(lake, rewrite.table, &query).await
    }
}

/// A batch in the columns and types of a table.
fn fit(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema.fields().iter().map(|field| {
        let column = batch.column(batch.schema_ref().index_of(field.name())?);
        cast(column, field.data_type())
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}
