//! A Python environment with what tests compare with, made once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The interpreter of an environment with DuckDB.
pub fn with_duckdb() -> PathBuf {
    const DUCKDB: &str = "duckdb==2.0.1";
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-duckdb-2.0.1");
    let python = folder.join("bin/python");
    // Another test program may be making it.
    let lock = File::create(folder.with_file_name("python-duckdb.lock")).unwrap();
    lock.lock().unwrap();
    if !folder.join("ready").exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        run(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            DUCKDB,
        ]));
        std::fs::write(folder.join("ready"), DUCKDB).unwrap();
    }
    python
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
