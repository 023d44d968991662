//! XES in and out.

use std::io::{Cursor, Write as _};

use otklik_eventlog::xes::{Limits, XesError, XesReader, XesWriter};
use otklik_eventlog::{Attribute, Classifier, Extension, Global, Header, Kind, Trace};
use proptest::prelude::*;

/// Everything of a log.
pub fn read(bytes: &[u8]) -> Result<(Header, Vec<Trace>), XesError> {
    let mut reader = XesReader::new(Cursor::new(bytes.to_vec()), Limits::default())?;
    let mut traces = Vec::new();
    while let Some(trace) = reader.next_trace()? {
        traces.push(trace);
    }
    Ok((reader.header().clone(), traces))
}

/// A log as bytes.
pub fn write(header: &Header, traces: &[Trace]) -> Vec<u8> {
    let mut writer = XesWriter::new(Vec::new(), header).unwrap();
    traces.iter().for_each(|trace| writer.trace(trace).unwrap());
    writer.finish().unwrap()
}

#[test]
fn mon17_a_log_of_another_program_is_read_whole() {
    let text = r#"<?xml version="1.0" encoding="UTF-8" ?>
<!-- made elsewhere -->
<x:log xmlns:x="http://www.xes-standard.org/" xes.version="2.0">
  <x:extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <x:global scope="event"><x:string key="concept:name" value="__INVALID__"/></x:global>
  <x:classifier name="Activity" keys="concept:name 'lifecycle transition'"/>
  <x:string key="concept:name" value="журнал"/>
  <x:event><x:string key="concept:name" value="outside of traces"/></x:event>
  <x:trace/>
  <x:trace>
    <x:string key="concept:name" value="Case &quot;1&quot;&#10;next"/>
    <x:event>
      <x:string key="concept:name" value="a &lt; b"><x:int key="cost" value="-7"><x:id key="k" value="u"/></x:int></x:string>
      <x:date key="time:timestamp" value="2010-12-30T11:02:00.123456+01:00"/>
      <x:float key="share" value="1.50"/><x:boolean key="done" value="true"></x:boolean>
      <x:list key="parts"><x:values><x:string key="p" value="1"/><x:string key="p" value="2"/></x:values></x:list>
      <x:unknown key="x"><x:string key="y" value="z"/></x:unknown>
    </x:event>
    <x:event/>
  </x:trace>
</x:log>"#;
    let (header, traces) = read(text.as_bytes()).unwrap();
    assert_eq!(header.extensions[0].prefix, "concept");
    assert_eq!(header.globals[0].attributes[0].value, "__INVALID__");
    assert_eq!(header.classifiers[0].keys, "concept:name 'lifecycle transition'");
    assert_eq!(header.attributes[0].value, "журнал");
    assert_eq!((traces.len(), traces[1].events.len()), (2, 2));
    assert_eq!(traces[1].attributes[0].value, "Case \"1\"\nnext");
    let event = &traces[1].events[0];
    assert_eq!(event.len(), 5, "what XES doesn't know is left out");
    assert_eq!((event[0].nested[0].value.as_str(), event[0].nested[0].nested[0].kind), ("-7", Kind::Id));
    assert_eq!(event[1].value, "2010-12-30T11:02:00.123456+01:00");
    assert_eq!(event[4].values.len(), 2);
    assert_eq!(read(&write(&header, &traces)).unwrap(), (header, traces));
}

#[test]
fn mon17_packed_logs_are_read_and_broken_ones_refused() {
    let trace = Trace { attributes: vec![Attribute::new(Kind::String, "concept:name", "1")], events: vec![] };
    let bytes = write(&Header::default(), std::slice::from_ref(&trace));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&bytes).unwrap();
    assert_eq!(read(&packed.finish().unwrap()).unwrap().1, [trace]);
    assert!(matches!(read(&bytes[..bytes.len() - 10]), Err(XesError::Cut | XesError::Xml { .. })));
    assert!(matches!(read(b"<html><body/></html>"), Err(XesError::NoLog(_))));
    assert!(matches!(read(b""), Err(XesError::NoLog(_))));
    assert!(matches!(read(b"<log><trace></log>"), Err(XesError::Xml { .. })));
    assert!(matches!(
        read(b"<log><trace><string key=\"a\" value=\"&undefined;\"/></trace></log>"),
        Err(XesError::Xml { .. })
    ));
    let deep = "<string key=\"a\" value=\"1\">".repeat(40);
    assert!(matches!(read(format!("<log><trace>{deep}").as_bytes()), Err(XesError::TooDeep(_))));
}

#[test]
fn mon17_a_part_that_is_too_large_is_refused_in_bounded_memory() {
    let limits = Limits { part: 10_000, depth: 8 };
    let attempt = |text: String| {
        let mut reader = XesReader::new(Cursor::new(text.into_bytes()), limits)?;
        let mut traces = 0;
        while reader.next_trace()?.is_some() {
            traces += 1;
        }
        Ok::<u32, XesError>(traces)
    };
    let event = "<event><string key=\"concept:name\" value=\"a\"/></event>";
    let small = format!("<trace>{}</trace>", event.repeat(100));
    assert_eq!(attempt(format!("<log>{}</log>", small.repeat(50))).unwrap(), 50);
    let large = format!("<log><trace>{}</trace></log>", event.repeat(400));
    assert!(matches!(attempt(large), Err(XesError::Source(_))));
    let endless = format!("<log><trace><string key=\"a\" value=\"{}\"/></trace></log>", "x".repeat(20_000));
    assert!(matches!(attempt(endless), Err(XesError::Source(_))));
}

fn text() -> impl Strategy<Value = String> {
    "[a-zА-Я <>&\"'\t\n\r:;0-9]{0,8}"
}

fn attribute() -> impl Strategy<Value = Attribute> {
    let kind = prop::sample::select(&Kind::ALL[..6]);
    let plain = (kind, text(), text()).prop_map(|(kind, key, value)| Attribute::new(kind, key, value));
    plain.prop_recursive(3, 12, 3, |inner| {
        let several = prop::collection::vec(inner, 0..3);
        (prop::sample::select(&Kind::ALL[..]), text(), text(), several.clone(), several).prop_map(
            |(kind, key, value, nested, values)| {
                let value = if kind.has_value() { value } else { String::new() };
                let values = if kind == Kind::List { values } else { Vec::new() };
                Attribute { kind, key, value, nested, values }
            },
        )
    })
}

fn attributes() -> impl Strategy<Value = Vec<Attribute>> {
    prop::collection::vec(attribute(), 0..4)
}

proptest! {
    #[test]
    fn mon17_what_is_written_is_read(
        log in attributes(), global in attributes(), name in text(),
        traces in prop::collection::vec((attributes(), prop::collection::vec(attributes(), 0..4)), 0..4),
    ) {
        let header = Header {
            extensions: vec![Extension { name: name.clone(), prefix: name.clone(), uri: name.clone() }],
            globals: vec![Global { scope: "trace".into(), attributes: global }],
            classifiers: vec![Classifier { name: name.clone(), scope: String::new(), keys: name }],
            attributes: log,
        };
        let traces: Vec<Trace> =
            traces.into_iter().map(|(attributes, events)| Trace { attributes, events }).collect();
        prop_assert_eq!(read(&write(&header, &traces)).unwrap(), (header, traces));
    }

    #[test]
    fn mon17_no_input_makes_the_reader_panic(text in "[<>/a-z\"= &;]{0,60}") {
        let _ = read(format!("<log><trace>{text}").as_bytes());
        let _ = read(text.as_bytes());
    }
}
