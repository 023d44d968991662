//! What the tests of both transports share.

use std::io::Write;
use std::process::{Command, Stdio};

use otklik_kernel::Instant;
use otklik_mail::{EmailAddress, Message};

/// A letter in Russian to somebody.
pub fn letter(number: usize, to: &str) -> Message {
    Message {
        message_id: format!("{number}.abc@otklik.example"),
        from: EmailAddress::parse("otklik@nalog.example").unwrap(),
        to: EmailAddress::parse(to).unwrap(),
        subject:
            "Отрицательный отзыв: ИФНС России № 7 по г. Москве, окно «Приём документов» — ждали 40 минут 😞"
                .to_owned(),
        text: "Пришли три отметки.\n.\n..точки в начале\nСсылка: https://otklik.example/o/1\n".to_owned(),
        html: "<p>Пришли <b>три</b> отметки.</p>\n".to_owned(),
        trace: "0af7651916cd43dd8448eb211c80319c".to_owned(),
        date: Instant(1_795_345_509_123_456),
    }
}

/// What an independent program reads from the letter: a line per header, then both parts.
pub fn read_with_python(data: &[u8]) -> String {
    const SCRIPT: &str = "
import email, email.policy, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
for name in ('Message-ID', 'From', 'To', 'Subject', 'Auto-Submitted', 'X-Otklik-Trace'):
    assert len(m.get_all(name)) == 1, name
    print(name + ':', m[name])
print('date:', m['Date'].datetime.isoformat())
print('defects:', m.defects, [h.defects for h in m.values() if h.defects])
print(m.get_content_type())
for part in m.iter_parts():
    sys.stdout.write(part.get_content_type() + ' ' + part.get_content_charset() + '\\n' + part.get_content())
";
    let mut python = Command::new("python3")
        .args(["-X", "utf8", "-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed for this test");
    python.stdin.take().unwrap().write_all(data).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n")
}

/// What [`read_with_python`] must find in [`letter`].
pub fn expected(letter: &Message) -> String {
    format!(
        "Message-ID: <{}>\nFrom: {}\nTo: {}\nSubject: {}\nAuto-Submitted: auto-generated\n\
         X-Otklik-Trace: {}\ndate: 2026-11-22T11:05:09+00:00\ndefects: [] []\nmultipart/alternative\n\
         text/plain utf-8\n{}text/html utf-8\n{}",
        letter.message_id, letter.from, letter.to, letter.subject, letter.trace, letter.text, letter.html,
    )
}
