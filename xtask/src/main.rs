//! The project's own commands. `cargo xtask run` serves demo content, `cargo xtask test` checks everything
//! that guards a landing, and each step of it can be run alone by its name. `cargo xtask help` lists them.

mod checks;
mod demo;
mod layers;
#[path = "../../platform/testkit/src/postgres.rs"]
mod postgres;
mod sources;
mod steps;
mod tally;
mod tools;
mod workplace;

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};

use crate::workplace::Workplace;

fn main() -> ExitCode {
    let arguments = commands().get_matches();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn commands() -> Command {
    let run = Command::new("run")
        .about("Build everything and serve demo content on this machine")
        .arg(
            Arg::new("data-dir")
                .long("data-dir")
                .value_name("DIR")
                .value_parser(value_parser!(std::path::PathBuf))
                .help("Folder of the demo's data [default: target/demo]; one made before is served again"),
        )
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("ADDRESS")
                .default_value("127.0.0.1:8080")
                .help("Address and port to serve on"),
        );
    Command::new("xtask")
        .bin_name("cargo xtask")
        .about("The project's own commands")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(run)
        .subcommand(
            Command::new("test").about("Everything that guards a landing, step by step (the steps below)"),
        )
        .subcommand(Command::new("soak").about("Long forms: load runs and tests with more cases"))
        .subcommands(checks::STEPS.iter().map(|step| Command::new(step.name).about(step.about)))
}

fn dispatch(arguments: &ArgMatches) -> anyhow::Result<ExitCode> {
    let workplace = Workplace::find()?;
    match arguments.subcommand() {
        Some(("run", options)) => {
            let folder = options.get_one::<std::path::PathBuf>("data-dir");
            let listen = options.get_one::<String>("listen").map_or("127.0.0.1:8080", String::as_str);
            demo::run(&workplace, folder.map(std::path::PathBuf::as_path), listen).map(|()| ExitCode::SUCCESS)
        }
        Some(("test", _)) => Ok(steps::run_all(&workplace, checks::STEPS)),
        Some(("soak", _)) => Ok(steps::run_all(&workplace, checks::SOAK)),
        Some((name, _)) => {
            let chosen = checks::STEPS.iter().position(|step| step.name == name);
            let chosen = chosen.ok_or_else(|| anyhow::anyhow!("there is no command {name}"))?;
            Ok(steps::run_all(&workplace, &checks::STEPS[chosen..=chosen]))
        }
        None => anyhow::bail!("name a command; `cargo xtask help` lists them"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        super::commands().debug_assert();
    }
}
