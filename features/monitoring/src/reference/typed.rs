//! What was typed into the form of a record, read strictly; and a record as its form shows it.

use std::collections::BTreeMap;

use otklik_kernel::{CivilDay, Zone, text};
use otklik_progress::model::Process;
use otklik_progress::reference::{
    HolidayRecord, ItemRecord, NormRecord, Reference, RegionRecord, Role, RuleKind, RuleRecord, Scope,
    StatusRecord, Unit,
};

use super::in_force::norm_name;
use super::{Content, Kind, Record, ServiceNorm, service_name, split_item, split_service};
use crate::derive::Waiting;
use crate::refusal::{Mistake, Wrong};

/// The longest text of a field.
const LONGEST: usize = 2000;

/// The fields of the form, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw(pub BTreeMap<&'static str, String>);

/// Every field that a form of some kind has.
pub const FIELDS: [&str; 21] = [
    "code",
    "service",
    "variant",
    "title",
    "printed",
    "more",
    "authority",
    "mfc",
    "epgu",
    "vis",
    "kind",
    "scope",
    "processes",
    "first",
    "second",
    "third",
    "overlapping",
    "amount",
    "unit",
    "valid_from",
    "reason",
];

impl Raw {
    /// A field as it was typed, without blanks around; empty when it is missing.
    #[must_use]
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", |value| value.trim())
    }

    fn set(&mut self, field: &'static str, value: impl Into<String>) {
        self.0.insert(field, value.into());
    }

    /// A record as its form shows it.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self::saying(record.kind, &record.name, &record.content)
    }

    /// What a record of a name says, as its form shows it.
    #[must_use]
    pub fn saying(kind: Kind, name: &str, content: &Content) -> Self {
        let mut raw = Self::named(kind, name);
        match content {
            Content::Status(status) => raw.status(status),
            Content::Item(item) => {
                raw.set("title", &*item.text_ru);
                raw.set("more", &*item.section);
            }
            Content::Rule(rule) => raw.rule(rule),
            Content::Norm(norm) => {
                raw.set("title", &*norm.title);
                raw.set("amount", norm.amount.to_string());
                raw.set("unit", &*norm.unit);
                raw.set("first", norm.from.replace('|', ", "));
                raw.set("second", norm.to.replace('|', ", "));
            }
            Content::Holiday(day) => raw.set("kind", &*day.works),
            Content::Region(region) => {
                raw.set("title", &*region.name);
                raw.set("more", region.also.replace('|', "\n"));
                raw.set("first", &*region.zone);
            }
            Content::Service { name, direction, norm } => {
                raw.set("title", &**name);
                raw.set("more", &**direction);
                if let Some(norm) = norm {
                    raw.set("amount", norm.days.to_string());
                    raw.set("unit", if norm.is_working { "working" } else { "calendar" });
                    raw.set("first", norm.from.to_string());
                    raw.set("second", norm.to.to_string());
                }
            }
            Content::OwnStatus(status) => raw.set("first", status.to_string()),
            Content::Off | Content::BuiltIn => {}
        }
        raw
    }

    fn status(&mut self, status: &StatusRecord) {
        self.set("title", &*status.name_ru_corrected);
        self.set("printed", &*status.name_ru);
        self.set("more", &*status.description_ru);
        let items = [
            ("authority", status.authority_item),
            ("mfc", status.mfc_item),
            ("epgu", status.epgu_item),
            ("vis", status.vis_item),
        ];
        for (process, item) in items {
            self.set(process, item.map_or_else(String::new, |item| item.to_string()));
        }
    }

    fn rule(&mut self, rule: &RuleRecord) {
        self.set("printed", &*rule.name);
        self.set("title", &*rule.title);
        self.set("processes", rule.processes.join(", "));
        self.set("scope", if rule.scope == Scope::Application { "application" } else { "process" });
        let list = |codes: &[i16]| codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let (kind, first, second, third) = match &rule.kind {
            RuleKind::Requires { of, earlier } => ("requires", list(of), list(earlier), String::new()),
            RuleKind::Forbids { of, earlier } => ("forbids", list(of), list(earlier), String::new()),
            RuleKind::Excludes { one, other } => ("excludes", list(one), list(other), String::new()),
            RuleKind::Once { of } => ("once", list(of), String::new(), String::new()),
            RuleKind::Pairs { opens, closes, overlapping } => {
                self.set("overlapping", if *overlapping { "1" } else { "" });
                ("pairs", list(opens), list(closes), String::new())
            }
            RuleKind::ForbidsWhile { of, opens, closes } => {
                ("forbids-while", list(of), list(opens), list(closes))
            }
        };
        self.set("kind", kind);
        self.set("first", first);
        self.set("second", second);
        self.set("third", third);
    }

    /// The fields that name a record.
    #[must_use]
    pub fn named(kind: Kind, name: &str) -> Self {
        let mut raw = Self::default();
        match kind {
            Kind::Service => {
                let (service, variant) = split_service(name);
                raw.set("code", service);
                raw.set("variant", variant);
            }
            Kind::Norm => {
                let mut parts = name.splitn(3, '/');
                for field in ["code", "service", "variant"] {
                    raw.set(field, parts.next().unwrap_or_default());
                }
            }
            Kind::OwnStatus => {
                let (sender, own) = name.split_once('/').unwrap_or(("", name));
                raw.set("code", sender);
                raw.set("variant", own);
            }
            Kind::Status | Kind::Item | Kind::Rule | Kind::Region | Kind::Holiday => raw.set("code", name),
        }
        raw
    }
}

/// A record to be: its name, what it says, from which day, why.
pub type Checked = (String, Content, CivilDay, String);

/// Reads what was typed. Whether codes exist is seen when the record is laid beside the others.
///
/// # Errors
/// The mistakes beside their fields.
pub fn check(kind: Kind, raw: &Raw) -> Result<Checked, Vec<Mistake>> {
    let mut form = Reader { raw, mistakes: Vec::new() };
    let content = match kind {
        Kind::Status => Content::Status(form.status()),
        Kind::Item => Content::Item(form.list_item()),
        Kind::Rule => Content::Rule(form.rule()),
        Kind::Norm => Content::Norm(form.norm()),
        Kind::Holiday => Content::Holiday(form.holiday()),
        Kind::Region => Content::Region(form.region()),
        Kind::Service => Content::Service {
            name: form.words("title"),
            direction: raw.get("more").to_owned(),
            norm: form.service_norm(),
        },
        Kind::OwnStatus => Content::OwnStatus(form.code("first")),
    };
    let name = form.name(kind);
    let day = CivilDay::parse(raw.get("valid_from"));
    let day = day.filter(|day| (20_000_101..20_900_101).contains(&day.0));
    if day.is_none() {
        form.wrong("valid_from", Wrong::NoDay);
    }
    // A day is counted by the records in force on itself: one that begins later would never hold.
    if kind == Kind::Holiday && day.zip(CivilDay::parse(&name)).is_some_and(|(from, itself)| from > itself) {
        form.wrong("valid_from", Wrong::AfterItsDay);
    }
    let reason = form.words("reason");
    match day {
        Some(day) if form.mistakes.is_empty() => Ok((name, content, day, reason)),
        _ => Err(form.mistakes),
    }
}

struct Reader<'a> {
    raw: &'a Raw,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn wrong(&mut self, field: &'static str, wrong: Wrong) {
        self.mistakes.push((field, wrong));
    }

    fn words(&mut self, field: &'static str) -> String {
        let typed = self.raw.get(field);
        if text::is_blank(typed) {
            self.wrong(field, Wrong::Empty);
        } else if typed.chars().count() > LONGEST {
            self.wrong(field, Wrong::Long);
        }
        typed.to_owned()
    }

    fn code(&mut self, field: &'static str) -> i16 {
        let code = self.raw.get(field).parse::<i16>().ok().filter(|code| (0..10_000).contains(code));
        code.unwrap_or_else(|| {
            self.wrong(field, Wrong::NoStatus);
            0
        })
    }

    /// Codes parted by anything that is no digit.
    fn codes(&mut self, field: &'static str) -> Vec<i16> {
        let parts = self.raw.get(field).split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let codes: Option<Vec<i16>> = parts.map(|part| part.parse().ok()).collect();
        match codes {
            Some(codes) if !codes.is_empty() => codes,
            _ => {
                self.wrong(field, Wrong::NoStatus);
                Vec::new()
            }
        }
    }

    fn joined(&mut self, field: &'static str) -> String {
        self.codes(field).iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
    }

    fn number(&mut self, field: &'static str, most: u16) -> u16 {
        let number = self.raw.get(field).parse::<u16>().ok().filter(|number| (1..=most).contains(number));
        number.unwrap_or_else(|| {
            self.wrong(field, Wrong::Number);
            0
        })
    }

    fn item(&mut self, process: Process) -> Option<u8> {
        let typed = self.raw.get(process.code());
        if typed.is_empty() {
            return None;
        }
        let item = typed.parse::<u8>().ok().filter(|item| (1..=process.items()).contains(item));
        if item.is_none() {
            self.wrong(process.code(), Wrong::Number);
        }
        item
    }

    fn status(&mut self) -> StatusRecord {
        let code = self.code("code");
        StatusRecord {
            code,
            name_ru: self.words("printed"),
            name_ru_corrected: self.words("title"),
            authority_item: self.item(Process::Authority),
            mfc_item: self.item(Process::Mfc),
            epgu_item: self.item(Process::Epgu),
            vis_item: self.item(Process::Vis),
            description_ru: self.raw.get("more").to_owned(),
        }
    }

    fn list_item(&mut self) -> ItemRecord {
        let (section, text_ru) = (self.raw.get("more").to_owned(), self.words("title"));
        let Some((process, item, letter)) = split_item(self.raw.get("code")) else {
            self.wrong("code", Wrong::Number);
            return ItemRecord { channel: String::new(), section, item: 0, subitem: String::new(), text_ru };
        };
        ItemRecord { channel: process.code().to_owned(), section, item, subitem: letter.to_owned(), text_ru }
    }

    fn rule(&mut self) -> RuleRecord {
        let number = self.raw.get("code").parse::<u8>().ok().filter(|number| *number < 64);
        if number.is_none() {
            self.wrong("code", Wrong::Number);
        }
        let mut processes = Vec::new();
        for code in self.raw.get("processes").split([',', ' ', ';']).filter(|code| !code.is_empty()) {
            match Process::find(code) {
                Some(process) => processes.push(process.code().to_owned()),
                None => self.wrong("processes", Wrong::NoChoice),
            }
        }
        let kind = match self.raw.get("kind") {
            "requires" => RuleKind::Requires { of: self.codes("first"), earlier: self.codes("second") },
            "forbids" => RuleKind::Forbids { of: self.codes("first"), earlier: self.codes("second") },
            "excludes" => RuleKind::Excludes { one: self.codes("first"), other: self.codes("second") },
            "once" => RuleKind::Once { of: self.codes("first") },
            "pairs" => RuleKind::Pairs {
                opens: self.codes("first"),
                closes: self.codes("second"),
                overlapping: !self.raw.get("overlapping").is_empty(),
            },
            "forbids-while" => RuleKind::ForbidsWhile {
                of: self.codes("first"),
                opens: self.codes("second"),
                closes: self.codes("third"),
            },
            _ => {
                self.wrong("kind", Wrong::NoChoice);
                RuleKind::Once { of: Vec::new() }
            }
        };
        RuleRecord {
            number: number.unwrap_or(0),
            name: self.words("printed"),
            title: self.words("title"),
            processes,
            scope: if self.raw.get("scope") == "application" { Scope::Application } else { Scope::Process },
            kind,
        }
    }

    fn norm(&mut self) -> NormRecord {
        let unit = self.raw.get("unit").to_owned();
        let units = [Unit::WorkingDays, Unit::CalendarDays, Unit::Minutes];
        if !units.iter().any(|known| known.code() == unit) {
            self.wrong("unit", Wrong::NoChoice);
        }
        let (name, amount) = (self.words("code"), self.number("amount", 10_000));
        let (from, to) = match name == Waiting::NAME {
            true => self.waiting(),
            false => (self.joined("first"), self.joined("second")),
        };
        NormRecord {
            name,
            service: self.raw.get("service").to_owned(),
            variant: self.raw.get("variant").to_owned(),
            amount,
            unit,
            from,
            to,
            // Since when it holds stands beside the record; within its time it holds always.
            valid_from: CivilDay(20_000_101).to_string(),
            title: self.words("title"),
        }
    }

    /// The statuses of the norm of waiting, which are not typed: the waiting of each application is kept from the
    /// first ticket to the first call, of whatever service.
    fn waiting(&mut self) -> (String, String) {
        if ["service", "variant"].iter().any(|field| !self.raw.get(field).is_empty()) {
            self.wrong("service", Wrong::OfAllServices);
        }
        let roles = &Reference::built_in().roles;
        let codes = |role| roles.statuses(role).iter().map(ToString::to_string).collect::<Vec<_>>().join("|");
        (codes(Role::Ticket), codes(Role::Called))
    }

    fn holiday(&mut self) -> HolidayRecord {
        let works = self.raw.get("kind").to_owned();
        if !["yes", "no"].contains(&works.as_str()) {
            self.wrong("kind", Wrong::NoChoice);
        }
        let day = self.raw.get("code").to_owned();
        // A day of every year has no year: any leap year tells whether there is one.
        let whole = if day.len() == 5 { format!("2000-{day}") } else { day.clone() };
        if CivilDay::parse(&whole).is_none() {
            self.wrong("code", Wrong::NoDay);
        }
        HolidayRecord { day, works }
    }

    fn region(&mut self) -> RegionRecord {
        let zone = self.raw.get("first").to_owned();
        if Zone::find(&zone).is_none() {
            self.wrong("first", Wrong::NoZone);
        }
        let also: Vec<&str> =
            self.raw.get("more").lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if also.iter().any(|name| name.contains('|')) {
            self.wrong("more", Wrong::Letters);
        }
        let code = self.raw.get("code").to_owned();
        RegionRecord { code, name: self.words("title"), zone, also: also.join("|") }
    }

    fn service_norm(&mut self) -> Option<ServiceNorm> {
        if ["amount", "first", "second"].iter().all(|field| self.raw.get(field).is_empty()) {
            return None;
        }
        let is_working = match self.raw.get("unit") {
            "working" => true,
            "calendar" => false,
            _ => {
                self.wrong("unit", Wrong::NoChoice);
                false
            }
        };
        Some(ServiceNorm {
            days: self.number("amount", 3650),
            is_working,
            from: self.code("first"),
            to: self.code("second"),
        })
    }

    fn name(&mut self, kind: Kind) -> String {
        let (code, service, variant) =
            (self.raw.get("code"), self.raw.get("service"), self.raw.get("variant"));
        match kind {
            Kind::Region if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) => {
                self.wrong("code", Wrong::Letters);
            }
            Kind::Service if code.is_empty() => self.wrong("code", Wrong::Empty),
            Kind::Service | Kind::Norm if code.contains('/') => self.wrong("code", Wrong::Letters),
            Kind::Norm if service.contains('/') => self.wrong("service", Wrong::Letters),
            Kind::Norm if service.is_empty() && !variant.is_empty() => self.wrong("service", Wrong::Empty),
            Kind::OwnStatus if variant.is_empty() => self.wrong("variant", Wrong::Empty),
            _ => {}
        }
        if code.len() + service.len() + variant.len() > LONGEST {
            self.wrong("code", Wrong::Long);
        }
        match kind {
            Kind::Service => service_name(code, variant),
            Kind::Norm => norm_name(code, service, variant),
            Kind::OwnStatus => format!("{code}/{variant}"),
            Kind::Status | Kind::Item | Kind::Rule | Kind::Region | Kind::Holiday => code.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::in_force::{KINDS, built_in};

    fn raw(fields: &[(&'static str, &str)]) -> Raw {
        let usual = [("valid_from", "2026-11-01"), ("reason", "приказ")];
        Raw(usual.iter().chain(fields).map(|&(name, value)| (name, value.to_owned())).collect())
    }

    #[test]
    fn mon14_every_built_in_record_is_shown_and_read_back_as_it_was() {
        for kind in KINDS {
            for (name, content) in built_in(kind) {
                let mut shown = Raw::saying(kind, &name, &content);
                shown.set("valid_from", "2025-11-01");
                shown.set("reason", "x");
                let (read, again, ..) = check(kind, &shown).unwrap_or_else(|all| panic!("{name}: {all:?}"));
                assert_eq!((read, again), (name, content));
            }
        }
    }

    #[test]
    fn mon3_services_and_own_statuses_are_shown_and_read_back() {
        let norm = ServiceNorm { days: 10, is_working: true, from: 1, to: 3 };
        for norm in [None, Some(norm)] {
            let content =
                Content::Service { name: "Выписка".into(), direction: "налоги".into(), norm };
            let mut shown = Raw::saying(Kind::Service, "100/2", &content);
            shown.set("valid_from", "2026-11-01");
            shown.set("reason", "x");
            assert_eq!(check(Kind::Service, &shown).unwrap().1, content);
        }
        let own = raw(&[("code", "7"), ("variant", "В работе / у юриста"), ("first", "6")]);
        let (name, content, ..) = check(Kind::OwnStatus, &own).unwrap();
        assert_eq!((name.as_str(), content), ("7/В работе / у юриста", Content::OwnStatus(6)));
        assert_eq!(Raw::named(Kind::OwnStatus, &name).get("variant"), "В работе / у юриста");
    }

    #[test]
    fn mon13_the_norm_of_waiting_runs_as_the_figure_measures_whatever_is_typed() {
        let typed = [
            ("code", "waiting"),
            ("title", "x"),
            ("amount", "10"),
            ("unit", "minutes"),
            ("first", "1001"),
            ("second", "1007"),
        ];
        let (_, Content::Norm(norm), ..) = check(Kind::Norm, &raw(&typed)).unwrap() else { panic!() };
        assert_eq!((norm.amount, norm.from.as_str(), norm.to.as_str()), (10, "1003", "1004"));
        let Content::Norm(built_in) = &built_in(Kind::Norm)["waiting//"] else { panic!() };
        assert_eq!((&built_in.from, &built_in.to), (&norm.from, &norm.to));
        let of_one = [&typed[..], &[("service", "100")]].concat();
        assert_eq!(check(Kind::Norm, &raw(&of_one)).unwrap_err(), [("service", Wrong::OfAllServices)]);
    }

    #[test]
    fn mon14_mistakes_stand_beside_their_fields() {
        let wrong = |kind, fields: &[(&'static str, &str)]| check(kind, &raw(fields)).unwrap_err();
        let status = wrong(Kind::Status, &[("code", "x"), ("title", "x"), ("printed", "x"), ("mfc", "20")]);
        assert_eq!(status, [("code", Wrong::NoStatus), ("mfc", Wrong::Number)]);
        let rule = wrong(Kind::Rule, &[("code", "64"), ("title", "x"), ("printed", "x"), ("kind", "maybe")]);
        assert_eq!(rule, [("code", Wrong::Number), ("kind", Wrong::NoChoice)]);
        assert_eq!(
            wrong(Kind::Region, &[("code", "a"), ("title", "x"), ("first", "Mars/Base")]),
            [("first", Wrong::NoZone), ("code", Wrong::Letters)]
        );
        assert_eq!(
            wrong(Kind::OwnStatus, &[("code", "1"), ("variant", "x"), ("valid_from", "0"), ("reason", " ")]),
            [("first", Wrong::NoStatus), ("valid_from", Wrong::NoDay), ("reason", Wrong::Empty)]
        );
        assert_eq!(wrong(Kind::Item, &[("code", "mfc/99"), ("title", "x")]), [("code", Wrong::Number)]);
        assert_eq!(wrong(Kind::Holiday, &[("code", "13-01"), ("kind", "no")]), [("code", Wrong::NoDay)]);
        let past = [("code", "2026-10-31"), ("kind", "no")];
        assert_eq!(wrong(Kind::Holiday, &past), [("valid_from", Wrong::AfterItsDay)]);
        assert!(check(Kind::Holiday, &raw(&[("code", "2026-11-01"), ("kind", "no")])).is_ok());
    }
}
