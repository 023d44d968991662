//! The transport setting: one text that says where letters go.

use std::path::PathBuf;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::folder::Folder;
use crate::smtp::{Encryption, Server, Smtp};
use crate::transport::Transport;

/// Why a transport setting can't be used. Never quotes the setting: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Begins with something other than `smtp://`, `smtps://` or `file:`.
    #[error("the mail transport must begin with smtp://, smtps:// or file:")]
    Scheme,
    /// `file:` without a folder.
    #[error("file: needs a folder, such as file:/var/spool/otklik")]
    Folder,
    /// Not an address of the form described.
    #[error("the mail transport is not of the form smtp://user:password@host:port?tls=required")]
    Form,
    /// A user name without a password or the reverse.
    #[error("signing in to the mail server needs both a user name and a password")]
    Credentials,
    /// `tls=` has an unknown value, or stands with `smtps://`.
    #[error("tls must be starttls, required or none, and only with smtp://")]
    Tls,
    /// An option besides `tls` and `ehlo`.
    #[error("unknown option {0:?} of the mail transport")]
    Option(String),
    /// The machine's certificates can't be used.
    #[error("encryption can't be set up: {0}")]
    Certificates(String),
}

pub(crate) fn read(setting: &str) -> Result<Transport, SettingError> {
    if let Some(folder) = setting.strip_prefix("file:") {
        let folder = folder.strip_prefix("//").unwrap_or(folder);
        return match folder {
            "" => Err(SettingError::Folder),
            folder => Ok(Transport::Folder(Folder::new(PathBuf::from(folder)))),
        };
    }
    if !setting.starts_with("smtp://") && !setting.starts_with("smtps://") {
        return Err(SettingError::Scheme);
    }
    let url = Url::parse(setting).map_err(|_| SettingError::Form)?;
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(SettingError::Form);
    }
    let host = host(&url)?;
    let credentials = credentials(&url)?;
    let (mut tls, mut hello) = (None, ClientId::default());
    for (name, value) in url.query_pairs() {
        match &*name {
            "tls" => tls = Some(value.into_owned()),
            "ehlo" if is_host_name(&value) => hello = ClientId::Domain(value.into_owned()),
            "ehlo" => return Err(SettingError::Form),
            _ => return Err(SettingError::Option(name.into_owned())),
        }
    }
    let parameters =
        || TlsParameters::new(host.clone()).map_err(|e| SettingError::Certificates(e.to_string()));
    let (encryption, port) = match (url.scheme(), tls.as_deref()) {
        ("smtps", None) => (Encryption::Wrapped(parameters()?), 465),
        ("smtp", Some("none")) => (Encryption::None, 25),
        ("smtp", Some("required")) => (Encryption::Required(parameters()?), 25),
        // A password is never said in the open because somebody on the way hid the server's offer.
        ("smtp", None) if credentials.is_some() => (Encryption::Required(parameters()?), 25),
        ("smtp", None | Some("starttls")) => (Encryption::Offered(parameters()?), 25),
        _ => return Err(SettingError::Tls),
    };
    let port = url.port().unwrap_or(port);
    Ok(Transport::Smtp(Smtp::new(Server { host, port, encryption, credentials, hello })))
}

fn host(url: &Url) -> Result<String, SettingError> {
    match url.host() {
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        Some(Host::Domain(name)) => {
            let name = decode(name)?;
            idna::domain_to_ascii(&name).ok().filter(|name| is_host_name(name)).ok_or(SettingError::Form)
        }
        None => Err(SettingError::Form),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SettingError> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(SettingError::Credentials),
        (user, Some(password)) => Ok(Some(Credentials::new(decode(user)?, decode(password)?))),
    }
}

fn decode(text: &str) -> Result<String, SettingError> {
    let text = percent_decode_str(text).decode_utf8().map_err(|_| SettingError::Form)?;
    if text.contains(char::is_control) { Err(SettingError::Form) } else { Ok(text.into_owned()) }
}

fn is_host_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

#[cfg(test)]
#[path = "setting_tests.rs"]
mod tests;
