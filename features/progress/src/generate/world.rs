//! What there is: services, senders, bodies, how long steps take.

use std::collections::BTreeSet;

use otklik_kernel::CivilDay;
use serde::Deserialize;

use super::Plan;
use super::chance::{Chance, Duration};
use super::draw::{Way, weights};
use super::hours::{Hours, offices};
use crate::delivery::{Norm, Service};
use crate::model::{Process, Status};
use crate::reference::Reference;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Where regions are taken from when a plan names only how many.
const REGIONS: [u16; 24] =
    [54, 77, 50, 78, 23, 66, 16, 2, 61, 74, 63, 52, 24, 59, 36, 34, 25, 27, 41, 39, 14, 38, 30, 64];

/// A row of the examples' services.
#[derive(Clone, Debug, Deserialize)]
pub struct Offer {
    /// Registry number.
    pub service: String,
    /// Registry number of the variant.
    pub variant: String,
    /// Name.
    pub name: String,
    /// Direction.
    pub direction: String,
    /// Norm in days.
    pub days: Option<u16>,
    /// `working` or `calendar`.
    pub unit: String,
    /// How often it is asked for.
    pub weight: u32,
    /// Ways: m centre, p portal, a authority, v own system, x decided automatically.
    pub ways: String,
    /// Share with a fee, in a hundred.
    pub fee: u32,
    /// Interagency requests per ten applications.
    pub asks: u32,
    /// Their mnemonics, separated by `|`.
    pub mnemonics: String,
    /// Share refused, in a hundred.
    pub refused: u32,
}

/// A body that applications go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The region's code.
    pub region: u16,
    /// The name as it is sent.
    pub body: String,
    /// The code as it is sent.
    pub code: String,
    /// Whether it is a multifunctional centre; else an authority.
    pub is_centre: bool,
}

/// A text with the marks it goes with.
#[derive(Clone, Debug, Deserialize)]
pub struct Comment {
    /// The lowest mark.
    pub lowest: u8,
    /// The highest mark.
    pub highest: u8,
    /// What is said.
    pub comment: String,
}

/// Durations of steps.
#[derive(Clone, Debug)]
pub struct Durations {
    pub(super) draft: Duration,
    pub(super) send: Duration,
    pub(super) machine: Duration,
    pub(super) queue: Duration,
    pub(super) walk: Duration,
    pub(super) talk: Duration,
    pub(super) hand_over: Duration,
    pub(super) register: Duration,
    pub(super) assign: Duration,
    pub(super) step: Duration,
    pub(super) answer: Duration,
    pub(super) pause: Duration,
    pub(super) decide: Duration,
    pub(super) notice: Duration,
    pub(super) fetch: Duration,
    pub(super) ahead: Duration,
    pub(super) pay: Duration,
    pub(super) think: Duration,
}

/// A sender of daily data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Its code.
    pub code: String,
    /// Its process.
    pub process: Process,
    /// The region of a regional sender.
    pub region: Option<u16>,
}

/// Everything that applications are drawn from.
#[derive(Debug)]
pub struct World {
    pub(super) plan: Plan,
    pub(super) offers: Vec<Offer>,
    /// By way: how often each offer is asked for.
    pub(super) weights: Vec<Vec<u32>>,
    pub(super) mnemonics: Vec<String>,
    pub(super) offer_mnemonics: Vec<Vec<u8>>,
    pub(super) topics: Vec<String>,
    pub(super) comments: Vec<Comment>,
    pub(super) places: Vec<Place>,
    /// Sixteenths by which a body's work takes longer than usual.
    pub(super) slowness: Vec<i64>,
    pub(super) authorities: Vec<usize>,
    pub(super) centres: Vec<usize>,
    pub(super) senders: Vec<Sender>,
    /// By region's code: the place of its authority's sender; its centres' is the next.
    regional: Vec<u16>,
    pub(super) authority_hours: Hours,
    pub(super) centre_hours: Hours,
    pub(super) durations: Durations,
    /// Days since 1970 of the first day.
    pub(super) first: i64,
    /// The number of the first application of each day, and of the end.
    pub(super) starts: Vec<u32>,
    /// Stored items by process and status, below 2048.
    items: Vec<i16>,
}

impl World {
    /// Prepares a plan.
    pub fn new(plan: &Plan) -> Self {
        let reference = Reference::built_in();
        let first = plan.from.start_utc().0.div_euclid(DAY * 1_000_000);
        let (authority_hours, centre_hours) = offices(first, i64::from(plan.days) + 800, &reference.calendar);
        let offers: Vec<Offer> = rows(include_str!("../../data/generate/services.csv"));
        let mut mnemonics: Vec<String> = vec![String::new()];
        let offer_mnemonics = offers.iter().map(|offer| numbered(&offer.mnemonics, &mut mnemonics)).collect();
        let places = if plan.places.is_empty() { own_places(plan, reference) } else { plan.places.clone() };
        let kind = |is_centre: bool| {
            (0..places.len()).filter(|place| places[*place].is_centre == is_centre).collect::<Vec<_>>()
        };
        let mut items = vec![0; 5 * 2048];
        for cell in reference.mapping.cells() {
            items[cell.process as usize * 2048 + usize::try_from(cell.status.0).unwrap_or(0)] =
                cell.item.stored();
        }
        let senders = senders(&places);
        let slow = |place: usize| 11 + i64::from(Chance::of(plan.seed, place as u64, 3).below(16));
        let mut world = Self {
            weights: Way::ALL.into_iter().map(|way| weights(&offers, way)).collect(),
            offers,
            mnemonics,
            offer_mnemonics,
            topics: rows::<(String,)>(include_str!("../../data/generate/topics.csv"))
                .into_iter()
                .map(|row| row.0)
                .collect(),
            comments: rows(include_str!("../../data/generate/comments.csv")),
            slowness: (0..places.len()).map(slow).collect(),
            authorities: kind(false),
            centres: kind(true),
            regional: regional(&senders),
            senders,
            places,
            authority_hours,
            centre_hours,
            durations: durations(),
            first,
            starts: Vec::new(),
            items,
            plan: plan.clone(),
        };
        world.starts = world.starts_of_days();
        world
    }

    /// The stored item of a status in a process.
    pub(super) fn item(&self, process: Process, status: i16) -> i16 {
        self.items[process as usize * 2048 + usize::try_from(status).unwrap_or(0) % 2048]
    }

    /// The services as they are sent.
    pub fn services(&self) -> Vec<Service> {
        let service = |offer: &Offer| Service {
            service: offer.service.clone(),
            variant: offer.variant.clone(),
            name: offer.name.clone(),
            direction: offer.direction.clone(),
            norm: offer.days.map(|days| Norm { days, is_working: offer.unit == "working", from: 1, to: 3 }),
            valid_from: CivilDay(20_250_101),
        };
        self.offers.iter().map(service).collect()
    }

    /// Services that change half way: the first two get a shorter norm, so that the register has a history.
    pub fn changed_services(&self) -> Vec<Service> {
        let since = self.plan.from.plus_days(i32::from(self.plan.days / 2));
        let shorter = |service: Service| Service {
            norm: service.norm.map(|norm| Norm { days: norm.days / 2 + 1, ..norm }),
            valid_from: since,
            ..service
        };
        self.services().into_iter().take(2).map(shorter).collect()
    }

    /// The place of a sender by process and region.
    pub(super) fn sender(&self, process: Process, region: u16) -> u16 {
        match process {
            Process::Epgu => 0,
            Process::Vis => 1,
            Process::Authority => self.regional[usize::from(region)],
            Process::Mfc => self.regional[usize::from(region)] + 1,
        }
    }

    /// Which kinds of offices work on a day of the plan: weights of the day's applications.
    fn day_weight(&self, day: i64) -> u64 {
        match (self.authority_hours.is_open(day), self.centre_hours.is_open(day)) {
            (true, _) => {
                [0, 23, 21, 20, 20, 18, 12, 8][usize::try_from((day + 3).rem_euclid(7) + 1).unwrap_or(0)]
            }
            (false, true) => 11,
            (false, false) => 6,
        }
    }

    fn starts_of_days(&self) -> Vec<u32> {
        let weights = (self.first..).take(usize::from(self.plan.days)).map(|day| self.day_weight(day));
        let weights: Vec<u64> = weights.collect();
        let total: u64 = weights.iter().sum::<u64>().max(1);
        let mut sum = 0;
        let share =
            |sum: u64| u32::try_from(sum * u64::from(self.plan.applications) / total).unwrap_or(u32::MAX);
        let mut starts = vec![0];
        for weight in weights {
            sum += weight;
            starts.push(share(sum));
        }
        starts
    }
}

fn rows<R: for<'de> Deserialize<'de>>(text: &str) -> Vec<R> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("the built-in examples are of their form")).collect()
}

/// Numbers of a cell's mnemonics among all.
fn numbered(cell: &str, all: &mut Vec<String>) -> Vec<u8> {
    let number = |name: &str| {
        let found = all.iter().position(|known| known == name);
        let place = found.unwrap_or_else(|| {
            all.push(name.to_owned());
            all.len() - 1
        });
        u8::try_from(place).unwrap_or(0)
    };
    cell.split('|').filter(|name| !name.is_empty()).map(number).collect()
}

fn own_places(plan: &Plan, reference: &Reference) -> Vec<Place> {
    let wanted = match plan.regions {
        0 => usize::try_from(plan.applications / 2000).unwrap_or(0).clamp(2, 12),
        count => usize::from(count).min(REGIONS.len()),
    };
    let mut places = Vec::new();
    for region in &REGIONS[..wanted] {
        let name = reference.regions.of_code(*region).map_or("", |region| &region.name);
        for number in 1..=4 {
            let body = format!("Территориальный отдел № {number}, {name}");
            places.push(Place {
                region: *region,
                body,
                code: format!("ogv-{region:02}-{number}"),
                is_centre: false,
            });
        }
        for number in 1..=6 {
            let body = format!("МФЦ «Мои документы» № {number}, {name}");
            places.push(Place {
                region: *region,
                body,
                code: format!("mfc-{region:02}-{number}"),
                is_centre: true,
            });
        }
    }
    places
}

/// The portal, the ministry's system, and of each region its authority and its centres.
fn senders(places: &[Place]) -> Vec<Sender> {
    let federal = |code: &str, process| Sender { code: code.to_owned(), process, region: None };
    let mut senders = vec![federal("epgu", Process::Epgu), federal("vis", Process::Vis)];
    let regions: BTreeSet<u16> = places.iter().map(|place| place.region).collect();
    for region in regions {
        for (kind, process) in [("ogv", Process::Authority), ("mfc", Process::Mfc)] {
            senders.push(Sender { code: format!("{kind}-{region:02}"), process, region: Some(region) });
        }
    }
    senders
}

fn regional(senders: &[Sender]) -> Vec<u16> {
    let mut places = Vec::new();
    for (place, sender) in (0_u16..).zip(senders) {
        if let (Some(region), Process::Authority) = (sender.region, sender.process) {
            let region = usize::from(region);
            places.resize(places.len().max(region + 1), 0);
            places[region] = place;
        }
    }
    places
}

fn durations() -> Durations {
    let minutes = |median: f64, spread| Duration::new(median * 60.0, spread);
    let hours = |median: f64, spread| Duration::new(median * 3600.0, spread);
    Durations {
        draft: minutes(9.0, 1.1),
        send: Duration::new(40.0, 0.9),
        machine: minutes(2.0, 1.0),
        queue: minutes(8.0, 0.8),
        walk: Duration::new(45.0, 0.4),
        talk: minutes(11.0, 0.5),
        hand_over: hours(7.0, 0.7),
        register: hours(2.5, 0.9),
        assign: hours(4.0, 0.9),
        step: hours(3.0, 0.9),
        answer: hours(20.0, 1.1),
        pause: hours(80.0, 0.8),
        decide: hours(11.0, 0.8),
        notice: minutes(20.0, 1.0),
        fetch: hours(50.0, 0.9),
        ahead: hours(60.0, 0.8),
        pay: hours(1.0, 1.4),
        think: hours(16.0, 1.2),
    }
}

/// Whether a status is a planned moment.
pub(super) fn is_planned(status: i16) -> bool {
    status == Status::SLOT.0
}
