use super::*;

fn refused(setting: &str) -> SettingError {
    read(setting).expect_err(setting)
}

fn shown(setting: &str) -> String {
    format!("{:?}", read(setting).expect(setting))
}

#[test]
fn settings_of_every_kind_are_read() {
    assert_eq!(shown("smtp://mail.example"), "Smtp(Smtp(mail.example:25))");
    assert_eq!(shown("smtp://mail.example:2525?tls=none"), "Smtp(Smtp(mail.example:2525))");
    assert_eq!(shown("smtps://user:p%40ss@mail.example"), "Smtp(Smtp(mail.example:465))");
    assert_eq!(shown("smtp://[::1]:25/?tls=starttls&ehlo=otklik.example"), "Smtp(Smtp(::1:25))");
    assert_eq!(shown("smtp://почта.рф?tls=required"), "Smtp(Smtp(xn--80a1acny.xn--p1ai:25))");
    assert_eq!(shown("file:/var/mail"), "Folder(Folder { path: \"/var/mail\" })");
    assert_eq!(shown("file:///var/mail"), "Folder(Folder { path: \"/var/mail\" })");
    assert_eq!(shown("file:letters"), "Folder(Folder { path: \"letters\" })");
}

#[test]
fn a_password_goes_encrypted_unless_told_otherwise() {
    let encryption = |setting| match read(setting) {
        Ok(Transport::Smtp(smtp)) => smtp.encryption_name(),
        other => panic!("{other:?}"),
    };
    assert_eq!(encryption("smtp://a.example"), "offered");
    assert_eq!(encryption("smtp://u:p@a.example"), "required");
    assert_eq!(encryption("smtp://u:p@a.example?tls=starttls"), "offered");
    assert_eq!(encryption("smtp://u:p@a.example?tls=none"), "none");
    assert_eq!(encryption("smtps://a.example"), "wrapped");
}

#[test]
fn wrong_settings_are_refused_without_quoting_the_password() {
    use SettingError as E;
    for (setting, error) in [
        ("", E::Scheme),
        ("http://mail.example", E::Scheme),
        ("mail.example:25", E::Scheme),
        ("file:", E::Folder),
        ("file://", E::Folder),
        ("smtp://", E::Form),
        ("smtp://host:port", E::Form),
        ("smtp://a b", E::Form),
        ("smtp://host/path", E::Form),
        ("smtp://host%0d%0a", E::Form),
        ("smtp://u:p%0d%0aQUIT@host", E::Form),
        ("smtp://host?ehlo=a%0d%0ab", E::Form),
        ("smtp://user@host", E::Credentials),
        ("smtp://:secret@host", E::Credentials),
        ("smtp://host?tls=maybe", E::Tls),
        ("smtps://host?tls=none", E::Tls),
        ("smtp://host?tsl=none", E::Option("tsl".to_owned())),
    ] {
        assert_eq!(refused(setting), error, "{setting}");
    }
    let error = refused("smtp://user:secret@host/path?tls=x");
    assert!(!format!("{error} {error:?}").contains("secret"));
    assert!(!shown("smtp://user:secret@host").contains("secret"));
}
