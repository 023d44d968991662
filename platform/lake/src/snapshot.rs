//! The lake as it was after one commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::log::entry::{DataFile, Entry, FORMAT};
use crate::{Error, Result};

/// The lake as it was after one commit: cheap to copy, never changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot(Arc<State>);

/// What the log adds up to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub format: u32,
    pub number: u64,
    pub at: i64,
    /// The sum of the entry of this number.
    pub sum: String,
    pub properties: BTreeMap<String, Value>,
    pub files: BTreeMap<String, DataFile>,
    /// Paths of files that are no longer part of it, with the moment: their bytes stay for readers of older
    /// snapshots till they are swept.
    pub gone: BTreeMap<String, i64>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            format: FORMAT,
            number: 0,
            at: 0,
            sum: String::new(),
            properties: BTreeMap::new(),
            files: BTreeMap::new(),
            gone: BTreeMap::new(),
        }
    }
}

impl State {
    /// Takes the next commit in.
    pub fn apply(&mut self, entry: Entry, sum: String) -> Result<()> {
        if entry.number != self.number + 1 || entry.previous != self.sum {
            let (number, last) = (entry.number, self.number);
            return Err(Error::Damaged(format!("commit {number} does not follow commit {last} as it is")));
        }
        for path in entry.removes {
            if self.files.remove(&path).is_none() {
                return Err(Error::Damaged(format!(
                    "commit {} removes {path}, which isn't there",
                    entry.number
                )));
            }
            self.gone.insert(path, entry.at);
        }
        for file in entry.adds {
            self.files.insert(file.path.clone(), file);
        }
        for path in &entry.swept {
            self.gone.remove(path);
        }
        for (key, value) in entry.properties {
            if value.is_null() {
                self.properties.remove(&key);
            } else {
                self.properties.insert(key, value);
            }
        }
        self.number = entry.number;
        self.at = entry.at;
        self.sum = sum;
        Ok(())
    }
}

impl From<State> for Snapshot {
    fn from(state: State) -> Self {
        Self(Arc::new(state))
    }
}

impl Snapshot {
    /// The number of its last commit; 0 is the empty lake.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// When its last commit was made: microseconds since 1970 in UTC.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.0.at
    }

    /// All files, in order of their paths.
    pub fn all_files(&self) -> impl Iterator<Item = &DataFile> {
        self.0.files.values()
    }

    /// The files of a table, oldest first.
    pub fn files<'a>(&'a self, table: &str) -> impl Iterator<Item = &'a DataFile> {
        let (from, to) = (format!("{table}/"), format!("{table}0"));
        self.0.files.range(from..to).map(|(_, file)| file)
    }

    /// A file by its path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&DataFile> {
        self.0.files.get(path)
    }

    /// Rows of a table, counted from its files.
    #[must_use]
    pub fn rows(&self, table: &str) -> u64 {
        self.files(table).map(|file| file.rows).sum()
    }

    /// Bytes of a table's files.
    #[must_use]
    pub fn bytes(&self, table: &str) -> u64 {
        self.files(table).map(|file| file.bytes).sum()
    }

    /// A property that some commit set.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&Value> {
        self.0.properties.get(key)
    }

    /// Names of tables that have files.
    #[must_use]
    pub fn tables(&self) -> Vec<&str> {
        let mut tables: Vec<&str> = self.0.files.values().map(|file| file.table.as_str()).collect();
        tables.dedup();
        tables
    }

    /// Paths that are no longer part of it but not swept yet, with the moment they were removed.
    pub(crate) fn gone(&self) -> &BTreeMap<String, i64> {
        &self.0.gone
    }

    pub(crate) fn state(&self) -> &State {
        &self.0
    }
}
