//! Applications in XES and OCEL.

use std::io::Cursor;

use otklik_eventlog::xes::{Limits, XesReader};
use otklik_eventlog::{Summary, Trace};

use super::*;
use Process::{Authority, Epgu};

fn step(process: Process, status: i16, minute: i64, mnemonic: &str) -> Step<'_> {
    Step { process, status, at: 1_768_200_000_000_000 + minute * 60_000_000, offset: 420, mnemonic }
}

fn told() -> Told<'static> {
    Told {
        request: "20000000001",
        service: "6000000101",
        variant: "",
        region: 4,
        body: "ogv-04-1",
        channel_in: Some(Channel::Epgu),
        channel_out: None,
        steps: vec![
            step(Epgu, 0, 0, ""),
            step(Epgu, 1002, 1, ""),
            step(Epgu, 24, 2, ""),
            step(Authority, 1010, 3, "A"),
            step(Authority, 1010, 4, "B"),
            step(Authority, 1011, 5, "B"),
            step(Authority, 1012, 6, "C"),
            step(Authority, 1011, 7, "A"),
        ],
    }
}

#[test]
fn mon17_an_application_is_a_trace_with_moments_of_its_place() {
    let reference = Reference::built_in();
    let mut out = XesOut::new(Vec::new(), reference).unwrap();
    out.application(&told()).unwrap();
    let bytes = out.finish().unwrap();
    let mut reader = XesReader::new(Cursor::new(bytes), Limits::default()).unwrap();
    let trace = reader.next_trace().unwrap().unwrap();
    assert_eq!(trace, xes::trace(reference, &told()));
    assert_eq!(reader.header(), &header());
    assert_eq!(trace.events.len(), 7, "the planned moment is no event");
    assert_eq!(Trace::value(&trace.attributes, "otklik:region"), Some("04"));
    assert_eq!(Trace::value(&trace.attributes, "otklik:variant"), None);
    let names: Vec<_> =
        trace.events.iter().map(|event| Trace::value(event, "concept:name").unwrap()).collect();
    assert_eq!(names[..3], ["Черновик", "Ошибка при отправке (24)", "Межведомственный запрос"]);
    assert_eq!(Trace::value(&trace.events[0], "time:timestamp"), Some("2026-01-12T13:40:00.000+07:00"));
    assert!(reader.next_trace().unwrap().is_none());
    let mut summary = Summary::default();
    summary.add_trace(&trace);
    assert!((summary.durations().median - 420.0).abs() < 4.2);
}

#[test]
fn mon17_interagency_requests_are_objects_with_their_answers() {
    let told = told();
    let (of, mnemonics) = asks(Reference::built_in(), told.events());
    // The error of an unknown mnemonic goes to the earliest that is open; the last answer has none left.
    assert_eq!(of, [None, None, Some(1), Some(2), Some(2), Some(1), Some(3)]);
    assert_eq!(mnemonics, ["A", "B", "A"]);
    let mut out = OcelOut::new(Vec::new(), Reference::built_in()).unwrap();
    out.service("6000000101", "Пособие").unwrap();
    out.body("ogv-04-1", "Отдел").unwrap();
    out.application(&told).unwrap();
    out.payment(told.request).unwrap();
    out.complaint(told.request, "1").unwrap();
    out.events(&told).unwrap();
    let fee = |id, event| Fee { id, request: "20000000001", event, at: 1_768_200_000_000_000, offset: 420 };
    out.payment_event(&fee("p", 2)).unwrap();
    out.complaint_event("1", &fee("c", 4)).unwrap();
    out.rating(&fee("r", 1), 5).unwrap();
    assert!(out.payment_event(&fee("q", 6)).is_err());
    let log: serde_json::Value = serde_json::from_slice(&out.finish().unwrap()).unwrap();
    let types: std::collections::BTreeSet<&str> =
        log["eventTypes"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(types.len(), 47 + 5 + 4 + 1);
    let (objects, events) = (log["objects"].as_array().unwrap(), log["events"].as_array().unwrap());
    assert_eq!((objects.len(), events.len()), (8, 10));
    let ids: std::collections::BTreeSet<&str> =
        objects.iter().map(|one| one["id"].as_str().unwrap()).collect();
    for event in events {
        assert!(types.contains(event["type"].as_str().unwrap()));
        for relation in event["relationships"].as_array().unwrap() {
            assert!(ids.contains(relation["objectId"].as_str().unwrap()), "{relation}");
        }
    }
}
