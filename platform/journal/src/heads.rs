//! Signed heads: what the chain was on a day, for people outside to keep.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use otklik_db::{Db, DbErr};
use otklik_kernel::code::{hex, read_hex};
use otklik_kernel::{Instant, Zone};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::seal::last;

/// The file of the key, in the data folder.
const KEY_FILE: &str = "journal-signing.pk8";
/// The folder of exported heads, in the folder given.
const FOLDER: &str = "heads";

/// The Ed25519 key that signs heads.
#[derive(Debug)]
pub struct SigningKey(Ed25519KeyPair);

/// Why there is no key to sign with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("ключ подписи журнала {0}: {1}")]
    File(PathBuf, #[source] io::Error),
    /// The file is not a key.
    #[error("ключ подписи журнала {0} повреждён")]
    Broken(PathBuf),
    /// Others may read the file.
    #[error("ключ подписи журнала {0} доступен посторонним: нужны права 600")]
    Open(PathBuf),
    /// The machine gave no randomness.
    #[error("не удалось создать ключ подписи журнала")]
    Random,
}

impl SigningKey {
    /// Reads the key in the data folder; makes it at first use, readable by its owner only.
    ///
    /// # Errors
    /// When the file can't be made or read, is no key, or may be read by others.
    pub fn open(data: &Path) -> Result<Self, KeyError> {
        let path = data.join(KEY_FILE);
        if !path.exists() {
            Self::create(&path)?;
        }
        let failed = |e| KeyError::File(path.clone(), e);
        let bytes = fs::read(&path).map_err(failed)?;
        if fs::metadata(&path).map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Open(path));
        }
        Ed25519KeyPair::from_pkcs8(&bytes).map(Self).map_err(|_| KeyError::Broken(path))
    }

    /// Makes the file whole and at once, so that two processes end up with one key.
    fn create(path: &Path) -> Result<(), KeyError> {
        let random = ring::rand::SystemRandom::new();
        let key = Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| KeyError::Random)?;
        let part = path.with_extension(format!("part{}", std::process::id()));
        let write = || {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
            file.write_all(key.as_ref())?;
            file.sync_all()?;
            match fs::hard_link(&part, path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => Ok(()),
            }
        };
        let written = write();
        let _ = fs::remove_file(&part);
        written.map_err(|error| KeyError::File(path.to_owned(), error))
    }

    /// The public key as hexadecimal: outsiders keep it to check heads with.
    #[must_use]
    pub fn public_key(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    /// Signs what the chain was at a moment.
    #[must_use]
    pub fn sign(&self, seq: i64, chain: String, now: Instant) -> Head {
        let mut head =
            Head { seq, chain, at: now.iso(), signature: String::new(), public_key: self.public_key() };
        head.signature = hex(self.0.sign(head.signed().as_bytes()).as_ref());
        head
    }
}

/// What the chain was at a moment, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the last sealed entry.
    pub seq: i64,
    /// The chain at it, hexadecimal.
    pub chain: String,
    /// When it was signed, such as `2026-11-22T09:00:00Z`.
    pub at: String,
    /// The Ed25519 signature, hexadecimal.
    pub signature: String,
    /// The key it is checked with, hexadecimal.
    pub public_key: String,
}

impl Head {
    /// The text that is signed.
    fn signed(&self) -> String {
        format!("otklik-journal-head-v1\n{}\n{}\n{}\n", self.seq, self.chain, self.at)
    }

    /// Whether the signature was made with the head's key.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let (Some(key), Some(signature)) = (read_hex(&self.public_key), read_hex(&self.signature)) else {
            return false;
        };
        UnparsedPublicKey::new(&ED25519, key).verify(self.signed().as_bytes(), &signature).is_ok()
    }
}

/// Why a head wasn't exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database is away.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The file can't be written.
    #[error("выгрузка журнала {0}: {1}")]
    File(PathBuf, #[source] io::Error),
}

/// Signs the head of the chain and writes it to `DIR/heads/YYYY-MM-DD.json` (the day in UTC).
///
/// Gives the file, or nothing when the journal is empty. A file that exists is left as it is: what was
/// signed earlier that day is evidence.
///
/// # Errors
/// When the database is away or the file can't be written.
pub async fn export_head(
    db: &Db,
    key: &SigningKey,
    folder: &Path,
    now: Instant,
) -> Result<Option<PathBuf>, ExportError> {
    let Some((seq, chain)) = last(db.read()).await? else { return Ok(None) };
    let head = key.sign(seq, chain, now);
    let folder = folder.join(FOLDER);
    let path = folder.join(format!("{}.json", now.day_in(&Zone::utc())));
    write_new(&folder, &path, &head).map_err(|error| ExportError::File(path.clone(), error))?;
    Ok(Some(path))
}

fn write_new(folder: &Path, path: &Path, head: &Head) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let part = path.with_extension(format!("part{}", std::process::id()));
    let mut file = File::create(&part)?;
    file.write_all(serde_json::to_string_pretty(head)?.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    let linked = fs::hard_link(&part, path);
    fs::remove_file(&part)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => File::open(folder)?.sync_all(),
    }
}

/// Exported heads as found in a folder.
#[derive(Clone, Debug, Default)]
pub struct Heads {
    /// Each with the name of its file, oldest first.
    pub heads: Vec<(String, Head)>,
    /// Files that can't be read as a head: their names and what is wrong.
    pub unreadable: Vec<(String, String)>,
}

/// Reads the heads exported to a folder; none when it doesn't exist.
///
/// # Errors
/// When the folder can't be listed.
pub fn read_heads(folder: &Path) -> io::Result<Heads> {
    let mut found = Heads::default();
    let entries = match fs::read_dir(folder.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = fs::read_to_string(&path).map_err(|error| error.to_string());
        match read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string())) {
            Ok(head) => found.heads.push((name, head)),
            Err(error) => found.unreadable.push((name, error)),
        }
    }
    found.heads.sort_by(|a, b| a.0.cmp(&b.0));
    found.unreadable.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_kept_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let first = SigningKey::open(folder.path()).unwrap().public_key();
        assert_eq!(SigningKey::open(folder.path()).unwrap().public_key(), first);
        let path = folder.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(SigningKey::open(folder.path()), Err(KeyError::Open(_))));
    }

    #[test]
    fn a_signature_holds_for_the_documented_bytes_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::open(folder.path()).unwrap();
        let head = key.sign(7, "ab".repeat(32), Instant(1_795_338_000_000_000));
        let bytes = format!("otklik-journal-head-v1\n7\n{}\n2026-11-22T09:00:00Z\n", "ab".repeat(32));
        let public = read_hex(&head.public_key).unwrap();
        let signature = read_hex(&head.signature).unwrap();
        UnparsedPublicKey::new(&ED25519, public).verify(bytes.as_bytes(), &signature).unwrap();
        assert!(head.is_signed());
        for forged in [
            Head { seq: 8, ..head.clone() },
            Head { chain: "cd".repeat(32), ..head.clone() },
            Head { at: "2026-11-23T09:00:00Z".to_owned(), ..head.clone() },
            Head { signature: head.signature.replace(|c: char| c.is_ascii_digit(), "a"), ..head.clone() },
            Head { public_key: "00".repeat(32), ..head.clone() },
            Head { public_key: "x".to_owned(), ..head.clone() },
        ] {
            assert!(!forged.is_signed(), "{forged:?}");
        }
    }
}
