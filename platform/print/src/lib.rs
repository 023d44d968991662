#![doc = include_str!("../README.md")]

mod font;
mod pdf;
mod qr;
mod world;

mod texts {
    otklik_locale::texts!();
}

pub use pdf::{LONGEST_NAME, PdfError, QrSheet};
pub use qr::{Qr, QrError};
