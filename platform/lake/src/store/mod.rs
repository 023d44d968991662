//! Where a lake lives: a folder of this machine or an S3-compatible store, behind one trait.

pub mod folder;
pub mod known;
pub mod steady;

use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;

use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, parse_url_opts};
use url::Url;

pub use folder::Folder;
pub use steady::Steady;

use crate::{Error, Result};

/// Files that are being written are kept here within a folder: never part of a snapshot.
pub const SPOOL: &str = "_spool";

/// A place for a lake.
#[derive(Clone, Debug)]
pub struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// The folder, when the lake is one: written files are moved into it instead of copied.
    pub(crate) folder: Option<PathBuf>,
    /// Where files are written before they are stored.
    pub(crate) spool: PathBuf,
}

impl Place {
    /// A folder of this machine, made when it isn't there.
    ///
    /// # Errors
    /// The folder can't be made.
    pub fn folder(path: impl AsRef<FsPath>) -> Result<Self> {
        let folder = Folder::new(path.as_ref())?;
        let root = folder.root().to_owned();
        Ok(Self { store: Arc::new(folder), spool: root.join(SPOOL), folder: Some(root) })
    }

    /// The place as a store of plain objects, for files that belong to no table. Never below a lake itself: cleaning
    /// takes away what no commit names.
    #[must_use]
    pub fn objects(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store)
    }

    /// The folder, when the place is one.
    #[must_use]
    pub fn local(&self) -> Option<&FsPath> {
        self.folder.as_deref()
    }

    /// Any object store, below a prefix; what it refuses for a moment is asked again. Files are written in
    /// `spool` first, which should be a folder of this program alone.
    ///
    /// # Errors
    /// The prefix is no path, or the spool can't be made.
    pub fn store(store: Arc<dyn ObjectStore>, prefix: &str, spool: impl Into<PathBuf>) -> Result<Self> {
        let spool = spool.into();
        std::fs::create_dir_all(&spool)?;
        let steady = Steady::new(store);
        let store: Arc<dyn ObjectStore> = if prefix.is_empty() {
            Arc::new(steady)
        } else {
            let prefix = object_store::path::Path::parse(prefix).map_err(object_store::Error::from)?;
            Arc::new(PrefixStore::new(steady, prefix))
        };
        Ok(Self { store, folder: None, spool })
    }

    /// Whether an address names a folder, and no store.
    #[must_use]
    pub fn is_folder(address: &str) -> bool {
        !address.contains("://")
    }

    /// What an address names: `s3://bucket/prefix` with settings like `aws_endpoint`, `aws_region`,
    /// `aws_access_key_id`, `aws_secret_access_key`, `aws_allow_http`; or a path of a folder.
    ///
    /// # Errors
    /// The address or a setting isn't understood.
    pub fn parse(
        address: &str,
        settings: impl IntoIterator<Item = (String, String)>,
        spool: impl Into<PathBuf>,
    ) -> Result<Self> {
        if Self::is_folder(address) {
            return Self::folder(address);
        }
        let url = Url::parse(address).map_err(|error| Error::Invalid(format!("{address}: {error}")))?;
        if url.scheme() != "s3" {
            return Err(Error::Invalid(format!("{address}: only s3:// and folders are known")));
        }
        let (store, prefix) = parse_url_opts(&url, settings)?;
        Self::store(Arc::from(store), prefix.as_ref(), spool)
    }
}
