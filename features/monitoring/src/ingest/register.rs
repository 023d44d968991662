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
use crate::derive::Term;
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

    /// The register of what was delivered, with terms set by hand: of one day theirs hold.
    fn make(self, terms: &[Term]) -> Register {
        let told = self.0.into_iter().map(|(key, days)| {
            let rows: Rows = days.into_iter().map(|(day, (_, norm))| (day, norm)).collect();
            (key, rows)
        });
        let told: BTreeMap<(String, String), Rows> = told.collect();
        let mut rows = told.clone();
        for term in terms {
            let key = (term.service.clone(), term.variant.clone());
            let told = told.get(&key).map_or(&[][..], Vec::as_slice);
            let norm = term.says.clone().unwrap_or_else(|| at(told, term.from).cloned());
            let rows = rows.entry(key).or_default();
            match rows.binary_search_by_key(&term.from, |(day, _)| *day) {
                Ok(place) => rows[place].1 = norm,
                Err(place) => rows.insert(place, (term.from, norm)),
            }
        }
        for rows in rows.values_mut() {
            rows.dedup_by(|later, earlier| later.1 == earlier.1);
        }
        Register { rows }
    }
}

impl Register {
    /// The norms of a service's variant, or of the service where nothing was said of the variant.
    #[must_use]
    pub fn norms(&self, service: &str, variant: &str) -> &[(CivilDay, Option<Norm>)] {
        let of = |variant: &str| self.rows.get(&(service.to_owned(), variant.to_owned()));
        of(variant).or_else(|| of("")).map_or(&[], Vec::as_slice)
    }

    /// When norms differ in two registers: each service with days from which they do, and until which, without it.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<(String, CivilDay, Option<CivilDay>)> {
        let keys: BTreeSet<_> = self.rows.keys().chain(other.rows.keys()).collect();
        let mut all = Vec::new();
        for (service, variant) in keys {
            let (one, two) = (self.norms(service, variant), other.norms(service, variant));
            let days: BTreeSet<CivilDay> = one.iter().chain(two).map(|(day, _)| *day).collect();
            let mut since = None;
            for day in days {
                match (at(one, day) == at(two, day), since) {
                    (false, None) => since = Some(day),
                    (true, Some(from)) => {
                        all.push((service.clone(), from, Some(day)));
                        since = None;
                    }
                    _ => {}
                }
            }
            all.extend(since.map(|from| (service.clone(), from, None)));
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The register of a snapshot without some deliveries and with others, and with terms set by hand.
    ///
    /// # Errors
    /// The lake can't be read.
    pub async fn read(
        engine: &Engine,
        snapshot: &Snapshot,
        book: &Book,
        parts: &[Part<'_>],
        terms: &[Term],
    ) -> Result<Self> {
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
        Ok(maker.make(terms))
    }
}

fn at(rows: &[(CivilDay, Option<Norm>)], day: CivilDay) -> Option<&Norm> {
    rows.iter().rev().find(|(from, _)| *from <= day)?.1.as_ref()
}

#[cfg(test)]
mod tests {
    use otklik_kernel::CivilDay;
    use otklik_progress::delivery;
    use otklik_progress::reference::Norm;
    use proptest::prelude::*;

    use super::{Maker, Register, at};
    use crate::derive::Term;

    fn register(said: &[(&str, &str, i32, Option<u16>)]) -> Register {
        let mut maker = Maker::default();
        for (row, (service, variant, day, days)) in said.iter().enumerate() {
            let norm = days.map(|days| delivery::Norm { days, is_working: true, from: 2, to: 11 });
            let by = (1, "ФНС".to_owned(), row);
            maker.add((service, variant), CivilDay(*day), by, norm.map(Norm::from));
        }
        maker.make(&[])
    }

    #[test]
    fn mon14_a_term_set_by_hand_holds_until_another_is_set_or_delivered() {
        let norm = |days| Norm::from(delivery::Norm { days, is_working: true, from: 2, to: 11 });
        let mut maker = Maker::default();
        for (day, days) in [(10, 5), (40, 5)] {
            maker.add(("1", ""), CivilDay(day), (day, "ФНС".to_owned(), 0), Some(norm(days)));
        }
        let term = |service: &str, from, says| Term {
            service: service.to_owned(),
            variant: String::new(),
            from: CivilDay(from),
            says,
        };
        let made = maker.make(&[
            term("1", 20, Some(Some(norm(7)))),
            term("1", 30, None),
            term("1", 35, Some(None)),
            term("2", 10, Some(Some(norm(1)))),
        ]);
        let on = |service, day| at(made.norms(service, ""), CivilDay(day)).map(|norm| norm.amount);
        assert_eq!(
            [9, 10, 20, 30, 35, 40].map(|day| on("1", day)),
            [None, Some(5), Some(7), Some(5), None, Some(5)]
        );
        assert_eq!((on("2", 9), on("2", 10)), (None, Some(1)));
    }

    #[test]
    fn an_earlier_first_day_of_the_same_norm_changes_only_the_days_before() {
        let (one, two) = (register(&[("1", "", 20, Some(5))]), register(&[("1", "", 10, Some(5))]));
        let wanted = [("1".to_owned(), CivilDay(10), Some(CivilDay(20)))];
        assert_eq!(one.differences(&two), wanted);
        assert_eq!(two.differences(&one), wanted);
    }

    #[test]
    fn a_variant_with_a_norm_of_its_own_no_longer_has_that_of_the_service() {
        let before = register(&[("1", "", 10, Some(5))]);
        let after = register(&[("1", "", 10, Some(5)), ("1", "2", 20, Some(7))]);
        assert_eq!(after.differences(&before), [("1".to_owned(), CivilDay(10), None)]);
    }

    proptest! {
        #[test]
        fn every_day_on_which_norms_differ_is_named_and_no_other(
            said in prop::collection::vec((0..2_usize, 0..3_usize, 0..12_i32, prop::option::of(1..3_u16)), 0..12),
            split in 0..12_usize,
        ) {
            let name = |number: usize| ["", "1", "2"][number];
            let said: Vec<_> = said.iter().map(|(s, v, day, days)| (name(s + 1), name(*v), *day, *days)).collect();
            let (one, two) = (register(&said[..split.min(said.len())]), register(&said));
            let found = two.differences(&one);
            for service in ["1", "2"] {
                for day in (0..14).map(CivilDay) {
                    let differ = ["", "1", "2"].iter().any(|variant| {
                        at(one.norms(service, variant), day) != at(two.norms(service, variant), day)
                    });
                    let is_named = found.iter().any(|(of, from, until)| {
                        of == service && *from <= day && until.is_none_or(|until| day < until)
                    });
                    prop_assert_eq!(differ, is_named);
                }
            }
        }
    }
}
