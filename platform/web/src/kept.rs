//! What somebody without a session had typed: kept in the page until they have signed in again. A file can't be
//! put back into a page, so it is only remembered that there was one.

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header;

use crate::Form;
use crate::form::LIMIT;

/// The most bytes read of a form with a file: the rest is thrown away as it comes, so that the page arrives.
const MOST_READ: usize = 64 * 1024 * 1024;

/// What was sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The fields in the order they were sent, without the token of the session that has ended.
    pub fields: Vec<(String, String)>,
    /// The fields that held a file.
    pub files: Vec<String>,
}

/// Reads what was sent, as far as it can be read.
pub async fn read(request: Request) -> Kept {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut kept = if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        in_parts(request).await
    } else {
        let (parts, body) = request.into_parts();
        let form = Form::read(&parts.headers, body, LIMIT).await.unwrap_or_default();
        Kept { fields: form.fields().to_vec(), files: Vec::new() }
    };
    kept.fields.retain(|(name, _)| name != "csrf");
    kept
}

async fn in_parts(mut request: Request) -> Kept {
    DefaultBodyLimit::max(MOST_READ).apply(&mut request);
    let mut kept = Kept::default();
    let Ok(mut parts) = Multipart::from_request(request, &()).await else { return kept };
    let mut left = LIMIT;
    while let Ok(Some(mut part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let (mut bytes, mut length) = (Vec::new(), 0_usize);
        while let Ok(Some(chunk)) = part.chunk().await {
            length = length.saturating_add(chunk.len());
            if !is_file && length <= left {
                bytes.extend_from_slice(&chunk);
            }
        }
        if is_file {
            kept.files.extend((length > 0).then_some(name));
        } else if length <= left
            && let Ok(text) = String::from_utf8(bytes)
        {
            left -= length;
            kept.fields.push((name, text));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn sent(kind: &str, body: impl Into<Body>) -> Request {
        Request::post("/").header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[tokio::test]
    async fn x3_a_form_with_a_file_keeps_its_texts_and_remembers_the_file() {
        let part = |head: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n")
        };
        let photo = "name=\"photo\"; filename=\"стенд.jpg\"";
        let none = "name=\"other\"; filename=\"\"";
        let body = [
            part("name=\"csrf\"", "secret"),
            part("name=\"note\"", "зал № 5,\r\nу колонны"),
            part(photo, &"x".repeat(3_000_000)),
            part(none, ""),
            part("name=\"carrier\"", "pocket"),
            "--b--\r\n".to_owned(),
        ];
        let kept = read(sent("multipart/form-data; boundary=b", body.concat())).await;
        assert_eq!(kept.fields, [pair("note", "зал № 5,\r\nу колонны"), pair("carrier", "pocket")]);
        assert_eq!(kept.files, ["photo"]);
    }

    #[tokio::test]
    async fn x3_what_cant_be_read_is_left_out() {
        let plain = read(sent("application/x-www-form-urlencoded", "csrf=1&a=%D0%B9")).await;
        assert_eq!(plain, Kept { fields: vec![pair("a", "й")], files: Vec::new() });
        for (kind, body) in [
            ("multipart/form-data", "no boundary"),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbroken",
            ),
            ("text/plain", "a=1"),
        ] {
            assert!(read(sent(kind, body)).await.files.is_empty(), "{kind}");
        }
    }
}
