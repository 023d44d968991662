#![doc = include_str!("../README.md")]

pub mod attach;
mod attention;
pub mod model;
mod pages;
pub mod photo;
pub mod place;
pub mod read;
pub mod refusal;
pub mod reword;
pub mod store;
pub mod take_down;
mod upload;
pub mod wording;

pub use attention::Posters;
pub use pages::routes;

mod texts {
    otklik_locale::texts!();
}

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] =
    otklik_db::migrations!["0800_materials_texts", "0801_materials_placements"];
