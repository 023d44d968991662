//! How a table is laid out in its files.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::{Error, Result};

/// How the values of a column are packed before compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// By a dictionary while it stays small: the default, right for whatever repeats.
    Dictionary,
    /// As they are: for what never repeats.
    Plain,
    /// As differences to the one before: for numbers that grow, like moments.
    Delta,
    /// As what differs from the text before: for sorted texts.
    Prefix,
}

/// A table: its name, columns, and how they lie in files.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    schema: SchemaRef,
    sort: Vec<String>,
    packing: BTreeMap<String, Packing>,
    blooms: Vec<String>,
    filters: Vec<String>,
    row_group: usize,
    page: usize,
    level: i32,
}

impl Table {
    /// A table of a name (lower-case letters, digits and `_`, also its folder's name) with columns.
    ///
    /// # Panics
    /// When the name is not of that form: names are written in code.
    #[must_use]
    pub fn new(name: &str, schema: Schema) -> Self {
        let fits =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        assert!(fits && !name.is_empty() && !name.starts_with('_'), "{name} is no name of a table");
        Self {
            name: name.to_owned(),
            schema: Arc::new(schema),
            sort: Vec::new(),
            packing: BTreeMap::new(),
            blooms: Vec::new(),
            filters: Vec::new(),
            row_group: 1 << 20,
            page: 20_000,
            level: 3,
        }
    }

    /// Says by which columns rows in every file are sorted, ascending. Whoever writes sorts them.
    #[must_use]
    pub fn sorted_by(mut self, columns: &[&str]) -> Self {
        self.sort = columns.iter().map(|&column| column.to_owned()).collect();
        self
    }

    /// Packs columns in another way than by a dictionary.
    #[must_use]
    pub fn packed(mut self, packing: Packing, columns: &[&str]) -> Self {
        self.packing.extend(columns.iter().map(|&column| (column.to_owned(), packing)));
        self
    }

    /// Keeps a Bloom filter for columns that single rows are looked up by.
    #[must_use]
    pub fn looked_up_by(mut self, columns: &[&str]) -> Self {
        self.blooms = columns.iter().map(|&column| column.to_owned()).collect();
        self
    }

    /// Keeps the least and the greatest value of each page for these columns alone, by which readers leave rows out;
    /// for all unless said.
    #[must_use]
    pub fn filtered_by(mut self, columns: &[&str]) -> Self {
        self.filters = columns.iter().map(|&column| column.to_owned()).collect();
        self
    }

    /// Rows of a group: what a writer holds in memory and a reader can pass over; 1,048,576 unless said.
    #[must_use]
    pub fn row_group(mut self, rows: usize) -> Self {
        self.row_group = rows;
        self
    }

    /// Level of zstd, 1 to 22; 3 unless said.
    #[must_use]
    pub fn level(mut self, level: i32) -> Self {
        self.level = level;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its columns.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The columns rows of a file are sorted by.
    #[must_use]
    pub fn sort(&self) -> &[String] {
        &self.sort
    }

    /// Settings of the Parquet writer.
    pub(crate) fn properties(&self) -> Result<WriterProperties> {
        let level = ZstdLevel::try_new(self.level)?;
        let mut builder = WriterProperties::builder()
            .set_created_by("otklik".to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(self.row_group))
            .set_data_page_row_count_limit(self.page)
            .set_statistics_enabled(if self.filters.is_empty() {
                EnabledStatistics::Page
            } else {
                EnabledStatistics::None
            })
            .set_sorting_columns(self.sorting()?);
        for column in &self.filters {
            self.index(column)?;
            let path = ColumnPath::from(column.as_str());
            builder = builder.set_column_statistics_enabled(path, EnabledStatistics::Page);
        }
        for (column, packing) in &self.packing {
            self.index(column)?;
            builder = pack(builder, column, *packing);
        }
        for column in &self.blooms {
            self.index(column)?;
            builder = builder.set_column_bloom_filter_enabled(ColumnPath::from(column.as_str()), true);
        }
        Ok(builder.build())
    }

    fn sorting(&self) -> Result<Option<Vec<SortingColumn>>> {
        if self.sort.is_empty() {
            return Ok(None);
        }
        let columns = self.sort.iter().map(|column| {
            let column_idx = i32::try_from(self.index(column)?).unwrap_or(i32::MAX);
            Ok(SortingColumn { column_idx, descending: false, nulls_first: true })
        });
        columns.collect::<Result<_>>().map(Some)
    }

    fn index(&self, column: &str) -> Result<usize> {
        let found = self.schema.index_of(column);
        found.map_err(|_| Error::Invalid(format!("{} has no column {column}", self.name)))
    }
}

fn pack(builder: WriterPropertiesBuilder, column: &str, packing: Packing) -> WriterPropertiesBuilder {
    let path = ColumnPath::from(column);
    let encoding = match packing {
        Packing::Dictionary => return builder.set_column_dictionary_enabled(path, true),
        Packing::Plain => Encoding::PLAIN,
        Packing::Delta => Encoding::DELTA_BINARY_PACKED,
        Packing::Prefix => Encoding::DELTA_BYTE_ARRAY,
    };
    builder.set_column_dictionary_enabled(path.clone(), false).set_column_encoding(path, encoding)
}
