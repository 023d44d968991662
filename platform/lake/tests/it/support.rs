//! A clock moved by hand, a small table, and rows for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use object_store::ObjectStore;
use object_store::memory::InMemory;
use otklik_kernel::{Clock, Instant, SystemRandom};
use otklik_lake::arrow::array::{Int64Array, RecordBatch, StringArray};
use otklik_lake::arrow::datatypes::{DataType, Field, Schema};
use otklik_lake::{Change, DataFile, Engine, Lake, Look, Packing, Place, Snapshot, Table, TableWriter};
use tempfile::TempDir;

/// 2026-11-25T00:00:00Z.
pub const START: i64 = 1_795_564_800_000_000;

/// A clock that moves a microsecond with each look, and further by hand.
#[derive(Debug)]
pub struct Hand(pub AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

pub fn clock() -> Arc<Hand> {
    Arc::new(Hand(AtomicI64::new(START)))
}

/// A lake in a folder of its own.
pub struct InFolder {
    pub folder: TempDir,
    pub clock: Arc<Hand>,
    pub lake: Lake,
}

pub fn in_folder() -> InFolder {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = clock();
    let lake = open(folder.path(), &clock);
    InFolder { folder, clock, lake }
}

pub fn open(folder: &std::path::Path, clock: &Arc<Hand>) -> Lake {
    Lake::new(Place::folder(folder).expect("the folder"), clock.clone(), Arc::new(SystemRandom))
}

/// A lake over an object store, below a prefix.
pub fn over(store: Arc<dyn ObjectStore>, spool: &TempDir) -> Lake {
    let place = Place::store(store, "some/prefix", spool.path()).expect("a place");
    Lake::new(place, clock(), Arc::new(SystemRandom))
}

pub fn memory() -> Arc<InMemory> {
    Arc::new(InMemory::new())
}

pub fn table() -> Table {
    let fields = [("key", DataType::Utf8), ("at", DataType::Int64), ("value", DataType::Int64)];
    let fields = fields.map(|(name, kind)| Field::new(name, kind, false));
    Table::new("events", Schema::new(fields.to_vec()))
        .sorted_by(&["key", "at"])
        .packed(Packing::Delta, &["at"])
        .looked_up_by(&["key"])
}

/// Rows `from..to`: keys `k0000…`, two rows each.
pub fn rows(from: i64, to: i64) -> RecordBatch {
    let keys = StringArray::from_iter_values((from..to).map(|row| format!("k{:06}", row / 2)));
    let at = Int64Array::from_iter_values((from..to).map(|row| START + row * 1_000_000));
    let value = Int64Array::from_iter_values((from..to).map(|row| row * 7 % 1_000));
    RecordBatch::try_new(table().schema().clone(), vec![Arc::new(keys), Arc::new(at), Arc::new(value)])
        .expect("columns fit")
}

/// Rows with keys that don't repeat and can't be packed.
pub fn scattered(from: i64, to: i64) -> RecordBatch {
    let plain = rows(from, to);
    let keys = StringArray::from_iter_values((from..to).map(|row| {
        let mixed = row.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{mixed:016x}{:016x}", mixed.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }));
    RecordBatch::try_new(
        plain.schema(),
        vec![Arc::new(keys), plain.column(1).clone(), plain.column(2).clone()],
    )
    .expect("columns fit")
}

pub async fn file(lake: &Lake, from: i64, to: i64) -> otklik_lake::Result<DataFile> {
    let mut writer = TableWriter::new(lake, &table())?;
    writer.write(&rows(from, to))?;
    lake.keep(writer.finish()?.tag("from", from.to_string())).await
}

/// One file more, committed on top of the latest.
pub async fn grow(lake: &Lake, from: i64, to: i64) -> otklik_lake::Result<Snapshot> {
    let file = file(lake, from, to).await?;
    lake.commit(&lake.latest().await?, Change::new().with(file).note("from", from)).await
}

/// The answer to a question with one whole number.
pub async fn number(lake: &Lake, snapshot: &Snapshot, query: &str) -> i64 {
    let engine = Engine::new(lake, 64 << 20, 2).expect("an engine");
    let session = engine.session(snapshot, &[table()], Look::Whole).expect("a session");
    let rows = session.rows(query).await.expect("an answer");
    rows[0].column(0).as_any().downcast_ref::<Int64Array>().expect("a whole number").value(0)
}

pub fn paths(snapshot: &Snapshot) -> BTreeMap<String, u64> {
    snapshot.all_files().map(|file| (file.path.clone(), file.rows)).collect()
}
