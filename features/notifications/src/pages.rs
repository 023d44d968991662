//! The pages of this slice.

pub mod recipients;

use otklik_organisations::SharedOffices;
use otklik_web::Ctx;

/// What the handlers share.
#[derive(Clone)]
pub struct State {
    pub ctx: Ctx,
    pub offices: SharedOffices,
}
