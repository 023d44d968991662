//! The session's cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::Settings;

/// The name over HTTPS: the prefix binds it to the host and forbids other paths.
const SECURE: &str = "__Host-otklik";
/// The name on an intranet address without HTTPS, where the prefix can't be used.
const PLAIN: &str = "otklik";

/// Whether the address that the request came to is served over HTTPS, by the settings.
fn is_https(settings: &Settings, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = settings.admin_urls.iter().chain([&settings.public_url]);
    for url in known {
        if let Some((scheme, rest)) = url.split_once("://")
            && rest.split('/').next() == Some(host)
        {
            return scheme == "https";
        }
    }
    settings.admin_urls.first().unwrap_or(&settings.public_url).starts_with("https://")
}

/// The session's secret in the request's cookie.
#[must_use]
pub fn session<'a>(settings: &Settings, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = if is_https(settings, headers) { SECURE } else { PLAIN };
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The `Set-Cookie` value that begins a session, or ends it when there is no secret.
#[must_use]
pub fn set_session(settings: &Settings, headers: &HeaderMap, secret: Option<&str>) -> HeaderValue {
    let https = is_https(settings, headers);
    let (name, secure) = if https { (SECURE, "; Secure") } else { (PLAIN, "") };
    let end = if secret.is_none() { "; Max-Age=0" } else { "" };
    let text = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}{end}", secret.unwrap_or_default());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
