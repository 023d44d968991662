//! Files from files: what compaction and clean rewriting are made of. Each ends in an ordinary commit.

use std::pin::pin;
use std::slice;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::SchemaRef;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use tokio::sync::mpsc;

use crate::lake::Lake;
use crate::log::entry::DataFile;
use crate::session::{Engine, Look, Session};
use crate::snapshot::Snapshot;
use crate::table::Table;
use crate::write::{TableWriter, Written};
use crate::{Error, Result};

/// Batches under way between a query and the writer of its rows.
const UNDER_WAY: usize = 4;

/// What became of a file whose rows were looked over.
#[derive(Debug)]
pub enum Sifted {
    /// Every row stays: the file is as good as it is.
    Whole,
    /// No row stays.
    Nothing,
    /// The rows that stay, in a new file with the tags of the old one.
    Rest(Written),
}

impl Session {
    /// Writes the rows of an answer as a file of a table, as they come: its columns by name, in its types. No rows,
    /// no file. Order them by the table's sort columns.
    ///
    /// # Errors
    /// The query fails, a column is missing, or the disk refuses.
    pub async fn write(&self, lake: &Lake, table: &Table, query: &str) -> Result<Option<Written>> {
        write(lake, table, self.stream(query).await?.map_err(Error::from)).await
    }
}

impl Engine {
    /// Looks over a file for rows that don't stay, by some of its columns, and writes it anew without them when there
    /// are any. Nothing is sorted: rows keep their order. Memory doesn't grow with the file.
    ///
    /// # Errors
    /// The file can't be read or the new one not written, or `stays` fails.
    pub async fn sift(
        &self,
        lake: &Lake,
        snapshot: &Snapshot,
        (table, file): (&Table, &DataFile),
        by: &[&str],
        stays: impl Fn(&RecordBatch) -> Result<BooleanArray>,
    ) -> Result<Sifted> {
        let session = self.session_of(snapshot, &[(table, slice::from_ref(&file.path))], Look::InOrder)?;
        let mut rows = session.stream(&format!("select {} from {}", by.join(", "), table.name())).await?;
        let mut stay = 0;
        while let Some(batch) = rows.try_next().await? {
            stay += stays(&batch)?.true_count() as u64;
        }
        if stay == file.rows || stay == 0 {
            return Ok(if stay == 0 { Sifted::Nothing } else { Sifted::Whole });
        }
        let rows = session.stream(&format!("select * from {}", table.name())).await?;
        let rest = rows.map(|batch| {
            let batch = batch?;
            Ok(filter_record_batch(&batch, &stays(&batch)?)?)
        });
        let tagged =
            |written| file.tags.iter().fold(written, |all: Written, (key, value)| all.tag(key, value));
        Ok(write(lake, table, rest).await?.map_or(Sifted::Nothing, |written| Sifted::Rest(tagged(written))))
    }
}

/// Writes rows as a file of a table, as they come; no rows, no file.
async fn write(
    lake: &Lake,
    table: &Table,
    rows: impl Stream<Item = Result<RecordBatch>>,
) -> Result<Option<Written>> {
    let mut rows = pin!(rows);
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
        Some(error) => Err(error),
        None => written,
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
