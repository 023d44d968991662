//! Questions: to one snapshot, whatever is committed meanwhile.

use std::sync::Arc;

use otklik_lake::arrow::array::{
    ArrayRef, DictionaryArray, Int64Array, LargeStringArray, RecordBatch, StringArray, StringViewArray,
};
use otklik_lake::arrow::datatypes::UInt32Type;
use otklik_lake::{Change, Engine, Look, Sifted, Table, TableWriter};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::support::{InFolder, file, grow, in_folder, number, open, rows, table};

async fn three_files() -> InFolder {
    let place = in_folder();
    for (from, to) in [(20_000, 30_000), (0, 20_000), (30_000, 40_000)] {
        grow(&place.lake, from, to).await.expect("a commit");
    }
    place
}

#[tokio::test]
async fn a_table_without_files_is_empty() {
    let place = in_folder();
    let snapshot = place.lake.latest().await.expect("a snapshot");
    assert_eq!(number(&place.lake, &snapshot, "select count(*) from events where key = 'k'").await, 0);
}

#[tokio::test]
async fn answers_come_from_all_files_and_one_snapshot() {
    let place = three_files().await;
    let then = place.lake.latest().await.expect("a snapshot");
    let path = then.all_files().next().expect("a file").path.clone();
    place.lake.commit(&then, Change::new().without(path)).await.expect("a commit");
    let sum: i64 = (0..40_000).map(|row| row * 7 % 1_000).sum();
    assert_eq!(number(&place.lake, &then, "select sum(value) from events").await, sum);
    let now = place.lake.latest().await.expect("a snapshot");
    assert_eq!(number(&place.lake, &now, "select count(*) from events").await, 30_000);
    let distinct = "select count(distinct key) from events";
    assert_eq!(number(&open(place.folder.path(), &place.clock), &then, distinct).await, 20_000);
}

#[tokio::test]
async fn a_missing_file_is_an_error_not_a_smaller_answer() {
    let place = three_files().await;
    let snapshot = place.lake.latest().await.expect("a snapshot");
    let path = snapshot.all_files().nth(1).expect("a file").path.clone();
    std::fs::remove_file(place.folder.path().join(path)).expect("it was there");
    let engine = Engine::new(&place.lake, 64 << 20, 2).expect("an engine");
    let session = engine.session(&snapshot, &[table()], Look::Whole).expect("a session");
    assert!(session.rows("select sum(value) from events").await.is_err());
}

#[tokio::test]
async fn one_key_is_found_among_many_and_views_are_queries_by_name() {
    let place = three_files().await;
    let snapshot = place.lake.latest().await.expect("a snapshot");
    let engine = Engine::new(&place.lake, 64 << 20, 2).expect("an engine");
    for look in [Look::Few, Look::Whole] {
        let session = engine.session(&snapshot, &[table()], look).expect("a session");
        session.view("late", "select * from events where at >= 0").await.expect("a view");
        let found = session.rows("select key, at, value from late where key = 'k012345' order by at").await;
        let found = found.expect("an answer");
        let found =
            otklik_lake::arrow::compute::concat_batches(&found[0].schema(), &found).expect("one batch");
        assert_eq!(found.num_rows(), 2);
        let keys = found.column(0).as_any().downcast_ref::<StringViewArray>().expect("texts");
        let values = found.column(2).as_any().downcast_ref::<Int64Array>().expect("numbers");
        assert_eq!((keys.value(1), values.value(0), values.value(1)), ("k012345", 24_690 * 7 % 1_000, 837));
        // A name may be given anew: whoever gave it before may have been broken off.
        for _ in 0..2 {
            session.hold("late", "select key from events where key = 'k012345'").await.expect("rows");
            let held = session.rows("select * from late").await.expect("an answer");
            assert_eq!(held.iter().map(RecordBatch::num_rows).sum::<usize>(), 2);
            session.view("late", "select * from events").await.expect("a view");
        }
    }
}

#[tokio::test]
async fn a_file_is_written_anew_without_rows_that_do_not_stay_in_its_order_and_with_its_tags() {
    let place = in_folder();
    let mut writer = TableWriter::new(&place.lake, &table()).expect("a writer");
    // Not the table's order.
    for (from, to) in [(7, 10_000), (0, 7)] {
        writer.write(&rows(from, to)).expect("rows");
    }
    let written = writer.finish().expect("a file").tag("month", "202601");
    let change = Change::new().with(place.lake.keep(written).await.expect("it is kept"));
    let base = place.lake.latest().await.expect("a snapshot");
    let base = place.lake.commit(&base, change).await.expect("a commit");
    let file = base.files("events").next().expect("a file").clone();
    let engine = Engine::new(&place.lake, 64 << 20, 2).expect("an engine");
    let sift = async |stays: fn(i64) -> bool| {
        let stays = |rows: &RecordBatch| {
            let value = rows.column_by_name("value").expect("it was asked for");
            let value = value.as_any().downcast_ref::<Int64Array>().expect("numbers");
            Ok(value.values().iter().map(|value| Some(stays(*value))).collect())
        };
        engine.sift(&place.lake, &base, (&table(), &file), &["value"], stays).await.expect("it is sifted")
    };
    assert!(matches!(sift(|_| true).await, Sifted::Whole));
    assert!(matches!(sift(|_| false).await, Sifted::Nothing));
    let Sifted::Rest(rest) = sift(|value| value != 7).await else { panic!("rows are to be taken away") };
    assert_eq!((rest.file().rows, &rest.file().tags), (9_990, &file.tags));
    let change = Change::new().without(&file.path).with(place.lake.keep(rest).await.expect("it is kept"));
    let after = place.lake.commit(&base, change).await.expect("a commit");
    assert!(place.lake.verify().await.expect("a report").ok);
    let session = engine.session(&after, &[table()], Look::InOrder).expect("a session");
    let found = session.rows("select value from events").await.expect("rows");
    let found: Vec<i64> = found
        .iter()
        .flat_map(|batch| {
            let value = batch.column(0).as_any().downcast_ref::<Int64Array>().expect("numbers");
            value.values().to_vec()
        })
        .collect();
    let expected = (7..10_000).chain(0..7).map(|row| row * 7 % 1_000).filter(|value| *value != 7);
    assert_eq!(found, expected.collect::<Vec<i64>>());
}

#[tokio::test]
async fn sorting_more_than_fits_into_memory_uses_the_disk() {
    let place = in_folder();
    for from in (0..1_000_000_i64).step_by(250_000) {
        grow(&place.lake, from, from + 250_000).await.expect("a commit");
    }
    let base = place.lake.latest().await.expect("a snapshot");
    let engine = Engine::new(&place.lake, 48 << 20, 2).expect("an engine");
    let by_value = Table::new("by_value", table().schema().as_ref().clone()).sorted_by(&["value", "at"]);
    let session = engine.session(&base, &[table()], Look::Whole).expect("a session");
    let written = session.write(&place.lake, &by_value, "select * from events order by value, at").await;
    assert_eq!(written.expect("it is written").expect("rows").file().rows, 1_000_000);
}

#[tokio::test]
async fn rows_of_many_columns_are_sorted_anew_in_little_memory() {
    use otklik_lake::arrow::datatypes::{DataType, Field, Schema};
    let place = in_folder();
    let base = grow(&place.lake, 0, 150_000).await.expect("a commit");
    let engine = Engine::new(&place.lake, 64 << 20, 2).expect("an engine");
    let names: Vec<String> = (0..120).map(|number| format!("c{number}")).collect();
    let fields = names.iter().map(|name| Field::new(name, DataType::Int64, false)).collect::<Vec<_>>();
    let wide = Table::new("wide", Schema::new(fields));
    let columns: Vec<String> = names.iter().zip(0..).map(|(name, n)| format!("at + {n} as {name}")).collect();
    let query = format!("select {} from events order by at % 1009, at", columns.join(", "));
    let session = engine.session(&base, &[table()], Look::Rewrite).expect("a session");
    let written = session.write(&place.lake, &wide, &query).await;
    assert_eq!(written.expect("it is written").expect("rows").file().rows, 150_000);
}

#[tokio::test]
async fn a_column_that_came_later_is_empty_in_older_files() {
    use otklik_lake::arrow::datatypes::{DataType, Field};
    let place = in_folder();
    let snapshot = grow(&place.lake, 0, 10).await.expect("a commit");
    let mut fields: Vec<_> = table().schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    fields.push(Field::new("later", DataType::Int64, true));
    let newer = Table::new("events", otklik_lake::arrow::datatypes::Schema::new(fields));
    let engine = Engine::new(&place.lake, 64 << 20, 2).expect("an engine");
    let session = engine.session(&snapshot, &[newer], Look::Whole).expect("a session");
    let rows = session.rows("select count(*), count(later) from events").await.expect("an answer");
    let count = |column: usize| {
        rows[0].column(column).as_any().downcast_ref::<Int64Array>().expect("a number").value(0)
    };
    assert_eq!((count(0), count(1)), (10, 0));
}

#[tokio::test]
async fn two_threads_write_at_once_and_other_columns_are_refused() {
    let place = in_folder();
    let written: Vec<_> = std::thread::scope(|scope| {
        let threads = [0, 50_000].map(|from| {
            let lake = &place.lake;
            scope.spawn(move || {
                let mut writer = TableWriter::new(lake, &table()).expect("a writer");
                for step in 0..50 {
                    let from = from + step * 1_000;
                    writer.write(&rows(from, from + 1_000)).expect("rows are written");
                }
                let other = rows(0, 1).project(&[0, 1]).expect("two columns");
                assert!(writer.write(&other).is_err());
                writer.finish().expect("a file")
            })
        });
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    });
    let mut change = Change::new();
    for written in written {
        change = change.with(place.lake.keep(written).await.expect("it is kept"));
    }
    let base = place.lake.latest().await.expect("a snapshot");
    let after = place.lake.commit(&base, change).await.expect("a commit");
    assert_eq!(number(&place.lake, &after, "select count(distinct at) from events").await, 100_000);
    assert!(file(&place.lake, 0, 0).await.is_ok_and(|file| file.rows == 0));
}

#[tokio::test]
async fn least_and_greatest_values_are_kept_of_columns_that_rows_are_left_out_by() {
    let place = in_folder();
    let mut kept = Vec::new();
    for table in [table(), table().filtered_by(&["at"])] {
        let mut writer = TableWriter::new(&place.lake, &table).expect("a writer");
        writer.write(&rows(0, 1_000)).expect("rows");
        let file = place.lake.keep(writer.finish().expect("a file")).await.expect("it is kept");
        let file = std::fs::File::open(place.folder.path().join(file.path)).expect("it is there");
        let reader = SerializedFileReader::new(file).expect("a Parquet file");
        let columns = reader.metadata().row_group(0).columns();
        let has_least = |column: &ColumnChunkMetaData| {
            column.statistics().is_some_and(|known| known.min_bytes_opt().is_some())
        };
        kept.push(columns.iter().map(has_least).collect::<Vec<_>>());
    }
    assert_eq!(kept, [[true, true, true], [false, true, false]]);
}

#[tokio::test]
async fn texts_may_be_written_by_their_numbers_in_a_list() {
    let InFolder { lake, .. } = &in_folder();
    let plain = rows(0, 6);
    let by_number = |list: ArrayRef| {
        let keys = DictionaryArray::<UInt32Type>::try_new(vec![2, 2, 0, 1, 2, 0].into(), list).unwrap();
        let columns: [(&str, ArrayRef); 3] =
            [("key", Arc::new(keys)), ("at", plain.column(1).clone()), ("value", plain.column(2).clone())];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let mut writer = TableWriter::new(lake, &table()).unwrap();
    writer.write(&by_number(Arc::new(LargeStringArray::from(vec!["a", "b", "c"])))).unwrap();
    writer.write(&by_number(Arc::new(StringArray::from(vec!["d", "e", "f"])))).unwrap();
    let numbers = by_number(Arc::new(Int64Array::from(vec![1, 2, 3])));
    assert!(writer.write(&numbers).is_err(), "numbers are no texts");
    let change = Change::new().with(lake.keep(writer.finish().unwrap()).await.unwrap());
    let snapshot = lake.commit(&lake.latest().await.unwrap(), change).await.unwrap();
    for (key, rows) in [("a", 2), ("b", 1), ("c", 3), ("f", 3), ("g", 0)] {
        let query = format!("select count(*) from events where key = '{key}'");
        assert_eq!(number(lake, &snapshot, &query).await, rows, "{key}");
    }
}
