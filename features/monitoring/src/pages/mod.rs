//! The slice's pages.

mod analysis;
mod application;
mod applications;
mod common;
mod completeness;
mod deliveries;
mod delivery;
mod headline;
mod map;
mod overview;
mod partner;
mod partners;
mod record;
mod records;
mod sender;
mod senders;
mod sending;
mod table;
mod upload;

use otklik_access::Permission;
use otklik_web::{Access, Part, Routes};

pub use common::Monitoring;
pub(crate) use delivery::report_file;
pub(crate) use upload::refusal;

/// The pages of this slice.
#[must_use]
pub fn routes(monitoring: &Monitoring) -> Part {
    let read = Access::Needs(Permission::ReadMonitoring);
    let send = Access::Needs(Permission::SendMonitoring);
    let manage = Access::Needs(Permission::ManageMonitoring);
    Routes::new(&monitoring.ctx, monitoring.clone())
        .get("/admin/monitoring", read, overview::show)
        .get("/admin/monitoring/analysis", read, analysis::show)
        .get("/admin/monitoring/analysis.csv", read, analysis::export)
        .get("/admin/monitoring/analysis.xlsx", read, analysis::export)
        .get("/admin/monitoring/analysis.json", read, analysis::export)
        .get("/admin/monitoring/map", read, map::show)
        .get("/admin/monitoring/map.csv", read, map::export)
        .get("/admin/monitoring/map.xlsx", read, map::export)
        .get("/admin/monitoring/map.json", read, map::export)
        .get("/admin/monitoring/applications", read, applications::show)
        .get("/admin/monitoring/applications.csv", read, applications::export)
        .get("/admin/monitoring/applications.xlsx", read, applications::export)
        .get("/admin/monitoring/applications.json", read, applications::export)
        .get("/admin/monitoring/application", read, application::show)
        .get("/admin/monitoring/application.csv", read, application::export)
        .get("/admin/monitoring/application.xlsx", read, application::export)
        .get("/admin/monitoring/application.json", read, application::export)
        .get("/admin/monitoring/completeness", read, completeness::show)
        .get("/admin/monitoring/completeness.csv", read, completeness::export)
        .get("/admin/monitoring/completeness.xlsx", read, completeness::export)
        .get("/admin/monitoring/completeness.json", read, completeness::export)
        .get("/admin/monitoring/deliveries", read, deliveries::show)
        .get("/admin/monitoring/deliveries.csv", read, deliveries::export)
        .get("/admin/monitoring/deliveries.xlsx", read, deliveries::export)
        .get("/admin/monitoring/deliveries/new", send, upload::show)
        .post("/admin/monitoring/deliveries/new", send, upload::receive)
        .get("/admin/monitoring/deliveries/{id}", read, delivery::show)
        .get("/admin/monitoring/deliveries/{id}/report.csv", read, delivery::report)
        .get("/admin/monitoring/senders", read, senders::show)
        .get("/admin/monitoring/senders.csv", read, senders::export)
        .get("/admin/monitoring/senders.xlsx", read, senders::export)
        .get("/admin/monitoring/senders/new", manage, sender::new)
        .post("/admin/monitoring/senders/new", manage, sender::add)
        .get("/admin/monitoring/senders/{id}", manage, sender::show)
        .post("/admin/monitoring/senders/{id}", manage, sender::save)
        .post("/admin/monitoring/senders/{id}/token", manage, sender::token)
        .post("/admin/monitoring/senders/{id}/token/end", manage, sender::end_token)
        .get("/admin/monitoring/records", read, records::show)
        .get("/admin/monitoring/records.csv", read, records::export)
        .get("/admin/monitoring/records.xlsx", read, records::export)
        .get("/admin/monitoring/records/one", read, record::show)
        .post("/admin/monitoring/records/one", manage, record::save)
        .get("/admin/monitoring/partners", read, partners::show)
        .get("/admin/monitoring/partners/new", manage, partner::new)
        .post("/admin/monitoring/partners/new", manage, partner::add)
        .get("/admin/monitoring/partners/{id}", manage, partner::show)
        .post("/admin/monitoring/partners/{id}", manage, partner::save)
        .get("/admin/monitoring/sendings.csv", read, partners::export)
        .get("/admin/monitoring/sendings.xlsx", read, partners::export)
        .get("/admin/monitoring/sendings/{id}", read, sending::show)
        .post("/admin/monitoring/sendings/{id}/again", manage, sending::again)
        .finish()
}
