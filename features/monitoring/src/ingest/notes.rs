//! What commits say in their notes: which deliveries they took in, and what their rows were.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use otklik_kernel::Id;
use otklik_lake::{Entry, Error, Lake, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::book::Receipt;
use super::version_of;
use crate::tables::FORM;

/// Tables of what is gone.
pub const GONE: [&str; 2] = ["cases_gone", "steps_gone"];

/// A delivery as the commit that took it in tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its receipt.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// The digest of its rows in each table; commits of before have none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<String, String>,
    /// What the database says of it, where one was asked; commits of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<Came>,
}

/// What the database says of a delivery when it is taken in, so that its receipt can be written again. Who sent it by
/// the page, only the database knows: a person's login has no place in a log that is never erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// The number of the receipt.
    pub receipt: Id,
    /// What became of it: the code of a state.
    pub state: String,
    /// How it came: the code of a way.
    pub way: String,
    /// The file's name.
    pub file: String,
    /// The file's length.
    pub bytes: i64,
    /// When it came: microseconds since 1970 in UTC.
    pub received_at: i64,
    /// Rows of all files.
    pub rows_read: i64,
    /// Rows that were taken.
    pub rows_taken: i64,
    /// Errors found.
    pub errors: i64,
    /// Warnings found.
    pub warnings: i64,
}

/// What the commits of a lake say. A few hundred bytes for each delivery.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Deliveries by their numbers.
    pub deliveries: BTreeMap<i64, Note>,
    /// The commits that wrote derived rows, by the versions of those.
    pub versions: BTreeMap<i64, i64>,
    /// The digests of rows that a commit wrote to say what is gone, by table and version; those of before say nothing.
    pub gone: BTreeMap<(String, i64), String>,
}

impl Notes {
    /// The notes of all commits up to one.
    ///
    /// # Errors
    /// The log can't be read, or a note isn't what a commit writes.
    pub async fn read(lake: &Lake, last: u64) -> Result<Self> {
        let mut notes = Self::default();
        let mut entries = lake.entries(1..=last);
        while let Some(entry) = entries.try_next().await? {
            notes.add(&entry)?;
        }
        Ok(notes)
    }

    /// What the database said of a delivery when it was taken in.
    #[must_use]
    pub fn came(&self, delivery: i64) -> Option<&Came> {
        self.deliveries.get(&delivery)?.came.as_ref()
    }

    /// The commit that holds a delivery.
    #[must_use]
    pub fn commit(&self, receipt: &Receipt) -> i64 {
        let version = version_of(receipt);
        self.versions.get(&version).copied().unwrap_or(version)
    }

    /// Adds what an entry says; whether it wrote derived rows.
    fn add(&mut self, entry: &Entry) -> Result<bool> {
        let number = i64::try_from(entry.number).unwrap_or(i64::MAX);
        // Commits of before say no version: it was taken for their number.
        let version = note(entry, "version")?.unwrap_or(number);
        let is_version = is_version(entry);
        if is_version {
            self.versions.insert(version, number);
        }
        let deliveries: Vec<Note> = note(entry, "deliveries")?.unwrap_or_default();
        self.deliveries.extend(deliveries.into_iter().map(|note| (note.receipt.delivery, note)));
        let gone: BTreeMap<String, String> = note(entry, "gone")?.unwrap_or_default();
        self.gone.extend(gone.into_iter().map(|(table, digest)| ((table, version), digest)));
        Ok(is_version)
    }
}

/// What the commit that took a delivery in says of it and of those beside it.
///
/// # Errors
/// The log can't be read.
pub async fn notes_of(lake: &Lake, receipt: &Receipt) -> Result<Notes> {
    let mut number = u64::try_from(version_of(receipt)).unwrap_or(0);
    loop {
        let mut notes = Notes::default();
        match lake.entry(number).await {
            // Only commits that put files together or swept came between.
            Ok(entry) if !notes.add(&entry)? => number += 1,
            Ok(_) | Err(Error::NoCommit(_)) => return Ok(notes),
            Err(error) => return Err(error),
        }
    }
}

/// The form of what is derived in a lake up to a commit: that of the last one that wrote such rows; `None` when none did.
///
/// # Errors
/// The log can't be read.
pub async fn form(lake: &Lake, last: u64) -> Result<Option<u64>> {
    for number in (1..=last).rev() {
        let entry = lake.entry(number).await?;
        if is_version(&entry) {
            // Commits of before say none: theirs was the first.
            return Ok(Some(note(&entry, "form")?.unwrap_or(1)));
        }
    }
    Ok(None)
}

/// Why nothing can be written beside what is derived in another form than that which this programme knows.
pub fn unfit(form: u64) -> Error {
    let whose = if form > FORM { "a newer one wrote it" } else { "it has to be made anew first" };
    Error::Invalid(format!("what is derived has form {form}, this programme knows {FORM}: {whose}"))
}

/// Whether a commit wrote derived rows.
fn is_version(entry: &Entry) -> bool {
    let kind = entry.notes.get("kind").and_then(|kind| kind.as_str());
    matches!(kind, Some("import" | "rebuild"))
}

/// A note of an entry; `None` when it has none of that name.
fn note<T: DeserializeOwned>(entry: &Entry, name: &str) -> Result<Option<T>> {
    let Some(value) = entry.notes.get(name) else { return Ok(None) };
    let read = serde_json::from_value(value.clone());
    read.map(Some)
        .map_err(|error| Error::Damaged(format!("the note {name} of commit {}: {error}", entry.number)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mon11_a_note_of_before_is_read() {
        let old = json!({
            "delivery": 4096, "sender": "r27", "day": "2026-11-21", "revision": 1, "digest": "00", "at": 5,
            "rows": { "services": 0, "applications": 1, "events": 2, "payments": 0, "ratings": 0, "complaints": 0 },
        });
        let note: Note = serde_json::from_value(old.clone()).unwrap();
        assert_eq!((note.receipt.day.0, note.receipt.rows.events), (20_261_121, 2));
        assert!(note.digests.is_empty() && note.came.is_none());
        assert_eq!(json!(note), old);
    }

    #[test]
    fn mon11_a_delivery_is_held_by_the_commit_that_has_its_version() {
        let entry = |number: u64, kind: &str, notes: serde_json::Value| -> Entry {
            let mut entry =
                json!({ "format": 1, "number": number, "id": "", "at": 0, "previous": "", "notes": notes });
            entry["notes"]["kind"] = kind.into();
            serde_json::from_value(entry).unwrap()
        };
        let mut notes = Notes::default();
        // While the second was made, files were put together.
        for (number, kind, said) in [
            (1, "import", json!({ "version": 1 })),
            (2, "compact", json!({})),
            (3, "import", json!({ "version": 2 })),
        ] {
            notes.add(&entry(number, kind, said)).unwrap();
        }
        let commit = |version: i64| {
            let delivery = version * i64::try_from(crate::ingest::MOST_DELIVERIES).unwrap() + 7;
            let receipt = json!({
                "delivery": delivery, "sender": "r27", "day": "2026-11-21", "revision": 1, "digest": "00", "at": 5,
                "rows": {
                    "services": 0, "applications": 1, "events": 2, "payments": 0, "ratings": 0, "complaints": 0,
                },
            });
            notes.commit(&serde_json::from_value(receipt).unwrap())
        };
        assert_eq!((commit(1), commit(2)), (1, 3));
    }
}
