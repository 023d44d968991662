use proptest::prelude::*;

use super::*;

fn refused(text: &str) -> AddressError {
    EmailAddress::parse(text).expect_err(text)
}

#[test]
fn qr6_addresses_of_every_honest_kind_are_accepted() {
    for (typed, sent) in [
        ("a@b.ru", "a@b.ru"),
        ("  Ivanov.II@R77.Nalog.RU \n", "Ivanov.II@r77.nalog.ru"),
        ("\u{feff}a@b.ru\u{200b}", "a@b.ru"),
        ("user@rel27", "user@rel27"),
        ("o'neil+tag/dept=x@b.ru", "o'neil+tag/dept=x@b.ru"),
        ("ivanov@налог.рф", "ivanov@xn--80agxgh.xn--p1ai"),
        ("ivanov@НАЛОГ.РФ", "ivanov@xn--80agxgh.xn--p1ai"),
        ("a@xn--80agxgh.xn--p1ai", "a@xn--80agxgh.xn--p1ai"),
    ] {
        let address = EmailAddress::parse(typed).expect(typed);
        assert_eq!(address.as_str(), sent);
    }
    assert_eq!(EmailAddress::parse("a@xn--80agxgh.xn--p1ai").unwrap().shown(), "a@налог.рф");
}

#[test]
fn qr6_letter_case_makes_no_other_recipient() {
    let (a, b) = (EmailAddress::parse("Ivanov@B.ru").unwrap(), EmailAddress::parse("ivanov@b.RU").unwrap());
    assert_eq!(a, b);
    assert_eq!((a.local(), a.domain(), a.key()), ("Ivanov", "b.ru", "ivanov@b.ru"));
}

#[test]
fn qr6_every_mistake_has_its_own_error() {
    use AddressError as E;
    let long = format!("a@{}.ru", "b".repeat(64));
    for (typed, error) in [
        ("", E::Empty),
        (" \u{200b}\n", E::Empty),
        ("ivanov", E::NoAt),
        ("a@b@c.ru", E::SeveralAt),
        ("a@b.ru c@d.ru", E::SeveralAt),
        ("@b.ru", E::NoLocal),
        ("a@", E::NoDomain),
        ("iva nov@b.ru", E::Space),
        ("a@b\u{a0}c.ru", E::Space),
        ("iva\u{200b}nov@b.ru", E::Invisible),
        ("<a@b.ru>", E::Character('<')),
        ("\"a b\"@b.ru", E::Space),
        ("\"a\"@b.ru", E::Character('"')),
        ("«a»@b.ru", E::Character('«')),
        ("a(x)@b.ru", E::Character('(')),
        ("ä@b.ru", E::Character('ä')),
        ("иван@b.ru", E::CyrillicLocal),
        ("ivаnov@b.ru", E::CyrillicLocal),
        ("a..b@c.ru", E::Dots),
        (".a@c.ru", E::Dots),
        ("a.@c.ru", E::Dots),
        ("a@b.ru.", E::Dots),
        ("a@b..ru", E::Dots),
        ("a@mаil.ru", E::MixedDomain("mаil".to_owned())),
        ("a@ьфшдюкг", E::Domain),
        ("a@10.0.0.1", E::Domain),
        ("a@[10.0.0.1]", E::Character('[')),
        ("a@-b.ru", E::Domain),
        ("a@b_c.ru", E::Domain),
        ("a@b!.ru", E::Domain),
        ("a@xn--a.ru", E::Domain),
        (long.as_str(), E::Domain),
        ("a@1", E::Domain),
    ] {
        assert_eq!(refused(typed), error, "{typed:?}");
    }
}

#[test]
fn qr6_lengths_are_limited() {
    let label = "b".repeat(60);
    let domain = format!("{label}.{label}.{label}.ru");
    let local = "a".repeat(MAX_LOCAL);
    assert!(EmailAddress::parse(&format!("{local}@b.ru")).is_ok());
    assert_eq!(refused(&format!("{local}a@b.ru")), AddressError::LocalTooLong);
    assert!(EmailAddress::parse(&format!("{}@{domain}", &local[..60])).is_ok());
    assert_eq!(refused(&format!("{local}@{domain}x.x.x.x.x")), AddressError::TooLong);
    // Short as typed, too long as sent.
    let wide = "a@".to_owned() + &"яхт.".repeat(30) + "рф";
    assert!(wide.len() <= MAX_ADDRESS);
    assert!(matches!(refused(&wide), AddressError::TooLong | AddressError::Domain));
}

#[test]
fn injection_by_a_line_break_in_an_address_is_refused() {
    assert_eq!(refused("a@b.ru\r\nBcc: c@d.ru"), AddressError::Invisible);
}

#[test]
fn injection_by_a_line_feed_in_an_address_is_refused() {
    assert_eq!(refused("a@b.ru\nBcc:c@d.ru"), AddressError::Invisible);
}

#[test]
fn injection_by_a_smtp_command_in_an_address_is_refused() {
    assert_eq!(refused("a@b.ru>\r\nDATA"), AddressError::Invisible);
    assert_eq!(refused("a@b.ru>DATA"), AddressError::Character('>'));
}

#[test]
fn injection_by_nul_in_an_address_is_refused() {
    assert_eq!(refused("a\0@b.ru"), AddressError::Invisible);
}

#[test]
fn injection_by_a_line_separator_in_an_address_is_refused() {
    assert_eq!(refused("a@b.ru\u{2028}Bcc:c"), AddressError::Invisible);
}

#[test]
fn x3_every_error_has_a_russian_text() {
    use AddressError as E;
    for error in [
        E::Empty,
        E::TooLong,
        E::LocalTooLong,
        E::NoAt,
        E::SeveralAt,
        E::NoLocal,
        E::NoDomain,
        E::Space,
        E::Invisible,
        E::Character('<'),
        E::CyrillicLocal,
        E::Dots,
        E::MixedDomain("mаil".to_owned()),
        E::Domain,
    ] {
        let text = error.text(Lang::default());
        assert!(text.ends_with('.') && text.chars().any(is_cyrillic), "{text}");
    }
    assert_eq!(E::Character('<').text(Lang::default()), "В адресе не может быть знака «<».");
}

/// Any text at all.
const NOISE: &str = "([a-zA-Zа-я0-9.@<>\"'\\\\ \r\n\t\0_+-]|\\PC){0,40}";

/// What people type for an address, with a stray character in some of them.
fn typed() -> impl Strategy<Value = String> {
    let around = "[ \r\n\t\u{feff}\u{200b}]{0,2}";
    let local = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,8}(\\.[a-zA-Z0-9+]{1,6}){0,2}";
    let domain =
        "([a-zA-Z0-9]{1,8}\\.|[а-яёА-ЯЁ]{1,8}\\.){1,3}([a-zA-Z]{2,4}|[а-яё]{2,4})|[a-z]{1,8}[0-9]{0,2}";
    let stray =
        prop::option::weighted(0.3, ("[<>\"(),;:@.\\[\\]\\\\ \r\n\t\0]|\\PC", any::<prop::sample::Index>()));
    (around, local, domain, around, stray).prop_map(|(before, local, domain, after, stray)| {
        let mut text: Vec<char> = format!("{local}@{domain}").chars().collect();
        if let Some((stray, at)) = stray {
            let at = at.index(text.len() + 1);
            text.splice(at..at, stray.chars());
        }
        format!("{before}{}{after}", text.into_iter().collect::<String>())
    })
}

proptest! {
    #[test]
    fn qr6_any_text_is_accepted_or_refused(text in NOISE) {
        let _ = EmailAddress::parse(&text);
    }

    /// Those that are refused don't count; too many of them would fail it.
    #[test]
    fn qr6_whatever_is_accepted_is_safe_to_send(text in typed()) {
        let read = EmailAddress::parse(&text);
        prop_assume!(read.is_ok());
        let address = read.unwrap();
        let sent = address.as_str();
        prop_assert!(sent.is_ascii() && sent.len() <= MAX_ADDRESS);
        prop_assert!(!sent.contains(|c: char| c.is_ascii_control() || c == ' ' || "<>\"(),;:\\[]".contains(c)));
        prop_assert_eq!(sent.matches('@').count(), 1);
        prop_assert_eq!(&EmailAddress::parse(sent).unwrap(), &address);
        prop_assert_eq!(&EmailAddress::parse(&address.shown()).unwrap(), &address);
    }
}
