//! Taking away for good what no snapshot needs: files that a commit removed long ago, and files that never
//! became part of the lake.

use std::collections::HashSet;
use std::fs;
use std::path::Path as FsPath;
use std::time::UNIX_EPOCH;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::ObjectMeta;
use object_store::path::Path;

use crate::lake::Lake;
use crate::log::entry::Change;
use crate::snapshot::Snapshot;
use crate::{Error, Result};

/// How often cleaning gives way to other commits before it leaves its record to the next time.
const ATTEMPTS: usize = 20;

/// What was taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files of the lake.
    pub files: Vec<String>,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were left half-written on this machine.
    pub spooled: usize,
}

/// The moment in the name of a data file; `None` when no writer of ours made that name.
fn moment_of(path: &Path) -> Option<i64> {
    let (moment, rest) = path.filename()?.split_once('-')?;
    let is_ours = path.parts().count() == 2 && rest.ends_with(".parquet") && moment.len() == 20;
    moment.parse().ok().filter(|_| is_ours)
}

impl Lake {
    /// Takes away files that were removed, or written without ever being committed, more than `age`
    /// microseconds ago. Longer than any import or query takes; a day is a good age. Whoever still reads a
    /// snapshot older than that finds files missing.
    ///
    /// # Errors
    /// The store fails; what was taken away till then is away.
    pub async fn vacuum(&self, age: i64) -> Result<Swept> {
        let before = self.now().saturating_sub(age);
        // Listed first: a file that is committed after the listing is in the snapshot that follows.
        let listed: Vec<ObjectMeta> = self.store().list(None).try_collect().await?;
        let snapshot = self.latest().await?;
        let is_over = |meta: &ObjectMeta| {
            let path = meta.location.as_ref();
            let moment = match snapshot.gone().get(path) {
                Some(&removed) => Some(removed),
                None => moment_of(&meta.location),
            };
            snapshot.file(path).is_none() && moment.is_some_and(|moment| moment < before)
        };
        let over: Vec<&ObjectMeta> = listed.iter().filter(|meta| is_over(meta)).collect();
        let bytes = over.iter().map(|meta| meta.size).sum();
        let paths: Vec<object_store::Result<Path>> =
            over.iter().map(|meta| Ok(meta.location.clone())).collect();
        let deleted = self.store().delete_stream(stream::iter(paths).boxed());
        let files: Vec<String> = deleted.map_ok(|path| path.to_string()).try_collect().await?;
        // Also those whose bytes an earlier cleaning took before it came to say so.
        let there: HashSet<&str> = listed.iter().map(|meta| meta.location.as_ref()).collect();
        let mut swept: Vec<String> =
            files.iter().filter(|path| snapshot.gone().contains_key(*path)).cloned().collect();
        let gone = snapshot
            .gone()
            .iter()
            .filter(|(path, removed)| **removed < before && !there.contains(path.as_str()));
        swept.extend(gone.map(|(path, _)| path.clone()));
        self.record(snapshot, swept).await?;
        Ok(Swept { files, bytes, spooled: self.sweep_spool(before)? })
    }

    async fn record(&self, mut base: Snapshot, swept: Vec<String>) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let swept: Vec<String> =
                swept.iter().filter(|path| base.gone().contains_key(*path)).cloned().collect();
            if swept.is_empty() {
                return Ok(());
            }
            match self.commit(&base, Change { swept, ..Change::default() }).await {
                Err(Error::Conflict(_)) => base = self.latest().await?,
                other => return other.map(drop),
            }
        }
        Ok(())
    }

    fn sweep_spool(&self, before: i64) -> Result<usize> {
        let spool = &self.place().spool;
        let mut swept = 0;
        for folder in [spool.clone(), spool.join("queries")] {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries {
                let path = entry?.path();
                if path.file_name().is_some_and(|name| name == "queries") || !is_older(&path, before) {
                    continue;
                }
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                // Somebody's cleaning may have been first.
                swept += usize::from(removed.is_ok());
            }
        }
        Ok(swept)
    }
}

fn is_older(path: &FsPath, before: i64) -> bool {
    let modified = fs::metadata(path).and_then(|meta| meta.modified());
    let since = modified.ok().and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
    since.is_some_and(|since| i64::try_from(since.as_micros()).is_ok_and(|moment| moment < before))
}
