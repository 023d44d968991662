//! XES (IEEE 1849), trace by trace.

mod bounded;
mod read;
mod write;

pub use read::{Limits, XesError, XesReader};
pub use write::XesWriter;
