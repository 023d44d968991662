//! What the lake holds already of applications at hand.

use std::slice;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch,
    StringArray,
};
use otklik_lake::arrow::compute::{cast, filter_record_batch};
use otklik_lake::arrow::datatypes::DataType;
use otklik_lake::{Engine, Error, Look, Result, Snapshot};
use otklik_progress::delivery::Texts;

use super::ImportError;
use super::gather::{Collision, Gathered, Given, Keyed};
use super::sums::Counted;
use crate::derive::{Step, decode};
use crate::tables;

/// Up to so many applications are picked out of the lake; of more all rows are read.
const FEW: usize = 20_000;

const COLUMNS: &str = "c.request_key, c.version, c.request, c.known, c.service, c.variant, c.channel_in, \
    c.channel_out, c.mnemonic, c.region, c.body, c.body_name, c.sex, c.age, c.ogrn, c.given_day, c.given_sender, \
    c.given_line, c.began_day, c.ended_day, c.outcome, c.asked, c.answered, c.failed, c.findings, c.is_within, \
    c.total, c.paused, c.trail";

/// An application as the lake holds it.
#[derive(Clone, Debug)]
pub struct Old {
    /// The version of its row.
    pub version: i64,
    /// What holds of what was said of it; `None` when only events came.
    pub given: Option<Given>,
    /// What it adds to sums.
    pub counted: Counted,
    /// The moment of its last step.
    pub last: i64,
    /// Where its trail is among all of them.
    trail: (usize, u32),
}

/// What the lake holds of applications at hand. There can be millions: nothing in it is an allocation of its own.
#[derive(Debug, Default)]
pub struct Olds {
    /// Places in `rows` by the places of applications; empty when none is known.
    rows_of: Vec<u32>,
    rows: Vec<Old>,
    trails: Vec<u8>,
}

const NONE: u32 = u32::MAX;

impl Olds {
    /// An application by its place among those at hand.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&Old> {
        self.rows.get(*self.rows_of.get(place)? as usize)
    }

    /// Adds the steps of an application to `steps`; `words` are those that it was read with.
    pub fn steps(&self, old: &Old, words: &Texts, steps: &mut Vec<Step>) {
        let (from, length) = old.trail;
        // It was decoded when it was read.
        let _ =
            decode(&self.trails[from..from + length as usize], |text| words.find(text).unwrap_or(0), steps);
    }

    /// Reads those applications at hand, from a place on, that a snapshot holds. Memory grows with those found, not
    /// with the lake.
    ///
    /// # Errors
    /// The lake can't be read, or it has another number of the same key.
    pub async fn read(
        &mut self,
        engine: &Engine,
        snapshot: &Snapshot,
        gathered: &mut Gathered<'_>,
        first: usize,
    ) -> std::result::Result<(), ImportError> {
        if snapshot.rows(tables::CASES.name()) == 0 || gathered.apps.len() == first {
            return Ok(());
        }
        let is_wanted = |gathered: &Gathered<'_>, key: i64| {
            gathered.index.get(&key.cast_unsigned()).is_some_and(|place| *place as usize >= first)
        };
        let session = engine.session(snapshot, slice::from_ref(&tables::CASES), Look::Whole)?;
        let mut rows = session.stream("select request_key from cases").await?;
        let mut found: Vec<i64> = Vec::new();
        while let Some(batch) = rows.try_next().await.map_err(Error::from)? {
            let keys: &Int64Array = typed(&batch, "request_key")?;
            found.extend(keys.values().iter().filter(|key| is_wanted(gathered, **key)));
        }
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            return Ok(());
        }
        self.rows_of.resize(gathered.apps.len(), NONE);
        self.rows.reserve_exact(found.len());
        let mut rows = if found.len() < FEW {
            let session = engine.session(snapshot, slice::from_ref(&tables::CASES), Look::Few)?;
            let keys: ArrayRef = Arc::new(Int64Array::from(found));
            let keys = RecordBatch::try_from_iter([("request_key", keys)]).map_err(Error::from)?;
            session.context().register_batch("hits", keys).map_err(Error::from)?;
            let query = format!("select {COLUMNS} from hits h join cases c on c.request_key = h.request_key");
            session.stream(&query).await?
        } else {
            drop(found);
            session.stream(&format!("select {COLUMNS} from cases c")).await?
        };
        while let Some(batch) = rows.try_next().await.map_err(Error::from)? {
            let keys: &Int64Array = typed(&batch, "request_key")?;
            let wanted = keys.values().iter().map(|key| Some(is_wanted(gathered, *key)));
            let wanted = BooleanArray::from_iter(wanted);
            if wanted.true_count() > 0 {
                self.take(&filter_record_batch(&batch, &wanted).map_err(Error::from)?, gathered)?;
            }
        }
        Ok(self.forget_gone(engine, snapshot, &gathered.index).await?)
    }

    /// Leaves out applications of which nothing holds any more: their last row was taken away and none came instead.
    async fn forget_gone(&mut self, engine: &Engine, snapshot: &Snapshot, places: &Keyed<u32>) -> Result<()> {
        if snapshot.rows(tables::CASES_GONE.name()) == 0 {
            return Ok(());
        }
        let session = engine.session(snapshot, slice::from_ref(&tables::CASES_GONE), Look::Whole)?;
        let mut rows = session.stream("select request_key, version from cases_gone").await?;
        while let Some(batch) = rows.try_next().await? {
            let (keys, versions): (&Int64Array, &Int64Array) =
                (typed(&batch, "request_key")?, typed(&batch, "version")?);
            for (key, version) in keys.values().iter().zip(versions.values()) {
                let Some(place) = places.get(&key.cast_unsigned()) else { continue };
                if self.get(*place as usize).is_some_and(|old| old.version < *version) {
                    self.rows_of[*place as usize] = NONE;
                }
            }
        }
        Ok(())
    }

    /// Takes rows of applications at hand; of several of one application the last version holds.
    fn take(
        &mut self,
        batch: &RecordBatch,
        gathered: &mut Gathered<'_>,
    ) -> std::result::Result<(), ImportError> {
        let keys: &Int64Array = typed(batch, "request_key")?;
        let versions: &Int64Array = typed(batch, "version")?;
        let texts = |name| text(batch, name);
        let (requests, services, variants) = (texts("request")?, texts("service")?, texts("variant")?);
        let (mnemonics, bodies, names) = (texts("mnemonic")?, texts("body")?, texts("body_name")?);
        let senders = texts("given_sender")?;
        let is_known: &BooleanArray = typed(batch, "known")?;
        let (ins, outs): (&Int8Array, &Int8Array) =
            (typed(batch, "channel_in")?, typed(batch, "channel_out")?);
        let regions: &Int16Array = typed(batch, "region")?;
        let sexes: &Int8Array = typed(batch, "sex")?;
        let ages: &Int16Array = typed(batch, "age")?;
        let ogrns: &Int64Array = typed(batch, "ogrn")?;
        let days: &Int32Array = typed(batch, "given_day")?;
        let lines: &Int32Array = typed(batch, "given_line")?;
        let trails = cast(column(batch, "trail")?, &DataType::Binary).map_err(Error::from)?;
        let trails: &BinaryArray = trails.as_any().downcast_ref().ok_or_else(|| wrong("trail"))?;
        let counted = Counted::columns(batch)?;
        let mut steps = Vec::new();
        for row in 0..batch.num_rows() {
            let Some(&place) = gathered.index.get(&keys.value(row).cast_unsigned()) else { continue };
            let (place, request) = (place as usize, requests.value(row));
            let app = &gathered.apps[place];
            if Texts::hash(request) != app.check {
                return Err(Collision(request.to_owned(), gathered.request(app).to_owned()).into());
            }
            let version = versions.value(row);
            if self.get(place).is_some_and(|old| old.version > version) {
                continue;
            }
            let words = &mut gathered.words;
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
            let trail = trails.value(row);
            steps.clear();
            let length = u32::try_from(trail.len()).ok();
            let length = length.filter(|_| decode(trail, |text| words.add(text), &mut steps).is_some());
            let length = length.ok_or_else(|| Error::Damaged(format!("the trail of {request} is none")))?;
            let last = steps.last().map_or(i64::MIN, |step| step.at);
            let trail_at = (self.trails.len(), length);
            self.trails.extend_from_slice(trail);
            let old = Old { version, given, counted: counted.get(row, &steps), last, trail: trail_at };
            match self.rows_of[place] {
                NONE => {
                    self.rows_of[place] = u32::try_from(self.rows.len()).unwrap_or(NONE);
                    self.rows.push(old);
                }
                known => self.rows[known as usize] = old,
            }
        }
        Ok(())
    }
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
