//! The commit log: numbered entries, each written once, each naming the sum of the one before it.

pub mod entry;
mod files;

pub use files::{FOLDER, LAST, Last, Log, Numbered};
