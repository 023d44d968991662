//! Bytes counted and summed as they are read, with an end to them.

use std::io::{self, Read};

use otklik_kernel::secret::Sum;

/// Why reading was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Exceeded {
    /// More bytes than a delivery may have.
    #[error("more than {0} bytes")]
    Large(u64),
    /// More rows than a delivery may have.
    #[error("more than {0} rows")]
    Rows(u64),
    /// Far more than was packed.
    #[error("packed more than data can be")]
    Bomb,
}

/// What was read of all files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meters {
    pub bytes: u64,
}

/// Reads a file, counts, sums, and ends what grows beyond its bounds.
pub(crate) struct Meter<'a, R> {
    inner: R,
    sum: Sum,
    own: u64,
    most_own: u64,
    most: u64,
    meters: &'a mut Meters,
}

impl<'a, R: Read> Meter<'a, R> {
    /// `packed` is how large the file lies in its archive.
    pub fn new(inner: R, packed: Option<u64>, limits: &super::Limits, meters: &'a mut Meters) -> Self {
        let most_own =
            packed.map_or(u64::MAX, |packed| packed.saturating_mul(limits.ratio).max(limits.unpacked));
        Self { inner, sum: Sum::default(), own: 0, most_own, most: limits.bytes, meters }
    }

    /// The digest of everything that was read.
    pub fn digest(self) -> [u8; 32] {
        self.sum.finish()
    }
}

impl<R: Read> Read for Meter<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(into)?;
        self.sum.add(&into[..length]);
        let more = u64::try_from(length).unwrap_or(u64::MAX);
        self.own += more;
        self.meters.bytes += more;
        if self.own > self.most_own {
            return Err(io::Error::other(Exceeded::Bomb));
        }
        if self.meters.bytes > self.most {
            return Err(io::Error::other(Exceeded::Large(self.most)));
        }
        Ok(length)
    }
}
