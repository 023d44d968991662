//! The only place that names the tables `materials_*`.

pub mod photos;
pub mod placements;
pub mod texts;
