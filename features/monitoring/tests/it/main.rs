//! The slice against both databases, real files and real servers.

mod added;
mod answers;
mod api;
mod application;
mod receipts;
mod receiving;
mod records;
mod scope;
mod senders;
mod sending;
mod site;
mod subjects;
