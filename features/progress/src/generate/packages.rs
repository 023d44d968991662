//! Packages of each sender and day, in bounded memory: only rows of applications under way are kept.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use otklik_kernel::CivilDay;

use super::Plan;
use super::chance::Chance;
use super::draw::{Draw, Way, request};
use super::faults::{Fate, Faults, Planted};
use super::trace::{Kind, Row, Trace};
use super::world::{DAY, World};
use crate::delivery::Head;
use crate::model::{Channel, Item};
use crate::print::{
    APPLICATIONS, ApplicationRow, COMPLAINTS, EVENTS, EventRow, File, PAYMENTS, RATINGS, Rows, services,
};
use crate::reference::Reference;

/// One sender's data of one day.
#[derive(Clone, Debug)]
pub struct Package {
    /// Whose, which day, which revision.
    pub head: Head,
    /// The day it comes: the next one, later when it is late.
    pub comes: CivilDay,
    /// The files.
    pub files: Vec<File>,
    /// How many events are in it.
    pub events: u64,
    /// How many rows of applications.
    pub applications: u64,
    /// What is wrong with it on purpose.
    pub planted: Vec<Planted>,
    /// Requests whose rows of applications only add the channel of the result: they are known without them.
    pub(super) repeated: HashSet<Vec<u8>>,
}

impl Package {
    /// The name of its folder.
    #[must_use]
    pub fn folder(&self) -> String {
        format!("{}_{}_r{}", self.head.sender, self.head.day, self.head.revision)
    }
}

/// The packages of a plan.
#[derive(Debug)]
pub struct Packages {
    world: Arc<World>,
    faults: Option<Faults>,
    day: usize,
    /// Rows by the days to come; the first is `day`.
    coming: VecDeque<Vec<Row>>,
    ready: VecDeque<Package>,
    scratch: Vec<(u16, Row)>,
}

impl Packages {
    pub(super) fn new(plan: &Plan) -> Self {
        let world = Arc::new(World::new(plan));
        let faults = plan.faults.then(|| Faults::new(&world));
        let coming = (0..plan.days).map(|_| Vec::new()).collect();
        Self { world, faults, day: 0, coming, ready: VecDeque::new(), scratch: Vec::new() }
    }

    /// What is wrong on purpose beside single packages: days that never come, applications out of order.
    #[must_use]
    pub fn faults(&self) -> Vec<Planted> {
        self.faults.as_ref().map_or_else(Vec::new, Faults::told)
    }

    /// Draws the applications that begin on the day, and puts their rows to the days they are sent on.
    fn begin(&mut self) {
        let world = Arc::clone(&self.world);
        for number in world.starts[self.day]..world.starts[self.day + 1] {
            let draw = Draw::of(&world, number, self.day);
            self.scratch.clear();
            Trace::write(&world, draw, &mut self.scratch);
            if let Some(faults) = &mut self.faults {
                faults.disorder(&world, &mut self.scratch);
            }
            self.introduce();
            for (day, row) in &self.scratch {
                if let Some(rows) =
                    usize::from(*day).checked_sub(self.day).and_then(|day| self.coming.get_mut(day))
                {
                    rows.push(*row);
                }
            }
        }
    }

    /// Each sender sends an application's own row on the first day that it has something to say of it.
    fn introduce(&mut self) {
        let rows = self.scratch.len();
        for place in 0..rows {
            let (day, row) = self.scratch[place];
            let earlier =
                |(other, of): &(u16, Row)| of.sender == row.sender && (*other, of.order) < (day, row.order);
            if !self.scratch[..rows].iter().any(earlier) {
                self.scratch.push((day, Row { kind: Kind::Application, status: 0, order: 0, ..row }));
            }
        }
    }

    /// Makes the packages of the day.
    fn end(&mut self) {
        let mut rows = self.coming.pop_front().unwrap_or_default();
        rows.sort_unstable_by_key(|row| (row.sender, row.at, row.number, row.order));
        let mut rest = &rows[..];
        let world = Arc::clone(&self.world);
        for sender in 0..world.senders.len() {
            let own = rest.partition_point(|row| usize::from(row.sender) <= sender);
            let (own, others) = rest.split_at(own);
            rest = others;
            let fate = self.faults.as_ref().map_or(Fate::Sent, |faults| faults.fate(sender, self.day));
            if let Some(next) =
                self.coming.front_mut().filter(|_| matches!(fate, Fate::Missing | Fate::Empty))
            {
                // Their applications become known with the next day's package, else every later row were wrong.
                next.extend(own.iter().filter(|row| row.kind == Kind::Application));
            }
            let package = match fate {
                Fate::Missing => continue,
                Fate::Empty => self.package(sender, &[]),
                _ => self.package(sender, own),
            };
            match &mut self.faults {
                Some(faults) => self.ready.extend(faults.spoil(package, fate, self.day)),
                None => self.ready.push_back(package),
            }
        }
    }

    fn package(&self, sender: usize, rows: &[Row]) -> Package {
        let mut files = Files::new(&self.world);
        let applications = applications(rows);
        for (row, _) in &applications {
            files.add(row);
        }
        for row in rows.iter().filter(|row| row.kind != Kind::Application) {
            files.add(row);
        }
        let mut repeated = HashSet::new();
        if self.faults.is_some() {
            let known = applications.iter().filter(|(_, is_new)| !is_new);
            repeated.extend(known.map(|(row, _)| request(self.world.plan.seed, row.number).to_vec()));
        }
        let changed = self.day > 0 && self.day == usize::from(self.world.plan.days / 2) && sender == 0;
        let registered = if self.day == 0 {
            services(&self.world.services())
        } else {
            services(&if changed { self.world.changed_services() } else { Vec::new() })
        };
        let day = self.world.plan.from.plus_days(i32::try_from(self.day).unwrap_or(0));
        let head = Head { sender: self.world.senders[sender].code.clone(), day, revision: 1 };
        let (events, count) = (files.events.count(), files.applications.count());
        let files = files.finish(registered, &head);
        Package {
            head,
            comes: day.plus_days(1),
            files,
            events,
            applications: count,
            planted: Vec::new(),
            repeated,
        }
    }
}

/// One row of each application: the one with the channel of the result where there are two; and whether the
/// application is new to the sender.
fn applications(rows: &[Row]) -> Vec<(Row, bool)> {
    let mut all: Vec<Row> = rows.iter().filter(|row| row.kind == Kind::Application).copied().collect();
    all.sort_unstable_by_key(|row| (row.number, row.status));
    let same = all.chunk_by(|one, other| one.number == other.number);
    same.filter_map(|rows| rows.last().map(|last| (*last, rows[0].status == 0))).collect()
}

impl Iterator for Packages {
    type Item = Package;

    fn next(&mut self) -> Option<Package> {
        while self.ready.is_empty() {
            if self.day >= usize::from(self.world.plan.days) {
                return None;
            }
            self.begin();
            self.end();
            self.day += 1;
        }
        self.ready.pop_front()
    }
}

/// The files of a package being written.
struct Files<'w> {
    world: &'w World,
    applications: Rows,
    events: Rows,
    payments: Rows,
    ratings: Rows,
    complaints: Rows,
}

impl<'w> Files<'w> {
    fn new(world: &'w World) -> Self {
        Self {
            world,
            applications: Rows::new(&APPLICATIONS),
            events: Rows::new(&EVENTS),
            payments: Rows::new(&PAYMENTS),
            ratings: Rows::new(&RATINGS),
            complaints: Rows::new(&COMPLAINTS),
        }
    }

    fn add(&mut self, row: &Row) {
        let world = self.world;
        let digits = request(world.plan.seed, row.number);
        let request = std::str::from_utf8(&digits).unwrap_or_default();
        let local = world.first * DAY + i64::from(row.at);
        match row.kind {
            Kind::Application => self.application(row, request),
            Kind::Event => self.events.event(&EventRow {
                request,
                process: row.process,
                item: Item::of(world.item(row.process, row.status)),
                status: row.status,
                local,
                mnemonic: &world.mnemonics[usize::from(row.mnemonic)],
            }),
            Kind::Payment => self.payments.payment(request, u8::try_from(row.status).unwrap_or(1), local),
            Kind::Rating => self.rating(row, request, local),
            Kind::Complaint => {
                let event = u8::try_from(row.status).unwrap_or(1);
                self.complaints.complaint(request, &format!("Ж-{request}"), event, local);
            }
        }
    }

    fn application(&mut self, row: &Row, request: &str) {
        let world = self.world;
        let draw = Draw::of(world, row.number, usize::from(row.began));
        let place = &world.places[draw.place];
        let offer = &world.offers[draw.offer];
        let asked = &world.offer_mnemonics[draw.offer];
        let mnemonic = asked.first().map_or("", |mnemonic| &world.mnemonics[usize::from(*mnemonic)]);
        let region = Reference::built_in().regions.of_code(place.region).map_or("", |region| &region.name);
        let applicant = if draw.has_applicant { hash(draw.person) } else { [0; 32] };
        let is_consultation = draw.way == Way::Consultation;
        let topic = usize::try_from(draw.person % world.topics.len() as u64).unwrap_or(0);
        self.applications.application(&ApplicationRow {
            request,
            service: &offer.service,
            variant: &offer.variant,
            topic: if is_consultation { &world.topics[topic] } else { "" },
            channel_in: draw.channel_in(),
            channel_out: u8::try_from(row.status).ok().and_then(Channel::of),
            mnemonic,
            region,
            body: &place.body,
            body_code: &place.code,
            applicant: if draw.has_applicant {
                std::str::from_utf8(&applicant).unwrap_or_default()
            } else {
                ""
            },
            sex: draw.sex(),
            age: draw.age(),
            ogrn: draw.ogrn(),
        });
    }

    fn rating(&mut self, row: &Row, request: &str, local: i64) {
        let mut chance = Chance::of(self.world.plan.seed, u64::from(row.number), 4);
        let mark = u8::try_from(row.status).unwrap_or(5);
        let criteria = ["срок|вежливость", "срок=", "удобство|полнота сведений", "очередь", ""];
        let mut criteria = criteria[chance.weighted(&[4, 2, 2, 3, 2])].to_owned();
        if criteria.ends_with('=') {
            criteria.push_str(&mark.to_string());
        }
        let fits = self.world.comments.iter().filter(|text| (text.lowest..=text.highest).contains(&mark));
        let fits: Vec<&str> = fits.map(|text| text.comment.as_str()).collect();
        let said = if chance.per_mille(350) && !fits.is_empty() {
            fits[chance.below(u32::try_from(fits.len()).unwrap_or(1)) as usize]
        } else {
            ""
        };
        self.ratings.rating(request, local, row.status, &criteria, said);
    }

    fn finish(self, services: Rows, head: &Head) -> Vec<File> {
        let files = [
            ("services.csv", services),
            ("applications.csv", self.applications),
            ("events.csv", self.events),
            ("payments.csv", self.payments),
            ("ratings.csv", self.ratings),
            ("complaints.csv", self.complaints),
        ];
        crate::print::files(head, Reference::built_in(), files)
    }
}

/// Sixteen bytes as hex: an applicant's id that is nobody's.
fn hash(person: u64) -> [u8; 32] {
    let mut chance = Chance::of(person, 0, 5);
    let mut digits = [0; 32];
    for half in digits.chunks_exact_mut(16) {
        let mut number = chance.next();
        for digit in half {
            *digit = b"0123456789abcdef"[usize::try_from(number & 15).unwrap_or(0)];
            number >>= 4;
        }
    }
    digits
}
