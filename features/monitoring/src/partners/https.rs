//! Sending by HTTPS: one PUT of the file under its name, with its digest.

use std::time::Duration;

use otklik_kernel::code;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

/// How long a whole file may take.
const LONGEST: Duration = Duration::from_secs(600);
/// How much of an answer is kept as proof.
const KEPT: usize = 1000;

/// Who sends and how it is told apart.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The login; empty for a bearer token.
    pub login: &'a str,
    /// The password or the token; empty for none.
    pub secret: &'a str,
}

/// A client for partners: the system's certificate authorities, and more where a test has its own.
///
/// # Errors
/// The client can't be made.
pub fn client(more: &[Vec<u8>]) -> Result<Client, String> {
    let mut builder = Client::builder().https_only(true).redirect(Policy::none()).timeout(LONGEST);
    for one in more {
        builder =
            builder.add_root_certificate(Certificate::from_der(one).map_err(|error| error.to_string())?);
    }
    builder.build().map_err(|error| error.to_string())
}

/// Sends a file; what the other side answered stands as proof.
///
/// # Errors
/// What went wrong or what was answered, when it isn't a success.
pub async fn put(
    client: &Client,
    address: &str,
    account: Account<'_>,
    name: &str,
    bytes: Vec<u8>,
    digest: &[u8; 32],
) -> Result<String, String> {
    let url = format!("{}/{name}", address.trim_end_matches('/'));
    let kind = if name.ends_with(".zip") { "application/zip" } else { "text/csv; charset=utf-8" };
    let mut request = client
        .put(&url)
        .header("content-type", kind)
        .header("x-content-sha256", code::hex(digest))
        .body(bytes);
    request = match (account.login, account.secret) {
        ("", "") => request,
        ("", token) => request.bearer_auth(token),
        (login, password) => request.basic_auth(login, Some(password)),
    };
    let answer = request.send().await.map_err(|error| format!("{url}: {}", whole(&error)))?;
    let status = answer.status();
    let text = answer.text().await.unwrap_or_default();
    let words = format!("{status} {}", text.chars().take(KEPT).collect::<String>());
    if status.is_success() { Ok(words.trim().to_owned()) } else { Err(format!("{url}: {}", words.trim())) }
}

/// An error with what caused it: reqwest says only the outermost.
fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
