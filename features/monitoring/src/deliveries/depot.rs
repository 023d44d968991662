//! Where files of deliveries lie: what came and waits, and reports of errors. In the same store as the lake, so
//! that any node can take up what another received.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use otklik_kernel::{Id, Instant};
use otklik_lake::Place;
use tokio::io::AsyncWriteExt as _;

use super::report::{self, Finding};

/// Why a file can't be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum DepotError {
    /// The store failed.
    #[error("storage: {0}")]
    Store(#[from] object_store::Error),
    /// A local file failed.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What came, until it is decided.
    Inbox,
    /// The report of errors of a delivery.
    Report,
}

impl Part {
    const fn folder(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Report => "reports",
        }
    }
}

/// The bytes of a file as the store gives them.
pub type Pieces = BoxStream<'static, Result<Bytes, DepotError>>;

/// Files of deliveries by their receipts.
#[derive(Clone, Debug)]
pub struct Depot {
    store: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
}

impl Depot {
    /// The depot in a store.
    #[must_use]
    pub const fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None }
    }

    /// The depot at a place.
    #[must_use]
    pub fn at(place: &Place) -> Self {
        Self { store: place.objects(), folder: place.local().map(ToOwned::to_owned) }
    }

    fn path(part: Part, id: Id) -> Path {
        Path::from_iter([part.folder().to_owned(), id.to_string()])
    }

    /// Keeps a local file; it is there wholly or not at all.
    ///
    /// # Errors
    /// The file can't be read, or the store fails.
    pub async fn put_file(&self, part: Part, id: Id, file: &FilePath) -> Result<(), DepotError> {
        if let Some(folder) = &self.folder {
            let folder = folder.join(part.folder());
            let (from, to) = (file.to_owned(), folder.join(id.to_string()));
            let copied = tokio::task::spawn_blocking(move || copy(&from, &folder, &to)).await;
            return Ok(copied.map_err(std::io::Error::other)??);
        }
        let mut from = tokio::fs::File::open(file).await?;
        let mut to = BufWriter::new(self.store.clone(), Self::path(part, id));
        tokio::io::copy_buf(&mut tokio::io::BufReader::with_capacity(1 << 20, &mut from), &mut to).await?;
        to.shutdown().await?;
        Ok(())
    }

    /// Keeps bytes.
    ///
    /// # Errors
    /// The store fails.
    pub async fn put(&self, part: Part, id: Id, bytes: Vec<u8>) -> Result<(), DepotError> {
        self.store.put(&Self::path(part, id), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// Writes a file that is kept into a local one; false when there is none.
    ///
    /// # Errors
    /// The store fails, or the local file can't be written.
    pub async fn fetch(&self, part: Part, id: Id, file: &FilePath) -> Result<bool, DepotError> {
        let got = match self.store.get(&Self::path(part, id)).await {
            Ok(got) => got,
            Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let mut to = tokio::fs::File::create(file).await?;
        let mut pieces = got.into_stream();
        while let Some(piece) = pieces.try_next().await? {
            to.write_all(&piece).await?;
        }
        to.flush().await?;
        Ok(true)
    }

    /// Opens a file, which may be larger than memory: its length, and its bytes piece by piece; nothing when there is none.
    ///
    /// # Errors
    /// The store fails.
    pub async fn open(&self, part: Part, id: Id) -> Result<Option<(u64, Pieces)>, DepotError> {
        match self.store.get(&Self::path(part, id)).await {
            Ok(got) => {
                let bytes = got.meta.size;
                Ok(Some((bytes, got.into_stream().map_err(DepotError::from).boxed())))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The first findings of a delivery's report; nothing when there is none.
    ///
    /// # Errors
    /// The store fails.
    pub async fn findings(&self, delivery: Id, most: usize) -> Result<Option<Vec<Finding>>, DepotError> {
        match self.open(Part::Report, delivery).await? {
            Some((_, pieces)) => report::first(pieces, most).await.map(Some),
            None => Ok(None),
        }
    }

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// The store fails.
    pub async fn remove(&self, part: Part, id: Id) -> Result<(), DepotError> {
        match self.store.delete(&Self::path(part, id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The files of a part that were written before a moment: ids.
    ///
    /// # Errors
    /// The store fails.
    pub async fn older(&self, part: Part, than: Instant) -> Result<Vec<Id>, DepotError> {
        let folder = Path::from(part.folder());
        let files = self.store.list(Some(&folder)).try_filter_map(|file| async move {
            let id = file.location.filename().and_then(|name| name.parse::<Id>().ok());
            Ok(id.filter(|_| file.last_modified.timestamp_micros() < than.0))
        });
        Ok(files.try_collect().await?)
    }
}

/// Copies a file to its place: aside first, made durable, then named.
fn copy(from: &FilePath, folder: &FilePath, to: &FilePath) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut aside = tempfile::NamedTempFile::new_in(folder)?;
    std::io::copy(&mut std::fs::File::open(from)?, &mut aside)?;
    aside.as_file().sync_all()?;
    aside.persist(to).map_err(|error| error.error)?;
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn mon11_what_is_put_is_read_back_until_it_is_removed() {
        let place = tempfile::tempdir().unwrap();
        put_and_read(Depot::new(Arc::new(InMemory::new()))).await;
        put_and_read(Depot::at(&Place::folder(place.path()).unwrap())).await;
    }

    async fn put_and_read(depot: Depot) {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let bytes: Vec<u8> = (0..12_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        tokio::fs::write(&from, &bytes).await.unwrap();
        depot.put_file(Part::Inbox, 7, &from).await.unwrap();
        assert!(depot.fetch(Part::Inbox, 7, &to).await.unwrap());
        assert_eq!(tokio::fs::read(&to).await.unwrap(), bytes);
        assert_eq!(depot.older(Part::Inbox, Instant(i64::MAX)).await.unwrap(), [7]);
        assert!(depot.older(Part::Inbox, Instant(0)).await.unwrap().is_empty());
        depot.remove(Part::Inbox, 7).await.unwrap();
        depot.remove(Part::Inbox, 7).await.unwrap();
        assert!(!depot.fetch(Part::Inbox, 7, &to).await.unwrap());
        assert!(depot.open(Part::Report, 7).await.unwrap().is_none());
        depot.put_file(Part::Report, 7, &from).await.unwrap();
        let (length, pieces) = depot.open(Part::Report, 7).await.unwrap().unwrap();
        assert_eq!(length, bytes.len() as u64);
        let pieces: Vec<Bytes> = pieces.try_collect().await.unwrap();
        assert_eq!(pieces.concat(), bytes);
        depot.put(Part::Report, 7, b"x".to_vec()).await.unwrap();
        assert_eq!(depot.open(Part::Report, 7).await.unwrap().unwrap().0, 1);
    }
}
