//! `otklik responses`.

use std::process::ExitCode;

use clap::Subcommand;
use otklik_access::Scope;
use otklik_responses::store;
use serde_json::json;

use crate::commands::Json;
use crate::installation::Installation;
use crate::settings::Settings;

/// Commands about responses.
#[derive(Debug, Subcommand)]
pub enum ResponsesCommand {
    /// How many responses are stored
    Count(Json),
}

/// Runs the command.
pub async fn run(settings: Settings, command: ResponsesCommand) -> anyhow::Result<ExitCode> {
    let ResponsesCommand::Count(json) = command;
    let installation = Installation::open_as_it_is(settings).await?;
    let scope = Scope::system("a command of the operator");
    let n = store::count(installation.db.read(), &scope, &store::Filter::default()).await?;
    json.print(&json!({ "responses": n }), &format!("Откликов: {n}"))?;
    installation.db.close().await;
    Ok(ExitCode::SUCCESS)
}
