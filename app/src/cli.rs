//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::{Options, Settings};
use crate::{commands, demo, serve};

/// Отклик: people's feedback at every point of contact with government bodies.
#[derive(Debug, Parser)]
#[command(name = "otklik", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the public pages and the admin zone
    Serve,
    /// Fill an empty data folder with demo content and serve it
    Demo(demo::DemoArgs),
    /// Bring the database's schema up to date
    Migrate(commands::migrate::MigrateArgs),
    /// Check this installation and say what is wrong
    Doctor(commands::Json),
    /// Accounts: add, reset a password
    #[command(subcommand)]
    User(commands::user::UserCommand),
    /// Bodies: import a list
    #[command(subcommand)]
    Bodies(commands::bodies::BodiesCommand),
    /// Responses: count
    #[command(subcommand)]
    Responses(commands::responses::ResponsesCommand),
    /// How services run: generate believable daily data
    #[command(subcommand)]
    Monitoring(commands::monitoring::MonitoringCommand),
    /// The journal: verify, export the head, erase the data of an entry
    #[command(subcommand)]
    Journal(commands::journal::JournalCommand),
    /// Copy the database and keys into a new folder, while the programme runs
    Backup(commands::backup::BackupArgs),
    /// Restore a copy into an empty data folder
    Restore(commands::backup::RestoreArgs),
}

/// Reads the command line and does what it says: 0 when all is well, 1 when not, 2 for wrong usage.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let settings = match Settings::resolve(cli.options) {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("otklik: {error:#}");
            return ExitCode::from(2);
        }
    };
    serve::start_logging(&settings);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("otklik: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli.command, settings)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("otklik: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve::serve(settings).await,
        Command::Demo(args) => demo::demo(settings, args).await,
        Command::Migrate(args) => commands::migrate::run(settings, &args).await,
        Command::Doctor(args) => commands::doctor::run(settings, &args).await,
        Command::User(command) => commands::user::run(settings, command).await,
        Command::Bodies(command) => commands::bodies::run(settings, command).await,
        Command::Responses(command) => commands::responses::run(settings, command).await,
        Command::Monitoring(command) => commands::monitoring::run(settings, command).await,
        Command::Journal(command) => commands::journal::run(settings, command).await,
        Command::Backup(args) => commands::backup::backup(settings, &args).await,
        Command::Restore(args) => commands::backup::restore(settings, &args).await,
    }
}
