//! Sending into a folder: the file appears wholly or not at all.

use std::path::Path;

use tokio::io::AsyncWriteExt as _;

/// Writes a file beside its place, makes it durable and moves it there; what stands as proof.
///
/// # Errors
/// The folder can't be written, naming it.
pub async fn put(folder: &str, name: &str, bytes: &[u8]) -> Result<String, String> {
    let place = Path::new(folder).join(name);
    let beside = Path::new(folder).join(format!(".{name}.part"));
    let written = async {
        let mut file = tokio::fs::File::create(&beside).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        tokio::fs::rename(&beside, &place).await?;
        tokio::fs::File::open(folder).await?.sync_all().await
    };
    written.await.map_err(|error: std::io::Error| format!("{}: {error}", place.display()))?;
    Ok(format!("{}: {}", place.display(), bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn mon18_a_file_in_a_folder_is_whole_and_replaces_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        put(path, "a.zip", b"first").await.unwrap();
        put(path, "a.zip", b"second").await.unwrap();
        assert_eq!(std::fs::read(folder.path().join("a.zip")).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        let missing = put(&format!("{path}/missing"), "a.zip", b"x").await.unwrap_err();
        assert!(missing.contains("missing/a.zip"), "{missing}");
    }
}
