//! `otklik monitoring check` and `import`: deliveries from files and folders.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use otklik_monitoring::bulk::{Bulk, Done, Said, check_only};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::json;
use tempfile::TempDir;

use super::common::{Opened, SaidArgs, packages};
use crate::commands::{Json, exit};
use crate::installation::is_there;
use crate::settings::{Options, Settings};

/// What is to be checked or imported.
#[derive(Args, Debug)]
pub struct DeliveriesArgs {
    /// Packages (folders, ZIP), CSV files, or folders of packages
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    said: SaidArgs,
    #[command(flatten)]
    json: Json,
}

impl DeliveriesArgs {
    fn said(&self) -> Said {
        Said {
            sender: self.said.sender.clone(),
            day: self.said.day,
            revision: self.said.revision,
            received: None,
        }
    }
}

/// What became of a delivery.
fn state(code: &str) -> &str {
    match code {
        "accepted" => "принята",
        "partly" => "принята без ошибочных строк",
        "empty" => "принята пустой",
        "rejected" => "отклонена",
        "replaced" => "заменена более поздней",
        other => other,
    }
}

fn words(to: &mut dyn Write, done: &Done) -> io::Result<()> {
    writeln!(
        to,
        "{}: {}, строк {} из {}, ошибок {}, предупреждений {}",
        done.path,
        state(done.state),
        done.rows_taken,
        done.rows_read,
        done.error_count,
        done.warning_count
    )?;
    for error in done.errors.iter()? {
        let error = error?;
        let places = [
            (!error.file.is_empty()).then(|| error.file.clone()),
            (error.line > 0).then(|| format!("строка {}", error.line)),
            (error.column > 0).then(|| format!("столбец {}", error.column)),
            (!error.field.is_empty()).then(|| error.field.clone()),
            (!error.value.is_empty()).then(|| format!("«{}»", error.value)),
        ];
        let place = places.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let between = if place.is_empty() { "" } else { ": " };
        let weight = if error.is_warning { "предупреждение: " } else { "" };
        writeln!(to, "  {weight}{place}{between}{}", error.message)?;
    }
    Ok(())
}

/// What checking tells.
#[derive(Serialize)]
struct CheckAnswer<'a> {
    ok: bool,
    errors: Errors<'a>,
    deliveries: &'a [Done],
}

/// The errors of all deliveries, read from their reports as they are printed.
struct Errors<'a>(&'a [Done]);

impl Serialize for Errors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(None)?;
        for one in self.0 {
            for error in one.errors.iter().map_err(S::Error::custom)? {
                let error = error.map_err(S::Error::custom)?;
                if error.is_warning {
                    continue;
                }
                all.serialize_element(&json!({
                    "path": one.path,
                    "file": error.file,
                    "line": error.line,
                    "column": error.column,
                    "field": error.field,
                    "code": error.code,
                    "message": error.message,
                    "value": error.value,
                }))?;
            }
        }
        all.end()
    }
}

/// What importing tells.
#[derive(Serialize)]
struct ImportAnswer<'a> {
    ok: bool,
    deliveries: usize,
    rows: i64,
    events: i64,
    errors: i64,
    results: &'a [Done],
}

/// The deliveries to be looked at: there must be some.
fn deliveries(args: &DeliveriesArgs) -> Result<Vec<PathBuf>> {
    let paths = packages(&args.paths)?;
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        bail!("{}: нет такого файла или папки", missing.display());
    }
    if paths.is_empty() {
        bail!("{}: поставок там нет", args.paths[0].display());
    }
    Ok(paths)
}

/// Tells of senders whom nobody had written down: a misspelt code is one too.
fn tell_new_senders(done: &[Done], what: &str) {
    let new: BTreeSet<&str> =
        done.iter().filter(|one| one.is_new_sender).map(|one| one.sender.as_str()).collect();
    for code in new {
        eprintln!("Отправитель «{code}» не был заведён: {what}. Если код указан с ошибкой, исправьте его.");
    }
}

/// What is checked against: the installation, or where there is none what is built in, in a folder that goes with it.
async fn known(settings: Settings) -> Result<(Opened, Option<TempDir>)> {
    if is_there(&settings) {
        return Ok((Opened::open(settings).await?, None));
    }
    let folder = tempfile::tempdir()?;
    let aside = Options { data_dir: Some(folder.path().to_owned()), ..Options::default() };
    Ok((Opened::open_or_make(Settings::resolve(aside)?).await?, Some(folder)))
}

/// Checks and changes nothing: 0 when there is no error, 1 when there is.
pub async fn check(settings: Settings, args: DeliveriesArgs) -> Result<ExitCode> {
    let paths = deliveries(&args)?;
    let place = settings.data_dir.clone();
    let (opened, aside) = known(settings).await?;
    let done = check_only(&opened.ctx, &opened.hub, &paths, &args.said()).await?;
    let is_well = done.iter().all(|one| one.error_count == 0);
    match &aside {
        None => tell_new_senders(&done, "при приёме он будет заведён"),
        Some(_) => eprintln!(
            "{}: установки здесь нет. Проверено по встроенным справочникам: отправителей, услуг и прежних заявлений \
            проверка не знает.",
            place.display()
        ),
    }
    let answer = CheckAnswer { ok: is_well, errors: Errors(&done), deliveries: &done };
    args.json.stream(&answer, |to| done.iter().try_for_each(|one| words(to, one)))?;
    opened.close().await;
    Ok(exit(is_well))
}

/// Imports: 0 when every delivery was taken wholly, 1 when one was refused or taken in part.
pub async fn import(settings: Settings, args: DeliveriesArgs) -> Result<ExitCode> {
    let paths = deliveries(&args)?;
    let opened = Opened::open_or_make(settings).await?;
    let trace = opened.installation.trace();
    let mut bulk = Bulk::begin(&opened.ctx, &opened.depot, &opened.hub, paths.len(), &trace).await?;
    let mut done = Vec::new();
    for path in &paths {
        done.extend(bulk.push(path, &args.said()).await?);
    }
    done.extend(bulk.finish().await?);
    tell_new_senders(
        &done,
        "теперь он заведён с первым органом дерева, поправьте его на странице отправителей",
    );
    let is_well = done.iter().all(|one| ["accepted", "empty", "replaced"].contains(&one.state));
    let sum = |of: fn(&Done) -> i64| done.iter().map(of).sum::<i64>();
    let (rows, events, errors) =
        (sum(|one| one.rows_taken), sum(|one| one.events), sum(|one| one.error_count));
    let deliveries = done.len();
    let answer = ImportAnswer { ok: is_well, deliveries, rows, events, errors, results: &done };
    args.json.stream(&answer, |to| {
        writeln!(to, "Поставок {deliveries}, строк принято {rows}, событий {events}, ошибок {errors}.")?;
        let mut wrong = done.iter().filter(|one| one.error_count > 0 || one.state == "rejected");
        wrong.try_for_each(|one| words(to, one))
    })?;
    opened.close().await;
    Ok(exit(is_well))
}
