//! The pages of this slice.

pub mod alerts;
pub mod daily;
pub mod missing;
pub mod recipients;

use otklik_organisations::SharedOffices;
use otklik_web::Ctx;

use crate::daily::Days;

/// What the handlers share.
#[derive(Clone)]
pub struct Shared {
    pub ctx: Ctx,
    pub offices: SharedOffices,
    pub days: Days,
}
