//! The programme as a library, so that tests can put it together on a database of their own.

pub mod cli;
mod commands;
mod demo;
pub mod installation;
pub mod serve;
pub mod settings;
pub mod wire;
