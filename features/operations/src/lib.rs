#![doc = include_str!("../README.md")]

mod difference;
mod health;
mod pages;
mod system;
mod texts;
mod words;

use std::sync::Arc;

use ipnet::IpNet;
use otklik_access::Permission;
use otklik_db::Migration;
use otklik_jobs::Waker;
use otklik_kernel::Instant;
use otklik_organisations::SharedOffices;
use otklik_web::{Access, Ctx, Part, Routes};

/// What this slice is told besides the shared context.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The bodies in memory: their names and zones.
    pub offices: SharedOffices,
    /// Every slice's steps of the schema: `/readyz` waits for the last of them.
    pub migrations: Vec<Migration>,
    /// Networks whose addresses may read `/metrics`: [`loopback`] unless set otherwise.
    pub metrics_from: Vec<IpNet>,
    /// Wakes the mailer after letters were made due.
    pub mail: Waker,
    /// Wakes the worker after events were made due.
    pub events: Waker,
}

/// What the handlers share.
#[derive(Clone)]
struct Operations {
    ctx: Ctx,
    setup: Arc<Setup>,
    started_at: Instant,
    migrated: health::Migrated,
}

/// The addresses of the machine itself.
#[must_use]
pub fn loopback() -> Vec<IpNet> {
    use std::net::{Ipv4Addr, Ipv6Addr};
    vec![
        IpNet::new_assert(Ipv4Addr::new(127, 0, 0, 0).into(), 8),
        IpNet::new_assert(Ipv6Addr::LOCALHOST.into(), 128),
    ]
}

/// The pages of this slice; the node counts as started now.
///
/// The server must tell handlers the peer's address (axum's `ConnectInfo<SocketAddr>`): without it
/// `/metrics` answers nobody.
#[must_use]
pub fn routes(ctx: &Ctx, setup: Setup) -> Part {
    let operations = Operations {
        ctx: ctx.clone(),
        setup: Arc::new(setup),
        started_at: ctx.now(),
        migrated: health::Migrated::default(),
    };
    let reads = Access::Needs(Permission::ReadJournal);
    let operates = Access::Needs(Permission::Operate);
    Routes::new(ctx, operations)
        .get("/admin/journal", reads, pages::journal::list)
        .get("/admin/journal/{id}", reads, pages::journal::entry)
        .get("/admin/outbox", operates, pages::outbox::show)
        .post("/admin/outbox/retry", operates, pages::retry::given_up)
        .post("/admin/outbox/look", operates, pages::retry::look)
        .post("/admin/outbox/{id}/retry", operates, pages::retry::letter)
        .post("/admin/outbox/events/{id}/retry", operates, pages::retry::event)
        .get("/healthz", Access::Public, health::alive)
        .get("/readyz", Access::Public, health::ready)
        .get("/metrics", Access::Public, health::metrics)
        .finish()
}
