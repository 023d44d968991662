//! Columns being filled, and the batches made of them.

use std::mem;
use std::sync::Arc;

use otklik_lake::arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, BooleanBufferBuilder, DictionaryArray, Int8Array, Int16Array,
    Int32Array, Int64Array, LargeStringArray, RecordBatch, StringArray, new_null_array,
};
use otklik_lake::arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use otklik_lake::arrow::datatypes::{DataType, Field, Schema, UInt32Type};
use otklik_lake::{Lake, Result, Table, TableWriter, Written};
use otklik_progress::delivery::{Text, Texts};

use super::digest::{Digest, Parts, add_derived, add_parts};
use super::gather::Given;
use crate::derive::{CODES, Case};

/// Texts one after another.
#[derive(Debug)]
pub struct TextColumn {
    ends: Vec<i32>,
    bytes: Vec<u8>,
}

impl Default for TextColumn {
    fn default() -> Self {
        Self { ends: vec![0], bytes: Vec::new() }
    }
}

impl TextColumn {
    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.end();
    }

    /// Adds bytes that a function appends.
    pub fn push_with(&mut self, append: impl FnOnce(&mut Vec<u8>)) {
        append(&mut self.bytes);
        self.end();
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() - 1
    }

    fn end(&mut self) {
        // Batches are flushed long before their texts reach 2 GiB.
        self.ends.push(i32::try_from(self.bytes.len()).unwrap_or(i32::MAX));
    }

    fn parts(&mut self) -> (OffsetBuffer<i32>, Buffer) {
        // The next batch is about as large: it needn't grow to that again.
        let mut next = Self { ends: Vec::with_capacity(self.ends.len()), bytes: emptied(&self.bytes) };
        next.ends.push(0);
        let Self { ends, bytes } = mem::replace(self, next);
        (OffsetBuffer::new(ScalarBuffer::from(ends)), Buffer::from(bytes))
    }

    /// The texts so far as an array; the column is empty afterwards.
    ///
    /// # Errors
    /// They aren't UTF-8.
    pub fn array(&mut self) -> Result<ArrayRef> {
        let (ends, bytes) = self.parts();
        Ok(Arc::new(StringArray::try_new(ends, bytes, None)?))
    }

    /// The bytes so far as an array; the column is empty afterwards.
    ///
    /// # Errors
    /// There are too many.
    pub fn binary(&mut self) -> Result<ArrayRef> {
        let (ends, bytes) = self.parts();
        Ok(Arc::new(BinaryArray::try_new(ends, bytes, None)?))
    }
}

/// Texts that are given by their numbers in a list, an array of which is made by [`listed`].
#[derive(Debug, Default)]
pub struct WordColumn(Vec<Text>);

impl WordColumn {
    /// Adds a text by its number.
    pub fn push(&mut self, number: Text) {
        self.0.push(number);
    }

    /// The texts so far as an array; the column is empty afterwards.
    ///
    /// # Errors
    /// The list has no such text.
    pub fn array(&mut self, list: &ArrayRef) -> Result<ArrayRef> {
        let next = emptied(&self.0);
        of_list(mem::replace(&mut self.0, next), list)
    }
}

/// Texts by their numbers in a list.
///
/// # Errors
/// The list has no such text.
pub fn of_list(numbers: Vec<Text>, list: &ArrayRef) -> Result<ArrayRef> {
    Ok(Arc::new(DictionaryArray::<UInt32Type>::try_new(numbers.into(), Arc::clone(list))?))
}

/// Texts by their numbers, as an array.
#[must_use]
pub fn listed(texts: &Texts) -> ArrayRef {
    Arc::new(LargeStringArray::from_iter_values(texts.iter()))
}

/// Texts of which one stands in many rows after each other, and is kept once for them.
#[derive(Debug, Default)]
pub struct RunColumn {
    texts: TextColumn,
    rows: Vec<u32>,
}

impl RunColumn {
    /// Adds rows of a text.
    pub fn push(&mut self, text: &str, rows: usize) {
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text);
        self.rows.resize(self.rows.len() + rows, number);
    }

    /// The rows so far as an array; the column is empty afterwards.
    ///
    /// # Errors
    /// The texts aren't UTF-8.
    pub fn array(&mut self) -> Result<ArrayRef> {
        let next = emptied(&self.rows);
        of_list(mem::replace(&mut self.rows, next), &self.texts.array()?)
    }
}

/// Room for as much as there is.
fn emptied<T>(values: &[T]) -> Vec<T> {
    Vec::with_capacity(values.len())
}

macro_rules! arrays {
    ($($name:ident $value:ty => $array:ident),* $(,)?) => {$(
        /// The values so far as an array; the column is empty afterwards.
        pub fn $name(values: &mut Vec<$value>) -> ArrayRef {
            let next = emptied(values);
            Arc::new($array::from(mem::replace(values, next)))
        }
    )*};
}

arrays! {
    longs i64 => Int64Array,
    ints i32 => Int32Array,
    shorts i16 => Int16Array,
    bytes i8 => Int8Array,
    flags bool => BooleanArray,
    some_longs Option<i64> => Int64Array,
    some_ints Option<i32> => Int32Array,
    some_shorts Option<i16> => Int16Array,
    some_bytes Option<i8> => Int8Array,
    some_flags Option<bool> => BooleanArray,
}

/// A batch of a table; texts may be numbers into a list.
///
/// # Errors
/// The arrays aren't the table's.
pub fn batch(table: &Table, arrays: Vec<ArrayRef>) -> Result<RecordBatch> {
    let fields = table.schema().fields().iter().zip(&arrays);
    let fields: Vec<Field> =
        fields.map(|(field, array)| Field::clone(field).with_data_type(array.data_type().clone())).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

/// Takes the rows of a table.
pub trait Sink {
    /// What is made of them.
    type Made: Send;

    /// Takes rows.
    ///
    /// # Errors
    /// They are not the table's, or the disk refuses.
    fn write(&mut self, arrays: Vec<ArrayRef>) -> Result<()>;

    /// What was made, if there were rows.
    ///
    /// # Errors
    /// The disk refuses.
    fn finish(self) -> Result<Option<Self::Made>>;
}

/// A file of a table, made when its first rows come.
pub struct Out<'a> {
    lake: &'a Lake,
    table: &'static Table,
    writer: Option<TableWriter>,
    parts: Parts,
}

/// A written file with the digests of its parts, of tables that have some.
pub struct Filed {
    /// The file.
    pub file: Written,
    /// The digests.
    pub parts: Parts,
}

/// The digest of a derived table in place of its file.
pub struct Digested {
    table: &'static Table,
    digest: Digest,
}

impl<'a> Out<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new(lake: &'a Lake, table: &'static Table) -> Self {
        Self { lake, table, writer: None, parts: Parts::new() }
    }
}

impl Sink for Out<'_> {
    type Made = Filed;

    fn write(&mut self, arrays: Vec<ArrayRef>) -> Result<()> {
        if arrays.first().is_none_or(|array| array.is_empty()) {
            return Ok(());
        }
        add_parts(self.table, &arrays, &mut self.parts)?;
        let batch = batch(self.table, arrays)?;
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => self.writer.insert(TableWriter::new(self.lake, self.table)?),
        };
        writer.write(&batch)
    }

    fn finish(self) -> Result<Option<Filed>> {
        let file = self.writer.map(TableWriter::finish).transpose()?;
        Ok(file.map(|file| Filed { file, parts: self.parts }))
    }
}

impl Digested {
    /// Nothing yet.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        Self { table, digest: Digest::default() }
    }
}

impl Sink for Digested {
    type Made = (&'static str, Digest);

    fn write(&mut self, arrays: Vec<ArrayRef>) -> Result<()> {
        add_derived(self.table, &arrays, &mut self.digest)
    }

    fn finish(self) -> Result<Option<Self::Made>> {
        Ok(Some((self.table.name(), self.digest)))
    }
}

/// Number of seconds that fits a column of 32 bits (68 years).
pub fn short(seconds: i64) -> i32 {
    i32::try_from(seconds).unwrap_or(if seconds < 0 { i32::MIN } else { i32::MAX })
}

/// Rows of `cases`.
#[derive(Default)]
pub struct CaseColumns {
    key: Vec<i64>,
    version: Vec<i64>,
    request: TextColumn,
    known: Vec<bool>,
    service: WordColumn,
    variant: WordColumn,
    channel_in: Vec<i8>,
    channel_out: Vec<i8>,
    mnemonic: WordColumn,
    region: Vec<i16>,
    body: WordColumn,
    body_name: WordColumn,
    sex: Vec<i8>,
    age: Vec<Option<i16>>,
    ogrn: Vec<Option<i64>>,
    given_day: Vec<i32>,
    given_sender: WordColumn,
    given_line: Vec<i32>,
    began: Vec<Option<i64>>,
    began_day: Vec<i32>,
    ended: Vec<Option<i64>>,
    ended_day: Vec<i32>,
    outcome: Vec<i8>,
    events: Vec<i32>,
    last_at: Vec<Option<i64>>,
    last_status: Vec<Option<i16>>,
    last_process: Vec<Option<i8>>,
    total: Vec<Option<i64>>,
    paused: Vec<Option<i64>>,
    is_paused: Vec<bool>,
    is_open_ended: Vec<bool>,
    asked: Vec<i32>,
    answered: Vec<i32>,
    failed: Vec<i32>,
    findings: Vec<i64>,
    norm: Vec<Option<i32>>,
    spent: Vec<Option<i32>>,
    is_within: Vec<Option<bool>>,
    waited: Vec<Option<i64>>,
    called: Vec<Option<i64>>,
    trail: TextColumn,
    first: Moments,
    last: Moments,
}

/// Moments of each status: an application has few of them, so that those it has are kept, with their rows.
struct Moments(Vec<Vec<(usize, i64)>>);

impl Default for Moments {
    fn default() -> Self {
        Self(vec![Vec::new(); CODES.len()])
    }
}

impl Moments {
    /// The columns of so many rows; empty afterwards.
    fn arrays(&mut self, rows: usize) -> impl Iterator<Item = ArrayRef> {
        self.0.iter_mut().map(move |moments| {
            if moments.is_empty() {
                return new_null_array(&DataType::Int64, rows);
            }
            let (mut values, mut known) = (vec![0; rows], BooleanBufferBuilder::new(rows));
            known.append_n(rows, false);
            for (row, at) in moments.drain(..) {
                values[row] = at;
                known.set_bit(row, true);
            }
            Arc::new(Int64Array::new(values.into(), Some(NullBuffer::new(known.finish()))))
        })
    }
}

impl CaseColumns {
    /// Rows so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.key.len()
    }

    /// Adds an application.
    pub fn push(
        &mut self,
        (key, version, request): (u64, i64, &str),
        given: Option<&Given>,
        case: &Case,
        trail: impl FnOnce(&mut Vec<u8>),
    ) {
        // Number 0 is the empty text.
        let of = |text: fn(&Given) -> Text| given.map_or(0, text);
        self.key.push(key.cast_signed());
        self.version.push(version);
        self.request.push(request);
        self.known.push(given.is_some());
        self.service.push(of(|given| given.service));
        self.variant.push(of(|given| given.variant));
        self.mnemonic.push(of(|given| given.mnemonic));
        self.body.push(of(|given| given.body));
        self.body_name.push(of(|given| given.body_name));
        self.given_sender.push(of(|given| given.sender));
        self.channel_in.push(given.map_or(0, |given| given.channel_in.cast_signed()));
        self.channel_out.push(given.map_or(0, |given| given.channel_out.cast_signed()));
        self.region.push(given.map_or(0, |given| given.region.cast_signed()));
        self.sex.push(given.map_or(0, |given| given.sex.cast_signed()));
        self.age.push(given.map(|given| given.age).filter(|age| *age >= 0));
        self.ogrn.push(given.map(|given| given.ogrn).filter(|ogrn| *ogrn != 0));
        self.given_day.push(given.map_or(0, |given| given.day));
        self.given_line.push(given.map_or(0, |given| given.line.cast_signed()));
        self.began.push(case.began);
        self.began_day.push(case.began_day);
        self.ended.push(case.ended);
        self.ended_day.push(case.ended_day);
        self.outcome.push(case.outcome as i8);
        self.events.push(case.events);
        self.last_at.push(case.last.map(|step| step.at));
        self.last_status.push(case.last.map(|step| step.status));
        self.last_process.push(case.last.map(|step| step.process.cast_signed()));
        self.total.push(case.total);
        self.paused.push(case.paused);
        self.is_paused.push(case.is_paused);
        self.is_open_ended.push(case.is_open_ended);
        self.asked.push(case.asked);
        self.answered.push(case.answered);
        self.failed.push(case.failed);
        self.findings.push(case.findings.cast_signed());
        self.norm.push(case.norm);
        self.spent.push(case.spent.map(short));
        self.is_within.push(case.is_within);
        self.waited.push(case.waited);
        self.called.push(case.called);
        self.trail.push_with(trail);
        let row = self.key.len() - 1;
        for place in 0..CODES.len() {
            let (Some(first), last) = (case.first[place], case.last_of[place]) else { continue };
            self.first.0[place].push((row, first));
            self.last.0[place].extend(last.filter(|last| first != *last).map(|last| (row, last)));
        }
    }

    /// The rows so far in the order of the table's columns, with the list of words; the columns are empty afterwards.
    ///
    /// # Errors
    /// A text isn't UTF-8 or not in the list.
    pub fn arrays(&mut self, words: &ArrayRef) -> Result<Vec<ArrayRef>> {
        let rows = self.key.len();
        let mut arrays = vec![
            longs(&mut self.key),
            longs(&mut self.version),
            self.request.array()?,
            flags(&mut self.known),
            self.service.array(words)?,
            self.variant.array(words)?,
            bytes(&mut self.channel_in),
            bytes(&mut self.channel_out),
            self.mnemonic.array(words)?,
            shorts(&mut self.region),
            self.body.array(words)?,
            self.body_name.array(words)?,
            bytes(&mut self.sex),
            some_shorts(&mut self.age),
            some_longs(&mut self.ogrn),
            ints(&mut self.given_day),
            self.given_sender.array(words)?,
            ints(&mut self.given_line),
            some_longs(&mut self.began),
            ints(&mut self.began_day),
            some_longs(&mut self.ended),
            ints(&mut self.ended_day),
            bytes(&mut self.outcome),
            ints(&mut self.events),
            some_longs(&mut self.last_at),
            some_shorts(&mut self.last_status),
            some_bytes(&mut self.last_process),
            some_longs(&mut self.total),
            some_longs(&mut self.paused),
            flags(&mut self.is_paused),
            flags(&mut self.is_open_ended),
            ints(&mut self.asked),
            ints(&mut self.answered),
            ints(&mut self.failed),
            longs(&mut self.findings),
            some_ints(&mut self.norm),
            some_ints(&mut self.spent),
            some_flags(&mut self.is_within),
            some_longs(&mut self.waited),
            some_longs(&mut self.called),
            self.trail.binary()?,
        ];
        for moments in [&mut self.first, &mut self.last] {
            arrays.extend(moments.arrays(rows));
        }
        Ok(arrays)
    }
}
