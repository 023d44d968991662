//! Marks of senders with scales of their own on the one scale of the answers (MON-13).

use std::sync::Arc;

use otklik_lake::arrow::datatypes::Schema;
use otklik_lake::arrow::record_batch::RecordBatch;
use otklik_lake::{Change, Table, TableWriter};
use otklik_monitoring::answers::{Allowed, Answers, Ask, By, Sheet, Which};
use otklik_monitoring::ingest::Importer;
use otklik_monitoring::tables::RATINGS;
use otklik_monitoring::upkeep::{compact, rebuild, verify};
use otklik_progress::model::Channel;

use crate::told::{Told, importer, now, rows};

const AT: i64 = 1_772_442_000;

/// A day of a sender with a scale, and the marks that were given on it.
async fn take(
    importer: &Importer,
    (sender, day): (&str, i32),
    scale: Option<(i16, i16)>,
    (service, marks): (&str, &[i16]),
) {
    let mut told = Told::new(sender, day, 1, 1);
    told.0.ratings.scale = scale;
    for (mark, n) in marks.iter().zip(0_i64..) {
        let request = format!("{sender}-{day}-{n}");
        told.application(&request, service, 27, "B1", Channel::Epgu);
        told.event(&request, 3, 2, AT, "");
        told.rating(&request, AT + n, *mark);
    }
    importer.import(&[told.0]).await.unwrap();
}

async fn answers(importer: &Importer) -> Answers {
    let snapshot = importer.lake().latest().await.unwrap();
    Answers::of(importer.engine(), &snapshot, Arc::new(importer.rules().clone())).await.unwrap()
}

async fn satisfaction(importer: &Importer) -> Sheet {
    answers(importer).await.satisfaction(&Ask::by(&[By::Service]), &Allowed::All).await.unwrap()
}

fn counts(sheet: &Sheet, row: usize) -> [i64; 5] {
    [1, 2, 3, 4, 5].map(|mark| sheet.whole(row, &format!("mark_{mark}")).unwrap())
}

fn mean(sheet: &Sheet, row: usize) -> f64 {
    sheet.get(row, "mean").unwrap().number().unwrap()
}

/// Writes ratings as they stood in files of before scales were kept.
async fn grow_old(importer: &Importer) {
    let base = importer.lake().latest().await.unwrap();
    let is_old = |name: &&Arc<otklik_lake::arrow::datatypes::Field>| !name.name().starts_with("mark_");
    let fields: Vec<_> = RATINGS.schema().fields().iter().filter(is_old).cloned().collect();
    let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    let schema = Arc::new(Schema::new(fields.clone()));
    let mut writer =
        TableWriter::new(importer.lake(), &Table::new("ratings", Schema::clone(&schema))).unwrap();
    let query = format!("select \"{}\" from ratings", names.join("\", \""));
    for batch in now(importer).await.rows(&query).await.unwrap() {
        let plain = batch.columns().iter().zip(&fields);
        let plain = plain
            .map(|(column, field)| otklik_lake::arrow::compute::cast(column, field.data_type()).unwrap());
        writer.write(&RecordBatch::try_new(schema.clone(), plain.collect()).unwrap()).unwrap();
    }
    let file = importer.lake().keep(writer.finish().unwrap()).await.unwrap();
    let change = base.files("ratings").fold(Change::new().with(file), |all, old| all.without(&old.path));
    importer.lake().commit(&base, change.note("kind", "compact")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon13_marks_of_every_scale_are_brought_to_one_and_keep_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let importer = importer(folder.path());
    take(&importer, ("А", 20_260_302), Some((1, 5)), ("S1", &[1, 2, 3, 4, 5])).await;
    take(&importer, ("Б", 20_260_302), Some((0, 10)), ("S2", &[0, 4, 10, 9])).await;
    let sheet = satisfaction(&importer).await;
    assert_eq!((counts(&sheet, 0), mean(&sheet, 0)), ([1, 1, 1, 1, 1], 3.0));
    // 0, 4, 10, 9 of 0 to 10 are 1, 2.6, 5, 4.6 of 1 to 5.
    assert_eq!(counts(&sheet, 1), [1, 0, 1, 0, 2]);
    assert!((mean(&sheet, 1) - 3.3).abs() < 1e-9, "{}", mean(&sheet, 1));
    // Another scale is agreed with the sender: what was taken in keeps its meaning.
    take(&importer, ("Б", 20_260_303), Some((1, 5)), ("S2", &[5])).await;
    let all = |sheet: &Sheet| (counts(sheet, 1), (mean(sheet, 1) * 1e6).round());
    let before = all(&satisfaction(&importer).await);
    assert_eq!(before, ([1, 0, 1, 0, 3], 3_640_000.0));
    rebuild(&importer).await.unwrap();
    compact(importer.lake(), importer.engine()).await.unwrap();
    assert_eq!(all(&satisfaction(&importer).await), before);
    // The lowest stand first on the one scale, and marks as they were given are there still.
    let (ask, answers) = (Ask::default(), answers(&importer).await);
    let list = answers.list(&ask, &Allowed::All, &Which::Rated, (4, 0)).await.unwrap();
    let values: Vec<f64> = (0..4).map(|row| list.get(row, "value").unwrap().number().unwrap()).collect();
    assert_eq!(values, [1.0, 1.0, 2.0, 2.6]);
    let trace = answers.trace("Б-20260302-1", &Allowed::All).await.unwrap().unwrap();
    let told = ["mark", "mark_least", "mark_most"].map(|name| trace.ratings.whole(0, name));
    assert_eq!(told, [Some(4), Some(0), Some(10)]);
    assert!(verify(&importer).await.unwrap().ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mon13_marks_of_files_without_scales_are_of_one_to_five() {
    let folder = tempfile::tempdir().unwrap();
    let importer = importer(folder.path());
    take(&importer, ("А", 20_260_302), Some((0, 10)), ("S1", &[1, 5])).await;
    grow_old(&importer).await;
    assert_eq!((counts(&satisfaction(&importer).await, 0)), [1, 0, 0, 0, 1], "nothing is known of 0 to 10");
    take(&importer, ("А", 20_260_303), Some((0, 10)), ("S1", &[5])).await;
    take(&importer, ("Б", 20_260_303), None, ("S1", &[4])).await;
    let sheet = satisfaction(&importer).await;
    assert_eq!((counts(&sheet, 0), mean(&sheet, 0)), ([1, 0, 1, 1, 1], 3.25));
    compact(importer.lake(), importer.engine()).await.unwrap();
    let found = rows(&now(&importer).await, "select mark, mark_least, mark_most from live_ratings").await;
    assert_eq!(found, ["1||", "4||", "5|0|10", "5||"]);
    assert_eq!(satisfaction(&importer).await.rows, sheet.rows);
    // The commit of what was made old here tells of its scale: that alone differs.
    let verified = verify(&importer).await.unwrap();
    assert!(verified.damage.is_empty(), "{verified:?}");
    assert!(verified.differences.iter().all(|line| line.contains("ratings")), "{verified:?}");
}
