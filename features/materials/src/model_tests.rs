use otklik_kernel::Zone;
use otklik_organisations::Level;
use proptest::prelude::*;

use super::*;

const TODAY: CivilDay = CivilDay(20_261_122);

fn fields(kind: BodyKind, is_office: bool, has_queue_terminal: bool) -> BodyFields {
    BodyFields {
        code: "7701".into(),
        full_name: "Инспекция".into(),
        short_name: "Инспекция".into(),
        kind,
        level: Level::Local,
        region: "77".into(),
        zone: Zone::utc(),
        address: String::new(),
        place: None,
        site: String::new(),
        has_queue_terminal,
        is_office,
    }
}

fn inspection() -> BodyFields {
    fields(BodyKind::TaxInspection, true, true)
}

fn good() -> Typed<'static> {
    Typed { place: "info_stand", carrier: "pocket", day: "2026-11-20", note: "" }
}

#[test]
fn qr11_prescribed_places_of_every_kind_of_office() {
    for kind in BodyKind::ALL {
        for terminal in [false, true] {
            assert_eq!(prescribed(&fields(kind, false, terminal)), [], "{kind:?} receives nobody");
            let places = prescribed(&fields(kind, true, terminal));
            let is_inspection = kind == BodyKind::TaxInspection || kind == BodyKind::TaxRegion;
            assert_eq!(places.contains(&Place::InfoStand), is_inspection, "{kind:?}");
            assert_eq!(places.contains(&Place::QueueTerminal), terminal, "{kind:?}");
            assert!(!places.contains(&Place::Other));
        }
    }
}

#[test]
fn qr11_a_flip_stand_is_refused_and_flat_pockets_are_taken() {
    for place in Place::ALL {
        for carrier in Carrier::ALL {
            let typed =
                Typed { place: place.code(), carrier: carrier.code(), note: "у входа", ..good() };
            let checked = check(&inspection(), TODAY, typed);
            match carrier {
                Carrier::FlipStand => assert_eq!(checked, Err(vec![("carrier", Wrong::FlipStand)])),
                _ => assert_eq!(checked.map(|kept| (kept.place, kept.carrier)), Ok((place, carrier))),
            }
        }
    }
}

#[test]
fn qr11_everything_wrong_is_said_at_once_in_the_order_of_fields() {
    let wrong = |typed| check(&inspection(), TODAY, typed).unwrap_err();
    let all = [("place", Wrong::NoPlace), ("carrier", Wrong::NoCarrier), ("day", Wrong::NoDay)];
    assert_eq!(wrong(Typed::default()), all);
    assert_eq!(wrong(Typed { day: "2026-11-23", ..good() }), [("day", Wrong::DayAhead)]);
    assert_eq!(wrong(Typed { day: "0206-11-22", ..good() }), [("day", Wrong::DayFar)]);
    assert_eq!(wrong(Typed { day: "2026-02-30", ..good() }), [("day", Wrong::NoDay)]);
    assert_eq!(wrong(Typed { place: "other", note: " \n", ..good() }), [("note", Wrong::NoNote)]);
    let long = "я".repeat(LONGEST_NOTE + 1);
    assert_eq!(wrong(Typed { note: &long, ..good() }), [("note", Wrong::NoteLong)]);
    assert!(check(&inspection(), TODAY, Typed { day: "2026-11-22", ..good() }).is_ok(), "today");
    assert_eq!(check_reason(" "), Err(("reason", Wrong::NoReason)));
    assert_eq!(check_reason(" ремонт\nзала "), Ok("ремонт зала".to_owned()));
}

#[test]
fn qr11_a_place_that_the_office_has_not_is_refused() {
    let without = fields(BodyKind::Mfc, true, false);
    for place in ["info_stand", "queue_terminal"] {
        let checked = check(&without, TODAY, Typed { place, ..good() });
        assert_eq!(checked, Err(vec![("place", Wrong::PlaceNotHere)]));
    }
}

proptest! {
    /// Two posters and every prescribed place: nothing less is enough, and posters elsewhere fill no place.
    #[test]
    fn qr11_an_office_stands_right_exactly_when_the_rule_holds(
        kind in 0..BodyKind::ALL.len(), terminal: bool, stand in 0_u32..3, beside in 0_u32..3, other in 0_u32..3,
    ) {
        let body = Body { id: 1, parent: None, fields: fields(BodyKind::ALL[kind], true, terminal), closed_at: None };
        let by_place = vec![(Place::InfoStand, stand), (Place::QueueTerminal, beside), (Place::Other, other)];
        let standing = Standing::of(body.clone(), &Placed { by_place, last: None });
        prop_assert_eq!(standing.posters, stand + beside + other);
        prop_assert_eq!(standing.is_below_minimum(), stand + beside + other < 2);
        let due = prescribed(&body.fields);
        let stand_empty = due.contains(&Place::InfoStand) && stand == 0;
        let beside_empty = due.contains(&Place::QueueTerminal) && beside == 0;
        prop_assert_eq!(standing.has_empty_place(), stand_empty || beside_empty);
        prop_assert_eq!(standing.missing.contains(&Place::InfoStand), stand_empty);
        prop_assert_eq!(standing.missing.contains(&Place::QueueTerminal), beside_empty);
    }

    #[test]
    fn qr11_any_text_is_taken_or_refused(place in ".*", carrier in ".*", day in ".*", note in ".*") {
        let _ = check(&inspection(), TODAY, Typed { place: &place, carrier: &carrier, day: &day, note: &note });
    }
}
