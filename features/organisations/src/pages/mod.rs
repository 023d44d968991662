//! The slice's pages.

mod account;
mod bodies;
mod body;
mod body_form;
mod body_place;
mod common;
mod import;
mod login;
mod people;
mod person;
mod person_form;
mod responsible_form;
mod responsibles;
mod unit;

use otklik_access::Permission;
use otklik_web::{Access, Ctx, Part, Routes};

use crate::SharedOffices;
pub(crate) use common::Web;

/// The slice's routes.
#[must_use]
pub fn routes(ctx: &Ctx, offices: &SharedOffices) -> Part {
    let web = Web { ctx: ctx.clone(), offices: offices.clone() };
    let reads = Access::Needs(Permission::ReadBodies);
    let manages = Access::Needs(Permission::ManageBodies);
    let reads_register = Access::Needs(Permission::ReadResponsibles);
    let keeps_register = Access::Needs(Permission::ManageRecipients);
    let keeps_people = Access::Needs(Permission::ManagePeople);
    Routes::new(ctx, web)
        .get("/admin/login", Access::Public, login::show)
        .post("/admin/login", Access::Public, login::send)
        .post("/admin/login/password", Access::Public, login::replace)
        .post("/admin/logout", Access::Public, login::leave)
        .get("/admin/account", Access::SignedIn, account::show)
        .post("/admin/account/sessions/end", Access::SignedIn, account::end)
        .get("/admin/account/password", Access::SignedIn, account::password)
        .post("/admin/account/password", Access::SignedIn, account::change_password)
        .get("/admin/bodies", reads, bodies::show)
        .get("/admin/bodies/export.csv", reads, bodies::export)
        .get("/admin/bodies/new", manages, body_form::new)
        .post("/admin/bodies/new", manages, body_form::add)
        .get("/admin/bodies/import", manages, import::show)
        .post("/admin/bodies/import", manages, import::send)
        .get("/admin/bodies/{id}", reads, body::show)
        .get("/admin/bodies/{id}/edit", manages, body_form::edit)
        .post("/admin/bodies/{id}/edit", manages, body_form::save)
        .get("/admin/bodies/{id}/move", manages, body_place::move_form)
        .post("/admin/bodies/{id}/move", manages, body_place::move_to)
        .get("/admin/bodies/{id}/close", manages, body_place::close_form)
        .post("/admin/bodies/{id}/close", manages, body_place::close_now)
        .post("/admin/bodies/{id}/reopen", manages, body_place::reopen)
        .get("/admin/bodies/{id}/units/new", manages, unit::new)
        .post("/admin/bodies/{id}/units/new", manages, unit::add)
        .get("/admin/bodies/{id}/units/{unit}", manages, unit::edit)
        .post("/admin/bodies/{id}/units/{unit}", manages, unit::save)
        .post("/admin/bodies/{id}/units/{unit}/remove", manages, unit::remove)
        .get("/admin/bodies/{id}/responsibles", reads_register, responsibles::show)
        .get("/admin/bodies/{id}/responsibles.xlsx", reads_register, responsibles::xlsx)
        .get("/admin/bodies/{id}/responsibles.csv", reads_register, responsibles::csv)
        .get("/admin/bodies/{id}/responsibles/print", reads_register, responsibles::print)
        .get("/admin/bodies/{id}/responsibles/new", keeps_register, responsible_form::new)
        .post("/admin/bodies/{id}/responsibles/new", keeps_register, responsible_form::add)
        .get("/admin/bodies/{id}/responsibles/{responsible}", keeps_register, responsible_form::edit)
        .post("/admin/bodies/{id}/responsibles/{responsible}", keeps_register, responsible_form::save)
        .post(
            "/admin/bodies/{id}/responsibles/{responsible}/remove",
            keeps_register,
            responsible_form::remove,
        )
        .get("/admin/people", keeps_people, people::show)
        .get("/admin/people/new", keeps_people, person_form::new)
        .post("/admin/people/new", keeps_people, person_form::add)
        .get("/admin/people/{id}", keeps_people, person::show)
        .get("/admin/people/{id}/edit", keeps_people, person_form::edit)
        .post("/admin/people/{id}/edit", keeps_people, person_form::save)
        .post("/admin/people/{id}/grant", keeps_people, person::grant)
        .post("/admin/people/{id}/withdraw", keeps_people, person::withdraw)
        .post("/admin/people/{id}/password", keeps_people, person::reset)
        .post("/admin/people/{id}/unlock", keeps_people, person::unlock)
        .post("/admin/people/{id}/disable", keeps_people, person::disable)
        .post("/admin/people/{id}/enable", keeps_people, person::enable)
        .post("/admin/people/{id}/sessions/end", keeps_people, person::end)
        .finish()
}
