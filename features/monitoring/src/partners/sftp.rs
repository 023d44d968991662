//! Sending by SFTP: the server is known by the fingerprint of its key, the file appears wholly or not at all.

use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, Handle};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh_sftp::client::SftpSession;
use tokio::io::AsyncWriteExt as _;
use url::Url;

/// How long the whole of a sending may take.
const LONGEST: Duration = Duration::from_secs(600);
/// The port where none is said.
const PORT: u16 = 22;
/// How much is written at once.
const PIECE: usize = 128 * 1024;

/// Where to send, and as whom.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// `sftp://host[:port]/folder`.
    pub address: &'a str,
    /// The login.
    pub login: &'a str,
    /// The password, or a private key in OpenSSH's form.
    pub password: &'a str,
    /// The fingerprint of the server's key, `SHA256:…`.
    pub key: &'a str,
}

/// Takes the server whose key has the agreed fingerprint, and no other.
struct Known {
    key: String,
}

impl client::Handler for Known {
    type Error = russh::Error;

    async fn check_server_key(&mut self, offered: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = offered else { return Ok(false) };
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        if fingerprint != self.key {
            tracing::warn!(fingerprint, agreed = self.key, "the SFTP server has another key than agreed");
        }
        Ok(fingerprint == self.key)
    }
}

/// Writes a file beside its place and moves it there; what stands as proof.
///
/// # Errors
/// What went wrong, in words of the library or the server.
pub async fn put(server: &Server<'_>, name: &str, bytes: &[u8]) -> Result<String, String> {
    let sent = tokio::time::timeout(LONGEST, send(server, name, bytes)).await;
    sent.unwrap_or_else(|_| Err("timeout".to_owned()))
        .map_err(|problem| format!("{}: {problem}", server.address))
}

async fn send(server: &Server<'_>, name: &str, bytes: &[u8]) -> Result<String, String> {
    let url = Url::parse(server.address).map_err(words)?;
    let host = url.host_str().ok_or("no host")?.to_owned();
    let config = client::Config { inactivity_timeout: Some(Duration::from_secs(60)), ..Default::default() };
    let known = Known { key: server.key.to_owned() };
    let connected =
        client::connect(Arc::new(config), (host, url.port().unwrap_or(PORT)), known).await.map_err(words)?;
    let session = sign_in(connected, server).await?;
    let channel = session.channel_open_session().await.map_err(words)?;
    channel.request_subsystem(true, "sftp").await.map_err(words)?;
    let sftp = SftpSession::new(channel.into_stream()).await.map_err(words)?;
    let folder = url.path().trim_end_matches('/');
    let (place, beside) = (format!("{folder}/{name}"), format!("{folder}/.{name}.part"));
    let mut file = sftp.create(beside.clone()).await.map_err(words)?;
    for piece in bytes.chunks(PIECE) {
        file.write_all(piece).await.map_err(words)?;
    }
    file.flush().await.map_err(words)?;
    file.shutdown().await.map_err(words)?;
    // SFTP's own rename doesn't replace: a file of the same name is one that was sent before.
    if sftp.try_exists(place.clone()).await.map_err(words)? {
        sftp.remove_file(place.clone()).await.map_err(words)?;
    }
    sftp.rename(beside, place.clone()).await.map_err(words)?;
    let size = sftp.metadata(place.clone()).await.map_err(words)?.size.unwrap_or(0);
    sftp.close().await.map_err(words)?;
    if size != bytes.len() as u64 {
        return Err(format!("{place}: {size} of {} bytes arrived", bytes.len()));
    }
    Ok(format!("{place}: {size}, {}", server.key))
}

async fn sign_in(mut session: Handle<Known>, server: &Server<'_>) -> Result<Handle<Known>, String> {
    let answer = if server.password.trim_start().starts_with("-----BEGIN") {
        let key = PrivateKey::from_openssh(server.password).map_err(words)?;
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
        session.authenticate_publickey(server.login, key).await
    } else {
        session.authenticate_password(server.login, server.password).await
    };
    match answer.map_err(words)?.success() {
        true => Ok(session),
        false => Err("the server refuses the login or its password".to_owned()),
    }
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
