//! Where things are, and how programs are called.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// The folders that every step needs.
#[derive(Debug)]
pub struct Workplace {
    /// The workspace's root.
    pub root: PathBuf,
    /// Cargo's output folder (`CARGO_TARGET_DIR` or `target`).
    pub target: PathBuf,
    /// What `cargo metadata --no-deps` says about the workspace.
    pub metadata: serde_json::Value,
    /// Tools that we build ourselves and keep between runs and clones.
    pub tools: PathBuf,
    cargo: PathBuf,
}

impl Workplace {
    /// Finds the workspace this program was started in.
    ///
    /// # Errors
    /// No home folder, or cargo can't read the workspace.
    pub fn find() -> anyhow::Result<Self> {
        let variable =
            |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let own = variable("CARGO_MANIFEST_DIR").unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = own.parent().context("xtask lies in no workspace")?.to_owned();
        let cargo = variable("CARGO").unwrap_or_else(|| PathBuf::from("cargo"));
        let cache = match variable("XDG_CACHE_HOME") {
            Some(folder) => folder,
            None => variable("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?.join(".cache"),
        };
        let mut workplace = Self {
            root,
            target: PathBuf::new(),
            metadata: serde_json::Value::Null,
            tools: cache.join("otklik/tools"),
            cargo,
        };
        let mut asked = workplace.cargo(["metadata", "--no-deps", "--format-version=1", "--offline"]);
        let answer = asked.output().context("cargo could not be run")?;
        if !answer.status.success() {
            bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&answer.stderr));
        }
        workplace.metadata = serde_json::from_slice(&answer.stdout).context("cargo metadata is not JSON")?;
        let target = workplace.metadata["target_directory"].as_str().context("no target_directory")?;
        workplace.target = PathBuf::from(target);
        Ok(workplace)
    }

    /// A call of cargo in the workspace's root.
    pub fn cargo<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.program(&self.cargo);
        command.args(arguments);
        command
    }

    /// A call of npm in one of the workspace's folders.
    pub fn npm<S: AsRef<OsStr>>(&self, folder: &str, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.program("npm");
        command.current_dir(self.root.join(folder)).args(arguments);
        command
    }

    /// A call of any program in the workspace's root.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // `cargo run` describes xtask in the environment. Passed on, it would make build scripts that look at
        // these variables run again, and everything after them compile again.
        for (name, _) in std::env::vars_os() {
            let ours = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_")
                    || name.starts_with("CARGO_MANIFEST_")
                    || ["CARGO", "CARGO_CRATE_NAME", "CARGO_BIN_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"]
                        .contains(&name)
            });
            if ours {
                command.env_remove(name);
            }
        }
        command
    }

    /// The program `otklik` as the tests build it.
    pub fn otklik(&self) -> PathBuf {
        self.target.join("debug/otklik")
    }

    /// Whether a file or folder exists, named from the workspace's root.
    pub fn has(&self, path: impl AsRef<Path>) -> bool {
        self.root.join(path).exists()
    }
}
