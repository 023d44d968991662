#![doc = include_str!("../README.md")]

mod font;
mod link;
mod pdf;
mod poster;
mod qr;
mod world;

mod texts {
    otklik_locale::texts!();
}

pub use link::shown_link;
pub use pdf::{LONGEST_NAME, PdfError, QrSheet};
pub use poster::{
    FOOTER_LINES, LONGEST_FOOTER_LINE, LONGEST_HEADING, LONGEST_INVITATION, POSTER_EDITION, Poster,
    PosterText,
};
pub use qr::{Qr, QrError};
