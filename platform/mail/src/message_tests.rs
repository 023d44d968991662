use super::*;

fn letter() -> Message {
    Message {
        message_id: "7.12345@otklik.example".to_owned(),
        from: EmailAddress::parse("otklik@nalog.example").unwrap(),
        to: EmailAddress::parse("ivanov@налог.рф").unwrap(),
        subject: "Отзыв".to_owned(),
        text: "Одна строка".to_owned(),
        html: "<p>Hi</p>".to_owned(),
        trace: "0af7651916cd43dd".to_owned(),
        date: Instant(1_795_345_509_123_456),
    }
}

#[test]
fn a_built_message_is_always_these_bytes() {
    let expected = "\
Message-ID: <7.12345@otklik.example>\r
Date: Sun, 22 Nov 2026 11:05:09 +0000\r
From: otklik@nalog.example\r
To: ivanov@xn--80agxgh.xn--p1ai\r
Subject: =?utf-8?b?0J7RgtC30YvQsg==?=\r
Auto-Submitted: auto-generated\r
X-Otklik-Trace: 0af7651916cd43dd\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=\"=_otklik_alternative\"\r
\r
--=_otklik_alternative\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: base64\r
\r
0J7QtNC90LAg0YHRgtGA0L7QutCw\r
--=_otklik_alternative\r
Content-Type: text/html; charset=utf-8\r
Content-Transfer-Encoding: base64\r
\r
PHA+SGk8L3A+\r
--=_otklik_alternative--\r
";
    assert_eq!(String::from_utf8(letter().build().unwrap()).unwrap(), expected);
    assert_eq!(letter().build(), letter().build());
}

#[test]
fn every_line_of_a_long_letter_fits_the_limit() {
    let long = "Слово ".repeat(2000);
    let message = Message { subject: long.clone(), text: long.clone(), html: long, ..letter() };
    let bytes = message.build().unwrap();
    assert!(bytes.is_ascii());
    assert!(bytes.split(|&b| b == b'\n').all(|line| line.len() <= 999));
}

#[test]
fn a_date_of_any_size_is_written() {
    for date in [Instant(i64::MIN), Instant(0), Instant(i64::MAX)] {
        let bytes = Message { date, ..letter() }.build().unwrap();
        assert!(String::from_utf8(bytes).unwrap().contains("+0000\r\n"));
    }
}

fn refused(change: impl FnOnce(&mut Message)) -> MessageError {
    let mut message = letter();
    change(&mut message);
    message.build().unwrap_err()
}

#[test]
fn injection_by_cr_lf_in_the_subject_is_refused() {
    let error = refused(|m| m.subject = "Отзыв\r\nBcc: a@b.ru".to_owned());
    assert_eq!(error, MessageError::HeaderInjection("Subject"));
}

#[test]
fn injection_by_lf_in_the_subject_is_refused() {
    let error = refused(|m| m.subject = "Отзыв\nBcc: a@b.ru".to_owned());
    assert_eq!(error, MessageError::HeaderInjection("Subject"));
}

#[test]
fn injection_by_cr_in_the_subject_is_refused() {
    let error = refused(|m| m.subject = "Отзыв\rBcc: a@b.ru".to_owned());
    assert_eq!(error, MessageError::HeaderInjection("Subject"));
}

#[test]
fn injection_by_nul_in_the_subject_is_refused() {
    assert_eq!(refused(|m| m.subject = "a\0b".to_owned()), MessageError::HeaderInjection("Subject"));
}

#[test]
fn injection_by_a_line_separator_in_the_subject_is_refused() {
    assert_eq!(refused(|m| m.subject = "a\u{2028}b".to_owned()), MessageError::HeaderInjection("Subject"));
}

#[test]
fn injection_in_the_trace_id_is_refused() {
    let error = refused(|m| m.trace = "a\r\nX-Evil: 1".to_owned());
    assert_eq!(error, MessageError::HeaderInjection("X-Otklik-Trace"));
    assert_eq!(refused(|m| m.trace = "след".to_owned()), MessageError::Trace);
    assert_eq!(refused(|m| m.trace = "a".repeat(MAX_TRACE + 1)), MessageError::Trace);
}

#[test]
fn injection_in_the_message_id_is_refused() {
    let error = refused(|m| m.message_id = "a@b>\r\nBcc: <c@d.ru".to_owned());
    assert_eq!(error, MessageError::HeaderInjection("Message-ID"));
}

#[test]
fn a_message_id_that_is_a_path_or_no_id_is_refused() {
    for id in ["", "a", "@b", "a@", "a@b@c", "../a@b", "a/b@c", ".a@b", "a@b..c", "a b@c", "<a@b>", "я@b"] {
        assert_eq!(refused(|m| m.message_id = id.to_owned()), MessageError::MessageId, "{id}");
    }
    let long = format!("{}@b", "a".repeat(MAX_MESSAGE_ID));
    assert_eq!(refused(|m| m.message_id = long), MessageError::MessageId);
}

#[test]
fn nul_in_a_part_is_refused() {
    assert_eq!(refused(|m| m.text = "a\0".to_owned()), MessageError::Nul("text"));
    assert_eq!(refused(|m| m.html = "\0".to_owned()), MessageError::Nul("html"));
}
