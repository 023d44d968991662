#![doc = include_str!("../README.md")]

pub mod alerts;
mod attention;
mod backoff;
pub mod daily;
mod digest_letter;
mod flood;
mod letter;
mod mailer;
pub mod mandatory;
mod outbox;
mod pages;
pub mod queue;
pub mod read;
mod recipients;
pub mod rule;
mod schedules;
mod store;

use otklik_access::Permission;
use otklik_organisations::SharedOffices;
use otklik_web::{Access, Ctx, Part, Routes};

pub use alerts::{Alerts, set_alerts};
pub use attention::Recipients;
pub use mailer::Mailer;
pub use outbox::Outbox;
pub use recipients::{Change, recipients, set_recipients};
pub use schedules::schedules;

mod texts {
    otklik_locale::texts!();
}

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] = otklik_db::migrations![
    "0700_notifications_recipients",
    "0710_notifications_outbox",
    "0715_notifications_mandatory",
    "0720_notifications_alerts",
];

/// The pages of this slice.
#[must_use]
pub fn routes(ctx: &Ctx, offices: &SharedOffices, days: &daily::Days) -> Part {
    let state = pages::Shared { ctx: ctx.clone(), offices: offices.clone(), days: days.clone() };
    let needs = Access::Needs(Permission::ManageRecipients);
    Routes::new(ctx, state)
        .get("/admin/bodies/{id}/recipients", needs, pages::recipients::show)
        .post("/admin/bodies/{id}/recipients", needs, pages::recipients::save)
        .post("/admin/bodies/{id}/recipients/mandatory", needs, pages::recipients::mark)
        .get("/admin/recipients", Access::Needs(Permission::ReadBodies), pages::missing::show)
        .get("/admin/bodies/{id}/alerts", needs, pages::alerts::show)
        .post("/admin/bodies/{id}/alerts", needs, pages::alerts::save)
        .post("/admin/bodies/{id}/alerts/inherit", needs, pages::alerts::inherit)
        .get("/admin/daily", Access::Needs(Permission::ReadResponses), pages::daily::show)
        .finish()
}
