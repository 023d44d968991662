//! Codes of the data as words: services, bodies, regions, statuses.

use std::collections::BTreeMap;

use otklik_kernel::{CivilDay, Zone};
use otklik_web::Fail;

use super::failed;
use crate::derive::Rules;
use crate::pages::Monitoring;
use crate::reference::{Content, History, Kind, Record, by_name, split_service, store};
use crate::texts::L;

/// Names by code.
pub struct Words {
    /// Services, without their variants.
    pub services: BTreeMap<String, String>,
    /// Regions by their two digits.
    pub regions: BTreeMap<String, String>,
    /// Variants of services by number.
    variants: BTreeMap<String, Vec<(String, String)>>,
    bodies: BTreeMap<String, String>,
    rules: std::sync::Arc<Rules>,
}

impl Words {
    /// The names of today.
    pub async fn load(monitoring: &Monitoring) -> Result<Self, Fail> {
        let rules = monitoring.hub.rules().await.map_err(failed)?;
        let day = monitoring.ctx.now().day_in(&Zone::utc()).plus_days(1);
        let l = L::default();
        let mut told: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (name, history) in by_name(store::all(monitoring.ctx.db.read(), Kind::Service).await?) {
            if let Some(title) = called(&history, day) {
                let (service, variant) = split_service(&name);
                told.entry(service.to_owned()).or_default().push((variant.to_owned(), title.to_owned()));
            }
        }
        let services = told.iter().map(|(service, all)| (service.clone(), common(l, all))).collect();
        let mut variants = told;
        variants.values_mut().for_each(|all| all.retain(|(variant, _)| !variant.is_empty()));
        let regions = rules.reference().regions.all().iter();
        let regions = regions.map(|region| (format!("{:02}", region.code), region.name.clone())).collect();
        let offices = monitoring.offices.current();
        let bodies = offices.all().map(|office| (office.code.clone(), office.name.clone())).collect();
        Ok(Self { services, regions, variants, bodies, rules })
    }

    /// A service's name, or its number where nothing is said of it.
    pub fn service(&self, code: &str) -> String {
        self.services.get(code).filter(|name| !name.is_empty()).map_or_else(|| code.to_owned(), Clone::clone)
    }

    /// The variants of a service: number and name.
    pub fn variants(&self, service: &str) -> &[(String, String)] {
        self.variants.get(service).map_or(&[], Vec::as_slice)
    }

    /// Whether a service has a variant.
    pub fn has_variant(&self, service: &str, variant: &str) -> bool {
        self.variants(service).iter().any(|(code, _)| code == variant)
    }

    /// A variant's name, or its number where nothing is said of it.
    pub fn variant(&self, service: &str, variant: &str) -> String {
        let named = self.variants(service).iter().find(|(code, _)| code == variant);
        named.map_or_else(|| variant.to_owned(), |(_, name)| name.clone())
    }

    /// Names of rules, norms and statuses in force.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether a body stands in the tree.
    pub fn has_body(&self, code: &str) -> bool {
        self.bodies.contains_key(code)
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
        i16::try_from(code).map_or_else(|_| code.to_string(), |code| self.rules.status(code))
    }
}

/// What a service is called: on a day, or if it is out of use, what it was called last: its data are there still.
fn called(history: &History, day: CivilDay) -> Option<&str> {
    fn name(record: &Record) -> Option<&str> {
        match &record.content {
            Content::Service { name, .. } => Some(name),
            _ => None,
        }
    }
    history.on(day).and_then(name).or_else(|| history.in_turn().into_iter().rev().find_map(name))
}

/// The name of a service: its own, or what the names of its variants have in common.
fn common(l: L, all: &[(String, String)]) -> String {
    let own = all.iter().find(|(variant, _)| variant.is_empty()).map(|(_, name)| name.clone());
    let before = |name: &str| name.split_once(": ").map_or(name, |(before, _)| before).to_owned();
    own.unwrap_or_else(|| match all {
        [] => String::new(),
        [(_, only)] => only.clone(),
        [(_, first), others @ ..] if others.iter().all(|(_, other)| before(other) == before(first)) => {
            before(first)
        }
        [(_, first), ..] => l.services_and_others(first.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon13_a_service_out_of_use_is_called_as_it_was_last() {
        let record = |id, from, content| Record {
            id,
            kind: Kind::Service,
            name: "1".into(),
            valid_from: CivilDay(from),
            content,
            reason: String::new(),
            delivery: None,
            changed_by: "a".into(),
            changed_at: otklik_kernel::Instant(0),
        };
        let named = |name: &str| Content::Service { name: name.into(), direction: String::new(), norm: None };
        let mut history = History(vec![record(1, 20_260_101, named("Выписка"))]);
        assert_eq!(called(&history, CivilDay(20_251_231)), Some("Выписка"));
        history.0.push(record(2, 20_260_201, named("Выписка из реестра")));
        history.0.push(record(3, 20_260_301, Content::Off));
        assert_eq!(called(&history, CivilDay(20_260_115)), Some("Выписка"));
        assert_eq!(called(&history, CivilDay(20_260_401)), Some("Выписка из реестра"));
        assert_eq!(called(&History(vec![record(1, 20_260_101, Content::Off)]), CivilDay(20_260_401)), None);
    }

    #[test]
    fn mon13_a_service_is_called_by_its_own_name_or_by_what_its_variants_share() {
        let named = |all: &[(&str, &str)]| {
            let all: Vec<_> =
                all.iter().map(|(variant, name)| ((*variant).to_owned(), (*name).to_owned())).collect();
            common(L::default(), &all)
        };
        assert_eq!(named(&[("", "Пособие"), ("1", "Пособие: разовое")]), "Пособие");
        assert_eq!(named(&[("1", "Пособие: разовое")]), "Пособие: разовое");
        assert_eq!(named(&[("1", "Пособие: разовое"), ("2", "Пособие: ежемесячное")]), "Пособие");
        assert_eq!(named(&[("1", "Выписка"), ("2", "Регистрация")]), "Выписка и др.");
        assert_eq!(named(&[]), "");
    }
}
