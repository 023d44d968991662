//! A table as the body of an answer.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::unfold;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::{Cell, Format, Table, Writer};

/// Bytes sent at once.
const PIECE: usize = 64 * 1024;
/// Pieces on their way; with the one being written all the memory that a download takes.
const PIECES: usize = 4;

/// Whoever was reading has gone, or a row could not be written: there is no use in going on.
#[derive(Debug)]
pub struct Gone;

/// What has been written and not yet sent.
#[derive(Clone, Debug, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self, at_least: usize) -> Option<Bytes> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (bytes.len() >= at_least).then(|| Bytes::from(std::mem::take(&mut *bytes)))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Rows on their way into an answer. Dropped before [`Rows::finish`] it breaks the download off.
#[derive(Debug)]
pub struct Rows {
    writer: Writer<Buffer>,
    buffer: Buffer,
    pieces: Sender<Piece>,
}

#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    End,
}

/// Begins a download: rows go in at one end while the answer goes out at the other. `name` is the file's,
/// without its ending.
///
/// # Errors
/// When the table can't be begun.
pub fn stream(format: Format, table: &Table, name: &str) -> io::Result<(Rows, Response)> {
    let (pieces, receiver) = channel(PIECES);
    let buffer = Buffer::default();
    let writer = Writer::new(format, table, buffer.clone())?;
    let mut response = Body::from_stream(unfold(Some(receiver), next)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    let name = format!("{name}.{}", format.ending());
    let disposition = format!(
        "attachment; filename=\"table.{}\"; filename*=UTF-8''{}",
        format.ending(),
        utf8_percent_encode(&name, NON_ALPHANUMERIC)
    );
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok((Rows { writer, buffer, pieces }, response))
}

type Next = Option<(io::Result<Bytes>, Option<Receiver<Piece>>)>;

async fn next(receiver: Option<Receiver<Piece>>) -> Next {
    let mut receiver = receiver?;
    match receiver.recv().await {
        Some(Piece::Bytes(bytes)) => Some((Ok(bytes), Some(receiver))),
        Some(Piece::End) => None,
        None => Some((Err(io::Error::other("the table was broken off")), None)),
    }
}

impl Rows {
    /// Adds a row; waits while the reader is behind.
    ///
    /// # Errors
    /// When there is no use in going on.
    pub async fn add(&mut self, cells: &[Cell<'_>]) -> Result<(), Gone> {
        self.writer.row(cells).map_err(|_| Gone)?;
        match self.buffer.take(PIECE) {
            Some(bytes) => self.pieces.send(Piece::Bytes(bytes)).await.map_err(|_| Gone),
            None => Ok(()),
        }
    }

    /// Ends the table; without it the download breaks off, and the browser says so.
    ///
    /// # Errors
    /// When whoever was reading has gone.
    pub async fn finish(self) -> Result<(), Gone> {
        let Self { writer, buffer, pieces } = self;
        writer.finish().map_err(|_| Gone)?;
        if let Some(bytes) = buffer.take(1) {
            pieces.send(Piece::Bytes(bytes)).await.map_err(|_| Gone)?;
        }
        pieces.send(Piece::End).await.map_err(|_| Gone)
    }
}
