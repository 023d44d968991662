#![doc = include_str!("../README.md")]

pub mod accept;
mod board;
mod commit;
pub mod days;
pub mod device;
mod export;
mod ff1;
pub mod figures;
pub mod model;
pub mod offices;
mod pages;
pub mod receipt;
mod recent;
pub mod retention;
pub mod store;
pub mod suspicion;
pub mod topics;
pub mod words;

pub use accept::{AcceptError, Acceptance, Acceptor, OnAcceptance};
pub use board::Board;
pub use device::DeviceMarks;
pub use model::{NewResponse, Response, Stored, Suspicion};
pub use pages::routes;
pub use receipt::{Receipt, Receipts};

mod texts {
    otklik_locale::texts!();
}

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] = otklik_db::migrations![
    "0600_responses_responses",
    "0610_responses_receipts",
    "0620_responses_hours",
    "0630_responses_days",
    "0640_responses_search",
    "0650_responses_offices",
    "0660_responses_looks",
    "0670_responses_traits",
    "0680_responses_texts",
    "0690_responses_suspicious",
    "0695_responses_texts",
    "0697_responses_has_text",
];

/// The kind of the event of an accepted response; its payload is [`model::Accepted`] as JSON.
pub const ACCEPTED: &str = "responses.accepted";

/// What is done about accepted responses within a second: figures, and words to be found.
#[must_use]
pub fn handlers() -> Vec<std::sync::Arc<dyn otklik_jobs::Handler>> {
    vec![std::sync::Arc::new(figures::Figures), std::sync::Arc::new(words::WordIndex)]
}
