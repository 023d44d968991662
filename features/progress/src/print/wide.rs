//! A delivery as one file with a row for each application and a column for each item (MON-8).

use std::collections::{BTreeMap, HashMap};

use super::package::{application, local};
use super::rows::{APPLICATIONS, Rows};
use crate::delivery::{Delivery, Head, Text};
use crate::model::{Item, Process};
use crate::reference::Reference;

/// The file and what its form has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    /// The file.
    pub bytes: Vec<u8>,
    /// What a reader of it doesn't learn.
    pub lost: Lost,
}

/// What the wide form has no place for: how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Rows of the register of services.
    pub services: usize,
    /// Mnemonics of single interagency requests.
    pub mnemonics: usize,
    /// Numbers of complaints.
    pub complaints: usize,
    /// Ratings beside the last of an application.
    pub ratings: usize,
    /// Statuses that their item doesn't tell: 24 reads as 22.
    pub statuses: usize,
}

/// Why a delivery has no wide form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WideError {
    /// Rows of an application whose own row isn't in the delivery.
    #[error("request {0} has no row of its own")]
    NoApplication(String),
    /// A status without an item in its process.
    #[error("request {0}: status {1} has no item")]
    NoItem(String, i16),
}

/// The name that tells whose file it is, of which day and revision.
#[must_use]
pub fn wide_name(head: &Head) -> String {
    format!("{}_{}_r{}.csv", head.sender, head.day, head.revision)
}

/// Places among the columns of an application: items in the order of the lists, fees, the rating, complaints.
struct Columns {
    names: Vec<String>,
    items: BTreeMap<(Process, Item), usize>,
    payments: usize,
    rating: usize,
    complaints: usize,
}

impl Columns {
    fn of(reference: &Reference) -> Self {
        let mut columns =
            Self { names: Vec::new(), items: BTreeMap::new(), payments: 0, rating: 0, complaints: 0 };
        for process in Process::ALL {
            let mut items: Vec<Item> = reference
                .mapping
                .items()
                .filter(|(of, ..)| *of == process)
                .map(|(_, item, _)| item)
                .collect();
            let marked = reference.mapping.cells().iter().filter(|cell| cell.process == process);
            items.extend(marked.map(|cell| cell.item));
            items.sort_unstable();
            items.dedup();
            let lettered: Vec<u8> = items
                .iter()
                .filter(|item| matches!(item.letter, b'a' | b'b'))
                .map(|item| item.number)
                .collect();
            items.retain(|item| item.letter != 0 || !lettered.contains(&item.number));
            for item in items {
                columns.items.insert((process, item), columns.names.len());
                columns.names.push(format!("{}_{item}", process.code()));
            }
        }
        columns.payments = columns.names.len();
        columns.names.extend((1..=5).map(|number| format!("payment_{number}")));
        columns.rating = columns.names.len();
        columns.names.extend(["at", "mark", "criteria", "comment"].map(|name| format!("rating_{name}")));
        columns.complaints = columns.names.len();
        columns.names.extend((1..=4).map(|number| format!("complaint_{number}")));
        columns
    }
}

/// The columns, in their order.
#[must_use]
pub fn wide_columns(reference: &Reference) -> Vec<String> {
    APPLICATIONS.iter().map(|name| (*name).to_owned()).chain(Columns::of(reference).names).collect()
}

/// Moments of an application: column, moment on the office's clock.
type Moments = HashMap<Text, Vec<(usize, i64)>>;

/// The wide form of a delivery.
///
/// # Errors
/// A row of an application that isn't in the delivery, or a status without an item.
pub fn wide(delivery: &Delivery, reference: &Reference) -> Result<Wide, WideError> {
    let columns = Columns::of(reference);
    let mut lost = Lost {
        services: delivery.services.len(),
        mnemonics: delivery.events.mnemonic.iter().filter(|text| **text != 0).count(),
        complaints: delivery.complaints.complaint.iter().filter(|text| **text != 0).count(),
        ..Lost::default()
    };
    let mut moments = moments(delivery, reference, &columns, &mut lost)?;
    let ratings = last_ratings(delivery, &mut lost);
    let header = wide_columns(reference);
    let mut rows = Rows::new(&header.iter().map(String::as_str).collect::<Vec<_>>());
    let last_row: HashMap<Text, usize> =
        delivery.applications.request.iter().enumerate().map(|(place, request)| (*request, place)).collect();
    for place in 0..delivery.applications.request.len() {
        let request = delivery.applications.request[place];
        let mut of_request = Vec::new();
        let mut rating = None;
        if last_row.get(&request) == Some(&place) {
            of_request = moments.remove(&request).unwrap_or_default();
            rating = ratings.get(&request).copied();
        }
        application(delivery, &reference.regions, place, |row| rows.application_open(row));
        of_request.sort_by_key(|(column, _)| *column);
        let mut next = of_request.iter().peekable();
        for column in 0..columns.names.len() {
            rows.next();
            if (columns.rating..columns.complaints).contains(&column) {
                rating_cell(&mut rows, delivery, rating, column - columns.rating);
                continue;
            }
            let mut is_first = true;
            while let Some((_, local)) = next.next_if(|(of, _)| *of == column) {
                if !is_first {
                    rows.raw(b'|');
                }
                rows.moment_in_one(*local);
                is_first = false;
            }
        }
        rows.end();
    }
    match moments.into_keys().chain(ratings.into_keys()).find(|request| !last_row.contains_key(request)) {
        Some(request) => Err(WideError::NoApplication(delivery.texts.get(request).to_owned())),
        None => Ok(Wide { bytes: rows.into_bytes(), lost }),
    }
}

fn moments(
    delivery: &Delivery,
    reference: &Reference,
    columns: &Columns,
    lost: &mut Lost,
) -> Result<Moments, WideError> {
    let mut moments = Moments::new();
    let events = &delivery.events;
    for place in 0..events.request.len() {
        let status = crate::model::Status(events.status[place]);
        let found = Process::of(events.process[place]).and_then(|process| {
            let item = reference.mapping.item(process, status)?;
            lost.statuses += usize::from(reference.mapping.status(process, item) != Some(status));
            columns.items.get(&(process, item))
        });
        let Some(column) = found else {
            let request = delivery.texts.get(events.request[place]).to_owned();
            return Err(WideError::NoItem(request, status.0));
        };
        let local = local(events.at[place], events.offset[place]);
        moments.entry(events.request[place]).or_default().push((*column, local));
    }
    let payments = &delivery.payments;
    for place in 0..payments.request.len() {
        let column = columns.payments + usize::from(payments.event[place]) - 1;
        let local = local(payments.at[place], payments.offset[place]);
        moments.entry(payments.request[place]).or_default().push((column, local));
    }
    let complaints = &delivery.complaints;
    for place in 0..complaints.request.len() {
        let column = columns.complaints + usize::from(complaints.event[place]) - 1;
        let local = local(complaints.at[place], complaints.offset[place]);
        moments.entry(complaints.request[place]).or_default().push((column, local));
    }
    Ok(moments)
}

/// The place of each application's last rating.
fn last_ratings(delivery: &Delivery, lost: &mut Lost) -> HashMap<Text, usize> {
    let mut last: HashMap<Text, usize> = HashMap::new();
    for (place, request) in delivery.ratings.request.iter().enumerate() {
        lost.ratings += usize::from(last.insert(*request, place).is_some());
    }
    last
}

fn rating_cell(rows: &mut Rows, delivery: &Delivery, rating: Option<usize>, cell: usize) {
    let Some(place) = rating else { return };
    let ratings = &delivery.ratings;
    match cell {
        0 => rows.moment_in_one(local(ratings.at[place], ratings.offset[place])),
        1 => rows.number(i64::from(ratings.mark[place])),
        2 => rows.text(delivery.texts.get(ratings.criteria[place])),
        _ => rows.text(delivery.texts.get(ratings.comment[place])),
    }
}
