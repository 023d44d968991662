//! The time between two statuses without what was suspended of it (MON-13, MON-15).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{ArrayRef, AsArray as _, Int64Array, RecordBatch};
use otklik_lake::arrow::compute::cast;
use otklik_lake::arrow::datatypes::DataType;
use otklik_lake::{Error, Result, Session};
use otklik_progress::reference::Role;

use super::durations::{ACTIVE, between, later, with_moments};
use super::percentiles::Of;
use super::{Allowed, Answers, Ask, Sheet};
use crate::derive::{decode, suspended};
use crate::ingest::typed;

/// Names of tables beside a session, each of its own.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A table that stands beside those of a session for as long as a question needs it.
struct Beside<'a> {
    session: &'a Session,
    name: String,
}

impl<'a> Beside<'a> {
    fn add(session: &'a Session, rows: RecordBatch) -> Result<Self> {
        let name = format!("suspended_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        session.context().register_batch(&name, rows)?;
        Ok(Self { session, name })
    }
}

impl Drop for Beside<'_> {
    fn drop(&mut self) {
        // It is there, and nobody else knows its name.
        let _ = self.session.context().deregister_table(&self.name);
    }
}

impl Answers {
    /// The spread of [`Answers::between`] without suspension. How long an application was suspended between two moments
    /// only its steps tell: those of the applications that were suspended at all are looked through.
    pub(super) async fn active(&self, ask: &Ask, allowed: &Allowed, from: i16, to: i16) -> Result<Sheet> {
        let (by, condition, exact) = (ask.names(), ask.condition(allowed, "began_day"), self.exact);
        let key = format!("active {from} {to} {by} {condition} {exact}");
        self.once(&key, async || {
            let beside = Beside::add(&self.session, self.suspended(ask, allowed, from, to).await?)?;
            let cases = with_moments(from, to);
            let table = format!("{cases} left join {} on suspended_key = request_key", beside.name);
            let value = format!("({} - coalesce(suspended, 0))", between(from, to));
            let of = Of {
                table: &table,
                values: &[(&value, &ACTIVE)],
                day: "began_day",
                also: &[],
                only: &format!("known and {value} is not null"),
                sums: &[],
                kept: None,
            };
            // Nobody can ask for the same table a second time.
            let alone = Self { kept: Arc::default(), past: Arc::default(), ..self.clone() };
            alone.spread(ask, allowed, &of).await
        })
        .await
    }

    /// Rows of `suspended_key` and `suspended`: seconds, where there are any.
    async fn suspended(&self, ask: &Ask, allowed: &Allowed, from: i16, to: i16) -> Result<RecordBatch> {
        let stops = self.rules.reference().roles.statuses(Role::Suspends).iter();
        let stops = stops.map(|status| format!("first_{status} is not null"));
        let stops = std::iter::once("false".to_owned()).chain(stops).collect::<Vec<_>>().join(" or ");
        let query = format!(
            "select request_key, trail, first_{from} as since, {} as until from {} \
             where known and {} and {} is not null and ({stops})",
            later(from, to),
            with_moments(from, to),
            ask.condition(allowed, "began_day"),
            between(from, to)
        );
        let (mut keys, mut seconds, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        let mut batches = self.session.stream(&query).await?;
        while let Some(batch) = batches.try_next().await? {
            let own: &Int64Array = typed(&batch, "request_key")?;
            let (since, until): (&Int64Array, &Int64Array) =
                (typed(&batch, "since")?, typed(&batch, "until")?);
            let trails = cast(batch.column(1), &DataType::Binary)?;
            let trails = trails.as_binary::<i32>();
            for row in 0..batch.num_rows() {
                steps.clear();
                let key = own.value(row);
                decode(trails.value(row), |_| 0, &mut steps)
                    .ok_or_else(|| Error::Damaged(format!("the trail of the application {key} is none")))?;
                let stopped = suspended(&self.rules, &steps, (since.value(row), until.value(row)));
                if stopped > 0 {
                    keys.push(key);
                    seconds.push(stopped);
                }
            }
        }
        let columns: [(&str, ArrayRef); 2] = [
            ("suspended_key", Arc::new(Int64Array::from(keys))),
            ("suspended", Arc::new(Int64Array::from(seconds))),
        ];
        Ok(RecordBatch::try_from_iter(columns)?)
    }
}
