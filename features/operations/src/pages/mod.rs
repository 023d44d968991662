//! The pages of this slice.

pub mod journal;
pub mod outbox;
pub mod retry;
mod row;
