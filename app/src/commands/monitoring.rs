//! `otklik monitoring`: the daily data of applications for services.

mod generate;

use std::process::ExitCode;

use clap::Subcommand;

use crate::settings::Settings;

/// Commands about how services run.
#[derive(Debug, Subcommand)]
pub enum MonitoringCommand {
    /// Write believable daily data: a package folder for each sender and day
    Generate(generate::GenerateArgs),
}

/// Runs the command.
pub async fn run(_settings: Settings, command: MonitoringCommand) -> anyhow::Result<ExitCode> {
    match command {
        MonitoringCommand::Generate(args) => generate::run(args).await,
    }
}
