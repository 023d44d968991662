//! Rows of one block, read and checked by themselves, as columns: what one thread makes of a block.

pub(crate) mod applications;
pub(crate) mod events;
pub(crate) mod rest;
pub(crate) mod services;
pub(crate) mod wide;

use std::sync::Arc;

use otklik_csv::Block;

use super::code::Code;
use super::columns::{Columns, Layout};
use super::moment::{self, DAY, EARLIEST};
use super::places::Places;
use super::problem::Problem;
use super::register::{Register, Sender};
use super::row::Row;

/// What rows are checked against by themselves.
pub(crate) struct Rules<'a> {
    pub register: &'a Register,
    pub sender: &'a Sender,
    pub places: &'a Places<'a>,
    pub layout: &'a Layout,
    pub columns: &'a Columns,
    pub file: &'a Arc<str>,
}

/// Columns that take rows.
pub(crate) trait Rows: Default + Send {
    /// Checks a row; takes it when it is good.
    fn take(&mut self, row: &mut Row<'_, '_>, rules: &Rules<'_>);

    /// The field of the request number, when rows that are refused are to be remembered by it.
    const REQUEST: Option<usize> = None;
}

/// A block's rows.
pub(crate) struct Part<R> {
    pub block: Block,
    pub rows: R,
    pub problems: Vec<Problem>,
    pub count: u64,
    /// Lines of rows that are refused.
    pub bad: Vec<u32>,
    /// Request numbers of rows that are refused, of applications and of events.
    pub refused: Vec<String>,
}

/// Reads a block's rows.
pub(crate) fn read<R: Rows>(block: Block, rules: &Rules<'_>) -> Part<R> {
    let (mut rows, mut problems) = (R::default(), Vec::new());
    let (mut count, mut bad, mut refused) = (0, Vec::new(), Vec::new());
    let mut records = block.records();
    while let Some(record) = records.next() {
        let mut row = Row {
            record,
            columns: rules.columns,
            names: &rules.layout.names,
            file: rules.file,
            problems: &mut problems,
            is_bad: false,
        };
        if !record.faults().is_empty() {
            if !row.form() {
                continue;
            }
        } else {
            rows.take(&mut row, rules);
        }
        count += 1;
        if row.is_bad {
            bad.push(record.line());
            if let Some(field) = R::REQUEST {
                let request = row.get(field);
                if !request.is_empty() {
                    refused.push(request.to_owned());
                }
            }
        }
    }
    Part { block, rows, problems, count, bad, refused }
}

impl Row<'_, '_> {
    /// The local time of two fields, in seconds since 1970 on the wall.
    #[inline]
    pub(crate) fn local(&mut self, date: usize, time: usize) -> i64 {
        let (day, seconds) = (moment::date(self.get(date)), moment::time(self.get(time)));
        match (day, seconds) {
            (Ok(day), Ok(seconds)) if day >= EARLIEST => i64::from(day) * DAY + i64::from(seconds),
            (day, seconds) => self.no_local((date, day), (time, seconds)),
        }
    }

    #[cold]
    fn no_local(
        &mut self,
        (date, day): (usize, Result<i32, Code>),
        (time, seconds): (usize, Result<i32, Code>),
    ) -> i64 {
        for (field, code) in [(date, day.err()), (time, seconds.err())] {
            if let Some(code) = code {
                self.fault(field, if self.get(field).is_empty() { Code::Required } else { code });
            }
        }
        if day.is_ok_and(|day| day < EARLIEST) {
            self.fault(date, Code::MomentEarly);
        }
        0
    }
}
