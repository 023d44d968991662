//! Encrypted conversations with a real server and a certificate made for the occasion.

mod common;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::{expected, letter, read_with_python};
use otklik_mail::{SendErrorKind, Transport};

/// Carries the setting to the process that trusts the certificate.
const SETTING: &str = "OTKLIK_TEST_MAIL_SETTING";

struct Server {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    port: u16,
}

impl Server {
    fn start(folder: &Path, mode: &str) -> Self {
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"])
            .current_dir(folder)
            .stderr(Stdio::null())
            .status()
            .expect("openssl is needed for this test");
        assert!(made.success());
        let mut child = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls_server.py"))
            .args(["cert.pem", "key.pem", mode])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is needed for this test");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        output.read_line(&mut port).unwrap();
        Self { child, output, port: port.trim().parse().unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends to a server whose certificate this process doesn't know, then from one that trusts it.
async fn conversation(mode: &str, setting: impl Fn(u16) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), mode);
    let setting = setting(server.port);
    let stranger = Transport::from_setting(&setting).unwrap();
    let error = stranger.send(&letter(1, "a@b.ru")).await.unwrap_err();
    assert_eq!(error.kind, SendErrorKind::Misconfigured, "{error}");
    assert!(error.detail.contains("certificate"), "{error}");

    let sent = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "sends_as_told_by_the_environment"])
        .env("SSL_CERT_FILE", folder.path().join("cert.pem"))
        .env(SETTING, &setting)
        .output()
        .unwrap();
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stdout));
    let mut data = Vec::new();
    server.output.read_to_end(&mut data).unwrap();
    assert_eq!(read_with_python(&data), expected(&letter(1, "a@b.ru")));
}

#[tokio::test]
async fn smtps_delivers_when_the_machine_trusts_the_certificate_and_only_then() {
    conversation("wrapped", |port| format!("smtps://localhost:{port}")).await;
}

#[tokio::test]
async fn starttls_delivers_when_the_machine_trusts_the_certificate_and_only_then() {
    conversation("starttls", |port| format!("smtp://localhost:{port}?tls=required")).await;
}

#[tokio::test]
async fn starttls_is_taken_when_offered_and_never_skipped_for_a_bad_certificate() {
    conversation("starttls", |port| format!("smtp://localhost:{port}")).await;
}

#[tokio::test]
#[ignore = "run by the tests above in a process of its own, with a certificate to trust"]
#[expect(clippy::disallowed_methods, reason = "told its setting by the test that started it")]
async fn sends_as_told_by_the_environment() {
    let transport = Transport::from_setting(&std::env::var(SETTING).unwrap()).unwrap();
    transport.send(&letter(1, "a@b.ru")).await.unwrap();
}
