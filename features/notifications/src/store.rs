//! The only place that names the tables of this slice.

pub mod alerts;
pub mod deliveries;
pub mod digests;
pub mod floods;
pub mod forget;
pub mod mandatory;
pub mod outbox;
pub mod pause;
pub mod recipients;
