//! Sending into a folder: one of those that the installation allows, where the file appears wholly or not at all.

use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;

use crate::texts::L;

/// Folders into which and below which files may be sent: the setting `monitoring_folders`.
#[derive(Clone, Debug)]
pub struct Roots(Arc<[PathBuf]>);

impl Roots {
    /// Allows these, which need not be there yet.
    #[must_use]
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self(folders.into())
    }

    /// Where a folder really lies, when it is one of these or lies in one; waits for the disk.
    #[must_use]
    pub fn place(&self, folder: &Path) -> Option<PathBuf> {
        let place = real(folder)?;
        let is_in = self.0.iter().filter_map(|root| real(root)).any(|root| place.starts_with(root));
        is_in.then_some(place)
    }
}

impl fmt::Display for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(|root| root.display().to_string()).collect();
        f.write_str(&all.join(", "))
    }
}

/// A path with its links followed as far as it is there; none of one that goes up again.
fn real(path: &Path) -> Option<PathBuf> {
    if path.components().any(|part| part == Component::ParentDir) {
        return None;
    }
    let (there, mut place) = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)))?;
    place.extend(path.strip_prefix(there).ok()?);
    Some(place)
}

/// Writes a file beside its place, makes it durable and moves it there; what stands as proof.
///
/// # Errors
/// The folder isn't allowed or can't be written, naming it.
pub async fn put(roots: &Roots, folder: &str, name: &str, bytes: &[u8]) -> Result<String, String> {
    let (allowed, path) = (roots.clone(), PathBuf::from(folder));
    let real = tokio::task::spawn_blocking(move || allowed.place(&path)).await;
    let real = real.map_err(|error| error.to_string())?;
    let real = real.ok_or_else(|| L::default().sending_not_allowed(roots.to_string(), folder.to_owned()))?;
    let (place, beside) = (real.join(name), real.join(format!(".{name}.part")));
    let written = async {
        let mut file = tokio::fs::File::create(&beside).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        tokio::fs::rename(&beside, &place).await?;
        tokio::fs::File::open(&real).await?.sync_all().await
    };
    written.await.map_err(|error: io::Error| format!("{}: {error}", place.display()))?;
    Ok(format!("{}: {}", place.display(), bytes.len()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[tokio::test]
    async fn mon18_a_file_in_a_folder_is_whole_and_replaces_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let roots = Roots::new(vec![folder.path().to_owned()]);
        let path = folder.path().to_str().unwrap();
        put(&roots, path, "a.zip", b"first").await.unwrap();
        put(&roots, path, "a.zip", b"second").await.unwrap();
        assert_eq!(std::fs::read(folder.path().join("a.zip")).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        let missing = put(&roots, &format!("{path}/missing"), "a.zip", b"x").await.unwrap_err();
        assert!(missing.contains("missing/a.zip"), "{missing}");
    }

    #[tokio::test]
    async fn mon18_nothing_is_put_outside_of_the_folders_that_are_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["sent/in", "sent-too", "outside"] {
            std::fs::create_dir_all(at(name)).unwrap();
        }
        symlink(at("outside"), at("sent/out")).unwrap();
        symlink(at("sent/in"), at("linked")).unwrap();
        symlink(at("sent"), at("root")).unwrap();
        for roots in [vec![at("sent")], vec![at("root")], vec![at("missing"), at("sent")]] {
            let roots = Roots::new(roots);
            for allowed in ["sent", "sent/in", "sent/in/later", "linked", "root/in"] {
                assert!(roots.place(&at(allowed)).is_some(), "{allowed}");
            }
            for other in
                ["", "outside", "sent-too", "sent/out", "sent/out/in", "sent/in/../../outside", "sent/.."]
            {
                assert!(roots.place(&at(other)).is_none(), "{other}");
                let folder = at(other).display().to_string();
                let refused = put(&roots, &folder, "a.zip", b"x").await.unwrap_err();
                assert!(refused.contains(&folder) && refused.contains(&roots.to_string()), "{refused}");
            }
        }
        assert!(Roots::new(Vec::new()).place(&at("sent")).is_none());
        assert_eq!(std::fs::read_dir(at("outside")).unwrap().count(), 0);
    }
}
