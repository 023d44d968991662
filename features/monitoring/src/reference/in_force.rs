//! The reference as it is on a day: what is built in, with the records in force laid over it.

use std::collections::{BTreeMap, BTreeSet};

use otklik_kernel::CivilDay;
use otklik_progress::reference::{Calendar, Fault, HolidayRecord, Norm, Records, Reference, Unit};

use super::{Content, History, Kind, Record, by_name, item_name, split_service};
use crate::derive::{Rules, Term, Turn, Waiting};

/// The kinds that make a [`Reference`].
pub const KINDS: [Kind; 6] = [Kind::Status, Kind::Item, Kind::Rule, Kind::Norm, Kind::Holiday, Kind::Region];

/// The name of a built-in record of a kind, as records of the database are named.
#[must_use]
pub fn built_in(kind: Kind) -> BTreeMap<String, Content> {
    let records = Records::built_in();
    match kind {
        Kind::Status => {
            records.statuses.into_iter().map(|one| (one.code.to_string(), Content::Status(one))).collect()
        }
        Kind::Item => records.items.into_iter().map(|one| (item_name(&one), Content::Item(one))).collect(),
        Kind::Rule => {
            let rules = records.order.rules.into_iter();
            rules.map(|one| (one.number.to_string(), Content::Rule(one))).collect()
        }
        Kind::Norm => {
            let norms = records.norms.into_iter();
            norms.map(|one| (norm_name(&one.name, &one.service, &one.variant), Content::Norm(one))).collect()
        }
        Kind::Holiday => {
            records.holidays.into_iter().map(|one| (one.day.clone(), Content::Holiday(one))).collect()
        }
        Kind::Region => {
            records.regions.into_iter().map(|one| (one.code.clone(), Content::Region(one))).collect()
        }
        Kind::Service | Kind::OwnStatus => BTreeMap::new(),
    }
}

/// The name of a norm among records.
#[must_use]
pub fn norm_name(name: &str, service: &str, variant: &str) -> String {
    format!("{name}/{service}/{variant}")
}

/// What holds of a kind on a day, by name.
#[must_use]
pub fn holds(kind: Kind, records: Vec<Record>, day: CivilDay) -> BTreeMap<String, Content> {
    let mut all = built_in(kind);
    for (name, history) in by_name(records) {
        lay(&mut all, name, &history, day);
    }
    all
}

fn lay(all: &mut BTreeMap<String, Content>, name: String, history: &History, day: CivilDay) {
    match history.on(day).map(|record| &record.content) {
        None | Some(Content::BuiltIn) => {}
        Some(Content::Off) => {
            all.remove(&name);
        }
        Some(content) => {
            all.insert(name, content.clone());
        }
    }
}

/// The reference on a day, of the records of [`KINDS`].
///
/// # Errors
/// The records don't fit together.
pub fn reference(records: Vec<Record>, day: CivilDay) -> Result<Reference, Fault> {
    let mut by_kind: BTreeMap<Kind, Vec<Record>> = BTreeMap::new();
    for record in records {
        by_kind.entry(record.kind).or_default().push(record);
    }
    let mut base = Records::built_in();
    let mut of = |kind| holds(kind, by_kind.remove(&kind).unwrap_or_default(), day).into_values();
    base.statuses = of(Kind::Status)
        .filter_map(|one| if let Content::Status(one) = one { Some(one) } else { None })
        .collect();
    base.items = of(Kind::Item)
        .filter_map(|one| if let Content::Item(one) = one { Some(one) } else { None })
        .collect();
    base.order.rules = of(Kind::Rule)
        .filter_map(|one| if let Content::Rule(one) = one { Some(one) } else { None })
        .collect();
    base.norms = of(Kind::Norm)
        .filter_map(|one| if let Content::Norm(one) = one { Some(one) } else { None })
        .collect();
    base.holidays = of(Kind::Holiday).filter_map(holiday).collect();
    base.regions = of(Kind::Region)
        .filter_map(|one| if let Content::Region(one) = one { Some(one) } else { None })
        .collect();
    base.statuses.sort_by_key(|one| one.code);
    base.order.rules.sort_by_key(|one| one.number);
    Reference::of(&base)
}

fn holiday(content: Content) -> Option<HolidayRecord> {
    if let Content::Holiday(one) = content { Some(one) } else { None }
}

/// Days on which something of some kinds changes, after a first of all.
fn days(records: &[Record], kinds: &[Kind]) -> BTreeSet<CivilDay> {
    let changed = records.iter().filter(|record| kinds.contains(&record.kind));
    std::iter::once(CivilDay(0)).chain(changed.map(|record| record.valid_from)).collect()
}

/// The allowed order and the norms from day to day, of the records of [`KINDS`].
///
/// # Errors
/// The records of a day don't fit together.
pub fn turns(records: &[Record]) -> Result<Vec<Turn>, Fault> {
    let turn = |from| {
        let Reference { order, norms, .. } = reference(records.to_vec(), from)?;
        Ok(Turn { from, order, norms })
    };
    days(records, &[Kind::Rule, Kind::Norm]).into_iter().map(turn).collect()
}

/// The working days, each by the records in force on itself.
///
/// # Errors
/// A record names no day.
pub fn calendar(records: &[Record]) -> Result<Calendar, Fault> {
    let all: Vec<Record> = records.iter().filter(|record| record.kind == Kind::Holiday).cloned().collect();
    let mut calendar = Calendar::of(&Records::built_in().holidays)?;
    for day in days(&all, &[Kind::Holiday]).into_iter().skip(1) {
        let held: Vec<HolidayRecord> =
            holds(Kind::Holiday, all.clone(), day).into_values().filter_map(holiday).collect();
        calendar = calendar.until(day, &Calendar::of(&held)?);
    }
    Ok(calendar)
}

/// The rules of the records of [`KINDS`] and of services, as they hold from day to day, seen from a day.
///
/// # Errors
/// The records of a day don't fit together.
pub fn rules(records: &[Record], services: Vec<Record>, today: CivilDay) -> Result<Rules, Fault> {
    let mut reference = reference(records.to_vec(), today)?;
    reference.calendar = calendar(records)?;
    let name = norm_name(Waiting::NAME, "", "");
    let is_waiting = |record: &&Record| record.kind == Kind::Norm && record.name == name;
    let changes = History(records.iter().filter(is_waiting).cloned().collect());
    let rules = Rules::new(reference).with_turns(turns(records)?, today);
    let rules = rules.with_earlier_statuses(statuses(records, today));
    Ok(rules.with_waiting(waiting(&changes)).with_terms(terms(services)))
}

/// Statuses that were in force at any time up to a day, as they were called last: data have them still (MON-6).
fn statuses(records: &[Record], today: CivilDay) -> BTreeMap<i16, String> {
    let mut begun: Vec<&Record> = records.iter().filter(|record| record.valid_from <= today).collect();
    begun.sort_by_key(|record| (record.valid_from, record.id));
    let built_in = Records::built_in().statuses.into_iter();
    let typed = begun.into_iter().filter_map(|record| match &record.content {
        Content::Status(status) => Some(status.clone()),
        _ => None,
    });
    built_in.chain(typed).map(|status| (status.code, status.name_ru_corrected)).collect()
}

/// The services in force on a day: by name, with what is said of them.
#[must_use]
pub fn services(records: Vec<Record>, day: CivilDay) -> BTreeMap<(String, String), Content> {
    let all = holds(Kind::Service, records, day).into_iter();
    all.map(|(name, content)| {
        let (service, variant) = split_service(&name);
        ((service.to_owned(), variant.to_owned()), content)
    })
    .collect()
}

/// The norm of waiting at a multifunctional centre from day to day, by its records.
#[must_use]
pub fn waiting(history: &History) -> Waiting {
    let built_in = built_in(Kind::Norm).remove(&norm_name(Waiting::NAME, "", ""));
    let seconds = |content: Option<&Content>| match content {
        Some(Content::Norm(norm)) => {
            let unit = [Unit::Minutes, Unit::CalendarDays].into_iter().find(|unit| unit.code() == norm.unit);
            Some(Waiting::seconds(norm.amount, unit.unwrap_or(Unit::WorkingDays)))
        }
        _ => None,
    };
    let first = (CivilDay(0), seconds(built_in.as_ref()));
    let turn = |record: &&Record| match record.content {
        Content::BuiltIn => (record.valid_from, first.1),
        _ => (record.valid_from, seconds(Some(&record.content))),
    };
    Waiting::new(std::iter::once(first).chain(history.in_turn().iter().map(turn)).collect())
}

/// Terms of services that were set by hand, in the order of their days: what deliveries say stands in the lake.
#[must_use]
pub fn terms(records: Vec<Record>) -> Vec<Term> {
    let mut terms = Vec::new();
    for (name, history) in by_name(records) {
        let (service, variant) = split_service(&name);
        for record in history.in_turn().into_iter().filter(|record| record.delivery.is_none()) {
            let says = match &record.content {
                Content::Service { norm, .. } => Some(norm.as_ref().map(|norm| Norm::from(*norm))),
                Content::Off => Some(None),
                _ => None,
            };
            let (service, variant) = (service.to_owned(), variant.to_owned());
            terms.push(Term { service, variant, from: record.valid_from, says });
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use otklik_kernel::{Id, Instant};
    use otklik_progress::model::{Item, Process, Status};

    use super::*;
    use crate::derive::{Case, Derived, Step, derive};

    const DAY: CivilDay = CivilDay(20_261_101);

    fn record(id: Id, kind: Kind, name: &str, content: Content) -> Record {
        Record {
            id,
            kind,
            name: name.into(),
            valid_from: DAY,
            content,
            reason: "приказ".into(),
            delivery: None,
            changed_by: "a".into(),
            changed_at: Instant(0),
        }
    }

    #[test]
    fn mon14_what_is_edited_holds_from_its_day_and_the_rest_stays() {
        let Some(Content::Status(mut status)) = built_in(Kind::Status).remove("6") else { panic!() };
        status.name_ru_corrected = "Рассматривается".into();
        let Some(Content::Item(mut item)) = built_in(Kind::Item).remove("mfc/6a") else { panic!() };
        item.text_ru = "Заявитель подошёл к окну".into();
        let records = vec![
            record(4, Kind::Item, "mfc/6a", Content::Item(item)),
            record(1, Kind::Status, "6", Content::Status(status)),
            record(2, Kind::Rule, "4", Content::Off),
            record(3, Kind::Norm, "decision//", Content::Off),
        ];
        let before = reference(records.clone(), DAY.plus_days(-1)).unwrap();
        let after = reference(records, DAY).unwrap();
        assert_ne!(before.statuses.name(Status(6)), "Рассматривается");
        assert_eq!(after.statuses.name(Status(6)), "Рассматривается");
        let words = |of: &Reference| {
            let item = Item { number: 6, letter: b'a' };
            of.mapping.text(Process::Mfc, item).unwrap().text_ru.clone()
        };
        assert_ne!(words(&before), "Заявитель подошёл к окну");
        assert_eq!(words(&after), "Заявитель подошёл к окну");
        assert_eq!(before.mapping.items().count(), after.mapping.items().count());
        assert_eq!(before.statuses.all().len(), after.statuses.all().len());
        assert!(
            before.order.rule(4).is_some() && after.order.rule(4).is_none() && after.order.rule(5).is_some()
        );
        assert!(before.norms.get("decision", "x", "", DAY).is_some());
        assert!(after.norms.get("decision", "x", "", DAY).is_none());
        assert_eq!(before.regions.all().len(), after.regions.all().len());
    }

    /// What an application adds up to that is registered twice on a day and decided after forty days.
    fn case(rules: &Rules, begins: CivilDay) -> Case {
        let from = begins.start_utc().0 / Instant::SECOND;
        let step = |day: i64, status| Step { at: from + day * 86_400, status, process: 1, ..Step::default() };
        let steps = [step(0, 1), step(0, 1), step(40, 3)];
        let norm = rules.decision_on("x", "", begins);
        derive(rules, norm, 0, &steps, &mut Derived::default())
    }

    #[test]
    fn mon14_an_application_is_judged_by_what_held_on_the_day_it_began() {
        let Some(Content::Norm(mut norm)) = built_in(Kind::Norm).remove("decision//") else { panic!() };
        norm.amount = 50;
        let mut back = record(3, Kind::Rule, "4", Content::BuiltIn);
        back.valid_from = DAY.plus_days(10);
        let records = [
            record(1, Kind::Rule, "4", Content::Off),
            record(2, Kind::Norm, "decision//", Content::Norm(norm)),
            back,
        ];
        let plain = rules(&[], Vec::new(), DAY).unwrap();
        let edited = rules(&records, Vec::new(), DAY).unwrap();
        let on = |rules: &Rules, days| {
            let case = case(rules, DAY.plus_days(days));
            (case.findings & 1 << 4 != 0, case.norm, case.is_within)
        };
        for days in [-30, -1] {
            assert_eq!(on(&edited, days), on(&plain, days), "begun before anything changed");
            assert_eq!(on(&edited, days), (true, Some(30), Some(false)));
        }
        assert_eq!(on(&edited, 0), (false, Some(50), Some(true)));
        assert_eq!(on(&edited, 10), (true, Some(50), Some(true)), "the rule holds again");
        let listed = |from: i32, to: i32| {
            let between = edited.rules_between(Some(DAY.plus_days(from)), Some(DAY.plus_days(to)));
            between.iter().any(|rule| rule.number == 4)
        };
        assert_eq!(
            [(-9, -1), (-9, 3), (0, 9), (0, 10), (10, 20)].map(|(from, to)| listed(from, to)),
            [true, true, false, true, true]
        );
        assert!(edited.rule(4).is_some(), "a rule that is out of use has its words still");
        assert_eq!(edited.rules_between(Some(DAY), None).len() + 1, plain.rules_between(None, None).len());
    }

    #[test]
    fn mon14_a_day_works_by_the_record_in_force_on_itself() {
        let holiday = |id, day: &str, works: &str| {
            let content = HolidayRecord { day: day.into(), works: works.into() };
            record(id, Kind::Holiday, day, Content::Holiday(content))
        };
        // Every fifth of November is off from 2026-11-01 on, one Sunday of December works.
        let records = [holiday(1, "11-05", "no"), holiday(2, "2026-12-06", "yes")];
        let calendar = calendar(&records).unwrap();
        let works = |year_month_day: i32| {
            calendar.is_working(CivilDay(year_month_day).start_utc().0.div_euclid(Instant::DAY))
        };
        assert!(works(20_251_105), "the year before keeps its day");
        assert_eq!([20_261_105, 20_271_105, 20_261_206, 20_261_213].map(works), [false, false, true, false]);
        assert_eq!([20_261_104, 20_251_104, 20_260_101].map(works), [false; 3], "what is built in stays");
        let plain = super::calendar(&[]).unwrap();
        let all = |calendar: &Calendar| calendar.working(10_957, 10_957 + 36_000);
        // Fifths of November on working days from 2026 to 2097, less the Sunday that works.
        let lost = (2026..=2097).filter(|year| {
            let day = CivilDay(year * 10_000 + 1_105).start_utc().0.div_euclid(Instant::DAY);
            plain.is_working(day)
        });
        assert_eq!(all(&calendar), all(&plain) - i64::try_from(lost.count()).unwrap() + 1);
    }

    #[test]
    fn mon14_each_day_has_the_norm_of_waiting_that_held_on_it() {
        let name = norm_name(Waiting::NAME, "", "");
        let Some(Content::Norm(mut norm)) = built_in(Kind::Norm).remove(&name) else { panic!() };
        norm.amount = 10;
        let mut off = record(2, Kind::Norm, &name, Content::Off);
        off.valid_from = DAY.plus_days(30);
        let mut again = record(3, Kind::Norm, &name, Content::BuiltIn);
        again.valid_from = DAY.plus_days(60);
        let held = waiting(&History(vec![record(1, Kind::Norm, &name, Content::Norm(norm)), off, again]));
        let on = |days: i32| held.throughout(DAY.plus_days(days), DAY.plus_days(days));
        assert_eq!(
            [on(-1), on(0), on(29), on(30), on(60)],
            [Some(900), Some(600), Some(600), None, Some(900)]
        );
        assert_eq!(held.throughout(DAY.plus_days(-1), DAY), None);
        let sql = held.sql("day");
        assert!(
            sql.starts_with("cast(case when day >= 20261231 then 900 when day >= 20261201 then null "),
            "{sql}"
        );
    }

    #[test]
    fn mon6_records_that_do_not_fit_are_refused() {
        // A status stands for this item: it can't be taken out of use.
        assert!(reference(vec![record(1, Kind::Item, "mfc/1", Content::Off)], DAY).is_err());
        let Some(Content::Rule(mut rule)) = built_in(Kind::Rule).remove("4") else { panic!() };
        rule.kind = otklik_progress::reference::RuleKind::Once { of: vec![7777] };
        assert!(reference(vec![record(1, Kind::Rule, "4", Content::Rule(rule))], DAY).is_err());
    }
}
