//! Letters into a folder.

mod common;

use common::{expected, letter, read_with_python};
use otklik_mail::{SendErrorKind, Transport};

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_letter_is_a_file_that_another_program_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out/mail");
    let transport = Transport::from_setting(&format!("file:{}", path.display())).unwrap();
    transport.check().await.unwrap();
    let letter = letter(7, "a@b.ru");
    let sent = transport.send(&letter).await.unwrap();
    assert_eq!(sent.reply, path.join("7.abc@otklik.example.eml").display().to_string());
    assert_eq!(names(&path), ["7.abc@otklik.example.eml"]);
    assert_eq!(read_with_python(&std::fs::read(&sent.reply).unwrap()), expected(&letter));
}

#[tokio::test]
async fn the_same_letter_twice_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let transport = Transport::from_setting(&format!("file:{}", folder.path().display())).unwrap();
    for number in [1, 1, 2] {
        transport.send(&letter(number, "a@b.ru")).await.unwrap();
    }
    assert_eq!(names(folder.path()), ["1.abc@otklik.example.eml", "2.abc@otklik.example.eml"]);
}

#[tokio::test]
async fn a_folder_that_is_a_file_blames_the_setting() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for setting in [file.path().display().to_string(), file.path().join("x").display().to_string()] {
        let transport = Transport::from_setting(&format!("file:{setting}")).unwrap();
        let error = transport.send(&letter(1, "a@b.ru")).await.unwrap_err();
        assert_eq!(error.kind, SendErrorKind::Misconfigured, "{error}");
        assert_eq!(transport.check().await.unwrap_err().kind, SendErrorKind::Misconfigured);
    }
}

#[tokio::test]
async fn a_message_id_never_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("in");
    let transport = Transport::from_setting(&format!("file:{}", inner.display())).unwrap();
    let mut evil = letter(1, "a@b.ru");
    evil.message_id = "../evil@b".to_owned();
    assert_eq!(transport.send(&evil).await.unwrap_err().kind, SendErrorKind::Permanent);
    assert!(names(folder.path()).is_empty());
}
