#![doc = include_str!("../README.md")]

pub mod answers;
pub mod derive;
pub mod exchange;
pub mod ingest;
pub mod live;
pub mod tables;
pub mod upkeep;
