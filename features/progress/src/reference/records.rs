//! The reference data as records, the way they are kept, edited and written to files.

use serde::{Deserialize, Serialize};

use super::Fault;

/// All records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Appendix 8 of the source.
    pub statuses: Vec<StatusRecord>,
    /// Appendix 3 of the source.
    pub items: Vec<ItemRecord>,
    /// What statuses mean; ours.
    pub roles: Vec<RoleRecord>,
    /// The allowed order; ours.
    pub order: OrderRecord,
    /// Norms where the register of services says nothing; ours.
    pub norms: Vec<NormRecord>,
    /// Days off and working days beside the week; ours.
    pub holidays: Vec<HolidayRecord>,
    /// Subjects of the Federation.
    pub regions: Vec<RegionRecord>,
}

/// A status with its items in the four lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRecord {
    /// The code.
    pub code: i16,
    /// The name as the source prints it.
    pub name_ru: String,
    /// The name as it is shown.
    pub name_ru_corrected: String,
    /// Item of the authority's list.
    pub authority_item: Option<u8>,
    /// Item of the list of multifunctional centres.
    pub mfc_item: Option<u8>,
    /// Item of the portals' list.
    pub epgu_item: Option<u8>,
    /// Item of the list of ministries' systems.
    pub vis_item: Option<u8>,
    /// When the status is given, in the source's words.
    pub description_ru: String,
}

/// An item of appendix 3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRecord {
    /// The code of the process.
    pub channel: String,
    /// The heading.
    pub section: String,
    /// The number.
    pub item: u8,
    /// The letter of a sub-item, or nothing.
    pub subitem: String,
    /// The item's words.
    pub text_ru: String,
}

/// Codes of statuses that play a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRecord {
    /// [`super::Role::code`].
    pub role: String,
    /// Codes, separated by `|`.
    pub codes: String,
}

/// A version of the allowed order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRecord {
    /// What the version is called.
    pub version: String,
    /// The first day it holds, `ГГГГ-ММ-ДД`.
    pub valid_from: String,
    /// The rules.
    pub rules: Vec<RuleRecord>,
}

/// A rule of the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRecord {
    /// Permanent, 0 to 63: the rule's bit in kept findings.
    pub number: u8,
    /// A short name that never changes its meaning.
    pub name: String,
    /// The rule in words.
    pub title: String,
    /// Codes of the processes whose events the rule is about; none: all.
    #[serde(default)]
    pub processes: Vec<String>,
    /// Where earlier events are looked for.
    #[serde(default)]
    pub scope: Scope,
    /// What it asks.
    #[serde(flatten)]
    pub kind: RuleKind,
}

/// Where a rule looks for earlier events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Among events of the same process.
    #[default]
    Process,
    /// Among all events of the application.
    Application,
}

/// What a rule asks of events in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RuleKind {
    /// Before each `of` at least one of `earlier`.
    Requires {
        /// Codes.
        of: Vec<i16>,
        /// Codes.
        earlier: Vec<i16>,
    },
    /// No `of` after one of `earlier`.
    Forbids {
        /// Codes.
        of: Vec<i16>,
        /// Codes.
        earlier: Vec<i16>,
    },
    /// Nothing of both sets.
    Excludes {
        /// Codes.
        one: Vec<i16>,
        /// Codes.
        other: Vec<i16>,
    },
    /// At most one of the set, within a process.
    Once {
        /// Codes.
        of: Vec<i16>,
    },
    /// Each closing has an opening of its own before it; without `overlapping` none opens while one is open.
    Pairs {
        /// Codes.
        opens: Vec<i16>,
        /// Codes.
        closes: Vec<i16>,
        /// Whether several may be open.
        overlapping: bool,
    },
    /// No `of` between an opening and its closing.
    ForbidsWhile {
        /// Codes.
        of: Vec<i16>,
        /// Codes.
        opens: Vec<i16>,
        /// Codes.
        closes: Vec<i16>,
    },
}

/// How long a step may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NormRecord {
    /// A short name.
    pub name: String,
    /// The service; empty: any.
    pub service: String,
    /// The variant; empty: any.
    pub variant: String,
    /// How many units.
    pub amount: u16,
    /// `working`, `calendar` or `minutes`.
    pub unit: String,
    /// Codes it runs from, separated by `|`: the first that comes.
    pub from: String,
    /// Codes it runs to.
    pub to: String,
    /// The first day it holds, `ГГГГ-ММ-ДД`.
    pub valid_from: String,
    /// The norm in words.
    pub title: String,
}

/// A day that doesn't follow the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolidayRecord {
    /// `ММ-ДД` for every year, `ГГГГ-ММ-ДД` for one.
    pub day: String,
    /// `yes` for a working day, `no` for a day off.
    pub works: String,
}

/// A subject of the Federation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionRecord {
    /// Two digits, as the tax service counts.
    pub code: String,
    /// The name.
    pub name: String,
    /// IANA zone of the capital.
    pub zone: String,
    /// Other names, separated by `|`.
    pub also: String,
}

impl Records {
    /// The built-in records.
    ///
    /// # Panics
    /// Never: a test reads them.
    #[must_use]
    pub fn built_in() -> Self {
        let read = || -> Result<Self, Fault> {
            let order = include_str!("../../data/order.json");
            Ok(Self {
                statuses: rows("statuses.csv", b',', include_str!("../../data/statuses.csv"))?,
                items: rows("items.csv", b',', include_str!("../../data/items.csv"))?,
                roles: rows("roles.csv", b';', include_str!("../../data/roles.csv"))?,
                order: serde_json::from_str(order).map_err(|error| form("order.json", &error))?,
                norms: rows("norms.csv", b';', include_str!("../../data/norms.csv"))?,
                holidays: rows("holidays.csv", b';', include_str!("../../data/holidays.csv"))?,
                regions: rows("regions.csv", b';', include_str!("../../data/regions.csv"))?,
            })
        };
        read().expect("the built-in records are of their form")
    }
}

fn rows<R: for<'de> Deserialize<'de>>(
    file: &'static str,
    delimiter: u8,
    text: &str,
) -> Result<Vec<R>, Fault> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().map_err(|error| form(file, &error))
}

fn form(file: &'static str, error: &dyn std::error::Error) -> Fault {
    Fault::Form { file, reason: error.to_string() }
}

/// Codes of a record's cell, separated by `|`.
pub(super) fn codes(file: &'static str, cell: &str) -> Result<Vec<i16>, Fault> {
    let code = |code: &str| code.trim().parse().map_err(|_| Fault::Code(file, code.to_owned()));
    cell.split('|').map(code).collect()
}
