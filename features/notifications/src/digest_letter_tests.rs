use otklik_kernel::{CivilDay, Zone};
use otklik_responses::Suspicion;

use super::*;

fn office() -> Office {
    Office {
        id: 24,
        code: "2724".into(),
        name: "ИФНС по Индустриальному району «<b>Центр</b>»".into(),
        address: String::new(),
        zone: Zone::find("Asia/Vladivostok").unwrap(),
        is_closed: false,
        parent: None,
    }
}

fn response(id: i64, comment: &str) -> Response {
    Response {
        id,
        body: 24,
        questionnaire: 1,
        received_at: otklik_testkit::NOON,
        day: CivilDay(20_261_122),
        marks: Marks::parse("a0").unwrap(),
        comment: comment.into(),
        suspicion: Suspicion::default(),
        trace: "0af7651916cd43dd".into(),
        looked: None,
        outcome: None,
        text_removed: None,
    }
}

fn letter(kind: DigestKind, by_marks: &[(&str, u64)]) -> Letter {
    let noon = otklik_testkit::NOON;
    let digest = Digest { id: 9, body: 24, kind, from: noon, until: noon.plus(Instant::HOUR) };
    let by_marks: Vec<(Marks, u64)> =
        by_marks.iter().map(|&(marks, n)| (Marks::parse(marks).unwrap(), n)).collect();
    let texts = [
        response(
            7,
            "Звоните: +7 914 123-45-67, пишите ivanov@mail.example.ru\nhttp://evil.example/x <script>",
        ),
        response(8, &"Долго. ".repeat(100)),
    ];
    let span = (noon, noon.plus(9 * Instant::MINUTE));
    let told = Told { digest: &digest, by_marks: &by_marks, span, texts: &texts };
    let row = outbox::Told {
        is_digest: true,
        several: 0,
        word: String::new(),
        trace: "0af7651916cd43dd".into(),
        at: noon,
    };
    write(&told, &row, &office(), &Questionnaire::built_in(), "https://admin.example", Lang::default())
        .unwrap()
}

#[test]
fn qr5_x4_the_digest_of_a_flood() {
    let letter = letter(DigestKind::Flood, &[("a0b0", 1200), ("a1c0", 34), ("", 3)]);
    insta::assert_snapshot!("flood_text", letter.text);
    insta::assert_snapshot!("flood_html", letter.html);
    assert!(letter.subject.starts_with("1 237 откликов за 10 мин.: ИФНС"), "{}", letter.subject);
    for form in [&letter.text, &letter.html] {
        for hidden in ["914", "123-45", "ivanov", "http://", "evil."] {
            assert!(!form.contains(hidden), "{hidden}");
        }
        assert_eq!(form.matches("://").count(), 4);
        assert!(form.contains("https://admin.example/admin/responses?body=2724"));
    }
    assert!(!letter.html.contains("<script") && !letter.html.contains("<b>Центр"));
    assert!(!letter.text.contains("negative=1"), "texts without marks are in the list, too");
}

#[test]
fn qr5_the_summary_of_a_day() {
    let letter = letter(DigestKind::Daily, &[("a0b0", 1), ("a1c0", 1)]);
    insta::assert_snapshot!("daily_text", letter.text);
    assert!(letter.subject.starts_with("Сводка за 22.11.2026: ИФНС"), "{}", letter.subject);
    assert!(letter.text.contains("/admin/responses?body=2724&from=2026-11-22&to=2026-11-22&negative=1"));
}
