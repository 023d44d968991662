//! A store that sometimes refuses, made steady: what failed is asked again, later each time.
//!
//! Only what may run twice is repeated here: reading, listing, deleting, writing a whole object. Whether a
//! refused «create» was carried out is for the log to find out.

use std::fmt;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result,
};

/// How often something is tried at most: with 1 failure in 10, ten failures in a row happen once in 10^10.
pub const ATTEMPTS: u32 = 10;
/// The first pause; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A store with patience.
#[derive(Clone, Debug)]
pub struct Steady {
    inner: Arc<dyn ObjectStore>,
}

impl Steady {
    pub fn new(inner: Arc<dyn ObjectStore>) -> Self {
        Self { inner }
    }
}

/// Whether asking again may help: the store failed, rather than said what is so. Room doesn't come back in seconds.
pub fn is_passing(error: &Error) -> bool {
    match error {
        Error::Generic { source, .. } => {
            let kind = source.downcast_ref::<io::Error>().map(io::Error::kind);
            !matches!(kind, Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
        }
        Error::JoinError { .. } => true,
        _ => false,
    }
}

/// Waits before the next attempt, counted from 0.
pub async fn pause(attempt: u32) {
    let wait = FIRST_PAUSE.saturating_mul(1 << attempt.min(16)).min(LONGEST_PAUSE);
    tokio::time::sleep(wait).await;
}

/// Tries until it works, the error is final, or patience ends.
pub async fn again<T, F: Future<Output = Result<T>>>(mut ask: impl FnMut() -> F) -> Result<T> {
    let mut attempt = 0;
    loop {
        match ask().await {
            Err(error) if is_passing(&error) && attempt + 1 < ATTEMPTS => {
                tracing::debug!(%error, attempt, "the store failed; once more");
                pause(attempt).await;
                attempt += 1;
            }
            other => return other,
        }
    }
}

impl fmt::Display for Steady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "steady {}", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Steady {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if !matches!(options.mode, PutMode::Overwrite) {
            return self.inner.put_opts(location, payload, options).await;
        }
        again(|| self.inner.put_opts(location, payload.clone(), options.clone())).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        again(|| self.inner.put_multipart_opts(location, options.clone())).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        again(|| async {
            let got = self.inner.get_opts(location, options.clone()).await?;
            if options.head || matches!(got.payload, GetResultPayload::File(..)) {
                return Ok(got);
            }
            // The body can fail on its way too, so it is read here.
            let (meta, range, attributes) = (got.meta.clone(), got.range.clone(), got.attributes.clone());
            let bytes = got.bytes().await?;
            let payload = GetResultPayload::Stream(stream::once(async { Ok(bytes) }).boxed());
            Ok(GetResult { payload, meta, range, attributes })
        })
        .await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        again(|| self.inner.get_ranges(location, ranges)).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let inner = Arc::clone(&self.inner);
        let deleted = locations.map(move |location| {
            let inner = Arc::clone(&inner);
            async move {
                let location = location?;
                match again(|| inner.delete(&location)).await {
                    // An attempt whose answer was lost has deleted it.
                    Ok(()) | Err(Error::NotFound { .. }) => Ok(location),
                    Err(error) => Err(error),
                }
            }
        });
        deleted.buffered(8).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (inner, prefix) = (Arc::clone(&self.inner), prefix.cloned());
        let listed = async move {
            let all: Vec<ObjectMeta> = again(|| inner.list(prefix.as_ref()).try_collect()).await?;
            Ok::<_, Error>(stream::iter(all.into_iter().map(Ok)))
        };
        stream::once(listed).try_flatten().boxed()
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let (inner, prefix, offset) = (Arc::clone(&self.inner), prefix.cloned(), offset.clone());
        let listed = async move {
            let all: Vec<ObjectMeta> =
                again(|| inner.list_with_offset(prefix.as_ref(), &offset).try_collect()).await?;
            Ok::<_, Error>(stream::iter(all.into_iter().map(Ok)))
        };
        stream::once(listed).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        again(|| self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        if options.mode == CopyMode::Create {
            return self.inner.copy_opts(from, to, options).await;
        }
        again(|| self.inner.copy_opts(from, to, options.clone())).await
    }
}
