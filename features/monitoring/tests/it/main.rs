//! The slice against both databases, real files and real servers.

mod api;
mod receipts;
mod receiving;
mod records;
mod senders;
mod sending;
mod site;
