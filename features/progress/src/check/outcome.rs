//! What the whole delivery comes to: faults of its rows as problems, refused rows taken out, the policy.

use std::collections::HashSet;
use std::sync::Arc;

use super::code::Weight;
use super::columns::{Cell, Layout};
use super::cross::{self, At, Cause, Fault};
use super::problem::Problem;
use super::register::Claim;
use super::report::{Checked, Outcome, Policy};
use super::row;
use super::tables::File;
use super::{CheckError, Run};
use crate::delivery::{Delivery, Head, Ratings};
use crate::fields::Table;
use crate::model::Process;

/// The tables with moments, in the order of [`cross::Tables`].
const TIMED: [Table; 4] = [Table::Events, Table::Payments, Table::Ratings, Table::Complaints];

impl Run<'_> {
    /// Finds and reports what only the whole delivery shows.
    pub(super) fn cross(&mut self, claim: &Claim) -> Result<(), CheckError> {
        let mut tables = cross::moments(&mut self.gathered, claim.received);
        cross::rest_repeated(&self.gathered, &mut tables);
        let is_row = |fault: &&Fault| fault.code.weight() != Weight::Warning;
        let mut refused: HashSet<u32> = tables[0].iter().filter(is_row).map(|fault| fault.line).collect();
        let wide =
            self.files.iter().find(|file| file.report.table == Table::Wide).map(|file| file.bad.clone());
        refused.extend(wide.iter().flatten());
        cross::repeated(&self.gathered, &refused, &mut tables[0]);
        if let Some(known) = wide {
            // Of a row that is refused already, nothing more is to be said.
            let mut all: Vec<Fault> =
                tables.into_iter().flatten().filter(|fault| !known.contains(&fault.line)).collect();
            all.sort_by_key(|fault| fault.line);
            for fault in all {
                self.fault(Table::Wide, fault)?;
            }
            return Ok(());
        }
        for (table, faults) in TIMED.into_iter().zip(tables) {
            for fault in faults {
                self.fault(table, fault)?;
            }
        }
        Ok(())
    }

    /// Reports a fault of a row, which is refused unless it is a warning.
    fn fault(&mut self, table: Table, fault: Fault) -> Result<(), CheckError> {
        let Some(file) = self.files.iter_mut().find(|file| file.report.table == table) else { return Ok(()) };
        let layout = self.checker.layouts.of(table);
        let field = field(layout, fault.place);
        let (column, field) =
            field.map_or((0, String::new()), |field| row::name(&file.columns, &layout.names, field));
        if fault.code.weight() == Weight::Warning {
            file.report.warnings += 1;
        } else {
            file.report.errors += 1;
            file.bad.insert(fault.line);
            file.report.bad = file.bad.len() as u64;
        }
        let problem = Problem {
            file: Arc::clone(&file.name),
            line: fault.line,
            column,
            field,
            code: fault.code,
            detail: fault.detail,
            value: fault.value,
        };
        self.report(&problem)
    }

    /// What a delivery comes to that can't be opened.
    pub(super) fn refused(self) -> Checked {
        Checked {
            head: None,
            digest: [0; 32],
            bytes: 0,
            outcome: Outcome::Refused,
            files: Vec::new(),
            errors: self.errors,
            warnings: self.warnings,
            delivery: None,
        }
    }

    /// Whether good rows can be taken without the day being lost: without a good one nothing can, and with facts of which
    /// none is good what stands for the day must stay, though the register of services were sound.
    fn has_something_good(&self) -> bool {
        let reports = || self.files.iter().map(|file| &file.report);
        let has_facts = reports().any(|file| file.table != Table::Services && file.rows > 0);
        reports().any(|file| file.good() > 0 && !(has_facts && file.table == Table::Services))
    }

    /// What it all comes to.
    pub(super) fn finish(mut self, head: Option<Head>, digest: [u8; 32]) -> Checked {
        let policy = self.sender.policy;
        let rows: u64 = self.files.iter().map(|file| file.report.rows).sum();
        let outcome = match (&head, self.errors) {
            (None, _) => Outcome::Refused,
            _ if self.is_fatal => Outcome::Refused,
            (_, 0) if rows == 0 => Outcome::Empty,
            (_, 0) => Outcome::Accepted,
            _ if policy == Policy::GoodRows && self.has_something_good() => Outcome::Partly,
            _ => Outcome::Refused,
        };
        if outcome == Outcome::Partly {
            self.take_out();
        }
        let scale = Some((*self.sender.scale.start(), *self.sender.scale.end()));
        let Self { gathered, files, meters, errors, warnings, .. } = self;
        let delivery = head.clone().filter(|_| outcome != Outcome::Refused).map(|head| Delivery {
            head,
            digest,
            texts: gathered.texts,
            services: gathered.services.into_iter().map(|(_, service)| service).collect(),
            applications: gathered.applications,
            events: gathered.events,
            payments: gathered.payments,
            ratings: Ratings { scale, ..gathered.ratings },
            complaints: gathered.complaints,
        });
        Checked {
            head,
            digest,
            bytes: meters.bytes,
            outcome,
            files: files.into_iter().map(|file| file.report).collect(),
            errors,
            warnings,
            delivery,
        }
    }

    /// Takes refused rows out of the columns.
    fn take_out(&mut self) {
        let bad_of = |files: &[File], table: Table| {
            files
                .iter()
                .find(|file| file.report.table == table || file.report.table == Table::Wide)
                .map(|file| file.bad.clone())
        };
        let gathered = &mut self.gathered;
        if let Some(bad) = bad_of(&self.files, Table::Services) {
            gathered.services.retain(|(line, _)| !bad.contains(line));
        }
        macro_rules! keep {
            ($table:expr, $of:ident: $($column:ident)*) => {
                if let Some(bad) = bad_of(&self.files, $table).filter(|bad| !bad.is_empty()) {
                    let of = &mut gathered.$of;
                    let keep: Vec<bool> = of.line.iter().map(|line| !bad.contains(line)).collect();
                    $(retain(&mut of.$column, &keep);)*
                }
            };
        }
        keep!(Table::Applications, applications: line request service variant topic channel_in channel_out mnemonic
            region body body_code applicant sex age ogrn);
        keep!(Table::Events, events: line request process item status at offset mnemonic);
        keep!(Table::Payments, payments: line request event at offset);
        keep!(Table::Ratings, ratings: line request at offset mark criteria comment);
        keep!(Table::Complaints, complaints: line request complaint event at offset);
    }
}

fn retain<T>(column: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    column.retain(|_| *keep.next().unwrap_or(&true));
}

/// The field of a place in a row of a table.
fn field(layout: &Layout, place: At) -> Option<usize> {
    use super::rows::{applications, events, rest};
    let is_wide = layout.table == Table::Wide;
    match place {
        At::Request => Some(if is_wide { applications::REQUEST } else { 0 }),
        At::Moment(cause) | At::Row(cause) if is_wide => layout
            .cells
            .iter()
            .position(|cell| is_of(*cell, cause))
            .and_then(|place| layout.cell(layout.cells[place])),
        At::Row(_) => None,
        At::Moment(Cause::Event(..)) => Some(events::DATE),
        At::Moment(Cause::Payment(_)) => Some(rest::Payments::DATE),
        At::Moment(Cause::Rating) => Some(rest::Ratings::DATE),
        At::Moment(Cause::Complaint(_)) => Some(rest::Complaints::DATE),
    }
}

/// Whether a cell of the wide file holds what happened.
fn is_of(cell: Cell, cause: Cause) -> bool {
    match (cell, cause) {
        (Cell::Event { process, item, .. }, Cause::Event(of, stored)) => {
            Some(process) == Process::of(of) && item == stored
        }
        (Cell::Payment(event), Cause::Payment(of)) | (Cell::Complaint(event), Cause::Complaint(of)) => {
            event == of
        }
        (Cell::Rating(part), Cause::Rating) => part == 0,
        _ => false,
    }
}
