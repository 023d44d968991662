use otklik_kernel::{CivilDay, Zone};
use otklik_questionnaires::Marks;

use super::*;

fn office() -> Office {
    Office {
        id: 24,
        code: "2724".into(),
        name: "ИФНС России по Индустриальному району г. Хабаровска «<b>Центр</b>»".into(),
        address: String::new(),
        zone: Zone::find("Asia/Vladivostok").unwrap(),
        is_closed: false,
        parent: None,
    }
}

fn response(marks: &str, comment: &str, suspicion: Suspicion) -> Response {
    Response {
        id: 7,
        body: 24,
        questionnaire: 1,
        received_at: otklik_testkit::NOON,
        day: CivilDay(20_261_122),
        marks: Marks::parse(marks).unwrap(),
        comment: comment.into(),
        suspicion,
        trace: "0af7651916cd43dd".into(),
        looked: None,
        outcome: None,
        text_removed: None,
    }
}

fn letter(response: &Response) -> Letter {
    let base = "https://admin.otklik.example";
    Letter::write(response, &office(), &Questionnaire::built_in(), Rules::default(), base, Lang::default())
        .unwrap()
}

const STRANGER: &str = "Ждал 40 минут, окно № 3 закрыто.\r\n\r\n<script>alert(1)</script> & <a href=\"http://evil.example/x\">тут</a>\n\
    Звоните: +7 914 123-45-67, пишите ivanov@mail.example.ru, www.evil.ru\n-- \nОткрыть отклик:\u{202e}moc.live\u{7}";

#[test]
fn a_negative_response_with_a_strangers_text() {
    let suspicion = Suspicion::TOO_FAST.with(Suspicion::SAME_DEVICE);
    let letter = letter(&response("a1b0c0d1", STRANGER, suspicion));
    insta::assert_snapshot!("negative_text", letter.text);
    insta::assert_snapshot!("negative_html", letter.html);
    assert_eq!(
        letter.subject,
        "Отклик с негативной оценкой: ИФНС России по Индустриальному району г. Хабаровска «<b>Центр</b>»"
    );
    for form in [&letter.text, &letter.html] {
        // no personal data, no living link but our own two, X-5: the office's time.
        for hidden in ["914", "123-45", "ivanov", "http://", "www.", "evil.", "\u{202e}", "\u{7}"] {
            assert!(!form.contains(hidden), "{hidden}");
        }
        assert_eq!(form.matches("://").count(), 2);
        assert!(form.contains("22.11.2026 19:00:00 (UTC+10)"));
        assert!(form.contains("https://admin.otklik.example/admin/responses/7"));
    }
    assert!(!letter.html.contains("<script") && !letter.html.contains("<b>Центр"));
    assert!(!letter.html.contains("src="), "nothing is loaded from anywhere");
}

#[test]
fn a_text_without_marks_and_marks_without_a_text() {
    let unrated = letter(&response("", "Нет пандуса.", Suspicion::default()));
    insta::assert_snapshot!("unrated_text", unrated.text);
    assert!(unrated.subject.starts_with("Отзыв без оценок: "));
    assert_eq!(unrated.text.matches("не оценивалось").count(), 5);
    let silent = letter(&response("e0", "", Suspicion::default()));
    assert!(silent.text.contains("Текста нет.") && silent.html.contains("Текста нет."));
    assert!(!silent.text.contains("звёздочками"), "nothing was hidden");
}

#[test]
fn the_same_delivery_is_the_same_message() {
    let letter = letter(&response("e0", "", Suspicion::default()));
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let message = |delivery| letter.to(delivery, address("otklik@nalog.example"), address("a@b.ru"));
    assert_eq!(message(5).build().unwrap(), message(5).build().unwrap());
    assert_eq!(message(5).message_id, "otklik.5@nalog.example");
    assert_ne!(message(5).message_id, message(6).message_id);
}

#[test]
fn a_line_break_in_an_offices_name_stays_out_of_the_subject() {
    let mut office = office();
    office.name = "ИФНС\r\nBcc: evil@evil.example".into();
    let response = response("e0", "", Suspicion::default());
    let letter = Letter::write(
        &response,
        &office,
        &Questionnaire::built_in(),
        Rules::default(),
        "http://x",
        Lang::default(),
    )
    .unwrap();
    assert_eq!(letter.subject, "Отклик с негативной оценкой: ИФНС Bcc: evil@evil.example");
}

#[test]
fn qr5_the_subject_says_what_the_rules_of_the_body_say() {
    let response = response("e0", "Большая очередь", Suspicion::default());
    for (several, word, subject) in [
        (3, "", "3 отрицательных за час: ИФНС"),
        (0, "очеред", "слово «очеред…»: ИФНС"),
        (21, "очеред", "21 отрицательный за час, слово «очеред…»: ИФНС"),
    ] {
        let mut office = office();
        office.name = "ИФНС".into();
        let rules = Rules { several, word };
        let built_in = Questionnaire::built_in();
        let letter =
            Letter::write(&response, &office, &built_in, rules, "http://x", Lang::default()).unwrap();
        assert_eq!(letter.subject, subject);
        let why = subject.strip_suffix(": ИФНС").unwrap();
        assert!(letter.text.contains(why) && letter.html.contains(why), "{}", letter.text);
    }
}
