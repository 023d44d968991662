//! A folder, an archive, a file alone, each as a list of files.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use otklik_kernel::secret::Sum;
use zip::{CompressionMethod, ZipArchive};

use super::Limits;

/// What can be read from anywhere.
pub trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// A delivery as it came.
pub struct Source(Kind);

enum Kind {
    Folder(PathBuf),
    Archive(Box<dyn ReadSeek>),
    Alone { name: String, size: Option<u64>, reader: Box<dyn Read + Send> },
}

impl Source {
    /// What lies at a path: a folder, an archive, a file alone.
    ///
    /// # Errors
    /// It can't be read.
    pub fn at(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Ok(Self(Kind::Folder(path.to_owned())));
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::from(&name, BufReader::with_capacity(1 << 16, File::open(path)?))
    }

    /// Bytes in memory: an archive when they begin like one, else a file of this name.
    ///
    /// # Errors
    /// Never: memory is read.
    pub fn bytes(name: &str, bytes: Vec<u8>) -> io::Result<Self> {
        Self::from(name, Cursor::new(bytes))
    }

    /// Anything: an archive when it begins like one, else a file of this name.
    ///
    /// # Errors
    /// It can't be read.
    pub fn from(name: &str, mut reader: impl Read + Seek + Send + 'static) -> io::Result<Self> {
        let size = reader.seek(SeekFrom::End(0))?;
        reader.rewind()?;
        let mut first = Vec::new();
        (&mut reader).take(4).read_to_end(&mut first)?;
        reader.rewind()?;
        // An archive of nothing begins with its end.
        Ok(Self(if matches!(&first[..], b"PK\x03\x04" | b"PK\x05\x06") {
            Kind::Archive(Box::new(reader))
        } else {
            Kind::Alone { name: name.to_owned(), size: Some(size), reader: Box::new(reader) }
        }))
    }

    /// Opens it: a list of its files.
    pub(crate) fn open(self, limits: &Limits) -> Result<Opened, PackageFault> {
        match self.0 {
            Kind::Folder(path) => folder(&path, limits),
            Kind::Archive(reader) => archive(reader, limits),
            Kind::Alone { name, size, reader } => Ok(Opened {
                digest: None,
                entries: vec![Entry { name, packed: None, size, place: Place::Reader }],
                archive: None,
                alone: Some(reader),
                faults: Vec::new(),
            }),
        }
    }
}

/// What is wrong with a package, with the file it is about.
#[derive(Debug)]
pub(crate) enum PackageFault {
    Source(io::Error),
    Unreadable(String),
    Path(String),
    Duplicate(String),
    Files(usize),
    Large(u64),
}

/// A file of a delivery.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name without folders.
    pub name: String,
    /// How large it lies in its archive.
    pub packed: Option<u64>,
    /// How large it says it is.
    pub size: Option<u64>,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Path(PathBuf),
    Index(usize),
    Reader,
}

/// A delivery's files.
pub(crate) struct Opened {
    /// The digest of an archive.
    pub digest: Option<[u8; 32]>,
    pub entries: Vec<Entry>,
    /// What is wrong and doesn't keep from reading on.
    pub faults: Vec<PackageFault>,
    archive: Option<ZipArchive<Box<dyn ReadSeek>>>,
    alone: Option<Box<dyn Read + Send>>,
}

impl Opened {
    /// Whether it is a file alone.
    pub fn is_alone(&self) -> bool {
        matches!(self.entries[..], [Entry { place: Place::Reader, .. }])
    }

    /// Reads a file.
    pub fn read(&mut self, entry: usize) -> io::Result<Box<dyn Read + '_>> {
        let gone = || io::Error::other("read twice");
        match &self.entries[entry].place {
            Place::Path(path) => Ok(Box::new(File::open(path)?)),
            Place::Reader => self.alone.take().map(|reader| reader as Box<dyn Read>).ok_or_else(gone),
            Place::Index(index) => {
                let archive = self.archive.as_mut().ok_or_else(gone)?;
                Ok(Box::new(archive.by_index(*index).map_err(io::Error::other)?))
            }
        }
    }
}

/// Files that file managers and packers leave behind.
fn is_litter(name: &str) -> bool {
    name.starts_with("__MACOSX/")
        || name
            .rsplit('/')
            .next()
            .is_some_and(|name| matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini"))
}

fn folder(path: &Path, limits: &Limits) -> Result<Opened, PackageFault> {
    let mut entries = Vec::new();
    for found in std::fs::read_dir(path).map_err(PackageFault::Source)? {
        let found = found.map_err(PackageFault::Source)?;
        let name = found.file_name().to_string_lossy().into_owned();
        let about = found.metadata().map_err(PackageFault::Source)?;
        if is_litter(&name) || !about.is_file() {
            continue;
        }
        entries.push(Entry { name, packed: None, size: Some(about.len()), place: Place::Path(found.path()) });
        if entries.len() > limits.files {
            return Err(PackageFault::Files(limits.files));
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Opened { digest: None, entries, archive: None, alone: None, faults: Vec::new() })
}

fn archive(mut reader: Box<dyn ReadSeek>, limits: &Limits) -> Result<Opened, PackageFault> {
    let (digest, listed) = sum(&mut reader).map_err(PackageFault::Source)?;
    let mut archive = ZipArchive::new(reader).map_err(|error| PackageFault::Unreadable(error.to_string()))?;
    if archive.len() > limits.files || listed.is_some_and(|listed| usize::from(listed) > limits.files) {
        return Err(PackageFault::Files(limits.files));
    }
    let (mut entries, mut faults, mut names, mut folders) =
        (Vec::new(), Vec::new(), HashSet::new(), HashSet::new());
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let file =
            archive.by_index_raw(index).map_err(|error| PackageFault::Unreadable(error.to_string()))?;
        let full = file.name().map_err(|error| PackageFault::Unreadable(error.to_string()))?.into_owned();
        if is_litter(&full) || file.is_dir() {
            continue;
        }
        let is_inside =
            file.enclosed_name().is_some() && !full.contains(['\\', ':', '\0']) && !full.starts_with('/');
        let (folder, name) = full.rsplit_once('/').unwrap_or(("", &full));
        if !is_inside || folder.contains('/') || folder == ".." {
            faults.push(PackageFault::Path(full));
            continue;
        }
        if file.encrypted()
            || !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated)
        {
            faults.push(PackageFault::Unreadable(full));
            continue;
        }
        folders.insert(folder.to_owned());
        if folders.len() > 1 {
            faults.push(PackageFault::Path(full));
            continue;
        }
        if !names.insert(name.to_lowercase()) {
            faults.push(PackageFault::Duplicate(full));
            continue;
        }
        total = total.saturating_add(file.size());
        entries.push(Entry {
            name: name.to_owned(),
            packed: Some(file.compressed_size()),
            size: Some(file.size()),
            place: Place::Index(index),
        });
    }
    // The reader of archives keeps the last of several files of one name.
    if listed.is_some_and(|listed| listed != u16::MAX && usize::from(listed) != archive.len()) {
        faults.push(PackageFault::Duplicate(String::new()));
    }
    if total > limits.bytes {
        return Err(PackageFault::Large(limits.bytes));
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Opened { digest: Some(digest), entries, archive: Some(archive), alone: None, faults })
}

/// The digest of an archive and how many files its end says it has.
fn sum(reader: &mut Box<dyn ReadSeek>) -> io::Result<([u8; 32], Option<u16>)> {
    const END: usize = 22;
    let (mut sum, mut piece, mut tail) = (Sum::default(), vec![0_u8; 1 << 16], Vec::new());
    loop {
        let length = reader.read(&mut piece)?;
        if length == 0 {
            break;
        }
        sum.add(&piece[..length]);
        tail.extend_from_slice(&piece[..length]);
        let over = tail.len().saturating_sub((1 << 16) + END);
        tail.drain(..over);
    }
    reader.rewind()?;
    let end = (0..=tail.len().saturating_sub(END)).rev().find(|at| tail[*at..].starts_with(b"PK\x05\x06"));
    let listed =
        end.and_then(|at| tail.get(at + 10..at + 12)).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
    Ok((sum.finish(), listed))
}
