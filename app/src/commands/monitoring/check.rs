//! `otklik monitoring check` and `import`: deliveries from files and folders.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use otklik_monitoring::bulk::{Bulk, Done, Said, check_only};
use serde_json::json;

use super::common::{Opened, SaidArgs, packages};
use crate::commands::{Json, exit};
use crate::settings::Settings;

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

fn words(done: &Done) -> String {
    let mut text = format!(
        "{}: {}, строк {} из {}, ошибок {}, предупреждений {}\n",
        done.path,
        state(done.state),
        done.rows_taken,
        done.rows_read,
        done.error_count,
        done.warning_count
    );
    for error in &done.errors {
        text.push_str(&format!(
            "  {} строка {}, столбец {}, {}: «{}»: {}\n",
            error.file, error.line, error.column, error.field, error.value, error.message
        ));
    }
    text
}

/// Checks and changes nothing: 0 when there is no error, 1 when there is.
pub async fn check(settings: Settings, args: DeliveriesArgs) -> Result<ExitCode> {
    let paths = packages(&args.paths)?;
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        bail!("{}: нет такого файла или папки", missing.display());
    }
    let opened = Opened::open(settings).await?;
    let done = check_only(&opened.ctx, &opened.hub, &paths, &args.said()).await?;
    let errors: Vec<_> = done
        .iter()
        .flat_map(|one| one.errors.iter().map(move |error| (one, error)))
        .filter(|(_, error)| !error.is_warning)
        .map(|(one, error)| {
            json!({
                "path": one.path,
                "file": error.file,
                "line": error.line,
                "column": error.column,
                "field": error.field,
                "code": error.code,
                "message": error.message,
                "value": error.value,
            })
        })
        .collect();
    let is_well = done.iter().all(|one| one.error_count == 0);
    let answer = json!({ "ok": is_well, "errors": errors, "deliveries": done });
    args.json.print(&answer, &done.iter().map(words).collect::<String>())?;
    opened.close().await;
    Ok(exit(is_well))
}

/// Imports: 0 when every delivery was taken wholly, 1 when one was refused or taken in part.
pub async fn import(settings: Settings, args: DeliveriesArgs) -> Result<ExitCode> {
    let paths = packages(&args.paths)?;
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        bail!("{}: нет такого файла или папки", missing.display());
    }
    let opened = Opened::open(settings).await?;
    let trace = opened.installation.trace();
    let mut bulk = Bulk::begin(&opened.ctx, &opened.depot, &opened.hub, paths.len(), &trace).await?;
    let mut done = Vec::new();
    for path in &paths {
        done.extend(bulk.push(path, &args.said()).await?);
    }
    done.extend(bulk.finish().await?);
    let is_well = done.iter().all(|one| ["accepted", "empty", "replaced"].contains(&one.state));
    let sum = |of: fn(&Done) -> i64| done.iter().map(of).sum::<i64>();
    let (rows, events, errors) =
        (sum(|one| one.rows_taken), sum(|one| one.events), sum(|one| one.error_count));
    let answer = json!({
        "ok": is_well,
        "deliveries": done.len(),
        "rows": rows,
        "events": events,
        "errors": errors,
        "results": done,
    });
    let mut text =
        format!("Поставок {}, строк принято {rows}, событий {events}, ошибок {errors}.\n", done.len());
    text.extend(done.iter().filter(|one| one.error_count > 0 || one.state == "rejected").map(words));
    args.json.print(&answer, &text)?;
    opened.close().await;
    Ok(exit(is_well))
}
