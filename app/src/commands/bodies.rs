//! `otklik bodies`: the tree of bodies from a table.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use otklik_access::Scope;
use otklik_journal::Actor;
use otklik_organisations::act::Act;
use otklik_organisations::import;
use serde_json::json;

use crate::commands::{Json, exit};
use crate::installation::Installation;
use crate::settings::Settings;
use crate::wire;

/// Commands about bodies.
#[derive(Debug, Subcommand)]
pub enum BodiesCommand {
    /// Add and change bodies from a CSV file; with a mistake in any row nothing is changed
    Import {
        /// The file: UTF-8 or windows-1251
        file: PathBuf,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: Json,
    },
}

/// Runs the command.
pub async fn run(settings: Settings, command: BodiesCommand) -> anyhow::Result<ExitCode> {
    let BodiesCommand::Import { file, dry_run, json } = command;
    let bytes = std::fs::read(&file).with_context(|| format!("{}: не читается", file.display()))?;
    let listen = settings.listen;
    let installation = Installation::open(settings).await?;
    let ctx = wire::context(&installation, listen);
    let trace = installation.trace();
    let act = Act::by(&ctx, Actor::System("command"), &trace);
    let text = import::decode(&bytes);
    let scope = Scope::system("a command of the operator");
    let report = import::run(&ctx.db, &scope, &act, &text, dry_run).await?;
    let errors: Vec<_> = report
        .errors
        .iter()
        .map(|e| json!({ "row": e.row, "column": e.column, "value": e.value, "message": e.message }))
        .collect();
    let answer = json!({
        "done": report.is_done,
        "added": report.added.len(),
        "changed": report.changed.len(),
        "unchanged": report.unchanged,
        "errors": errors,
    });
    let mut words = format!(
        "{}: добавлено {}, изменено {}, без изменений {}, ошибок {}.\n",
        if report.is_done { "Сделано" } else { "Ничего не изменено" },
        report.added.len(),
        report.changed.len(),
        report.unchanged,
        report.errors.len()
    );
    for error in &report.errors {
        words.push_str(&format!(
            "  строка {}, {}: «{}»: {}\n",
            error.row, error.column, error.value, error.message
        ));
    }
    json.print(&answer, &words)?;
    installation.db.close().await;
    Ok(exit(report.errors.is_empty()))
}
