//! The pages of this slice.

pub mod alerts;
pub mod daily;
pub mod missing;
pub mod recipients;

use otklik_organisations::SharedOffices;
use otklik_web::Ctx;

/// What the handlers share.
#[derive(Clone)]
pub struct Shared {
    pub ctx: Ctx,
    pub offices: SharedOffices,
}
