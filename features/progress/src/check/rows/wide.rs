//! Rows of the wide file: an application and everything that happened to it (MON-8).

use super::applications::{Applications, REQUEST};
use super::events::Events;
use super::rest::{Complaints, Payments, Ratings, rating};
use super::{Rows, Rules};
use crate::check::code::Code;
use crate::check::columns::Cell;
use crate::check::moment::{self, DAY, EARLIEST};
use crate::check::problem::shown;
use crate::check::row::Row;
use crate::delivery::Texts;

/// The most moments in one cell.
const MOST: usize = 1000;

/// Rows of a block.
#[derive(Default)]
pub(crate) struct Wide {
    pub applications: Applications,
    pub events: Events,
    pub payments: Payments,
    pub ratings: Ratings,
    pub complaints: Complaints,
    /// Moments of the row being read: cell, seconds on the wall.
    moments: Vec<(Cell, i64)>,
}

impl Rows for Wide {
    const REQUEST: Option<usize> = Some(REQUEST);

    fn take(&mut self, row: &mut Row<'_, '_>, rules: &Rules<'_>) {
        let read = self.applications.read(row, rules);
        self.moments.clear();
        let first = rules.layout.names.len() - rules.layout.cells.len();
        let mut parts = [first; 4];
        for (field, cell) in (first..).zip(&rules.layout.cells) {
            if let Cell::Rating(part) = cell {
                parts[usize::from(*part)] = field;
            }
            if !matches!(cell, Cell::Rating(1..)) && !row.get(field).is_empty() {
                self.cell(row, field, *cell);
            }
        }
        let [at, mark_field, criteria, comment] = parts;
        let mark = rating(row, rules, mark_field, criteria, comment);
        let has_rating = !row.get(at).is_empty();
        let says = [mark_field, criteria, comment].iter().any(|field| !row.get(*field).is_empty());
        if has_rating && row.get(mark_field).is_empty() {
            row.fault(mark_field, Code::RatingMoment);
        } else if says && !has_rating {
            row.fault(at, Code::RatingMoment);
        }
        if row.is_bad {
            return;
        }
        self.applications.push(row, read);
        let hash = Texts::hash(row.get(REQUEST));
        for (cell, local) in &self.moments {
            push(&mut self.events, &mut self.payments, &mut self.complaints, row, (hash, *cell, *local));
            if let Cell::Rating(_) = cell {
                let ratings = &mut self.ratings;
                ratings.line.push(row.record.line());
                ratings.request.add(row, REQUEST);
                ratings.local.push(*local);
                ratings.mark.push(mark);
                ratings.criteria.add(row, criteria);
                ratings.comment.add(row, comment);
            }
        }
    }
}

impl Wide {
    /// Reads the moments of a cell.
    fn cell(&mut self, row: &mut Row<'_, '_>, field: usize, cell: Cell) {
        let text = row.get(field);
        let mut faults: Vec<(Code, String)> = Vec::new();
        for (number, part) in text.split('|').enumerate() {
            let is_single = matches!(cell, Cell::Rating(_));
            match local(part) {
                _ if number >= MOST || (is_single && number > 0) => {
                    faults.push((Code::MomentForm, shown(text)));
                    break;
                }
                Ok(local) => self.moments.push((cell, local)),
                Err(code) => faults.push((code, shown(part))),
            }
        }
        for (code, value) in faults {
            row.fault_of(field, code, String::new(), value);
        }
    }
}

/// Takes one moment.
fn push(
    events: &mut Events,
    payments: &mut Payments,
    complaints: &mut Complaints,
    row: &Row<'_, '_>,
    (hash, cell, local): (u64, Cell, i64),
) {
    let line = row.record.line();
    match cell {
        Cell::Event { process, item, status } => {
            events.line.push(line);
            events.request.add(row, REQUEST);
            events.hash.push(hash);
            events.process.push(process as u8);
            events.item.push(item);
            events.status.push(status);
            events.local.push(local);
            events.mnemonic.add_empty();
        }
        Cell::Payment(event) => {
            payments.line.push(line);
            payments.request.add(row, REQUEST);
            payments.event.push(event);
            payments.local.push(local);
        }
        Cell::Complaint(event) => {
            complaints.line.push(line);
            complaints.request.add(row, REQUEST);
            complaints.complaint.add_empty();
            complaints.event.push(event);
            complaints.local.push(local);
        }
        Cell::Rating(_) => {}
    }
}

/// `ДД-ММ-ГГГГ ЧЧ:ММ:СС` as seconds on the wall.
fn local(text: &str) -> Result<i64, Code> {
    let Some((date, time)) = text.split_once(' ') else {
        // A date alone or something else: what stands there is named where it can be.
        return Err(match moment::date(text) {
            Ok(_) | Err(Code::DateForm) => Code::MomentForm,
            Err(code) => code,
        });
    };
    let day = moment::date(date)?;
    let seconds = moment::time(time)?;
    if day < EARLIEST { Err(Code::MomentEarly) } else { Ok(i64::from(day) * DAY + i64::from(seconds)) }
}
