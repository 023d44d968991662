//! Codes of the data as words: services, bodies, regions, statuses.

use std::collections::BTreeMap;

use otklik_kernel::Zone;
use otklik_progress::model::Status;
use otklik_web::Fail;

use super::failed;
use crate::derive::Rules;
use crate::pages::Monitoring;
use crate::reference::{Content, Kind, by_name, split_service, store};

/// Names by code.
pub struct Words {
    /// Services, without their variants.
    pub services: BTreeMap<String, String>,
    /// Regions by their two digits.
    pub regions: BTreeMap<String, String>,
    bodies: BTreeMap<String, String>,
    rules: std::sync::Arc<Rules>,
}

impl Words {
    /// The names of today.
    pub async fn load(monitoring: &Monitoring) -> Result<Self, Fail> {
        let rules = monitoring.hub.rules().await.map_err(failed)?;
        let day = monitoring.ctx.now().day_in(&Zone::utc()).plus_days(1);
        let mut services = BTreeMap::new();
        for (name, history) in by_name(store::all(monitoring.ctx.db.read(), Kind::Service).await?) {
            if let (service, "") = split_service(&name)
                && let Some(Content::Service { name, .. }) = history.on(day).map(|record| &record.content)
            {
                services.insert(service.to_owned(), name.clone());
            }
        }
        let regions = rules.reference().regions.all().iter();
        let regions = regions.map(|region| (format!("{:02}", region.code), region.name.clone())).collect();
        let offices = monitoring.offices.current();
        let bodies = offices.all().map(|office| (office.code.clone(), office.name.clone())).collect();
        Ok(Self { services, regions, bodies, rules })
    }

    /// A service's name, or its number where nothing is said of it.
    pub fn service(&self, code: &str) -> String {
        self.services.get(code).filter(|name| !name.is_empty()).map_or_else(|| code.to_owned(), Clone::clone)
    }

    /// A body's name.
    pub fn body(&self, code: &str) -> String {
        self.bodies.get(code).map_or_else(|| code.to_owned(), Clone::clone)
    }

    /// A region's name.
    pub fn region(&self, code: &str) -> String {
        self.regions.get(code).map_or_else(|| code.to_owned(), Clone::clone)
    }

    /// A status's name.
    pub fn status(&self, code: i64) -> String {
        let name = i16::try_from(code).map_or("", |code| self.rules.reference().statuses.name(Status(code)));
        if name.is_empty() { code.to_string() } else { name.to_owned() }
    }
}
