//! An address as it is typed by hand.

use url::Url;

/// The address with a national domain in its own letters: `https://отклик.рф/qr/7701/` for
/// `https://xn--h1adbcny.xn--p1ai/qr/7701/`. Typing the letters leads to the same place; an address where
/// it would not is given back as it is. [1 §4.3]
#[must_use]
pub fn shown_link(url: &str) -> String {
    unicode(url).unwrap_or_else(|| url.to_owned())
}

fn unicode(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    let (shown, is_read) = idna::domain_to_unicode(parsed.domain()?);
    let host = parsed.domain()?;
    let text = url.replacen(&format!("://{host}"), &format!("://{shown}"), 1);
    let is_same = is_read.is_ok() && Url::parse(&text).is_ok_and(|again| again == parsed);
    is_same.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qr10_a_national_domain_is_typed_in_its_own_letters() {
        let check = |url: &str, shown: &str| assert_eq!(shown_link(url), shown);
        check("https://xn--h1adbcny.xn--p1ai/qr/7701/", "https://отклик.рф/qr/7701/");
        check("https://xn--h1adbcny.xn--p1ai:8443/qr/7701/", "https://отклик.рф:8443/qr/7701/");
        check("https://order.nalog.ru/qr/7701/", "https://order.nalog.ru/qr/7701/");
        check("http://127.0.0.1:8080/qr/7701/", "http://127.0.0.1:8080/qr/7701/");
        check("https://xn--0/qr/", "https://xn--0/qr/");
        check("no address", "no address");
    }
}
