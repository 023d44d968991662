//! Offices in memory: a public page touches no database (architecture, «Speed by design»).

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use otklik_access::Scope;
use otklik_db::{Db, DbErr, versions};
use otklik_kernel::{Id, Zone};

use crate::store;

/// The counter raised by every change of a body.
pub const VERSION: &str = "organisations_bodies";

/// What the public pages need of a body.
#[derive(Clone, Debug)]
pub struct Office {
    /// Its id.
    pub id: Id,
    /// Its code, as in the address.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Its postal address, or empty.
    pub address: String,
    /// Its time zone.
    pub zone: Zone,
    /// Whether it was closed.
    pub is_closed: bool,
    /// The body above it.
    pub parent: Option<Id>,
}

/// All bodies at one version.
#[derive(Debug, Default)]
pub struct Offices {
    by_code: HashMap<String, Arc<Office>>,
    by_id: HashMap<Id, Arc<Office>>,
    version: i64,
}

impl Offices {
    /// The office of a code; letters in any case.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Arc<Office>> {
        match self.by_code.get(code) {
            None if code.bytes().any(|b| b.is_ascii_uppercase()) => {
                self.by_code.get(&code.to_ascii_lowercase())
            }
            found => found,
        }
    }

    /// The office of an id.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Arc<Office>> {
        self.by_id.get(&id)
    }

    /// Every office, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Office>> {
        self.by_id.values()
    }

    async fn load(db: &Db) -> Result<Self, DbErr> {
        let version = versions::current(db.read(), VERSION).await?;
        let bodies = store::all(db.read(), &Scope::system("public pages know every office")).await?;
        let mut offices = Self { version, ..Self::default() };
        for body in bodies {
            let office = Arc::new(Office {
                id: body.id,
                code: body.fields.code,
                name: body.fields.short_name,
                address: body.fields.address,
                zone: body.fields.zone,
                is_closed: body.closed_at.is_some(),
                parent: body.parent,
            });
            offices.by_code.insert(office.code.to_ascii_lowercase(), office.clone());
            offices.by_code.insert(office.code.clone(), office.clone());
            offices.by_id.insert(office.id, office);
        }
        Ok(offices)
    }
}

/// The offices shared by handlers; replaced as a whole when a body changes.
#[derive(Clone, Debug, Default)]
pub struct SharedOffices(Arc<RwLock<Arc<Offices>>>);

impl SharedOffices {
    /// Loads the offices.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn open(db: &Db) -> Result<Self, DbErr> {
        Ok(Self(Arc::new(RwLock::new(Arc::new(Offices::load(db).await?)))))
    }

    /// The present offices.
    #[must_use]
    pub fn current(&self) -> Arc<Offices> {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Loads the offices again if any body has changed since; called every second by each node, and by
    /// the node that made the change at once.
    ///
    /// # Errors
    /// When the database is away; the present offices stay.
    pub async fn refresh(&self, db: &Db) -> Result<(), DbErr> {
        if versions::current(db.read(), VERSION).await? != self.current().version {
            let fresh = Arc::new(Offices::load(db).await?);
            *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fresh;
        }
        Ok(())
    }
}
