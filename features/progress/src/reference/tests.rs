//! The reference against the source's tables, and the decisions on its contradictions.

use std::collections::BTreeSet;

use otklik_kernel::CivilDay;

use super::*;
use crate::model::{Item, Process, Status};

use Process::{Authority, Epgu, Mfc, Vis};

fn lines(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
}

fn item(text: &str) -> Item {
    let letter = text.bytes().last().filter(u8::is_ascii_alphabetic).unwrap_or(0);
    Item { number: text.trim_end_matches(char::is_alphabetic).parse().unwrap(), letter }
}

#[test]
fn mon6_every_place_of_the_table_is_mapped_both_ways() {
    let Reference { statuses, mapping, .. } = Reference::built_in();
    let rows = lines(include_str!("../../data/statuses.csv"));
    let mut places = BTreeSet::new();
    for row in &rows {
        let status = Status(row[0].parse().unwrap());
        let known = statuses.get(status).unwrap();
        assert_eq!(
            (known.printed.as_str(), known.name.as_str(), known.description.as_str()),
            (&row[1], &row[2], &row[7])
        );
        for (process, number) in Process::ALL.into_iter().zip(row.iter().skip(3)) {
            let found = mapping.item(process, status);
            assert_eq!(
                found.map(|item| item.number.to_string()).unwrap_or_default(),
                number,
                "{status} {process:?}"
            );
            assert_eq!(known.occurs[process as usize - 1], found.is_some());
            let Some(found) = found else { continue };
            assert!(mapping.agree(process, found, status), "{status} {process:?}");
            assert!(mapping.agree(process, Item::plain(found.number), status), "{status} {process:?}");
            places.insert((process, status));
        }
    }
    assert_eq!((rows.len(), statuses.all().len(), places.len(), mapping.cells().len()), (48, 48, 103, 103));
    let of = |process| mapping.cells().iter().filter(|cell| cell.process == process).count();
    assert_eq!(Process::ALL.map(of), [21, 20, 33, 29]);
}

#[test]
fn mon5_every_item_is_there_and_stands_for_a_status() {
    let mapping = &Reference::built_in().mapping;
    let rows = lines(include_str!("../../data/items.csv"));
    let (mut whole, mut parts) = (0, 0);
    for row in &rows {
        let process = Process::find(&row[0]).unwrap();
        let found = item(&format!("{}{}", &row[2], &row[3]));
        let text = mapping.text(process, found).unwrap();
        assert_eq!((text.section.as_str(), text.text_ru.as_str()), (&row[1], &row[4]));
        assert!(!mapping.candidates(process, found).is_empty(), "{process:?} {found}");
        if found.letter == 0 { whole += 1 } else { parts += 1 }
    }
    assert_eq!((whole, parts, mapping.items().count()), (99, 4, 103));
    for process in Process::ALL {
        let numbers = mapping.items().filter(|(of, item, _)| *of == process && item.letter == 0).count();
        assert_eq!(numbers, usize::from(process.items()));
    }
}

#[test]
fn mon15_contradictions_of_the_table_are_decided() {
    let mapping = &Reference::built_in().mapping;
    let status = |process, text: &str| mapping.status(process, item(text)).map(|status| status.0);
    assert_eq!((status(Authority, "3"), status(Authority, "3n")), (Some(1017), Some(1018)));
    assert_eq!(mapping.candidates(Epgu, item("13")), [Status(22), Status(24)]);
    assert_eq!(status(Epgu, "13"), Some(22));
    for process in [Mfc, Vis] {
        let found = [status(process, "6"), status(process, "6a"), status(process, "6b")];
        assert_eq!(found, [None, Some(1005), Some(1006)]);
    }
    assert_eq!(mapping.item(Authority, Status(1018)), Some(item("3n")));
    assert!(!mapping.agree(Authority, item("3n"), Status(1017)));
    assert_eq!(mapping.text(Authority, item("3n")), mapping.text(Authority, item("3")));
    assert_eq!((status(Authority, "21"), status(Mfc, "9a"), status(Authority, "3a")), (None, None, None));
    let roles = &Reference::built_in().roles;
    assert_eq!(roles.statuses(Role::NotAccepted), [1019, 1023], "one legal event");
    assert_eq!(roles.statuses(Role::Planned), [Status::SLOT.0]);
    assert!(roles.is(1005, Role::Attended) && roles.is(1006, Role::Missed), "counted as an appointment");
    assert!(mapping.item(Mfc, Status(14)).is_some() && mapping.item(Mfc, Status(1020)).is_none());
}

#[test]
fn mon6_names_as_printed_are_taken_where_they_are_plain() {
    let statuses = &Reference::built_in().statuses;
    let named =
        |name, process| statuses.named(name, process).iter().map(|status| status.0).collect::<Vec<_>>();
    assert_eq!((named("Оказ", None), named("отказ", None)), (vec![4], vec![4]));
    assert_eq!(named("Анулирование талона", None), named("Аннулирование  талона", None));
    assert_eq!(named("Ошибка при отправке", None), [5, 22, 24]);
    assert_eq!(named("Ошибка при отправке", Some(Vis)), [5]);
    assert_eq!(named("Услуга оказана", Some(Mfc)), [0_i16; 0]);
    let corrected: Vec<i16> =
        statuses.all().iter().filter(|known| known.name != known.printed).map(|known| known.code.0).collect();
    assert_eq!(corrected, [4, 25, 26, 32, 1006, 1013]);
    let unique: BTreeSet<&str> = statuses.all().iter().map(|known| known.printed.as_str()).collect();
    assert_eq!(unique.len(), 46);
}

#[test]
fn mon14_each_rule_finds_what_breaks_it_and_nothing_else() {
    let order = &Reference::built_in().order;
    let names = |events: &[(Process, i16)]| -> Vec<(String, usize, Reason)> {
        let findings = order.check(events.iter().copied()).into_iter();
        let bits = order.broken(events.iter().copied());
        findings
            .map(|found| {
                assert!(bits & 1 << found.rule != 0);
                (order.rule(found.rule).unwrap().name.clone(), found.event, found.reason)
            })
            .collect()
    };
    let good = [(Epgu, 0), (Epgu, 17), (Epgu, 2), (Epgu, 1), (Epgu, 6), (Authority, 1010), (Authority, 1010)];
    let more =
        [(Authority, 1011), (Authority, 1012), (Epgu, 14), (Epgu, 1020), (Epgu, 3), (Epgu, 33), (Mfc, 1009)];
    let last = [(Mfc, 1016), (Mfc, 1003), (Mfc, 1004), (Mfc, 1005), (Mfc, 1007), (Mfc, 39)];
    assert_eq!(names(&[&good[..], &more, &last].concat()), []);

    let one = |name: &str, event, reason| vec![(name.to_owned(), event, reason)];
    assert_eq!(names(&[(Epgu, 17)]), one("draft-first", 0, Reason::NothingEarlier));
    let planned = [(Authority, 1001), (Authority, 1002), (Authority, 1017), (Authority, 2)];
    assert_eq!(names(&planned), [], "a planned moment is no event");
    let refused = [(Authority, 2), (Authority, 1019), (Authority, 1)];
    assert_eq!(names(&refused), one("nothing-after-not-accepted", 2, Reason::AfterForbidden));
    let both = [(Authority, 2), (Authority, 1), (Authority, 6), (Authority, 3), (Epgu, 4)];
    assert_eq!(names(&both), one("one-decision", 4, Reason::Together));
    let twice = [(Authority, 2), (Authority, 1), (Authority, 1)];
    assert_eq!(names(&twice), one("registered-once", 2, Reason::Again));
    let answer = [(Authority, 2), (Authority, 1010), (Authority, 1011), (Authority, 1011)];
    assert_eq!(names(&answer), one("answers-to-requests", 3, Reason::NotOpen));
    let pauses = [(Vis, 0), (Vis, 17), (Vis, 2), (Vis, 1), (Vis, 14), (Vis, 14), (Vis, 1020)];
    assert_eq!(names(&pauses), one("paused-and-resumed", 5, Reason::StillOpen));
    let while_paused = [(Authority, 2), (Authority, 1), (Authority, 6), (Authority, 14), (Authority, 3)];
    assert_eq!(names(&while_paused), one("no-decision-while-paused", 4, Reason::WhileOpen));
}

#[test]
fn mon14_edited_records_make_another_reference_or_say_what_is_wrong() {
    let records = Records::built_in();
    let json = serde_json::to_string(&records).unwrap();
    assert_eq!(serde_json::from_str::<Records>(&json).unwrap(), records);
    let without = |name: &str| {
        let mut records = records.clone();
        records.order.rules.retain(|rule| rule.name != name);
        Reference::of(&records).unwrap()
    };
    let events = [(Epgu, 17)];
    assert_eq!(without("draft-first").order.check(events), []);
    assert_eq!(without("registered-once").order.check(events).len(), 1);
    let fault = |change: &dyn Fn(&mut Records)| {
        let mut records = records.clone();
        change(&mut records);
        Reference::of(&records).unwrap_err()
    };
    assert_eq!(fault(&|records| records.order.rules[1].number = 0), Fault::Code("order", "0".to_owned()));
    assert_eq!(fault(&|records| records.order.rules[1].number = 64), Fault::TooMany("order", 64));
    assert_eq!(
        fault(&|records| records.statuses[0].vis_item = Some(29)),
        Fault::Unknown("statuses", "vis 29".into())
    );
    assert_eq!(fault(&|records| records.statuses[1].code = 1006), Fault::Code("statuses", "1006".to_owned()));
    assert_eq!(
        fault(&|records| records.norms[0].to = "5555".into()),
        Fault::Unknown("norms", "5555".to_owned())
    );
    assert_eq!(
        fault(&|records| records.regions[0].zone = "Mars".into()),
        Fault::Unknown("regions", "Mars".to_owned())
    );
    let unused = fault(&|records| {
        let record = records.statuses.iter_mut().find(|record| record.code == 0).unwrap();
        record.epgu_item = None;
    });
    assert_eq!(unused, Fault::Unused("epgu 6".to_owned()));
}

#[test]
fn mon14_norms_count_days_without_the_first_and_without_pauses() {
    let Reference { norms, calendar, .. } = Reference::built_in();
    let at = |text: &str, hour: i64| CivilDay::parse(text).unwrap().start_utc().0 + hour * 3_600_000_000;
    let spent = |unit: Unit, from, to, pauses: &[(i64, i64)]| unit.spent(from, to, 180, pauses, calendar);
    // 6 November 2026 is a Friday.
    let (friday, tuesday) = (at("2026-11-06", 9), at("2026-11-10", 9));
    assert_eq!(spent(Unit::CalendarDays, friday, tuesday, &[]), 4);
    assert_eq!(spent(Unit::WorkingDays, friday, tuesday, &[]), 2);
    assert_eq!(spent(Unit::WorkingDays, friday, tuesday, &[(at("2026-11-09", 9), at("2026-11-10", 8))]), 1);
    // The fourth of November is a holiday; half past nine in the evening in UTC is the next day in Moscow.
    assert_eq!(spent(Unit::WorkingDays, at("2026-11-03", 9), at("2026-11-05", 9), &[]), 1);
    assert_eq!(spent(Unit::CalendarDays, at("2026-11-03", 20), at("2026-11-03", 21), &[]), 1);
    assert_eq!(spent(Unit::Minutes, friday, friday + 60_000_001, &[]), 2);
    let day = CivilDay::parse("2026-11-06").unwrap();
    assert_eq!(norms.get("decision", "anything", "", day).unwrap().amount, 30);
    let mut records = Records::built_in();
    let mut own = records.norms[0].clone();
    (own.service, own.amount, own.valid_from) = ("77-1".into(), 5, "2026-11-01".into());
    records.norms.push(own);
    let edited = Reference::of(&records).unwrap().norms;
    assert_eq!(edited.get("decision", "77-1", "", day).unwrap().amount, 5);
    assert_eq!(
        edited.get("decision", "77-1", "", CivilDay::parse("2026-10-31").unwrap()).unwrap().amount,
        30
    );
    assert_eq!(edited.get("decision", "77-2", "", day).unwrap().amount, 30);
}

#[test]
fn mon15_a_pause_at_a_centre_has_no_end_and_is_told() {
    let roles = &Reference::built_in().roles;
    let found = pauses(
        roles,
        [(Mfc, 14, 10), (Authority, 14, 20), (Epgu, 15, 25), (Authority, 1020, 30), (Epgu, 1020, 40)],
    );
    assert_eq!(found, Pauses { closed: vec![(20, 40)], open: None, open_ended: Some(10) });
    assert_eq!((found.within(0, 100), found.within(25, 35), found.within(50, 60)), (20, 10, 0));
    let open = pauses(roles, [(Vis, 14, 10), (Vis, 1020, 20), (Vis, 14, 30)]);
    assert_eq!((open.closed.as_slice(), open.open, open.within(0, 45)), (&[(10, 20)][..], Some(30), 25));
    assert_eq!(pauses(roles, [(Vis, 14, 10), (Vis, 4, 20)]).closed, [(10, 20)], "a decision ends it");
}

#[test]
fn mon2_regions_are_found_by_code_and_by_every_name() {
    let regions = &Reference::built_in().regions;
    assert_eq!(regions.all().len(), 90);
    let code = |name| regions.find(name).map(|region| region.code);
    for name in ["77", "Москва", "г. Москва", "ГОРОД МОСКВА"] {
        assert_eq!(code(name), Some(77), "{name}");
    }
    assert_eq!(code("Республика Северная Осетия - Алания"), Some(15));
    assert_eq!(code("Кемеровская область"), Some(42));
    assert_eq!(code("1"), None);
    assert_eq!(regions.of_code(41).unwrap().zone.name(), "Asia/Kamchatka");
    assert!(regions.of_code(98).is_none());
}
