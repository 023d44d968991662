#![doc = include_str!("../README.md")]

pub mod caller;
pub mod changes;
pub mod closure;
pub mod role;
pub mod scope;

pub use caller::{Authenticator, Authority, Caller, Grant};
pub use role::{Permission, Role};
pub use scope::Scope;

/// The steps of this crate's schema.
pub const MIGRATIONS: &[otklik_db::Migration] =
    otklik_db::migrations!["0100_access_closure", "0101_access_changes"];
