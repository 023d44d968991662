//! Many small files become few: by month, sorted, without rows that no longer hold. An ordinary commit.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::slice;

use futures_util::TryStreamExt as _;
use otklik_lake::arrow::array::{BooleanArray, Int64Array, RecordBatch};
use otklik_lake::arrow::compute::cast;
use otklik_lake::arrow::datatypes::DataType;
use otklik_lake::{Change, DataFile, Engine, Error, Lake, Look, Result, Session, Sifted, Snapshot, Table};

use crate::ingest::{Book, without};
use crate::live::{joined, versioned};
use crate::tables;

/// Rows of one file, about: all of a table are read once for each of its files.
const ROWS: i64 = 16_000_000;
/// The same of cases, which are four times as wide: what sorting keeps for merging grows with rows and their width.
const CASES: i64 = 4_000_000;
/// Rows that name what is gone, at a time, about: those are joined against in memory.
const GONE: i64 = 4_000_000;

/// The tag of a file's month and the part within it.
const MONTH: &str = "month";

/// What compaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Compacted {
    /// The last commit made; 0 when there was nothing to do.
    pub commit: u64,
    /// Files read and taken away.
    pub removed: usize,
    /// Files written instead.
    pub added: usize,
}

/// How a table is put together.
struct Plan {
    table: Table,
    /// The month of a row, as `YYYYMM`.
    month: &'static str,
    /// A number that spreads rows of a month evenly; not of one month only.
    spread: &'static str,
    /// The order of rows.
    order: &'static str,
    /// The table that names rows that no longer hold.
    gone: Option<&'static str>,
}

// First what questions are about, so that pages are left out; then what makes neighbours alike, so that files are small.
const CASES_BY: &str = "service, region, body, began, request_key";
const TRANSITIONS_BY: &str = "service, region, body, request_key, day, from_status";
const EXCHANGES_BY: &str = "service, region, body, request_key, day, status";

fn plans() -> Vec<Plan> {
    let plan =
        |table: &Table, month, spread, order, gone| Plan { table: table.clone(), month, spread, order, gone };
    let of_event = "cast(to_char(to_timestamp_seconds(at), '%Y%m') as int)";
    vec![
        plan(&tables::CASES, "began_day / 100", "request_key", CASES_BY, Some("cases_gone")),
        plan(&tables::TRANSITIONS, "day / 100", "request_key", TRANSITIONS_BY, Some("steps_gone")),
        plan(&tables::EXCHANGES, "day / 100", "request_key", EXCHANGES_BY, Some("steps_gone")),
        plan(&tables::EVENTS, of_event, "delivery", "request, at, delivery, seq", None),
        plan(&tables::APPLICATIONS, "0", "delivery", "delivery, line", None),
        plan(&tables::PAYMENTS, of_event, "delivery", "request, at, delivery, line", None),
        plan(&tables::RATINGS, of_event, "delivery", "request, at, delivery, line", None),
        plan(&tables::COMPLAINTS, of_event, "delivery", "request, at, delivery, line", None),
        plan(&tables::SERVICES, "0", "delivery", "delivery", None),
        plan(&tables::DELIVERIES, "0", "delivery", "delivery", None),
    ]
}

/// Puts the files of a lake together where it is worth it.
///
/// # Errors
/// The lake fails. What was committed before stays.
pub async fn compact(lake: &Lake, engine: &Engine) -> Result<Compacted> {
    compact_by(lake, engine, ROWS).await
}

/// The same with about so many rows at a time.
///
/// # Errors
/// As of [`compact`].
pub async fn compact_by(lake: &Lake, engine: &Engine, most: i64) -> Result<Compacted> {
    let start = lake.latest().await?;
    let (gone, truth): (Vec<Plan>, Vec<Plan>) = plans().into_iter().partition(|plan| plan.gone.is_some());
    let mut done = take_away(lake, engine, &start, &gone, most).await?;
    for plan in truth {
        let change = one(lake, engine, &start, &plan, most.max(1)).await?;
        commit(lake, &start, change, &mut done).await?;
    }
    Ok(done)
}

/// Takes away rows that no longer hold, of tables where more than `most` rows are named so: what answers need then.
/// Each file is written anew by itself and nothing is sorted, which is quicker than [`compact`] by far.
///
/// # Errors
/// As of [`compact`].
pub async fn take_gone_away(lake: &Lake, engine: &Engine, most: u64) -> Result<Compacted> {
    let start = lake.latest().await?;
    let mut done = Compacted::default();
    for gone in [&tables::CASES_GONE, &tables::STEPS_GONE] {
        if start.rows(gone.name()) <= most {
            continue;
        }
        let named = Named::read(engine, &start, gone).await?;
        for plan in plans().into_iter().filter(|plan| plan.gone == Some(gone.name())) {
            let change = sift(lake, engine, &start, &plan.table, &named).await?;
            commit(lake, &start, change, &mut done).await?;
        }
        // Every row they name has been left out now; rows of later commits are named in later files.
        let named = paths(start.files(gone.name()));
        let change = named.into_iter().fold(Change::new(), Change::without);
        commit(lake, &start, change, &mut done).await?;
    }
    Ok(done)
}

/// The change of a table whose files lose the rows that are named as gone.
async fn sift(
    lake: &Lake,
    engine: &Engine,
    start: &Snapshot,
    table: &Table,
    named: &Named,
) -> Result<Change> {
    let mut change = Change::new();
    for file in start.files(table.name()) {
        let by = ["request_key", "version"];
        let sifted = engine.sift(lake, start, (table, file), &by, |rows| named.without(rows)).await?;
        change = match sifted {
            Sifted::Whole => change,
            Sifted::Nothing => change.without(&file.path),
            Sifted::Rest(written) => change.without(&file.path).with(lake.keep(written).await?),
        };
    }
    Ok(change)
}

/// Applications whose rows of earlier versions are gone: each once, in order, with the latest version that says so.
/// Sixteen bytes each.
struct Named(Vec<(i64, i64)>);

impl Named {
    async fn read(engine: &Engine, snapshot: &Snapshot, gone: &Table) -> Result<Self> {
        let session = engine.session(snapshot, slice::from_ref(gone), Look::Whole)?;
        let mut batches =
            session.stream(&format!("select request_key, version from {}", gone.name())).await?;
        let rows = usize::try_from(snapshot.rows(gone.name())).unwrap_or_default();
        let mut named = Vec::with_capacity(rows);
        while let Some(batch) = batches.try_next().await? {
            let (keys, versions) = (number(&batch, 0)?, number(&batch, 1)?);
            named.extend(keys.values().iter().copied().zip(versions.values().iter().copied()));
        }
        named.sort_unstable_by_key(|(key, version)| (*key, Reverse(*version)));
        named.dedup_by_key(|(key, _)| *key);
        Ok(Self(named))
    }

    /// Which rows stay, by their keys and versions.
    fn without(&self, rows: &RecordBatch) -> Result<BooleanArray> {
        let column = |name: &str| number(rows, rows.schema_ref().index_of(name)?);
        let (keys, versions) = (column("request_key")?, column("version")?);
        let stays = |(key, version): (&i64, &i64)| {
            let named = self.0.binary_search_by_key(key, |(named, _)| *named);
            named.map_or(true, |place| self.0[place].1 <= *version)
        };
        Ok(keys.values().iter().zip(versions.values()).map(|row| Some(stays(row))).collect())
    }
}

async fn take_away(
    lake: &Lake,
    engine: &Engine,
    start: &Snapshot,
    plans: &[Plan],
    most: i64,
) -> Result<Compacted> {
    let mut done = Compacted::default();
    let mut over = BTreeMap::<&str, Vec<String>>::new();
    for plan in plans {
        if let Some(gone) = plan.gone {
            over.entry(gone).or_insert_with(|| paths(start.files(gone)));
        }
        let most = if plan.table.name() == tables::CASES.name() { most.min(CASES) } else { most };
        let change = one(lake, engine, start, plan, most.max(1)).await?;
        commit(lake, start, change, &mut done).await?;
    }
    for sums in [&tables::SPANS, &tables::FIGURES] {
        let change = add_up(lake, engine, start, sums).await?;
        commit(lake, start, change, &mut done).await?;
    }
    // Every row they name has been left out now; rows of later commits are named in later files.
    let gone = over.into_values().flatten().fold(Change::new(), |change, path| change.without(path));
    commit(lake, start, gone, &mut done).await?;
    Ok(done)
}

/// Into how many parts rows are taken, so many at a time at most.
fn parts(rows: i64, most: i64) -> i64 {
    (rows / most).saturating_add(i64::from(rows % most != 0)).max(1)
}

fn paths<'a>(files: impl Iterator<Item = &'a DataFile>) -> Vec<String> {
    files.map(|file| file.path.clone()).collect()
}

/// Commits on top of whatever others added since; gives up what others took away.
async fn commit(lake: &Lake, start: &Snapshot, change: Change, done: &mut Compacted) -> Result<()> {
    if change.removes.is_empty() {
        return Ok(());
    }
    let change = change.note("kind", "compact");
    loop {
        let base = lake.latest().await?;
        if change.removes.iter().any(|path| base.file(path).is_none()) {
            return Err(Error::Conflict(start.number()));
        }
        match lake.commit(&base, change.clone()).await {
            Ok(snapshot) => {
                done.commit = snapshot.number();
                done.removed += change.removes.len();
                done.added += change.adds.len();
                return Ok(());
            }
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The change of one table: months with loose files or with rows that no longer hold are written anew.
async fn one(lake: &Lake, engine: &Engine, start: &Snapshot, plan: &Plan, most: i64) -> Result<Change> {
    let table = &plan.table;
    let name = table.name();
    let loose = paths(start.files(name).filter(|file| !file.tags.contains_key(MONTH)));
    let dead = without(&Book::read(engine, start).await?.dead());
    let truth = if plan.gone.is_some() || name == "deliveries" { "true".to_owned() } else { dead };
    let plain = |only: &str| format!("{name} t where {only}");
    let mut touched = months(engine, start, plan, &loose, &plain("true")).await?;
    let gone_rows = plan.gone.map_or(0, |gone| i64::try_from(start.rows(gone)).unwrap_or(i64::MAX));
    let is_in = |table: &str, of: i64, part: i64| match of {
        1 => "true".to_owned(),
        _ => format!("abs({table}.{} % {of}) = {part}", plan.spread),
    };
    let of = parts(gone_rows, most.min(GONE));
    let lost: Vec<String> = match plan.gone {
        Some(gone) if gone_rows > 0 => (0..of)
            .map(|part| joined("semi", name, gone, &is_in("t", of, part), &is_in("g", of, part)))
            .collect(),
        None if truth != "true" => vec![plain(&format!("not ({truth})"))],
        _ => Vec::new(),
    };
    let all = paths(start.files(name));
    for lost in &lost {
        touched.extend(months(engine, start, plan, &all, lost).await?);
    }
    let is_read = |file: &&DataFile| {
        let month = file.tags.get(MONTH).map(|month| month.parse().ok());
        month.is_none_or(|month| month.is_none_or(|month: i64| touched.contains_key(&month)))
    };
    let read = paths(start.files(name).filter(is_read));
    if read.is_empty() || (read.len() == 1 && lost.is_empty() && start.files(name).count() == 1) {
        return Ok(Change::new());
    }
    let mut change = read.iter().fold(Change::new(), |change, path| change.without(path));
    for (month, rows) in months(engine, start, plan, &read, &plain(&truth)).await? {
        let session = session(engine, start, plan, &read)?;
        let parts = parts(rows, most).max(of);
        for part in 0..parts {
            let only = format!("{truth} and {} = {month} and {}", plan.month, is_in("t", parts, part));
            let rows = match plan.gone {
                Some(gone) => versioned(start, name, gone, &only, &is_in("g", parts, part)),
                None => format!("select * from {name} t where {only}"),
            };
            let query = format!("{rows} order by {}", plan.order);
            if let Some(written) = session.write(lake, table, &query).await? {
                change = change.with(lake.keep(written.tag(MONTH, month.to_string())).await?);
            }
        }
    }
    Ok(change)
}

fn session(engine: &Engine, start: &Snapshot, plan: &Plan, files: &[String]) -> Result<Session> {
    let gone = match plan.gone {
        Some("cases_gone") => &*tables::CASES_GONE,
        _ => &*tables::STEPS_GONE,
    };
    let all = paths(start.files(gone.name()));
    engine.session_of(start, &[(&plan.table, files), (gone, &all)], Look::Rewrite)
}

/// The months of some rows, with how many there are.
async fn months(
    engine: &Engine,
    start: &Snapshot,
    plan: &Plan,
    files: &[String],
    rows: &str,
) -> Result<BTreeMap<i64, i64>> {
    if files.is_empty() {
        return Ok(BTreeMap::new());
    }
    let month = plan.month;
    let query = format!("select cast({month} as bigint) as month, count(*) as rows from {rows} group by 1");
    counts(&session(engine, start, plan, files)?, &query).await
}

async fn counts(session: &Session, query: &str) -> Result<BTreeMap<i64, i64>> {
    let mut counts = BTreeMap::new();
    for batch in session.rows(query).await? {
        let (months, rows) = (number(&batch, 0)?, number(&batch, 1)?);
        counts.extend((0..batch.num_rows()).map(|row| (months.value(row), rows.value(row))));
    }
    Ok(counts)
}

fn number(batch: &RecordBatch, place: usize) -> Result<Int64Array> {
    let column = cast(batch.column(place), &DataType::Int64)?;
    let column = column.as_any().downcast_ref::<Int64Array>();
    column.cloned().ok_or_else(|| Error::Invalid("not a number".to_owned()))
}

/// The change of a table of sums: rows of equal keys become one, those that come to nothing none.
async fn add_up(lake: &Lake, engine: &Engine, start: &Snapshot, table: &Table) -> Result<Change> {
    let files = paths(start.files(table.name()));
    if files.len() < 2 {
        return Ok(Change::new());
    }
    let session = engine.session_of(start, &[(table, &files)], Look::Rewrite)?;
    let names = table.schema().fields().iter().map(|field| field.name().clone());
    let is_sum = |name: &String| tables::sums_of(table.name()).contains(&name.as_str());
    let (sums, keys): (Vec<String>, Vec<String>) = names.partition(is_sum);
    let summed: Vec<String> = sums.iter().map(|sum| format!("sum({sum}) as {sum}")).collect();
    let is_some: Vec<String> = sums.iter().map(|sum| format!("sum({sum}) <> 0")).collect();
    let keys = keys.join(", ");
    let query = format!(
        "select {keys}, {} from {} group by {keys} having {} order by {keys}",
        summed.join(", "),
        table.name(),
        is_some.join(" or ")
    );
    let mut change = files.iter().fold(Change::new(), |change, path| change.without(path));
    if let Some(written) = session.write(lake, table, &query).await? {
        change = change.with(lake.keep(written).await?);
    }
    Ok(change)
}
