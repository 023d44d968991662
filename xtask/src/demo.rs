//! `cargo xtask run`: from a fresh clone to a running service with demo content.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::tools;
use crate::workplace::Workplace;

/// Builds the front end and the program, then becomes it: addresses and demo accounts are what it prints.
///
/// # Errors
/// A build failed, or the program could not be started.
pub fn run(workplace: &Workplace, folder: Option<&Path>, listen: &str) -> anyhow::Result<()> {
    tools::node()?;
    if let Some(mut install) = tools::npm_install(workplace, "web")? {
        succeed(&mut install)?;
        tools::npm_installed(workplace, "web")?;
    }
    succeed(&mut workplace.npm("web", ["run", "build"]))?;
    succeed(&mut workplace.cargo(["build", "--workspace", "--bin", "otklik"]))?;
    // A folder named by the person is theirs to name from where they stand.
    let folder = match folder {
        Some(folder) => std::path::absolute(folder).context("the data folder has no full path")?,
        None => workplace.target.join("demo"),
    };
    let mut otklik = workplace.program(workplace.otklik());
    otklik.arg("demo").arg("--data-dir").arg(folder).args(["--listen", listen]);
    // The program takes our place, so that Ctrl+C and a supervisor's signals reach it and nothing else.
    let error = otklik.exec();
    Err(error).context(format!("could not start {}", workplace.otklik().display()))
}

fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("could not run {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{:?} ended with {status}", command.get_program());
    }
    Ok(())
}
