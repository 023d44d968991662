//! The daily data of a sender from what the lake holds, in the one canonical form.

use std::path::Path;

use futures_util::TryStreamExt as _;
use otklik_kernel::CivilDay;
use otklik_lake::arrow::array::{
    Array as _, BooleanArray, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch,
};
use otklik_lake::{Error, Result, Session};
use otklik_progress::delivery::{
    Applications, Complaints, Delivery, Events, Head, Norm, Payments, Ratings, Service, Texts,
};
use otklik_progress::print;
use otklik_progress::reference::Reference;

use super::ExchangeError;
use crate::ingest::rows::{ApplicationRows, EventRows, SECOND, line};
use crate::ingest::{Receipt, text, typed};

/// How a day is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A package of files.
    Package,
    /// One file with a row for each application.
    Wide,
}

/// What the lake holds of a delivery; `live` views must be registered. Rows are in an order that follows from the
/// data alone, so that the same data give the same bytes. For the wide form each application of the day has a row,
/// also where an earlier day told of it.
///
/// # Errors
/// The lake can't be read.
pub async fn daily(session: &Session, receipt: &Receipt, layout: Layout) -> Result<Delivery> {
    let mut delivery = Delivery {
        head: Head { sender: receipt.sender.clone(), day: receipt.day, revision: receipt.revision },
        digest: [0; 32],
        texts: Texts::default(),
        services: Vec::new(),
        applications: Applications::default(),
        events: Events::default(),
        payments: Payments::default(),
        ratings: Ratings::default(),
        complaints: Complaints::default(),
    };
    let of = |table: &str, order: &str| {
        format!("select * from live_{table} where delivery = {} order by {order}", receipt.delivery)
    };
    delivery.services = services_of(session, receipt).await?;
    let applications_of = match layout {
        Layout::Package => of("applications", "line"),
        Layout::Wide => every_application(receipt.delivery),
    };
    each(session, &applications_of, |batch| applications(batch, &mut delivery)).await?;
    let by_moment = "at, request, seq, process, status, item, mnemonic";
    each(session, &of("events", by_moment), |batch| events(batch, &mut delivery)).await?;
    each(session, &of("payments", "at, request, event, line"), |batch| payments(batch, &mut delivery))
        .await?;
    each(session, &of("ratings", "at, request, line"), |batch| ratings(batch, &mut delivery)).await?;
    each(session, &of("complaints", "at, request, complaint, event, line"), |batch| {
        complaints(batch, &mut delivery)
    })
    .await?;
    Ok(delivery)
}

/// The services that a delivery told of; `live` views must be registered.
///
/// # Errors
/// The lake can't be read.
pub async fn services_of(session: &Session, receipt: &Receipt) -> Result<Vec<Service>> {
    let query = format!(
        "select * from live_services where delivery = {} order by service, variant, valid_from",
        receipt.delivery
    );
    let mut all = Vec::new();
    each(session, &query, |batch| services(batch, &mut all)).await?;
    Ok(all)
}

/// The latest row of each application that the delivery tells something of.
fn every_application(delivery: i64) -> String {
    let told = ["applications", "events", "payments", "ratings", "complaints"]
        .map(|table| format!("select request from live_{table} where delivery = {delivery}"))
        .join(" union ");
    format!(
        "select * from (select a.*, row_number() over (partition by a.request order by \
         a.delivery = {delivery} desc, d.day desc, d.sender, a.line desc) as place \
         from live_applications a join deliveries d on d.delivery = a.delivery \
         where a.request in ({told})) where place = 1 order by request"
    )
}

/// Writes a day: a folder or an archive (`.zip`) for a package, a file for the wide form. What the form has no place
/// for is told.
///
/// # Errors
/// It can't be written, or the day has no wide form.
pub fn written(
    delivery: &Delivery,
    layout: Layout,
    reference: &Reference,
    out: &Path,
) -> std::result::Result<print::Lost, ExchangeError> {
    if layout == Layout::Wide {
        let wide = print::wide(delivery, reference)?;
        std::fs::write(out, wide.bytes)?;
        return Ok(wide.lost);
    }
    let files = print::package(delivery, reference);
    if out.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip")) {
        let bytes = print::archive(&files).map_err(|error| ExchangeError::Archive(error.to_string()))?;
        std::fs::write(out, bytes)?;
    } else {
        std::fs::create_dir_all(out)?;
        files.iter().try_for_each(|file| std::fs::write(out.join(file.name), &file.bytes))?;
    }
    Ok(print::Lost::default())
}

async fn each(
    session: &Session,
    query: &str,
    mut take: impl FnMut(&RecordBatch) -> Result<()>,
) -> Result<()> {
    let mut rows = session.stream(query).await?;
    while let Some(batch) = rows.try_next().await.map_err(Error::from)? {
        take(&batch)?;
    }
    Ok(())
}

fn services(batch: &RecordBatch, to: &mut Vec<Service>) -> Result<()> {
    let [services, variants, names, directions] =
        ["service", "variant", "name", "direction"].map(|name| text(batch, name));
    let (services, variants, names, directions) = (services?, variants?, names?, directions?);
    let days: &Int16Array = typed(batch, "norm_days")?;
    let is_working: &BooleanArray = typed(batch, "norm_working")?;
    let (from, until): (&Int16Array, &Int16Array) = (typed(batch, "norm_from")?, typed(batch, "norm_to")?);
    let since: &Int32Array = typed(batch, "valid_from")?;
    for row in 0..batch.num_rows() {
        let norm = (!days.is_null(row)).then(|| Norm {
            days: days.value(row).cast_unsigned(),
            is_working: is_working.value(row),
            from: from.value(row),
            to: until.value(row),
        });
        to.push(Service {
            service: services.value(row).to_owned(),
            variant: variants.value(row).to_owned(),
            name: names.value(row).to_owned(),
            direction: directions.value(row).to_owned(),
            norm,
            valid_from: CivilDay(since.value(row)),
        });
    }
    Ok(())
}

fn applications(batch: &RecordBatch, delivery: &mut Delivery) -> Result<()> {
    let rows = ApplicationRows::of(batch)?;
    for row in 0..batch.num_rows() {
        rows.add(row, line(delivery.applications.request.len()), delivery);
    }
    Ok(())
}

fn events(batch: &RecordBatch, delivery: &mut Delivery) -> Result<()> {
    let rows = EventRows::of(batch)?;
    (0..batch.num_rows()).for_each(|row| rows.add(row, delivery));
    Ok(())
}

fn payments(batch: &RecordBatch, delivery: &mut Delivery) -> Result<()> {
    let requests = text(batch, "request")?;
    let kinds: &Int8Array = typed(batch, "event")?;
    let ats: &Int64Array = typed(batch, "at")?;
    let offsets: &Int16Array = typed(batch, "offset")?;
    for row in 0..batch.num_rows() {
        let (texts, to) = (&mut delivery.texts, &mut delivery.payments);
        to.line.push(line(to.request.len()));
        to.request.push(texts.add(requests.value(row)));
        to.event.push(kinds.value(row).cast_unsigned());
        to.at.push(ats.value(row) * SECOND);
        to.offset.push(offsets.value(row));
    }
    Ok(())
}

fn ratings(batch: &RecordBatch, delivery: &mut Delivery) -> Result<()> {
    let [requests, criteria, comments] = ["request", "criteria", "comment"].map(|name| text(batch, name));
    let (requests, criteria, comments) = (requests?, criteria?, comments?);
    let (marks, offsets): (&Int16Array, &Int16Array) = (typed(batch, "mark")?, typed(batch, "offset")?);
    let ats: &Int64Array = typed(batch, "at")?;
    for row in 0..batch.num_rows() {
        let (texts, to) = (&mut delivery.texts, &mut delivery.ratings);
        to.line.push(line(to.request.len()));
        to.request.push(texts.add(requests.value(row)));
        to.at.push(ats.value(row) * SECOND);
        to.offset.push(offsets.value(row));
        to.mark.push(marks.value(row));
        to.criteria.push(texts.add(criteria.value(row)));
        to.comment.push(texts.add(comments.value(row)));
    }
    Ok(())
}

fn complaints(batch: &RecordBatch, delivery: &mut Delivery) -> Result<()> {
    let (requests, numbers) = (text(batch, "request")?, text(batch, "complaint")?);
    let kinds: &Int8Array = typed(batch, "event")?;
    let ats: &Int64Array = typed(batch, "at")?;
    let offsets: &Int16Array = typed(batch, "offset")?;
    for row in 0..batch.num_rows() {
        let (texts, to) = (&mut delivery.texts, &mut delivery.complaints);
        to.line.push(line(to.request.len()));
        to.request.push(texts.add(requests.value(row)));
        to.complaint.push(texts.add(numbers.value(row)));
        to.event.push(kinds.value(row).cast_unsigned());
        to.at.push(ats.value(row) * SECOND);
        to.offset.push(offsets.value(row));
    }
    Ok(())
}
