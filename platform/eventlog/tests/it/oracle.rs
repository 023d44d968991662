//! Against pm4py, a program by others: it reads what we write, we read what it writes. It is installed from the
//! Python package index into the build folder when it isn't there yet.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use otklik_eventlog::{
    AttributeType, ObjectAttribute, OcelWriter, Relation, Summary, Trace, TypeOf, Value as OcelValue, show,
};
use serde_json::{Value, json};

use crate::xes::{read, write};

/// The version that the tests were written with.
const PM4PY: &str = "pm4py==2.7.23.11";

/// The interpreter of an environment with pm4py.
fn python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PM4PY);
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let python = folder.join("bin/python");
    if !folder.join("ready").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PM4PY,
        ]));
        File::create(folder.join("ready")).unwrap();
    }
    python
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("python3 with venv is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn script(name: &str) -> Command {
    let mut command = Command::new(python());
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pm4py").join(name));
    command
}

fn look(what: &str, files: &[&Path]) -> Value {
    let said = run(script("look.py").arg(what).args(files));
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// A log that pm4py wrote goes in and comes out; its traces as we read them.
fn in_and_out(folder: &Path, cases: usize, how: &str) -> (PathBuf, Vec<Trace>) {
    let (theirs, ours) = (folder.join(format!("theirs-{how}.xes")), folder.join(format!("ours-{how}.xes")));
    run(script("write.py").arg(&theirs).args([&cases.to_string(), how]));
    let (header, traces) = read(&fs::read(&theirs).unwrap()).unwrap();
    assert_eq!(traces.len(), cases);
    let bytes = write(&header, &traces);
    assert_eq!(read(&bytes).unwrap(), (header, traces.clone()));
    fs::write(&ours, bytes).unwrap();
    assert_eq!(look("same", &[&theirs, &ours]), json!({"same": true, "traces": cases, "first": []}));
    (ours, traces)
}

#[test]
fn mon17_a_log_written_by_pm4py_goes_in_and_comes_out_with_the_same_traces() {
    let folder = tempfile::tempdir().unwrap();
    let (_, nested) = in_and_out(folder.path(), 12, "nested");
    assert!(nested.iter().any(|trace| trace.events[1].iter().any(|attribute| attribute.nested.len() == 2)));
    let (ours, traces) = in_and_out(folder.path(), 200, "flat");

    let said = look("xes", &[&ours]);
    let mut summary = Summary::default();
    traces.iter().for_each(|trace| summary.add_trace(trace));
    assert_eq!(
        (json!(summary.cases()), json!(summary.events())),
        (said["cases"].clone(), said["events"].clone())
    );
    let (mut variants, count) = summary.variants(100);
    variants.sort_by(|one, other| one.activities.cmp(&other.activities));
    let variants: Vec<Value> = variants.into_iter().map(|one| json!([one.activities, one.cases])).collect();
    assert_eq!((json!(variants), count), (said["variants"].clone(), 3));
    let flows = summary.flows();
    let theirs = said["flows"].as_array().unwrap();
    assert_eq!(flows.len(), theirs.len());
    for row in theirs {
        let flow = flows[&(row[0].as_str().unwrap(), row[1].as_str().unwrap())];
        assert_eq!(json!(flow.count), row[2]);
        within_a_per_cent(flow.durations.quantile(0.5), row[3].as_f64().unwrap());
    }
    within_a_per_cent(summary.durations().median, said["median"].as_f64().unwrap());
}

fn within_a_per_cent(found: f64, exact: f64) {
    assert!((found / exact - 1.0).abs() < 0.01, "{found} instead of {exact}");
}

#[test]
fn mon17_an_ocel_is_read_by_pm4py() {
    let file = tempfile::NamedTempFile::with_suffix(".json").unwrap();
    let string = |name: &str| (name.to_owned(), AttributeType::String);
    let of = |name: &str, attributes: &[&str]| TypeOf {
        name: name.to_owned(),
        attributes: attributes.iter().map(|name| string(name)).collect(),
    };
    let objects = [of("заявление", &["канал"]), of("услуга", &[])];
    let mut events = [of("Регистрация заявления в ОГВ", &["процесс"]), of("Услуга оказана", &[])];
    events[1].attributes.push(("число".to_owned(), AttributeType::Integer));
    let out = std::io::BufWriter::new(file.reopen().unwrap());
    let mut writer = OcelWriter::new(out, &objects, &events).unwrap();
    let relation =
        |object: &str, qualifier: &str| Relation { object: object.into(), qualifier: qualifier.into() };
    writer.object("s", "услуга", &[], &[]).unwrap();
    for number in 0..10 {
        let value = |time: i64, text: &str| ObjectAttribute {
            name: "канал".to_owned(),
            time: show(time, 0),
            value: OcelValue::Text(text.to_owned()),
        };
        let attributes = [value(0, "ЕПГУ"), value(1_768_200_000_000_000, "МФЦ \"1\"")];
        writer
            .object(&format!("a{number}"), "заявление", &attributes, &[relation("s", "об услуге")])
            .unwrap();
    }
    for number in 0..10_i64 {
        let relations =
            [relation(&format!("a{number}"), "ход заявления"), relation("s", "оказывается услуга")];
        let at = show(1_768_200_000_000_000 + number * 1_000_000, 180);
        let text = [("процесс".to_owned(), OcelValue::Text("authority".to_owned()))];
        writer.event(&format!("e{number}"), &events[0].name, &at, &text, &relations).unwrap();
        if number % 2 == 0 {
            let count = [("число".to_owned(), OcelValue::Integer(number))];
            writer.event(&format!("f{number}"), &events[1].name, &at, &count, &relations[..1]).unwrap();
        }
    }
    assert!(writer.object("late", "услуга", &[], &[]).is_err());
    writer.finish().unwrap();
    let said = look("ocel", &[file.path()]);
    assert_eq!(said["events"], json!({"Регистрация заявления в ОГВ": 10, "Услуга оказана": 5}));
    assert_eq!(said["objects"], json!({"заявление": 10, "услуга": 1}));
    assert_eq!(said["relations"], json!({"ход заявления": 15, "оказывается услуга": 10}));
    assert_eq!((&said["between_objects"], &said["changes"]), (&json!(10), &json!(10)));
    let times: BTreeMap<usize, &str> =
        said["times"].as_array().unwrap().iter().filter_map(Value::as_str).enumerate().collect();
    assert!(times[&0].starts_with("2026-01-12 06:40:00"), "{times:?}");
}
