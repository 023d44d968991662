//! What every slice's handlers share.

use std::sync::Arc;

use ipnet::IpNet;
use otklik_access::Authenticator;
use otklik_db::Db;
use otklik_kernel::random::SharedRandom;
use otklik_kernel::time::SharedClock;
use otklik_kernel::{Id, Ids, Instant, Secret};

use crate::{Live, Metrics};

/// Settings that handlers need.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The public base address, without a slash at its end: links and QR codes always carry it (ORG-6).
    pub public_url: String,
    /// Base addresses of the admin zone, without a slash at their ends: the Internet one first, then the
    /// intranet one if there is one (ORG-6).
    pub admin_urls: Vec<String>,
    /// Networks of proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The form of an office's address, shown as a hint: `{code}` and `{region}` are put in (QR-8).
    pub recipient_template: String,
    /// The sender of mail.
    pub mail_from: String,
}

/// What every slice's handlers share.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: SharedClock,
    /// The source of randomness.
    pub random: SharedRandom,
    /// The maker of identifiers.
    pub ids: Arc<Ids>,
    /// The installation's secret; derive a key per purpose from it.
    pub secret: Secret,
    /// The settings.
    pub settings: Arc<Settings>,
    /// Who finds out who is calling.
    pub authenticator: Arc<dyn Authenticator>,
    /// What open pages are told.
    pub live: Live,
    /// The meters.
    pub metrics: Arc<Metrics>,
}

impl Context {
    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A new identifier.
    #[must_use]
    pub fn new_id(&self) -> Id {
        self.ids.next(self.clock.now(), &*self.random)
    }
}

/// The shared context.
pub type Ctx = Arc<Context>;

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("db", &self.db)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
