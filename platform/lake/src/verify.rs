//! Is everything as it was written? The log, every file, every byte.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt as _};
use parquet::arrow::async_reader::MetadataFetch;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaDataReader;
use serde::Serialize;
use twox_hash::XxHash3_128;

use crate::Result;
use crate::lake::Lake;
use crate::log::entry::DataFile;
use crate::log::{FOLDER, LAST, Last, Numbered};
use crate::snapshot::State;
use crate::store::SPOOL;

/// Bytes read at once.
const CHUNK: u64 = 4 << 20;
/// Files read at once.
const AT_ONCE: usize = 4;

/// What `verify` found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Whether everything is as it was written.
    pub ok: bool,
    /// The last commit.
    pub commit: u64,
    /// Files of the snapshot.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// What is not as it was written.
    pub damage: Vec<Damage>,
    /// Files that no commit knows: being written, left over from writing that was broken off, or of a commit that is
    /// lost. By themselves no damage: the first two are as they should be, the third is found by the log's end.
    pub unknown: Vec<String>,
}

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// `missing`, `size`, `sum`, `unreadable`, `rows`; of the log `gap`, `end`, `entry`, `chain`, `checkpoint`.
    pub kind: &'static str,
    /// The object.
    pub path: String,
    /// In words.
    pub detail: String,
}

impl Damage {
    fn new(kind: &'static str, path: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, path: path.into(), detail: detail.into() }
    }
}

impl Lake {
    /// Reads everything of the last snapshot, and the whole log, and compares them with what was written.
    ///
    /// # Errors
    /// The store can't be listed. Objects that can't be read are part of the report.
    pub async fn verify(&self) -> Result<Report> {
        let mut report = Report::default();
        // Before the log is listed: commits that come meanwhile only add to it.
        let (seen, last) = (self.seen_number(), self.log().last().await);
        let state = self.verify_log(&mut report, (seen, last)).await?;
        let listed: Vec<ObjectMeta> = self.store().list(None).try_collect().await?;
        let sizes: HashMap<&str, u64> =
            listed.iter().map(|meta| (meta.location.as_ref(), meta.size)).collect();
        let files: Vec<(DataFile, Option<u64>)> =
            state.files.values().map(|file| (file.clone(), sizes.get(file.path.as_str()).copied())).collect();
        let found: Vec<Option<Damage>> = stream::iter(files)
            .map(|(file, size)| async move { self.verify_file(&file, size).await })
            .buffered(AT_ONCE)
            .collect()
            .await;
        for damage in found.into_iter().flatten() {
            // A compaction and a cleaning may have come by meanwhile.
            let still = self.latest().await.map_or(true, |now| now.file(&damage.path).is_some());
            if still {
                report.damage.push(damage);
            }
        }
        for file in state.files.values() {
            report.files += 1;
            report.bytes += file.bytes;
            *report.rows.entry(file.table.clone()).or_default() += file.rows;
        }
        let is_unknown = |path: &&ObjectMeta| {
            let path = path.location.as_ref();
            let is_kept = state.files.contains_key(path) || state.gone.contains_key(path);
            !is_kept && !path.starts_with("_log/") && !path.starts_with(SPOOL)
        };
        report.unknown = listed.iter().filter(is_unknown).map(|meta| meta.location.to_string()).collect();
        report.commit = state.number;
        report.ok = report.damage.is_empty();
        Ok(report)
    }

    /// Walks the log from its beginning; the state is what it adds up to before the first damage. It must reach the
    /// last commit that was seen or is said to be the last.
    async fn verify_log(
        &self,
        report: &mut Report,
        (seen, said): (u64, Result<Option<Last>>),
    ) -> Result<State> {
        let objects = self.log().objects().await?;
        let numbered: Vec<Numbered> =
            objects.iter().filter_map(|meta| Numbered::of(&meta.location)).collect();
        let entries = numbered.iter().filter_map(|object| match object {
            Numbered::Entry(number) => Some(*number),
            Numbered::State(_) => None,
        });
        let last = entries.max().unwrap_or(0);
        let said = said.unwrap_or_else(|error| {
            report.damage.push(Damage::new("end", format!("{FOLDER}/{LAST}"), error.to_string()));
            None
        });
        let states = numbered.iter().map(|object| match object {
            Numbered::Entry(number) | Numbered::State(number) => *number,
        });
        let known = states.chain(said.as_ref().map(|said| said.number)).fold(seen, u64::max);
        if known > last {
            let path = Numbered::Entry(last + 1).path().to_string();
            let detail = format!("the log ends at commit {last}, but there was commit {known}");
            report.damage.push(Damage::new("end", path, detail));
        }
        let mut state = State::default();
        let mut entries = stream::iter(1..=last)
            .map(|number| async move { (number, self.log().entry(number).await) })
            .buffered(16);
        while let Some((number, entry)) = entries.next().await {
            let path = Numbered::Entry(number).path().to_string();
            let follows = match entry {
                Ok(Some((entry, sum))) => {
                    let is_other = said.as_ref().is_some_and(|said| said.number == number && said.sum != sum);
                    let applied = state.apply(entry, sum).map_err(|error| ("chain", error.to_string()));
                    if is_other && applied.is_ok() {
                        let detail = "it is not the one that was committed under this number".to_owned();
                        report.damage.push(Damage::new("end", path.clone(), detail));
                    }
                    applied
                }
                Ok(None) => Err(("gap", "the entry is missing; later ones exist".to_owned())),
                Err(error) => Err(("entry", error.to_string())),
            };
            if let Err((kind, detail)) = follows {
                report.damage.push(Damage::new(kind, path, detail));
                // Checkpoints behind the damage may still tell what the lake holds.
                if let Some(later) = self.state_behind(number, &numbered).await {
                    return self.log().replay(later, last).await.or(Ok(state));
                }
                return Ok(state);
            }
            if numbered.contains(&Numbered::State(number))
                && self.log().checkpoint(number).await.as_ref() != Some(&state)
            {
                let path = Numbered::State(number).path().to_string();
                report.damage.push(Damage::new("checkpoint", path, "it is not what the log adds up to"));
            }
        }
        Ok(state)
    }

    async fn state_behind(&self, number: u64, numbered: &[Numbered]) -> Option<State> {
        for object in numbered {
            match object {
                Numbered::State(behind) if *behind >= number => {
                    if let Some(state) = self.log().checkpoint(*behind).await {
                        return Some(state);
                    }
                }
                _ => {}
            }
        }
        None
    }

    async fn verify_file(&self, file: &DataFile, size: Option<u64>) -> Option<Damage> {
        let damage = |kind, detail: String| Some(Damage::new(kind, &file.path, detail));
        match size {
            None => return damage("missing", "the file is not there".to_owned()),
            Some(size) if size != file.bytes => {
                return damage("size", format!("{size} bytes instead of {}", file.bytes));
            }
            Some(_) => {}
        }
        match self.sum(file).await {
            Ok(sum) if sum == file.sum => {}
            Ok(sum) => return damage("sum", format!("{sum} instead of {}", file.sum)),
            Err(error) => return damage("unreadable", error.to_string()),
        }
        match ParquetMetaDataReader::new().load_and_finish(Foot { lake: self, file }, file.bytes).await {
            Ok(metadata) => {
                let rows = metadata.file_metadata().num_rows();
                let fits = u64::try_from(rows).is_ok_and(|rows| rows == file.rows);
                if fits { None } else { damage("rows", format!("{rows} rows instead of {}", file.rows)) }
            }
            Err(error) => damage("unreadable", error.to_string()),
        }
    }

    async fn sum(&self, file: &DataFile) -> Result<String> {
        let path = Path::from(file.path.as_str());
        let mut sum = XxHash3_128::new();
        let mut from = 0;
        while from < file.bytes {
            let to = (from + CHUNK).min(file.bytes);
            sum.write(&self.store().get_range(&path, from..to).await?);
            from = to;
        }
        Ok(format!("{:032x}", sum.finish_128()))
    }
}

/// The end of a Parquet file, where it says what is in it.
struct Foot<'a> {
    lake: &'a Lake,
    file: &'a DataFile,
}

impl MetadataFetch for Foot<'_> {
    fn fetch(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        let got = async move {
            let path = Path::from(self.file.path.as_str());
            let got = self.lake.store().get_range(&path, range).await;
            got.map_err(|error| ParquetError::External(error.into()))
        };
        got.boxed()
    }
}
