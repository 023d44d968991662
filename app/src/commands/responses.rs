//! `otklik responses`.

use std::process::ExitCode;

use clap::Subcommand;
use otklik_access::Scope;
use otklik_responses::store;
use serde_json::json;

use crate::commands::Json;
use crate::demo::invent;
use crate::installation::Installation;
use crate::settings::Settings;
use crate::wire;

/// Commands about responses.
#[derive(Debug, Subcommand)]
pub enum ResponsesCommand {
    /// How many responses are stored
    Count(Json),
    /// Invent a year of responses for the bodies there are, with recipients and accounts: for trials of a large
    /// installation, only where there are no responses yet
    #[command(hide = true)]
    Invent {
        /// How many
        #[arg(long)]
        count: usize,
        /// Number that decides the content: the same number, the same responses
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

/// Runs the command.
pub async fn run(settings: Settings, command: ResponsesCommand) -> anyhow::Result<ExitCode> {
    let db = match command {
        ResponsesCommand::Count(json) => {
            let installation = Installation::open_as_it_is(settings).await?;
            let scope = Scope::system("a command of the operator");
            let n = store::count(installation.db.read(), &scope, &store::Filter::default()).await?;
            json.print(&json!({ "responses": n }), &format!("Откликов: {n}"))?;
            installation.db
        }
        ResponsesCommand::Invent { count, seed } => {
            let address = settings.listen;
            let installation = Installation::open(settings).await?;
            let ctx = wire::context(&installation, address);
            invent(&ctx, &installation.trace(), seed, count).await?;
            installation.db
        }
    };
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
