//! The peer: DuckDB from its Python package, in an environment of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde::Deserialize;

use super::watch::watch;

/// The version that is compared with.
const VERSION: &str = "2.0.1";
const SCRIPT: &str = include_str!("duckdb_peer.py");

/// DuckDB, installed.
#[derive(Debug)]
pub struct DuckDb {
    python: PathBuf,
}

/// What its import took.
#[derive(Clone, Debug, Deserialize)]
pub struct Taken {
    /// Reading and writing, without starting Python.
    pub seconds: f64,
    /// The most memory.
    pub peak_kib: u64,
    /// What it says of itself.
    pub version: String,
    /// Its Parquet files.
    pub tables: BTreeMap<String, Table>,
}

/// A Parquet file.
#[derive(Clone, Debug, Deserialize)]
pub struct Table {
    /// Its size.
    pub bytes: u64,
}

/// A question's answer.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    /// The median time.
    pub seconds: f64,
    /// How many, the median and the 95th percentile of each group; keys stand behind one another.
    pub groups: Groups,
}

/// How many, the median and the 95th percentile by the keys of a group.
pub type Groups = BTreeMap<String, [f64; 3]>;

impl DuckDb {
    /// Installs it into a folder, or takes the one that an earlier run put there.
    ///
    /// # Errors
    /// No Python 3 with `venv`, or the package can't be had.
    pub fn install(folder: &Path) -> anyhow::Result<Self> {
        let python = folder.join("bin/python");
        if !python.exists() {
            watch(Command::new("python3").args(["-m", "venv"]).arg(folder))
                .context("a Python environment")?;
        }
        let known = Command::new(&python).args(["-c", "import duckdb"]).output();
        if !known.is_ok_and(|known| known.status.success()) {
            let package = format!("duckdb=={VERSION}");
            let mut pip = Command::new(&python);
            watch(pip.args(["-m", "pip", "install", "--quiet", &package]))
                .context("DuckDB's Python package")?;
        }
        Ok(Self { python })
    }

    /// Its plain import of generated data.
    ///
    /// # Errors
    /// It fails.
    pub fn import(&self, data: &Path, out: &Path) -> anyhow::Result<Taken> {
        let (_, said) = watch(Command::new(&self.python).args(["-c", SCRIPT, "import"]).arg(data).arg(out))?;
        serde_json::from_str(&said).with_context(|| said.clone())
    }

    /// The questions over its own files and over those of a lake.
    ///
    /// # Errors
    /// It fails.
    pub fn ask(&self, own: &Path, lake: &Path, times: usize) -> anyhow::Result<BTreeMap<String, Answer>> {
        let mut command = Command::new(&self.python);
        command.args(["-c", SCRIPT, "ask"]).arg(own).arg(lake).arg(times.to_string());
        let (_, said) = watch(&mut command)?;
        Ok(serde_json::from_str(&said)?)
    }
}
