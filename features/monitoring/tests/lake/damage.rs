//! Looking a lake over finds what is wrong with it: bytes, missing files, rows that were not delivered, rows that don't
//! follow from what was.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use otklik_kernel::CivilDay;
use otklik_lake::arrow::array::{
    Array, ArrayRef, AsArray as _, BinaryArray, BooleanArray, Int64Array, RecordBatch, StringArray,
};
use otklik_lake::arrow::compute::{cast, concat_batches};
use otklik_lake::arrow::datatypes::{DataType, Int64Type};
use otklik_lake::{Change, Look, Snapshot, Table, TableWriter};
use otklik_monitoring::ingest::Importer;
use otklik_monitoring::tables;
use otklik_monitoring::upkeep::{compact, rebuild, verify};
use otklik_progress::delivery::{Norm, Service};
use otklik_progress::model::Channel;

use crate::told::{Told, contents, importer};

const AT: i64 = 1_772_442_000;

/// Two days with late events and a correction, so that every table has rows.
async fn lake(folder: &Path) -> (Importer, Snapshot) {
    let importer = importer(folder);
    for (day, revision) in [(2, 1), (1, 1), (1, 2)] {
        let mut told = Told::new("А", 20_260_300 + day, revision, 1);
        told.0.services.push(Service {
            service: "S1".to_owned(),
            variant: String::new(),
            name: "Выписка".to_owned(),
            direction: "земля".to_owned(),
            norm: Some(Norm { days: 5, is_working: true, from: 2, to: 3 }),
            valid_from: CivilDay(20_260_101),
        });
        for number in 0..20 {
            let request = format!("З-{number}");
            told.application(&request, "S1", 27, "B1", Channel::Epgu);
            let at = AT + i64::from(day) * 86_400 + number * 60;
            for (place, status) in [2, 1010, 1011, 3].into_iter().enumerate() {
                told.event(&request, 1, status, at + place as i64 * 600 + i64::from(revision), "ЕГРН");
            }
            told.rating(&request, at, 5);
            told.complaint(&request, at, 1);
            told.payment(&request, at, 2);
        }
        importer.import(&[told.0]).await.unwrap();
    }
    let snapshot = importer.lake().latest().await.unwrap();
    (importer, snapshot)
}

/// A copy of a lake in another folder, opened.
fn copy(from: &Path, to: &Path) -> Importer {
    for entry in fs::read_dir(from).unwrap() {
        let folder = entry.unwrap().path();
        let own = to.join(folder.file_name().unwrap());
        fs::create_dir(&own).unwrap();
        for file in fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()) {
            if file.is_file() {
                fs::copy(&file, own.join(file.file_name().unwrap())).unwrap();
            }
        }
    }
    importer(to)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon16_every_damaged_or_missing_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (importer, snapshot) = lake(folder.path()).await;
    assert!(verify(&importer).await.unwrap().ok);
    let files: Vec<PathBuf> = snapshot.all_files().map(|file| folder.path().join(&file.path)).collect();
    assert!(files.len() > 12);
    for file in &files {
        let whole = fs::read(file).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(file, &changed).unwrap();
        let verified = verify(&importer).await.unwrap();
        assert!(!verified.ok && verified.damage.len() == 1, "a changed bit of {file:?}: {verified:?}");
        fs::remove_file(file).unwrap();
        let verified = verify(&importer).await.unwrap();
        assert!(!verified.ok && verified.damage.len() == 1, "{file:?} is missing: {verified:?}");
        fs::write(file, &whole).unwrap();
    }
    assert!(verify(&importer).await.unwrap().ok);
}

/// Tables whose rows can be made anew.
fn is_derived(table: &str) -> bool {
    ["cases", "transitions", "exchanges", "cases_gone", "steps_gone", "spans", "figures"].contains(&table)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon16_rows_that_do_not_follow_from_the_events_are_found_and_made_anew() {
    let whole = tempfile::tempdir().unwrap();
    let (original, snapshot) = lake(whole.path()).await;
    let before = contents(&original, &[]).await;
    for table in tables::all() {
        let name = table.name();
        let folder = tempfile::tempdir().unwrap();
        let importer = copy(whole.path(), folder.path());
        // A commit like any other, of whole files: only its sense is wrong.
        let path = &snapshot.files(name).last().unwrap_or_else(|| panic!("{name} has rows")).path;
        importer.lake().commit(&snapshot, Change::new().without(path.as_str())).await.unwrap();
        let verified = verify(&importer).await.unwrap();
        assert!(verified.damage.is_empty());
        assert!(!verified.ok && !verified.differences.is_empty(), "{name} without {path}: {verified:?}");
        if is_derived(name) {
            rebuild(&importer).await.unwrap();
            let verified = verify(&importer).await.unwrap();
            assert!(verified.ok, "{name} made anew: {verified:?}");
            assert_eq!(contents(&importer, &[]).await, before, "{name} made anew");
        }
    }
}

/// A column with another value in a row.
fn spoiled(column: &ArrayRef, row: usize) -> ArrayRef {
    let other: ArrayRef = match column.data_type() {
        DataType::Utf8 => {
            let values = column.as_string::<i32>().iter().map(|value| value.unwrap().to_owned());
            let spoil = |(place, value): (usize, String)| if place == row { value + "ъ" } else { value };
            Arc::new(StringArray::from_iter_values(values.enumerate().map(spoil)))
        }
        DataType::Binary => {
            let values = column.as_binary::<i32>().iter().map(|value| value.unwrap().to_vec());
            let spoil = |(place, mut value): (usize, Vec<u8>)| {
                value.extend((place == row).then_some(7));
                value
            };
            Arc::new(BinaryArray::from_iter_values(values.enumerate().map(spoil)))
        }
        DataType::Boolean => {
            let values = column.as_boolean().iter().enumerate();
            let spoil = |(place, value): (usize, Option<bool>)| {
                if place == row { Some(!value.unwrap_or(true)) } else { value }
            };
            Arc::new(BooleanArray::from_iter(values.map(spoil)))
        }
        _ => {
            let numbers = cast(column, &DataType::Int64).unwrap();
            let values = numbers.as_primitive::<Int64Type>().iter().enumerate();
            let spoil = |(place, value): (usize, Option<i64>)| {
                if place == row { Some(value.map_or(0, |value| value + 1)) } else { value }
            };
            Arc::new(Int64Array::from_iter(values.map(spoil)))
        }
    };
    cast(&other, column.data_type()).unwrap()
}

/// The rows of the last file of a table.
async fn last_rows(importer: &Importer, snapshot: &Snapshot, table: &Table) -> (String, RecordBatch) {
    let path = snapshot.files(table.name()).last().unwrap().path.clone();
    let files = [path.clone()];
    let session = importer.engine().session_of(snapshot, &[(table, &files)], Look::InOrder).unwrap();
    let batches = session.rows(&format!("select * from {}", table.name())).await.unwrap();
    (path, concat_batches(table.schema(), &batches).unwrap())
}

/// Commits files of tables, each with one other value in a column, as whole as any.
async fn spoil(importer: &Importer, snapshot: &Snapshot, columns: &[(&Table, usize)]) {
    let mut change = Change::new().note("kind", "compact");
    for (table, place) in columns {
        let (path, rows) = last_rows(importer, snapshot, table).await;
        let mut columns = rows.columns().to_vec();
        columns[*place] = spoiled(&columns[*place], rows.num_rows() / 2);
        let mut writer = TableWriter::new(importer.lake(), table).unwrap();
        writer.write(&RecordBatch::try_new(rows.schema(), columns).unwrap()).unwrap();
        let file = importer.lake().keep(writer.finish().unwrap()).await.unwrap();
        change = change.without(path).with(file);
    }
    importer.lake().commit(snapshot, change).await.unwrap();
}

/// Tables whose damage is told of each by itself, whatever there is in others of its group.
const GROUPS: [&[&str]; 4] = [
    &["deliveries"],
    &["services", "applications", "events", "payments", "ratings", "complaints"],
    &["cases", "transitions", "exchanges", "spans", "figures"],
    &["cases_gone", "steps_gone"],
];

/// The columns of a table that are tried: all; of the 96 moments of statuses, which are alike, some but in a soak.
fn columns(table: &Table) -> Vec<usize> {
    let is_soak = std::env::var_os("OTKLIK_SOAK").is_some();
    let is_tried = |(place, name): &(usize, &String)| {
        let is_moment = (name.starts_with("first_") || name.starts_with("last_"))
            && name.ends_with(|end: char| end.is_ascii_digit());
        is_soak || !is_moment || place % 12 == 0
    };
    let names = table.schema().fields().iter().map(|field| field.name()).enumerate();
    names.filter(is_tried).map(|(place, _)| place).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon16_another_value_in_any_column_of_any_table_is_found() {
    let whole = tempfile::tempdir().unwrap();
    let (_, snapshot) = lake(whole.path()).await;
    let all = tables::all();
    assert_eq!(GROUPS.concat().len(), all.len());
    for group in GROUPS {
        let of_group: Vec<(&Table, Vec<usize>)> = all
            .iter()
            .filter(|table| group.contains(&table.name()))
            .map(|table| (table, columns(table)))
            .collect();
        for turn in 0..of_group.iter().map(|(_, columns)| columns.len()).max().unwrap() {
            let some: Vec<(&Table, usize)> =
                of_group.iter().filter_map(|(table, columns)| Some((*table, *columns.get(turn)?))).collect();
            let folder = tempfile::tempdir().unwrap();
            let importer = copy(whole.path(), folder.path());
            spoil(&importer, &snapshot, &some).await;
            let verified = verify(&importer).await.unwrap();
            assert!(!verified.ok && verified.damage.is_empty(), "{verified:?}");
            for (table, place) in some {
                let what = format!("{}.{}: {verified:?}", table.name(), table.schema().field(place).name());
                let line = match table.name() {
                    "deliveries" => "Квитанции озера".to_owned(),
                    name => format!("Таблица {name}:"),
                };
                assert!(verified.differences.iter().any(|one| one.contains(&line)), "{what}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon16_a_lake_from_before_digests_were_noted_is_sound() {
    let (folder, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (original, _) = lake(whole.path()).await;
    let old = copy(whole.path(), folder.path());
    fs::remove_dir_all(folder.path().join("_log")).unwrap();
    for number in 1..=3 {
        let entry = original.lake().entry(number).await.unwrap();
        let mut change = entry.adds.into_iter().fold(Change::new(), Change::with);
        for (name, mut note) in entry.notes.into_iter().filter(|(name, _)| name != "gone") {
            for delivery in note.as_array_mut().into_iter().flatten().filter_map(|one| one.as_object_mut()) {
                delivery.remove("digests");
            }
            change = change.note(&name, note);
        }
        old.lake().commit(&old.lake().latest().await.unwrap(), change).await.unwrap();
    }
    for step in ["as it was", "compacted"] {
        let verified = verify(&old).await.unwrap();
        assert!(verified.ok && verified.events > 0, "{step}: {verified:?}");
        compact(old.lake(), old.engine()).await.unwrap();
    }
    // What can't be told by digests, the number of rows still does.
    let snapshot = old.lake().latest().await.unwrap();
    let path = snapshot.files("ratings").last().unwrap().path.clone();
    old.lake().commit(&snapshot, Change::new().without(path)).await.unwrap();
    assert!(!verify(&old).await.unwrap().ok);
}
