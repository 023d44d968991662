//! The slice against both databases, real files and real servers.

mod answers;
mod api;
mod receipts;
mod receiving;
mod records;
mod senders;
mod sending;
mod site;
