#![doc = include_str!("../README.md")]

pub mod act;
pub mod agent;
pub mod authenticate;
pub mod bodies;
pub mod import;
pub mod lock;
pub mod model;
mod pages;
pub mod password;
pub mod people;
pub mod refusal;
pub mod responsibles;
pub mod sessions;
pub mod sign_in;
pub mod snapshot;
pub mod store;
pub mod units;
mod words;

pub use authenticate::Sessions;
pub use model::{Body, BodyKind, Level};
pub use pages::routes;
pub use snapshot::{Office, Offices, SharedOffices};

mod texts {
    otklik_locale::texts!();
}

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] = otklik_db::migrations![
    "0200_organisations_bodies",
    "0210_organisations_people",
    "0220_organisations_closed_reason",
    "0230_organisations_responsibles",
];

/// Why a password is not taken, in words.
fn weakness_text(l: texts::L, weakness: password::Weakness) -> &'static str {
    use password::Weakness;
    match weakness {
        Weakness::Short => l.password_short(),
        Weakness::Long => l.password_long(),
        Weakness::Login => l.password_login(),
        Weakness::Common => l.password_common(),
    }
}
