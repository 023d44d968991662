//! The slice on both databases, through its router.

mod common;
mod downloads;
mod placements;
mod poster;
mod register;
