//! The peer for pages: a server that answers the same bytes to whatever it is asked. Nothing that does HTTP
//! over the same runtime can be faster, so it is the ceiling our own pages are compared to.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Serves the bytes of a file until the standard input ends; says its address on the standard output.
///
/// # Errors
/// The file can't be read, or no port is free.
pub fn main(answer: &Path) -> anyhow::Result<()> {
    let answer = std::fs::read(answer).with_context(|| format!("reading {}", answer.display()))?;
    println!("{}", start_in_background(answer)?);
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Serves the bytes from threads of its own, as many as the machine has cores, to the end of the process.
///
/// # Errors
/// No port is free, or the runtime can't be made.
pub fn start_in_background(answer: Vec<u8>) -> anyhow::Result<SocketAddr> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || runtime.block_on(serve(listener, answer.into())));
    Ok(address)
}

async fn serve(listener: TcpListener, answer: Arc<[u8]>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, Arc::clone(&answer)));
    }
}

async fn converse(mut stream: TcpStream, answer: Arc<[u8]>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let close = memchr::memmem::find(&answer, b"connection: close").is_some();
    let (mut buffer, mut filled) = ([0; 4096], 0);
    loop {
        let count = stream.read(&mut buffer[filled..]).await?;
        filled += count;
        if count == 0 || filled == buffer.len() {
            return Ok(());
        }
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            stream.write_all(&answer).await?;
            filled = 0;
            if close {
                return Ok(());
            }
        }
    }
}
