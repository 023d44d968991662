//! The slice against both databases, and its pages through the router.

mod bodies;
mod common;
mod import;
mod pages;
mod people;
mod responsibles;
mod sign_in;
mod units;
