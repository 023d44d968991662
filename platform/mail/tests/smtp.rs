//! Letters over real SMTP conversations, good and bad.

mod common;
// The sink is taken by its path: testing mail needn't build the databases of the test kit.
#[path = "../../testkit/src/smtp.rs"]
mod sink;

use common::{expected, letter, read_with_python};
use otklik_mail::{SendError, SendErrorKind, Transport};
use sink::SmtpSink;

async fn ready() -> (SmtpSink, Transport) {
    let sink = SmtpSink::start().await;
    let transport = Transport::from_setting(&sink.setting()).unwrap();
    (sink, transport)
}

async fn failure(transport: &Transport, to: &str) -> SendError {
    transport.send(&letter(1, to)).await.unwrap_err()
}

#[tokio::test]
async fn a_letter_arrives_and_reads_in_another_program_as_it_was_written() {
    let (sink, transport) = ready().await;
    let letter = letter(1, "Ivanov@налог.рф");
    let sent = transport.send(&letter).await.unwrap();
    assert_eq!(sent.reply, "250 taken as 1");
    let received = sink.wait_for(1).await;
    assert_eq!(received[0].from, "otklik@nalog.example");
    assert_eq!(received[0].to, ["Ivanov@xn--80agxgh.xn--p1ai"]);
    assert_eq!(received[0].parameters, "", "neither SMTPUTF8 nor 8BITMIME is needed");
    let mut built = letter.build().unwrap();
    if !built.ends_with(b"\r\n") {
        built.extend_from_slice(b"\r\n");
    }
    assert_eq!(received[0].data.trim_ascii_end(), built.trim_ascii_end());
    assert_eq!(read_with_python(&received[0].data), expected(&letter));
}

#[tokio::test]
async fn one_connection_serves_many_letters_until_rest() {
    let (sink, transport) = ready().await;
    for number in 0..5 {
        transport.send(&letter(number, "a@b.ru")).await.unwrap();
    }
    assert_eq!((sink.count(), sink.connections()), (5, 1));
    transport.rest().await;
    assert_eq!(sink.commands().last().unwrap(), "QUIT");
    transport.check().await.unwrap();
    assert_eq!(sink.connections(), 2);
}

#[tokio::test]
async fn letters_sent_at_once_all_arrive_each_to_its_own_recipient() {
    let (sink, transport) = ready().await;
    let transport = std::sync::Arc::new(transport);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..20 {
        let transport = std::sync::Arc::clone(&transport);
        tasks.spawn(async move { transport.send(&letter(number, &format!("user{number}@b.ru"))).await });
    }
    while let Some(sent) = tasks.join_next().await {
        sent.unwrap().unwrap();
    }
    let received = sink.received();
    assert_eq!(received.len(), 20);
    for message in &received {
        assert_eq!(message.to.len(), 1);
        let text = String::from_utf8(message.data.clone()).unwrap();
        assert_eq!(text.matches("@b.ru").count(), 1, "recipients don't see each other");
        assert!(text.contains(&message.to[0]));
    }
}

#[tokio::test]
async fn an_unknown_recipient_is_refused_and_the_next_letter_goes_on_the_same_connection() {
    let (sink, transport) = ready().await;
    sink.refuse_rcpt("nobody@b.ru", 550);
    let error = failure(&transport, "nobody@b.ru").await;
    assert_eq!(error.kind, SendErrorKind::RefusedRecipient);
    assert_eq!(error.detail, "RCPT TO: 550 no such recipient");
    transport.send(&letter(2, "a@b.ru")).await.unwrap();
    assert_eq!((sink.count(), sink.connections()), (1, 1));
}

#[tokio::test]
async fn a_busy_mailbox_is_a_transient_failure() {
    let (sink, transport) = ready().await;
    sink.refuse_rcpt("a@b.ru", 450);
    assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::Transient);
    sink.accept_all();
    transport.send(&letter(1, "a@b.ru")).await.unwrap();
}

#[tokio::test]
async fn a_451_after_the_letter_is_transient_and_the_second_attempt_arrives_once() {
    let (sink, transport) = ready().await;
    sink.answer_data_with(451);
    let error = failure(&transport, "a@b.ru").await;
    assert_eq!(error.kind, SendErrorKind::Transient);
    assert_eq!(error.detail, "the letter: 451 told to say so");
    transport.send(&letter(1, "a@b.ru")).await.unwrap();
    assert_eq!(sink.count(), 1);
}

#[tokio::test]
async fn a_554_after_the_letter_is_permanent() {
    let (sink, transport) = ready().await;
    sink.answer_data_with(554);
    assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::Permanent);
    assert_eq!(sink.received(), []);
}

#[tokio::test]
async fn a_421_closes_the_connection_and_is_transient() {
    let (sink, transport) = ready().await;
    sink.answer_data_with(421);
    assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::Transient);
    transport.send(&letter(1, "a@b.ru")).await.unwrap();
    assert_eq!(sink.connections(), 2);
}

#[tokio::test]
async fn a_connection_lost_after_the_letter_leaves_the_outcome_unknown_and_the_same_message_id() {
    let (sink, transport) = ready().await;
    sink.drop_after_data();
    assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::UnknownOutcome);
    transport.send(&letter(1, "a@b.ru")).await.unwrap();
    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0], received[1], "a receiver can tell that it is the same letter");
}

#[tokio::test]
async fn a_server_that_is_down_is_transient_and_mail_flows_when_it_is_up() {
    let (sink, transport) = ready().await;
    transport.send(&letter(1, "a@b.ru")).await.unwrap();
    sink.down().await;
    for _ in 0..2 {
        assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::Transient);
    }
    assert_eq!(transport.check().await.unwrap_err().kind, SendErrorKind::Transient);
    sink.up().await;
    transport.send(&letter(2, "a@b.ru")).await.unwrap();
    assert_eq!(sink.count(), 2);
}

#[tokio::test]
async fn a_refused_sender_blames_the_setting_and_no_letter() {
    let (sink, transport) = ready().await;
    sink.refuse_sender(553);
    assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::Misconfigured);
    sink.refuse_sender(552);
    assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::Permanent);
}

#[tokio::test]
async fn an_unfriendly_greeting_is_judged_by_its_code() {
    let (sink, transport) = ready().await;
    sink.greet_with(554);
    assert_eq!(transport.check().await.unwrap_err().kind, SendErrorKind::Misconfigured);
    sink.greet_with(421);
    assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::Transient);
}

#[tokio::test]
async fn signing_in_works_and_a_wrong_password_blames_the_setting() {
    let sink = SmtpSink::start().await;
    // "\0user\0p@ss" in base 64.
    sink.require_login("AHVzZXIAcEBzcw==");
    let setting = |sign_in: &str| format!("smtp://{sign_in}{}?tls=none", sink.address());
    let right = Transport::from_setting(&setting("user:p%40ss@")).unwrap();
    right.send(&letter(1, "a@b.ru")).await.unwrap();
    for wrong in ["user:other@", ""] {
        let error = failure(&Transport::from_setting(&setting(wrong)).unwrap(), "a@b.ru").await;
        assert_eq!(error.kind, SendErrorKind::Misconfigured);
        assert!(!error.detail.contains("other"));
    }
    assert_eq!(sink.count(), 1);
}

#[tokio::test]
async fn without_the_encryption_required_nothing_is_said() {
    let sink = SmtpSink::start().await;
    for setting in [
        format!("smtp://{}?tls=required", sink.address()),
        format!("smtp://user:secret@{}", sink.address()),
        format!("smtps://{}", sink.address()),
    ] {
        let transport = Transport::from_setting(&setting).unwrap();
        assert_eq!(failure(&transport, "a@b.ru").await.kind, SendErrorKind::Misconfigured, "{setting}");
    }
    let said = sink.commands().join("\n");
    assert!(!said.contains("MAIL") && !said.contains("AUTH"), "{said}");
    // Encryption that is merely welcome is done without.
    let transport = Transport::from_setting(&format!("smtp://{}", sink.address())).unwrap();
    transport.send(&letter(1, "a@b.ru")).await.unwrap();
}

#[tokio::test]
async fn header_injection_is_refused_before_any_connection() {
    let (sink, transport) = ready().await;
    let mut evil = letter(1, "a@b.ru");
    evil.subject = "Отзыв\r\nBcc: c@d.ru".to_owned();
    assert_eq!(transport.send(&evil).await.unwrap_err().kind, SendErrorKind::Permanent);
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn a_text_full_of_dots_ends_the_letter_only_at_its_end() {
    let (sink, transport) = ready().await;
    let mut dots = letter(1, "a@b.ru");
    dots.text = ".\r\n.\r\nMAIL FROM:<evil@b.ru>\r\n..\r\n".to_owned();
    transport.send(&dots).await.unwrap();
    let received = sink.received();
    assert_eq!(received.len(), 1);
    dots.text = dots.text.replace("\r\n", "\n");
    assert_eq!(read_with_python(&received[0].data), expected(&dots));
}
