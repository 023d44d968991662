#![doc = include_str!("../README.md")]

mod append;
mod erase;
mod heads;
mod periodic;
mod read;
mod seal;
mod verify;

pub use append::{Actor, NewEntry, append};
pub use erase::{EraseError, erase};
pub use heads::{ExportError, Head, Heads, KeyError, SigningKey, export_head, read_heads};
pub use periodic::schedules;
pub use read::{Change, Filter, PAGE_SIZE, Page, Row, list, one};
pub use seal::{seal, unsealed};
pub use verify::{Problem, Report, verify};

/// The steps of this crate's schema.
pub const MIGRATIONS: &[otklik_db::Migration] = otklik_db::migrations!["0400_journal_entries"];
