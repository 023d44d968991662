//! The lake over real files and over stores that fail.

mod commits;
mod faults;
mod faulty;
mod queries;
mod s3;
mod support;
mod upkeep;
