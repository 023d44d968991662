#![doc = include_str!("../README.md")]

pub mod answers;
mod api;
pub mod bulk;
pub mod deliveries;
pub mod derive;
pub mod exchange;
pub mod export;
pub mod hub;
pub mod ingest;
pub mod jobs;
mod layout;
pub mod live;
mod pages;
pub mod partners;
pub mod reference;
pub mod refusal;
pub mod seal;
pub mod senders;
pub mod tables;
pub mod take;
pub mod upkeep;
pub mod visible;

pub use otklik_lake::{LAST, LOG, Place, SPOOL};
pub use pages::Monitoring;

/// The pages and the API of this slice.
#[must_use]
pub fn routes(monitoring: &Monitoring) -> otklik_web::Part {
    pages::routes(monitoring).and(api::routes(monitoring))
}

mod texts {
    otklik_locale::texts!();
}

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] = otklik_db::migrations![
    "0900_monitoring_senders",
    "0901_monitoring_records",
    "0902_monitoring_deliveries",
    "0903_monitoring_partners",
    "0904_monitoring_sendings",
    "0905_monitoring_checked",
    "0906_monitoring_sender_terms",
];
