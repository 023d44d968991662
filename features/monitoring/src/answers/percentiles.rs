//! Percentiles of durations: exact while there are few, from counted buckets above, within 1 %.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{Array as _, ArrayRef, AsArray as _, Int64Array, RecordBatch};
use otklik_lake::arrow::compute::{SortOptions, cast};
use otklik_lake::arrow::datatypes::{DataType, Int32Type};
use otklik_lake::arrow::row::{RowConverter, SortField};
use otklik_lake::{Error, Result};

use super::kept::How;
use super::{Allowed, Answers, Ask, Cell, Sheet};
use crate::derive::{bucket, quantile};
use crate::ingest::Sums;

/// What is told of a duration, with the names of its columns.
type Told<'a> = &'a [(Statistic, &'a str)];

/// Everything that can be told of a duration.
pub(super) const ALL: [(Statistic, &str); 6] = [
    (Statistic::Count, "n"),
    (Statistic::Mean, "mean"),
    (Statistic::Share(0.5), "p50"),
    (Statistic::Share(0.75), "p75"),
    (Statistic::Share(0.9), "p90"),
    (Statistic::Share(0.95), "p95"),
];

/// What is told of a duration.
#[derive(Clone, Copy, Debug)]
pub(super) enum Statistic {
    /// How many there are.
    Count,
    /// Their mean.
    Mean,
    /// What this share of them doesn't exceed.
    Share(f64),
}

/// What percentiles are asked of.
pub(super) struct Of<'a> {
    /// The view; what is joined to it comes after its name.
    pub table: &'a str,
    /// Durations, with what is told of each; those that are null don't count.
    pub values: &'a [(&'a str, Told<'a>)],
    /// The column of the day that counts.
    pub day: &'a str,
    /// Further columns to break down by, with their names.
    pub also: &'a [(&'a str, &'a str)],
    /// Which rows.
    pub only: &'a str,
    /// What of each row is added up beside, with names of the sums: whole numbers.
    pub sums: &'a [(&'a str, &'a str)],
    /// Where the same is kept in `spans`, if it is.
    pub kept: Option<InSpans<'a>>,
}

/// Where durations are kept in `spans`.
#[derive(Clone, Copy)]
pub(super) struct InSpans<'a> {
    /// The condition that finds them.
    pub only: &'a str,
    /// The place among the values of the one that a row counts, as SQL.
    pub value: &'a str,
    /// Whether they are kept by regions.
    pub by_region: bool,
}

/// How rows become percentiles: first what they are broken down by, then durations and what is added up, or the place
/// of a duration, its bucket, how many and how long together.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    names: Vec<String>,
    told: Vec<Vec<(Statistic, String)>>,
    sums: Vec<String>,
    /// Whether rows are counted buckets.
    is_counted: bool,
    /// Up to so many rows percentiles are exact.
    exact: u64,
    /// The question about everything together, of one that is broken down: its answer comes with it.
    whole: Option<String>,
}

impl Answers {
    /// What is told of durations and sums, in the order of what they are broken down by.
    pub(super) async fn spread(&self, ask: &Ask, allowed: &Allowed, of: &Of<'_>) -> Result<Sheet> {
        let table = of.table.trim_start_matches("live_");
        let kept = of.kept.filter(|kept| {
            ask.is_coarse(allowed, kept.by_region) && self.session.snapshot().rows(table) > self.exact
        });
        let regions = if kept.is_some() { ask.regions.clone() } else { self.regions(ask, allowed).await? };
        let ask = &Ask { regions, ..ask.clone() };
        let query = |ask: &Ask, also: &[(&str, &str)]| match kept {
            Some(kept) => counted(ask, allowed, also, kept),
            None => single(ask, allowed, also, of),
        };
        let all = Ask { by: Vec::new(), ..ask.clone() };
        let whole = match (ask.by.is_empty(), of.also.is_empty()) {
            (false, true) => Some(query(&all, &[])),
            // Steps of all kinds together are never asked for.
            (true, false) if of.kept.is_none() => Some(query(&all, &[])),
            _ => None,
        };
        let told = of
            .values
            .iter()
            .map(|(_, told)| told.iter().map(|(statistic, name)| (*statistic, (*name).to_owned())).collect());
        let spread = Spread {
            names: names(ask, of.also),
            told: told.collect(),
            sums: of.sums.iter().map(|(_, name)| (*name).to_owned()).collect(),
            is_counted: kept.is_some(),
            exact: self.exact,
            whole,
        };
        self.answer(&query(ask, of.also), &How::Spread(spread)).await
    }

    /// The regions asked about, or, where bodies are, all that those have applications in: rows lie together by regions, so
    /// that far fewer need to be read.
    async fn regions(&self, ask: &Ask, allowed: &Allowed) -> Result<Vec<u16>> {
        if !ask.regions.is_empty() || (*allowed == Allowed::All && ask.bodies.is_empty()) {
            return Ok(ask.regions.clone());
        }
        let of = Ask { bodies: ask.bodies.clone(), ..Ask::default() }.condition(allowed, "day");
        let query = format!(
            "select distinct cast(region as bigint) as number from figures where {of} order by number"
        );
        let found = self.sheet(&query).await?;
        let number = |row: &Vec<Cell>| row.first().and_then(Cell::whole).map(|number| number as u16);
        Ok(found.rows.iter().filter_map(number).collect())
    }

    /// The answer, and that about everything together if it is asked for. Rows are added up here: a query would group
    /// them by everything they are broken down by and each duration or bucket, which is slower.
    pub(super) async fn collected(&self, query: &str, spread: &Spread) -> Result<(Sheet, Option<Sheet>)> {
        let mut batches = self.session.stream(query).await?;
        let mut groups = Groups::of(spread);
        while let Some(batch) = batches.try_next().await? {
            groups.add(&batch)?;
        }
        Ok(groups.sheets())
    }
}

/// Why an answer isn't made.
fn too_much() -> Error {
    Error::TooMuch(format!("an answer of more than {MOST_GROUPS} rows, or {MOST_LARGE} long ones"))
}

/// Durations one by one.
fn single(ask: &Ask, allowed: &Allowed, also: &[(&str, &str)], of: &Of<'_>) -> String {
    let values = of.values.iter().map(|(value, _)| *value).chain(of.sums.iter().map(|(sum, _)| *sum));
    let values: Vec<String> = values.map(|value| format!("cast({value} as bigint)")).collect();
    let (keys, condition) = (keys(ask, also, of.day), ask.condition(allowed, of.day));
    format!("select {keys}{} from {} where {condition} and {}", values.join(", "), of.table, of.only)
}

/// Counted buckets from the sums that are kept.
fn counted(ask: &Ask, allowed: &Allowed, also: &[(&str, &str)], kept: InSpans<'_>) -> String {
    let (keys, condition) = (keys(ask, also, "day"), ask.condition(allowed, "day"));
    let InSpans { only, value, .. } = kept;
    format!("select {keys}{value}, bucket, count, seconds from spans where {only} and {condition}")
}

impl Spread {
    /// The question about everything together, if its answer comes too.
    pub fn whole(&self) -> Option<&String> {
        self.whole.as_ref()
    }
}

/// Rows by what they are broken down by.
struct Groups<'a> {
    spread: &'a Spread,
    numbers: Numbers,
    groups: Vec<Group>,
    /// How many durations there are so far.
    rows: u64,
    /// How many have been counted in more than few buckets.
    large: usize,
    is_exact: bool,
}

/// What has the same keys.
#[derive(Default)]
struct Group {
    key: Vec<Cell>,
    /// The key as bytes whose order is its own.
    place: Box<[u8]>,
    values: Vec<Values>,
    sums: Vec<i64>,
}

/// Durations of a group.
#[derive(Clone, Default)]
struct Values {
    /// One by one, as long as they are few.
    single: Vec<i64>,
    /// How many there are in each bucket otherwise.
    counts: Counts,
    n: i64,
    seconds: i64,
}

/// How many durations each bucket has.
#[derive(Clone, Default)]
struct Counts {
    /// Buckets in their order, as long as they are few.
    few: Vec<(i16, i64)>,
    /// Of all buckets otherwise.
    all: Vec<i64>,
}

/// So many buckets are few: most groups of an answer that is broken down finely have fewer.
const FEW: usize = 32;
/// Groups that an answer may have: half a gigabyte with what is counted in them.
const MOST_GROUPS: usize = 400_000;
/// Groups that may have more than few buckets, five kilobytes each.
const MOST_LARGE: usize = 60_000;

impl Counts {
    /// Counts some durations; whether the buckets have just become too many to be few.
    fn add(&mut self, bucket: i16, times: i64) -> bool {
        if !self.all.is_empty() {
            self.count(bucket, times);
            return false;
        }
        match self.few.binary_search_by_key(&bucket, |(bucket, _)| *bucket) {
            Ok(place) => self.few[place].1 += times,
            Err(place) if self.few.len() < FEW => self.few.insert(place, (bucket, times)),
            Err(_) => {
                std::mem::take(&mut self.few).into_iter().for_each(|(at, n)| self.count(at, n));
                self.count(bucket, times);
                return true;
            }
        }
        false
    }

    fn count(&mut self, bucket: i16, times: i64) {
        let place = usize::try_from(bucket).unwrap_or(0);
        if self.all.len() <= place {
            self.all.resize(place + 1, 0);
        }
        self.all[place] += times;
    }

    /// Buckets that have any, in their order.
    fn some(&self) -> impl Iterator<Item = (i16, i64)> {
        let all = (0_i16..).zip(self.all.iter().copied());
        self.few.iter().copied().chain(all).filter(|(_, count)| *count != 0)
    }
}

impl<'a> Groups<'a> {
    fn of(spread: &'a Spread) -> Self {
        let is_exact = !spread.is_counted && spread.exact > 0;
        Self { spread, numbers: Numbers::default(), groups: Vec::new(), rows: 0, large: 0, is_exact }
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let keys = self.spread.names.len();
        let of = self.numbers.of(&batch.columns()[..keys], batch.num_rows())?;
        for (row, number) in of.iter().enumerate() {
            if *number as usize == self.groups.len() {
                if self.groups.len() == MOST_GROUPS {
                    return Err(too_much());
                }
                let group = self.group(&batch.project(&(0..keys).collect::<Vec<_>>())?.slice(row, 1))?;
                self.groups.push(group);
            }
        }
        let columns = batch.columns()[keys..].iter().map(|column| cast(column, &DataType::Int64));
        let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
        let columns: Vec<&Int64Array> = columns.iter().map(|column| column.as_primitive()).collect();
        if let (true, [value, bucket, count, seconds]) = (self.spread.is_counted, &columns[..]) {
            for (row, group) in of.iter().enumerate() {
                let values = &mut self.groups[*group as usize].values;
                if let Some(values) = usize::try_from(value.value(row)).ok().and_then(|at| values.get_mut(at))
                {
                    let is_large = values.count(bucket.value(row), count.value(row), seconds.value(row));
                    self.large += usize::from(is_large);
                }
            }
            return self.fits();
        }
        let (values, sums) = columns.split_at(self.spread.told.len());
        for (place, column) in values.iter().enumerate() {
            self.values(place, column, &of);
        }
        for (place, column) in sums.iter().enumerate() {
            for (number, value) in of.iter().zip(column.iter()) {
                self.groups[*number as usize].sums[place] += value.unwrap_or(0);
            }
        }
        self.fits()
    }

    /// Whether what is counted takes no more memory than an answer may.
    fn fits(&self) -> Result<()> {
        if self.large > MOST_LARGE { Err(too_much()) } else { Ok(()) }
    }

    /// Takes one duration of each row.
    fn values(&mut self, place: usize, column: &Int64Array, of: &[u32]) {
        for (number, value) in of.iter().zip(column.iter()) {
            let Some(value) = value else { continue };
            let values = &mut self.groups[*number as usize].values[place];
            match self.is_exact {
                true => values.single.push(value),
                false => self.large += usize::from(values.count(bucket(value).into(), 1, value)),
            }
        }
        let taken = column.len() - column.null_count();
        self.rows += if place == 0 { taken as u64 } else { 0 };
        if self.is_exact && self.rows > self.spread.exact {
            self.is_exact = false;
            self.groups.iter_mut().flat_map(|group| &mut group.values).for_each(Values::count_all);
        }
    }

    fn group(&self, key: &RecordBatch) -> Result<Group> {
        let last = SortOptions { descending: false, nulls_first: false };
        let fields = key.schema_ref().fields().iter();
        let fields: Vec<SortField> =
            fields.map(|field| SortField::new_with_options(field.data_type().clone(), last)).collect();
        let place = match fields.is_empty() {
            true => Box::default(),
            false => RowConverter::new(fields)?.convert_columns(key.columns())?.row(0).data().into(),
        };
        let key = Sheet::of(std::slice::from_ref(key))?.rows.pop().unwrap_or_default();
        Ok(Group { key, place, ..self.nothing() })
    }

    fn nothing(&self) -> Group {
        let values = vec![Values::default(); self.spread.told.len()];
        Group { values, sums: vec![0; self.spread.sums.len()], ..Group::default() }
    }

    fn sheets(mut self) -> (Sheet, Option<Sheet>) {
        self.groups.sort_unstable_by(|one, other| one.place.cmp(&other.place));
        let whole = (self.spread.whole.is_some() || self.spread.names.is_empty()).then(|| {
            let mut all = self.nothing();
            self.groups.iter().for_each(|group| all.merge(group));
            all
        });
        let whole = whole.map(|group| self.sheet(&[], vec![group]));
        if self.spread.names.is_empty() {
            return (whole.unwrap_or_default(), None);
        }
        let mut groups = std::mem::take(&mut self.groups);
        groups.retain(|group| !group.is_nothing());
        (self.sheet(&self.spread.names, groups), whole)
    }

    fn sheet(&self, names: &[String], groups: Vec<Group>) -> Sheet {
        let mut sheet = Sheet { is_exact: self.is_exact, ..Sheet::default() };
        sheet.columns.extend(names.iter().cloned());
        sheet.columns.extend(self.spread.told.iter().flatten().map(|(_, name)| name.clone()));
        sheet.columns.extend(self.spread.sums.iter().cloned());
        sheet.rows = groups.into_iter().map(|group| group.row(&self.spread.told)).collect();
        sheet
    }
}

impl Group {
    fn merge(&mut self, other: &Self) {
        for (values, others) in self.values.iter_mut().zip(&other.values) {
            values.merge(others);
        }
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            *sum += other;
        }
    }

    /// Whether what was counted has been taken away again.
    fn is_nothing(&self) -> bool {
        self.values.iter().all(|values| values.len() == 0) && self.sums.iter().all(|sum| *sum == 0)
    }

    fn row(self, told: &[Vec<(Statistic, String)>]) -> Vec<Cell> {
        let mut row = self.key;
        for (values, told) in self.values.into_iter().zip(told) {
            let mut values = values.finished();
            row.extend(told.iter().map(|(statistic, _)| values.tell(*statistic)));
        }
        row.extend(self.sums.into_iter().map(Cell::Whole));
        row
    }
}

impl Values {
    fn len(&self) -> i64 {
        self.n + self.single.len() as i64
    }

    /// Counts some durations; whether there are more than few buckets from now on.
    fn count(&mut self, bucket: i64, times: i64, seconds: i64) -> bool {
        self.n += times;
        self.seconds += seconds;
        self.counts.add(i16::try_from(bucket.max(0)).unwrap_or(i16::MAX), times)
    }

    /// Counts what is there one by one.
    fn count_all(&mut self) {
        for value in std::mem::take(&mut self.single) {
            self.count(bucket(value).into(), 1, value);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.single.extend(&other.single);
        for (bucket, count) in other.counts.some() {
            self.counts.add(bucket, count);
        }
        self.n += other.n;
        self.seconds += other.seconds;
    }

    /// Ready to be told of.
    fn finished(self) -> Finished {
        let counts = self.counts.some().collect();
        let seconds = self.seconds + self.single.iter().sum::<i64>();
        Finished { n: self.n + self.single.len() as i64, single: self.single, counts, seconds }
    }
}

/// Durations one by one or counted, all of them.
struct Finished {
    single: Vec<i64>,
    counts: Vec<(i16, i64)>,
    n: i64,
    seconds: i64,
}

impl Finished {
    fn tell(&mut self, statistic: Statistic) -> Cell {
        match statistic {
            Statistic::Count => Cell::Whole(self.n.max(0)),
            _ if self.n <= 0 => Cell::None,
            Statistic::Mean => Cell::Real(self.seconds as f64 / self.n as f64),
            Statistic::Share(share) if self.counts.is_empty() => Cell::Real(among(&mut self.single, share)),
            Statistic::Share(share) => quantile(&self.counts, share).map_or(Cell::None, Cell::Real),
        }
    }
}

/// What a share of durations, of which there are some, doesn't exceed: between the two nearest as `percentile_cont` has
/// it.
fn among(durations: &mut [i64], share: f64) -> f64 {
    let rank = share * (durations.len() - 1) as f64;
    let below = libm::floor(rank);
    let (_, low, above) = durations.select_nth_unstable(below as usize);
    let low = *low as f64;
    let high = above.iter().min().map_or(low, |next| *next as f64);
    low + (high - low) * (rank - below)
}

/// Numbers of keys from zero on, as they come: equal keys have equal numbers.
#[derive(Default)]
struct Numbers {
    /// By column, the numbers of its texts.
    texts: Vec<HashMap<Box<str>, u32>>,
    /// By column, the numbers of what was told apart before it together with its own.
    pairs: Vec<Sums<(u32, u32), u32>>,
}

impl Numbers {
    /// The number of each row.
    fn of(&mut self, keys: &[ArrayRef], rows: usize) -> Result<Vec<u32>> {
        self.texts.resize_with(keys.len(), HashMap::new);
        self.pairs.resize_with(keys.len(), Sums::default);
        let mut numbers = vec![0; rows];
        for ((key, texts), pairs) in keys.iter().zip(&mut self.texts).zip(&mut self.pairs) {
            let own = values(key, texts)?;
            let mut last = None;
            for (number, own) in numbers.iter_mut().zip(own) {
                let pair = (*number, own);
                *number = match last {
                    Some((before, known)) if before == pair => known,
                    _ => {
                        let next = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
                        *pairs.entry(pair).or_insert(next)
                    }
                };
                last = Some((pair, *number));
            }
        }
        Ok(numbers)
    }
}

/// A number for each value of a column: a number's own, or that of a text.
fn values(column: &ArrayRef, texts: &mut HashMap<Box<str>, u32>) -> Result<Vec<u32>> {
    if column.data_type().is_integer() {
        let column = cast(column, &DataType::Int32)?;
        let column = column.as_primitive::<Int32Type>();
        return Ok(column.iter().map(|value| value.map_or(u32::MAX, i32::cast_unsigned)).collect());
    }
    let column = cast(column, &DataType::Utf8View)?;
    let column = column.as_string_view();
    let mut last: Option<(&str, u32)> = None;
    Ok(column
        .iter()
        .map(|text| {
            let text = text.unwrap_or_default();
            let number = match last {
                Some((before, number)) if before == text => number,
                _ => match texts.get(text) {
                    Some(number) => *number,
                    None => {
                        let next = u32::try_from(texts.len()).unwrap_or(u32::MAX);
                        texts.insert(text.into(), next);
                        next
                    }
                },
            };
            last = Some((text, number));
            number
        })
        .collect())
}

pub(super) fn keys(ask: &Ask, also: &[(&str, &str)], day: &str) -> String {
    let also: String = also.iter().map(|(column, name)| format!("{column} as {name}, ")).collect();
    ask.selected(day) + &also
}

fn names(ask: &Ask, also: &[(&str, &str)]) -> Vec<String> {
    let by = ask.by.iter().map(|by| by.word().to_owned());
    by.chain(also.iter().map(|(_, name)| (*name).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use otklik_lake::arrow::array::StringArray;

    use super::*;

    fn spread(exact: u64, whole: bool) -> Spread {
        let told = ALL.map(|(statistic, name)| (statistic, name.to_owned()));
        Spread {
            names: vec!["service".to_owned(), "day".to_owned()],
            told: vec![told.to_vec()],
            sums: vec!["within".to_owned()],
            is_counted: false,
            exact,
            whole: whole.then(String::new),
        }
    }

    /// A service, a day, a duration, whether it was within.
    type Row<'a> = (&'a str, i64, Option<i64>, i64);

    fn batch(rows: &[Row<'_>]) -> RecordBatch {
        let numbers = |of: &dyn Fn(&Row<'_>) -> Option<i64>| -> ArrayRef {
            Arc::new(Int64Array::from_iter(rows.iter().map(of)))
        };
        RecordBatch::try_from_iter([
            ("service", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0))) as ArrayRef),
            ("day", numbers(&|row| Some(row.1))),
            ("value", numbers(&|row| row.2)),
            ("within", numbers(&|row| Some(row.3))),
        ])
        .unwrap()
    }

    #[test]
    fn mon13_buckets_are_counted_whether_few_or_many() {
        for most in [FEW as i64, 500] {
            let (mut counts, mut wanted) = (Counts::default(), std::collections::BTreeMap::new());
            let mut became = 0;
            for n in 0..2_000_i64 {
                let (bucket, times) = ((n * 7_919 % most) as i16, n % 5 - 1);
                became += usize::from(counts.add(bucket, times));
                *wanted.entry(bucket).or_insert(0) += times;
            }
            wanted.retain(|_, count| *count != 0);
            assert_eq!(counts.some().collect::<Vec<_>>(), wanted.into_iter().collect::<Vec<_>>());
            assert_eq!(became, usize::from(most > FEW as i64));
        }
    }

    #[test]
    fn mon13_an_answer_that_takes_too_much_memory_is_not_made() {
        let spread = spread(0, false);
        let mut groups = Groups::of(&spread);
        let rows = batch(&[("А", 1, Some(40), 0)]);
        groups.add(&rows).unwrap();
        groups.large = MOST_LARGE + 1;
        assert!(matches!(groups.add(&rows), Err(Error::TooMuch(_))));
    }

    #[test]
    fn mon13_few_are_told_exactly_and_many_within_one_percent() {
        let rows = [
            batch(&[
                ("Б", 2, Some(1_000), 1),
                ("А", 1, Some(40), 0),
                ("А", 1, None, 5),
                ("Б", 2, Some(3_000), 1),
            ]),
            batch(&[("А", 2, Some(7), 0), ("Б", 2, Some(2_000), 0), ("А", 1, Some(20), 1)]),
        ];
        for exact in [6, 5, 0] {
            let spread = spread(exact, true);
            let mut groups = Groups::of(&spread);
            rows.iter().for_each(|batch| groups.add(batch).unwrap());
            let (sheet, whole) = groups.sheets();
            assert_eq!(sheet.is_exact, exact == 6);
            let keys: Vec<_> =
                (0..3).map(|row| (sheet.text(row, "service"), sheet.text(row, "day"))).collect();
            assert_eq!(keys.len(), sheet.rows.len());
            assert_eq!(keys.iter().map(|(service, _)| *service).collect::<Vec<_>>(), ["А", "А", "Б"]);
            let of = |sheet: &Sheet, row, name| sheet.get(row, name).and_then(Cell::number);
            let is_near = |found: Option<f64>, expected: f64| {
                let free = if exact == 6 { 0.0 } else { expected * 0.01 };
                found.is_some_and(|found| (found - expected).abs() <= free)
            };
            for (row, [n, mean, half, most, within]) in [
                [2.0, 30.0, 30.0, 39.0, 6.0],
                [1.0, 7.0, 7.0, 7.0, 0.0],
                [3.0, 2_000.0, 2_000.0, 2_900.0, 2.0],
            ]
            .into_iter()
            .enumerate()
            {
                assert_eq!((of(&sheet, row, "n"), of(&sheet, row, "mean")), (Some(n), Some(mean)));
                assert!(is_near(of(&sheet, row, "p50"), half) && is_near(of(&sheet, row, "p95"), most));
                assert_eq!(of(&sheet, row, "within"), Some(within));
            }
            let whole = whole.unwrap();
            assert_eq!((of(&whole, 0, "n"), of(&whole, 0, "within")), (Some(6.0), Some(8.0)));
            assert!(is_near(of(&whole, 0, "p50"), 520.0), "{whole:?}");
        }
    }

    #[test]
    fn mon13_nothing_is_told_of_what_was_taken_away_again() {
        let mut spread = Spread { is_counted: true, names: vec!["service".to_owned()], ..spread(0, false) };
        spread.sums.clear();
        let column = |values: [i64; 4]| Arc::new(Int64Array::from_iter_values(values)) as ArrayRef;
        let batch = RecordBatch::try_from_iter([
            ("service", Arc::new(StringArray::from_iter_values(["А", "Б", "Б", "А"])) as ArrayRef),
            ("value", column([0, 0, 0, 0])),
            ("bucket", column([9, 7, 7, 9])),
            ("count", column([2, 1, -1, 1])),
            ("seconds", column([18, 7, -7, 9])),
        ])
        .unwrap();
        let mut groups = Groups::of(&spread);
        groups.add(&batch).unwrap();
        let (sheet, _) = groups.sheets();
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!((sheet.text(0, "service"), sheet.whole(0, "n")), ("А", Some(3)));
        assert_eq!(sheet.get(0, "p95"), Some(&Cell::Real(9.0)));
        assert!(!sheet.is_exact);
    }
}
