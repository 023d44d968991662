use otklik_questionnaires::Mark;

use super::*;

const FACES: [Option<Mark>; 3] = [None, Some(Mark::Sad), Some(Mark::Happy)];

/// Every combination of five criteria: not rated, sad, happy.
fn patterns() -> impl Iterator<Item = Vec<Option<Mark>>> {
    (0..3_usize.pow(5)).map(|pattern| (0..5).map(|at| FACES[pattern / 3_usize.pow(at) % 3]).collect())
}

fn marks(faces: &[Option<Mark>]) -> Marks {
    Marks::new("abcde".chars().zip(faces).filter_map(|(key, face)| Some((key, (*face)?))))
}

/// QR-5: every combination of five criteria (not rated, sad, happy) × text empty, blank, filled, against
/// the three sentences of [1 §4.10–4.11] written down one by one.
#[test]
fn qr5_every_pattern_of_marks_and_text() {
    let mut mailed = 0;
    for faces in patterns() {
        let marks = marks(&faces);
        for (comment, is_filled) in [("", false), (" \t\r\n\u{a0}\u{200b}", false), ("Ждал час.", true)]
        {
            let has_sad = faces.contains(&Some(Mark::Sad));
            let has_happy = faces.contains(&Some(Mark::Happy));
            let expected = match (has_sad, has_happy, is_filled) {
                (true, _, true | false) => true,
                (false, false, true) => true,
                (false, false, false) => false,
                (false, true, true | false) => false,
            };
            assert_eq!(must_mail(&marks, comment), expected, "{faces:?} {comment:?}");
            mailed += usize::from(expected);
        }
    }
    // 3⁵ − 2⁵ patterns have a sad face, each with three texts; one has none at all and a filled text.
    assert_eq!(mailed, 211 * 3 + 1);
}

/// QR-5: whatever the marks, the text and the rules, what a rule of one's own speaks of has a sad face, or a
/// text and no face; and «several» counts only what has a sad face.
#[test]
fn qr5_a_rule_of_ones_own_never_sees_a_positive_only_response() {
    let words = ["очередь".to_owned(), "груб".to_owned()];
    let mut spoken = 0;
    for faces in patterns() {
        let marks = marks(&faces);
        let has_sad = faces.contains(&Some(Mark::Sad));
        let has_happy = faces.contains(&Some(Mark::Happy));
        for comment in ["", "\u{200b}", "Спасибо", "Большая ОЧЕРЕДЬ", "Нагрубили", "грубо,очередь"]
        {
            let response = Alerting::of(&marks, comment);
            let stored = Alerting::read(&marks, !is_blank(comment));
            assert_eq!(response, stored, "the row of the outbox says the same as the response");
            for topics in [&words[..0], &words[..1], &words[..]] {
                for several in 0..4 {
                    let mut hour = Hour(vec![Instant(0); 2]);
                    let by_word = response.and_then(|one| one.topic(comment, topics));
                    let by_number = response.is_some_and(|one| hour.note(&one, Instant(1), several));
                    if by_word.is_some() {
                        assert!(has_sad || !has_happy && !is_blank(comment), "{faces:?} {comment}");
                        spoken += 1;
                    }
                    if by_number {
                        assert!(has_sad, "{faces:?} {comment}");
                        spoken += 1;
                    }
                }
            }
        }
    }
    assert!(spoken > 1000, "the rules do speak: {spoken}");
}

#[test]
fn qr5_a_topic_word_is_the_beginning_of_a_word_of_the_text() {
    let response = Alerting::of(&Marks::parse("a0").unwrap(), "x").unwrap();
    let words = |given: &[&str]| given.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    for (comment, topics, found) in [
        ("Огромная Очередь, час", &["очеред"][..], Some("очеред")),
        ("ждём\nприёма", &["прием"], Some("прием")),
        ("неочередной вопрос", &["очеред"], None),
        ("окно«касса»закрыто", &["касс"], Some("касс")),
        ("первое второе", &["втор", "перв"], Some("втор")),
        ("что угодно", &[], None),
    ] {
        assert_eq!(response.topic(comment, &words(topics)), found, "{comment}");
    }
}

#[test]
fn qr5_several_within_an_hour_are_told_once() {
    let negative = Alerting::of(&Marks::parse("a0").unwrap(), "").unwrap();
    let unrated = Alerting::of(&Marks::default(), "текст").unwrap();
    let mut hour = Hour::default();
    let minute = |n: i64| Instant(n * Instant::MINUTE);
    assert!(!hour.note(&negative, minute(0), 3));
    assert!(!hour.note(&unrated, minute(1), 3), "a text without marks is no negative one");
    assert!(!hour.note(&negative, minute(30), 3));
    assert!(!hour.note(&negative, minute(60), 3), "the first is an hour ago");
    assert!(hour.note(&negative, minute(61), 3));
    assert!(!hour.note(&negative, minute(62), 3), "counting begins anew");
    assert!(!hour.note(&negative, minute(63), 3));
    assert!(hour.note(&negative, minute(64), 3));
}
