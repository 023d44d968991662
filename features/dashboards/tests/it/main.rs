//! Analysis against SQLite and PostgreSQL: every figure against a recount of the stored responses by other
//! means, and the pages over HTTP.

mod common;
mod naive;
mod pages;
mod recount;
mod words;
