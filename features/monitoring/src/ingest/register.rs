//! Norms of services as the deliveries of the lake and those at hand tell them.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use futures_util::TryStreamExt as _;
use otklik_kernel::CivilDay;
use otklik_lake::arrow::array::{Array, BooleanArray, Int16Array, Int32Array, Int64Array};
use otklik_lake::{Engine, Look, Result, Snapshot};
use otklik_progress::delivery;
use otklik_progress::reference::Norm;

use super::book::Book;
use super::gather::Part;
use super::known::{text, typed};
use crate::tables;

/// Since when which norm holds, in order of days; equal ones after each other are one.
type Rows = Vec<(CivilDay, Option<Norm>)>;

/// Who said it when: of equal first days the later delivery holds.
type Said = (i32, String, usize);

/// Norms of services and variants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    rows: BTreeMap<(String, String), Rows>,
}

/// What was said for each first day.
type Days = BTreeMap<CivilDay, (Said, Option<Norm>)>;

#[derive(Default)]
struct Maker(BTreeMap<(String, String), Days>);

impl Maker {
    fn add(&mut self, (service, variant): (&str, &str), from: CivilDay, said: Said, norm: Option<Norm>) {
        let days = self.0.entry((service.to_owned(), variant.to_owned())).or_default();
        let kept = days.entry(from).or_insert_with(|| (said.clone(), norm.clone()));
        if kept.0 < said {
            *kept = (said, norm);
        }
    }

    fn make(self) -> Register {
        let rows = self.0.into_iter().map(|(key, days)| {
            let mut rows: Rows = days.into_iter().map(|(day, (_, norm))| (day, norm)).collect();
            rows.dedup_by(|later, earlier| later.1 == earlier.1);
            (key, rows)
        });
        Register { rows: rows.collect() }
    }
}

impl Register {
    /// The norms of a service's variant, or of the service where nothing was said of the variant.
    #[must_use]
    pub fn norms(&self, service: &str, variant: &str) -> &[(CivilDay, Option<Norm>)] {
        let of = |variant: &str| self.rows.get(&(service.to_owned(), variant.to_owned()));
        of(variant).or_else(|| of("")).map_or(&[], Vec::as_slice)
    }

    /// Services whose norms differ in two registers, with the first day from which they do.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<(String, CivilDay)> {
        let keys: BTreeSet<_> = self.rows.keys().chain(other.rows.keys()).collect();
        let mut services = BTreeMap::<String, CivilDay>::new();
        for key in keys {
            let (one, two) = (self.rows.get(key), other.rows.get(key));
            if one == two {
                continue;
            }
            let days = one.into_iter().chain(two).flatten().map(|(day, _)| *day);
            let is_different = |day: &CivilDay| at(one, *day) != at(two, *day);
            if let Some(first) = days.filter(is_different).min() {
                let day = services.entry(key.0.clone()).or_insert(first);
                *day = first.min(*day);
            }
        }
        services.into_iter().collect()
    }

    /// The register of a snapshot without some deliveries and with others.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn read(engine: &Engine, snapshot: &Snapshot, book: &Book, parts: &[Part<'_>]) -> Result<Self> {
        let mut maker = Maker::default();
        let session = engine.session(snapshot, slice::from_ref(&tables::SERVICES), Look::Whole)?;
        let mut rows = session.stream("select * from services").await?;
        while let Some(batch) = rows.try_next().await? {
            let deliveries: &Int64Array = typed(&batch, "delivery")?;
            let (services, variants) = (text(&batch, "service")?, text(&batch, "variant")?);
            let days: &Int16Array = typed(&batch, "norm_days")?;
            let working: &BooleanArray = typed(&batch, "norm_working")?;
            let (from, to): (&Int16Array, &Int16Array) =
                (typed(&batch, "norm_from")?, typed(&batch, "norm_to")?);
            let valid: &Int32Array = typed(&batch, "valid_from")?;
            for row in 0..batch.num_rows() {
                let Some(receipt) = book.live(deliveries.value(row)) else { continue };
                let norm = days.is_valid(row).then(|| delivery::Norm {
                    days: days.value(row).cast_unsigned(),
                    is_working: working.value(row),
                    from: from.value(row),
                    to: to.value(row),
                });
                let said = (receipt.day.0, receipt.sender.clone(), row);
                let key = (services.value(row), variants.value(row));
                maker.add(key, CivilDay(valid.value(row)), said, norm.map(Norm::from));
            }
        }
        for part in parts {
            let head = &part.delivery.head;
            for (row, service) in part.delivery.services.iter().enumerate() {
                let said = (head.day.0, head.sender.clone(), row);
                let norm = service.norm.map(Norm::from);
                maker.add((&service.service, &service.variant), service.valid_from, said, norm);
            }
        }
        Ok(maker.make())
    }
}

fn at(rows: Option<&Rows>, day: CivilDay) -> Option<&Norm> {
    rows?.iter().rev().find(|(from, _)| *from <= day)?.1.as_ref()
}
