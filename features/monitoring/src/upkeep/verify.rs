//! Is the lake sound? Every byte as it was written, every row as it was delivered, and everything derived what the
//! events say.
//!
//! Rows are compared by digests of all their columns ([`crate::ingest::digest`]): what was delivered with the notes of
//! the commits that took it in, what is derived with what is made of it anew. Versions say when a row was made, which
//! can't be made anew: one must be that of a commit that wrote such rows, and a row that is not gone.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{ArrayRef, Int64Array};
use otklik_lake::arrow::util::display::array_value_to_string;
use otklik_lake::{Damage, Look, Result, Session, Snapshot, Table};
use serde::Serialize;

use crate::deliveries::restore::Found;
use crate::ingest::digest::{Digest, Parts, add_derived, add_parts};
use crate::ingest::notes::{GONE, Notes};
use crate::ingest::{Book, DERIVED, ImportError, Importer, digests};
use crate::live::{TRUTH, live};
use crate::tables;
use crate::texts::L;

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Whether everything is sound.
    pub ok: bool,
    /// Events that hold.
    pub events: i64,
    /// Transitions that hold.
    pub transitions: i64,
    /// Applications.
    pub cases: i64,
    /// The commit that was looked at.
    pub commit: u64,
    /// Files that are not as they were written.
    pub damage: Vec<Damage>,
    /// What doesn't agree with what was delivered.
    pub differences: Vec<String>,
    /// Receipts of deliveries that were taken, but that the lake doesn't have: with its last commits lost. Only the
    /// database can tell, see [`crate::deliveries::restore::verify`].
    pub lost: Vec<Found>,
    /// Files that no commit names: being written, left over from what was broken off, or of a lost commit.
    pub unknown: Vec<String>,
}

/// Looks everything over: files against the log, receipts and rows against the notes of commits, what is derived
/// against the events. Memory doesn't grow with the lake but for a few hundred bytes a delivery.
///
/// # Errors
/// The lake can't be read at all; damage is part of the report.
pub async fn verify(importer: &Importer) -> std::result::Result<Verified, ImportError> {
    let report = importer.lake().verify().await?;
    let mut verified = Verified {
        ok: false,
        events: 0,
        transitions: 0,
        cases: 0,
        commit: report.commit,
        damage: report.damage,
        differences: Vec::new(),
        lost: Vec::new(),
        unknown: report.unknown,
    };
    // With a lost end the lake is still whole as it was before.
    if verified.damage.iter().all(|damage| damage.kind == "end") {
        let snapshot = importer.lake().at(report.commit).await?;
        let session = live(importer.engine(), &snapshot, Look::Whole).await?;
        verified.events = one(&session, "select count(*) from live_events").await?;
        verified.transitions = one(&session, "select count(*) from live_transitions").await?;
        verified.cases = one(&session, "select count(*) from live_cases where known").await?;
        let notes = Notes::read(importer.lake(), snapshot.number()).await?;
        let delivered = Delivered { session: &session, notes: &notes };
        let book = Book::read(importer.engine(), &snapshot).await?;
        verified.differences.extend(delivered.receipts(&book));
        verified.differences.extend(delivered.rows(&book).await?);
        verified.differences.extend(delivered.gone().await?);
        verified.differences.extend(derived(importer, &session, &snapshot, &notes).await?);
    }
    verified.ok = verified.damage.is_empty() && verified.differences.is_empty();
    Ok(verified)
}

/// What commits wrote down of the rows that they added, beside those rows.
struct Delivered<'a> {
    session: &'a Session,
    notes: &'a Notes,
}

impl Delivered<'_> {
    /// Receipts that are not as the commit that wrote them says, or that either doesn't have.
    fn receipts(&self, book: &Book) -> Option<String> {
        let is_as_noted =
            |number: &&i64| self.notes.deliveries.get(number).map(|note| &note.receipt) == book.get(**number);
        let kept = book.receipts().map(|receipt| &receipt.delivery);
        let all: BTreeSet<&i64> = kept.chain(self.notes.deliveries.keys()).collect();
        let wrong = all.into_iter().filter(|number| !is_as_noted(number)).count();
        (wrong > 0).then(|| L::default().verify_receipts(whole(wrong)))
    }

    /// Tables with rows of no delivery that holds, or with other rows than a delivery had.
    async fn rows(&self, book: &Book) -> Result<Vec<String>> {
        let mut differences = Vec::new();
        for table in tables::all().iter().filter(|table| TRUTH.contains(&table.name())) {
            let mut found = Parts::new();
            let view = format!("live_{}", table.name());
            each(self.session, table, &view, |arrays| add_parts(table, arrays, &mut found)).await?;
            let is_wrong = |number: &i64| {
                let digest = found.get(number).copied().unwrap_or_default();
                let rows = book.live(*number).map_or(0, |receipt| receipt.rows.of(table.name()));
                let noted = self.notes.deliveries.get(number).and_then(|note| note.digests.get(table.name()));
                digest.rows != rows || noted.is_some_and(|noted| digest.differs(noted))
            };
            let held = book.receipts().map(|receipt| receipt.delivery);
            let held = held.filter(|number| book.live(*number).is_some());
            let all: BTreeSet<i64> = held.chain(found.keys().copied()).collect();
            let wrong = all.iter().filter(|number| is_wrong(number)).count();
            if wrong > 0 {
                differences.push(L::default().verify_rows(whole(wrong), table.name().to_owned()));
            }
        }
        Ok(differences)
    }

    /// Tables of what is gone with other rows than a commit wrote.
    async fn gone(&self) -> Result<Vec<String>> {
        let mut differences = Vec::new();
        for table in tables::all().iter().filter(|table| GONE.contains(&table.name())) {
            let mut found = Parts::new();
            each(self.session, table, table.name(), |arrays| add_parts(table, arrays, &mut found)).await?;
            let is_wrong = |(version, digest): &(&i64, &Digest)| {
                let noted = self.notes.gone.get(&(table.name().to_owned(), **version));
                !self.notes.versions.contains_key(version) || noted.is_some_and(|noted| digest.differs(noted))
            };
            if found.iter().any(|part| is_wrong(&part)) {
                differences.push(L::default().verify_gone(table.name().to_owned()));
            }
        }
        Ok(differences)
    }
}

/// Derived tables that are not what is made of what was delivered.
async fn derived(
    importer: &Importer,
    session: &Session,
    snapshot: &Snapshot,
    notes: &Notes,
) -> std::result::Result<Vec<String>, ImportError> {
    let expected: BTreeMap<&str, Digest> = digests(importer, snapshot).await?;
    let mut differences = Vec::new();
    for table in tables::all().iter().filter(|table| DERIVED.contains(&table.name())) {
        let name = table.name();
        if GONE.contains(&name) {
            continue;
        }
        let (mut found, mut versions) = (Digest::default(), BTreeSet::new());
        let has_versions = table.schema().index_of("version").is_ok();
        let view = if has_versions { format!("live_{name}") } else { name.to_owned() };
        each(session, table, &view, |arrays| {
            if let Ok(place) = table.schema().index_of("version") {
                let numbers = arrays[place].as_any().downcast_ref::<Int64Array>();
                versions.extend(numbers.into_iter().flat_map(|numbers| numbers.values().iter().copied()));
            }
            add_derived(table, arrays, &mut found)
        })
        .await?;
        if found != expected.get(name).copied().unwrap_or_default() {
            differences.push(L::default().verify_derived(name.to_owned()));
        }
        if versions.iter().any(|version| !notes.versions.contains_key(version)) {
            differences.push(L::default().verify_versions(name.to_owned()));
        }
    }
    Ok(differences)
}

/// Takes all rows of a table or a view of it, batch by batch, in the order of the table's columns.
async fn each(
    session: &Session,
    table: &Table,
    from: &str,
    mut take: impl FnMut(&[ArrayRef]) -> Result<()>,
) -> Result<()> {
    let columns = table.schema().fields().iter().map(|field| format!("\"{}\"", field.name()));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let mut rows = session.stream(&format!("select {columns} from {from}")).await?;
    while let Some(batch) = rows.try_next().await? {
        take(batch.columns())?;
    }
    Ok(())
}

async fn one(session: &Session, query: &str) -> Result<i64> {
    let batches = session.rows(query).await?;
    let batch = batches.iter().find(|batch| batch.num_rows() > 0);
    let text = batch.map(|batch| array_value_to_string(batch.column(0), 0)).transpose()?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
