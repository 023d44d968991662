#![doc = include_str!("../README.md")]

mod texts {
    otklik_locale::texts!();
}

pub mod check;
pub mod delivery;
pub mod describe;
pub mod exchange;
pub mod fields;
pub mod generate;
pub mod model;
pub mod print;
pub mod reading;
pub mod reference;

use texts::L;
