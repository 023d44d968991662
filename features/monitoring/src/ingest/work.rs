//! One commit of an import: what is at hand, what the lake knows, what follows.

use std::collections::{BTreeMap, HashSet};
use std::slice;
use std::sync::Arc;
use std::thread;

use otklik_lake::arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use otklik_lake::{Change, Engine, Error, Lake, Look, Snapshot, Table, Written};
use otklik_progress::delivery::Texts;
use serde_json::json;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use super::book::{Book, Receipt, Verdict};
use super::chunk::Work;
use super::columns::{Digested, Filed, Out, Sink, listed};
use super::digest::Digest;
use super::gather::{App, Gathered, Given, Part, gather, request_key};
use super::known::{Olds, text};
use super::notes::{Came, GONE, Note};
use super::register::Register;
use super::truth::{self, Which, recall, requests_of};
use super::{ImportError, Importer};
use crate::live::TRUTH;
use crate::tables;

/// Events that are rebuilt at a time, about.
const AT_ONCE: u64 = 4_000_000;

/// Everything that a group of deliveries changes, its files stored.
pub async fn change(
    importer: &Importer,
    base: &Snapshot,
    book: &Book,
    fresh: &[Part<'_>],
    (verdicts, of_came): (&[Verdict], &[Option<Came>]),
    version: i64,
) -> Result<Change, ImportError> {
    let engine = &importer.engine;
    let receipts: Vec<Receipt> = verdicts.iter().filter_map(accepted).collect();
    let came = verdicts.iter().enumerate().filter(|(_, verdict)| accepted(verdict).is_some());
    let came: Vec<Option<Came>> = came.map(|(place, _)| of_came.get(place).cloned().flatten()).collect();
    let replaced = receipts.iter().filter_map(|receipt| book.current(&receipt.sender, receipt.day));
    let replaced: Vec<i64> = replaced.map(|old| old.delivery).collect();
    let mut after = book.clone();
    receipts.iter().for_each(|receipt| after.add(receipt.clone()));
    let terms = importer.rules.terms();
    // Rows of replaced deliveries are told by the book; those at hand are not in the lake yet.
    let before_norms = Register::read(engine, base, book, &[], terms).await?;
    let norms = Register::read(engine, base, &after, fresh, terms).await?;
    let renormed = renormed(engine, base, &before_norms, &norms).await?;

    let lake = &importer.lake;
    // What was delivered is written beside: bringing it together is work for one thread.
    let (truth, mut gathered) = busy(|| {
        thread::scope(|scope| {
            let truth = scope.spawn(|| truth::write(lake, fresh, &receipts));
            let gathered = gather(fresh.to_vec(), request_key)?;
            let truth = truth.join().map_err(|_| Error::Invalid("writing broke".to_owned()))??;
            Ok::<_, ImportError>((truth, gathered))
        })
    })?;
    let mut old = Olds::default();
    old.read(engine, base, &mut gathered, 0).await?;
    let mut again = requests_of(engine, base, &replaced).await?;
    again.extend(tied(&gathered, &old));
    again.sort_unstable();
    again.dedup();
    let asked: Vec<String> = again.iter().chain(&renormed).cloned().collect();
    let recalled = recall(engine, base, &after, Which::Requests(&again)).await?;
    if !asked.is_empty() {
        let at_hand = gathered.apps.len();
        let read =
            recalled.iter().map(|(number, delivery)| Part { delivery, number: *number, is_fresh: false });
        gathered.add(read, &asked, request_key)?;
        old.read(engine, base, &mut gathered, at_hand).await?;
    }
    let places = |requests: &[String]| -> HashSet<u32> {
        requests.iter().filter_map(|request| gathered.index.get(&request_key(request)).copied()).collect()
    };
    let (whole, forced) = (places(&again), places(&renormed));
    hold(&mut gathered, &old, &whole);
    let job = Job { gathered: &gathered, old: &old, whole: &whole, forced: &forced, norms: &norms, version };
    let made = busy(|| job.run(importer, true, |table| Out::new(lake, table)))?;
    let made: Vec<Filed> = made.into_iter().chain(truth).collect();
    let change = Change::new()
        .note("kind", "import")
        .note("version", version)
        .note("form", tables::FORM)
        .note("deliveries", json!(notes(receipts, came, &made)))
        .note("gone", json!(gone(&made, version)))
        .note("replaced", json!(replaced));
    Ok(keep(lake, change, made.into_iter().map(|filed| filed.file)).await?)
}

/// What the commit says of deliveries, with the digests of their rows.
fn notes(receipts: Vec<Receipt>, came: Vec<Option<Came>>, made: &[Filed]) -> Vec<Note> {
    let note = |(receipt, came): (Receipt, Option<Came>)| {
        let digest = |table: &str| digest(made, table, receipt.delivery).text();
        let digests = TRUTH.map(|table| (table.to_owned(), digest(table))).into();
        Note { receipt, digests, came }
    };
    receipts.into_iter().zip(came).map(note).collect()
}

/// The digests of rows that say what is gone.
fn gone(made: &[Filed], version: i64) -> BTreeMap<&'static str, String> {
    GONE.map(|table| (table, digest(made, table, version).text())).into()
}

/// The digest of a part of a table, over all its files.
fn digest(made: &[Filed], table: &str, part: i64) -> Digest {
    let files = made.iter().filter(|filed| filed.file.file().table == table);
    files.filter_map(|filed| filed.parts.get(&part)).fold(Digest::default(), |mut all, one| {
        all.merge(*one);
        all
    })
}

async fn keep(
    lake: &Lake,
    mut change: Change,
    written: impl IntoIterator<Item = Written>,
) -> Result<Change, Error> {
    for file in written {
        change = change.with(lake.keep(file).await?);
    }
    Ok(change)
}

fn accepted(verdict: &Verdict) -> Option<Receipt> {
    match verdict {
        Verdict::Accepted(receipt) => Some(receipt.clone()),
        _ => None,
    }
}

/// Runs what takes the processor for long without holding up others of a runtime with several threads.
fn busy<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        _ => work(),
    }
}

/// Requests with an event at the very moment of one in the lake: which comes first, only the deliveries tell.
fn tied(gathered: &Gathered<'_>, old: &Olds) -> Vec<String> {
    let mut steps = Vec::new();
    let is_tied = |app: &(usize, &App)| {
        let events = gathered.events(app.0);
        let first = events.first().map(|event| event.step.at);
        let Some(old_one) = old.get(app.0).filter(|old| first.is_some_and(|first| first <= old.last)) else {
            return false;
        };
        steps.clear();
        old.steps(old_one, &gathered.words, &mut steps);
        events.iter().any(|event| steps.binary_search_by_key(&event.step.at, |step| step.at).is_ok())
    };
    let apps = gathered.apps.iter().enumerate().filter(is_tied);
    apps.map(|(_, app)| gathered.request(app).to_owned()).collect()
}

/// Makes what is said of each application what holds of it, with what the lake has.
fn hold(gathered: &mut Gathered<'_>, old: &Olds, whole: &HashSet<u32>) {
    for (place, app) in (0_u32..).zip(&mut gathered.apps) {
        let old = old.get(place as usize).and_then(|old| old.given);
        let (Some(old), false) = (old, whole.contains(&place)) else { continue };
        if app.given.is_none_or(|given| old.holds_over(&given, &gathered.words)) {
            app.given = Some(old);
        }
    }
}

/// Requests whose norm may be another than it was: begun on days for which the norms of their service changed.
async fn renormed(
    engine: &Engine,
    base: &Snapshot,
    before: &Register,
    after: &Register,
) -> Result<Vec<String>, Error> {
    let changed = after.differences(before);
    if changed.is_empty() || base.rows(tables::CASES.name()) == 0 {
        return Ok(Vec::new());
    }
    let session = engine.session(base, slice::from_ref(&tables::CASES), Look::Whole)?;
    let services = changed.iter().map(|(service, ..)| service);
    let from = changed.iter().map(|(_, from, _)| from.0);
    let until = changed.iter().map(|(.., until)| until.map_or(i32::MAX, |until| until.0));
    let columns: [(&str, ArrayRef); 3] = [
        ("service", Arc::new(StringArray::from_iter_values(services))),
        ("since", Arc::new(Int32Array::from_iter_values(from))),
        ("until", Arc::new(Int32Array::from_iter_values(until))),
    ];
    session.context().register_batch("changed", RecordBatch::try_from_iter(columns)?)?;
    let query = "select distinct c.request from changed n join cases c \
        on c.service = n.service and c.began_day >= n.since and c.began_day < n.until";
    let mut requests = Vec::new();
    for batch in session.rows(query).await? {
        let texts = text(&batch, "request")?;
        requests.extend((0..batch.num_rows()).map(|row| texts.value(row).to_owned()));
    }
    requests.sort_unstable();
    Ok(requests)
}

/// What files are made of.
struct Job<'a> {
    gathered: &'a Gathered<'a>,
    old: &'a Olds,
    whole: &'a HashSet<u32>,
    forced: &'a HashSet<u32>,
    norms: &'a Register,
    version: i64,
}

impl Job<'_> {
    fn run<R: Sink>(
        &self,
        importer: &Importer,
        with_events: bool,
        begin: impl Fn(&'static Table) -> R + Sync,
    ) -> Result<Vec<R::Made>, Error> {
        let (gathered, words) = (self.gathered, &self.gathered.words);
        let order = order(&gathered.apps, &ranks(words));
        let work = Work {
            gathered,
            words: &listed(words),
            order: &order,
            old: self.old,
            whole: self.whole,
            forced: self.forced,
            rules: &importer.rules,
            register: self.norms,
            version: self.version,
            with_events,
        };
        work.run(begin, importer.threads)
    }
}

/// The places of words among all of them in the order of their texts.
fn ranks(words: &Texts) -> Vec<u32> {
    let mut by_text: Vec<u32> = (0..u32::try_from(words.len()).unwrap_or(u32::MAX)).collect();
    by_text.sort_unstable_by_key(|word| words.get(*word));
    let mut ranks = vec![0_u32; words.len()];
    for (word, rank) in by_text.iter().zip(0..) {
        ranks[*word as usize] = rank;
    }
    ranks
}

/// Applications by service, region and body, else as they came: numbers usually grow.
fn order(apps: &[App], ranks: &[u32]) -> Vec<u32> {
    let rank = |word: u32| u128::from(ranks[word as usize]);
    let mut keys: Vec<u128> = apps
        .iter()
        .zip(0_u32..)
        .map(|(app, place)| {
            let of = |given: &Given| {
                rank(given.service) << 80 | u128::from(given.region) << 64 | rank(given.body) << 32
            };
            app.given.as_ref().map_or(0, of) | u128::from(place)
        })
        .collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| u32::try_from(key & u128::from(u32::MAX)).unwrap_or(u32::MAX)).collect()
}

/// The derived tables, which a rebuild makes anew.
pub const DERIVED: [&str; 7] =
    ["cases", "cases_gone", "transitions", "exchanges", "steps_gone", "spans", "figures"];

/// Everything that is derived, made anew from what was delivered, some applications at a time.
struct Anew<'a> {
    importer: &'a Importer,
    base: &'a Snapshot,
    book: Book,
    norms: Register,
    /// The version of its rows.
    version: i64,
    /// Into how many parts applications are taken.
    of: u64,
}

impl<'a> Anew<'a> {
    async fn of(importer: &'a Importer, base: &'a Snapshot) -> Result<Self, Error> {
        let book = Book::read(&importer.engine, base).await?;
        let norms = Register::read(&importer.engine, base, &book, &[], importer.rules.terms()).await?;
        let rows = base.rows(tables::EVENTS.name()).max(base.rows(tables::APPLICATIONS.name()));
        let version = i64::try_from(base.number() + 1).unwrap_or(i64::MAX);
        Ok(Self { importer, base, book, norms, version, of: rows.div_ceil(AT_ONCE) })
    }

    /// What is made of the rows of one part.
    async fn part<R: Sink>(
        &self,
        bucket: u64,
        begin: impl Fn(&'static Table) -> R + Sync,
    ) -> Result<Vec<R::Made>, ImportError> {
        let Self { importer, base, book, norms, version, of } = self;
        let recalled = recall(&importer.engine, base, book, Which::Bucket { bucket, of: *of }).await?;
        let parts =
            recalled.iter().map(|(number, delivery)| Part { delivery, number: *number, is_fresh: false });
        let gathered = gather(parts.collect(), request_key)?;
        let (old, none) = (Olds::default(), HashSet::new());
        let job =
            Job { gathered: &gathered, old: &old, whole: &none, forced: &none, norms, version: *version };
        Ok(busy(|| job.run(importer, false, begin))?)
    }
}

/// Everything derived, made anew from what was delivered: after the reference data changed, or in doubt. Its files
/// are stored; the change takes the old ones away.
pub async fn rebuild(importer: &Importer, base: &Snapshot) -> Result<Change, ImportError> {
    let anew = Anew::of(importer, base).await?;
    let mut change =
        Change::new().note("kind", "rebuild").note("version", anew.version).note("form", tables::FORM);
    for bucket in 0..anew.of {
        let made = anew.part(bucket, |table| Out::new(&importer.lake, table)).await?;
        change = keep(&importer.lake, change, made.into_iter().map(|filed| filed.file)).await?;
    }
    for table in DERIVED {
        for file in base.files(table) {
            change = change.without(&file.path);
        }
    }
    Ok(change)
}

/// The digest of each derived table as it follows from what was delivered. Nothing is written, and memory doesn't grow
/// with the lake.
pub async fn digests(
    importer: &Importer,
    base: &Snapshot,
) -> Result<BTreeMap<&'static str, Digest>, ImportError> {
    let anew = Anew::of(importer, base).await?;
    let mut digests = BTreeMap::<_, Digest>::new();
    for bucket in 0..anew.of {
        for (table, digest) in anew.part(bucket, Digested::new).await? {
            digests.entry(table).or_default().merge(digest);
        }
    }
    Ok(digests)
}
