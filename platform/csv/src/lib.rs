#![doc = include_str!("../README.md")]

mod block;
mod decode;
mod header;
mod print;
mod record;
mod run;
mod scan;
mod table;

pub use block::{Block, Records};
pub use decode::Encoding;
pub use print::{END, MARK, write_field, write_record};
pub use record::{Fault, Kind, Record};
pub use table::{Facts, Limits, Refused, Table};
