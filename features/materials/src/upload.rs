//! A form with a photo in it, read within bounds.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use otklik_kernel::secret;
use otklik_web::form::FormError;
use otklik_web::{Fail, Form, Who};

use crate::photo::MOST_BYTES;

/// The most bytes read of a request: what is over the photo's limit is thrown away as it comes, so that the page
/// can answer in words instead of the browser telling of a broken connection.
const MOST_READ: usize = 64 * 1024 * 1024;
/// The longest text field, in bytes.
const LONGEST_TEXT: usize = 16 * 1024;

/// The file that was sent.
#[derive(Debug, Default)]
pub enum File {
    /// None was chosen.
    #[default]
    None,
    /// One within the limit.
    Read(Vec<u8>),
    /// A longer one.
    TooLong,
}

/// What was sent.
#[derive(Debug, Default)]
pub struct Sent {
    fields: Vec<(String, String)>,
    /// The field `photo`.
    pub photo: File,
}

impl Sent {
    /// The first value of a field; empty when the field is missing.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// Reads a form with a photo, or an ordinary one. Its token stands before the photo and is checked first.
///
/// # Errors
/// The token is missing or wrong; the form can't be read.
pub async fn read(who: &Who, mut request: Request) -> Result<Sent, Fail> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        let form = Form::from_request(request, &()).await?;
        return Ok(Sent { fields: form.fields().to_vec(), photo: File::None });
    }
    DefaultBodyLimit::max(MOST_READ).apply(&mut request);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| FormError::Broken)?;
    let mut sent = Sent::default();
    let may_go_on = |sent: &Sent| match secret::same(sent.get("csrf").as_bytes(), who.csrf.as_bytes()) {
        true => Ok(()),
        false => Err(Fail::Forged),
    };
    while let Some(part) = parts.next_field().await.map_err(failed)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "photo" {
            may_go_on(&sent)?;
            sent.photo = match bytes(part, MOST_BYTES).await? {
                Some(file) if file.is_empty() => File::None,
                Some(file) => File::Read(file),
                None => File::TooLong,
            };
            continue;
        }
        let text = bytes(part, LONGEST_TEXT).await?.ok_or(FormError::TooLong)?;
        let text = String::from_utf8(text).map_err(|_| FormError::NotUtf8)?;
        if text.contains('\0') {
            return Err(FormError::Nul.into());
        }
        sent.fields.push((name, text));
    }
    may_go_on(&sent)?;
    Ok(sent)
}

/// A part's bytes, or nothing when there are more than `most`: these are read and thrown away.
async fn bytes(mut part: Field<'_>, most: usize) -> Result<Option<Vec<u8>>, FormError> {
    let mut kept = Some(Vec::new());
    while let Some(chunk) = part.chunk().await.map_err(failed)? {
        kept = kept.filter(|kept| kept.len() + chunk.len() <= most);
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(&chunk);
        }
    }
    Ok(kept)
}

fn failed(error: MultipartError) -> FormError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => FormError::TooLong,
        _ => FormError::Broken,
    }
}
