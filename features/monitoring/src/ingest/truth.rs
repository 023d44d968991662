//! What was delivered, written as it is, and read back for some applications.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use otklik_lake::{Engine, Lake, Look, Result, Session, Snapshot};
use otklik_progress::delivery::{Applications, Delivery, Events, Head, Text, Texts};

use super::book::{Book, Receipt};
use super::columns::{
    Filed, Out, Sink as _, TextColumn, bytes, ints, listed, longs, of_list, shorts, some_flags, some_longs,
    some_shorts,
};
use super::gather::{Part, request_key};
use super::known::{text, typed};
use super::rows::{ApplicationRows, EventRows, SECOND};
use crate::tables;

/// Writes everything of deliveries but their events.
///
/// # Errors
/// The disk refuses.
pub fn write(lake: &Lake, parts: &[Part<'_>], receipts: &[Receipt]) -> Result<Vec<Filed>> {
    let mut outs = [
        Out::new(lake, &tables::DELIVERIES),
        Out::new(lake, &tables::SERVICES),
        Out::new(lake, &tables::APPLICATIONS),
        Out::new(lake, &tables::PAYMENTS),
        Out::new(lake, &tables::RATINGS),
        Out::new(lake, &tables::COMPLAINTS),
    ];
    outs[0].write(deliveries(receipts)?)?;
    for part in parts.iter().filter(|part| part.is_fresh) {
        outs[1].write(services(part)?)?;
        let rows = part.delivery.applications.request.len();
        let list = listed(&part.delivery.texts);
        for from in (0..rows).step_by(65_536) {
            outs[2].write(applications(part, &list, from, rows.min(from + 65_536))?)?;
        }
        outs[3].write(payments(part)?)?;
        outs[4].write(ratings(part)?)?;
        outs[5].write(complaints(part)?)?;
    }
    outs.into_iter().filter_map(|out| out.finish().transpose()).collect()
}

fn texts<'t>(values: impl IntoIterator<Item = &'t str>) -> Result<ArrayRef> {
    let mut column = TextColumn::default();
    values.into_iter().for_each(|value| column.push(value));
    column.array()
}

fn column<T>(values: impl IntoIterator<Item = T>, array: fn(&mut Vec<T>) -> ArrayRef) -> ArrayRef {
    array(&mut values.into_iter().collect())
}

/// The table of receipts.
///
/// # Errors
/// A text isn't UTF-8.
pub fn deliveries(receipts: &[Receipt]) -> Result<Vec<ArrayRef>> {
    let of = |count: fn(&Receipt) -> i64| column(receipts.iter().map(count), longs);
    Ok(vec![
        of(|receipt| receipt.delivery),
        texts(receipts.iter().map(|receipt| receipt.sender.as_str()))?,
        column(receipts.iter().map(|receipt| receipt.day.0), ints),
        column(receipts.iter().map(|receipt| receipt.revision.cast_signed()), ints),
        texts(receipts.iter().map(|receipt| receipt.digest.as_str()))?,
        of(|receipt| receipt.at),
        of(|receipt| receipt.rows.services),
        of(|receipt| receipt.rows.applications),
        of(|receipt| receipt.rows.events),
        of(|receipt| receipt.rows.payments),
        of(|receipt| receipt.rows.ratings),
        of(|receipt| receipt.rows.complaints),
    ])
}

fn services(part: &Part<'_>) -> Result<Vec<ArrayRef>> {
    let rows = &part.delivery.services;
    Ok(vec![
        column(rows.iter().map(|_| part.number), longs),
        texts(rows.iter().map(|row| row.service.as_str()))?,
        texts(rows.iter().map(|row| row.variant.as_str()))?,
        texts(rows.iter().map(|row| row.name.as_str()))?,
        texts(rows.iter().map(|row| row.direction.as_str()))?,
        column(rows.iter().map(|row| row.norm.map(|norm| norm.days.cast_signed())), some_shorts),
        column(rows.iter().map(|row| row.norm.map(|norm| norm.is_working)), some_flags),
        column(rows.iter().map(|row| row.norm.map(|norm| norm.from)), some_shorts),
        column(rows.iter().map(|row| row.norm.map(|norm| norm.to)), some_shorts),
        column(rows.iter().map(|row| row.valid_from.0), ints),
    ])
}

fn applications(part: &Part<'_>, list: &ArrayRef, from: usize, to: usize) -> Result<Vec<ArrayRef>> {
    let rows = &part.delivery.applications;
    let text = |column: &[Text]| of_list(column[from..to].to_vec(), list);
    let small =
        |column: &[u8]| bytes(&mut column[from..to].iter().map(|value| value.cast_signed()).collect());
    Ok(vec![
        longs(&mut vec![part.number; to - from]),
        column(rows.line[from..to].iter().map(|line| line.cast_signed()), ints),
        text(&rows.request)?,
        text(&rows.service)?,
        text(&rows.variant)?,
        text(&rows.topic)?,
        small(&rows.channel_in),
        small(&rows.channel_out),
        text(&rows.mnemonic)?,
        column(rows.region[from..to].iter().map(|region| region.cast_signed()), shorts),
        text(&rows.body)?,
        text(&rows.body_code)?,
        text(&rows.applicant)?,
        small(&rows.sex),
        column(rows.age[from..to].iter().map(|age| (*age >= 0).then_some(*age)), some_shorts),
        column(rows.ogrn[from..to].iter().map(|ogrn| (*ogrn != 0).then_some(*ogrn)), some_longs),
    ])
}

fn told(
    part: &Part<'_>,
    (line, request): (&[u32], &[Text]),
    (at, offset): (&[i64], &[i16]),
    more: Vec<ArrayRef>,
) -> Result<Vec<ArrayRef>> {
    let names = || request.iter().map(|text| part.delivery.texts.get(*text));
    let mut arrays = vec![
        column(request.iter().map(|_| part.number), longs),
        column(line.iter().map(|line| line.cast_signed()), ints),
        texts(names())?,
        column(names().map(|name| request_key(name).cast_signed()), longs),
    ];
    arrays.extend(more);
    arrays.push(column(at.iter().map(|at| at.div_euclid(SECOND)), longs));
    arrays.push(column(offset.iter().copied(), shorts));
    Ok(arrays)
}

fn payments(part: &Part<'_>) -> Result<Vec<ArrayRef>> {
    let rows = &part.delivery.payments;
    let more = vec![column(rows.event.iter().map(|event| event.cast_signed()), bytes)];
    told(part, (&rows.line, &rows.request), (&rows.at, &rows.offset), more)
}

fn ratings(part: &Part<'_>) -> Result<Vec<ArrayRef>> {
    let rows = &part.delivery.ratings;
    let text = |column: &[Text]| texts(column.iter().map(|text| part.delivery.texts.get(*text)));
    let end = |of: fn((i16, i16)) -> i16| column(rows.mark.iter().map(|_| rows.scale.map(of)), some_shorts);
    let more = vec![
        column(rows.mark.iter().copied(), shorts),
        text(&rows.criteria)?,
        text(&rows.comment)?,
        end(|(least, _)| least),
        end(|(_, most)| most),
    ];
    told(part, (&rows.line, &rows.request), (&rows.at, &rows.offset), more)
}

fn complaints(part: &Part<'_>) -> Result<Vec<ArrayRef>> {
    let rows = &part.delivery.complaints;
    let names = texts(rows.complaint.iter().map(|text| part.delivery.texts.get(*text)))?;
    let more = vec![names, column(rows.event.iter().map(|event| event.cast_signed()), bytes)];
    told(part, (&rows.line, &rows.request), (&rows.at, &rows.offset), more)
}

/// A condition that leaves out rows of some deliveries.
#[must_use]
pub fn without(deliveries: &[i64]) -> String {
    if deliveries.is_empty() {
        return "true".to_owned();
    }
    let numbers: Vec<String> = deliveries.iter().map(i64::to_string).collect();
    format!("delivery not in ({})", numbers.join(", "))
}

/// The requests that some deliveries tell of.
///
/// # Errors
/// The lake can't be read.
pub async fn requests_of(engine: &Engine, snapshot: &Snapshot, deliveries: &[i64]) -> Result<Vec<String>> {
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    let tables = [tables::APPLICATIONS.clone(), tables::EVENTS.clone()];
    let session = engine.session(snapshot, &tables, Look::Few)?;
    let numbers: Vec<String> = deliveries.iter().map(i64::to_string).collect();
    let numbers = numbers.join(", ");
    let query = format!(
        "select request from applications where delivery in ({numbers}) \
         union select request from events where delivery in ({numbers})"
    );
    let mut requests = Vec::new();
    for batch in session.rows(&query).await? {
        let texts = text(&batch, "request")?;
        requests.extend((0..batch.num_rows()).map(|row| texts.value(row).to_owned()));
    }
    requests.sort_unstable();
    Ok(requests)
}

/// Which applications to read back.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those of some requests, each named once.
    Requests(&'a [String]),
    /// Those whose request's key has a remainder.
    Bucket {
        /// The remainder.
        bucket: u64,
        /// The divisor.
        of: u64,
    },
}

/// Rows of applications and events of the deliveries that hold, as deliveries.
///
/// # Errors
/// The lake can't be read.
pub async fn recall(
    engine: &Engine,
    snapshot: &Snapshot,
    book: &Book,
    which: Which<'_>,
) -> Result<Vec<(i64, Delivery)>> {
    if matches!(which, Which::Requests([])) {
        return Ok(Vec::new());
    }
    let tables = [tables::APPLICATIONS.clone(), tables::EVENTS.clone()];
    let look = if matches!(which, Which::Requests(_)) { Look::Few } else { Look::Whole };
    let session = engine.session(snapshot, &tables, look)?;
    let join = match which {
        Which::Requests(requests) => {
            register(&session, requests)?;
            "join asked a on a.request = t.request"
        }
        Which::Bucket { .. } => "",
    };
    let fits = |request: &str| match which {
        Which::Requests(_) => true,
        Which::Bucket { bucket, of } => request_key(request) % of == bucket,
    };
    let live = without(&book.dead());
    let mut recalled = Recalled { book, found: BTreeMap::new() };
    let query = format!("select t.* from applications t {join} where {live}");
    let mut rows = session.stream(&query).await?;
    while let Some(batch) = rows.try_next().await? {
        recalled.applications(&batch, fits)?;
    }
    // Of equal moments the first comes first; nothing else about the order of rows matters.
    for place in ["seq = 0", "seq > 0 order by seq"] {
        let query = format!("select t.* from events t {join} where {live} and {place}");
        let mut rows = session.stream(&query).await?;
        while let Some(batch) = rows.try_next().await? {
            recalled.events(&batch, fits)?;
        }
    }
    Ok(recalled.found.into_iter().collect())
}

fn register(session: &Session, requests: &[String]) -> Result<()> {
    let column: ArrayRef = Arc::new(StringArray::from_iter_values(requests));
    session.context().register_batch("asked", RecordBatch::try_from_iter([("request", column)])?)?;
    Ok(())
}

struct Recalled<'a> {
    book: &'a Book,
    found: BTreeMap<i64, Delivery>,
}

impl Recalled<'_> {
    /// The delivery of a number; `None` for one that the book doesn't have, whose rows hold no longer.
    fn delivery(&mut self, number: i64) -> Option<&mut Delivery> {
        let receipt = self.book.live(number)?;
        Some(self.found.entry(number).or_insert_with(|| Delivery {
            head: Head { sender: receipt.sender.clone(), day: receipt.day, revision: receipt.revision },
            digest: [0; 32],
            texts: Texts::default(),
            services: Vec::new(),
            applications: Applications::default(),
            events: Events::default(),
            payments: Default::default(),
            ratings: Default::default(),
            complaints: Default::default(),
        }))
    }

    fn applications(&mut self, batch: &RecordBatch, fits: impl Fn(&str) -> bool) -> Result<()> {
        let numbers: &Int64Array = typed(batch, "delivery")?;
        let rows = ApplicationRows::of(batch)?;
        for row in (0..batch.num_rows()).filter(|&row| fits(rows.request(row))) {
            let Some(delivery) = self.delivery(numbers.value(row)) else { continue };
            rows.add(row, rows.line(row), delivery);
        }
        Ok(())
    }

    fn events(&mut self, batch: &RecordBatch, fits: impl Fn(&str) -> bool) -> Result<()> {
        let numbers: &Int64Array = typed(batch, "delivery")?;
        let rows = EventRows::of(batch)?;
        for row in (0..batch.num_rows()).filter(|&row| fits(rows.request(row))) {
            let Some(delivery) = self.delivery(numbers.value(row)) else { continue };
            rows.add(row, delivery);
        }
        Ok(())
    }
}
