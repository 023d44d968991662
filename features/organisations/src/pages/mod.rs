//! The slice's pages.

mod common;
mod login;

use otklik_web::{Access, Ctx, Part, Routes};

use crate::SharedOffices;
pub(crate) use common::Web;

/// The slice's routes.
#[must_use]
pub fn routes(ctx: &Ctx, offices: &SharedOffices) -> Part {
    let web = Web { ctx: ctx.clone(), offices: offices.clone() };
    Routes::new(ctx, web)
        .get("/admin/login", Access::Public, login::show)
        .post("/admin/login", Access::Public, login::send)
        .post("/admin/login/password", Access::Public, login::replace)
        .post("/admin/logout", Access::Public, login::leave)
        .finish()
}
