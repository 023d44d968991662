#![doc = include_str!("../README.md")]

mod backoff;
mod mailer;
mod outbox;
mod pages;
pub mod queue;
mod recipients;
pub mod rule;
mod store;

use std::sync::Arc;

use otklik_access::Permission;
use otklik_mail::Transport;
use otklik_organisations::SharedOffices;
use otklik_questionnaires::Questionnaires;
use otklik_web::{Access, Ctx, Part, Routes};

pub use mailer::Mailer;
pub use outbox::Outbox;
pub use recipients::{Change, recipients, set_recipients};

mod texts {
    otklik_locale::texts!();
}

/// The steps of this slice's schema.
pub const MIGRATIONS: &[otklik_db::Migration] =
    otklik_db::migrations!["0700_notifications_recipients", "0710_notifications_outbox"];

/// The pages of this slice.
#[must_use]
pub fn routes(ctx: &Ctx, offices: &SharedOffices) -> Part {
    let state = pages::State { ctx: ctx.clone(), offices: offices.clone() };
    let needs = Access::Needs(Permission::ManageRecipients);
    Routes::new(ctx, state)
        .get("/admin/bodies/{id}/recipients", needs, pages::recipients::show)
        .post("/admin/bodies/{id}/recipients", needs, pages::recipients::save)
        .finish()
}

/// The mailer of this node: [`Mailer::outbox`] goes along with acceptance, [`Mailer::periodic`] into the
/// worker's schedules, and [`Mailer::settle`] is awaited before the programme ends.
#[must_use]
pub fn mailer(
    ctx: &Ctx,
    transport: Arc<Transport>,
    offices: &SharedOffices,
    questionnaires: Arc<Questionnaires>,
) -> Mailer {
    Mailer::new(ctx, transport, offices, questionnaires)
}
