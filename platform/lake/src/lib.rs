#![doc = include_str!("../README.md")]

mod compact;
mod error;
mod lake;
mod log;
mod memory;
mod session;
mod snapshot;
mod store;
mod table;
mod vacuum;
mod verify;
mod write;

pub use arrow;
pub use datafusion;
pub use parquet;

pub use compact::Sifted;
pub use error::{Error, Result};
pub use lake::Lake;
pub use log::entry::{Change, DataFile, Entry};
pub use log::{FOLDER as LOG, LAST};
pub use session::{Engine, Look, Session};
pub use snapshot::Snapshot;
pub use store::{Place, SPOOL};
pub use table::{Packing, Table};
pub use vacuum::Swept;
pub use verify::{Damage, Report};
pub use write::{TableWriter, Written};
