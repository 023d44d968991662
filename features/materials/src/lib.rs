#![doc = include_str!("../README.md")]

mod download;
mod office;
mod page;

use std::sync::Arc;

use otklik_access::Permission;
use otklik_web::{Access, Ctx, Part, Routes};
use tokio::sync::Semaphore;

mod texts {
    otklik_locale::texts!();
}

/// Sheets made at once on a node: each keeps a processor busy for tens of milliseconds.
const SHEETS_AT_ONCE: usize = 1;

/// What the handlers share.
#[derive(Clone)]
struct Materials {
    ctx: Ctx,
    sheets: Arc<Semaphore>,
}

/// The pages of this slice.
#[must_use]
pub fn routes(ctx: &Ctx) -> Part {
    let materials = Materials { ctx: ctx.clone(), sheets: Arc::new(Semaphore::new(SHEETS_AT_ONCE)) };
    let needs = Access::Needs(Permission::MakeMaterials);
    Routes::new(ctx, materials)
        .get("/admin/bodies/{id}/materials", needs, page::show)
        .get("/admin/bodies/{id}/qr.svg", needs, download::svg)
        .get("/admin/bodies/{id}/qr.png", needs, download::png)
        .get("/admin/bodies/{id}/qr.pdf", needs, download::pdf)
        .finish()
}
