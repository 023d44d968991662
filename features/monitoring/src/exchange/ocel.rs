//! OCEL 2.0 out: applications, interagency requests, fees, complaints, services, bodies.

use std::io::Write;

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch};
use otklik_lake::{Error, Session};
use otklik_progress::exchange::{Fee, OcelOut};
use otklik_progress::model::Status;
use otklik_progress::reference::Reference;

use super::cases::each;
use super::{ExchangeError, Exchanged};
use crate::ingest::{text, typed};

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// Writes the applications that fit a condition over `live_cases` as an OCEL log.
///
/// # Errors
/// The lake can't be read or the log not written.
pub async fn ocel<W: Write>(
    session: &Session,
    condition: &str,
    reference: &Reference,
    out: W,
) -> Result<Exchanged, ExchangeError> {
    let mut writer = OcelOut::new(out, reference)?;
    let mut done = Exchanged::default();
    let services = format!(
        "select c.service as id, coalesce(max(s.name), '') as name from live_cases c left join live_services s \
         on s.service = c.service where {condition} and c.service <> '' group by c.service order by c.service",
        condition = of_cases(condition)
    );
    pairs(session, &services, |id, name| Ok(writer.service(id, name)?)).await?;
    let bodies = format!(
        "select case when c.body = '' then c.body_name else c.body end as id, max(c.body_name) as name \
         from live_cases c where {condition} and (c.body <> '' or c.body_name <> '') \
         group by case when c.body = '' then c.body_name else c.body end order by 1",
        condition = of_cases(condition)
    );
    pairs(session, &bodies, |id, name| Ok(writer.body(id, name)?)).await?;
    each(session, condition, |told| {
        done.cases += 1;
        writer.application(told).map_err(ExchangeError::from)
    })
    .await?;
    let about = |table: &str, columns: &str| {
        let condition = of_cases(condition);
        format!(
            "select {columns} from {table} e join live_cases c on c.request = e.request where {condition}"
        )
    };
    let payments = about("live_payments", "distinct e.request as id, '' as name");
    pairs(session, &payments, |request, _| Ok(writer.payment(request)?)).await?;
    let complaints = about("live_complaints", "distinct e.request as id, e.complaint as name");
    pairs(session, &complaints, |request, complaint| Ok(writer.complaint(request, complaint)?)).await?;

    each(session, condition, |told| {
        done.events += told.steps.iter().filter(|step| Status(step.status).is_event()).count() as u64;
        writer.events(told).map_err(ExchangeError::from)
    })
    .await?;
    let columns = "e.request, e.delivery, e.line, e.at, e.offset";
    let payments = about("live_payments", &format!("{columns}, e.event, '' as complaint"));
    done.events += told(session, &payments, "fee", |fee, _| Ok(writer.payment_event(fee)?)).await?;
    let complaints = about("live_complaints", &format!("{columns}, e.event, e.complaint"));
    done.events +=
        told(session, &complaints, "complaint", |fee, complaint| Ok(writer.complaint_event(complaint, fee)?))
            .await?;
    let ratings = about("live_ratings", &format!("{columns}, e.mark"));
    let mut rows = session.stream(&ratings).await?;
    while let Some(batch) = rows.try_next().await.map_err(Error::from)? {
        let marks: &Int16Array = typed(&batch, "mark")?;
        done.events += batch.num_rows() as u64;
        of_batch(&batch, "rating", |row, fee| {
            Ok(writer.rating(&Fee { event: 1, ..*fee }, marks.value(row))?)
        })?;
    }
    writer.finish()?;
    Ok(done)
}

/// A condition over `live_cases` where the table has the name `c`.
fn of_cases(condition: &str) -> String {
    format!("c.request_key in (select request_key from live_cases where {condition})")
}

async fn pairs(
    session: &Session,
    query: &str,
    mut take: impl FnMut(&str, &str) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let mut rows = session.stream(query).await?;
    while let Some(batch) = rows.try_next().await.map_err(Error::from)? {
        let (ids, names) = (text(&batch, "id")?, text(&batch, "name")?);
        (0..batch.num_rows()).try_for_each(|row| take(ids.value(row), names.value(row)))?;
    }
    Ok(())
}

/// Events of fees or complaints; how many.
async fn told(
    session: &Session,
    query: &str,
    kind: &str,
    mut take: impl FnMut(&Fee<'_>, &str) -> Result<(), ExchangeError>,
) -> Result<u64, ExchangeError> {
    let mut rows = session.stream(query).await?;
    let mut count = 0;
    while let Some(batch) = rows.try_next().await.map_err(Error::from)? {
        let events: &Int8Array = typed(&batch, "event")?;
        let complaints = text(&batch, "complaint")?;
        of_batch(&batch, kind, |row, fee| {
            take(&Fee { event: events.value(row).cast_unsigned(), ..*fee }, complaints.value(row))
        })?;
        count += batch.num_rows() as u64;
    }
    Ok(count)
}

/// What all of these tables have; the event is left open.
fn of_batch(
    batch: &RecordBatch,
    kind: &str,
    mut take: impl FnMut(usize, &Fee<'_>) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let requests = text(batch, "request")?;
    let (deliveries, ats): (&Int64Array, &Int64Array) = (typed(batch, "delivery")?, typed(batch, "at")?);
    let lines: &Int32Array = typed(batch, "line")?;
    let offsets: &Int16Array = typed(batch, "offset")?;
    (0..batch.num_rows()).try_for_each(|row| {
        let id = format!("{kind}/{}/{}", deliveries.value(row), lines.value(row));
        let fee = Fee {
            id: &id,
            request: requests.value(row),
            event: 0,
            at: ats.value(row) * SECOND,
            offset: offsets.value(row),
        };
        take(row, &fee)
    })
}
