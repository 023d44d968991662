//! Where a delivery's files come from: a folder, an archive, a file alone.

mod head;
mod meter;
mod source;

pub use head::HeadFault;
pub(crate) use head::{Described, of_name, of_package};
pub(crate) use meter::{Exceeded, Meter, Meters};
pub use source::Source;
pub(crate) use source::{Opened, PackageFault};

/// What a delivery may take, so that none takes more than it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of all files together, unpacked.
    pub bytes: u64,
    /// The most rows of all files together.
    pub rows: usize,
    /// The most bytes of different texts.
    pub texts: usize,
    /// The most files in a package.
    pub files: usize,
    /// How many times smaller a file may be packed than it is.
    pub ratio: u64,
    /// How many bytes of a file are never too many, however small they are packed.
    pub unpacked: u64,
    /// How files are read.
    pub csv: otklik_csv::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 8 << 30,
            rows: 16_000_000,
            texts: 1 << 30,
            files: 64,
            ratio: 200,
            unpacked: 1 << 20,
            csv: otklik_csv::Limits { field: 64 << 10, record: 256 << 10, columns: 512, block: 1 << 20 },
        }
    }
}
