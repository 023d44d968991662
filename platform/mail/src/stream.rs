//! The connection under the conversation: `TCP_NODELAY` is set before the first byte.
//!
//! A letter and its final dot are two writes. With Nagle's algorithm the second would wait until the server
//! has acknowledged the first, which servers put off by about 40 ms: a connection would carry some twenty
//! letters a second, however fast the server is.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::Error;
#[expect(
    deprecated,
    reason = "the only way to encrypt a connection of our own before the server's greeting"
)]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::{AsyncTokioStream, TlsParameters};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Connects to the first of the host's addresses that answers.
///
/// # Errors
/// When the name is unknown or nobody listens there; waits as long as the system does.
pub(crate) async fn open(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A connection encrypted from its first byte on, as `smtps` asks.
#[derive(Debug)]
#[expect(deprecated, reason = "see the import")]
pub(crate) struct Wrapped(AsyncNetworkStream);

#[expect(deprecated, reason = "see the import")]
impl Wrapped {
    /// Agrees on the encryption.
    ///
    /// # Errors
    /// When the certificate is refused, or the other side doesn't encrypt.
    pub(crate) async fn over(stream: TcpStream, parameters: TlsParameters) -> Result<Self, Error> {
        let mut stream = AsyncNetworkStream::use_existing_tokio1(Box::new(stream));
        stream.upgrade_tls(parameters).await?;
        Ok(Self(stream))
    }
}

impl AsyncTokioStream for Wrapped {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
}

impl AsyncRead for Wrapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = Pin::new(&mut self.0);
        let read = ready!(futures_io::AsyncRead::poll_read(stream, cx, buffer.initialize_unfilled()))?;
        buffer.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        futures_io::AsyncWrite::poll_write(Pin::new(&mut self.0), cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        futures_io::AsyncWrite::poll_flush(Pin::new(&mut self.0), cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        futures_io::AsyncWrite::poll_close(Pin::new(&mut self.0), cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::open;

    #[tokio::test]
    async fn the_final_dot_waits_for_no_acknowledgement() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = open("127.0.0.1", port).await.unwrap();
        assert!(stream.nodelay().unwrap());
    }
}
