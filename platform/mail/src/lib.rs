#![doc = include_str!("../README.md")]

mod texts {
    otklik_locale::texts!();
}

pub mod address;
mod error;
mod folder;
pub mod links;
pub mod mask;
pub mod message;
pub mod recipients;
mod setting;
mod smtp;
mod stream;
mod transport;

pub use address::{AddressError, EmailAddress};
pub use error::{SendError, SendErrorKind};
pub use folder::Folder;
pub use links::inert_links;
pub use mask::mask_personal_data;
pub use message::{Message, MessageError};
pub use recipients::{BadAddress, ParsedList, parse_list};
pub use setting::SettingError;
pub use smtp::{LONGEST_SEND, Smtp};
pub use transport::{Sent, Transport};
