//! Questions to a snapshot in SQL.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SessionContext;

use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{DataFrame, SessionConfig};
use url::Url;

use crate::lake::Lake;
use crate::memory::Bounded;
use crate::snapshot::Snapshot;
use crate::store::known::Known;
use crate::table::Table;
use crate::{Error, Result};

/// The address of the lake within queries.
const ADDRESS: &str = "lake://lake/";

/// What kind of question a session is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Much of a table is read: sums, percentiles.
    #[default]
    Whole,
    /// Few rows are picked out of many, as for one application: only they are unpacked.
    Few,
    /// All rows are sorted and written anew. They pass in small batches: merging what was sorted on the disk holds
    /// some of each part, and rows of a hundred columns are large. Texts are copied out of the pages: a sorted batch
    /// of views would hold the pages of all its rows, and count as so much memory. Joins keep the table that stands
    /// first in memory.
    Rewrite,
    /// Rows of one file come in their order.
    InOrder,
}

/// Rows of a batch that is sorted to be written anew.
const REWRITTEN: usize = 1_024;

/// What sessions of a lake share: memory, what is known of files, threads.
#[derive(Clone)]
pub struct Engine {
    runtime: Arc<RuntimeEnv>,
    known: Arc<Known>,
    memory: usize,
    partitions: usize,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("partitions", &self.partitions).finish_non_exhaustive()
    }
}

/// The tables of one snapshot.
#[derive(Clone)]
pub struct Session {
    context: SessionContext,
    snapshot: Snapshot,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("snapshot", &self.snapshot.number()).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine whose queries together take `memory` bytes at most, then use the disk, on `partitions`
    /// threads each.
    ///
    /// # Errors
    /// The folder for what doesn't fit into memory can't be made.
    pub fn new(lake: &Lake, memory: usize, partitions: usize) -> Result<Self> {
        let spill: PathBuf = lake.place().spool.join("queries");
        std::fs::create_dir_all(&spill)?;
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(Bounded::new(memory)))
            .with_temp_file_path(spill)
            .build_arc()?;
        let known = Arc::new(Known::new(Arc::clone(lake.store())));
        let address = Url::parse(ADDRESS).map_err(|error| Error::Invalid(error.to_string()))?;
        runtime.register_object_store(&address, Arc::clone(&known) as _);
        Ok(Self { runtime, known, memory, partitions: partitions.max(1) })
    }

    /// A session over tables of a snapshot; a table without files is empty.
    ///
    /// # Errors
    /// A table can't be registered.
    pub fn session(&self, snapshot: &Snapshot, tables: &[Table], look: Look) -> Result<Session> {
        let context = self.context(snapshot, look);
        for table in tables {
            let files = snapshot.files(table.name()).map(|file| file.path.as_str());
            register(&context, table, files, look)?;
        }
        Ok(Session { context, snapshot: snapshot.clone() })
    }

    /// A session over some files of tables only.
    ///
    /// # Errors
    /// A file is not in the snapshot, or a table can't be registered.
    pub fn session_of(
        &self,
        snapshot: &Snapshot,
        tables: &[(&Table, &[String])],
        look: Look,
    ) -> Result<Session> {
        let context = self.context(snapshot, look);
        for (table, files) in tables {
            if let Some(path) = files.iter().find(|path| snapshot.file(path).is_none()) {
                return Err(Error::Invalid(format!("{path} is not in snapshot {}", snapshot.number())));
            }
            register(&context, table, files.iter().map(String::as_str), look)?;
        }
        Ok(Session { context, snapshot: snapshot.clone() })
    }

    fn context(&self, snapshot: &Snapshot, look: Look) -> SessionContext {
        self.known.learn(snapshot);
        let partitions = if look == Look::InOrder { 1 } else { self.partitions };
        let mut config = SessionConfig::new().with_target_partitions(partitions);
        if look == Look::Rewrite {
            config = config.with_batch_size(REWRITTEN);
        }
        let options = config.options_mut();
        options.execution.parquet.schema_force_view_types = is_viewed(look);
        // Which side of a join is kept in memory is as the query says: a guess from statistics could take the table.
        options.optimizer.join_reordering = look != Look::Rewrite;
        options.execution.parquet.pushdown_filters = look == Look::Few;
        options.execution.parquet.reorder_filters = look == Look::Few;
        // What a sort keeps back for merging: the usual 10 MiB, less where memory is small.
        let share = self.memory / (16 * self.partitions);
        options.execution.sort_spill_reservation_bytes = share.min(10 << 20);
        // Files of a small lake are split among the threads too.
        options.optimizer.repartition_file_min_size = 1 << 20;
        SessionContext::new_with_config_rt(config, Arc::clone(&self.runtime))
    }
}

fn register<'a>(
    context: &SessionContext,
    table: &Table,
    files: impl Iterator<Item = &'a str>,
    look: Look,
) -> Result<()> {
    let schema = if is_viewed(look) { viewed(table.schema()) } else { table.schema().clone() };
    let urls = files.map(|path| ListingTableUrl::parse(format!("{ADDRESS}{path}")));
    let urls = urls.collect::<Result<Vec<_>, DataFusionError>>()?;
    if urls.is_empty() {
        context.register_table(table.name(), Arc::new(EmptyTable::new(schema)))?;
        return Ok(());
    }
    let options = context.state().default_table_options().parquet.clone();
    let options = ListingOptions::new(Arc::new(ParquetFormat::default().with_options(options)));
    let config =
        ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(schema);
    let cache = context.runtime_env().cache_manager.get_file_statistic_cache();
    context.register_table(table.name(), Arc::new(ListingTable::try_new(config)?.with_cache(cache)))?;
    Ok(())
}

/// Whether texts are read as views: not where rows go into a new file.
fn is_viewed(look: Look) -> bool {
    matches!(look, Look::Whole | Look::Few)
}

/// Texts as views of the pages they stand in: grouped and compared without being copied.
fn viewed(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => Arc::new(Field::clone(field).with_data_type(DataType::Utf8View)),
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

impl Session {
    /// The snapshot that is looked at.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// DataFusion's own context, for what is not offered here.
    #[must_use]
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Gives a query a name, which another had perhaps.
    ///
    /// # Errors
    /// It can't be planned.
    pub async fn view(&self, name: &str, query: &str) -> Result<()> {
        let view = self.planned(query).await?.into_view();
        self.name(name, view)
    }

    /// Plans a query on a stack of its own: it takes much, and whoever asks may stand deep in theirs.
    async fn planned(&self, query: &str) -> Result<DataFrame> {
        let (context, query) = (self.context.clone(), query.to_owned());
        let planned = tokio::spawn(async move { context.sql(&query).await }).await;
        Ok(planned.map_err(std::io::Error::other)??)
    }

    fn name(&self, name: &str, table: Arc<dyn TableProvider>) -> Result<()> {
        self.context.deregister_table(name)?;
        self.context.register_table(name, table)?;
        Ok(())
    }

    /// Gives the rows of a query a name, which another had perhaps, and keeps them in memory.
    ///
    /// # Errors
    /// It can't be planned or fails.
    pub async fn hold(&self, name: &str, query: &str) -> Result<()> {
        let rows = self.planned(query).await?.cache().await?.into_view();
        self.name(name, rows)
    }

    /// The rows of an answer, all in memory; an empty batch of its columns when there are none.
    ///
    /// # Errors
    /// It can't be planned or fails.
    pub async fn rows(&self, query: &str) -> Result<Vec<RecordBatch>> {
        let answer = self.planned(query).await?;
        let columns = Arc::clone(answer.schema().inner());
        let mut batches = answer.collect().await?;
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(columns));
        }
        Ok(batches)
    }

    /// The rows of an answer, as they come.
    ///
    /// # Errors
    /// It can't be planned.
    pub async fn stream(&self, query: &str) -> Result<SendableRecordBatchStream> {
        Ok(self.planned(query).await?.execute_stream().await?)
    }
}
