//! What Typst sees while it makes a sheet: one template, the sheet's files, the embedded faces. No disk, no
//! network, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::font::FACES_READ;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// One sheet on its way through Typst.
pub struct SheetWorld {
    template: Source,
    /// Files beside the template: names and addresses come in here as data, never as source.
    files: Vec<(FileId, Bytes)>,
}

impl SheetWorld {
    /// A template with the files that it reads, each by its plain name.
    pub fn new(template: &str, files: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> FileResult<Self> {
        let files = files
            .into_iter()
            .map(|(name, content)| Ok((file_id(name)?, Bytes::new(content))))
            .collect::<FileResult<_>>()?;
        Ok(Self { template: Source::new(file_id("template.typ")?, template.to_owned()), files })
    }
}

fn file_id(name: &str) -> FileResult<FileId> {
    let path = VirtualPath::new(name).map_err(|_| FileError::Other(None))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for SheetWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FACES_READ.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(known, _)| *known == id);
        found.map(|(_, content)| content.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FACES_READ.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
