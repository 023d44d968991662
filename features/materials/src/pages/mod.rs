//! The slice's pages.

mod common;
mod download;
mod materials;
mod new;
mod office;
mod offices;
mod placement;
mod placements;
mod poster;

use std::sync::Arc;

use otklik_access::Permission;
use otklik_web::{Access, Ctx, Part, Routes};
use tokio::sync::Semaphore;

use common::Materials;

/// Sheets made at once on a node: each keeps a processor busy for tens of milliseconds.
const SHEETS_AT_ONCE: usize = 1;
/// Photos unpacked at once on a node: each may take some 200 MB.
const PHOTOS_AT_ONCE: usize = 1;

/// The pages of this slice.
#[must_use]
pub fn routes(ctx: &Ctx) -> Part {
    let materials = Materials {
        ctx: ctx.clone(),
        sheets: Arc::new(Semaphore::new(SHEETS_AT_ONCE)),
        photos: Arc::new(Semaphore::new(PHOTOS_AT_ONCE)),
    };
    let reads = Access::Needs(Permission::ReadBodies);
    let makes = Access::Needs(Permission::MakeMaterials);
    let manages = Access::Needs(Permission::ManageBodies);
    Routes::new(ctx, materials)
        .get("/admin/bodies/{id}/materials", makes, materials::show)
        .get("/admin/bodies/{id}/qr.svg", makes, download::svg)
        .get("/admin/bodies/{id}/qr.png", makes, download::png)
        .get("/admin/bodies/{id}/qr.pdf", makes, download::pdf)
        .get("/admin/bodies/{id}/poster.pdf", makes, download::poster)
        .get("/admin/bodies/{id}/poster", manages, poster::show)
        .post("/admin/bodies/{id}/poster", manages, poster::save)
        .post("/admin/bodies/{id}/poster/inherit", manages, poster::inherit)
        .get("/admin/bodies/{id}/placements", reads, placements::show)
        .get("/admin/bodies/{id}/placements/new", makes, new::show)
        .post("/admin/bodies/{id}/placements/new", makes, new::add)
        .get("/admin/bodies/{id}/placements/{placement}", reads, placement::show)
        .get("/admin/bodies/{id}/placements/{placement}/photo", reads, placement::photo)
        .post("/admin/bodies/{id}/placements/{placement}/photo", makes, placement::attach)
        .post("/admin/bodies/{id}/placements/{placement}/remove", makes, placement::remove)
        .get("/admin/placements", reads, offices::show)
        .finish()
}
