//! The way out of the programme for a letter.

use crate::error::SendError;
use crate::folder::Folder;
use crate::message::Message;
use crate::setting::{self, SettingError};
use crate::smtp::Smtp;

/// A letter that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The server's answer, or the file written: one line for the outbox page.
    pub reply: String,
}

/// How letters leave; made from a setting, shared by all who send.
#[derive(Debug)]
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder, a file per letter.
    Folder(Folder),
}

impl Transport {
    /// Reads the transport setting, described in the crate's documentation. Opens no connection.
    ///
    /// # Errors
    /// [`SettingError`]; it never quotes a password.
    pub fn from_setting(setting: &str) -> Result<Self, SettingError> {
        setting::read(setting)
    }

    /// Sends a letter to its one recipient; returns once it is accepted, within [`crate::LONGEST_SEND`].
    ///
    /// # Errors
    /// [`SendError`], whose kind says whether the letter may be sent again.
    pub async fn send(&self, message: &Message) -> Result<Sent, SendError> {
        match self {
            Self::Smtp(smtp) => smtp.send(message).await,
            Self::Folder(folder) => folder.send(message).await,
        }
    }

    /// Checks that a letter could be sent now: connects and signs in, or finds the folder writable.
    ///
    /// # Errors
    /// [`SendError`], as sending would give.
    pub async fn check(&self) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.check().await,
            Self::Folder(folder) => folder.check().await,
        }
    }

    /// Closes connections kept for the next letter; for when there is nothing more to send.
    pub async fn rest(&self) {
        if let Self::Smtp(smtp) = self {
            smtp.rest().await;
        }
    }
}
