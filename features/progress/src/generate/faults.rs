//! Mistakes on purpose, each told: what a check must find, days that don't come, applications out of order.

use std::collections::HashSet;

use serde::Serialize;

use super::chance::Chance;
use super::draw::request;
use super::packages::Package;
use super::trace::{Kind, Row};
use super::world::World;
use crate::delivery::Head;
use crate::print::{END, File};
use crate::reference::Reference;

/// What becomes of a sender's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is sent the next day.
    Sent,
    /// It is sent so many days later.
    Late(u8),
    /// It never comes.
    Missing,
    /// It comes without rows, though there was something to tell.
    Empty,
    /// It comes with events left out, and whole with a higher revision.
    Corrected,
}

/// A mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Planted {
    /// What it is: a kind of mistake, a fate, or `order` for events out of order.
    pub kind: &'static str,
    /// The sender's code.
    pub sender: String,
    /// The day, `ГГГГ-ММ-ДД`.
    pub day: String,
    /// The revision.
    pub revision: u32,
    /// The file; empty for a whole day.
    pub file: &'static str,
    /// The line, from 1 for the header; 0 for a whole day.
    pub line: u32,
    /// The field.
    pub field: &'static str,
    /// The value put there, or the names of the rules broken.
    pub value: String,
    /// The request's number.
    pub request: String,
}

/// All that is wrong with generated data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// Mistakes in the order of packages, then those of no single package.
    pub planted: Vec<Planted>,
}

/// What is put in the place of a field; nothing when the row doesn't suit.
type Spoil = fn(&[&str]) -> Option<String>;

/// Mistakes of single rows: kind, file, field, what is put there.
pub const KINDS: [(&str, &str, &str, Spoil); 29] = [
    ("age-two-digits", "applications.csv", "age", |row| two_digits(row[12])),
    ("age-as-formula", "applications.csv", "age", |row| {
        given(row[12]).map(|age| format!("\"=\"\"{age}\"\"\""))
    }),
    ("sex-lower-case", "applications.csv", "sex", |row| given(row[11]).map(str::to_lowercase)),
    ("ogrn-check-digit", "applications.csv", "ogrn", |row| given(row[13]).map(wrong_check_digit)),
    ("ogrn-as-number", "applications.csv", "ogrn", |row| given(row[13]).map(|_| "1,02E+12".to_owned())),
    ("ogrn-short", "applications.csv", "ogrn", |row| given(row[13]).map(|ogrn| ogrn[..12].to_owned())),
    ("person-and-ogrn", "applications.csv", "ogrn", |row| given(row[11]).map(|_| "1027700132195".to_owned())),
    ("service-unknown", "applications.csv", "service_id", |_| put("9999999999")),
    ("channel-unknown", "applications.csv", "channel_in", |_| put("Почта")),
    ("region-unknown", "applications.csv", "region", |_| put("Тмутаракань")),
    ("applicant-plain", "applications.csv", "applicant_hash", |_| put("112-233-445 95")),
    ("body-missing", "applications.csv", "body", |_| put("")),
    ("request-unknown", "events.csv", "request_id", |_| put("10000000001")),
    ("request-missing", "events.csv", "request_id", |_| put("")),
    ("process-unknown", "events.csv", "process", |_| put("post")),
    ("status-unknown", "events.csv", "status", |_| put("9999")),
    ("status-of-another-process", "events.csv", "status", |row| another_process(row[1])),
    ("status-and-item-disagree", "events.csv", "item", |row| another_item(row[2])),
    ("item-unknown", "events.csv", "item", |_| put("77")),
    ("date-form", "events.csv", "date", |row| Some(row[5].split('-').rev().collect::<Vec<_>>().join("/"))),
    ("date-turned-round", "events.csv", "date", |row| turned(row[5])),
    ("date-impossible", "events.csv", "date", |row| Some(format!("31-02-{}", &row[5][6..]))),
    ("date-before-2000", "events.csv", "date", |_| put("31-12-1999")),
    ("date-ahead", "events.csv", "date", |_| put("01-01-2099")),
    ("time-form", "events.csv", "time", |row| Some(row[6][..5].to_owned())),
    ("time-impossible", "events.csv", "time", |_| put("24:61:00")),
    ("payment-unknown", "payments.csv", "event", |_| put("given_back")),
    ("mark-out-of-scale", "ratings.csv", "mark", |_| put("9")),
    ("complaint-unknown", "complaints.csv", "event", |_| put("lost")),
];

/// Where mistakes are put, and what was put already.
#[derive(Debug)]
pub struct Faults {
    seed: u64,
    days: usize,
    first: otklik_kernel::CivilDay,
    senders: Vec<String>,
    disorder: Vec<Planted>,
    /// How often each kind was put.
    counts: [u32; KINDS.len()],
}

impl Faults {
    pub(super) fn new(world: &World) -> Self {
        Self {
            seed: world.plan.seed,
            days: usize::from(world.plan.days),
            first: world.plan.from,
            senders: world.senders.iter().map(|sender| sender.code.clone()).collect(),
            disorder: Vec::new(),
            counts: [0; KINDS.len()],
        }
    }

    /// What becomes of a sender's day. The first is always sent: it has the register of services; so is the last.
    pub(super) fn fate(&self, sender: usize, day: usize) -> Fate {
        if day == 0 || day + 1 >= self.days {
            return Fate::Sent;
        }
        let mut chance = Chance::of(self.seed, (day * 4096 + sender) as u64, 6);
        match chance.weighted(&[885, 45, 20, 15, 35]) {
            0 => Fate::Sent,
            1 => Fate::Late(1 + u8::try_from(chance.below(6)).unwrap_or(0)),
            2 => Fate::Missing,
            3 => Fate::Empty,
            _ => Fate::Corrected,
        }
    }

    /// Puts the events of a few applications out of order, and has a few events come a day later.
    pub(super) fn disorder(&mut self, world: &World, rows: &mut Vec<(u16, Row)>) {
        let Some(number) = rows.first().map(|(_, row)| row.number) else { return };
        let mut chance = Chance::of(self.seed, u64::from(number), 7);
        if chance.per_mille(5) {
            for (day, row) in rows.iter_mut() {
                if row.kind == Kind::Event && usize::from(*day) + 1 < self.days {
                    *day += 1;
                }
            }
        }
        if !chance.per_mille(8) {
            return;
        }
        let is_told = |(day, row): &(u16, Row)| {
            let day = usize::from(*day);
            day < self.days && !matches!(self.fate(usize::from(row.sender), day), Fate::Missing | Fate::Empty)
        };
        if !rows.iter().all(is_told) {
            return;
        }
        let statuses = [1, 6, 1003, 0, 2][chance.below(5) as usize];
        rows.retain(|(_, row)| row.kind != Kind::Event || row.status != statuses);
        let mut events: Vec<&Row> =
            rows.iter().map(|(_, row)| row).filter(|row| row.kind == Kind::Event).collect();
        events.sort_unstable_by_key(|row| (row.at, row.order));
        let order = &Reference::built_in().order;
        let findings = order.check(events.iter().map(|row| (row.process, row.status)));
        let mut rules: Vec<&str> = findings
            .iter()
            .filter_map(|found| order.rule(found.rule))
            .map(|rule| rule.name.as_str())
            .collect();
        rules.sort_unstable();
        rules.dedup();
        if !rules.is_empty() {
            let digits = request(world.plan.seed, number);
            self.disorder.push(Planted {
                kind: "order",
                sender: String::new(),
                day: String::new(),
                revision: 0,
                file: "",
                line: 0,
                field: "",
                value: rules.join("|"),
                request: String::from_utf8_lossy(&digits).into_owned(),
            });
        }
    }

    /// What a package becomes.
    pub(super) fn spoil(&mut self, mut package: Package, fate: Fate, day: usize) -> Vec<Package> {
        match fate {
            Fate::Late(days) => {
                package.comes = package.comes.plus_days(i32::from(days));
                package.planted.push(whole("late", &package.head, days.to_string()));
            }
            Fate::Empty => package.planted.push(whole("empty", &package.head, String::new())),
            Fate::Corrected => {
                let mut whole_one = package.clone();
                whole_one.head.revision = 2;
                whole_one.comes = package.comes.plus_days(1);
                whole_one.files[0].bytes = crate::print::descriptor(&whole_one.head, Reference::built_in());
                let left_out = leave_out(&mut package);
                package.events -= left_out;
                package.planted.push(whole("corrected", &package.head, left_out.to_string()));
                return vec![package, whole_one];
            }
            Fate::Sent | Fate::Missing => {
                let mut chance = Chance::of(self.seed, (day * 4096) as u64 ^ sum(&package.head.sender), 8);
                if chance.per_mille(300) {
                    for _ in 0..=chance.below(3) {
                        self.plant(&mut package, &mut chance);
                    }
                }
            }
        }
        vec![package]
    }

    /// Puts the rarest kind of mistake that finds a row into it.
    fn plant(&mut self, package: &mut Package, chance: &mut Chance) {
        let mut kinds: Vec<usize> = (0..KINDS.len()).collect();
        kinds.sort_by_key(|kind| self.counts[*kind]);
        for number in kinds {
            let (kind, name, field, spoil) = KINDS[number];
            let Some(file) = package.files.iter_mut().find(|file| file.name == name) else { continue };
            let taken: Vec<u32> = package
                .planted
                .iter()
                .filter(|planted| planted.file == name)
                .map(|planted| planted.line)
                .collect();
            if let Some((line, value, request)) =
                replace(file, &taken, &package.repeated, field, spoil, chance)
            {
                self.counts[number] += 1;
                let whole = whole(kind, &package.head, value);
                package.planted.push(Planted { file: name, line, field, request, ..whole });
                return;
            }
        }
    }

    /// What is wrong beside single packages.
    pub(super) fn told(&self) -> Vec<Planted> {
        let mut told = self.disorder.clone();
        for day in 0..self.days {
            for (sender, code) in self.senders.iter().enumerate() {
                if self.fate(sender, day) == Fate::Missing {
                    let day = self.first.plus_days(i32::try_from(day).unwrap_or(0));
                    told.push(whole(
                        "missing",
                        &Head { sender: code.clone(), day, revision: 1 },
                        String::new(),
                    ));
                }
            }
        }
        told
    }
}

fn whole(kind: &'static str, head: &Head, value: String) -> Planted {
    let (sender, day, revision) = (head.sender.clone(), head.day.to_string(), head.revision);
    Planted { kind, sender, day, revision, file: "", line: 0, field: "", value, request: String::new() }
}

/// Leaves out the last tenth of a package's events; how many.
fn leave_out(package: &mut Package) -> u64 {
    let Some(file) = package.files.iter_mut().find(|file| file.name == "events.csv") else { return 0 };
    let ends: Vec<usize> = memchr::memmem::find_iter(&file.bytes, END).map(|at| at + END.len()).collect();
    let left_out = (ends.len() - 1).div_ceil(10);
    file.bytes.truncate(ends[ends.len() - 1 - left_out]);
    left_out as u64
}

/// Replaces a field of a row, one of the first 200 tried from a drawn place on: its line, the value, its request.
/// Of applications only rows that tell the result's channel: the application is known without them.
fn replace(
    file: &mut File,
    taken: &[u32],
    repeated: &HashSet<Vec<u8>>,
    field: &str,
    spoil: Spoil,
    chance: &mut Chance,
) -> Option<(u32, String, String)> {
    let is_applications = file.name == "applications.csv";
    let bytes = &mut file.bytes;
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<&str> = text.split("\r\n").collect();
    let count = u32::try_from(lines.len()).ok()?.checked_sub(2).filter(|count| *count > 0)?;
    let columns: Vec<&str> = lines[0].trim_start_matches('\u{feff}').split(';').collect();
    let column = columns.iter().position(|name| *name == field)?;
    let from = chance.below(count);
    for step in 0..count.min(200) {
        let place = 1 + (from + step) % count;
        let line = lines[place as usize];
        let row: Vec<&str> = line.split(';').collect();
        if line.contains('"') || taken.contains(&(place + 1)) || row.len() != columns.len() {
            continue;
        }
        if is_applications && !repeated.contains(row[0].as_bytes()) {
            continue;
        }
        let Some(value) = spoil(&row).filter(|value| value != row[column]) else { continue };
        let request = row[0].to_owned();
        let mut row = row;
        row[column] = &value;
        let changed = row.join(";");
        let at = line.as_ptr() as usize - text.as_ptr() as usize;
        let end = at + line.len();
        bytes.splice(at..end, changed.into_bytes());
        return Some((place + 1, value, request));
    }
    None
}

fn sum(text: &str) -> u64 {
    text.bytes().fold(0, |sum, byte| sum * 31 + u64::from(byte))
}

fn put(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn given(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}

fn two_digits(age: &str) -> Option<String> {
    age.strip_prefix('0').map(str::to_owned)
}

fn wrong_check_digit(ogrn: &str) -> String {
    let (head, last) = ogrn.split_at(12);
    format!("{head}{}", (last.parse::<u32>().unwrap_or(0) + 1) % 10)
}

/// A status that doesn't occur in the process.
fn another_process(process: &str) -> Option<String> {
    put(if process == "mfc" { "1020" } else { "39" })
}

fn another_item(item: &str) -> Option<String> {
    put(if item == "1" { "2" } else { "1" })
}

/// The month before the day, where that is no date.
fn turned(date: &str) -> Option<String> {
    let (day, month, year) = (&date[..2], &date[3..5], &date[6..]);
    (day > "12").then(|| format!("{month}-{day}-{year}"))
}
