//! Links of strangers made inert.

use crate::address::is_cyrillic;

/// Last parts of names in Cyrillic that mail programs may know. A short list, because a full stop without a
/// space after it is common in Russian text («пришёл.Потом») and must not become a domain.
const CYRILLIC_TOP: [&str; 13] =
    ["рф", "рус", "дети", "москва", "онлайн", "сайт", "орг", "ком", "бел", "бг", "срб", "мкд", "қаз"];

/// A text in which mail programs find no links, for a comment of a stranger in a letter.
///
/// `://` becomes `[:]//`, `www.` becomes `www[.]`, the dots of domain names become `[.]` (`nalog.ru` →
/// `nalog[.]ru`), and the `\\` of shared folders becomes `[\\]`. What was written stays readable. Dates,
/// times, sums and sentences aren't touched. Doing it twice changes nothing more.
#[must_use]
pub fn inert_links(text: &str) -> String {
    let mut inert = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if is_label(first) {
            let end = rest.find(|c: char| !is_label(c) && c != '.').unwrap_or(rest.len());
            push_name(&rest[..end], &mut inert);
            rest = &rest[end..];
        } else if let Some(after) = rest.strip_prefix("://") {
            inert.push_str("[:]//");
            rest = after;
        } else if let Some(after) = rest.strip_prefix(r"\\").filter(|after| after.starts_with(is_label)) {
            inert.push_str(r"[\\]");
            rest = after;
        } else {
            inert.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    inert
}

fn is_label(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// A run of letters, digits, hyphens and dots: each dot before the last part of a name is made inert.
fn push_name(run: &str, inert: &mut String) {
    let labels: Vec<&str> = run.split('.').collect();
    let last = labels.iter().rposition(|label| is_top(label)).unwrap_or_default();
    for (index, label) in labels.iter().enumerate() {
        inert.push_str(label);
        if index + 1 < labels.len() {
            let in_name = index < last && !label.is_empty() && !labels[index + 1].is_empty();
            inert.push_str(if in_name || ends_with_www(label) { "[.]" } else { "." });
        }
    }
}

fn ends_with_www(label: &str) -> bool {
    label
        .len()
        .checked_sub(3)
        .and_then(|at| label.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// Whether a part can be the last one of a domain name: two Latin letters or more, `xn--…`, or a known
/// Cyrillic one.
fn is_top(label: &str) -> bool {
    if label.chars().any(is_cyrillic) {
        return CYRILLIC_TOP.contains(&label.to_lowercase().as_str());
    }
    let letters = label.bytes().all(|b| b.is_ascii_alphabetic());
    let coded = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    label.len() >= 2 && (letters || coded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::inert_links;

    #[test]
    fn x4_links_are_inert_and_readable() {
        for (typed, inert) in [
            ("http://evil.example/x?a=1", "http[:]//evil[.]example/x?a=1"),
            ("HTTPS://WWW.Evil.RU.", "HTTPS[:]//WWW[.]Evil[.]RU."),
            ("зайдите на www.сайт.рф сейчас", "зайдите на www[.]сайт[.]рф сейчас"),
            ("lkfl2.nalog.ru/lk", "lkfl2[.]nalog[.]ru/lk"),
            ("НАЛОГ.РФ", "НАЛОГ[.]РФ"),
            ("пишите: a.b@mail.ru", "пишите: a.b@mail[.]ru"),
            ("xn--80akm.xn--p1ai", "xn--80akm[.]xn--p1ai"),
            (r"\\server\share", r"[\\]server\share"),
            ("ftp://10.0.0.1/", "ftp[:]//10.0.0.1/"),
            ("javascript://x", "javascript[:]//x"),
            ("mailto:a@b.ru", "mailto:a@b[.]ru"),
            ("www.что-то", "www[.]что-то"),
        ] {
            assert_eq!(inert_links(typed), inert);
        }
    }

    #[test]
    fn x4_ordinary_text_is_not_damaged() {
        for text in [
            "Ждал 40 минут, с 14:30 до 15.10, каб. 305.",
            "22.11.2026 пришёл.Потом ушёл. Т.е. зря и т.д.",
            "Сумма 1 250 000,50 руб. за 2025–2026 гг.",
            "Форма 3-НДФЛ (КНД 1151020), п. 2.1.3 приказа",
            "И.о. начальника не принял… «Почему?» и/или а:б",
            "",
        ] {
            assert_eq!(inert_links(text), text);
        }
    }

    proptest! {
        #[test]
        fn x4_inert_text_stays_as_it_is(text in "([a-zа-я0-9.:/@\\\\\\[\\] -]|www\\.|://|\\.ru|\\.рф){0,40}") {
            let inert = inert_links(&text);
            prop_assert!(!inert.contains("://"));
            prop_assert!(!inert.to_lowercase().contains("www."));
            prop_assert_eq!(inert_links(&inert), inert.clone());
            // Nothing is lost: the marks taken back, the text is as it was.
            let back = |text: &str| text.replace("[:]", ":").replace("[.]", ".").replace(r"[\\]", r"\\");
            prop_assert_eq!(back(&inert), back(&text));
        }
    }
}
