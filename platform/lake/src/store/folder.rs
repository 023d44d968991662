//! A folder as an object store that survives loss of power: what is told as written is on the disk.
//!
//! [`LocalFileSystem`] alone leaves that to the system's cache: after loss of power a commit could stand in
//! the log while it, or a file it names, is empty. So writing goes: a file aside, `fsync`, the name, `fsync` of
//! the name's folder. Reading and listing are its own.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tempfile::Builder;

use super::SPOOL;

/// A folder of this machine.
#[derive(Debug)]
pub struct Folder {
    inner: LocalFileSystem,
    root: Arc<PathBuf>,
}

impl Folder {
    /// Opens a folder, making it when it isn't there.
    pub fn new(path: &FsPath) -> crate::Result<Self> {
        make_folder(path)?;
        let root = path.canonicalize()?;
        make_folder(&root.join(SPOOL))?;
        let inner = LocalFileSystem::new_with_prefix(&root)?;
        Ok(Self { inner, root: Arc::new(root) })
    }

    pub fn root(&self) -> &FsPath {
        &self.root
    }
}

/// Makes a folder and what lies above it, each name safe from loss of power.
pub fn make_folder(path: &FsPath) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        make_folder(parent)?;
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    sync_names(path)
}

/// Makes the name of a file or folder safe from loss of power.
pub fn sync_names(path: &FsPath) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or_else(|| FsPath::new(".")))?.sync_all()
}

/// Gives a file that is already on the disk its name; an older one of that name goes.
pub fn move_into(from: &FsPath, to: &FsPath) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        make_folder(parent)?;
    }
    fs::rename(from, to)?;
    sync_names(to)
}

fn failed(path: &FsPath, source: io::Error) -> Error {
    let path = path.display().to_string();
    match source.kind() {
        io::ErrorKind::AlreadyExists => Error::AlreadyExists { path, source: Box::new(source) },
        io::ErrorKind::NotFound => Error::NotFound { path, source: Box::new(source) },
        kind => {
            let source = io::Error::new(kind, format!("{path}: {source}"));
            Error::Generic { store: "folder", source: source.into() }
        }
    }
}

/// Writes an object: aside, onto the disk, and only then under its name.
fn write(root: &FsPath, to: &FsPath, payload: &PutPayload, mode: &PutMode) -> io::Result<()> {
    let mut staged = Builder::new().prefix("put-").suffix(".part").tempfile_in(root.join(SPOOL))?;
    payload.iter().try_for_each(|part| staged.write_all(part))?;
    staged.as_file().sync_all()?;
    if let Some(parent) = to.parent() {
        make_folder(parent)?;
    }
    let named = match mode {
        PutMode::Overwrite => staged.persist(to),
        PutMode::Create | PutMode::Update(_) => staged.persist_noclobber(to),
    };
    named.map_err(|refused| refused.error)?;
    sync_names(to)
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "folder {}", self.root.display())
    }
}

#[async_trait]
impl ObjectStore for Folder {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if matches!(options.mode, PutMode::Update(_)) {
            return Err(Error::NotImplemented {
                operation: "put with PutMode::Update".to_owned(),
                implementer: self.to_string(),
            });
        }
        let to = self.inner.path_to_filesystem(location)?;
        let root = Arc::clone(&self.root);
        let done = tokio::task::spawn_blocking(move || {
            write(&root, &to, &payload, &options.mode).map_err(|source| failed(&to, source))
        });
        done.await??;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        _location: &Path,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(Error::NotImplemented {
            operation: "writing in parts: files are moved in".to_owned(),
            implementer: self.to_string(),
        })
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let bytes = self.inner.get_opts(from, GetOptions::default()).await?.bytes().await?;
        let mode = match options.mode {
            CopyMode::Overwrite => PutMode::Overwrite,
            CopyMode::Create => PutMode::Create,
        };
        self.put_opts(to, bytes.into(), mode.into()).await.map(drop)
    }
}
