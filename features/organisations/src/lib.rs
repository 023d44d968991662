#![doc = include_str!("../README.md")]

pub mod model;
pub mod snapshot;
pub mod store;

pub use model::{Body, BodyKind, Level};
pub use snapshot::{Office, Offices, SharedOffices};

mod texts {
    otklik_locale::texts!();
}

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] =
    otklik_db::migrations!["0200_organisations_bodies", "0210_organisations_people"];
