//! Writing one Parquet file: aside first, on the disk when finished, part of the lake once committed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, WriteMultipart};
use parquet::arrow::ArrowWriter;
use twox_hash::XxHash3_128;

use crate::lake::Lake;
use crate::log::entry::DataFile;
use crate::store::{folder, steady};
use crate::table::Table;
use crate::{Error, Result};

/// Larger files are sent to a store in parts of this size.
const PART: usize = 8 << 20;

/// The sum of some bytes: XXH3, 128 bits, in hexadecimal.
pub fn sum_of(bytes: &[u8]) -> String {
    format!("{:032x}", XxHash3_128::oneshot(bytes))
}

/// A writer of one file of a table. It keeps one group of rows in memory, packed; it belongs to a thread of
/// its own when several tables are written at once.
pub struct TableWriter {
    parquet: ArrowWriter<Summed>,
    schema: SchemaRef,
    table: String,
    name: String,
    spool: Spooled,
    rows: u64,
}

/// A file that is complete and safe on this machine's disk but not stored yet; dropped, it is gone.
#[derive(Debug)]
pub struct Written {
    file: DataFile,
    spool: Spooled,
}

/// A file aside; removed when nobody wants it any more.
#[derive(Debug)]
struct Spooled(PathBuf);

impl Drop for Spooled {
    fn drop(&mut self) {
        // A file that was moved into the lake is not here any more; what can't be removed is swept later.
        let _ = fs::remove_file(&self.0);
    }
}

/// Counts and sums what passes through.
struct Summed {
    file: File,
    sum: XxHash3_128,
    bytes: u64,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.write(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TableWriter {
    /// Begins a file.
    ///
    /// # Errors
    /// The table names columns that it doesn't have, or the disk refuses.
    pub fn new(lake: &Lake, table: &Table) -> Result<Self> {
        let unique = lake.unique();
        let name = format!("{:020}-{}", lake.now(), &unique[..16]);
        let path = lake.place().spool.join(format!("{}-{name}.part", table.name()));
        let file = File::create_new(&path)?;
        let spool = Spooled(path);
        let summed = Summed { file, sum: XxHash3_128::new(), bytes: 0 };
        let schema = table.schema().clone();
        let parquet = ArrowWriter::try_new(summed, schema.clone(), Some(table.properties()?))?;
        Ok(Self { parquet, schema, table: table.name().to_owned(), name, spool, rows: 0 })
    }

    /// Writes rows, which must come in the table's order. Texts may be numbers into a list of them (a dictionary).
    ///
    /// # Errors
    /// The columns are not the table's, or the disk refuses.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        if rows.schema_ref() != &self.schema && !has_same_columns(rows.schema_ref(), &self.schema) {
            return Err(Error::Invalid(format!("these are not the columns of {}", self.table)));
        }
        self.parquet.write(rows)?;
        self.rows += rows.num_rows() as u64;
        Ok(())
    }

    /// Rows written so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of memory it holds.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.parquet.memory_size()
    }

    /// Ends the file and makes it safe on this machine's disk; [`Lake::keep`] stores it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn finish(mut self) -> Result<Written> {
        self.parquet.finish()?;
        self.parquet.sync()?;
        let summed = self.parquet.inner();
        summed.file.sync_all()?;
        let file = DataFile {
            path: format!("{}/{}.parquet", self.table, self.name),
            table: self.table,
            rows: self.rows,
            bytes: summed.bytes,
            sum: format!("{:032x}", summed.sum.finish_128()),
            tags: BTreeMap::new(),
        };
        Ok(Written { file, spool: self.spool })
    }
}

/// Whether columns have the names and types of a table's.
fn has_same_columns(own: &Schema, table: &Schema) -> bool {
    let is_same = |(own, of): (&FieldRef, &FieldRef)| {
        let own_type = match own.data_type() {
            DataType::Dictionary(_, values) if **values == DataType::LargeUtf8 => &DataType::Utf8,
            DataType::Dictionary(_, values) => values,
            plain => plain,
        };
        own.name() == of.name() && own_type == of.data_type()
    };
    own.fields().len() == table.fields().len() && own.fields().iter().zip(table.fields()).all(is_same)
}

impl Written {
    /// With a tag to find it by.
    #[must_use]
    pub fn tag(mut self, key: &str, value: impl Into<String>) -> Self {
        self.file.tags.insert(key.to_owned(), value.into());
        self
    }

    /// What will stand in the log.
    #[must_use]
    pub fn file(&self) -> &DataFile {
        &self.file
    }
}

impl Lake {
    /// Stores a written file, for a commit to add. Until then it is in no snapshot, and cleaning takes it away
    /// when its time is over.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn keep(&self, written: Written) -> Result<DataFile> {
        let Written { file, spool } = written;
        if let Some(root) = &self.place().folder {
            let to = root.join(&file.path);
            tokio::task::spawn_blocking(move || folder::move_into(&spool.0, &to)).await??;
            return Ok(file);
        }
        let path = Path::from(file.path.as_str());
        if file.bytes <= PART as u64 {
            let bytes = tokio::fs::read(&spool.0).await?;
            self.store().put(&path, bytes.into()).await?;
        } else {
            steady::again(|| self.send(&path, &spool)).await?;
        }
        Ok(file)
    }

    /// Sends a file in parts; from its beginning when one fails.
    async fn send(&self, path: &Path, spool: &Spooled) -> object_store::Result<()> {
        let failed = |error: io::Error| object_store::Error::NotSupported { source: error.into() };
        let mut file = tokio::fs::File::open(&spool.0).await.map_err(failed)?;
        let mut upload = WriteMultipart::new_with_chunk_size(self.store().put_multipart(path).await?, PART);
        loop {
            let part = read_part(&mut file).await.map_err(failed)?;
            if part.is_empty() {
                return upload.finish().await.map(drop);
            }
            if let Err(error) = upload.wait_for_capacity(2).await {
                let _ = upload.abort().await;
                return Err(error);
            }
            upload.put(part);
        }
    }
}

async fn read_part(file: &mut tokio::fs::File) -> io::Result<Bytes> {
    use tokio::io::AsyncReadExt as _;
    let mut part = Vec::with_capacity(PART);
    file.take(PART as u64).read_to_end(&mut part).await?;
    Ok(part.into())
}
