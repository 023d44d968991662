//! The lake over the S3 protocol: a small server in memory that keeps S3's promises, and breaks its connection's
//! now and then.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use otklik_kernel::SystemRandom;
use otklik_lake::{Change, Error, Lake, Place};

use crate::support::{clock, file, grow, number};

const WHEN: &str = "2026-11-25T00:00:00.000Z";
/// Names in one page of a listing.
const PAGE: usize = 7;

#[derive(Default)]
struct Bucket {
    objects: Mutex<BTreeMap<String, Bytes>>,
    parts: Mutex<BTreeMap<(String, u32), Bytes>>,
    requests: AtomicU64,
    refused: AtomicU64,
}

fn answer(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let answer = Response::builder().status(status).header(header::ETAG, "\"same\"");
    answer.body(body.into()).expect("an answer")
}

async fn handle(
    State(bucket): State<Arc<Bucket>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    if bucket.requests.fetch_add(1, Ordering::SeqCst) % 10 == 9 {
        bucket.refused.fetch_add(1, Ordering::SeqCst);
        return answer(StatusCode::SERVICE_UNAVAILABLE, "<Error><Code>SlowDown</Code></Error>");
    }
    assert!(headers.contains_key(header::AUTHORIZATION), "requests are signed");
    let address = url::Url::parse(&format!("http://host{uri}")).expect("an address");
    let query: HashMap<String, String> = address.query_pairs().into_owned().collect();
    let key = uri.path().strip_prefix("/bucket").expect("our bucket").trim_start_matches('/').to_owned();
    let mut objects = bucket.objects.lock().unwrap_or_else(PoisonError::into_inner);
    match (method.as_str(), query.get("uploadId")) {
        ("GET", _) if key.is_empty() => answer(StatusCode::OK, list(&objects, &query)),
        ("POST", _) if query.contains_key("delete") => answer(StatusCode::OK, delete(&mut objects, &body)),
        ("POST", None) => {
            let text = format!("<R><UploadId>{}</UploadId></R>", bucket.requests.load(Ordering::SeqCst));
            answer(StatusCode::OK, text)
        }
        ("PUT", Some(upload)) => {
            let part = query["partNumber"].parse().expect("a number");
            let mut parts = bucket.parts.lock().unwrap_or_else(PoisonError::into_inner);
            parts.insert((upload.clone(), part), body);
            answer(StatusCode::OK, "")
        }
        ("POST", Some(upload)) => {
            let parts = bucket.parts.lock().unwrap_or_else(PoisonError::into_inner);
            let whole = parts.range((upload.clone(), 0)..=(upload.clone(), u32::MAX));
            objects.insert(key, whole.flat_map(|(_, part)| part.clone()).collect());
            answer(StatusCode::OK, "<R><ETag>\"same\"</ETag></R>")
        }
        ("PUT", None) if headers.contains_key(header::IF_NONE_MATCH) && objects.contains_key(&key) => {
            answer(StatusCode::PRECONDITION_FAILED, "<Error><Code>PreconditionFailed</Code></Error>")
        }
        ("PUT", None) => {
            objects.insert(key, body);
            answer(StatusCode::OK, "")
        }
        ("GET" | "HEAD", _) => match objects.get(&key) {
            None => answer(StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>"),
            Some(bytes) => get(bytes.clone(), &headers, method == Method::HEAD),
        },
        other => panic!("{other:?}"),
    }
}

fn get(bytes: Bytes, headers: &HeaderMap, is_head: bool) -> Response<Body> {
    let length = bytes.len();
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes="));
    let answer = Response::builder()
        .header(header::ETAG, "\"same\"")
        .header(header::LAST_MODIFIED, "Wed, 25 Nov 2026 00:00:00 GMT");
    let Some((from, to)) = range.and_then(|range| range.split_once('-')) else {
        let body = if is_head { Body::empty() } else { Body::from(bytes) };
        return answer.header(header::CONTENT_LENGTH, length).body(body).expect("an answer");
    };
    let (from, to): (usize, usize) = (from.parse().expect("a number"), to.parse().expect("a number"));
    let part = bytes.slice(from..length.min(to + 1));
    let range = format!("bytes {from}-{}/{length}", from + part.len() - 1);
    let answer = answer.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, range);
    answer.body(Body::from(part)).expect("an answer")
}

fn list(objects: &BTreeMap<String, Bytes>, query: &HashMap<String, String>) -> String {
    let prefix = query.get("prefix").cloned().unwrap_or_default();
    let after =
        query.get("continuation-token").or_else(|| query.get("start-after")).cloned().unwrap_or_default();
    let mut found = objects.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after);
    let page: Vec<_> = found.by_ref().take(PAGE).collect();
    let mut text = "<ListBucketResult>".to_owned();
    for (key, bytes) in &page {
        let size = bytes.len();
        text += &format!(
            "<Contents><Key>{key}</Key><LastModified>{WHEN}</LastModified><Size>{size}</Size></Contents>"
        );
    }
    if let (Some((last, _)), true) = (page.last(), found.next().is_some()) {
        text += &format!("<NextContinuationToken>{last}</NextContinuationToken>");
    }
    text + "</ListBucketResult>"
}

fn delete(objects: &mut BTreeMap<String, Bytes>, body: &Bytes) -> String {
    let body = String::from_utf8_lossy(body).into_owned();
    let mut text = "<DeleteResult>".to_owned();
    for key in body.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>")).map(|(key, _)| key) {
        objects.remove(key);
        text += &format!("<Deleted><Key>{key}</Key></Deleted>");
    }
    text + "</DeleteResult>"
}

/// A lake in a bucket of that server.
fn lake(address: std::net::SocketAddr, spool: &tempfile::TempDir) -> Lake {
    let settings = [
        ("aws_endpoint", format!("http://{address}")),
        ("aws_allow_http", "true".to_owned()),
        ("aws_region", "ru-1".to_owned()),
        ("aws_access_key_id", "somebody".to_owned()),
        ("aws_secret_access_key", "something".to_owned()),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    let place = Place::parse("s3://bucket/monitoring/lake", settings, spool.path()).expect("a place");
    Lake::new(place, clock(), Arc::new(SystemRandom))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_bucket_it_is_the_same_lake() {
    let bucket = Arc::new(Bucket::default());
    let server = axum::Router::new().fallback(handle).layer(DefaultBodyLimit::disable());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, server.with_state(bucket.clone())).into_future());
    let spool = tempfile::tempdir().expect("a folder");

    let (one, two) = (lake(address, &spool), lake(address, &spool));
    for turn in 0..40 {
        let writer = if turn % 2 == 0 { &one } else { &two };
        grow(writer, turn * 10, turn * 10 + 10).await.expect("a commit");
    }
    let base = one.latest().await.expect("a snapshot");
    assert_eq!(
        (base.number(), number(&one, &base, "select count(distinct at) from events").await),
        (40, 400)
    );
    let (mine, other) =
        (file(&one, 400, 410).await.expect("a file"), file(&two, 410, 420).await.expect("a file"));
    one.commit(&base, Change::new().with(mine)).await.expect("the first");
    let second = two.commit(&base, Change::new().with(other.clone())).await;
    assert!(matches!(second, Err(Error::Conflict(41))), "{second:?}");

    // A file that goes over in parts.
    let mut large = otklik_lake::TableWriter::new(&one, &crate::support::table().level(1)).expect("a writer");
    for step in 0..90 {
        let from = 1_000_000 + step * 20_000;
        large.write(&crate::support::scattered(from, from + 20_000)).expect("rows are written");
    }
    let large = large.finish().expect("a file");
    assert!(large.file().bytes > 9 << 20, "{}", large.file().bytes);
    let large = one.keep(large).await.expect("it is stored");
    let now = one.latest().await.expect("a snapshot");
    let without = now.all_files().next().expect("a file").path.clone();
    one.commit(&now, Change::new().with(large).without(without)).await.expect("a commit");

    let swept = two.vacuum(-1_000_000_000_000).await.expect("cleaning");
    assert_eq!(swept.files.len(), 2, "{swept:?}");
    let report = two.verify().await.expect("a report");
    assert!(report.ok && report.rows["events"] == 400 + 1_800_000, "{report:?}");
    assert!(report.unknown.is_empty(), "{report:?}");
    assert!(bucket.refused.load(Ordering::SeqCst) > 10);
    let objects = bucket.objects.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(objects.keys().all(|key| key.starts_with("monitoring/lake/")));
}

#[test]
fn an_address_that_is_neither_a_bucket_nor_a_folder_is_refused() {
    let spool = tempfile::tempdir().expect("a folder");
    for address in ["ftp://somewhere/lake", "s3://", "https://storage/bucket"] {
        assert!(Place::parse(address, [], spool.path()).is_err(), "{address}");
    }
    let inside = spool.path().join("lake");
    assert!(Place::parse(&inside.display().to_string(), [], spool.path()).is_ok() && inside.is_dir());
}
