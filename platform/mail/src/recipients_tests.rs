use proptest::prelude::*;

use super::*;

fn good(list: &ParsedList) -> Vec<&str> {
    list.good.iter().map(EmailAddress::as_str).collect()
}

#[test]
fn qr6_commas_semicolons_and_new_lines_separate() {
    for separator in [",", ";", "\n", "\r\n", "\r", ", ", " ;\n", ",,;;\n\n", "\u{2028}", "\u{a0},\t"] {
        for edge in ["", separator] {
            let text = format!("{edge}a@b.ru{separator}c@d.ru{separator}e@f.ru{edge}");
            let list = parse_list(&text);
            assert_eq!(good(&list), ["a@b.ru", "c@d.ru", "e@f.ru"], "{text:?}");
            assert_eq!((list.bad.len(), list.merged), (0, 0));
        }
    }
}

#[test]
fn qr6_each_bad_address_is_pointed_out_and_the_others_are_kept() {
    let list = parse_list("a@b.ru, ivanov, , c@d.ru; иван@e.ru\na@b@c");
    assert_eq!(good(&list), ["a@b.ru", "c@d.ru"]);
    let bad: Vec<_> =
        list.bad.iter().map(|bad| (bad.position, bad.text.as_str(), bad.error.clone())).collect();
    assert_eq!(
        bad,
        [
            (2, "ivanov", AddressError::NoAt),
            (4, "иван@e.ru", AddressError::CyrillicLocal),
            (5, "a@b@c", AddressError::SeveralAt),
        ]
    );
}

#[test]
fn qr6_duplicates_are_merged_and_the_first_is_kept() {
    let list =
        parse_list("Ivanov@b.ru, ivanov@B.RU, Иванов <IVANOV@b.ru>, a@налог.рф, a@xn--80agxgh.xn--p1ai");
    assert_eq!(good(&list), ["Ivanov@b.ru", "a@xn--80agxgh.xn--p1ai"]);
    assert_eq!((list.merged, list.bad.len()), (3, 0));
    assert_eq!(list.shown(), "Ivanov@b.ru, a@налог.рф");
}

#[test]
fn qr6_the_form_with_a_name_gives_the_address() {
    let list = parse_list(
        "Приёмная <a@b.ru>; \"Отдел, первый\" <c@d.ru>, <e@f.ru>\n  \"Отдел; второй\"\t<g@h.ru>,'i@j.ru' <i@j.ru>",
    );
    assert_eq!(good(&list), ["a@b.ru", "c@d.ru", "e@f.ru", "g@h.ru", "i@j.ru"]);
    assert_eq!(list.bad, []);
}

#[test]
fn qr6_a_stray_quotation_mark_spoils_one_address_only() {
    let list = parse_list("\"a@b.ru, c@d.ru, \"e@f.ru\", g@h.ru\n\"Отдел, <i@j.ru>");
    assert_eq!(good(&list), ["c@d.ru", "g@h.ru", "i@j.ru"]);
    assert_eq!(list.bad.iter().map(|bad| bad.position).collect::<Vec<_>>(), [1, 3, 5]);
}

#[test]
fn qr6_a_name_that_is_another_address_is_pointed_out() {
    let list = parse_list("x@y.ru <a@b.ru>, a@b.ru c@d.ru, A <b> <c@d.ru>, a@b.ru>, <a@b.ru");
    assert_eq!(list.good, []);
    let errors: Vec<_> = list.bad.into_iter().map(|bad| bad.error).collect();
    use AddressError::{Character, SeveralAt};
    assert_eq!(errors, [SeveralAt, SeveralAt, Character('<'), Character('>'), Character('<')]);
}

#[test]
fn qr6_header_injection_in_a_list_adds_no_recipient_unseen() {
    let list = parse_list("a@b.ru\r\nBcc: c@d.ru\r\n\r\n.\r\nQUIT\0");
    assert_eq!(good(&list), ["a@b.ru"]);
    assert_eq!(list.bad.len(), 3);
    let list = parse_list("Им\u{7}я <a@b.ru>");
    assert_eq!(list.bad[0].error, AddressError::Invisible);
}

#[test]
fn qr6_ten_thousand_addresses_are_kept() {
    let text: Vec<_> = (0..10_000).map(|n| format!("user{n}@r{:02}.nalog.ru", n % 90)).collect();
    let list = parse_list(&text.join(", "));
    assert_eq!(good(&list), text);
    assert_eq!((list.bad.len(), list.merged), (0, 0));
}

#[test]
fn qr6_nothing_typed_is_an_empty_list() {
    for text in ["", " ", ",;\n", "\u{feff}\u{200b}"] {
        assert_eq!(parse_list(text), ParsedList::default());
    }
}

proptest! {
    #[test]
    fn qr6_what_was_saved_is_read_back_the_same(
        typed in proptest::collection::vec("[a-zA-Z0-9]{1,6}(\\.[a-z0-9]{1,4})?@([a-z]{1,8}|[а-я]{2,8}\\.рф|[a-z]{1,6}\\.[a-z]{2,4})", 0..30),
        separator in prop::sample::select(vec![",", ", ", ";", " ; ", "\n", "\r\n"]),
    ) {
        let list = parse_list(&typed.join(separator));
        prop_assert_eq!(list.good.len() + list.merged, typed.len(), "{:?}", list.bad);
        prop_assert_eq!(&parse_list(&list.shown()), &ParsedList { merged: 0, ..list.clone() });
        let sent: Vec<_> = list.good.iter().map(EmailAddress::as_str).collect();
        prop_assert_eq!(parse_list(&sent.join(separator)).good, list.good);
    }

    #[test]
    fn qr6_every_part_is_good_or_bad_or_merged(text in "([a-c@.]|[a-c]@[a-c]\\.ru|[,;\n\r]|[ <>]|\\PC){0,60}") {
        // Without quotation marks a list splits at its separators and nowhere else.
        let text = text.replace('"', "");
        let separators = [',', ';', '\n', '\r', '\u{2028}', '\u{2029}'];
        let expected: Vec<_> = text.split(separators).map(trim).filter(|part| !part.is_empty()).collect();
        let list = parse_list(&text);
        prop_assert_eq!(list.good.len() + list.bad.len() + list.merged, expected.len());
        for bad in &list.bad {
            prop_assert_eq!(&bad.text, expected[bad.position - 1]);
        }
        let keys: HashSet<_> = list.good.iter().map(EmailAddress::key).collect();
        prop_assert_eq!(keys.len(), list.good.len());
    }

    #[test]
    fn qr6_quotation_marks_lose_no_address_of_their_own_line(
        marks in proptest::collection::vec("[\", a]{0,6}", 0..5),
    ) {
        let text: String = marks.iter().enumerate().map(|(n, mark)| format!("{mark}\nuser{n}@b.ru,")).collect();
        prop_assert_eq!(parse_list(&text).good.len(), marks.len());
    }
}
