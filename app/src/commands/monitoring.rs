//! `otklik monitoring`: the daily data of applications for services.

mod applications;
mod check;
mod common;
mod exchange;
mod export;
mod generate;
mod part;
mod records;
mod report;
mod trace;
mod upkeep;

use std::process::ExitCode;

use clap::Subcommand;

use crate::commands::Json;
use crate::settings::Settings;

/// Commands about how services run.
#[derive(Debug, Subcommand)]
pub enum MonitoringCommand {
    /// Write believable daily data: a package folder for each sender and day
    Generate(generate::GenerateArgs),
    /// Check deliveries and say every error with its place; nothing is changed
    Check(check::DeliveriesArgs),
    /// Take deliveries in, each with its receipt
    Import(check::DeliveriesArgs),
    /// Write the data of a day in the canonical form
    Export(export::ExportArgs),
    /// Print the published description of the daily data: a Frictionless Data Package
    Datapackage,
    /// Answers: durations, waiting, refusals and so on
    Report(report::ReportArgs),
    /// All that is known of an application
    Trace(trace::TraceArgs),
    /// List the reference data that hold on a day; nothing is changed
    Records(records::RecordsArgs),
    /// Write applications as an XES event log
    Xes(exchange::LogArgs),
    /// Write applications with what belongs to them as an OCEL 2.0 log in JSON
    Ocel(exchange::LogArgs),
    /// Read the XES log of another program and compare it with ours
    Compare(exchange::CompareArgs),
    /// Look the lake over: files, receipts, what is derived
    Verify(Json),
    /// Put small files of the lake together, take away those that nobody needs
    Compact(Json),
    /// Write receipts into the database again as the lake has them, after an older copy of it was restored
    Receipts(Json),
    /// Make everything derived anew, after reference data were edited
    Rebuild(Json),
}

/// Runs the command.
pub async fn run(settings: Settings, command: MonitoringCommand) -> anyhow::Result<ExitCode> {
    match command {
        MonitoringCommand::Generate(args) => generate::run(args).await,
        MonitoringCommand::Check(args) => check::check(settings, args).await,
        MonitoringCommand::Import(args) => check::import(settings, args).await,
        MonitoringCommand::Export(args) => export::run(settings, args).await,
        MonitoringCommand::Datapackage => export::datapackage(),
        MonitoringCommand::Report(args) => report::run(settings, args).await,
        MonitoringCommand::Trace(args) => trace::run(settings, args).await,
        MonitoringCommand::Records(args) => records::run(settings, args).await,
        MonitoringCommand::Xes(args) => exchange::write(settings, args, exchange::Form::Xes).await,
        MonitoringCommand::Ocel(args) => exchange::write(settings, args, exchange::Form::Ocel).await,
        MonitoringCommand::Compare(args) => exchange::beside_ours(settings, args).await,
        MonitoringCommand::Verify(json) => upkeep::verify(settings, json).await,
        MonitoringCommand::Compact(json) => upkeep::compact(settings, json).await,
        MonitoringCommand::Receipts(json) => upkeep::receipts(settings, json).await,
        MonitoringCommand::Rebuild(json) => upkeep::rebuild(settings, json).await,
    }
}
