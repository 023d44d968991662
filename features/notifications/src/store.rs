//! The only place that names the tables of this slice.

pub mod deliveries;
pub mod mandatory;
pub mod outbox;
pub mod pause;
pub mod recipients;
