//! A delivery as a package of files.

use super::rows::{
    APPLICATIONS, ApplicationRow, COMPLAINTS, EVENTS, EventRow, PAYMENTS, RATINGS, Rows, SERVICES,
};
use super::{File, descriptor};
use crate::delivery::{Delivery, Head, Service};
use crate::model::{Channel, Item, Process};
use crate::reference::{Reference, Regions};

/// The package of a delivery.
#[must_use]
pub fn package(delivery: &Delivery, reference: &Reference) -> Vec<File> {
    let rows = [
        ("services.csv", services(&delivery.services)),
        ("applications.csv", applications(delivery, &reference.regions)),
        ("events.csv", events(delivery)),
        ("payments.csv", payments(delivery)),
        ("ratings.csv", ratings(delivery)),
        ("complaints.csv", complaints(delivery)),
    ];
    files(&delivery.head, reference, rows)
}

/// The files of a package: the descriptor and every table that it names, those without rows as headers.
#[must_use]
pub fn files(head: &Head, reference: &Reference, rows: [(&'static str, Rows); 6]) -> Vec<File> {
    let descriptor = File { name: "datapackage.json", bytes: descriptor(head, reference) };
    let tables = rows.map(|(name, rows)| File { name, bytes: rows.into_bytes() });
    [descriptor].into_iter().chain(tables).collect()
}

/// `services.csv`.
#[must_use]
pub fn services(services: &[Service]) -> Rows {
    let mut rows = Rows::new(&SERVICES);
    for service in services {
        for field in [&service.service, &service.variant, &service.name, &service.direction] {
            rows.field(field);
        }
        match service.norm {
            Some(norm) => {
                rows.number(i64::from(norm.days));
                rows.next();
                rows.field(if norm.is_working { "working" } else { "calendar" });
                rows.number(i64::from(norm.from));
                rows.next();
                rows.number(i64::from(norm.to));
                rows.next();
            }
            None => (0..4).for_each(|_| rows.next()),
        }
        rows.date(service.valid_from.start_utc().0.div_euclid(86_400_000_000));
        rows.end();
    }
    rows
}

fn applications(delivery: &Delivery, regions: &Regions) -> Rows {
    let mut rows = Rows::new(&APPLICATIONS);
    for place in 0..delivery.applications.request.len() {
        application(delivery, regions, place, |row| rows.application(row));
    }
    rows
}

/// Hands over the row of an application.
pub(super) fn application(
    delivery: &Delivery,
    regions: &Regions,
    place: usize,
    take: impl FnOnce(&ApplicationRow<'_>),
) {
    let of = &delivery.applications;
    let text = |number: u32| delivery.texts.get(number);
    let code = format!("{:02}", of.region[place]);
    take(&ApplicationRow {
        request: text(of.request[place]),
        service: text(of.service[place]),
        variant: text(of.variant[place]),
        topic: text(of.topic[place]),
        channel_in: Channel::of(of.channel_in[place]).unwrap_or(Channel::Ogv),
        channel_out: Channel::of(of.channel_out[place]),
        mnemonic: text(of.mnemonic[place]),
        region: regions.of_code(of.region[place]).map_or(&code, |region| &region.name),
        body: text(of.body[place]),
        body_code: text(of.body_code[place]),
        applicant: text(of.applicant[place]),
        sex: of.sex[place],
        age: of.age[place],
        ogrn: of.ogrn[place],
    });
}

fn events(delivery: &Delivery) -> Rows {
    let of = &delivery.events;
    let mut rows = Rows::new(&EVENTS);
    for place in 0..of.request.len() {
        rows.event(&EventRow {
            request: delivery.texts.get(of.request[place]),
            process: Process::of(of.process[place]).unwrap_or(Process::Authority),
            item: Item::of(of.item[place]),
            status: of.status[place],
            local: local(of.at[place], of.offset[place]),
            mnemonic: delivery.texts.get(of.mnemonic[place]),
        });
    }
    rows
}

fn payments(delivery: &Delivery) -> Rows {
    let of = &delivery.payments;
    let mut rows = Rows::new(&PAYMENTS);
    for place in 0..of.request.len() {
        let local = local(of.at[place], of.offset[place]);
        rows.payment(delivery.texts.get(of.request[place]), of.event[place], local);
    }
    rows
}

fn ratings(delivery: &Delivery) -> Rows {
    let of = &delivery.ratings;
    let text = |number: u32| delivery.texts.get(number);
    let mut rows = Rows::new(&RATINGS);
    for place in 0..of.request.len() {
        let local = local(of.at[place], of.offset[place]);
        rows.rating(
            text(of.request[place]),
            local,
            of.mark[place],
            text(of.criteria[place]),
            text(of.comment[place]),
        );
    }
    rows
}

fn complaints(delivery: &Delivery) -> Rows {
    let of = &delivery.complaints;
    let mut rows = Rows::new(&COMPLAINTS);
    for place in 0..of.request.len() {
        let (request, complaint) =
            (delivery.texts.get(of.request[place]), delivery.texts.get(of.complaint[place]));
        rows.complaint(request, complaint, of.event[place], local(of.at[place], of.offset[place]));
    }
    rows
}

/// Seconds since 1970 on the office's clock.
pub(super) fn local(at: i64, offset: i16) -> i64 {
    at.div_euclid(1_000_000) + i64::from(offset) * 60
}
