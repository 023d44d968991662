//! Against frictionless, a validator by others, with the published description (MON-9). It is installed from the Python
//! package index into the build folder when it isn't there yet.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use otklik_progress::check::{NoneKnown, Weight};
use otklik_progress::fields::Table;
use otklik_progress::reading::{Limits, Source};
use serde_json::{Value, json};

use crate::support::{check, listed};

/// The version that the tests were written with.
const FRICTIONLESS: &str = "frictionless==5.21.0";

/// The interpreter of an environment with frictionless.
fn python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(FRICTIONLESS);
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let python = folder.join("bin/python");
    if !folder.join("ready").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", FRICTIONLESS];
        run(Command::new(&python).args(pip));
        File::create(folder.join("ready")).unwrap();
    }
    python
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("python3 with venv is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn validate(packages: &[PathBuf]) -> Value {
    let mut command = Command::new(python());
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frictionless/validate.py"));
    command.args(packages.iter().map(|package| package.join("datapackage.json")));
    serde_json::from_str(run(&mut command).lines().last().unwrap()).unwrap()
}

/// Rows of a good package: file by file, field by field.
fn good() -> Vec<(Table, Vec<Vec<&'static str>>)> {
    let hash = "9f86d081884c7d659a2feaa0c55ad015";
    let body = "МФЦ района Аэропорт";
    vec![
        (
            Table::Services,
            vec![
                vec!["100", "", "Паспорт", "МВД", "30", "working", "1", "3", "24-11-2026"],
                vec!["102", "1", "Пособие", "", "", "", "", "", ""],
            ],
        ),
        (
            Table::Applications,
            vec![
                vec![
                    "Ж-1",
                    "100",
                    "1",
                    "",
                    "МФЦ",
                    "МФЦ",
                    "",
                    "г. Москва",
                    body,
                    "mfc-77-1",
                    hash,
                    "Ж",
                    "035",
                    "",
                ],
                vec![
                    "Ж-2",
                    "102",
                    "",
                    "",
                    "РПГУ",
                    "",
                    "",
                    "г. Москва",
                    body,
                    "",
                    "",
                    "",
                    "",
                    "1027700132195",
                ],
                vec![
                    "Ж-3",
                    "102",
                    "",
                    "Как; \"где\"",
                    "ОГВ",
                    "",
                    "ВС",
                    "г. Москва",
                    body,
                    "",
                    "",
                    "М",
                    "",
                    "",
                ],
            ],
        ),
        (
            Table::Events,
            vec![
                vec!["Ж-1", "mfc", "4", "1003", "", "24-11-2026", "10:00:00", ""],
                vec!["Ж-1", "mfc", "6a", "1005", "", "24-11-2026", "10:05:00", ""],
                vec!["Ж-1", "mfc", "", "1007", "", "24-11-2026", "10:06:00", ""],
            ],
        ),
        (
            Table::Payments,
            vec![
                vec!["Ж-1", "uin_assigned", "24-11-2026", "10:10:00"],
                vec!["Ж-1", "paid", "24-11-2026", "10:11:00"],
            ],
        ),
        (
            Table::Ratings,
            vec![
                vec!["Ж-1", "24-11-2026", "10:20:00", "5", "срок=4", "Спасибо"],
                vec!["Ж-1", "24-11-2026", "11:20:00", "4", "", ""],
            ],
        ),
        (
            Table::Complaints,
            vec![
                vec!["Ж-1", "1", "accepted", "24-11-2026", "10:30:00"],
                vec!["Ж-1", "1", "scheduled", "24-12-2026", "10:30:00"],
            ],
        ),
    ]
}

/// What is broken: file, row from 0, field, what is put there. Each is something that a table schema can say.
const BROKEN: [(Table, usize, &str, &str); 21] = [
    (Table::Services, 0, "service_id", ""),
    (Table::Services, 0, "norm_days", "месяц"),
    (Table::Services, 0, "norm_unit", "рабочие"),
    (Table::Applications, 1, "channel_in", "почта"),
    (Table::Applications, 1, "ogrn", "102770013219"),
    (Table::Applications, 2, "request_id", ""),
    (Table::Applications, 2, "request_id", "Ж-1"),
    (Table::Applications, 2, "region", ""),
    (Table::Applications, 2, "region", "Тмутаракань"),
    (Table::Applications, 2, "sex", "м"),
    (Table::Applications, 2, "age", "35"),
    (Table::Applications, 2, "applicant_hash", "112-233-445"),
    (Table::Events, 2, "process", "post"),
    (Table::Events, 2, "item", "шесть"),
    (Table::Events, 2, "status", "999"),
    (Table::Events, 2, "date", "24 ноября"),
    (Table::Events, 2, "time", "10:06"),
    (Table::Events, 2, "date", ""),
    (Table::Payments, 1, "event", "оплачено"),
    (Table::Ratings, 1, "mark", "пять"),
    (Table::Complaints, 1, "event", "подана"),
];

/// Writes a package under the published description.
fn write(folder: &Path, tables: &[(Table, Vec<Vec<&str>>)]) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/datapackage.json");
    let mut description: Value = serde_json::from_slice(&fs::read(published).unwrap()).unwrap();
    description["otklik"] = json!({"sender": "mfc-77", "day": "2026-11-24", "revision": 1});
    fs::write(folder.join("datapackage.json"), description.to_string()).unwrap();
    for (table, rows) in tables {
        let mut out = otklik_csv::MARK.to_vec();
        otklik_csv::write_record(&mut out, b';', table.fields().iter().map(|field| field.name));
        for row in rows {
            otklik_csv::write_record(&mut out, b';', row.iter().copied());
        }
        fs::write(folder.join(table.file()), out).unwrap();
    }
    folder.to_owned()
}

#[test]
fn mon9_frictionless_finds_the_description_valid_and_the_same_rows_wrong_as_we_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut packages = vec![write(&folder.path().join("good"), &good())];
    for (number, (table, row, field, value)) in BROKEN.into_iter().enumerate() {
        let mut tables = good();
        let (_, rows) = tables.iter_mut().find(|(of, _)| *of == table).unwrap();
        let column = table.fields().iter().position(|known| known.name == field).unwrap();
        rows[row][column] = value;
        packages.push(write(&folder.path().join(number.to_string()), &tables));
    }
    let answer = validate(&packages);
    for (number, package) in packages.iter().enumerate() {
        let said = &answer[package.join("datapackage.json").to_string_lossy().as_ref()];
        assert_eq!((&said["metadata"], &said["errors"]), (&json!([]), &json!([])), "{package:?}");
        let theirs: BTreeSet<(String, u64)> = said["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (format!("{}.csv", error[0].as_str().unwrap()), error[1].as_u64().unwrap()))
            .collect();
        let (_, problems) = check(Source::at(package).unwrap(), Limits::default(), &NoneKnown);
        let ours: BTreeSet<(String, u64)> = problems
            .iter()
            .filter(|problem| problem.code.weight() != Weight::Warning)
            .map(|problem| (problem.file.to_string(), u64::from(problem.line)))
            .collect();
        assert_eq!(ours, theirs, "{package:?}: {}{}", listed(&problems), said["rows"]);
        let expected = number.checked_sub(1).map(|number| {
            let (table, row, ..) = BROKEN[number];
            (table.file(), row as u64 + 2)
        });
        assert_eq!(ours, expected.into_iter().collect(), "{package:?}: {}", listed(&problems));
        assert_eq!(said["valid"], json!(number == 0));
    }
}
