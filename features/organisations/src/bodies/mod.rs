//! Bodies: the operations on them.

pub mod change;
pub mod check;
pub mod close;
pub mod create;
pub mod list;
pub mod pick;
pub mod regions;
pub mod relocate;
pub mod zones;
