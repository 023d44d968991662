//! What a commit says.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The form of entries and checkpoints; a higher one is refused by programs that don't know it.
pub const FORMAT: u32 = 1;

/// One Parquet file of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// The table it belongs to.
    pub table: String,
    /// Its path within the lake: `<table>/<unique name>.parquet`.
    pub path: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// XXH3 (128 bits, hexadecimal) of its bytes: finds damage, not malice.
    pub sum: String,
    /// Whatever its maker wants to find it by: month, bucket, delivery.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// A change to be committed.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Files that are part of the lake from now on.
    pub adds: Vec<DataFile>,
    /// Paths of files that no longer are.
    pub removes: Vec<String>,
    /// Small values that every later snapshot keeps; `Null` removes one.
    pub properties: BTreeMap<String, Value>,
    /// What this commit is about: kept in its entry only.
    pub notes: BTreeMap<String, Value>,
    /// Paths whose bytes are gone for good: written by cleaning only.
    pub(crate) swept: Vec<String>,
}

impl Change {
    /// A change that changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a file more.
    #[must_use]
    pub fn with(mut self, file: DataFile) -> Self {
        self.adds.push(file);
        self
    }

    /// Without a file.
    #[must_use]
    pub fn without(mut self, path: impl Into<String>) -> Self {
        self.removes.push(path.into());
        self
    }

    /// With a note.
    #[must_use]
    pub fn note(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.notes.insert(key.to_owned(), value.into());
        self
    }

    /// With a property; `Null` removes it.
    #[must_use]
    pub fn property(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.properties.insert(key.to_owned(), value.into());
        self
    }
}

/// A commit as it stands in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// `FORMAT`.
    pub format: u32,
    /// Its number: the first commit is 1, each the last one's plus one.
    pub number: u64,
    /// Made for this commit alone: whoever finds it in the log knows that it was written.
    pub id: String,
    /// Microseconds since 1970 in UTC.
    pub at: i64,
    /// The sum of the entry before it; empty in the first.
    pub previous: String,
    /// Files that are part of the lake from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<DataFile>,
    /// Paths of files that no longer are.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub removes: BTreeSet<String>,
    /// Paths whose bytes are gone for good.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub swept: BTreeSet<String>,
    /// Values to keep, or `Null` to forget.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, Value>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, Value>,
}
