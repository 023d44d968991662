#![doc = include_str!("../README.md")]

pub mod delivery;
pub mod exchange;
pub mod generate;
pub mod model;
pub mod print;
pub mod reference;
