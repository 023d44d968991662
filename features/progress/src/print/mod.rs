//! A delivery written the one canonical way (MON-8): the same data give the same bytes.

mod cells;
mod descriptor;
mod package;
mod rows;
mod wide;

use std::io::{Cursor, Write as _};

pub use cells::END;
pub use descriptor::descriptor;
pub use package::{files, package, services};
pub use rows::{
    APPLICATIONS, ApplicationRow, COMPLAINT_EVENTS, COMPLAINTS, DELIMITER, EVENTS, EventRow, PAYMENT_EVENTS,
    PAYMENTS, RATINGS, Rows, SERVICES,
};
pub use wide::{Lost, Wide, WideError, wide, wide_columns, wide_name};
use zip::write::SimpleFileOptions;

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A package as one archive. Names, order, moments and packing never change, so equal files give equal bytes.
///
/// # Errors
/// Never: memory is written to.
pub fn archive(files: &[File]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(zip::DateTime::default());
    for file in files {
        archive.start_file(file.name, options)?;
        archive.write_all(&file.bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
