#![doc = include_str!("../README.md")]

mod backoff;
mod letter;
mod mailer;
pub mod mandatory;
mod outbox;
mod pages;
pub mod queue;
pub mod read;
mod recipients;
pub mod rule;
mod store;

use otklik_access::Permission;
use otklik_web::{Access, Ctx, Part, Routes};

pub use mailer::Mailer;
pub use outbox::Outbox;
pub use recipients::{Change, recipients, set_recipients};

mod texts {
    otklik_locale::texts!();
}

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] = otklik_db::migrations![
    "0700_notifications_recipients",
    "0710_notifications_outbox",
    "0715_notifications_mandatory"
];

/// The pages of this slice.
#[must_use]
pub fn routes(ctx: &Ctx) -> Part {
    let state = pages::Shared { ctx: ctx.clone() };
    let needs = Access::Needs(Permission::ManageRecipients);
    Routes::new(ctx, state)
        .get("/admin/bodies/{id}/recipients", needs, pages::recipients::show)
        .post("/admin/bodies/{id}/recipients", needs, pages::recipients::save)
        .post("/admin/bodies/{id}/recipients/mandatory", needs, pages::recipients::mark)
        .get("/admin/recipients", Access::Needs(Permission::ReadBodies), pages::missing::show)
        .finish()
}
