//! Forms as browsers send them, read strictly: a wrong byte is an error with a name, not a question mark.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{Fail, Who};

/// The longest form of the admin zone, in bytes: ten thousand addresses fit.
pub const LIMIT: usize = 2 * 1024 * 1024;

/// A form's fields in the order they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// Why a form can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not `application/x-www-form-urlencoded`.
    #[error("the form has another content type")]
    ContentType,
    /// Longer than the limit.
    #[error("the form is too long")]
    TooLong,
    /// The connection ended in the middle.
    #[error("the form did not arrive whole")]
    Broken,
    /// Bytes that are not UTF-8.
    #[error("the form is not UTF-8")]
    NotUtf8,
    /// The character U+0000, which PostgreSQL can't store.
    #[error("the form has the character U+0000")]
    Nul,
}

impl Form {
    /// Reads a body of at most `limit` bytes.
    ///
    /// # Errors
    /// See [`FormError`].
    pub async fn read(headers: &axum::http::HeaderMap, body: Body, limit: usize) -> Result<Self, FormError> {
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(FormError::ContentType);
        }
        match Limited::new(body, limit).collect().await {
            Ok(body) => Self::parse(&body.to_bytes()),
            Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(FormError::TooLong),
            Err(_) => Err(FormError::Broken),
        }
    }

    /// Reads `a=1&b=%D0%B9`.
    ///
    /// # Errors
    /// [`FormError::NotUtf8`] and [`FormError::Nul`].
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        let mut fields = Vec::new();
        for pair in bytes.split(|&b| b == b'&').filter(|pair| !pair.is_empty()) {
            let at = pair.iter().position(|&b| b == b'=').unwrap_or(pair.len());
            fields.push((decode(&pair[..at])?, decode(pair.get(at + 1..).unwrap_or_default())?));
        }
        Ok(Self(fields))
    }

    /// The first value of a field; empty when the field is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The first value of a field.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox is ticked.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.find(name).is_some_and(|value| !value.is_empty())
    }

    /// The fields in the order they were sent.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }
}

fn decode(bytes: &[u8]) -> Result<String, FormError> {
    let mut decoded = Vec::with_capacity(bytes.len());
    for (place, part) in bytes.split(|&b| b == b'+').enumerate() {
        if place > 0 {
            decoded.push(b' ');
        }
        decoded.extend(percent_encoding::percent_decode(part));
    }
    let text = String::from_utf8(decoded).map_err(|_| FormError::NotUtf8)?;
    if text.contains('\0') { Err(FormError::Nul) } else { Ok(text) }
}

/// A form of the admin zone: within the limit, and with the caller's CSRF token.
impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Fail;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Fail> {
        let (parts, body) = request.into_parts();
        let form = Self::read(&parts.headers, body, LIMIT).await?;
        if let Some(who) = parts.extensions.get::<Who>()
            && !otklik_kernel::secret::same(form.get("csrf").as_bytes(), who.csrf.as_bytes())
        {
            return Err(Fail::Forged);
        }
        Ok(form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn x3_bad_bytes_have_names() {
        assert_eq!(Form::parse(b"a=%FF"), Err(FormError::NotUtf8));
        assert_eq!(Form::parse(b"a=x%00y"), Err(FormError::Nul));
        assert_eq!(Form::parse(b"%00=1"), Err(FormError::Nul));
        let form = Form::parse("a=1&a=2&b=%D0%B9+x&c&=z&&d=1=2".as_bytes()).unwrap();
        assert_eq!(form.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(form.get("b"), "й x");
        assert_eq!((form.find("c"), form.find("e"), form.get("d")), (Some(""), None, "1=2"));
    }

    proptest! {
        #[test]
        fn what_a_browser_encodes_is_read_back(pairs in prop::collection::vec(("[a-zа-я]{1,8}", "[^\u{0}]{0,20}"), 0..6)) {
            use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
            let text = pairs.iter().map(|(k, v)| format!("{}={}", utf8_percent_encode(k, NON_ALPHANUMERIC), utf8_percent_encode(v, NON_ALPHANUMERIC))).collect::<Vec<_>>().join("&");
            prop_assert_eq!(Form::parse(text.as_bytes()).unwrap(), Form(pairs));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Form::parse(&bytes);
        }
    }
}
