//! What the lake holds already of applications at hand.

use std::slice;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{
    Array, BinaryArray, BooleanArray, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use otklik_lake::arrow::compute::cast;
use otklik_lake::arrow::datatypes::{DataType, Field, Schema};
use otklik_lake::{Engine, Error, Look, Result, Snapshot};
use otklik_progress::delivery::Texts;

use super::gather::{Given, Keyed};
use super::sums::Counted;
use crate::derive::{Step, decode};
use crate::tables;

/// An application as the lake holds it.
#[derive(Clone, Debug)]
pub struct Old {
    /// The number of its request.
    pub request: String,
    /// The version of its row.
    pub version: i64,
    /// What holds of what was said of it; `None` when only events came.
    pub given: Option<Given>,
    /// What it adds to sums.
    pub counted: Counted,
    /// Its steps.
    pub steps: Vec<Step>,
}

const COLUMNS: &str = "c.request_key, c.version, c.request, c.known, c.service, c.variant, c.channel_in, \
    c.channel_out, c.mnemonic, c.region, c.body, c.body_name, c.sex, c.age, c.ogrn, c.given_day, c.given_sender, \
    c.given_line, c.began_day, c.ended_day, c.outcome, c.asked, c.answered, c.failed, c.findings, c.is_within, \
    c.total, c.paused, c.waited, c.trail";

/// The applications among `keys` that a snapshot holds. Memory grows with those found, not with the lake.
///
/// # Errors
/// The lake can't be read.
pub async fn known<T: Sync>(
    engine: &Engine,
    snapshot: &Snapshot,
    keys: &Keyed<T>,
    words: &mut Texts,
) -> Result<Keyed<Old>> {
    if snapshot.rows(tables::CASES.name()) == 0 || keys.is_empty() {
        return Ok(Keyed::default());
    }
    let session = engine.session(snapshot, slice::from_ref(&tables::CASES), Look::Whole)?;
    let mut rows = session.stream("select request_key from cases").await?;
    let mut found = Keyed::<()>::default();
    while let Some(batch) = rows.try_next().await? {
        let column: &Int64Array = typed(&batch, "request_key")?;
        let hits = column.values().iter().map(|key| key.cast_unsigned()).filter(|key| keys.contains_key(key));
        found.extend(hits.map(|key| (key, ())));
    }
    let found: Vec<i64> = found.into_keys().map(u64::cast_signed).collect();
    let mut known = rows_of(engine, snapshot, found, words).await?;
    forget_gone(engine, snapshot, &mut known).await?;
    Ok(known)
}

/// Leaves out applications of which nothing holds any more: their last row was taken away and none came instead.
async fn forget_gone(engine: &Engine, snapshot: &Snapshot, known: &mut Keyed<Old>) -> Result<()> {
    if snapshot.rows(tables::CASES_GONE.name()) == 0 || known.is_empty() {
        return Ok(());
    }
    let session = engine.session(snapshot, slice::from_ref(&tables::CASES_GONE), Look::Whole)?;
    let mut rows = session.stream("select request_key, version from cases_gone").await?;
    while let Some(batch) = rows.try_next().await? {
        let (keys, versions): (&Int64Array, &Int64Array) =
            (typed(&batch, "request_key")?, typed(&batch, "version")?);
        for (key, version) in keys.values().iter().zip(versions.values()) {
            let key = key.cast_unsigned();
            if known.get(&key).is_some_and(|old| old.version < *version) {
                known.remove(&key);
            }
        }
    }
    Ok(())
}

/// The applications of some keys.
async fn rows_of(
    engine: &Engine,
    snapshot: &Snapshot,
    keys: Vec<i64>,
    words: &mut Texts,
) -> Result<Keyed<Old>> {
    let mut known = Keyed::<Old>::default();
    if keys.is_empty() {
        return Ok(known);
    }
    let look = if keys.len() < 20_000 { Look::Few } else { Look::Whole };
    let session = engine.session(snapshot, slice::from_ref(&tables::CASES), look)?;
    let schema = Schema::new(vec![Field::new("request_key", DataType::Int64, false)]);
    let batch = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(Int64Array::from(keys))])?;
    session.context().register_batch("hits", batch)?;
    let query = format!("select {COLUMNS} from hits h join cases c on c.request_key = h.request_key");
    let mut rows = session.stream(&query).await?;
    while let Some(batch) = rows.try_next().await? {
        take(&batch, words, &mut known)?;
    }
    Ok(known)
}

fn take(batch: &RecordBatch, words: &mut Texts, known: &mut Keyed<Old>) -> Result<()> {
    let keys: &Int64Array = typed(batch, "request_key")?;
    let versions: &Int64Array = typed(batch, "version")?;
    let texts = |name| text(batch, name);
    let (requests, services, variants) = (texts("request")?, texts("service")?, texts("variant")?);
    let (mnemonics, bodies, names) = (texts("mnemonic")?, texts("body")?, texts("body_name")?);
    let senders = texts("given_sender")?;
    let is_known: &BooleanArray = typed(batch, "known")?;
    let (ins, outs): (&Int8Array, &Int8Array) = (typed(batch, "channel_in")?, typed(batch, "channel_out")?);
    let regions: &Int16Array = typed(batch, "region")?;
    let sexes: &Int8Array = typed(batch, "sex")?;
    let ages: &Int16Array = typed(batch, "age")?;
    let ogrns: &Int64Array = typed(batch, "ogrn")?;
    let days: &Int32Array = typed(batch, "given_day")?;
    let lines: &Int32Array = typed(batch, "given_line")?;
    let trails = cast(column(batch, "trail")?, &DataType::Binary)?;
    let trails: &BinaryArray = trails.as_any().downcast_ref().ok_or_else(|| wrong("trail"))?;
    let counted = Counted::columns(batch)?;
    for row in 0..batch.num_rows() {
        let key = keys.value(row).cast_unsigned();
        let version = versions.value(row);
        if known.get(&key).is_some_and(|old| old.version > version) {
            continue;
        }
        let given = is_known.value(row).then(|| Given {
            day: days.value(row),
            sender: words.add(senders.value(row)),
            line: lines.value(row).cast_unsigned(),
            service: words.add(services.value(row)),
            variant: words.add(variants.value(row)),
            body: words.add(bodies.value(row)),
            body_name: words.add(names.value(row)),
            mnemonic: words.add(mnemonics.value(row)),
            region: regions.value(row).cast_unsigned(),
            channel_in: ins.value(row).cast_unsigned(),
            channel_out: outs.value(row).cast_unsigned(),
            sex: sexes.value(row).cast_unsigned(),
            age: if ages.is_null(row) { -1 } else { ages.value(row) },
            ogrn: if ogrns.is_null(row) { 0 } else { ogrns.value(row) },
        });
        let mut steps = Vec::new();
        decode(trails.value(row), |text| words.add(text), &mut steps)
            .ok_or_else(|| Error::Damaged(format!("the trail of {} is none", requests.value(row))))?;
        let old =
            Old { request: requests.value(row).to_owned(), version, given, counted: counted.get(row), steps };
        known.insert(key, old);
    }
    Ok(())
}

/// A column by its name.
pub fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Arc<dyn Array>> {
    batch.column_by_name(name).ok_or_else(|| wrong(name))
}

/// A column of a known type.
pub fn typed<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a T> {
    column(batch, name)?.as_any().downcast_ref().ok_or_else(|| wrong(name))
}

/// A column of texts.
pub fn text(batch: &RecordBatch, name: &str) -> Result<StringArray> {
    let texts = cast(column(batch, name)?, &DataType::Utf8)?;
    texts.as_any().downcast_ref::<StringArray>().cloned().ok_or_else(|| wrong(name))
}

fn wrong(name: &str) -> Error {
    Error::Damaged(format!("the column {name} is missing or of another type"))
}
