//! Taking a delivery in: checked against what is known, then imported into the lake.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::Path;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use otklik_access::Scope;
use otklik_jobs::HandlerError;
use otklik_kernel::CivilDay;
use otklik_lake::arrow::array::{Array, Int16Array, Int64Array, RecordBatch};
use otklik_lake::{Engine, Error, Look, Snapshot, Table};
use otklik_locale::Lang;
use otklik_organisations::store as bodies;
use otklik_progress::check::{
    Checked, Checker, Claim, ErrorFile, Known, Office, Offices, Options, Outcome, Policy, Problem, Register,
    Sender as Agreed, Sink,
};
use otklik_progress::delivery::Delivery as Data;
use otklik_progress::reading::Source;
use tokio::runtime::Handle;

use crate::deliveries::progress::Progress;
use crate::deliveries::store::Decision;
use crate::deliveries::work::{Taken, Taker, refused};
use crate::deliveries::{Counts, Delivery, State};
use crate::hub::{Hub, HubError, later};
use crate::ingest::notes::notes_of;
use crate::ingest::{Came, Verdict, text, typed};
use crate::live::versioned;
use crate::reference::{Content, Kind, by_name, split_service, store as records};
use crate::senders::{self, Sender};
use crate::tables;

/// Up to so many request numbers are looked up one by one; more are met by reading all.
pub const FEW: usize = 2_000;

const SYSTEM: Scope = Scope::system("what data are checked against");

/// What data of a day are checked against: reference, services, bodies, senders.
///
/// # Errors
/// The database is away, or its records don't fit together.
pub async fn register(hub: &Hub, day: CivilDay) -> Result<Register, HubError> {
    let conn = hub.db().read();
    let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, history) in by_name(records::all(conn, Kind::Service).await?) {
        let is_known =
            history.on(day).is_some_and(|record| matches!(record.content, Content::Service { .. }));
        if is_known {
            let (service, variant) = split_service(&name);
            let variants = services.entry(service.to_owned()).or_default();
            if !variant.is_empty() {
                variants.insert(variant.to_owned());
            }
        }
    }
    let own = by_name(records::all(conn, Kind::OwnStatus).await?);
    let mut senders = BTreeMap::new();
    for sender in senders::store::all(conn, &SYSTEM).await? {
        let mut agreed = agreed(&sender, day);
        for (name, history) in &own {
            let Some((of, status)) = name.split_once('/') else { continue };
            if let (true, Some(Content::OwnStatus(code))) =
                (of == sender.id.to_string(), history.on(day).map(|record| &record.content))
            {
                agreed.statuses.insert(status.to_owned(), *code);
            }
        }
        senders.insert(sender.fields.code, agreed);
    }
    let offices = bodies::all(conn, &SYSTEM).await?.into_iter().map(|body| Office {
        code: body.fields.code,
        names: vec![body.fields.full_name, body.fields.short_name],
        region: body.fields.region.parse().unwrap_or(0),
        zone: Some(body.fields.zone),
    });
    Ok(Register {
        reference: hub.reference(day).await?,
        services,
        offices: Offices::new(offices.collect()),
        senders,
    })
}

/// What is agreed with a sender, as checking of a day takes it. What happens to wrong rows is as it is now: a sender
/// whose delivery was refused sends it again when that has changed.
#[must_use]
pub fn agreed(sender: &Sender, day: CivilDay) -> Agreed {
    let (least, most) = sender.on(day).marks;
    let policy = match sender.fields.policy {
        senders::Policy::Whole => Policy::Whole,
        senders::Policy::GoodRows => Policy::GoodRows,
    };
    Agreed { statuses: HashMap::new(), scale: least..=most, policy }
}

/// Applications of the lake; asked from a thread that may wait.
#[derive(Clone)]
pub struct LakeKnown {
    /// What queries run on.
    pub engine: Engine,
    /// The lake as it is.
    pub snapshot: Snapshot,
    /// The runtime that does the reading.
    pub runtime: Handle,
}

impl Known for LakeKnown {
    fn find(
        &self,
        requests: &[&str],
        found: &mut dyn FnMut(usize, u16, &str, &str),
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if requests.is_empty() || self.snapshot.rows(tables::CASES.name()) == 0 {
            return Ok(());
        }
        let places: HashMap<&str, usize> =
            requests.iter().enumerate().map(|(place, one)| (*one, place)).collect();
        let (look, only) = if requests.len() <= FEW {
            let list: Vec<String> =
                requests.iter().map(|one| format!("'{}'", one.replace('\'', "''"))).collect();
            (Look::Few, format!("and t.request in ({})", list.join(", ")))
        } else {
            (Look::Whole, String::new())
        };
        let query = known_cases(&self.snapshot, "request", &only);
        self.runtime.block_on(async {
            let session = self.engine.session(&self.snapshot, &known_tables(), look)?;
            let mut batches = session.stream(&query).await?;
            while let Some(batch) = batches.try_next().await? {
                let requests = text(&batch, "request")?;
                rows(&batch, &mut |row, region, code, name| {
                    if let Some(&place) = places.get(requests.value(row)) {
                        found(place, region, code, name);
                    }
                })?;
            }
            Ok::<_, Error>(())
        })?;
        Ok(())
    }
}

/// Tables that tell which applications are known.
fn known_tables() -> [Table; 2] {
    [tables::CASES.clone(), tables::CASES_GONE.clone()]
}

/// Applications that hold: number or key, region, body and its name.
fn known_cases(snapshot: &Snapshot, column: &str, only: &str) -> String {
    let cases = versioned(snapshot, "cases", "cases_gone", &format!("t.known {only}"), "true");
    format!("select {column}, region, body, body_name from ({cases})")
}

/// The rows of a batch with region, body and its name.
fn rows(batch: &RecordBatch, tell: &mut dyn FnMut(usize, u16, &str, &str)) -> Result<(), Error> {
    let (codes, names) = (text(batch, "body")?, text(batch, "body_name")?);
    let regions: &Int16Array = typed(batch, "region")?;
    for row in 0..batch.num_rows() {
        let (code, name) = (codes.value(row), names.value(row));
        // A body without a code is known by its name.
        let code = if code == name { "" } else { code };
        let region = if regions.is_valid(row) { regions.value(row).cast_unsigned() } else { 0 };
        tell(row, region, code, name);
    }
    Ok(())
}

/// Tells of every application of a snapshot: the key of its number, region, code and name of the body.
///
/// # Errors
/// The lake can't be read.
pub async fn known_of(
    engine: &Engine,
    snapshot: &Snapshot,
    tell: &mut (dyn FnMut(u64, u16, &str, &str) + Send),
) -> Result<(), Error> {
    if snapshot.rows(tables::CASES.name()) == 0 {
        return Ok(());
    }
    let session = engine.session(snapshot, &known_tables(), Look::Whole)?;
    let mut batches = session.stream(&known_cases(snapshot, "request_key", "")).await?;
    while let Some(batch) = batches.try_next().await? {
        let keys: &Int64Array = typed(&batch, "request_key")?;
        rows(&batch, &mut |row, region, code, name| {
            tell(keys.value(row).cast_unsigned(), region, code, name)
        })?;
    }
    Ok(())
}

/// Checks a file or a folder against a register; what is found goes into the file `report`, which is there afterwards
/// only when something is.
///
/// # Errors
/// It can't be read, or what is known can't be found out.
pub fn check_with(
    register: &Register,
    path: &Path,
    claim: &Claim,
    known: &dyn Known,
    report: &Path,
) -> Result<Checked, HandlerError> {
    let source = Source::at(path).map_err(|error| later(format!("{}: {error}", path.display())))?;
    check_source(register, source, claim, known, report, &Progress::default())
}

/// Takes problems into the report, and tells how far the check has come.
struct Watched<'a> {
    report: ErrorFile<BufWriter<File>>,
    progress: &'a Progress,
}

impl Sink for Watched<'_> {
    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        self.report.problem(problem)
    }

    fn progress(&mut self, bytes: u64, total: u64) {
        self.progress.tell(bytes, total);
    }
}

fn check_source(
    register: &Register,
    source: Source,
    claim: &Claim,
    known: &dyn Known,
    report: &Path,
    progress: &Progress,
) -> Result<Checked, HandlerError> {
    let out = BufWriter::new(File::create(report).map_err(later)?);
    let mut sink = Watched { report: ErrorFile::new(out, Lang::default()).map_err(later)?, progress };
    let checker = Checker::new(register, Options::default());
    let checked = checker.check(source, claim, known, &mut sink).map_err(|error| later(told(&error)))?;
    sink.report.finish().map_err(later)?;
    if checked.errors + checked.warnings == 0 {
        std::fs::remove_file(report).map_err(later)?;
    }
    Ok(checked)
}

/// A file under the name that it was sent with: its sender knows no other.
fn sent(path: &Path, name: &str) -> Result<Source, HandlerError> {
    let file = BufReader::with_capacity(1 << 16, File::open(path).map_err(later)?);
    Source::from(name, file).map_err(later)
}

/// An error with what caused it.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// What was counted in a checked delivery.
#[must_use]
pub fn counts(checked: &Checked) -> Counts {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let sum = |of: fn(&otklik_progress::check::FileReport) -> u64| checked.files.iter().map(of).sum::<u64>();
    let is_taken = checked.delivery.is_some();
    Counts {
        rows_read: number(sum(|file| file.rows)),
        rows_taken: if is_taken { number(sum(otklik_progress::check::FileReport::good)) } else { 0 },
        errors: number(checked.errors),
        warnings: number(checked.warnings),
        applications: checked
            .delivery
            .as_ref()
            .map_or(0, |data| number(data.applications.request.len() as u64)),
        events: checked.delivery.as_ref().map_or(0, |data| number(data.events.request.len() as u64)),
    }
}

/// The state that an outcome gives.
#[must_use]
pub const fn state(outcome: Outcome) -> State {
    match outcome {
        Outcome::Accepted => State::Accepted,
        Outcome::Partly => State::Partly,
        Outcome::Empty => State::Empty,
        Outcome::Refused => State::Rejected,
    }
}

#[async_trait]
impl Taker for Hub {
    async fn take(
        &self,
        sender: &Sender,
        delivery: &Delivery,
        file: &Path,
        report: &Path,
        progress: &Progress,
    ) -> Result<Taken, HandlerError> {
        let register = register(self, delivery.day).await.map_err(later)?;
        let snapshot = self.lake().latest().await.map_err(later)?;
        let known = LakeKnown { engine: self.engine().clone(), snapshot, runtime: Handle::current() };
        let claim = Claim {
            sender: Some(sender.fields.code.clone()),
            day: Some(delivery.day),
            revision: Some(u32::try_from(delivery.revision).unwrap_or(1)),
            received: delivery.received_at,
        };
        let (source, report) = (sent(file, &delivery.file)?, report.to_owned());
        let progress = progress.clone();
        let checked = tokio::task::spawn_blocking(move || {
            check_source(&register, source, &claim, &known, &report, &progress)
        })
        .await;
        let mut checked = checked.map_err(later)??;
        let counts = counts(&checked);
        let decision = |state, commit| Decision { state, counts, commit, problem: String::new() };
        let Some(data) = checked.delivery.take() else {
            return Ok(Taken { decision: decision(State::Rejected, None), services: Vec::new() });
        };
        let services = data.services.clone();
        let came = delivery.came(state(checked.outcome), counts);
        match self.import(data, came).await.map_err(later)? {
            Verdict::Accepted(receipt) | Verdict::Repeated(receipt) => {
                let commit = notes_of(self.lake(), &receipt).await.map_err(later)?.commit(&receipt);
                Ok(Taken { decision: decision(state(checked.outcome), Some(commit)), services })
            }
            Verdict::Lower(_) | Verdict::Differs(_) => Ok(refused("revision")),
        }
    }
}

impl Hub {
    async fn import(&self, data: Data, came: Came) -> Result<Verdict, HubError> {
        let importer = self.importer().await?;
        let mut verdicts = importer.import_as(std::slice::from_ref(&data), &[Some(came)]).await?;
        verdicts.pop().ok_or_else(|| HubError::Lake(Error::Invalid("an import without a verdict".to_owned())))
    }
}
