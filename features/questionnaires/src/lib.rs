#![doc = include_str!("../README.md")]

pub mod check;
pub mod model;
pub mod store;

pub use check::{Checked, Problem, check};
pub use model::{Criterion, Mark, Marks, Questionnaire, Version};
pub use store::{Questionnaires, publish, publish_built_in, published};

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] = otklik_db::migrations!["0500_questionnaires_versions"];
