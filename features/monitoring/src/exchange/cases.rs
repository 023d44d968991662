//! Applications with their events, one after another, in memory that doesn't grow with their number.

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{BinaryArray, Int8Array, Int16Array};
use otklik_lake::{Error, Result, Session};
use otklik_progress::delivery::Texts;
use otklik_progress::exchange::{Step, Told};
use otklik_progress::model::{Channel, Process};

use crate::derive::{self, decode};
use crate::ingest::{text, typed};

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// Hands over each application that fits a condition in SQL over `live_cases`.
///
/// # Errors
/// The lake can't be read, or what takes them fails.
pub async fn each<E: From<Error>>(
    session: &Session,
    condition: &str,
    mut take: impl FnMut(&Told<'_>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let query = format!(
        "select request, service, variant, region, case when body = '' then body_name else body end as body, \
         channel_in, channel_out, trail from live_cases where {condition}"
    );
    let mut rows = session.stream(&query).await?;
    let mut steps: Vec<derive::Step> = Vec::new();
    while let Some(batch) = rows.try_next().await.map_err(Error::from)? {
        let names = ["request", "service", "variant", "body"];
        let [requests, services, variants, bodies] = names.map(|name| text(&batch, name));
        let (requests, services, variants, bodies) = (requests?, services?, variants?, bodies?);
        let regions: &Int16Array = typed(&batch, "region")?;
        let (ins, outs): (&Int8Array, &Int8Array) =
            (typed(&batch, "channel_in")?, typed(&batch, "channel_out")?);
        let trails: &BinaryArray = typed(&batch, "trail")?;
        let mut texts = Texts::default();
        for row in 0..batch.num_rows() {
            steps.clear();
            decode(trails.value(row), |mnemonic| texts.add(mnemonic), &mut steps).ok_or_else(damaged)?;
            let told = Told {
                request: requests.value(row),
                service: services.value(row),
                variant: variants.value(row),
                region: regions.value(row).cast_unsigned(),
                body: bodies.value(row),
                channel_in: Channel::of(ins.value(row).cast_unsigned()),
                channel_out: Channel::of(outs.value(row).cast_unsigned()),
                steps: steps.iter().map(|step| told(step, &texts)).collect::<Result<_>>()?,
            };
            take(&told)?;
        }
    }
    Ok(())
}

fn told<'t>(step: &derive::Step, texts: &'t Texts) -> Result<Step<'t>> {
    Ok(Step {
        process: Process::of(step.process).ok_or_else(damaged)?,
        status: step.status,
        at: step.at * SECOND,
        offset: step.offset,
        mnemonic: texts.get(step.mnemonic),
    })
}

fn damaged() -> Error {
    Error::Damaged("the steps of an application can't be read".to_owned())
}
