//! Blocks' rows put together, in the order of the file.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;

use super::code::Code;
use super::problem::Problem;
use super::register::Register;
use super::rows::Part;
use super::rows::applications as fields;
use super::rows::applications::Applications as ApplicationRows;
use super::rows::events::Events as EventRows;
use super::rows::rest::{Complaints as ComplaintRows, Payments as PaymentRows, Ratings as RatingRows};
use super::rows::services::Services as ServiceRows;
use super::rows::wide::Wide;
use super::zones::Zones;
use crate::delivery::{Applications, Complaints, Events, Payments, Ratings, Service, Text, Texts};

/// What was read so far. Moments of rows are seconds on the wall until [`super::cross`] turns them.
#[derive(Default)]
pub(crate) struct Gathered {
    pub texts: Texts,
    pub services: Vec<(u32, Service)>,
    pub applications: Applications,
    pub events: Events,
    pub payments: Payments,
    pub ratings: Ratings,
    pub complaints: Complaints,
    pub zones: Zones,
    /// By a request's number: its zone's number plus 1, or 0.
    pub zone_of: Vec<u16>,
    /// By a request's number: the line of its application, or 0.
    pub line_of: Vec<u32>,
    /// Requests whose application is refused.
    pub refused: HashSet<Text>,
    /// Requests of which an event is refused: what is left of them tells less than happened.
    pub torn: HashSet<Text>,
    offices: HashMap<(u16, Text, Text), Place, RandomState>,
    services_known: HashMap<(Text, Text), Option<Code>, RandomState>,
    services_here: BTreeMap<String, BTreeSet<String>>,
}

/// Where a body is.
#[derive(Clone, Copy)]
struct Place {
    zone: u16,
    code: Text,
    /// The region of a code that belongs to another one.
    other: Option<u16>,
}

/// Says that a field of an application is wrong: line, field, code, detail, value.
pub(crate) type Faults = Vec<(u32, usize, Code, String, String)>;

impl Gathered {
    /// Takes services; a row that stands twice is refused.
    pub fn services(&mut self, part: Part<ServiceRows>, faults: &mut Faults, day: otklik_kernel::CivilDay) {
        for (line, mut service) in part.rows.rows {
            if service.valid_from.0 == 0 {
                service.valid_from = day;
            }
            let is_here = |known: &&(u32, Service)| {
                let known = &known.1;
                (&known.service, &known.variant, known.valid_from)
                    == (&service.service, &service.variant, service.valid_from)
            };
            let variants = self.services_here.entry(service.service.clone()).or_default();
            if !variants.insert(service.variant.clone()) && self.services.iter().any(|known| is_here(&known))
            {
                faults.push((line, 0, Code::ServiceDuplicate, String::new(), service.service));
                continue;
            }
            self.services.push((line, service));
        }
    }

    /// Takes applications: each known by its number once, its service and body looked up.
    pub fn applications(
        &mut self,
        text: &str,
        rows: &ApplicationRows,
        register: &Register,
        faults: &mut Faults,
    ) {
        for place in 0..rows.line.len() {
            let line = rows.line[place];
            let request = self.texts.add(rows.request.get(place, text));
            let service = self.texts.add(rows.service.get(place, text));
            let variant = self.texts.add(rows.variant.get(place, text));
            let body = self.texts.add(rows.body.get(place, text));
            let body_code = self.texts.add(rows.body_code.get(place, text));
            let before = faults.len();
            let (office, is_warned) = self.lookup(
                register,
                (line, rows.region[place]),
                (service, variant),
                (body, body_code),
                faults,
            );
            let earlier = self.line_of.get(request as usize).copied().unwrap_or(0);
            if earlier != 0 {
                let value = self.texts.get(request).to_owned();
                faults.push((line, fields::REQUEST, Code::RequestDuplicate, earlier.to_string(), value));
            }
            if faults.len() > before + usize::from(is_warned) {
                if earlier == 0 {
                    self.refused.insert(request);
                }
                continue;
            }
            at(&mut self.line_of, request, line);
            at(&mut self.zone_of, request, office.zone + 1);
            let of = &mut self.applications;
            of.line.push(line);
            of.request.push(request);
            of.service.push(service);
            of.variant.push(variant);
            of.topic.push(self.texts.add(rows.topic.get(place, text)));
            of.channel_in.push(rows.channel_in[place]);
            of.channel_out.push(rows.channel_out[place]);
            of.mnemonic.push(self.texts.add(rows.mnemonic.get(place, text)));
            of.region.push(rows.region[place]);
            of.body.push(body);
            of.body_code.push(office.code);
            of.applicant.push(self.texts.add(rows.hash.get(place, text)));
            of.sex.push(rows.sex[place]);
            of.age.push(rows.age[place]);
            of.ogrn.push(rows.ogrn[place]);
        }
    }

    /// Looks up a service and a body, which is returned; whether a warning was added.
    fn lookup(
        &mut self,
        register: &Register,
        (line, region): (u32, u16),
        (service, variant): (Text, Text),
        (body, body_code): (Text, Text),
        faults: &mut Faults,
    ) -> (Place, bool) {
        let code = match self.services_known.get(&(service, variant)) {
            Some(code) => *code,
            None => {
                let code = self.service(register, service, variant);
                self.services_known.insert((service, variant), code);
                code
            }
        };
        if let Some(code) = code {
            let is_service = code == Code::ServiceUnknown;
            let (field, value) =
                if is_service { (fields::SERVICE, service) } else { (fields::VARIANT, variant) };
            faults.push((line, field, code, String::new(), self.texts.get(value).to_owned()));
        }
        let key = (region, body, body_code);
        let (office, is_known) = match self.offices.get(&key) {
            Some(office) => (*office, true),
            None => {
                let found = self.office(register, key);
                self.offices.insert(key, found.0);
                found
            }
        };
        if let Some(other) = office.other {
            let regions = &register.reference.regions;
            let other =
                regions.of_code(other).map_or_else(|| format!("{other:02}"), |region| region.name.clone());
            let (field, value) = named(body, body_code);
            faults.push((line, field, Code::BodyRegion, other, self.texts.get(value).to_owned()));
        }
        if !is_known {
            // Once for each body, not for each row.
            let (field, value) = named(body, body_code);
            faults.push((line, field, Code::BodyUnknown, String::new(), self.texts.get(value).to_owned()));
        }
        (office, !is_known)
    }

    fn service(&self, register: &Register, service: Text, variant: Text) -> Option<Code> {
        let (service, variant) = (self.texts.get(service), self.texts.get(variant));
        let variants = [register.services.get(service), self.services_here.get(service)];
        if variants.iter().all(Option::is_none) {
            return Some(Code::ServiceUnknown);
        }
        let is_known =
            variant.is_empty() || variants.iter().flatten().any(|variants| variants.contains(variant));
        (!is_known).then_some(Code::VariantUnknown)
    }

    /// Finds a body; whether it is known.
    fn office(&mut self, register: &Register, (region, body, body_code): (u16, Text, Text)) -> (Place, bool) {
        let offices = &register.offices;
        let found = if body_code == 0 {
            offices.by_name(region, self.texts.get(body))
        } else {
            offices.by_code(self.texts.get(body_code))
        };
        let of_region = register.reference.regions.of_code(region).map(|region| region.zone.clone());
        let of_region = of_region.unwrap_or(otklik_kernel::Zone::utc());
        let Some(office) = found.map(|place| &offices.all()[place]) else {
            return (Place { zone: self.zones.number(&of_region), code: body_code, other: None }, false);
        };
        let zone = self.zones.number(office.zone.as_ref().unwrap_or(&of_region));
        let other = Some(office.region).filter(|other| *other != region);
        (Place { zone, code: self.texts.add(&office.code), other }, true)
    }

    /// The zone of an application known from earlier, by where its office is.
    pub fn zone_known(&mut self, register: &Register, region: u16, code: &str, name: &str) -> u16 {
        let offices = &register.offices;
        let found = offices.by_code(code).or_else(|| offices.by_name(region, name));
        let own = found.and_then(|place| offices.all()[place].zone.clone());
        let of_region = || register.reference.regions.of_code(region).map(|region| region.zone.clone());
        let zone = own.or_else(of_region).unwrap_or(otklik_kernel::Zone::utc());
        self.zones.number(&zone)
    }

    /// Takes events.
    pub fn events(&mut self, text: &str, rows: &EventRows) {
        let of = &mut self.events;
        of.line.extend_from_slice(&rows.line);
        of.process.extend_from_slice(&rows.process);
        of.item.extend_from_slice(&rows.item);
        of.status.extend_from_slice(&rows.status);
        of.at.extend_from_slice(&rows.local);
        of.offset.resize(of.at.len(), 0);
        of.request.reserve(rows.hash.len());
        for (place, hash) in rows.hash.iter().enumerate() {
            of.request.push(self.texts.add_hashed(*hash, rows.request.get(place, text)));
        }
        let mut last = ("", 0);
        for place in 0..rows.mnemonic.len() {
            let mnemonic = rows.mnemonic.get(place, text);
            if mnemonic != last.0 {
                last = (mnemonic, self.texts.add(mnemonic));
            }
            of.mnemonic.push(last.1);
        }
    }

    /// Takes events of fees.
    pub fn payments(&mut self, text: &str, rows: &PaymentRows) {
        let of = &mut self.payments;
        of.line.extend_from_slice(&rows.line);
        of.event.extend_from_slice(&rows.event);
        of.at.extend_from_slice(&rows.local);
        of.offset.resize(of.at.len(), 0);
        of.request.extend((0..rows.line.len()).map(|place| self.texts.add(rows.request.get(place, text))));
    }

    /// Takes ratings.
    pub fn ratings(&mut self, text: &str, rows: &RatingRows) {
        let of = &mut self.ratings;
        of.line.extend_from_slice(&rows.line);
        of.mark.extend_from_slice(&rows.mark);
        of.at.extend_from_slice(&rows.local);
        of.offset.resize(of.at.len(), 0);
        for place in 0..rows.line.len() {
            of.request.push(self.texts.add(rows.request.get(place, text)));
            of.criteria.push(self.texts.add(rows.criteria.get(place, text)));
            of.comment.push(self.texts.add(rows.comment.get(place, text)));
        }
    }

    /// Takes events of complaints.
    pub fn complaints(&mut self, text: &str, rows: &ComplaintRows) {
        let of = &mut self.complaints;
        of.line.extend_from_slice(&rows.line);
        of.event.extend_from_slice(&rows.event);
        of.at.extend_from_slice(&rows.local);
        of.offset.resize(of.at.len(), 0);
        for place in 0..rows.line.len() {
            of.request.push(self.texts.add(rows.request.get(place, text)));
            of.complaint.push(self.texts.add(rows.complaint.get(place, text)));
        }
    }

    /// Takes rows of the wide file.
    pub fn wide(&mut self, text: &str, rows: &Wide, register: &Register, faults: &mut Faults) {
        self.applications(text, &rows.applications, register, faults);
        self.events(text, &rows.events);
        self.payments(text, &rows.payments);
        self.ratings(text, &rows.ratings);
        self.complaints(text, &rows.complaints);
    }

    /// How many rows of all tables there are.
    pub fn rows(&self) -> usize {
        self.services.len()
            + self.applications.line.len()
            + self.events.line.len()
            + self.payments.line.len()
            + self.ratings.line.len()
            + self.complaints.line.len()
    }
}

/// By what a body is named: the field and its text.
fn named(body: Text, body_code: Text) -> (usize, Text) {
    if body_code == 0 { (fields::BODY, body) } else { (fields::BODY_CODE, body_code) }
}

/// Sets what is kept by a request's number.
pub(crate) fn at<T: Copy + Default>(column: &mut Vec<T>, request: Text, value: T) {
    let place = request as usize;
    if column.len() <= place {
        column.resize((place + 1).max(column.len() * 2), T::default());
    }
    column[place] = value;
}

/// Sends what one thread found to where problems go, in the order of lines.
pub(crate) fn merged(mut problems: Vec<Problem>, more: Vec<Problem>) -> Vec<Problem> {
    if !more.is_empty() {
        problems.extend(more);
        problems.sort_by_key(|problem| problem.line);
    }
    problems
}
