//! Percentiles of durations: exact while there are few, from counted buckets above, within 1 %.

use std::collections::HashMap;
use std::ops::Range;

use futures_util::TryStreamExt as _;
use otklik_lake::Result;
use otklik_lake::arrow::array::{AsArray as _, RecordBatch, UInt64Array};
use otklik_lake::arrow::compute::{SortOptions, cast, partition, take_record_batch};
use otklik_lake::arrow::datatypes::{DataType, Float64Type, Int64Type};
use otklik_lake::arrow::row::{RowConverter, Rows, SortField};

use super::kept::How;
use super::{Allowed, Answers, Ask, Cell, Sheet};
use crate::derive::quantile;

/// The percentiles of every answer, with their names.
const SHARES: [(&str, f64); 4] = [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)];

/// What percentiles are asked of.
pub(super) struct Of<'a> {
    /// The view; what is joined to it comes after its name.
    pub table: &'a str,
    /// The duration.
    pub value: &'a str,
    /// The column of the day that counts.
    pub day: &'a str,
    /// Further columns to break down by, with their names.
    pub also: &'a [(&'a str, &'a str)],
    /// Which rows.
    pub only: &'a str,
    /// Sums beside, with their names: they need not be merged from buckets.
    pub sums: &'a [(&'a str, &'a str)],
    /// The condition that finds the same in `spans`, if it is kept there.
    pub kept: Option<&'a str>,
}

impl Answers {
    /// `n`, `mean`, percentiles and sums of a duration, in the order of what they are broken down by.
    pub(super) async fn spread(&self, ask: &Ask, allowed: &Allowed, of: &Of<'_>) -> Result<Sheet> {
        if let Some(kept) = of.kept.filter(|_| ask.is_coarse(allowed) && of.sums.is_empty()) {
            let table = of.table.trim_start_matches("live_");
            if self.session.snapshot().rows(table) > self.exact {
                return self.kept(ask, allowed, of, kept).await;
            }
        }
        let condition =
            format!("{} and {} and {} is not null", ask.condition(allowed, of.day), of.only, of.value);
        let (table, value) = (of.table, of.value);
        let own = table.split(' ').next().unwrap_or_default().trim_start_matches("live_");
        let rows = match self.session.snapshot().rows(own) {
            rows if rows <= self.exact => rows,
            _ => {
                let counted =
                    self.sheet(&format!("select count(*) as n from {table} where {condition}")).await?;
                counted.get(0, "n").and_then(Cell::whole).map_or(0, i64::unsigned_abs)
            }
        };
        let keys = keys(ask, of.also, of.day);
        let sums: String = of.sums.iter().map(|(sum, name)| format!(", {sum} as {name}")).collect();
        let names = names(ask, of.also);
        if rows <= self.exact {
            let value = format!("cast({value} as double)");
            let shares =
                SHARES.map(|(name, share)| format!(", percentile_cont({value}, {share}) as {name}")).concat();
            let query = format!(
                "select {keys}count({value}) as n, avg({value}) as mean{shares}{sums} from {table} \
                 where {condition} {} {}",
                grouped("group by", &names),
                grouped("order by", &names)
            );
            return self.sheet(&query).await;
        }
        let bucket = format!(
            "case when {value} < 128 then greatest(cast({value} as bigint), 0) \
             else 128 + cast(floor(ln({value} / 128.0) / ln(1.02)) as bigint) end"
        );
        let query = format!(
            "select {keys}{bucket} as bucket, count(*) as rows, sum(cast({value} as bigint)) as seconds{sums} \
             from {table} where {condition} group by {}bucket",
            listed(&names)
        );
        self.counted(&query, &names, of.sums).await
    }

    /// From the sums that are kept.
    async fn kept(&self, ask: &Ask, allowed: &Allowed, of: &Of<'_>, kept: &str) -> Result<Sheet> {
        let mut months = ask.clone();
        let month = |day: otklik_kernel::CivilDay| otklik_kernel::CivilDay(day.0 / 100);
        (months.from, months.to) = (ask.from.map(month), ask.to.map(month));
        let condition = months.condition(allowed, "month");
        let names = names(ask, of.also);
        let keys: String = ask.by.iter().map(|by| format!("{}, ", by.word())).collect();
        let also: String = of.also.iter().map(|(_, name)| format!("{name}, ")).collect();
        // Rows of equal keys are added up here: there are few keys and, by each, few buckets, which a query would tell
        // apart one by one.
        let query =
            format!("select {keys}{also}bucket, count, seconds from spans where {kept} and {condition}");
        self.answer(&query, &How::Merged { names, sums: Vec::new() }).await
    }

    /// Percentiles of counted buckets: `query` gives keys, `bucket`, `rows`, `seconds` and sums that add up.
    async fn counted(&self, query: &str, names: &[String], sums: &[(&str, &str)]) -> Result<Sheet> {
        let query = format!("select * from ({query}) b where rows <> 0");
        let sums = sums.iter().map(|(_, name)| (*name).to_owned()).collect();
        self.answer(&query, &How::Merged { names: names.to_vec(), sums }).await
    }

    /// Rows come in any order: there are many more of them than keys, and putting those in order is quicker.
    pub(super) async fn merged(&self, query: &str, names: &[String], sums: &[String]) -> Result<Sheet> {
        let mut batches = self.session.stream(query).await?;
        let mut groups: HashMap<Box<[u8]>, (Vec<Cell>, Counted)> = HashMap::new();
        while let Some(batch) = batches.try_next().await? {
            let keys = batch.project(&(0..names.len()).collect::<Vec<_>>())?;
            // Rows of one key follow each other in a file: one look for all of them.
            let (runs, keys) = runs(keys)?;
            let ordered = ordered(&keys)?;
            let whole = |place: usize| cast(batch.column(names.len() + place), &DataType::Int64);
            let (buckets, rows, seconds) = (whole(0)?, whole(1)?, whole(2)?);
            let beside: Vec<_> = (0..sums.len())
                .map(|place| cast(batch.column(names.len() + 3 + place), &DataType::Float64))
                .collect::<std::result::Result<_, _>>()?;
            let (buckets, rows) = (buckets.as_primitive::<Int64Type>(), rows.as_primitive::<Int64Type>());
            let seconds = seconds.as_primitive::<Int64Type>();
            for (place, run) in runs.into_iter().enumerate() {
                let own = ordered.as_ref().map_or(&[][..], |rows| rows.row(place).data());
                if !groups.contains_key(own) {
                    let cells = Sheet::of(&[keys.slice(place, 1)])?.rows.pop().unwrap_or_default();
                    groups.insert(own.into(), (cells, Counted::of(sums.len())));
                }
                let Some((_, group)) = groups.get_mut(own) else { continue };
                for row in run {
                    group.add(buckets.value(row), rows.value(row));
                    group.seconds += seconds.value(row);
                    for (sum, column) in group.sums.iter_mut().zip(&beside) {
                        *sum += column.as_primitive::<Float64Type>().value(row);
                    }
                }
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let mut sheet = Sheet { is_exact: false, ..Sheet::default() };
        sheet.columns.extend(names.iter().cloned());
        sheet.columns.extend(["n", "mean"].map(str::to_owned));
        sheet.columns.extend(SHARES.map(|(name, _)| name.to_owned()));
        sheet.columns.extend(sums.iter().cloned());
        sheet.rows = groups.into_iter().filter_map(|(_, (key, group))| group.row(key)).collect();
        Ok(sheet)
    }
}

/// Rows of one key that follow each other, and the key of each such run.
fn runs(keys: RecordBatch) -> Result<(Vec<Range<usize>>, RecordBatch)> {
    if keys.num_columns() == 0 {
        let all = Some(0..keys.num_rows()).filter(|run| !run.is_empty());
        return Ok((all.into_iter().collect(), keys));
    }
    let runs = partition(keys.columns())?.ranges();
    let firsts = UInt64Array::from_iter_values(runs.iter().map(|run| run.start as u64));
    Ok((runs, take_record_batch(&keys, &firsts)?))
}

/// Keys as bytes whose order is theirs; `None` without columns.
fn ordered(keys: &RecordBatch) -> Result<Option<Rows>> {
    if keys.num_columns() == 0 {
        return Ok(None);
    }
    let last = SortOptions { descending: false, nulls_first: false };
    let fields = keys.schema_ref().fields().iter();
    let fields = fields.map(|field| SortField::new_with_options(field.data_type().clone(), last)).collect();
    Ok(Some(RowConverter::new(fields)?.convert_columns(keys.columns())?))
}

#[derive(Default)]
struct Counted {
    /// How many there are in each bucket.
    counts: Vec<i64>,
    seconds: i64,
    sums: Vec<f64>,
}

impl Counted {
    fn of(sums: usize) -> Self {
        Self { sums: vec![0.0; sums], ..Self::default() }
    }

    fn add(&mut self, bucket: i64, rows: i64) {
        let bucket = usize::try_from(bucket).unwrap_or(0).min(i16::MAX as usize);
        if self.counts.len() <= bucket {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += rows;
    }

    fn row(self, mut key: Vec<Cell>) -> Option<Vec<Cell>> {
        let count: i64 = self.counts.iter().sum();
        if count <= 0 {
            return None;
        }
        let buckets = (0_i16..).zip(self.counts).filter(|(_, count)| *count != 0);
        let counts: Vec<(i16, i64)> = buckets.collect();
        key.push(Cell::Whole(count));
        key.push(Cell::Real(self.seconds as f64 / count as f64));
        for (_, share) in SHARES {
            key.push(quantile(&counts, share).map_or(Cell::None, Cell::Real));
        }
        key.extend(self.sums.into_iter().map(Cell::Real));
        Some(key)
    }
}

pub(super) fn keys(ask: &Ask, also: &[(&str, &str)], day: &str) -> String {
    let also: String = also.iter().map(|(column, name)| format!("{column} as {name}, ")).collect();
    ask.selected(day) + &also
}

pub(super) fn names(ask: &Ask, also: &[(&str, &str)]) -> Vec<String> {
    let by = ask.by.iter().map(|by| by.word().to_owned());
    by.chain(also.iter().map(|(_, name)| (*name).to_owned())).collect()
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("{name}, ")).collect()
}

pub(super) fn grouped(before: &str, names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("{before} {}", names.join(", ")) }
}
