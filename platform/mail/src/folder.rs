//! Letters into a folder: for trying the programme out, and for offices whose mail is carried by hand.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{SendError, SendErrorKind};
use crate::message::Message;
use crate::transport::Sent;

/// Tells the temporary files of one process apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A folder with a file `<message id>.eml` per letter.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Writes the whole file beside and renames it: whoever reads the folder never sees half a letter. The
    /// same message id replaces the same file.
    pub(crate) async fn send(&self, message: &Message) -> Result<Sent, SendError> {
        let data = message.build()?;
        let file = self.path.join(format!("{}.eml", message.message_id));
        let reply = file.display().to_string();
        self.run(move |folder| write(folder, &file, &data)).await?;
        Ok(Sent { reply })
    }

    pub(crate) async fn check(&self) -> Result<(), SendError> {
        self.run(|folder| {
            let probe = temporary(folder);
            std::fs::write(&probe, b"")?;
            std::fs::remove_file(&probe)
        })
        .await
    }

    async fn run(
        &self,
        work: impl FnOnce(&Path) -> io::Result<()> + Send + 'static,
    ) -> Result<(), SendError> {
        let folder = self.path.clone();
        let done = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            work(&folder)
        });
        done.await.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|error| {
            let kind = match error.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    SendErrorKind::Misconfigured
                }
                io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => SendErrorKind::Misconfigured,
                _ => SendErrorKind::Transient,
            };
            SendError::new(kind, format!("{}: {error}", self.path.display()))
        })
    }
}

fn temporary(folder: &Path) -> PathBuf {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    folder.join(format!(".{}-{number}.tmp", std::process::id()))
}

fn write(folder: &Path, file: &Path, data: &[u8]) -> io::Result<()> {
    let draft = temporary(folder);
    let written = std::fs::File::create(&draft)
        .and_then(|mut draft| draft.write_all(data).and_then(|()| draft.sync_all()))
        .and_then(|()| std::fs::rename(&draft, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    written?;
    // The new name must survive a power cut, too.
    std::fs::File::open(folder)?.sync_all()
}
