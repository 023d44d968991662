//! What applications add to the kept sums: durations by bucket, figures by day.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::{iter, mem};

use otklik_lake::Result;
use otklik_lake::arrow::array::{
    Array, ArrayRef, BooleanArray, Int8Array, Int32Array, Int64Array, RecordBatch,
};
use otklik_progress::delivery::Text;

use super::columns::{TextColumn, bytes, ints, longs, shorts};
use super::gather::Given;
use super::known::typed;
use crate::derive::{Case, Outcome, STAGES, Step, Transition, bucket, stops};
use crate::tables::{ACTIVE, FIGURES_OF, TOGETHER, TOTAL, WHOLE};

/// What one application adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    began_day: i32,
    ended_day: i32,
    outcome: i8,
    asked: i32,
    answered: i32,
    failed: i32,
    findings: i64,
    stops: i16,
    is_within: Option<bool>,
    total: Option<i64>,
    paused: Option<i64>,
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
            findings: case.findings.cast_signed(),
            stops: case.stops,
            is_within: case.is_within,
            total: case.total,
            paused: case.paused,
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
        })
    }
}

impl CountedColumns<'_> {
    /// One row, with the steps of the application.
    #[must_use]
    pub fn get(&self, row: usize, steps: &[Step]) -> Counted {
        let number = |column: &Int64Array| column.is_valid(row).then(|| column.value(row));
        Counted {
            began_day: self.began_day.value(row),
            ended_day: self.ended_day.value(row),
            outcome: self.outcome.value(row),
            asked: self.asked.value(row),
            answered: self.answered.value(row),
            failed: self.failed.value(row),
            findings: self.findings.value(row),
            stops: steps.iter().fold(0, |all, step| all | stops(step.status)),
            is_within: self.is_within.is_valid(row).then(|| self.is_within.value(row)),
            total: number(self.total),
            paused: number(self.paused),
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

/// Which durations, on which day, in which bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct SpanKey {
    /// Status, or [`TOTAL`].
    from: i16,
    /// Status, or what is counted.
    to: i16,
    /// `YYYYMMDD`.
    day: i32,
    bucket: i16,
}

/// Durations by their keys: how many, how long together.
type Spans = Sums<SpanKey, (i64, i64)>;

/// Which figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct FigureKey {
    /// The body, a word.
    body: Text,
    /// Registry number of the variant, a word.
    variant: Text,
    channel_in: u8,
    /// `YYYYMMDD`.
    day: i32,
    /// Rules that were broken, as bits.
    findings: i64,
}

/// Sums of figures, in the order of [`FIGURES_OF`], then of [`STAGES`].
type Figures = [i64; FIGURES_OF.len() + STAGES.len()];

/// The registry number of a service, a word, and a region.
type Place = (Text, u16);

/// Both kinds of sums. Applications come by service and region, so those of one place are added up in small tables;
/// they are done when the next one comes. Should a place come again, its rows add up.
#[derive(Debug, Default)]
pub struct Tally {
    place: Place,
    /// Durations of transitions, in all regions of the service.
    steps: Spans,
    /// Whole durations.
    totals: Spans,
    figures: Sums<FigureKey, Figures>,
    spans_done: Vec<(Place, SpanKey, (i64, i64))>,
    figures_done: Vec<(Place, FigureKey, Figures)>,
}

impl Tally {
    /// Adds an application once, or takes it away with -1.
    pub fn case(&mut self, given: &Given, counted: &Counted, times: i64) {
        self.at(given);
        if counted.began_day != 0 {
            let figures = self.figures(given, counted.began_day, counted.findings);
            let digital = i64::from(given.is_digital());
            let (asked, answered, failed) = (counted.asked, counted.answered, counted.failed);
            let broken = i64::from(counted.findings != 0);
            add(figures, 0, [1, digital, asked.into(), answered.into(), failed.into(), broken], times);
            let stopped: [i64; STAGES.len()] =
                std::array::from_fn(|stage| i64::from(counted.stops >> stage & 1));
            add(figures, FIGURES_OF.len(), stopped, times);
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
            add(self.figures(given, counted.ended_day, 0), 6, of_end, times);
        }
        if let Some(total) = counted.total {
            let day = counted.ended_day;
            span(&mut self.totals, day, (TOTAL, WHOLE), total, times);
            span(&mut self.totals, day, (TOTAL, ACTIVE), total - counted.paused.unwrap_or(0), times);
        }
    }

    /// Adds a transition once, or takes it away with -1.
    pub fn transition(&mut self, given: &Given, transition: &Transition, times: i64) {
        self.at(given);
        let pair = (transition.from, transition.to);
        span(&mut self.steps, transition.day, pair, transition.seconds, times);
    }

    fn figures(&mut self, given: &Given, day: i32, findings: i64) -> &mut Figures {
        let Given { variant, body, channel_in, .. } = *given;
        let key = FigureKey { body, variant, channel_in, day, findings };
        self.figures.entry(key).or_insert([0; FIGURES_OF.len() + STAGES.len()])
    }

    /// Goes to the place of an application.
    fn at(&mut self, given: &Given) {
        let place = (given.service, given.region);
        if self.place != place {
            self.finish_place();
            if self.place.0 != place.0 {
                self.finish_service();
            }
            self.place = place;
        }
    }

    /// Ends what is being added up.
    pub fn finish(&mut self) {
        self.finish_place();
        self.finish_service();
    }

    fn finish_place(&mut self) {
        let place = self.place;
        done(&mut self.totals, place, &mut self.spans_done);
        let from = self.figures_done.len();
        let figures = self.figures.drain().filter(|(_, sums)| sums.iter().any(|sum| *sum != 0));
        self.figures_done.extend(figures.map(|(key, sums)| (place, key, sums)));
        self.figures_done[from..].sort_unstable_by_key(|row| row.1);
    }

    fn finish_service(&mut self) {
        done(&mut self.steps, (self.place.0, 0), &mut self.spans_done);
    }

    /// How many rows of durations and of figures are done.
    #[must_use]
    pub fn rows_done(&self) -> (usize, usize) {
        (self.spans_done.len(), self.figures_done.len())
    }

    /// What is done of durations as columns, which is forgotten.
    ///
    /// # Errors
    /// A text isn't UTF-8.
    pub fn spans<'w>(&mut self, word: impl Fn(Text) -> &'w str) -> Result<Vec<ArrayRef>> {
        let rows = mem::take(&mut self.spans_done);
        Ok(vec![
            shorts(&mut rows.iter().map(|(_, key, _)| key.from).collect()),
            shorts(&mut rows.iter().map(|(_, key, _)| key.to).collect()),
            texts(rows.iter().map(|(place, ..)| word(place.0)))?,
            shorts(&mut rows.iter().map(|(place, ..)| place.1.cast_signed()).collect()),
            ints(&mut rows.iter().map(|(_, key, _)| key.day).collect()),
            shorts(&mut rows.iter().map(|(_, key, _)| key.bucket).collect()),
            longs(&mut rows.iter().map(|(.., sum)| sum.0).collect()),
            longs(&mut rows.iter().map(|(.., sum)| sum.1).collect()),
        ])
    }

    /// What is done of figures as columns, which is forgotten.
    ///
    /// # Errors
    /// A text isn't UTF-8.
    pub fn figure_rows<'w>(&mut self, word: impl Fn(Text) -> &'w str) -> Result<Vec<ArrayRef>> {
        let rows = mem::take(&mut self.figures_done);
        let mut arrays = vec![
            ints(&mut rows.iter().map(|(_, key, _)| key.day).collect()),
            texts(rows.iter().map(|(place, ..)| word(place.0)))?,
            texts(rows.iter().map(|(_, key, _)| word(key.variant)))?,
            shorts(&mut rows.iter().map(|(place, ..)| place.1.cast_signed()).collect()),
            texts(rows.iter().map(|(_, key, _)| word(key.body)))?,
            bytes(&mut rows.iter().map(|(_, key, _)| key.channel_in.cast_signed()).collect()),
            longs(&mut rows.iter().map(|(_, key, _)| key.findings).collect()),
        ];
        for place in 0..FIGURES_OF.len() + STAGES.len() {
            arrays.push(longs(&mut rows.iter().map(|(.., sums)| sums[place]).collect()));
        }
        Ok(arrays)
    }
}

fn span(spans: &mut Spans, day: i32, (from, to): (i16, i16), seconds: i64, times: i64) {
    let sum = spans.entry(SpanKey { day, from, to, bucket: bucket(seconds) }).or_default();
    sum.0 += times;
    sum.1 += times * seconds;
}

/// Ends sums of durations in a place.
fn done(spans: &mut Spans, place: Place, rows: &mut Vec<(Place, SpanKey, (i64, i64))>) {
    let some = spans.drain().filter(|(_, sum)| *sum != (0, 0));
    let mut some: Vec<(SpanKey, (i64, i64))> = some.collect();
    some.sort_unstable_by_key(|row| row.0);
    let is_same =
        |one: &SpanKey, other: &SpanKey| (one.from, one.to, one.day) == (other.from, other.to, other.day);
    for buckets in some.chunk_by(|one, other| is_same(&one.0, &other.0)) {
        let seconds: i64 = buckets.iter().map(|(_, sum)| sum.1).sum();
        let together = (SpanKey { bucket: TOGETHER, ..buckets[0].0 }, (0, seconds));
        let counted = buckets.iter().map(|(key, sum)| (*key, (sum.0, 0)));
        let all = iter::once(together).chain(counted).filter(|(_, sum)| *sum != (0, 0));
        rows.extend(all.map(|(key, sum)| (place, key, sum)));
    }
}

fn texts<'w>(words: impl Iterator<Item = &'w str>) -> Result<ArrayRef> {
    let mut column = TextColumn::default();
    words.for_each(|word| column.push(word));
    column.array()
}

fn add<const N: usize>(figures: &mut Figures, from: usize, values: [i64; N], times: i64) {
    for (figure, value) in figures[from..].iter_mut().zip(values) {
        *figure += value * times;
    }
}
