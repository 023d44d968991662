//! A store that fails as told.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// When it fails.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Never.
    Never,
    /// From the n-th operation on, for good: the program was killed. That one is done or not.
    Killed { at: u64, done: bool },
    /// One in so many, by turns before and after it was done.
    OneIn(u64),
    /// Whenever something is written, after so many writes.
    Full { after: u64 },
    /// The n-th operation is done but its answer lost, in a way that passes.
    AnswerLost { at: u64 },
}

#[derive(Debug)]
pub struct Faulty {
    pub inner: Arc<dyn ObjectStore>,
    pub fault: Fault,
    pub operations: Arc<AtomicU64>,
    pub writes: Arc<AtomicU64>,
    pub failures: Arc<AtomicU64>,
}

/// What becomes of an operation.
enum Fate {
    Works,
    Refused(Error),
    AnswerLost(Error),
}

fn passing() -> Error {
    Error::Generic { store: "faulty", source: "503 slow down".into() }
}

fn killed() -> Error {
    Error::NotSupported { source: "killed".into() }
}

impl Faulty {
    pub fn new(inner: Arc<dyn ObjectStore>, fault: Fault) -> Self {
        Self { inner, fault, operations: Arc::default(), writes: Arc::default(), failures: Arc::default() }
    }

    fn fate(&self, writes: bool) -> Fate {
        let turn = self.operations.fetch_add(1, Ordering::SeqCst);
        let written = if writes { self.writes.fetch_add(1, Ordering::SeqCst) } else { 0 };
        let fate = match self.fault {
            Fault::Killed { at, done: true } if turn == at => Fate::AnswerLost(killed()),
            Fault::Killed { at, .. } if turn >= at => Fate::Refused(killed()),
            // A simple scatter: not every n-th, or retries would meet only what works.
            Fault::OneIn(n) if turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33 & 0xffff < 0x1_0000 / n => {
                if turn.is_multiple_of(2) {
                    Fate::Refused(passing())
                } else {
                    Fate::AnswerLost(passing())
                }
            }
            Fault::Full { after } if writes && written >= after => {
                let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
                Fate::Refused(Error::Generic { store: "faulty", source: full.into() })
            }
            Fault::AnswerLost { at } if turn == at => Fate::AnswerLost(passing()),
            _ => Fate::Works,
        };
        if !matches!(fate, Fate::Works) {
            self.failures.fetch_add(1, Ordering::SeqCst);
        }
        fate
    }

    async fn meet<T>(&self, writes: bool, operation: impl Future<Output = Result<T>>) -> Result<T> {
        match self.fate(writes) {
            Fate::Works => operation.await,
            Fate::Refused(error) => Err(error),
            Fate::AnswerLost(error) => {
                operation.await?;
                Err(error)
            }
        }
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.meet(true, self.inner.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.meet(true, self.inner.put_multipart_opts(location, options)).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.meet(false, self.inner.get_opts(location, options)).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.meet(false, self.inner.get_ranges(location, ranges)).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        match self.fate(false) {
            Fate::Works => self.inner.delete_stream(locations),
            Fate::Refused(error) => stream::once(async { Err(error) }).boxed(),
            Fate::AnswerLost(error) => {
                let deleted = self.inner.delete_stream(locations);
                stream::once(async {
                    deleted.for_each(|_| async {}).await;
                    Err(error)
                })
                .boxed()
            }
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.fate(false) {
            Fate::Works => self.inner.list(prefix),
            // Half a list, then the failure.
            Fate::Refused(error) | Fate::AnswerLost(error) => {
                self.inner.list(prefix).take(2).chain(stream::once(async { Err(error) })).boxed()
            }
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.meet(false, self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.meet(true, self.inner.copy_opts(from, to, options)).await
    }
}
