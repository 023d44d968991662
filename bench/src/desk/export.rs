//! The whole list as a table: how fast it comes, and how much memory the server takes for it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde::Serialize;

use super::talk::{Official, get};
use crate::clock::now;
use crate::http;
use crate::otklik::Server;

/// How long the server may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// One table taken along.
#[derive(Debug, Serialize)]
pub struct Export {
    /// What.
    pub what: String,
    /// Rows of the table.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// From asking to the last byte.
    pub seconds: f64,
    /// Allocated memory before it, in KiB.
    pub before: u64,
    /// The most that was allocated while it was made, in KiB, looked at with each part that arrived.
    pub peak: u64,
}

impl Export {
    /// Rows per second.
    pub fn per_second(&self) -> f64 {
        self.rows as f64 / self.seconds.max(1e-9)
    }
}

/// Takes a table along; its rows are counted where it is CSV, else they are what the caller knows.
///
/// # Errors
/// The server refuses, or the table isn't whole.
pub fn take(
    server: &Server,
    official: &Official,
    what: &str,
    path: &str,
    known: Option<u64>,
) -> anyhow::Result<Export> {
    let before = server.allocated()?;
    let mut peak = before;
    let begun = now();
    // By HTTP/1.0 the body comes as it is, to the end of the connection.
    let request = get(server.address, path, official).replacen("HTTP/1.1", "HTTP/1.0", 1);
    let mut reader = Reader::open(server.address, &request)?;
    let (mut bytes, mut csv, mut tail) = (0, Records::default(), Vec::new());
    while let Some(part) = reader.read()? {
        bytes += part.len() as u64;
        peak = peak.max(server.allocated()?);
        if known.is_none() {
            csv.count(part);
        } else {
            tail.extend_from_slice(part);
            tail.drain(..tail.len().saturating_sub(64));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let rows = match known {
        Some(rows) => {
            // A zip file ends with its directory.
            ensure!(memchr::memmem::find(&tail, b"PK\x05\x06").is_some(), "{path}: the file has no end");
            rows
        }
        None => csv.records.saturating_sub(1),
    };
    Ok(Export { what: what.to_owned(), rows, bytes, seconds, before, peak })
}

struct Reader {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Bytes of the body that came with the head.
    first: Vec<u8>,
}

impl Reader {
    fn open(address: SocketAddr, request: &str) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(SILENCE))?;
        stream.write_all(request.as_bytes())?;
        let mut reader = Self { stream, buffer: vec![0; 256 * 1024], first: Vec::new() };
        loop {
            let count = reader.stream.read(&mut reader.buffer)?;
            ensure!(count > 0, "no answer");
            reader.first.extend_from_slice(&reader.buffer[..count]);
            if let Some(end) = memchr::memmem::find(&reader.first, b"\r\n\r\n") {
                let status = http::status(&reader.first).context("no status")?;
                ensure!(status == 200, "status {status}");
                reader.first.drain(..end + 4);
                return Ok(reader);
            }
        }
    }

    /// The next bytes; nothing at the end.
    fn read(&mut self) -> anyhow::Result<Option<&[u8]>> {
        if !self.first.is_empty() {
            let first = std::mem::take(&mut self.first);
            self.buffer[..first.len()].copy_from_slice(&first);
            return Ok(Some(&self.buffer[..first.len()]));
        }
        let count = self.stream.read(&mut self.buffer)?;
        Ok((count > 0).then_some(&self.buffer[..count]))
    }
}

/// Counts the records of a CSV file as it comes: line ends within quotes belong to a text.
#[derive(Debug, Default)]
struct Records {
    records: u64,
    is_quoted: bool,
}

impl Records {
    fn count(&mut self, bytes: &[u8]) {
        for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
            match bytes[at] {
                b'"' => self.is_quoted = !self.is_quoted,
                _ if !self.is_quoted => self.records += 1,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_within_texts_are_no_records() {
        let file = "a;b\r\n1;\"two\nlines, \"\"quoted\"\"\n\"\r\n2;x\r\n".as_bytes();
        for cut in 0..file.len() {
            let mut records = Records::default();
            records.count(&file[..cut]);
            records.count(&file[cut..]);
            assert_eq!(records.records, 3, "cut at {cut}");
        }
    }
}
