//! Reference data as records with history: nothing is overwritten, a change is a new record with the day from
//! which it holds (MON-3, MON-6, MON-14).

mod change;
pub mod in_force;
pub mod store;
mod typed;

use std::collections::BTreeMap;

use otklik_kernel::{CivilDay, Id, Instant};
use otklik_progress::delivery;
use otklik_progress::model::Process;
use otklik_progress::reference::{
    HolidayRecord, ItemRecord, Norm, NormRecord, RegionRecord, RuleRecord, StatusRecord,
};
use serde::{Deserialize, Serialize};

pub use change::{Person, leave, set};
pub use typed::{FIELDS, Raw, check};

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A status with its items. Named by its code. MON-6
    Status,
    /// An item of a process's list. Named `process/item`, with the letter of a sub-item. MON-5
    Item,
    /// A rule of the allowed order. Named by its number. MON-14
    Rule,
    /// How long a step may take. Named `name/service/variant`. MON-14
    Norm,
    /// A day that doesn't follow the week. Named by the day. MON-14
    Holiday,
    /// A subject of the Federation. Named by its code.
    Region,
    /// A service or a variant. Named `service` or `service/variant`. MON-3
    Service,
    /// What a sender's own status means. Named `sender's id/own status`. MON-6
    OwnStatus,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Status,
        Self::Item,
        Self::Rule,
        Self::Norm,
        Self::Holiday,
        Self::Region,
        Self::Service,
        Self::OwnStatus,
    ];

    /// The name it is stored under, also in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Status => "statuses",
            Self::Item => "items",
            Self::Rule => "order",
            Self::Norm => "norms",
            Self::Holiday => "holidays",
            Self::Region => "regions",
            Self::Service => "services",
            Self::OwnStatus => "own",
        }
    }

    /// Finds a kind by the name it is stored under.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// The norm that a service's register gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceNorm {
    /// Days.
    pub days: u16,
    /// Whether only working days count.
    pub is_working: bool,
    /// The status from which it runs.
    pub from: i16,
    /// The status to which it runs.
    pub to: i16,
}

impl From<ServiceNorm> for Norm {
    fn from(norm: ServiceNorm) -> Self {
        let ServiceNorm { days, is_working, from, to } = norm;
        delivery::Norm { days, is_working, from, to }.into()
    }
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A status.
    Status(StatusRecord),
    /// An item.
    Item(ItemRecord),
    /// A rule.
    Rule(RuleRecord),
    /// A norm.
    Norm(NormRecord),
    /// A day off, or a working day.
    Holiday(HolidayRecord),
    /// A region.
    Region(RegionRecord),
    /// A service or a variant.
    Service {
        /// The name.
        name: String,
        /// The direction.
        direction: String,
        /// Its norm.
        norm: Option<ServiceNorm>,
    },
    /// The status that a sender's own one means.
    OwnStatus(i16),
    /// It is taken out of use: a rule isn't looked at, a norm doesn't hold.
    Off,
    /// What is built in holds again, or nothing.
    BuiltIn,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id; later ones win over earlier ones of the same day.
    pub id: Id,
    /// What it is about.
    pub kind: Kind,
    /// Which one.
    pub name: String,
    /// The first day on which it holds.
    pub valid_from: CivilDay,
    /// What it says.
    pub content: Content,
    /// Why it was made.
    pub reason: String,
    /// The delivery that brought it.
    pub delivery: Option<Id>,
    /// Who made it.
    pub changed_by: String,
    /// When.
    pub changed_at: Instant,
}

/// The records of one thing, oldest first in force.
#[derive(Clone, Debug, Default)]
pub struct History(pub Vec<Record>);

impl History {
    /// The record in force on a day.
    #[must_use]
    pub fn on(&self, day: CivilDay) -> Option<&Record> {
        let begun = self.0.iter().filter(|record| record.valid_from <= day);
        begun.max_by_key(|record| (record.valid_from, record.id))
    }

    /// The records that are in force one after another: of those of one day the last alone.
    #[must_use]
    pub fn in_turn(&self) -> Vec<&Record> {
        let mut turn: BTreeMap<CivilDay, &Record> = BTreeMap::new();
        for record in &self.0 {
            let held = turn.entry(record.valid_from).or_insert(record);
            if held.id < record.id {
                *held = record;
            }
        }
        turn.into_values().collect()
    }
}

/// Records by what they are about.
#[must_use]
pub fn by_name(records: Vec<Record>) -> BTreeMap<String, History> {
    let mut all: BTreeMap<String, History> = BTreeMap::new();
    for record in records {
        all.entry(record.name.clone()).or_default().0.push(record);
    }
    all
}

/// The name of an item among records.
#[must_use]
pub fn item_name(item: &ItemRecord) -> String {
    format!("{}/{}{}", item.channel, item.item, item.subitem)
}

/// The process, the number and the letter of an item's name; `None` where it names none that there can be.
#[must_use]
pub fn split_item(name: &str) -> Option<(Process, u8, &str)> {
    let (process, item) = name.split_once('/')?;
    let process = Process::find(process)?;
    let letter = item.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = item.strip_suffix(letter)?.parse().ok()?;
    ((1..=process.items()).contains(&number)).then_some((process, number, letter))
}

/// Where a record stands among those of its kind: by its process and its number, where it has them.
#[must_use]
pub fn place(kind: Kind, name: &str) -> (u8, Option<i64>) {
    match (kind, split_item(name)) {
        (Kind::Item, Some((process, number, _))) => (process as u8, Some(number.into())),
        _ => (0, name.parse().ok()),
    }
}

/// The name of a service or a variant among records.
#[must_use]
pub fn service_name(service: &str, variant: &str) -> String {
    if variant.is_empty() { service.to_owned() } else { format!("{service}/{variant}") }
}

/// The service and the variant of a record's name.
#[must_use]
pub fn split_service(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or((name, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: Id, from: i32, content: Content) -> Record {
        Record {
            id,
            kind: Kind::OwnStatus,
            name: "1/принято".into(),
            valid_from: CivilDay(from),
            content,
            reason: String::new(),
            delivery: None,
            changed_by: "a".into(),
            changed_at: Instant(0),
        }
    }

    #[test]
    fn mon3_a_later_record_holds_from_its_day_and_the_last_one_of_a_day_wins() {
        let history = History(vec![
            record(1, 20_260_101, Content::OwnStatus(1001)),
            record(2, 20_260_301, Content::OwnStatus(1003)),
            record(3, 20_260_301, Content::OwnStatus(1005)),
            record(4, 20_260_201, Content::BuiltIn),
        ]);
        let on = |day| history.on(CivilDay(day)).map(|record| record.id);
        assert_eq!(on(20_251_231), None);
        assert_eq!((on(20_260_131), on(20_260_201), on(20_260_401)), (Some(1), Some(4), Some(3)));
        assert_eq!(history.in_turn().iter().map(|record| record.id).collect::<Vec<_>>(), [1, 4, 3]);
    }

    #[test]
    fn mon5_names_of_items_are_split_again() {
        assert_eq!(split_item("mfc/6a"), Some((Process::Mfc, 6, "a")));
        assert_eq!(split_item("authority/3"), Some((Process::Authority, 3, "")));
        for wrong in ["", "mfc", "mfc/", "mfc/0", "mfc/99", "post/1", "mfc/a", "mfc/256"] {
            assert_eq!(split_item(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn mon5_items_stand_by_process_and_number() {
        let mut names = vec!["mfc/10", "authority/20", "vis/1", "mfc/2", "epgu/1"];
        names.sort_by_key(|name| place(Kind::Item, name));
        assert_eq!(names, ["authority/20", "mfc/2", "mfc/10", "epgu/1", "vis/1"]);
        assert!(place(Kind::Status, "4") < place(Kind::Status, "1001"));
    }

    #[test]
    fn mon3_names_of_services_are_split_again() {
        assert_eq!(split_service(&service_name("4000000010000000001", "12")), ("4000000010000000001", "12"));
        assert_eq!(split_service(&service_name("1", "")), ("1", ""));
    }
}
