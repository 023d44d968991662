//! Demo content: bodies, accounts that are roles and not persons, a year of responses. Pure functions.

mod calendar;
mod comments;
mod random;
mod register;
pub mod responses;
#[cfg(test)]
mod tests;

pub use comments::Place;
pub use register::register;
pub use responses::{DemoOffice, Story, VOLUME, responses};

use otklik_kernel::Zone;
use random::SplitMix64;
use serde::Deserialize;

/// The bodies in the format of the product's import (ORG-1), parents before children.
pub const BODIES: &str = include_str!("../../demo-data/bodies.csv");

/// What the demo needs to know of a body; the import reads the rest.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct DemoBody {
    /// The code, unique among all bodies.
    pub code: String,
    /// The code of the body above; empty at a root.
    pub parent_code: String,
    /// The kind, as the import names it.
    pub kind: String,
    /// The subject of the Federation by the tax service's two digits.
    pub region: String,
    /// The IANA time zone.
    pub time_zone: String,
    /// «да» where people come.
    pub office: String,
}

/// The bodies of [`BODIES`], in its order.
#[must_use]
pub fn bodies() -> Vec<DemoBody> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(BODIES.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().expect("the embedded bodies are well-formed")
}

/// The offices among bodies, each with its own volume and quality, which depend on nothing but its code.
#[must_use]
pub fn offices(bodies: &[DemoBody]) -> Vec<DemoOffice> {
    bodies.iter().filter(|body| body.office == "да").filter_map(office).collect()
}

fn office(body: &DemoBody) -> Option<DemoOffice> {
    let mut random = SplitMix64::of_text(&body.code);
    let story = match body.code.as_str() {
        "2724" => Story::BadMonth,
        "4101" => Story::Improving,
        _ => Story::Steady,
    };
    let shown = if story != Story::Steady {
        5.0
    } else if body.region == "27" || body.region == "54" {
        2.0
    } else {
        1.0
    };
    let size = if body.kind == "tax_workplace" { 0.3 } else { 1.0 };
    Some(DemoOffice {
        code: body.code.clone(),
        zone: Zone::find(&body.time_zone)?,
        place: match body.kind.as_str() {
            "tax_region" | "tax_inspection" | "tax_workplace" => Place::Tax,
            "mfc_branch" => Place::Mfc,
            _ => Place::Other,
        },
        weight: random.between(0.4, 1.6) * shown * size,
        quality: if story == Story::Steady { random.normal() * 0.3 } else { 0.1 },
        lean: std::array::from_fn(|_| random.normal() * 0.2),
        story,
    })
}

/// A role on a body that one can sign in as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DemoAccount {
    /// The login; rows with the same login are one account with several roles.
    pub login: &'static str,
    /// The role's id (ORG-4).
    pub role: &'static str,
    /// The code of the body the role is given on.
    pub body_code: &'static str,
    /// Who it is, in Russian: a position, not a person.
    pub title: &'static str,
}

const fn account(
    login: &'static str,
    role: &'static str,
    body_code: &'static str,
    title: &'static str,
) -> DemoAccount {
    DemoAccount { login, role, body_code, title }
}

/// Everyone in the demo.
pub const ACCOUNTS: &[DemoAccount] = &[
    account("admin", "administrator", "0000", "Администратор, ФНС России"),
    account("analyst", "analytical_centre", "0000", "Аналитический центр, ФНС России"),
    account("quality27", "quality_group", "2700", "Группа по качеству, УФНС по Хабаровскому краю"),
    account("unit27", "unit_head", "2700", "Начальник отдела, УФНС по Хабаровскому краю"),
    account("office2724", "responsible_employee", "2724", "Ответственный сотрудник, ИФНС 2724"),
    account("unit2724", "unit_head", "2724", "Начальник отдела, ИФНС 2724"),
    account("deputy2724", "deputy_head", "2724", "Заместитель начальника инспекции, ИФНС 2724"),
    account("head2724", "head", "2724", "Начальник инспекции, ИФНС 2724"),
    account("office4101", "responsible_employee", "4101", "Ответственный сотрудник, ИФНС 4101"),
    account("admin54", "administrator", "nso", "Администратор, Правительство Новосибирской области"),
    account("analyst54", "analytical_centre", "nso", "Аналитический центр, Новосибирская область"),
    account("oiv54", "oiv_representative", "nso-mintrud", "Представитель ОИВ, Минтруд Новосибирской области"),
    account("mfc54", "responsible_employee", "nso-mfc-1", "Ответственный сотрудник, МФЦ «Зыряновский»"),
    account("mer_observer", "mer_observer", "0000", "Наблюдатель Минэкономразвития России"),
    account("mer_observer", "mer_observer", "nso", "Наблюдатель Минэкономразвития России"),
    account("analyst", "analytical_centre", "nso", "Аналитический центр, ФНС России"),
    account("operator", "technical_operator", "0000", "Технический оператор, ФКУ"),
    // Over every tree: who may change what holds for all, such as the reference data of monitoring.
    account("system", "administrator", "nso", "Администратор системы, все органы"),
    account("system", "administrator", "0000", "Администратор системы, все органы"),
];

/// Everyone once, in the order and with the first role of [`ACCOUNTS`].
pub fn once_each() -> impl Iterator<Item = &'static DemoAccount> {
    ACCOUNTS
        .iter()
        .enumerate()
        .filter(|(at, account)| ACCOUNTS[..*at].iter().all(|before| before.login != account.login))
        .map(|(_, account)| account)
}

/// Addresses for an office's alerts: the common one by the template, the deputy head, the unit's head (QR-7, QR-8).
/// All on a reserved domain, so that nothing ever leaves for a real one.
#[must_use]
pub fn recipients(code: &str, region: &str) -> Vec<String> {
    if code.starts_with(|first: char| first.is_ascii_digit()) {
        ["vashkontrol", "zam", "otdel"].map(|name| format!("{name}{code}@r{region}.nalog.example")).to_vec()
    } else {
        ["otklik", "zam", "otdel"].map(|name| format!("{name}.{code}@r{region}.gov.example")).to_vec()
    }
}
