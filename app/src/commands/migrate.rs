//! `otklik migrate`: brings the schema up to date, or shows where it stands.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::commands::Json;
use crate::installation::{Installation, migrations};
use crate::settings::Settings;

/// Options of `migrate`.
#[derive(Args, Debug)]
pub struct MigrateArgs {
    /// Only show what is done and what is pending
    #[arg(long)]
    status: bool,
    #[command(flatten)]
    json: Json,
}

/// Runs the command.
pub async fn run(settings: Settings, args: &MigrateArgs) -> anyhow::Result<ExitCode> {
    let installation = if args.status {
        Installation::connect(settings).await?
    } else {
        Installation::open(settings).await?
    };
    let state = otklik_db::pending(&installation.db, &migrations()).await?;
    let answer = json!({ "done": state.done, "pending": state.pending, "unknown": state.unknown });
    let mut words = format!("Сделано шагов: {}. Осталось: {}.\n", state.done.len(), state.pending.len());
    for name in &state.pending {
        words.push_str(&format!("  {name}\n"));
    }
    if !state.unknown.is_empty() {
        words.push_str("База данных новее этой версии программы. Незнакомые шаги:\n");
    }
    for name in &state.unknown {
        words.push_str(&format!("  {name}\n"));
    }
    args.json.print(&answer, &words)?;
    installation.db.close().await;
    Ok(ExitCode::SUCCESS)
}
