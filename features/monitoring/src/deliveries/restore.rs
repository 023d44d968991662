//! Receipts written into the database again as the lake has them: its commits are the only truth. MON-11
//!
//! A commit keeps the number of each receipt, its state, when and how the delivery came, and its counts, so that a
//! receipt that was lost comes back as it was, but for who sent it by the page and when its check began and ended.
//! Commits of before keep none of that: their receipts get new numbers, and came when they were taken. Nothing is ever
//! dropped: what the database has and the lake doesn't is told.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use otklik_access::Scope;
use otklik_db::{DbErr, Tx};
use otklik_journal::Actor;
use otklik_kernel::{CivilDay, Id, Instant};
use otklik_lake::Look;
use otklik_organisations::act::{Act, Entry};
use otklik_progress::delivery::Service;
use otklik_web::{Ctx, live as pages};
use serde::Serialize;
use serde_json::json;

use super::work::record;
use super::{Counts, Delivery, State, Way, store};
use crate::exchange::services_of;
use crate::hub::{Hub, HubError};
use crate::ingest::notes::Notes;
use crate::ingest::{Book, Came, Receipt, Rows};
use crate::live::live;
use crate::reference::store as records;
use crate::senders::{self, Sender};
use crate::upkeep::{self, Verified};

const SYSTEM: Scope = Scope::system("receipts as the lake has them");

/// A receipt that something was done about, or can't be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Its number in the database.
    pub receipt: Option<String>,
    /// The sender.
    pub sender: String,
    /// The day.
    pub day: String,
    /// The revision.
    pub revision: i32,
    /// What was not as in the lake.
    pub differs: Vec<&'static str>,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// Whether the database and the lake agree now.
    pub ok: bool,
    /// Receipts in the lake.
    pub receipts: usize,
    /// Written anew.
    pub added: Vec<Found>,
    /// Made as they are in the lake.
    pub changed: Vec<Found>,
    /// Not written: there is no such sender, so nobody knows whose they are.
    pub no_sender: Vec<Found>,
    /// Taken as the database says, but the lake doesn't have them; they stay as they are.
    pub not_in_lake: Vec<Found>,
}

/// How often comparing begins anew because somebody changed the receipts meanwhile.
const ATTEMPTS: usize = 5;

/// A receipt as the database has it, as it shall be, and as the lake has it.
type Planned<'a> = (Option<&'a Delivery>, Delivery, &'a Receipt);

/// A receipt to be written.
struct Write<'a> {
    before: Option<&'a Delivery>,
    row: Delivery,
    /// What it tells of services, where it begins or ceases to hold.
    services: Option<Vec<Service>>,
}

/// Makes the receipts of the database what those of the lake are. The lake is read before the database is held, so
/// that nobody waits for it.
///
/// # Errors
/// The lake or the database is away, or can't be read, or the receipts change all the time; nothing is changed then.
pub async fn restore(ctx: &Ctx, hub: &Hub, trace: &str) -> Result<Restored, HubError> {
    for _ in 0..ATTEMPTS {
        // The database first: whatever it says was taken by now, the lake has.
        let rows = store::all(ctx.db.read()).await?;
        let senders = senders::store::all(ctx.db.read(), &SYSTEM).await?;
        let snapshot = hub.lake().latest().await?;
        let book = Book::read(hub.engine(), &snapshot).await?;
        let notes = Notes::read(hub.lake(), snapshot.number()).await?;
        let (done, planned) = plan(ctx, (&book, &notes), &rows, &senders);
        if planned.is_empty() {
            return Ok(done);
        }
        let session = live(hub.engine(), &snapshot, Look::Whole).await?;
        let mut writes = Vec::with_capacity(planned.len());
        for (before, row, receipt) in planned {
            let services = match before.is_none_or(|before| before.state.stands() != row.state.stands()) {
                true if row.state.stands() => Some(services_of(&session, receipt).await?),
                true => Some(Vec::new()),
                false => None,
            };
            writes.push(Write { before, row, services });
        }
        let tx = ctx.db.begin().await?;
        if store::all(&tx).await? == rows && senders::store::all(&tx, &SYSTEM).await? == senders {
            write_down(&tx, ctx, &writes, trace).await?;
            tx.commit().await?;
            return Ok(done);
        }
        tx.rollback().await?;
    }
    Err(HubError::Changing)
}

/// Looks the lake over, and for what the database says that it took: receipts outlive a commit that is lost.
///
/// # Errors
/// The lake or the database can't be read; damage is part of the report.
pub async fn verify(hub: &Hub) -> Result<Verified, HubError> {
    // The database first: whatever it says was taken by now, the lake has.
    let rows = store::all(hub.db().read()).await?;
    let importer = hub.importer().await?;
    let mut verified = upkeep::verify(&importer).await?;
    let book = async {
        let snapshot = hub.lake().at(verified.commit).await?;
        Book::read(hub.engine(), &snapshot).await
    };
    match book.await {
        Ok(book) => verified.lost = not_in_lake(&rows, &pairs(&book, &Notes::default(), &rows)),
        // Which receipts there are, a damaged lake needn't be able to say.
        Err(error) if verified.damage.is_empty() => return Err(error.into()),
        Err(_) => {}
    }
    verified.ok &= verified.lost.is_empty();
    Ok(verified)
}

/// Receipts that the database says were taken, of which the lake has none.
fn not_in_lake(rows: &[Delivery], kept: &HashMap<i64, &Delivery>) -> Vec<Found> {
    let claimed: HashSet<Id> = kept.values().map(|row| row.id).collect();
    let left = rows.iter().filter(|row| is_taken(row) && !claimed.contains(&row.id));
    left.map(|row| found(row, Vec::new())).collect()
}

/// What is to be done, and of which receipts of the lake: the row as it is and as it shall be.
fn plan<'a>(
    ctx: &Ctx,
    (book, notes): (&'a Book, &Notes),
    rows: &'a [Delivery],
    senders: &[Sender],
) -> (Restored, Vec<Planned<'a>>) {
    let kept = pairs(book, notes, rows);
    let mut done = Restored {
        receipts: book.receipts().count(),
        not_in_lake: not_in_lake(rows, &kept),
        ..Restored::default()
    };

    let ids = ids(ctx, (book, notes), rows, &kept);
    let revisions = revisions(book);
    let mut planned = Vec::new();
    for receipt in book.receipts() {
        let before = kept.get(&receipt.delivery).copied();
        let sender = senders.iter().find(|one| one.fields.code == receipt.sender);
        let came = notes.came(receipt.delivery);
        let Some(mut row) = before.cloned().or_else(|| sender.map(|one| lost(one, receipt, came))) else {
            done.no_sender.push(Found {
                receipt: None,
                sender: receipt.sender.clone(),
                day: receipt.day.to_string(),
                revision: revision(receipt),
                differs: Vec::new(),
            });
            continue;
        };
        row.id = ids[&receipt.delivery];
        set(&mut row, receipt, notes, book.live(receipt.delivery).is_some());
        row.replaced_by = next(&revisions, receipt).map(|number| ids[&number]);
        if let Some(sender) = sender.filter(|_| senders.iter().all(|one| one.id != row.sender)) {
            row.sender = sender.id;
        }
        match before {
            None => done.added.push(found(&row, Vec::new())),
            Some(before) if *before == row => continue,
            Some(before) => done.changed.push(found(&row, differs(before, &row))),
        }
        planned.push((before, row, receipt));
    }
    done.ok = done.no_sender.is_empty() && done.not_in_lake.is_empty();
    (done, planned)
}

/// The number of each receipt: that of its row, else the one that it had, else a new one.
fn ids(
    ctx: &Ctx,
    (book, notes): (&Book, &Notes),
    rows: &[Delivery],
    kept: &HashMap<i64, &Delivery>,
) -> BTreeMap<i64, Id> {
    let mut taken: HashSet<Id> = rows.iter().map(|row| row.id).collect();
    let mut of = |one: &Receipt| {
        let had = || notes.came(one.delivery).map(|came| came.receipt).filter(|id| taken.insert(*id));
        kept.get(&one.delivery).map(|row| row.id).or_else(had).unwrap_or_else(|| ctx.new_id())
    };
    book.receipts().map(|one| (one.delivery, of(one))).collect()
}

async fn write_down(tx: &Tx, ctx: &Ctx, writes: &[Write<'_>], trace: &str) -> Result<(), DbErr> {
    // All away first: two may have each other's places.
    for before in writes.iter().filter_map(|write| write.before) {
        store::delete(tx, before.id).await?;
    }
    let act = Act::by(ctx, Actor::System("command"), trace);
    let mut bodies = BTreeSet::new();
    for Write { before, row, services } in writes {
        store::insert(tx, row).await?;
        if let Some(services) = services {
            records::delete_of_delivery(tx, row.id).await?;
            for service in services {
                records::insert(tx, &record(ctx, row, service)).await?;
            }
        }
        let entry = Entry {
            action: "deliveries.restore",
            subject: Some(("daily_delivery", row.id)),
            body: Some(row.body),
            before: before.map(told),
            after: Some(told(row)),
        };
        act.journal(tx, entry).await?;
        bodies.insert(row.body);
    }
    pages::changed(tx, &Vec::from_iter(bodies)).await
}

/// Whether the database says that the lake took it.
fn is_taken(row: &Delivery) -> bool {
    row.state.stands() || row.state == State::Replaced
}

fn revision(receipt: &Receipt) -> i32 {
    i32::try_from(receipt.revision).unwrap_or(i32::MAX)
}

/// The row of each receipt of the lake: the one of the same bytes; else one that was taken and has its number, or the
/// same sender, day and revision, or the same bytes in the same commit.
fn pairs<'a>(book: &Book, notes: &Notes, rows: &'a [Delivery]) -> HashMap<i64, &'a Delivery> {
    type Key<'a> = (&'a str, CivilDay, i32, &'a str);
    let exact: HashMap<Key<'_>, &Delivery> =
        rows.iter().map(|row| ((&*row.code, row.day, row.revision, &*row.digest), row)).collect();
    let mut pairs = HashMap::new();
    let mut open = Vec::new();
    for one in book.receipts() {
        match exact.get(&(&*one.sender, one.day, revision(one), &*one.digest)) {
            Some(row) => drop(pairs.insert(one.delivery, *row)),
            None => open.push(one),
        }
    }
    let claimed: HashSet<Id> = pairs.values().map(|row| row.id).collect();
    let mut free: Vec<&Delivery> =
        rows.iter().filter(|row| is_taken(row) && !claimed.contains(&row.id)).collect();
    for one in open {
        let had = notes.came(one.delivery).map(|came| came.receipt);
        let by_number = free.iter().position(|row| Some(row.id) == had);
        let place = by_number.or_else(|| {
            free.iter().position(|row| {
                (&row.code, row.day, row.revision) == (&one.sender, one.day, revision(one))
                    || (&row.digest, row.commit) == (&one.digest, Some(notes.commit(one)))
            })
        });
        if let Some(place) = place {
            pairs.insert(one.delivery, free.swap_remove(place));
        }
    }
    pairs
}

/// The numbers of deliveries by sender, day and revision.
type Revisions<'a> = HashMap<(&'a str, CivilDay), BTreeMap<u32, i64>>;

fn revisions(book: &Book) -> Revisions<'_> {
    let mut all = Revisions::new();
    for one in book.receipts() {
        all.entry((&*one.sender, one.day)).or_default().insert(one.revision, one.delivery);
    }
    all
}

/// The number of the delivery that replaced another.
fn next(revisions: &Revisions<'_>, receipt: &Receipt) -> Option<i64> {
    let of_day = revisions.get(&(&*receipt.sender, receipt.day))?;
    of_day.range(receipt.revision + 1..).next().map(|(_, &number)| number)
}

/// What is known of a receipt that the database lost.
fn lost(sender: &Sender, receipt: &Receipt, came: Option<&Came>) -> Delivery {
    let rows = receipt.rows;
    let all =
        rows.services + rows.applications + rows.events + rows.payments + rows.ratings + rows.complaints;
    let at = Instant(receipt.at);
    let head = (receipt.day, receipt.revision);
    let Some(came) = came else {
        let counts = Counts { rows_read: all, rows_taken: all, ..Counts::default() };
        let row = Delivery::new(0, sender, head, &receipt.digest, (Way::Command, "command"), at);
        return Delivery { started_at: Some(at), attempts: 1, counts, ..row };
    };
    let way = Way::find(&came.way).unwrap_or(Way::Command);
    let by = match way {
        Way::Api => receipt.sender.as_str(),
        Way::Command => "command",
        Way::Page => "",
    };
    let received = Instant(came.received_at);
    Delivery {
        started_at: Some(at),
        attempts: 1,
        file: came.file.clone(),
        bytes: came.bytes,
        counts: Counts {
            rows_read: came.rows_read,
            rows_taken: came.rows_taken,
            errors: came.errors,
            warnings: came.warnings,
            ..Counts::default()
        },
        ..Delivery::new(0, sender, head, &receipt.digest, (way, by), received)
    }
}

/// Makes a row say what the lake says.
fn set(row: &mut Delivery, receipt: &Receipt, notes: &Notes, is_live: bool) {
    row.code.clone_from(&receipt.sender);
    row.day = receipt.day;
    row.revision = revision(receipt);
    row.digest.clone_from(&receipt.digest);
    row.counts.applications = receipt.rows.applications;
    row.counts.events = receipt.rows.events;
    row.commit = Some(notes.commit(receipt));
    row.problem.clear();
    let told =
        notes.came(receipt.delivery).and_then(|came| State::find(&came.state)).filter(|state| state.stands());
    row.state = match (is_live, told) {
        (false, _) => State::Replaced,
        (true, Some(told)) => told,
        // Of commits of before, only the database knows whether rows were left out.
        _ if row.state == State::Partly || row.counts.errors > 0 => State::Partly,
        _ if receipt.rows == Rows::default() => State::Empty,
        _ => State::Accepted,
    };
    row.finished_at.get_or_insert(Instant(receipt.at));
}

fn differs(before: &Delivery, after: &Delivery) -> Vec<&'static str> {
    let counts = |row: &Delivery| (row.counts.applications, row.counts.events);
    let all = [
        ("sender", (before.sender, &before.code) != (after.sender, &after.code)),
        ("day", before.day != after.day),
        ("revision", before.revision != after.revision),
        ("digest", before.digest != after.digest),
        ("counts", counts(before) != counts(after)),
        ("commit", before.commit != after.commit),
        ("state", before.state != after.state),
        ("replaced_by", before.replaced_by != after.replaced_by),
        ("finished_at", before.finished_at != after.finished_at),
        ("problem", before.problem != after.problem),
    ];
    all.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name).collect()
}

fn found(row: &Delivery, differs: Vec<&'static str>) -> Found {
    Found {
        receipt: Some(row.id.to_string()),
        sender: row.code.clone(),
        day: row.day.to_string(),
        revision: row.revision,
        differs,
    }
}

fn told(row: &Delivery) -> serde_json::Value {
    json!({
        "sender": row.code,
        "day": row.day.to_string(),
        "revision": row.revision,
        "digest": row.digest,
        "state": row.state.code(),
        "applications": row.counts.applications,
        "events": row.counts.events,
        "commit": row.commit,
    })
}
