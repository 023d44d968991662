//! What applications add to the kept sums: durations by bucket, figures by day.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use otklik_lake::Result;
use otklik_lake::arrow::array::{Array, BooleanArray, Int8Array, Int32Array, Int64Array, RecordBatch};
use otklik_progress::delivery::Text;

use super::gather::Given;
use super::known::typed;
use crate::derive::{Case, Outcome, Transition, bucket};
use crate::tables::{ACTIVE, FIGURES_OF, TOTAL, WAITING, WHOLE};

/// What one application adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    began_day: i32,
    ended_day: i32,
    outcome: i8,
    asked: i32,
    answered: i32,
    failed: i32,
    is_broken: bool,
    is_within: Option<bool>,
    total: Option<i64>,
    paused: Option<i64>,
    waited: Option<i64>,
}

impl From<&Case> for Counted {
    fn from(case: &Case) -> Self {
        Self {
            began_day: case.began_day,
            ended_day: case.ended_day,
            outcome: case.outcome as i8,
            asked: case.asked,
            answered: case.answered,
            failed: case.failed,
            is_broken: case.findings != 0,
            is_within: case.is_within,
            total: case.total,
            paused: case.paused,
            waited: case.waited,
        }
    }
}

/// Columns of `cases` that sums are made of.
pub struct CountedColumns<'a> {
    began_day: &'a Int32Array,
    ended_day: &'a Int32Array,
    outcome: &'a Int8Array,
    asked: &'a Int32Array,
    answered: &'a Int32Array,
    failed: &'a Int32Array,
    findings: &'a Int64Array,
    is_within: &'a BooleanArray,
    total: &'a Int64Array,
    paused: &'a Int64Array,
    waited: &'a Int64Array,
}

impl Counted {
    /// The columns of a batch.
    ///
    /// # Errors
    /// One is missing.
    pub fn columns(batch: &RecordBatch) -> Result<CountedColumns<'_>> {
        Ok(CountedColumns {
            began_day: typed(batch, "began_day")?,
            ended_day: typed(batch, "ended_day")?,
            outcome: typed(batch, "outcome")?,
            asked: typed(batch, "asked")?,
            answered: typed(batch, "answered")?,
            failed: typed(batch, "failed")?,
            findings: typed(batch, "findings")?,
            is_within: typed(batch, "is_within")?,
            total: typed(batch, "total")?,
            paused: typed(batch, "paused")?,
            waited: typed(batch, "waited")?,
        })
    }
}

impl CountedColumns<'_> {
    /// One row.
    #[must_use]
    pub fn get(&self, row: usize) -> Counted {
        let number = |column: &Int64Array| column.is_valid(row).then(|| column.value(row));
        Counted {
            began_day: self.began_day.value(row),
            ended_day: self.ended_day.value(row),
            outcome: self.outcome.value(row),
            asked: self.asked.value(row),
            answered: self.answered.value(row),
            failed: self.failed.value(row),
            is_broken: self.findings.value(row) != 0,
            is_within: self.is_within.is_valid(row).then(|| self.is_within.value(row)),
            total: number(self.total),
            paused: number(self.paused),
            waited: number(self.waited),
        }
    }
}

/// A quick hash of keys of few numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mixed(u64);

impl Mixed {
    fn mix(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.mix(u64::from(*byte));
        }
    }

    fn write_i16(&mut self, value: i16) {
        self.mix(u64::from(value.cast_unsigned()));
    }

    fn write_u16(&mut self, value: u16) {
        self.mix(u64::from(value));
    }

    fn write_i32(&mut self, value: i32) {
        self.mix(u64::from(value.cast_unsigned()));
    }

    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }
}

/// Sums by keys.
pub type Sums<K, V> = HashMap<K, V, BuildHasherDefault<Mixed>>;

/// Whose durations, which, in which month, in which bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanKey {
    /// Registry number of the service, a word.
    pub service: Text,
    /// Region.
    pub region: u16,
    /// `YYYYMM`.
    pub month: i32,
    /// Status, or [`TOTAL`].
    pub from: i16,
    /// Status, or what is counted.
    pub to: i16,
    /// The bucket.
    pub bucket: i16,
}

/// Which figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FigureKey {
    /// Registry number of the service, a word.
    pub service: Text,
    /// Registry number of the variant, a word.
    pub variant: Text,
    /// Region.
    pub region: u16,
    /// The body, a word.
    pub body: Text,
    /// Channel of the request.
    pub channel_in: u8,
    /// `YYYYMMDD`.
    pub day: i32,
}

/// Sums of figures, in the order of [`FIGURES_OF`].
pub type Figures = [i64; FIGURES_OF.len()];

/// Both kinds of sums.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Durations: how many, how long together.
    pub spans: Sums<SpanKey, (i64, i64)>,
    /// Figures.
    pub figures: Sums<FigureKey, Figures>,
}

impl Tally {
    /// Adds an application once, or takes it away with -1.
    pub fn case(&mut self, given: &Given, counted: &Counted, times: i64) {
        if counted.began_day != 0 {
            let figures = self.figures(given, counted.began_day);
            let digital = i64::from(given.is_digital());
            let (asked, answered, failed) = (counted.asked, counted.answered, counted.failed);
            let broken = i64::from(counted.is_broken);
            add(figures, 0, [1, digital, asked.into(), answered.into(), failed.into(), broken], times);
        }
        if counted.ended_day != 0 {
            let is = |outcome: Outcome| i64::from(counted.outcome == outcome as i8);
            let measured = i64::from(counted.is_within.is_some());
            let within = i64::from(counted.is_within == Some(true));
            let (total, paused) = (counted.total.unwrap_or(0), counted.paused.unwrap_or(0));
            let of_end = [
                1,
                is(Outcome::Granted),
                is(Outcome::Denied),
                is(Outcome::NotAccepted),
                is(Outcome::Cancelled),
                is(Outcome::Finished),
                measured,
                within,
                total,
                paused,
            ];
            add(self.figures(given, counted.ended_day), 6, of_end, times);
        }
        let month = counted.ended_day / 100;
        if let Some(total) = counted.total {
            self.span(given, month, (TOTAL, WHOLE), total, times);
            self.span(given, month, (TOTAL, ACTIVE), total - counted.paused.unwrap_or(0), times);
        }
        if let Some(waited) = counted.waited {
            self.span(given, counted.began_day / 100, (TOTAL, WAITING), waited, times);
        }
    }

    /// Adds a transition once, or takes it away with -1.
    pub fn transition(&mut self, given: &Given, transition: &Transition, times: i64) {
        let pair = (transition.from, transition.to);
        self.span(given, transition.day / 100, pair, transition.seconds, times);
    }

    fn span(&mut self, given: &Given, month: i32, (from, to): (i16, i16), seconds: i64, times: i64) {
        let (service, region) = (given.service, given.region);
        let key = SpanKey { service, region, month, from, to, bucket: bucket(seconds) };
        let sum = self.spans.entry(key).or_default();
        sum.0 += times;
        sum.1 += times * seconds;
    }

    fn figures(&mut self, given: &Given, day: i32) -> &mut Figures {
        let Given { service, variant, body, region, channel_in, .. } = *given;
        self.figures.entry(FigureKey { service, variant, region, body, channel_in, day }).or_default()
    }

    /// Adds another's sums.
    pub fn merge(&mut self, other: Self) {
        for (key, (count, seconds)) in other.spans {
            let sum = self.spans.entry(key).or_default();
            sum.0 += count;
            sum.1 += seconds;
        }
        for (key, figures) in other.figures {
            add(self.figures.entry(key).or_default(), 0, figures, 1);
        }
    }
}

fn add<const N: usize>(figures: &mut Figures, from: usize, values: [i64; N], times: i64) {
    for (figure, value) in figures[from..].iter_mut().zip(values) {
        *figure += value * times;
    }
}
